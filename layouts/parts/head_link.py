"""Links to heads: each opens without loading a document, and in a new tab like any other."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.parts.elements import attributes
from layouts.state.view_state import ViewState


def relative(view: ViewState) -> str:
    """Address of a state, seen from any page: all pages lie in one folder, whatever the prefix."""
    return "." + view.pathname + view.query


def visit_link(view: ViewState, content: str | list[Component], *, class_name: str = "av-head-link") -> Component:
    """Return a link to a state.

    Parameters
    ----------
    view : ViewState
        Where it leads.
    content : str or list of components
        What one clicks on.
    class_name : str
        CSS classes.
    """
    return html.A(content, href=relative(view), className=class_name, **attributes(data_action="visit"))


def head_name(layer: int, head: int) -> str:
    """Name a head shortly."""
    return f"L{layer} H{head}"
