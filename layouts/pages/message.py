"""Message page: shown when there is nothing to plot."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component


def message_page(
    title: str, sentence: str, command: str | None = None, *, links: Sequence[Component] = ()
) -> Component:
    """Return a page with the problem as title, the remedy as sentence, a shell command, and links to the runs."""
    parts: list[Component] = [html.H1(title), html.P(sentence)]
    if command:
        parts.append(html.Pre(html.Code(command)))
    if links:
        parts += [html.P("These runs can be opened:"), html.Ul([html.Li(link) for link in links])]
    return html.Div(parts, className="av-empty", role="alert")
