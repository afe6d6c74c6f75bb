"""Single View: title line of one head."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.parts.buttons import icon_button, text_button
from layouts.state.view_state import ViewState
from precompute.run.run import Run

_ARROWS = (("left", "Previous head"), ("right", "Next head"), ("up", "Layer above"), ("down", "Layer below"))


def head_page(view: ViewState, run: Run) -> Component:
    """Return the title line above the plot of one head; layer and head of the state are set."""
    return html.Div(
        [
            html.H1([head_title(view, run), html.Small(run.manifest.name, className="av-quiet")], className="av-title"),
            html.Div(
                [
                    head_arrows(view, run),
                    text_button("groups", "Groups"),
                    text_button("reset-zoom", "Reset zoom"),
                    text_button("matrix", "View all heads", testid="view-all"),
                ],
                className="av-row",
            ),
            html.Div(id=ids.TRUST_NUMBERS, className="av-trust"),
        ],
        className="av-page-head",
    )


def head_arrows(view: ViewState, run: Run) -> Component:
    """Return the arrows to neighboring heads, disabled at the edges; layer and head of the state are set."""
    model = run.manifest.model
    edges = {"left": view.head == 0, "right": view.head == model.n_heads - 1}
    edges |= {"up": view.layer == 0, "down": view.layer == model.n_layers - 1}
    buttons = [icon_button(name, name, label, disabled=edges[name]) for name, label in _ARROWS]
    return html.Div(buttons, className="av-arrows")


def head_title(view: ViewState, run: Run) -> str:
    """Return the name of a head; with grouped queries, also that of its key group."""
    model = run.manifest.model
    title = f"Layer {model.layer_number(view.layer or 0)} Head {view.head}"
    if model.n_kv_heads < model.n_heads and view.head is not None:
        title += f" · key group {run.key_head(view.head)}"
    return title
