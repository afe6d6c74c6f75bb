"""The list of all sentences, and the buttons that lead to it and to a head's strongest pairs."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.attributes import attributes
from layouts.buttons import icon_button, text_button


def instances_dialog() -> Component:
    """Return the dialog; the browser fills and opens it."""
    close = attributes(data_close="", aria_label="Close")
    return html.Dialog(
        [
            html.Div(
                [
                    html.H2("All sentences", id="instances-title", className="av-heading"),
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
    """Return the buttons that lead from a head to its sentences."""
    return html.Div(
        [
            text_button("all-instances", "All sentences"),
            text_button("strongest-pairs", "Strongest pairs", testid="open-pairs"),
        ],
        className="av-row",
    )


def stepping_buttons() -> Component:
    """Return the buttons that lead from a sentence to others."""
    return html.Div(
        [
            icon_button("previous-instance", "left", "Previous sentence"),
            icon_button("next-instance", "right", "Next sentence"),
            icon_button("all-instances", "table", "All sentences", testid="sentence-list"),
            text_button("clear-selection", "Clear selection", extra_class="av-head-only"),
        ],
        className="av-row",
    )
