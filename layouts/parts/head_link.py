"""Links to states, which open without loading a document."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.parts.elements import attributes
from layouts.state.view_state import ViewState
from precompute.format.manifest import ModelInfo


def relative(view: ViewState) -> str:
    """Return the address of a state relative to any page; all pages share one folder."""
    return "." + view.pathname + view.query


def visit_link(view: ViewState, content: str | list[Component], *, class_name: str = "av-head-link") -> Component:
    """Return a link to a state."""
    return html.A(content, href=relative(view), className=class_name, **attributes(data_action="visit"))


def head_name(model: ModelInfo, layer: int, head: int) -> str:
    """Return the short name of a head by the model's own number of its layer, such as ``L3 H9``."""
    return f"L{model.layer_number(layer)} H{head}"
