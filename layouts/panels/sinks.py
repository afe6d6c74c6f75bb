"""The switch that takes sinks out of every view: special tokens, or the first token of a causal model."""

from __future__ import annotations

import dash_bootstrap_components as dbc
import numpy as np
from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.parts.attributes import attributes
from layouts.parts.info import info_button
from layouts.state.view_state import ViewState
from precompute.attention.sinks import sinks_in_words
from precompute.run.run import Run

SINK_SHARE = "sink_share"
"""The metric that says how much of the others' attention is on sinks."""


def sinks_group() -> Component:
    """Return the switch; a callback names it after the run's sinks, and hides it where a run has none."""
    return html.Section(
        [
            html.Div([dbc.Switch(id=ids.SINKS, value=False), info_button("sinks", "Sinks")], className="av-switch-row"),
            html.Div(id=ids.SINKS_NOTE, className="av-note", **attributes(data_testid=ids.SINKS_NOTE)),
        ],
        id=ids.SINKS_GROUP,
        className="av-group",
        hidden=True,
        **attributes(data_testid=ids.SINKS_GROUP),
    )


def sinks_label(run: Run) -> str:
    """Name the switch; empty for a run without sinks.

    Parameters
    ----------
    run : Run
        The run on show.
    """
    words = sinks_in_words(run.tokens, causal="causal" in run.manifest.masks)
    return f"Without {words}" if words else ""


def sinks_note(run: Run, view: ViewState) -> str:
    """Say how much the switch takes out, and what it could not do; empty while it is off.

    Parameters
    ----------
    run : Run
        The run on show.
    view : ViewState
        What is shown.
    """
    if not view.no_sinks:
        return ""
    if run.variant("head_metrics", without_sinks=True) == "head_metrics":
        return "Metrics still count these tokens: this run is older than that; build it again to leave them out there."
    shares = run.metrics().get(SINK_SHARE)
    return "" if shares is None else f"Over all heads, {np.nanmean(shares):.0%} of the attention went to them."
