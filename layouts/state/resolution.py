"""Resolution of a view state against a run: defaults filled in, numbers outside the run clamped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from layouts.colors.encodings import color_encodings, has_trust
from layouts.state.head_choice import read_heads, write_heads
from layouts.state.view_state import ViewState
from precompute.format.manifest import Manifest, ProjectionInfo

PREFERRED_PROJECTION = "attention-tsne"
DEFAULT_COLORS = ("patch", "type")
"""Default encodings, in order of preference."""


@dataclass(frozen=True)
class ProjectionChoice:
    """One entry of the projection menu.

    Attributes
    ----------
    dims : tuple of int
        Numbers of dimensions that the run has: 2, 3 or both.
    """

    name: str
    label: str
    description: str
    dims: tuple[int, ...]


def projection_choices(manifest: Manifest) -> tuple[ProjectionChoice, ...]:
    """Return the projections of a run in the order of its recipe, with the labels stored at build time."""
    infos = {info.name: info for info in manifest.projections}
    choices = []
    for name in manifest.recipe.projections:
        dims = tuple(dims for dims in (2, 3) if f"coords.{name}.{dims}" in manifest.arrays)
        info = infos.get(name, ProjectionInfo(name, name, ""))
        choices.append(ProjectionChoice(name, info.label, info.description, dims))
    return tuple(choices)


def resolve(view: ViewState, manifest: Manifest) -> ViewState:
    """Return the nearest state that the run can show.

    Returns
    -------
    ViewState
        With run, projection and color that exist. A head or instance outside the run is clamped to the nearest one
        inside; a page without its layer or head opens the first.
    """
    model = manifest.model
    layer = _inside(view.layer, model.n_layers)
    head = _inside(view.head, model.n_heads)
    instance = _inside(view.instance, manifest.inputs.n_instances)
    page = view.view
    if page == "instance":
        layer, head, instance = layer or 0, head or 0, instance or 0
    elif page == "head":
        layer, head = layer or 0, head or 0
    else:
        layer = head = None
    choices = {choice.name: choice for choice in projection_choices(manifest)}
    fallback = PREFERRED_PROJECTION if PREFERRED_PROJECTION in choices else next(iter(choices))
    projection = view.projection if view.projection in choices else fallback
    available = choices[projection].dims
    colors = [info.name for info in color_encodings(manifest)]
    first_color = next((name for name in DEFAULT_COLORS if name in colors), colors[0])
    tint = view.tint if view.tint in {info.name for info in manifest.metrics} else ""
    return view.with_changes(
        run=manifest.run,
        layer=layer,
        head=head,
        instance=instance,
        token=view.token if instance is not None else None,
        projection=projection,
        dims=view.dims if view.dims in available else available[0],
        color=view.color if view.color in colors else first_color,
        tint=tint,
        strongest=min(view.strongest, model.n_layers * model.n_heads) if tint and view.strongest else None,
        trust=view.trust if has_trust(manifest) else 0,
        only=write_heads(read_heads(view.only, model.n_layers, model.n_heads)),
    )


def correction(asked: ViewState, shown: ViewState) -> str:
    """Return a sentence on the values of a link that the run does not have; empty if it has all.

    Parameters
    ----------
    asked, shown : ViewState
        As read from the link, and as resolved against the run.
    """
    default = ViewState()
    missing = [
        f"{word} “{value}”" if isinstance(value := getattr(asked, name), str) else f"{word} {value}"
        for name, word in _NAMED.items()
        if getattr(asked, name) not in {getattr(shown, name), getattr(default, name)} and _matters(asked, name)
    ]
    return f"Not in this run: {', '.join(missing)}. The nearest values are shown instead." if missing else ""


_NAMED: Mapping[str, str] = {
    "projection": "projection",
    "dims": "dimensions",
    "color": "color",
    "tint": "metric",
    "layer": "layer",
    "head": "head",
    "instance": "instance",
    "token": "token",
    "trust": "trust",
}
"""Fields that a run may not have, with their names on the screen."""


def _matters(asked: ViewState, name: str) -> bool:
    """Whether the page of a link shows a field; a matrix has no layer, for example."""
    return asked.view in {"head", "instance"} or name not in {"layer", "head"}


def _inside(number: int | None, count: int) -> int | None:
    return None if number is None else min(max(number, 0), count - 1)
