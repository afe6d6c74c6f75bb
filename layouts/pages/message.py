"""A sentence in place of a picture."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component


def message_page(title: str, sentence: str, command: str | None = None) -> Component:
    """Return a page that says what happened and what to do.

    Parameters
    ----------
    title, sentence : str
        What happened; what to do about it.
    command : str, optional
        What to type.
    """
    parts: list[Component] = [html.H1(title), html.P(sentence)]
    if command:
        parts.append(html.Pre(html.Code(command)))
    return html.Div(parts, className="av-empty", role="alert")
