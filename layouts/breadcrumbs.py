"""Where one is: all heads, one head, one sentence or image; each part leads back."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.attributes import attributes
from layouts.nouns import Nouns, worded
from layouts.view_state import ViewState


def breadcrumbs(view: ViewState, nouns: Nouns) -> Component:
    """Return the path to the present view.

    Parameters
    ----------
    view : ViewState
        The resolved state.
    nouns : Nouns
        Of the run on show.
    """
    parts = [("All heads", "matrix")]
    if view.layer is not None:
        parts.append((f"Layer {view.layer} Head {view.head}", "open-head"))
    if view.instance is not None:
        parts.append((worded(f"{{Instance}} {view.instance + 1}", nouns), "open-instance"))
    if view.view == "heads":
        parts.append(("In numbers", "heads"))
    current = {"matrix": 0, "head": 1, "heads": 1, "instance": 2}[view.view]
    items = [
        html.Li(
            html.Span(text, **attributes(aria_current="page"))
            if index == current
            else html.Button(text, type="button", className="av-link", **attributes(data_action=action))
        )
        for index, (text, action) in enumerate(parts)
    ]
    return html.Ol(items)
