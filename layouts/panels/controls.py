"""Table of controls, and the left column built from it.

A switch is one entry of ``CONTROLS`` and one field of ViewState. Column, callbacks, URL and the browser's modules
derive the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts import ids, options
from layouts.options import Option
from layouts.panels.control import Control, Options
from layouts.panels.instances import reading_buttons
from layouts.panels.tint import ALL_HEADS, NO_METRIC, strongest_options, tint_options
from layouts.panels.widgets import widget_of
from layouts.parts.buttons import text_button
from layouts.parts.elements import attributes
from layouts.parts.info import BUTTON_HELP, info_button, info_texts
from layouts.state.view_state import PATHS, ViewState, state_fields
from precompute.format.manifest import Manifest


@dataclass(frozen=True)
class Section:
    """A group of the column.

    Attributes
    ----------
    title : str
        Heading; empty for none.
    row : str
        CSS class of the row around the widgets; empty for widgets below each other.
    beside, below : callable, optional
        Components in the row of the widgets; components below it.
    css, id : str
        Of the section's element; a section with an id is hidden until a callback shows it.
    topic : str
        Help beside the heading; empty for the help of the first control.
    explained_by : str
        Id of a hidden element that describes the chosen value; the help ends with its text.
    """

    title: str = ""
    row: str = ""
    beside: Callable[[], list[Component]] = list
    below: Callable[[], list[Component]] = list
    css: str = ""
    id: str = ""
    topic: str = ""
    explained_by: str = ""


def _named(name: str, css: str = "") -> Component:
    return html.Div(id=name, className=css, **attributes(data_testid=name))


def _note(name: str, *, hidden: bool = False) -> Component:
    return html.Div(_named(name), className="av-note", hidden=hidden)


def _search_count() -> list[Component]:
    return [html.Output(id=ids.SEARCH_COUNT, className="av-count", **attributes(data_testid=ids.SEARCH_COUNT))]


SECTIONS: Mapping[str, Section] = {
    "data": Section("Model and data", below=lambda: [_note(ids.DATA_INFO)]),
    "projection": Section(
        "Projection",
        row="av-row",
        below=lambda: [_note(ids.PROJECTION_INFO, hidden=True)],
        explained_by=ids.PROJECTION_INFO,
    ),
    "color": Section(
        "Color",
        below=lambda: [_named(ids.LEGEND, "av-legend"), _note(ids.COLOR_INFO, hidden=True)],
        explained_by=ids.COLOR_INFO,
    ),
    "trust": Section("Fade by trust"),
    "search": Section("Search", row="av-row av-search", below=_search_count),
    "tint": Section("Tint heads by", below=lambda: [_named(ids.TINT_LEGEND)], explained_by=ids.TINT_INFO),
    "sinks": Section(id=ids.SINKS_GROUP, below=lambda: [_named(ids.SINKS_NOTE, "av-note")]),
    "head": Section("Open a head", row="av-row", beside=lambda: [text_button("go", "Go")]),
    "show": Section("Show", css="av-show"),
    "read": Section("Read", below=lambda: [reading_buttons()], css="av-head-only", topic="read"),
}
"""Sections of the column, from top to bottom."""


def _of_run(of_run: Callable[[Manifest, ViewState], list[Option]]) -> Options:
    """Return options that only an open run has."""
    return lambda _runs, manifest, view: of_run(manifest, view) if manifest else []


CONTROLS: tuple[Control, ...] = (
    Control(
        ids.RUN,
        "run",
        "menu",
        "Model and data",
        section="data",
        help="One model over one set of {instances}, computed in advance. Each run has its own heads, projections and "
        "colors.",
        options=lambda runs, _manifest, _view: options.run_options(runs),
    ),
    Control(
        ids.PROJECTION,
        "projection",
        "menu",
        "Projection",
        section="projection",
        help="Layout method of queries and keys: a query lies near the keys it attends to. Numbers above an open "
        "head rate its plot.",
        options=_of_run(lambda manifest, _: options.projection_options(manifest)),
    ),
    Control(
        ids.DIMS,
        "dims",
        "segments",
        "Dimensions",
        section="projection",
        help="Two dimensions are quick to read. Three preserve more of the distances: drag to rotate each head about "
        "its center.",
    ),
    Control(
        ids.COLOR,
        "color",
        "menu",
        "Color",
        section="color",
        help="Property that colors the points. Queries and keys have separate colors; the legend lists them.",
        options=_of_run(lambda manifest, _: options.color_options(manifest)),
    ),
    Control(
        ids.TRUST,
        "trust",
        "menu",
        "Fade by trust",
        section="trust",
        help="Fades points that keep less of their ten strongest partners among their ten nearest here. Point at a "
        "point to read its trust.",
        options=_of_run(lambda manifest, _: options.trust_options(manifest)),
    ),
    Control(
        ids.SEARCH,
        "search",
        "search",
        "Search",
        section="search",
        help="Finds a {sought}, a phrase, or a column’s value (topic:sea). “part” searches inside. /term/ is a regular "
        "expression. Commas separate terms. Case is ignored.",
        handler="search",
        empty="",
    ),
    Control(ids.SEARCH_MODE, "search_mode", "menu", "Search mode", section="search", handler="search"),
    Control(
        ids.TINT,
        "tint",
        "menu",
        "Tint heads by",
        section="tint",
        help="Shades each head by a metric, from the run's weakest to its strongest. Below, limit the matrix to the "
        "strongest heads.",
        shown_for="matrix",
        options=_of_run(tint_options),
        empty=NO_METRIC,
    ),
    Control(
        ids.STRONGEST,
        "strongest",
        "inline menu",
        "Show",
        section="tint",
        shown_for="matrix",
        options=_of_run(strongest_options),
        empty=ALL_HEADS,
        needs="tint",
    ),
    Control(
        ids.SINKS,
        "no_sinks",
        "switch",
        "Without sinks",
        section="sinks",
        help="Hides attention sinks (special tokens or the first token) in points, lines, pairs and metrics. The "
        "remaining attention is rescaled to sum to 1.",
    ),
    Control(
        ids.LAYER,
        "layer",
        "menu",
        "Layer",
        section="head",
        help="Opens one head by its numbers. Layers and heads count from 0; layer 0 is nearest to the input.",
        handler="",
        options=_of_run(lambda manifest, _: options.layer_options(manifest.model)),
    ),
    Control(
        ids.HEAD,
        "head",
        "menu",
        "Head",
        section="head",
        handler="",
        options=_of_run(lambda manifest, _: options.numbered_options("Head", manifest.model.n_heads)),
    ),
    Control(
        "patches",
        "patches",
        "switch",
        "Patches as points",
        section="show",
        help="Draws each point as its image patch. Off: each point is a dot.",
        shown_for="image",
    ),
    Control(
        "filled",
        "filled",
        "switch",
        "Fill patches",
        section="show",
        help="Fills each patch with the color of its point. Off: the color frames the patch.",
        shown_for="image",
    ),
    Control(
        "labels",
        "labels",
        "switch",
        "Labels",
        section="show",
        help="Names beside the points, as many as fit without overlap. Zoom in to see more.",
        shown_for="head",
    ),
    Control(
        "attention-lines",
        "lines",
        "switch",
        "Attention lines",
        section="show",
        help="Draws lines from each query of the selection to its two strongest keys of weight 0.05 or more. Opacity "
        "shows the weight.",
        shown_for="head",
    ),
    Control(
        "scale-by-norm",
        "norm",
        "switch",
        "Size by norm",
        section="show",
        help="Scales each dot by the norm of its vector, from the smallest to the largest norm of the head.",
        shown_for="head",
    ),
)
"""All controls, in the order of the column."""


def help_texts() -> dict[str, str]:
    """Return the help of controls and buttons by topic, as templates of :func:`layouts.nouns.worded`."""
    return {control.id: control.help for control in CONTROLS if control.help} | dict(BUTTON_HELP)


def browser_table() -> dict[str, Any]:
    """Return the view state and its controls as JSON values, for ``assets/js/state/view_state.mjs``.

    Returns
    -------
    dict
        ``fields`` as of :func:`layouts.state.view_state.state_fields`, ``paths`` by page, and the ``controls`` with
        a value, in the order of the inputs of the clientside callbacks.
    """
    return {
        "fields": state_fields(),
        "paths": dict(PATHS),
        "controls": [control.for_browser() for control in CONTROLS if control.has_value],
    }


def controls_panel() -> Component:
    """Return the column with every control; callbacks fill in options and values."""
    sections = [
        _section(section, [control for control in CONTROLS if control.section == name])
        for name, section in SECTIONS.items()
    ]
    return html.Aside(
        [*sections, info_texts(help_texts())],
        id=ids.CONTROLS_PANEL,
        className="av-controls",
        **attributes(aria_label="Controls"),
    )


def _section(section: Section, controls: Sequence[Control]) -> Component:
    widgets = [part for control in controls for part in (*_hidden_label(control, controls), widget_of(control))]
    widgets += section.beside()
    if section.row:
        widgets = [html.Div(widgets, className=section.row)]
    shown_for = {control.shown_for for control in controls}
    css = ["av-group", section.css, *(f"av-{name}-only" for name in shown_for if name and len(shown_for) == 1)]
    named = {"id": section.id, "hidden": True, **attributes(data_testid=section.id)} if section.id else {}
    parts = [*_heading(section, controls), *widgets, *section.below()]
    return html.Section(parts, className=" ".join(filter(None, css)), **named)


def _hidden_label(control: Control, controls: Sequence[Control]) -> list[Component]:
    """Return the name of a menu that has no heading of its own, for screen readers."""
    if control.widget != "menu" or control is controls[0]:
        return []
    return [html.Label(control.label, htmlFor=control.id, className="visually-hidden")]


def _heading(section: Section, controls: Sequence[Control]) -> list[Component]:
    if not section.title:
        return []
    first = controls[0] if controls else None
    if first is None or first.widget == "switch":
        label: Component = html.Div(section.title, className="av-label")
    else:
        label = html.Label(section.title, htmlFor=first.id, className="av-label")
    topic = section.topic or (first.id if first and first.help and first.widget != "switch" else "")
    if not topic:
        return [label]
    return [html.Div([label, info_button(topic, section.title, section.explained_by)], className="av-label-row")]
