"""Clusters of heads that attend alike: their names, and the list beside the map of heads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from dash import html
from dash.development.base_component import Component

from layouts.parts.head_link import head_name, visit_link
from layouts.state.head_choice import write_heads
from layouts.state.view_state import ViewState
from precompute.findings.clusters import head_clusters, medoid
from precompute.findings.find import find_heads
from precompute.findings.registry import FINDINGS
from precompute.format.manifest import ModelInfo
from precompute.numeric import Float32
from precompute.run.run import Run

DISTANCES = "head_distances"
MOST_LISTED = 8
NAMING_SHARE = 0.5
"""Share of a cluster's heads that must be of one kind before the cluster is named after it."""


@dataclass(frozen=True)
class Cluster:
    """Heads that attend alike.

    Attributes
    ----------
    name : str
        The kind of most of its heads, or else its central head.
    rows : tuple of int
        Heads, counted row by row.
    """

    name: str
    rows: tuple[int, ...]


def clusters_of(view: ViewState, run: Run) -> tuple[Cluster, ...]:
    """Return the named clusters of a run with distances between heads, largest first."""
    distances = distances_of(view, run)
    metrics = run.metrics(without_sinks=view.no_sinks)
    return tuple(Cluster(_name(rows, run, distances, metrics), rows) for rows in head_clusters(distances))


def distances_of(view: ViewState, run: Run) -> Float32:
    """Return the distances between heads for the state, with or without sinks; float32 [n, n]."""
    distances: Float32 = run.array(run.variant(DISTANCES, without_sinks=view.no_sinks))
    return distances


def cluster_values(clusters: tuple[Cluster, ...], n_heads: int) -> Float32:
    """Return the number of each head's cluster, float32 [n], from 1; NaN for a head in no cluster."""
    values = np.full(n_heads, np.nan, np.float32)
    for number, cluster in enumerate(clusters, start=1):
        values[list(cluster.rows)] = number
    return values


def cluster_list(view: ViewState, run: Run) -> list[Component]:
    """Return the largest clusters with links to their heads and to a matrix of each cluster."""
    clusters = clusters_of(view, run)
    if not clusters:
        return [html.P("No two heads of this run attend alike.", className="av-note")]
    items = [html.Li(_item(view, cluster, run.manifest.model)) for cluster in clusters[:MOST_LISTED]]
    more = len(clusters) - MOST_LISTED
    rest = [html.P(f"and {more} smaller clusters", className="av-note")] if more > 0 else []
    return [html.Ol(items, className="av-clusters"), *rest]


def _item(view: ViewState, cluster: Cluster, model: ModelInfo) -> list[Component]:
    heads = [divmod(row, model.n_heads) for row in cluster.rows]
    target = view.with_changes(view="matrix", layer=None, head=None, only=write_heads(heads), strongest=None)
    names = [
        visit_link(view.with_changes(view="head", layer=layer, head=head), head_name(model, layer, head))
        for layer, head in heads
    ]
    return [
        html.Div([html.B(cluster.name), visit_link(target, f"Show {len(heads)} heads")], className="av-cluster-head"),
        html.Div(names, className="av-cluster-heads"),
    ]


def _name(rows: tuple[int, ...], run: Run, distances: Float32, metrics: dict[str, Float32]) -> str:
    n_heads = run.manifest.model.n_heads
    inside = {name: values.reshape(1, -1)[:, list(rows)] for name, values in metrics.items()}
    inputs = run.manifest.inputs.kind
    counts = {
        title: sum(len(found.heads) for found in find_heads(inside, inputs, (kind,)))
        for title, kind in FINDINGS.all().items()
    }
    title, count = max(counts.items(), key=lambda item: item[1])
    if count >= max(2, NAMING_SHARE * len(rows)):
        return title
    return f"Like {head_name(run.manifest.model, *divmod(medoid(distances, rows), n_heads))}"
