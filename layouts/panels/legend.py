"""Legend of the current encoding in both palettes; the style sheet shows one of them."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from layouts.colors.palettes import Palette, palette_for
from layouts.colors.tokens import VARIANTS
from precompute.format.manifest import EncodingInfo

MOST_CATEGORIES = 12


def legend(info: EncodingInfo, *, gaps: bool = False) -> list[Component]:
    """Return the legend: a bar for queries and one for keys, or a swatch for every category.

    Parameters
    ----------
    gaps : bool
        Whether some points have no value; adds an entry for them.
    """
    return [
        html.Div(_rows(info, palette_for(info, variant), gaps), className=f"av-legend-variant av-legend-{variant}")
        for variant in VARIANTS
    ]


def _rows(info: EncodingInfo, palette: Palette, gaps: bool) -> list[Component]:
    rows = _value_rows(info, palette)
    return [*rows, _swatches("", (palette.none,), ("no value",))] if gaps else rows


def _value_rows(info: EncodingInfo, palette: Palette) -> list[Component]:
    if info.kind in {"sequential", "cyclic"}:
        return [
            *(_bar(side, colors) for side, colors in (("queries", palette.query), ("keys", palette.key))),
            html.Div([html.Span(info.low_label), html.Span(info.high_label)], className="av-legend-ends"),
        ]
    if info.kind in {"type", "patch"}:
        return [_swatches("queries", palette.query, ("",)), _swatches("keys", palette.key, ("",))]
    shown = info.categories[:MOST_CATEGORIES]
    rows = [_swatches("queries", palette.query, shown), _swatches("keys", palette.key, shown)]
    if len(info.categories) > len(shown):
        rows.append(html.Div(f"and {len(info.categories) - len(shown)} more; colors repeat", className="av-quiet"))
    return rows


def _bar(side: str, colors: tuple[str, ...]) -> Component:
    stops = ", ".join(colors[index] for index in (*range(0, len(colors), 32), len(colors) - 1))
    return html.Div(
        [
            html.Span(side, className="av-legend-side"),
            html.Span(className="av-legend-bar", style={"background": f"linear-gradient(to right, {stops})"}),
        ],
        className="av-legend-row",
    )


def _swatches(side: str, colors: tuple[str, ...], names: tuple[str, ...]) -> Component:
    swatches = [
        html.Span(
            [html.Span(className="av-swatch", style={"background": colors[index % len(colors)]}), name],
            className="av-legend-item",
        )
        for index, name in enumerate(names)
    ]
    return html.Div(
        [html.Span(side, className="av-legend-side"), html.Span(swatches, className="av-legend-items")],
        className="av-legend-row",
    )
