"""The one way controls are explained: a text that opens on hover, on focus and on a tap.

The texts are in the page once, hidden. Whatever carries the attributes of :func:`described` opens its text
(``assets/js/kit/info_tips.mjs``), and screen readers read it as the element's description.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.nouns import worded
from layouts.parts.attributes import attributes

INFO_TEXTS: Mapping[str, str] = {
    "run": (
        "One model over one set of {instances}, computed beforehand. Every run brings its own heads, projections and "
        "colors."
    ),
    "projection": (
        "How the queries and keys of a head, vectors of many dimensions, become a picture. Near means alike: a query "
        "lies near the keys it attends to. The numbers above an open head say how far to trust its picture."
    ),
    "dims": (
        "A flat picture is read at a glance. Three dimensions keep more of the distances: drag to turn every head "
        "about its own center."
    ),
    "color": (
        "What the points are colored by. Queries and keys have colors of their own; the legend says what each "
        "stands for."
    ),
    "search": (
        "Matching points stand out in all heads as you type, whether upper or lower case. “{sought}” compares the "
        "whole {sought}, “part” also looks inside it, “regex” is a regular expression, and so is /any term between "
        "slashes/. Commas separate terms, each with a color of its own."
    ),
    "tint": (
        "A number that is computed for every head, such as the share of attention on the previous token. It shades "
        "the heads, from the weakest to the strongest of this run; below it, show only the strongest, in order."
    ),
    "sinks": (
        "Attention often rests on a token without meaning it: a special token, or the first one. This takes such "
        "tokens out of points, lines, sentences, pairs and metrics; what is left is scaled up to sum to 1 again."
    ),
    "zoom": "Opens one head by its numbers. Layers and heads count from 0; layer 0 is the one nearest to the input.",
    "patches": "Draws every patch of an image as itself. Without it every point is a dot.",
    "filled": "Fills the patches with the color of their encoding. Without it they are framed in it.",
    "labels": "Names beside the points, as many as fit without overlapping. Zoom in to see more of them.",
    "attention-lines": (
        "With a selection: lines from every query to its two strongest keys, from a weight of 0.05 on. The stronger "
        "the attention, the more opaque the line."
    ),
    "scale-by-norm": (
        "Draws long vectors as large dots and short ones as small, from the smallest to the largest norm of the head."
    ),
    "read": (
        "The list of all {instances}, to search and to sort; of sentences also the pairs of tokens that this head "
        "connects most."
    ),
    "groups": (
        "Measures how much one group of points attends to another in this head, against chance. Groups stay while you "
        "go from head to head."
    ),
    "reset-zoom": "Shows everything again: takes back zooming, moving and turning.",
    "heads": "All heads in numbers: a table of every measure, and a map of heads that attend alike.",
    "export-png": "Saves what is seen as a picture of twice the pixels of the screen.",
    "export-svg": "Saves the points, lines and labels of this head as a vector drawing, for papers.",
    "export-csv": "Saves every point of this head as a table: {token}, coordinates and encodings.",
    "palette": (
        "Swaps the colors for ones that readers with any kind of color vision tell apart, and back. Kept in this "
        "browser."
    ),
    "theme": "Switches between light and dark. Kept in this browser.",
    "about": "What this application shows, how to use it with the keyboard, and where the idea comes from.",
}
"""One text a topic, a template of :func:`layouts.nouns.worded`. A button whose action is a topic is described by it."""


def described(topic: str) -> dict[str, Any]:
    """Return the attributes of an element that a text explains; none when there is no such text.

    Parameters
    ----------
    topic : str
        Of ``INFO_TEXTS``.
    """
    return attributes(aria_describedby=_text_id(topic), data_info=topic) if topic in INFO_TEXTS else {}


def info_button(topic: str, name: str) -> Component:
    """Return the small "i" beside a label.

    Parameters
    ----------
    topic : str
        Of ``INFO_TEXTS``.
    name : str
        The label, for screen readers.
    """
    return html.Button(
        "i", type="button", className="av-info", **described(topic), **attributes(aria_label=f"About “{name}”")
    )


def info_texts() -> Component:
    """Return all texts, hidden; the shell holds them once, and the browser words them anew for every run."""
    return html.Div(
        [
            html.Span(worded(text), id=_text_id(topic), **attributes(data_words=text))
            for topic, text in INFO_TEXTS.items()
        ],
        hidden=True,
    )


def _text_id(topic: str) -> str:
    return f"info-{topic}"
