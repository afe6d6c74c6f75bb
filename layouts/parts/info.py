"""The one way controls are explained: a text that opens on hover, on focus and on a tap.

The texts are in the page once, hidden. Whatever carries the attributes of :func:`described` opens its text
(``assets/js/kit/info_tips.mjs``), and screen readers read it as the element's description.
"""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts.nouns import worded
from layouts.parts.attributes import attributes
from layouts.parts.info_texts import INFO_TEXTS


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
