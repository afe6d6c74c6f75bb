"""Options of a build, checked. Messages name the options of the command line."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, get_args

from precompute.errors import RecipeError
from precompute.format.manifest import Quality, Recipe

if TYPE_CHECKING:
    from precompute.build import BuildRequest
    from precompute.build.execution import ExecutionOptions

DIMS = (2, 3)
MAX_SEED = 2**32 - 1
MAX_NAME = 100


def request_of(
    model: str,
    inputs: str,
    *,
    name: str | None,
    projections: str | Iterable[str],
    dims: str | int | Iterable[int],
    quality: Quality,
    seed: int,
    limit: int | None,
    max_tokens: int | None,
) -> BuildRequest:
    """Return the request of the options, checked before heavy imports; see :func:`recipe_of`.

    Raises RecipeError if an option is out of range, InputsError if there are no such inputs.
    """
    from precompute.inputs import check_inputs
    from precompute.projections.registry import PROJECTIONS  # imported late: SciPy

    recipe = recipe_of(
        projections=projections,
        dims=dims,
        quality=quality,
        seed=seed,
        limit=limit,
        max_tokens=max_tokens,
        known_projections=PROJECTIONS.all(),
    )
    check_name(name)
    check_inputs(inputs)

    from precompute.build import BuildRequest  # imported late: heavy

    return BuildRequest(model, inputs, name, recipe)


def recipe_of(
    *,
    projections: str | Iterable[str],
    dims: str | int | Iterable[int],
    quality: Quality,
    seed: int,
    limit: int | None,
    max_tokens: int | None,
    known_projections: Collection[str],
) -> Recipe:
    """Return the options that change the result of a build. Raises RecipeError if one is out of range.

    Parameters
    ----------
    projections : str or iterable of str
        Names, or one string of names separated by commas. Duplicates are dropped.
    dims : str, int or iterable of int
        2, 3 or both; in a string, separated by commas.
    seed : int
        0 to 2^32 - 1.
    limit, max_tokens : int or None
        At least 1.
    """
    if quality not in get_args(Quality):
        raise RecipeError(f"--quality {quality} is not possible: choose from {', '.join(get_args(Quality))}.")
    if not 0 <= seed <= MAX_SEED:
        raise RecipeError(f"--seed {seed} is out of range: choose 0 to {MAX_SEED}.")
    _require_positive("--limit", limit)
    _require_positive("--max-tokens", max_tokens)
    return Recipe(
        projections=_projections(_text(projections), known_projections),
        dims=_dims(_text((dims,) if isinstance(dims, int) else dims)),
        quality=quality,
        seed=seed,
        limit=limit,
        max_tokens=max_tokens,
    )


def execution_of(
    workers: int | None, *, device: str, backend: str = "threads", scheduler: str | None = None
) -> ExecutionOptions:
    """Return the execution options; by default one worker per core. Raises RecipeError if one is out of range."""
    from precompute.build.execution import ExecutionOptions, available_cores  # imported late: heavy

    return ExecutionOptions(available_cores() if workers is None else workers, device, backend, scheduler)


def check_name(name: str | None) -> None:
    """Raise RecipeError if the name of a run on the screen is empty, too long or not printable."""
    if name is not None and not (name.strip() and name.isprintable() and len(name) <= MAX_NAME):
        raise RecipeError(f"--name must be 1 to {MAX_NAME} printable characters.")


def _projections(option: str, known: Collection[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(_items(option)))
    for name in names:
        if name not in known:
            raise RecipeError(f"There is no projection {name!r}: choose from {', '.join(sorted(known))}.")
    if not names:
        raise RecipeError(f"--projections is empty: choose from {', '.join(sorted(known))}.")
    return names


def _dims(option: str) -> tuple[int, ...]:
    items = _items(option)
    if not items or not set(items) <= {str(dims) for dims in DIMS}:
        raise RecipeError(f"--dims {option} is not possible: choose 2, 3 or 2,3.")
    return tuple(sorted({int(item) for item in items}))


def _text(option: str | Iterable[object]) -> str:
    return option if isinstance(option, str) else ",".join(map(str, option))


def _items(option: str) -> list[str]:
    return [item.strip() for item in option.split(",") if item.strip()]


def _require_positive(option: str, value: int | None) -> None:
    if value is not None and value < 1:
        raise RecipeError(f"{option} {value} is out of range: it must be at least 1.")
