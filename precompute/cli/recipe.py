"""The options of a build as a checked recipe."""

from __future__ import annotations

import os
from collections.abc import Collection

from precompute.errors import RecipeError
from precompute.format.manifest import Quality, Recipe

DIMS = (2, 3)
MAX_SEED = 2**32 - 1
MAX_NAME = 100


def recipe_of(
    *,
    projections: str,
    dims: str,
    quality: Quality,
    seed: int,
    limit: int | None,
    max_tokens: int | None,
    known_projections: Collection[str],
) -> Recipe:
    """Check the options that change the result of a build.

    Parameters
    ----------
    projections : str
        Names, separated by commas; one that is named twice counts once.
    dims : str
        ``2``, ``3`` or ``2,3``.
    quality : {"fast", "best"}
    seed : int
        0 to 2^32 - 1.
    limit, max_tokens : int or None
        At least 1.
    known_projections : collection of str
        What there is.

    Returns
    -------
    Recipe

    Raises
    ------
    RecipeError
        If an option is out of range; one sentence that names it and what is possible.
    """
    if not 0 <= seed <= MAX_SEED:
        raise RecipeError(f"--seed {seed} is out of range: choose 0 to {MAX_SEED}.")
    _require_positive("--limit", limit)
    _require_positive("--max-tokens", max_tokens)
    return Recipe(
        projections=_projections(projections, known_projections),
        dims=_dims(dims),
        quality=quality,
        seed=seed,
        limit=limit,
        max_tokens=max_tokens,
    )


def workers_of(workers: int | None) -> int:
    """Give the number of workers: the one asked for, else one for each core that this process may use.

    Raises
    ------
    RecipeError
        If it is less than 1.
    """
    _require_positive("--workers", workers)
    if workers is not None:
        return workers
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_name(name: str | None) -> None:
    """Check the name that a run is shown under.

    Raises
    ------
    RecipeError
        If it is empty, too long or not printable.
    """
    if name is not None and not (name.strip() and name.isprintable() and len(name) <= MAX_NAME):
        raise RecipeError(f"--name must be 1 to {MAX_NAME} printable characters.")


def check_scheduler(scheduler: str | None, backend: str) -> None:
    """Check that a cluster is only named for the backend that uses one.

    Raises
    ------
    RecipeError
        If not.
    """
    if scheduler is not None and backend != "dask":
        raise RecipeError(f"--scheduler needs --backend dask, not {backend}.")


def _projections(option: str, known: Collection[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(_items(option)))
    for name in names:
        if name not in known:
            raise RecipeError(f"There is no projection {name!r}: choose from {', '.join(sorted(known))}.")
    if not names:
        raise RecipeError(f"--projections is empty: choose from {', '.join(sorted(known))}.")
    return names


def _dims(option: str) -> tuple[int, ...]:
    wanted = _items(option)
    if not wanted or not set(wanted) <= {str(dims) for dims in DIMS}:
        raise RecipeError(f"--dims {option} is not possible: choose 2, 3 or 2,3.")
    return tuple(sorted({int(dims) for dims in wanted}))


def _items(option: str) -> list[str]:
    return [item.strip() for item in option.split(",") if item.strip()]


def _require_positive(option: str, value: int | None) -> None:
    if value is not None and value < 1:
        raise RecipeError(f"{option} {value} is out of range: it must be at least 1.")
