"""The frame that stays while pages change: top bar, controls, stage, sidebar."""

from __future__ import annotations

import json

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.about import about_dialog
from layouts.controls import controls_panel
from layouts.icons import icon
from layouts.sidebar import sidebar


def shell(version: str) -> Component:
    """Return the layout of the whole application.

    Parameters
    ----------
    version : str
        Of the application, for the About dialog.
    """
    return html.Div(
        [
            dcc.Store(id=ids.URL),
            dcc.Store(id=ids.VIEW_STATE),
            html.A("Skip to the picture", href=f"#{ids.STAGE}", className="visually-hidden-focusable av-skip"),
            _top_bar(),
            html.Div(
                [
                    controls_panel(),
                    html.Main(
                        [
                            html.Div(id=ids.MESSAGE, className="av-message", role="status"),
                            html.Div(id=ids.PAGE, className="av-page"),
                            html.Div(id=ids.STAGE, className="av-stage", tabIndex=-1),
                        ],
                        className="av-main",
                    ),
                    sidebar(),
                ],
                className="av-body",
            ),
            about_dialog(version),
        ],
        id=ids.SHELL,
        className="av-shell",
        **{"data-test-ids": json.dumps(ids.TEST_IDS), "data-view": "matrix"},
    )


def _top_bar() -> Component:
    return html.Header(
        [
            _tool("controls", "menu", "Show or hide the controls", className="av-tool av-menu-button"),
            html.A(
                [icon("logo"), html.Span("AttentionViz", className="av-name")],
                href="/",
                className="av-brand",
                **{"data-action": "matrix", "aria-label": "AttentionViz, all heads"},
            ),
            html.Nav(id=ids.BREADCRUMBS, className="av-breadcrumbs", **{"aria-label": "Where you are"}),
            html.Div(
                [
                    _tool("export-png", "image", "Save the picture as PNG"),
                    _tool(
                        "export-svg", "vector", "Save the head as SVG, with labels", className="av-tool av-head-only"
                    ),
                    _tool("export-csv", "table", "Save the head's points as CSV", className="av-tool av-head-only"),
                    _tool("palette", "eye", "Switch to colours that are safe for colour-blind readers, and back"),
                    _tool("theme", "contrast", "Switch between light and dark", testid="theme"),
                    html.Button(
                        icon("info"),
                        id=ids.ABOUT_OPEN,
                        className="av-tool",
                        title="About AttentionViz",
                        type="button",
                        **{"aria-label": "About AttentionViz"},
                    ),
                ],
                className="av-tools",
            ),
        ],
        className="av-top",
    )


def _tool(action: str, symbol: str, label: str, className: str = "av-tool", testid: str | None = None) -> Component:  # noqa: N803 - Dash's own spelling
    attributes = {"data-action": action, "aria-label": label, "data-testid": testid or action}
    return html.Button(icon(symbol), className=className, title=label, type="button", **attributes)
