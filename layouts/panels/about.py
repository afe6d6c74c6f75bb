"""About dialog: purpose, keyboard shortcuts, source and version."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html

from layouts import ids

_KEYS = (
    ("Arrow keys", "Move between heads"),
    ("Enter", "Open the focused head"),
    ("Escape", "Close pairs, clear the selection, then show all heads"),
    ("/", "Focus the search box"),
)


def about_dialog(version: str) -> dbc.Modal:
    """Return the dialog, closed."""
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle("About AttentionViz")),
            dbc.ModalBody(
                [
                    html.P(
                        "Every attention head compares queries with keys. This application plots the queries and keys "
                        "of hundreds of inputs in one space per head: a query lies near the keys it attends to."
                    ),
                    html.P(
                        "Open a head by clicking it. Click a point to see its sentence or image with its attention."
                    ),
                    html.H3("Keyboard", className="av-heading"),
                    html.Dl(
                        [part for key, does in _KEYS for part in (html.Dt(html.Kbd(key)), html.Dd(does))],
                        className="av-keys",
                    ),
                    html.H3("Source", className="av-heading"),
                    html.P(
                        "The technique is by Yeh, Chen, Wu, Chen, Viégas and Wattenberg: AttentionViz, a global view "
                        "of transformer attention (IEEE VIS 2023, arXiv 2305.03210). This is an independent "
                        "implementation."
                    ),
                    html.P(f"Version {version}", className="av-quiet"),
                ]
            ),
            dbc.ModalFooter(dbc.Button("Close", id=ids.ABOUT_CLOSE, color="secondary", outline=True)),
        ],
        id=ids.ABOUT,
        is_open=False,
        scrollable=True,
    )
