"""Command that writes an array of a run to a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from precompute.api import open_run
from precompute.cli.options import DEFAULT_STORE, RunArgument, StoreOption
from precompute.cli.terminal import report
from precompute.errors import UserError
from precompute.format.manifest import LayoutKey
from precompute.format.typed_json import to_json
from precompute.numeric import Float32
from precompute.run.run import Run

Array = NDArray[Any]


@dataclass(frozen=True)
class Selection:
    """Selected part of a run; None for options that were not given."""

    array: str
    projection: str | None = None
    dims: int | None = None
    layer: int | None = None
    head: int | None = None
    instance: int | None = None
    name: str | None = None
    without_sinks: bool = False


def dump(
    run: RunArgument,
    *,
    array: Annotated[
        str,
        typer.Option(
            metavar="A",
            help="coords, trust, queries, keys, pattern, encoding, tokens, or an array listed by show --json.",
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="F", help="File to write: .npy, or JSON for tokens.")],
    projection: Annotated[str | None, typer.Option(metavar="P", help="Projection, for coords and trust.")] = None,
    dims: Annotated[int | None, typer.Option(metavar="2|3", help="Dimensions, for coords and trust.")] = None,
    layer: Annotated[int | None, typer.Option(metavar="L", help="Layer, from 0.")] = None,
    head: Annotated[int | None, typer.Option(metavar="H", help="Head, from 0.")] = None,
    instance: Annotated[int | None, typer.Option(metavar="I", help="Instance, for pattern, from 0.")] = None,
    name: Annotated[str | None, typer.Option(metavar="N", help="Encoding, for encoding.")] = None,
    without_sinks: Annotated[
        bool,
        typer.Option("--without-sinks", help="For coords and trust: the layout made without sinks, NaN for the sinks."),
    ] = False,
    store: StoreOption = DEFAULT_STORE,
) -> None:
    """Write an array of a run as .npy, or its tokens as JSON."""
    opened = open_run(run, store=store)
    if array == "tokens":
        text = json.dumps(to_json(opened.tokens), ensure_ascii=False)
        _write(out, lambda path: path.write_text(text, encoding="utf-8"))
        report(f"Wrote {len(opened.tokens.tokens)} tokens to {out}.")
        return
    if without_sinks and array not in {"coords", "trust"}:
        raise UserError("--without-sinks is an option of --array coords and --array trust. Omit it.")
    selected = select_array(opened, Selection(array, projection, dims, layer, head, instance, name, without_sinks))
    _write(out, lambda path: _save(path, selected))
    report(f"Wrote {selected.dtype} {list(selected.shape)} to {out}.")


def select_array(run: Run, wanted: Selection) -> Array:
    """Return the selected part of a run.

    Parameters
    ----------
    wanted : Selection
        ``coords`` and ``trust`` need projection, dims, layer and head, and may be ``without_sinks``; ``queries`` and
        ``keys`` layer and head; ``pattern`` layer, head and instance; ``encoding`` a name, optionally layer and head.
        Any other array is returned whole.

    Returns
    -------
    ndarray
        ``coords`` float32 [2, N, dims] (0 = queries, 1 = keys); ``trust`` float32 [2, N], 0..1; ``queries``, ``keys``
        float32 [N, d_head]; ``pattern`` float32 [len, len]; ``encoding`` float32 [N], [2 N] or, where heads differ,
        [L, H, 2 N].

    Raises
    ------
    UserError
        If an option is missing or out of range, or the run has no such array.
    """
    view = _VIEWS.get(wanted.array)
    if view is not None:
        return view(run, wanted)
    if wanted.array not in run.manifest.arrays:
        raise UserError(
            f"The run has no array {wanted.array!r}: choose from {', '.join(_VIEWS)}, tokens, "
            "or an array listed by show --json."
        )
    return run.array(wanted.array)


def _coords(run: Run, wanted: Selection) -> Array:
    layer, head = _layer_and_head(run, wanted)
    layout = _layout(run, wanted)
    return run.coords(layout.projection, layout.dims, layer, head, without_sinks=wanted.without_sinks)


def _trust(run: Run, wanted: Selection) -> Array:
    layer, head = _layer_and_head(run, wanted)
    layout = _layout(run, wanted)
    if f"trust.{layout.name}" not in run.manifest.arrays:
        raise UserError("This run is of a version that did not measure trust. Build it again.")
    return run.trust(layout.projection, layout.dims, layer, head, without_sinks=wanted.without_sinks)


def _layout(run: Run, wanted: Selection) -> LayoutKey:
    recipe = run.manifest.recipe
    if wanted.projection not in recipe.projections or wanted.dims not in recipe.dims:
        raise UserError(
            f"--array {wanted.array} needs --projection ({', '.join(recipe.projections)}) "
            f"and --dims ({', '.join(map(str, recipe.dims))})."
        )
    return LayoutKey(wanted.projection, wanted.dims)


def _queries(run: Run, wanted: Selection) -> Array:
    return run.queries(*_layer_and_head(run, wanted))


def _keys(run: Run, wanted: Selection) -> Array:
    return run.keys(*_layer_and_head(run, wanted))


def _pattern(run: Run, wanted: Selection) -> Array:
    """Return the attention of an instance; a sink logit is the last column."""
    head = run.head(*_layer_and_head(run, wanted))
    instance = _index("--instance", wanted.instance, run.manifest.inputs.n_instances, wanted)
    pattern, sink = head.attention(instance), head.sink_attention(instance)
    return pattern if sink is None else np.column_stack([pattern, sink])


def _encoding(run: Run, wanted: Selection) -> Array:
    encodings = {encoding.name: encoding for encoding in run.manifest.encodings}
    if wanted.name not in encodings:
        raise UserError(f"--array encoding needs --name: choose from {', '.join(encodings)}.")
    if encodings[wanted.name].kind == "type":
        return np.repeat(np.array([0, 1], dtype=np.float32), run.n_tokens)
    values = run.encoding(wanted.name)
    if encodings[wanted.name].per_head and (wanted.layer, wanted.head) != (None, None):
        of_head: Float32 = values[_layer_and_head(run, wanted)]
        return of_head
    return values


_VIEWS: Mapping[str, Callable[[Run, Selection], Array]] = {
    "coords": _coords,
    "trust": _trust,
    "queries": _queries,
    "keys": _keys,
    "pattern": _pattern,
    "encoding": _encoding,
}


def _layer_and_head(run: Run, wanted: Selection) -> tuple[int, int]:
    """Return the place of the layer, named by the model's own number, and the head."""
    model = run.manifest.model
    head = _index("--head", wanted.head, model.n_heads, wanted)
    if not model.layers:
        return _index("--layer", wanted.layer, model.n_layers, wanted), head
    if wanted.layer not in model.layers:
        numbers = ", ".join(map(str, model.layers))
        raise UserError(f"--layer must be a layer of the model with attention: choose one of {numbers}.")
    return model.layers.index(wanted.layer), head


def _index(option: str, index: int | None, size: int, wanted: Selection) -> int:
    if index is None:
        raise UserError(f"--array {wanted.array} needs {option}: choose 0 to {size - 1}.")
    if not 0 <= index < size:
        raise UserError(f"{option} {index} is out of range: choose 0 to {size - 1}.")
    return index


def _write(path: Path, write: Callable[[Path], object]) -> None:
    try:
        write(path)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}.") from error


def _save(path: Path, array: Array) -> None:
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)
