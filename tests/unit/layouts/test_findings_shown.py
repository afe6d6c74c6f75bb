"""Tints, cards, table and map of a planted run say what its numbers say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from dash import dcc
from dash.development.base_component import Component
from hypothesis import given
from hypothesis import strategies as st

from layouts.figures.head_map import head_map_figure
from layouts.figures.offset_profile import offset_figure
from layouts.figures.thumbnail import thumbnail
from layouts.panels.atlas import atlas, atlas_choice, atlas_figure
from layouts.panels.clusters import cluster_list, clusters_of
from layouts.panels.findings import finding_chips
from layouts.panels.head_panel import head_numbers
from layouts.panels.heads_table import head_columns, head_rows
from layouts.panels.sinks import sinks_label, sinks_note
from layouts.panels.tint import choice_line, strongest_options, tint_legend, tint_options
from layouts.panels.trust import definitions, trusted_share
from layouts.parts.head_link import relative
from layouts.parts.head_notes import head_notes
from layouts.state.head_choice import head_choice, read_heads, write_heads
from layouts.state.view_state import ViewState
from precompute.format.manifest import MetricInfo
from precompute.run.run import Run
from precompute.store.store import Store
from tests.support.small_run import N_HEADS, N_LAYERS, small_run

HEADS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)))


def as_json(components: Any) -> str:
    return json.dumps(components, default=lambda component: component.to_plotly_json())


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Plant a previous-token head at layer 1 head 2, and distances between heads."""
    metrics = np.stack([np.linspace(-0.1, 0.2, 8), np.linspace(0, -0.7, 8)]).reshape(2, N_LAYERS, N_HEADS)
    metrics[0, 1, 2] = 0.9
    distances = np.abs(np.subtract.outer(np.arange(8), np.arange(8))) / 10
    infos = (
        MetricInfo("previous_token", "Previous token", "Share."),
        MetricInfo("pca.2.correlation", "c", "Rank.", stronger="low"),
    )
    with Store(tmp_path_factory.mktemp("telling") / "store") as store:
        manifest = small_run(store).manifest
        arrays = {
            **manifest.arrays,
            "head_metrics": store.put_array(metrics.astype(np.float32)),
            "head_distances": store.put_array(distances.astype(np.float32)),
        }
        yield Run(store, replace(manifest, metrics=infos, arrays=arrays))


@given(HEADS)
def test_a_set_of_heads_survives_its_link(heads: list[tuple[int, int]]) -> None:
    assert read_heads(write_heads(heads), 10, 10) == tuple(sorted(set(heads)))


@given(st.text(max_size=30))
def test_no_text_is_an_error_and_no_head_is_outside(text: str) -> None:
    assert all(layer < 2 and head < 3 for layer, head in read_heads(text, 2, 3))


def test_heads_outside_the_model_are_left_out() -> None:
    assert read_heads("0.1_5.0_1.2_0.9_0.1", 2, 3) == ((0, 1), (1, 2))
    assert read_heads("0.1,1.2", 2, 3) == ()


def test_shades_go_from_the_weakest_to_the_strongest_head(telling: Run) -> None:
    choice = head_choice(telling, ViewState(tint="previous_token"))
    assert choice.shades[1, 2] == 1
    assert choice.shades[0, 0] == 0
    assert (choice.weakest, choice.strongest) == (pytest.approx(-0.1), pytest.approx(0.9))
    assert np.isfinite(choice.shades).all()
    assert (choice.order, choice.captions) == (None, ())


def test_the_strongest_come_first_and_alone_when_asked(telling: Run) -> None:
    few = head_choice(telling, ViewState(tint="previous_token", strongest=2))
    assert (few.order, few.captions) == ((6, 7), ("0.90", "0.20"))
    every = head_choice(telling, ViewState(tint="previous_token", strongest=8))
    assert every.order == (6, 7, 5, 4, 3, 2, 1, 0)


def test_a_correlation_of_minus_one_is_strong(telling: Run) -> None:
    choice = head_choice(telling, ViewState(tint="pca.2.correlation", strongest=1))
    assert (choice.order, choice.captions) == ((7,), ("-0.70",))
    assert (choice.weakest, choice.strongest) == (pytest.approx(0), pytest.approx(-0.7))


def test_chosen_heads_are_shown_alone_with_or_without_a_metric(telling: Run) -> None:
    chosen = head_choice(telling, ViewState(only="1.2_0.1"))
    assert chosen.order == (1, 6)
    assert chosen.document()["shades"] is None
    ranked = head_choice(telling, ViewState(only="0.1_1.2", tint="previous_token"))
    assert ranked.order == (6, 1)
    assert head_choice(telling, ViewState(only="0.1_1.2", tint="previous_token", strongest=1)).order == (6,)


def test_heads_without_a_number_come_last_and_are_never_the_strongest(
    telling: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.array([[np.nan, 0.2, 0.1, 0.4], [0.3, np.nan, 0.5, 0.0]], np.float32)
    monkeypatch.setattr(telling, "metric", lambda _, **__: values)
    some = head_choice(telling, ViewState(tint="previous_token", strongest=8))
    assert some.order == (6, 3, 4, 1, 2, 7)
    picked = head_choice(telling, ViewState(tint="previous_token", only="0.0_0.2"))
    assert (picked.order, picked.captions) == ((2, 0), ("0.10", "none"))
    assert picked.document()["shades"][0] is None
    monkeypatch.setattr(telling, "metric", lambda _, **__: np.full((2, 4), np.nan, np.float32))
    empty = head_choice(telling, ViewState(tint="previous_token", strongest=4))
    assert empty.document() == {"order": None, "captions": (), "shades": None}
    assert "has this metric" in as_json(tint_legend(telling.manifest, ViewState(tint="previous_token"), empty))


def test_what_is_on_show_is_said_with_the_way_back(telling: Run) -> None:
    def said(view: ViewState) -> str:
        return as_json(choice_line(telling.manifest, view, head_choice(telling, view)))

    few = said(ViewState(tint="previous_token", strongest=2))
    assert "2 of 8 heads, strongest first by \\u201cPrevious token\\u201d" in few
    assert '"data-action": "all-heads"' in few
    assert "All 8 heads, strongest first" in said(ViewState(tint="previous_token", strongest=8))
    assert "2 of 8 heads, selected" in said(ViewState(only="0.1_1.2"))
    assert said(ViewState(tint="previous_token")) == "[]"


def test_the_menu_of_numbers_ends_with_all_and_has_what_is_on_show(run: Run) -> None:
    def offered(n_layers: int, n_heads: int, strongest: int | None) -> list[str]:
        manifest = replace(run.manifest, model=replace(run.manifest.model, n_layers=n_layers, n_heads=n_heads))
        return [option["value"] for option in strongest_options(manifest, ViewState(strongest=strongest))]

    assert offered(6, 12, None) == ["all", "4", "12", "24", "72"]
    assert offered(2, 4, 6) == ["all", "4", "6", "8"]


def test_without_metric_and_choice_every_head_has_its_place(telling: Run) -> None:
    choice = head_choice(telling, ViewState())
    assert choice.document() == {"order": None, "captions": (), "shades": None}
    assert tint_legend(telling.manifest, ViewState(), choice) == []


def test_the_menu_has_the_numbers_of_the_projection_on_show_only(telling: Run) -> None:
    def offered(projection: str) -> list[str]:
        return [option["value"] for option in tint_options(telling.manifest, ViewState(projection=projection))]

    assert offered("pca") == ["none", "previous_token", "pca.2.correlation"]
    assert offered("tsne") == ["none", "previous_token"]


def test_a_chip_names_its_best_head_and_leads_there(telling: Run) -> None:
    (_, chips) = finding_chips(ViewState(), telling)
    said = as_json(chips)
    assert said.count('"data-testid": "finding"') == 1
    assert "L1 H2 0.90" in said
    hrefs = set(re.findall(r"\./head\?[^\"]+", said))
    assert len(hrefs) == 1
    target = ViewState.from_url("/head", hrefs.pop().split("?")[1])
    assert (target.layer, target.head, target.color, target.instance) == (1, 2, "position", 2)


def test_a_run_without_findings_has_no_chips(run: Run) -> None:
    assert finding_chips(ViewState(), run) == []


@pytest.mark.parametrize("color", ["type", "position", "norm"])
def test_a_thumbnail_has_a_dot_for_each_point(run: Run, color: str) -> None:
    drawing = unquote(thumbnail(run, "pca", color, 1, 2, "standard"))
    dots = [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h0", drawing)]
    assert len(dots) == run.n_points
    steps = run.array("coords.pca.2")[1, 2] / 65535
    expected = {(round(x * 900 + 30), round(930 - y * 900)) for x, y in steps}
    assert all(any(abs(x - a) + abs(y - b) <= 2 for a, b in expected) for x, y in dots)


def test_a_thumbnail_without_sinks_lacks_their_dots(run: Run) -> None:
    assert 0 < run.sinks.sum() < run.n_tokens
    drawing = unquote(thumbnail(run, "pca", "type", 1, 2, "standard", without_sinks=True))
    dots = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h0", drawing)}
    shown = ~run.sinks[run.draw_order % run.n_tokens]
    steps = run.array("coords.pca.2")[1, 2][shown] / 65535 * 900 + 30
    assert len(dots) == len(steps)
    assert all(any(abs(x - a) + abs(960 - y - b) <= 2 for a, b in dots) for x, y in steps)


def test_the_table_has_a_row_for_each_head_and_a_column_for_each_metric(telling: Run) -> None:
    rows = head_rows(ViewState(view="heads", run="r", projection="pca"), telling)
    assert [row["id"] for row in rows] == [f"{layer}.{head}" for layer in range(N_LAYERS) for head in range(N_HEADS)]
    assert rows[6]["previous_token"] == pytest.approx(0.9)
    assert rows[6]["href"] == "./head?run=r&projection=pca&layer=1&head=2"
    groups = {
        column["headerName"]: column["children"] for column in head_columns(telling.manifest) if "children" in column
    }
    assert [column["field"] for column in groups["Attention on data"]] == ["previous_token"]
    assert [column["field"] for column in groups["PCA 2-D"]] == ["pca__2__correlation"]


def test_a_missing_number_is_an_empty_cell(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "metric", lambda _, **__: np.full((N_LAYERS, N_HEADS), np.nan, np.float32))
    assert {row["fidelity"] for row in head_rows(ViewState(), run)} == {None}


def test_pairs_that_do_the_same_are_listed(telling: Run) -> None:
    said = as_json(atlas(ViewState(view="heads", run="r"), telling))
    assert "share 99%" in said
    assert "./head?run=r&head=1&layer=0" in said or "./head?run=r&layer=0&head=1" in said


def test_clusters_are_named_after_what_their_heads_do_or_their_middle(telling: Run, tmp_path: Path) -> None:
    distances = np.full((8, 8), 0.9, np.float32)
    for group in ([0, 1, 4], [6, 7]):
        distances[np.ix_(group, group)] = 0.1
    distances[1, [0, 4]] = distances[[0, 4], 1] = 0.05
    np.fill_diagonal(distances, 0)
    metrics = np.zeros((1, N_LAYERS, N_HEADS), np.float32)
    metrics[0, 1, 2:] = 0.9
    with Store(tmp_path / "store") as store:
        manifest = small_run(store).manifest
        arrays = {
            **manifest.arrays,
            "head_metrics": store.put_array(metrics),
            "head_distances": store.put_array(distances),
        }
        run = Run(store, replace(manifest, metrics=telling.manifest.metrics[:1], arrays=arrays))
        view = ViewState(view="heads", run="r")
        clusters = clusters_of(view, run)
        said = as_json(cluster_list(view, run))
        colors = atlas_figure(view, run, "cluster").data[0]
    assert [(cluster.name, cluster.rows) for cluster in clusters] == [
        ("Like L0 H1", (0, 1, 4)),
        ("Previous token", (6, 7)),
    ]
    assert "./?run=r&only=0.0_0.1_1.0" in said
    assert "./head?run=r&layer=1&head=3" in said
    assert list(colors.customdata) == ["1", "1", "none", "none", "1", "none", "2", "2"]


def test_a_run_without_distances_says_so(run: Run) -> None:
    assert "Build it again" in as_json(atlas(ViewState(view="heads"), run))


def test_heads_drawn_around_lead_to_a_matrix_of_them() -> None:
    (link,) = atlas_choice(ViewState(view="heads", run="r"), [(1, 2), (0, 3)])
    assert isinstance(link, Component)
    assert "./?run=r&only=0.3_1.2" in as_json(link)
    assert atlas_choice(ViewState(view="heads"), []) == []


def test_the_panel_of_a_head_names_what_it_does_and_who_does_the_same(telling: Run) -> None:
    said = as_json(head_numbers(ViewState(view="head", run="r", layer=1, head=2), telling))
    assert "Previous token" in said
    assert "L1 H1" in said
    assert "99% shared attention" in said


def test_bars_stand_where_the_key_stands() -> None:
    profile = np.zeros(9, np.float32)
    profile[4 + 1] = 0.8
    figure = offset_figure(profile, causal=False)
    bars = dict(zip(figure.data[0].x, figure.data[0].y, strict=True))
    assert bars[-1] == pytest.approx(0.8)
    assert list(bars) == [-4, -3, -2, -1, 0, 1, 2, 3, 4]
    assert figure.data[0].text[3] == "1 token before"


def test_what_is_hidden_gets_no_bar() -> None:
    assert list(offset_figure(np.ones(9, np.float32), causal=True).data[0].x) == [-4, -3, -2, -1, 0]


def test_a_head_without_a_number_is_hollow_on_the_map() -> None:
    figure = head_map_figure(np.zeros((2, 2), np.float32), ["a", "b"], np.array([0.5, np.nan], np.float32), "Share")
    assert list(figure.data[0].marker.symbol) == ["circle", "circle-open"]
    assert list(figure.data[0].customdata) == ["0.50", "none"]


def test_links_lead_to_the_same_folder() -> None:
    assert relative(ViewState(run="r")) == "./?run=r"
    assert relative(ViewState(view="heads")) == "./heads"


@pytest.fixture
def bare(telling: Run, tmp_path: Path) -> Iterator[Run]:
    """Plant numbers without sinks: there the best previous-token head is layer 0 head 0, and all of it 0.4 lower."""
    values = np.array(telling.array("head_metrics"))
    values[0] = values[0].ravel()[::-1].reshape(N_LAYERS, N_HEADS) - 0.4
    values[0, 0, 0] = 0.95
    profile = np.zeros((N_LAYERS, N_HEADS, 7), np.float32)
    profile[..., 3 + 1] = 0.25
    with Store(tmp_path / "store") as store:
        manifest = small_run(store).manifest
        infos = (*telling.manifest.metrics[:1], MetricInfo("sink_share", "On sinks", "Share."))
        plain = np.stack([np.array(telling.array("head_metrics"))[0], np.full((N_LAYERS, N_HEADS), 0.32, np.float32)])
        arrays = {
            **manifest.arrays,
            "head_metrics": store.put_array(plain),
            "head_metrics_without_sinks": store.put_array(np.stack([values[0], np.full_like(values[0], np.nan)])),
            "offset_profile": store.put_array(np.roll(profile, 1, axis=2)),
            "offset_profile_without_sinks": store.put_array(profile),
        }
        yield Run(store, replace(manifest, metrics=infos, arrays=arrays))


def test_tints_chips_table_and_panel_follow_the_switch(bare: Run) -> None:
    with_sinks, without = (
        ViewState(tint="previous_token", strongest=1, no_sinks=out, layer=0, head=0) for out in (False, True)
    )
    assert head_choice(bare, with_sinks).order == (6,)
    assert head_choice(bare, without).order == (0,)
    assert "L1 H2 0.90" in as_json(finding_chips(with_sinks, bare))
    said = as_json(finding_chips(without, bare))
    assert "L0 H0 0.95" in said
    assert "no_sinks=1" in said
    assert head_rows(without, bare)[0]["previous_token"] == pytest.approx(0.95)
    panel = as_json(head_numbers(without, bare))
    assert "32% of its attention went to the first token and is left out" in panel
    assert "went to" not in as_json(head_numbers(with_sinks, bare))
    figures = [
        next(part.figure for part in head_numbers(view, bare) if isinstance(part, dcc.Graph))
        for view in (with_sinks, without)
    ]
    assert [dict(zip(figure.data[0].x, figure.data[0].y, strict=True))[-1] for figure in figures] == [0, 0.25]


def test_what_sinks_hide_is_told_on_the_line_and_in_the_panel(telling: Run, tmp_path: Path) -> None:
    shape = (1, N_LAYERS, N_HEADS)
    with Store(tmp_path / "store") as store:
        manifest = small_run(store).manifest
        arrays = {
            **manifest.arrays,
            "head_metrics": store.put_array(np.full(shape, 0.41, np.float32)),
            "head_metrics_without_sinks": store.put_array(np.full(shape, 0.72, np.float32)),
        }
        run = Run(store, replace(manifest, metrics=telling.manifest.metrics[:1], arrays=arrays))
        chips = as_json(finding_chips(ViewState(), run))
        assert "1 more kind" in chips
        assert "Also found: Previous token." in chips
        assert "no_sinks=1" in chips
        assert "1 more kind" not in as_json(finding_chips(ViewState(no_sinks=True), run))
        panel = as_json(head_numbers(ViewState(layer=0, head=0), run))
        assert "Partly previous token:" in panel
        assert " 0.41, 0.72 without the first token. Every token" in panel
        assert "Partly" not in as_json(head_numbers(ViewState(layer=0, head=0, no_sinks=True), run))


def test_a_square_names_the_clearest_behavior_the_tint_and_the_sinks(bare: Run) -> None:
    notes = head_notes(bare, ViewState(tint="previous_token"))
    assert len(notes) == N_LAYERS * N_HEADS
    assert notes[6] == ["Previous token 0.90", "Previous token: 0.90", "On sinks: 0.32"]
    assert notes[0] == ["Previous token: -0.10", "On sinks: 0.32"]
    assert head_notes(bare, ViewState(no_sinks=True))[0] == ["Previous token 0.95"]


@pytest.mark.parametrize(("trusted", "verdict"), [(10, "good: 100 %"), (4, "fair: 40 %"), (1, "poor: 10 %")])
def test_trust_has_a_verdict_and_its_numbers_definitions(trusted: int, verdict: str) -> None:
    shown = trusted_share(np.where(np.arange(10) < trusted, 0.8, 0.2).astype(np.float32))
    assert verdict in as_json(shown)
    told = as_json(definitions([shown]))
    assert f"{verdict} of the points can be trusted: Points of which at least 50%" in told
    assert "trust-definitions" in told
    assert definitions([]) == []


def test_the_panel_leaves_out_a_number_that_the_head_does_not_have(bare: Run) -> None:
    said = [as_json(head_numbers(ViewState(layer=0, head=0, no_sinks=out), bare)) for out in (False, True)]
    assert ["On sinks" in panel for panel in said] == [True, False]
    assert "nan" not in said[1].lower()


def test_the_switch_is_named_after_the_sinks_and_an_older_run_says_what_is_missing(run: Run, bare: Run) -> None:
    assert sinks_label(run) == "Without the first token"
    assert "Build it again" in sinks_note(run, ViewState(no_sinks=True))
    assert sinks_note(run, ViewState()) == sinks_note(bare, ViewState()) == ""
    share = float(bare.metric("sink_share").mean())
    assert sinks_note(bare, ViewState(no_sinks=True)) == (
        f"They received {share:.0%} of the attention, averaged over all heads."
    )
    assert sinks_note(bare, ViewState(no_sinks=True, projection="tsne", dims=2)).endswith(
        " 2 of 8 heads are laid out without them."
    )


def test_an_image_finding_shows_the_image_that_differs_most_in_its_color(tmp_path: Path) -> None:
    values = np.array([0, 5, 9, 7, 3, np.nan, np.nan, 4], np.float32)
    metrics = np.full((1, N_LAYERS, N_HEADS), 0.6, np.float32)
    with Store(tmp_path / "store") as store:
        manifest = small_run(store).manifest
        arrays = {
            **manifest.arrays,
            "encoding.brightness": store.put_array(values),
            "head_metrics": store.put_array(metrics),
        }
        encodings = (replace(manifest.encodings[1], name="brightness"),)
        inputs = replace(manifest.inputs, kind="image")
        infos = (MetricInfo("brightness", "Brightness", "Share."),)
        run = Run(store, replace(manifest, inputs=inputs, encodings=encodings, metrics=infos, arrays=arrays))
        said = as_json(finding_chips(ViewState(), run))
    assert "color=brightness" in said
    assert "instance=0" in said
