"""Breadcrumbs: all heads, one head, one sentence or image."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.nouns import Nouns, worded
from layouts.parts.elements import attributes
from layouts.state.view_state import ViewState
from precompute.format.manifest import ModelInfo


def breadcrumbs(view: ViewState, model: ModelInfo, nouns: Nouns) -> Component:
    """Return the path to a resolved state; each part but the current one is a link."""
    parts = [("All heads", "All", "matrix")]
    if view.layer is not None:
        number = model.layer_number(view.layer)
        parts.append((f"Layer {number} Head {view.head}", f"L{number} H{view.head}", "open-head"))
    if view.instance is not None:
        number = view.instance + 1
        parts.append((worded(f"{{Instance}} {number}", nouns), f"#{number}", "open-instance"))
    if view.view == "heads":
        parts.append(("Metrics", "Metrics", "heads"))
    current = {"matrix": 0, "head": 1, "heads": 1, "instance": 2}[view.view]
    return html.Ol([html.Li(_part(*part, here=index == current)) for index, part in enumerate(parts)])


def _part(text: str, short: str, action: str, *, here: bool) -> Component:
    """Return a part of the path; narrow screens show its short form."""
    if here:
        return html.Span(text, **attributes(aria_current="page", data_short=short))
    return html.Button(text, type="button", className="av-link", **attributes(data_action=action, data_short=short))
