"""From what a URL asks for to what can be shown: defaults filled in, numbers that a run lacks taken back."""

from __future__ import annotations

from layouts.projections import projection_choices
from layouts.state.head_set import read_heads, write_heads
from layouts.state.view_state import ViewState
from precompute.format.manifest import Manifest

PREFERRED_PROJECTION = "attention-tsne"
DEFAULT_COLORS = ("patch", "type")
"""What colors the points at first: the first of these that the run has."""


def resolve(view: ViewState, manifest: Manifest) -> ViewState:
    """Return the nearest state that the run can show.

    Parameters
    ----------
    view : ViewState
        As read from the URL.
    manifest : Manifest
        Of the run to show.

    Returns
    -------
    ViewState
        With run, projection and color that exist. A head or instance outside the run is taken back to its nearest
        neighbor inside; a page that lacks its layer or head becomes the one that needs less.
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
    colors = [info.name for info in manifest.encodings]
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
        only=write_heads(read_heads(view.only, model.n_layers, model.n_heads)),
    )


def shows_labels(view: ViewState, manifest: Manifest) -> bool:
    """Whether labels are to be seen; ``assets/js/state/view_state.mjs`` decides alike."""
    return manifest.inputs.kind == "text" if view.labels is None else view.labels


def _inside(number: int | None, count: int) -> int | None:
    return None if number is None else min(max(number, 0), count - 1)
