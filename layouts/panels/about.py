"""What the application is, in a dialog."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html

from layouts import ids

_KEYS = (
    ("Arrow keys", "move between heads"),
    ("Enter", "open the head in focus"),
    ("Escape", "clear the selection, then go back to all heads"),
    ("/", "go to the search box"),
)


def about_dialog(version: str) -> dbc.Modal:
    """Return the dialog, closed.

    Parameters
    ----------
    version : str
        Shown at the end.
    """
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle("About AttentionViz")),
            dbc.ModalBody(
                [
                    html.P(
                        "Every attention head compares queries with keys. This application places the queries and keys "
                        "of hundreds of inputs in one space, head by head: a query lies near the keys it attends to."
                    ),
                    html.P(
                        "Start with all heads, look for a shape that stands out, open it, and click a point: the "
                        "sentence or image it came from opens with its attention."
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
