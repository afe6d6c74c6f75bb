"""List of all instances, and the buttons that open it, step through it or list the strongest pairs."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.nouns import worded
from layouts.parts.buttons import icon_button, text_button, words_of
from layouts.parts.elements import attributes

_ALL = "All {instances}"


def instances_dialog() -> Component:
    """Return the dialog; the browser fills and opens it."""
    close = attributes(data_close="", aria_label="Close")
    return html.Dialog(
        [
            html.Div(
                [
                    html.H2(worded(_ALL), id="instances-title", className="av-heading", **attributes(**words_of(_ALL))),
                    html.Button(type="button", className="btn-close", **close),
                ],
                className="av-sidebar-head",
            ),
            html.Div(id=ids.INSTANCE_LIST, className="av-instance-list", **attributes(data_testid=ids.INSTANCE_LIST)),
        ],
        id="instances",
        className="av-dialog",
        **attributes(aria_labelledby="instances-title"),
    )


def reading_buttons() -> Component:
    """Return the buttons for all instances and for the strongest pairs of a head."""
    return html.Div(
        [
            text_button("all-instances", _ALL),
            text_button("strongest-pairs", "Strongest pairs", testid="open-pairs", extra_class="av-text-only"),
        ],
        className="av-row",
    )


def stepping_buttons() -> Component:
    """Return the buttons that step from one instance to another."""
    return html.Div(
        [
            icon_button("previous-instance", "left", "Previous {instance}"),
            icon_button("next-instance", "right", "Next {instance}"),
            icon_button("all-instances", "table", _ALL, testid="sentence-list"),
            text_button("clear-selection", "Clear selection", extra_class="av-head-only"),
        ],
        className="av-row",
    )
