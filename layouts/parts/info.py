"""Help texts: each opens on hover, on focus and on a tap.

The page holds every text once, hidden. Elements with the attributes of :func:`described` open their text
(``assets/js/kit/info_tips.mjs``); screen readers read it as the element's description.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.nouns import worded
from layouts.parts.elements import attributes

BUTTON_HELP: Mapping[str, str] = {
    "read": (
        "Opens the list of all {instances}, with search and sorting. Text runs also list the token pairs that this "
        "head connects most."
    ),
    "groups": (
        "Measures how much one group of points attends to another in this head, against chance. Groups persist across "
        "heads."
    ),
    "trust-numbers": "How much of the head this plot shows, and the most that the best plot found could show.",
    "reset-zoom": "Shows the whole plot: undoes zooming, moving and rotating.",
    "heads": "Opens a table of every metric per head, and a map of heads that attend alike.",
    "copy-link": "Copies the address of exactly this picture, with zoom, selection and choices.",
    "export-png": "Saves the view as a PNG at twice the screen resolution.",
    "export-svg": "Saves points, lines and labels of this head as a vector graphic.",
    "export-csv": "Saves every point of this head as a table: {token}, coordinates and encodings.",
    "palette": "Switches between the standard and the color-blind safe palette. Stored in this browser.",
    "theme": "Switches between light and dark. Stored in this browser.",
    "about": "Describes the application, its keyboard shortcuts and its source.",
}
"""Help of buttons by action, as templates of :func:`layouts.nouns.worded`; at most 25 words each."""


def described(topic: str, also: str = "") -> dict[str, Any]:
    """Return the attributes of an element with a help text.

    Parameters
    ----------
    topic : str
        Of :func:`layouts.panels.controls.help_texts`.
    also : str
        Id of an element whose text follows; empty for none.
    """
    return attributes(aria_describedby=f"{_text_id(topic)} {also}".strip(), data_info=topic)


def button_help(action: str) -> dict[str, Any]:
    """Return the attributes of a button with a help text; none for an action without one."""
    return described(action) if action in BUTTON_HELP else {}


def info_button(topic: str, name: str, also: str = "") -> Component:
    """Return the small "i" beside a label.

    Parameters
    ----------
    topic, also : str
        As for :func:`described`.
    name : str
        The label, for screen readers.
    """
    return html.Button(
        "i", type="button", className="av-info", **described(topic, also), **attributes(aria_label=f"About “{name}”")
    )


def info_texts(texts: Mapping[str, str]) -> Component:
    """Return all help texts, hidden; the browser words the templates for each run.

    Parameters
    ----------
    texts : mapping of str to str
        Templates by topic.
    """
    return html.Div(
        [html.Span(worded(text), id=_text_id(topic), **attributes(data_words=text)) for topic, text in texts.items()],
        hidden=True,
    )


def _text_id(topic: str) -> str:
    return f"info-{topic}"
