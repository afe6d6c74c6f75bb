"""Trust numbers: how well the layout of one head preserves distances, partners and neighbors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from layouts.parts.elements import attributes
from layouts.parts.info import info_button
from layouts.state.view_state import ViewState
from precompute.format.manifest import digits_of
from precompute.numeric import Float32

TRUSTED_FROM = 0.5
"""Trust of a point that can be trusted: a partner near it is then as likely one of its ten strongest as not."""

VERDICTS = (("good", 0.6), ("fair", 0.3), ("poor", 0.0))
"""Words for a layout, by the share of its points that can be trusted from which they apply."""

_NUMBERS = (
    (
        "correlation",
        "distance correlation",
        "Spearman correlation of distance and dot product over query-key pairs in this layout, -1 to 1; -1 is best.",
    ),
    (
        "attention_recall",
        "partners kept",
        "Share of a point's ten strongest partners that are among its ten nearest partners here, 0 to 1; 1 is best.",
    ),
    (
        "agreement",
        "starts agree",
        "Share of a point's ten nearest partners that stay nearest if the layout starts elsewhere, 0 to 1; 1 is best.",
    ),
    (
        "attention_mass",
        "attention kept",
        "Attention inside the instance on the five keys nearest to the query here, 0 to 1; 1 is best.",
    ),
    (
        "knn_recall",
        "neighbors kept",
        "Share of the 15 nearest neighbors in the joint space that remain nearest here, 0 to 1; 1 is best.",
    ),
)


def trusted_share(trust: Float32) -> Component:
    """Return the share of points whose trust, 0..1, is at least ``TRUSTED_FROM``, with a tooltip that defines it."""
    share = float((trust >= TRUSTED_FROM).mean())
    explanation = (
        f"Points of which at least {TRUSTED_FROM:.0%} of the ten strongest partners are among the ten nearest here: "
        "a partner near such a point is right at least every other time."
    )
    verdict = next(word for word, least in VERDICTS if share >= least)
    return html.Span(
        [html.B(f"{verdict}: {100 * share:.0f} %"), " of the points can be trusted"],
        title=explanation,
        className="av-number",
        **attributes(data_testid="trusted"),
    )


def definitions(shown: Sequence[Component]) -> list[Component]:
    """Return the "i" that holds the tooltips of the numbers, for keyboard and touch; nothing without numbers."""
    if not shown:
        return []
    text = "\n".join(f"{_words(number)}: {vars(number)['title']}" for number in shown)
    return [
        info_button("trust-numbers", "Trust", also=_DEFINITIONS),
        html.Span(text, id=_DEFINITIONS, hidden=True),
    ]


_DEFINITIONS = "trust-definitions"


def _words(part: Component | str) -> str:
    """Return the text of a component."""
    if isinstance(part, str):
        return part
    children = part.children if isinstance(part.children, list) else [part.children]
    return "".join(map(_words, children))


def trust_numbers(
    view: ViewState,
    metrics: Mapping[str, float],
    all_tokens: Mapping[str, float] | None = None,
    errors: Mapping[str, float] | None = None,
    ceilings: Mapping[str, float] | None = None,
) -> list[Component]:
    """Return the numbers of the layout on show, each with a tooltip that defines it.

    Parameters
    ----------
    metrics : mapping of str to float
        All metrics of the head; those that are not finite are left out.
    all_tokens : mapping of str to float
        The same of the layout of all tokens. Where they differ, the head has a layout without sinks, which is shown.
    errors, ceilings : mapping of str to float
        Standard errors, which the digits follow, and the most that a layout in the plane can reach.
    """
    shown: list[Component] = []
    for name, label, explanation in _NUMBERS:
        full_name = f"{view.projection}.{view.dims}.{name}"
        value = metrics.get(full_name, math.nan)
        if math.isfinite(value):
            other = (all_tokens or metrics).get(full_name, math.nan)
            aside = [f" ({other:.2f} with sinks)"] if math.isfinite(other) and other != value else []
            error, ceiling = (found.get(full_name, math.nan) for found in (errors or {}, ceilings or {}))
            if name != "attention_mass" and view.dims > 2:
                ceiling = math.nan  # of the plane: a layout in space may keep more
            if math.isfinite(ceiling):
                aside.insert(0, f" of {ceiling:.2f}")
            content: list[str | Component] = [f"{label} ", html.B(f"{value:.{digits_of(error)}f}"), *aside]
            title = f"{explanation}{_error_text(error)}{_ceiling_text(name, ceiling)}"
            shown.append(html.Span(content, title=title, className="av-number"))
    return shown


def _error_text(error: float) -> str:
    return f" Standard error {error:.1g}." if math.isfinite(error) and error > 0 else ""


def _ceiling_text(name: str, ceiling: float) -> str:
    if not math.isfinite(ceiling):
        return ""
    if name == "attention_mass":
        return f" The five strongest keys hold {ceiling:.2f}: no layout can show more."
    return f" The best layout found in the plane keeps {ceiling:.2f}."
