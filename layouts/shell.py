"""Frame around every page: top bar, controls, stage, sidebar."""

from __future__ import annotations

import json

from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.panels.about import about_dialog
from layouts.panels.controls import browser_table, controls_panel
from layouts.panels.findings import findings_strip
from layouts.panels.groups import lasso_panel
from layouts.panels.head_panel import head_panel
from layouts.panels.instances import instances_dialog
from layouts.panels.sidebar import sidebar
from layouts.parts.buttons import icon_button, text_button
from layouts.parts.elements import attributes, icon
from layouts.parts.info import button_help
from layouts.parts.menu import menu, menu_item


def shell(version: str) -> Component:
    """Return the layout of the whole application; the version is for the About dialog."""
    return html.Div(
        [
            dcc.Store(id=ids.URL),
            dcc.Store(id=ids.VIEW_STATE),
            dcc.Store(id=ids.GROUPS),
            dcc.Store(id=ids.FINDINGS_RUN),
            dcc.Store(id=ids.HEAD_PANEL_FOR),
            html.A("Skip to plot", href=f"#{ids.STAGE}", className="visually-hidden-focusable av-skip"),
            _top_bar(),
            html.Div(
                [
                    controls_panel(),
                    html.Main(
                        [
                            html.Div(id=ids.MESSAGE, className="av-message", role="status"),
                            html.Div(
                                id=ids.REMARK,
                                className="av-remark",
                                role="status",
                                **attributes(data_testid=ids.REMARK),
                            ),
                            html.Div(id=ids.PAGE, className="av-page"),
                            findings_strip(),
                            html.Div(id=ids.STAGE, className="av-stage", tabIndex=-1),
                            html.Div(
                                id=ids.THUMBNAILS,
                                className="av-thumbnails",
                                role="listbox",
                                **attributes(
                                    data_testid=ids.THUMBNAILS, aria_label="Images", aria_orientation="horizontal"
                                ),
                            ),
                        ],
                        className="av-main",
                    ),
                    lasso_panel(),
                    sidebar(),
                    head_panel(),
                ],
                className="av-body",
            ),
            about_dialog(version),
            instances_dialog(),
        ],
        id=ids.SHELL,
        className="av-shell",
        **attributes(data_state_table=json.dumps(browser_table()), data_view="matrix"),
    )


def _top_bar() -> Component:
    brand = attributes(data_action="home", aria_label="AttentionViz, all heads")
    about = attributes(aria_label="About AttentionViz") | button_help("about")
    exports = [
        menu_item("copy-link", "Copy link"),
        menu_item("export-png", "PNG picture"),
        menu_item("export-svg", "SVG picture", extra_class="av-head-only"),
        menu_item("export-csv", "Points as CSV", extra_class="av-head-only"),
    ]
    appearance = [menu_item("theme", "Light or dark"), menu_item("palette", "Color-blind safe")]
    return html.Header(
        [
            icon_button("controls", "menu", "Toggle controls"),
            html.A(
                [icon("logo"), html.Span("AttentionViz", className="av-name")], href="./", className="av-brand", **brand
            ),
            html.Nav(id=ids.BREADCRUMBS, className="av-breadcrumbs", **attributes(aria_label="Breadcrumbs")),
            html.Div(
                [
                    text_button("heads", "Metrics"),
                    menu("export", "Export", exports),
                    menu("appearance", "Appearance", appearance),
                    html.Button("About", id=ids.ABOUT_OPEN, className="av-menu-button", type="button", **about),
                ],
                className="av-tools",
            ),
        ],
        className="av-top",
    )
