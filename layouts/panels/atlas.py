"""Atlas: map of all heads by attention, clusters, and pairs with nearly equal attention."""

from __future__ import annotations

from collections.abc import Sequence

import dash_bootstrap_components as dbc
import numpy as np
import plotly.graph_objects as go
from dash import dcc, html
from dash.development.base_component import Component

from layouts import ids
from layouts.figures.head_map import MAP_HEIGHT, head_map_figure
from layouts.options import Option
from layouts.panels.clusters import DISTANCES, cluster_list, cluster_values, clusters_of, distances_of
from layouts.panels.tint import tint_options
from layouts.parts.head_link import head_name, visit_link
from layouts.state.head_choice import Head, write_heads
from layouts.state.view_state import ViewState
from precompute.findings.map import head_map, redundant_pairs
from precompute.run.run import Run

BY_LAYER = "layer"
BY_CLUSTER = "cluster"


def atlas(view: ViewState, run: Run) -> Component:
    """Return map, clusters and pairs, or a note for a run without distances between heads."""
    if DISTANCES not in run.manifest.arrays:
        return html.P("This run has no distances between heads. Build it again to see the map.")
    others: list[Option] = [{"value": BY_LAYER, "label": "layer"}, {"value": BY_CLUSTER, "label": "cluster"}]
    options = [*others, *tint_options(run.manifest, view)[1:]]
    return html.Div(
        [
            html.H2("Map of heads", className="av-heading"),
            html.P(
                "Heads that attend alike lie close together. Click a head to open it; draw around heads to show only "
                "those.",
                className="av-note",
            ),
            html.Div(
                [
                    html.Label("Color", htmlFor=ids.ATLAS_COLOR, className="av-tint-word"),
                    dbc.Select(id=ids.ATLAS_COLOR, size="sm", options=options, value=view.tint or BY_LAYER),
                ],
                className="av-row av-atlas-color",
            ),
            dcc.Graph(
                id=ids.ATLAS_MAP,
                figure=atlas_figure(view, run, view.tint or BY_LAYER),
                config={"displayModeBar": False, "responsive": True},
                className="av-figure",
                style={"height": f"{MAP_HEIGHT}px"},
            ),
            html.Div(id=ids.ATLAS_CHOICE, className="av-atlas-choice", role="status"),
            html.H2("Clusters", className="av-heading"),
            *cluster_list(view, run),
            html.H2("Most similar heads", className="av-heading"),
            *_pairs(view, run),
        ],
        className="av-atlas",
    )


def atlas_figure(view: ViewState, run: Run, color: str) -> go.Figure:
    """Return the map, colored by ``layer``, ``cluster`` or a metric."""
    model = run.manifest.model
    names = [head_name(model, layer, head) for layer in range(model.n_layers) for head in range(model.n_heads)]
    labels = {info.name: info.label for info in run.manifest.metrics}
    if color in labels:
        values = np.asarray(run.metric(color, without_sinks=view.no_sinks), np.float32).ravel()
    elif color == BY_CLUSTER:
        values = cluster_values(clusters_of(view, run), len(names))
    else:
        numbers = [model.layer_number(layer) for layer in range(model.n_layers)]
        values = np.repeat(np.array(numbers, np.float32), model.n_heads)
    return head_map_figure(head_map(distances_of(view, run)), names, values, labels.get(color, color.capitalize()))


def atlas_choice(view: ViewState, heads: Sequence[Head]) -> list[Component]:
    """Return the link to a matrix of the selected heads; nothing without a selection."""
    if not heads:
        return []
    text = "Show this head" if len(heads) == 1 else f"Show {len(heads)} heads"
    target = view.with_changes(view="matrix", only=write_heads(heads), strongest=None)
    return [visit_link(target, text, class_name="btn btn-sm btn-outline-secondary")]


def _pairs(view: ViewState, run: Run) -> list[Component]:
    n_heads = run.manifest.model.n_heads
    pairs = redundant_pairs(distances_of(view, run))
    if not pairs:
        return [html.P("No two heads of this run share 96 % of their attention.", className="av-note")]
    items = []
    for pair in pairs:
        links = [
            visit_link(
                view.with_changes(view="head", layer=row // n_heads, head=row % n_heads),
                head_name(run.manifest.model, row // n_heads, row % n_heads),
            )
            for row in (pair.first, pair.second)
        ]
        items.append(
            html.Li([links[0], " and ", links[1], html.Span(f" share {pair.shared:.0%}", className="av-quiet")])
        )
    return [html.Ol(items, className="av-pairs")]
