"""Picked points and groups: the panel of a lasso in Single View, and the attention between groups of points."""

from __future__ import annotations

import math

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.parts.buttons import icon_button, text_button
from layouts.parts.elements import attributes
from precompute.run.group_attention import GroupAttention

GROUPS = ("a", "b")
CHANCE = "Share of attention from the queries of one group to the keys of the other. Chance: uniform attention."
_BUTTONS = {"picked": "picked points", "hits": "search hits", "none": "clear"}


def lasso_panel() -> Component:
    """Return the panel of picked points and groups; the browser fills and shows it."""
    return html.Aside(
        [
            html.Div(
                [
                    html.H2("Points", className="av-heading"),
                    html.Div(
                        [
                            text_button("copy-lasso", "Copy CSV"),
                            icon_button("close-lasso", "close", "Close panel"),
                        ],
                        className="av-row",
                    ),
                ],
                className="av-sidebar-head",
            ),
            _groups_section(),
            html.P(id="lasso-title", className="av-note", **attributes(data_testid="lasso-count")),
            html.Ul(id="lasso-list", className="av-lasso-list", **attributes(data_testid="lasso-list")),
        ],
        id="lasso",
        className="av-lasso",
        hidden=True,
        **attributes(aria_label="Picked points", data_testid="lasso"),
    )


def group_numbers(forth: GroupAttention, back: GroupAttention | None) -> list[Component]:
    """Return the table of measured attention, with remarks.

    Parameters
    ----------
    forth : GroupAttention
        From the queries of A to the keys of B, or of A where there is no B.
    back : GroupAttention or None
        From the queries of B to the keys of A; None where there is no B.
    """
    other = "A" if back is None else "B"
    rows = [("A", other, forth), *([("B", "A", back)] if back else [])]
    head = html.Tr([html.Th(text, scope="col") for text in ("queries → keys", "attention", "chance", "ratio")])
    body = [
        html.Tr([html.Th(f"{first} → {second}", scope="row"), *(html.Td(text) for text in _texts(measured))])
        for first, second, measured in rows
    ]
    remarks = [remark for first, second, measured in rows if (remark := _remark(first, second, measured))]
    return [
        html.Table([html.Thead(head), html.Tbody(body)], className="av-group-table"),
        *(html.P(remark, className="av-note") for remark in (*remarks, CHANCE)),
    ]


def _row(group: str) -> list[Component]:
    name = group.upper()
    return [
        html.Span(name, className="av-group-name"),
        html.Span("empty", id=f"group-{group}", className="av-quiet", **attributes(data_testid=f"group-{group}")),
        html.Div(
            [
                _take(group, "picked", f"Picked points as {name}"),
                _take(group, "hits", f"Search hits as {name}"),
                _take(group, "none", f"Clear group {name}", hidden=True),
            ],
            className="av-group-buttons",
        ),
    ]


def _take(group: str, source: str, label: str, *, hidden: bool = False) -> Component:
    return html.Button(
        _BUTTONS[source],
        hidden=hidden,
        type="button",
        title=label,
        className="btn btn-sm btn-outline-secondary",
        **attributes(
            data_action="take-group",
            data_value=f"{group}:{source}",
            data_testid=f"{source}-to-{group}",
            aria_label=label,
        ),
    )


def _texts(measured: GroupAttention) -> tuple[str, str, str]:
    def percent(share: float) -> str:
        return "–" if math.isnan(share) else f"{share:.1%}"

    ratio = "–" if math.isnan(measured.ratio) else f"{measured.ratio:.1f} ×"
    return percent(measured.observed), percent(measured.chance), ratio


def _remark(first: str, second: str, measured: GroupAttention) -> str:
    """Return why a number is missing, or that only a sample of the queries was measured; else empty."""
    if not measured.n_measured:
        return f"{first} has no query with visible keys."
    if not measured.chance:
        return f"No key of {second} is visible to a query of {first}."
    if measured.n_measured < measured.n_queries:
        return f"{first} → {second}: measured on {measured.n_measured:,} of {measured.n_queries:,} queries."
    return ""


def _groups_section() -> Component:
    """Return the section that defines groups; the browser counts their points, a callback fills in the numbers."""
    return html.Section(
        [
            html.H3("Group attention", className="av-panel-title"),
            html.P(
                "Shift-drag around points, or search, then add them to a group.",
                className="av-note",
            ),
            html.Div([part for group in GROUPS for part in _row(group)], className="av-groups"),
            html.Div(id=ids.GROUP_NUMBERS, role="status", **attributes(data_testid=ids.GROUP_NUMBERS)),
        ],
        className="av-groups-section",
    )
