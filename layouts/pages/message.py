"""Message page: shown when there is nothing to plot."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component


def message_page(title: str, sentence: str, command: str | None = None) -> Component:
    """Return a page with the problem as title, the remedy as sentence, and a shell command."""
    parts: list[Component] = [html.H1(title), html.P(sentence)]
    if command:
        parts.append(html.Pre(html.Code(command)))
    return html.Div(parts, className="av-empty", role="alert")
