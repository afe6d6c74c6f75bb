"""Pages, legend, menus and texts of a planted run, as the browser gets them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from dash.development.base_component import Component

from layouts import options
from layouts.colors.palettes import NO_VALUE, palette_for
from layouts.colors.tokens import VARIANTS
from layouts.nouns import NOUNS
from layouts.pages.head import head_page, head_title
from layouts.pages.instance import instance_page
from layouts.pages.matrix import matrix_page
from layouts.pages.message import message_page
from layouts.panels.breadcrumbs import breadcrumbs
from layouts.panels.controls import CONTROLS
from layouts.panels.legend import MOST_CATEGORIES, legend
from layouts.panels.trust import trust_numbers
from layouts.shell import shell
from layouts.state.resolution import resolve
from layouts.state.view_state import View, ViewState
from precompute.format.manifest import EncodingInfo, ModelInfo
from precompute.run.run import Run

PLACE: dict[str, Any] = {"layer": 1, "head": 3, "instance": 2}
CONTRACT = (
    *("run", "projection", "color", "dims-2", "dims-3", "search", "search-count", "layer", "head", "go", "labels"),
    *("attention-lines", "scale-by-norm", "theme", "clear-selection", "legend", "color-info", "data-info"),
    *("sentence-view", "aggregate-view"),
)


def rendered(content: Any) -> Any:
    """Return a component as the JSON that Dash sends."""
    return json.loads(json.dumps(content, default=lambda component: component.to_plotly_json()))


def elements(content: Any) -> Iterator[dict[str, Any]]:
    """Go through all components, each as its properties and its type."""
    if isinstance(content, list):
        for part in content:
            yield from elements(part)
    elif isinstance(content, dict) and "props" in content:
        yield {**content["props"], "type": content["type"]}
        yield from elements(content["props"].get("children"))


def texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for part in content:
            yield from texts(part)
    elif isinstance(content, dict) and "props" in content:
        yield from texts(content["props"].get("children"))


def words(content: Component | list[Component]) -> str:
    return " ".join(texts(rendered(content)))


def actions(content: Component) -> list[str]:
    return [element["data-action"] for element in elements(rendered(content)) if "data-action" in element]


def test_ids_are_unique_and_every_control_of_the_contract_is_in_the_shell() -> None:
    found = list(elements(rendered(shell("1.2.3"))))
    named = [element["id"] for element in found if "id" in element]
    assert len(set(named)) == len(named)
    testids = {element["data-testid"] for element in found if "data-testid" in element} | {
        control.id for control in CONTROLS
    }
    assert testids >= set(
        [
            "run",
            "projection",
            "color",
            "dims-2",
            "dims-3",
            "search",
            "search-count",
            "layer",
            "head",
            "go",
            "labels",
            "attention-lines",
            "scale-by-norm",
            "theme",
            "clear-selection",
            "legend",
            "color-info",
            "data-info",
            "sentence-view",
            "aggregate-view",
        ]
    )
    assert {control.id for control in CONTROLS if control.has_value} <= set(named)


def test_every_button_says_what_it_does() -> None:
    found = elements(rendered(shell("1.2.3")))
    buttons = [element for element in found if element["type"] in {"Button", "A"} and "data-action" in element]
    assert len(buttons) > 8
    assert all(element.get("aria-label") or list(texts(element.get("children"))) for element in buttons)


def test_the_shell_names_no_other_host() -> None:
    assert "//" not in json.dumps(rendered(shell("1.2.3"))).replace("arXiv", "")


def test_the_shell_shows_its_version() -> None:
    assert "Version 1.2.3" in words(shell("1.2.3"))


def test_the_matrix_page_counts_layers_and_heads(run: Run) -> None:
    page = matrix_page(resolve(ViewState(), run.manifest), run)
    assert "small" in words(page)
    assert "2 layers × 4 heads" in words(page)
    assert actions(page) == ["reset-zoom"]


@pytest.mark.parametrize(("dims", "gesture"), [(2, "drag to move"), (3, "drag to rotate")])
def test_the_matrix_page_tells_the_gestures(run: Run, dims: int, gesture: str) -> None:
    assert gesture in words(matrix_page(resolve(ViewState(dims=dims), run.manifest), run))


def test_the_head_page_names_the_head_and_leads_to_its_neighbors(run: Run) -> None:
    page = head_page(resolve(ViewState(view="head", **PLACE), run.manifest), run)
    assert "Layer 1 Head 3" in words(page)
    assert set(actions(page)) == {"left", "right", "up", "down", "groups", "reset-zoom", "matrix"}
    testids = {element.get("data-testid") for element in elements(rendered(page))}
    assert testids >= {"left", "right", "up", "down", "reset-zoom", "view-all"}


@pytest.mark.parametrize(
    ("layer", "head", "edges"),
    [(0, 0, {"up", "left"}), (0, 3, {"up", "right"}), (1, 1, {"down"}), (1, 3, {"down", "right"})],
)
def test_arrows_that_lead_nowhere_are_disabled(run: Run, layer: int, head: int, edges: set[str]) -> None:
    page = head_page(resolve(ViewState(view="head", layer=layer, head=head), run.manifest), run)
    assert {each["data-action"] for each in elements(rendered(page)) if each.get("disabled")} == edges


@pytest.mark.parametrize(("head", "group"), [(0, 0), (1, 0), (2, 1), (3, 1)])
def test_a_head_of_grouped_queries_names_its_key_group(run: Run, head: int, group: int) -> None:
    assert head_title(ViewState(layer=0, head=head), run) == f"Layer 0 Head {head} · key group {group}"


def test_a_head_with_keys_of_its_own_has_a_short_title(run: Run) -> None:
    model = ModelInfo("tiny", "r1", "transformers", 2, 4, 4, 3, False)
    alone = Run.__new__(Run)
    alone.manifest = replace(run.manifest, model=model)
    assert head_title(ViewState(layer=0, head=3), alone) == "Layer 0 Head 3"


def test_the_instance_page_counts_from_one(run: Run) -> None:
    page = instance_page(resolve(ViewState(view="instance", **PLACE), run.manifest), run)
    assert "Sentence 3 of 3" in words(page)
    assert "Layer 1 Head 3" in words(page)
    assert actions(page) == ["left", "right", "up", "down", "open-head"]


@pytest.mark.parametrize(
    ("view", "asked", "path", "back"),
    [
        ("matrix", {}, ["All heads"], []),
        ("head", {"layer": 1, "head": 3}, ["All heads", "Layer 1 Head 3"], ["matrix"]),
        ("head", PLACE, ["All heads", "Layer 1 Head 3", "Sentence 3"], ["matrix", "open-instance"]),
        ("instance", PLACE, ["All heads", "Layer 1 Head 3", "Sentence 3"], ["matrix", "open-head"]),
    ],
)
def test_breadcrumbs_lead_everywhere_but_here(
    run: Run, view: View, asked: dict[str, Any], path: list[str], back: list[str]
) -> None:
    crumbs = breadcrumbs(resolve(ViewState(view=view, **asked), run.manifest), run.manifest.model, NOUNS["text"])
    assert list(texts(rendered(crumbs))) == path
    assert actions(crumbs) == back
    here = [element for element in elements(rendered(crumbs)) if element.get("aria-current")]
    assert [element["children"] for element in here] == [path[{"matrix": 0, "head": 1, "instance": 2}[view]]]


def test_a_message_is_an_alert_with_its_command() -> None:
    page = rendered(message_page("Nothing yet", "Build one.", "make demo"))
    assert page["props"]["role"] == "alert"
    assert list(texts(page)) == ["Nothing yet", "Build one.", "make demo"]


def test_a_message_without_a_command_shows_none() -> None:
    assert [element["type"] for element in elements(rendered(message_page("Gone", "It went.")))] == ["Div", "H1", "P"]


def test_the_legend_shows_both_palettes_one_at_a_time(run: Run) -> None:
    variants = [
        element.get("className")
        for element in rendered([*legend(run.manifest.encodings[0])])
        for element in elements(element)
    ]
    assert [name for name in variants if name and "variant" in name] == [
        "av-legend-variant av-legend-standard",
        "av-legend-variant av-legend-safe",
    ]


def backgrounds(content: list[Component]) -> list[str]:
    return [element["style"]["background"] for element in elements(rendered(content)) if "style" in element]


def test_the_legend_of_query_or_key_has_a_swatch_each(run: Run) -> None:
    assert backgrounds(legend(run.manifest.encodings[0]))[:2] == ["#5fb96c", "#e3378f"]


def test_the_legend_of_a_ramp_runs_from_its_first_to_its_last_color(run: Run) -> None:
    info = next(info for info in run.manifest.encodings if info.name == "position")
    query, key = backgrounds(legend(info))[:2]
    for bar, colors in ((query, palette_for(info).query), (key, palette_for(info).key)):
        stops = bar.removeprefix("linear-gradient(to right, ").removesuffix(")").split(", ")
        assert (stops[0], stops[-1]) == (colors[0], colors[-1])
        assert [colors.index(stop) for stop in stops] == sorted(colors.index(stop) for stop in stops)
    assert "low high" in words(legend(info))


@pytest.mark.parametrize(("count", "note"), [(2, ""), (MOST_CATEGORIES, ""), (MOST_CATEGORIES + 3, "and 3 more")])
def test_the_legend_names_categories_and_counts_the_others(count: int, note: str) -> None:
    names = tuple(f"name {number}" for number in range(count))
    content = legend(EncodingInfo("topic", "Topic", "categorical", "The topic.", categories=names))
    assert all(name in words(content) for name in names[:MOST_CATEGORIES])
    assert note in words(content)
    assert ("more" in words(content)) == bool(note)


def test_the_legend_says_which_color_means_no_value(run: Run) -> None:
    info = next(info for info in run.manifest.encodings if info.name == "position")
    assert "no value" not in words(legend(info))
    assert words(legend(info, gaps=True)).count("no value") == len(VARIANTS)
    assert backgrounds(legend(info, gaps=True)).count(NO_VALUE) == len(VARIANTS)


def test_trust_numbers_are_those_of_the_plane_on_show() -> None:
    metrics = {"tsne.2.correlation": -0.876, "tsne.3.correlation": 0.1, "tsne.2.knn_recall": 0.5, "norm": 3.0}
    view = ViewState(view="head", layer=0, head=0, projection="tsne", dims=2)
    assert words(trust_numbers(view, metrics)) == "distance correlation  -0.88 neighbors kept  0.50"


def test_a_layout_without_sinks_shows_the_numbers_with_them_beside() -> None:
    view = ViewState(view="head", layer=0, head=0, projection="tsne", dims=2, no_sinks=True)
    shown, all_tokens = {"tsne.2.knn_recall": 0.4, "tsne.2.correlation": -0.5}, {"tsne.2.knn_recall": 0.3}
    numbers = trust_numbers(view, shown, {**shown, **all_tokens})
    assert words(numbers) == "distance correlation  -0.50 neighbors kept  0.40  (0.30 with sinks)"


def test_digits_of_a_trust_number_follow_its_error_and_a_share_has_its_ceiling() -> None:
    view = ViewState(view="head", layer=0, head=0, projection="tsne", dims=2)
    metrics = {"tsne.2.correlation": -0.87654, "tsne.2.attention_mass": 0.67, "tsne.2.knn_recall": 0.36}
    ceilings = {"tsne.2.attention_mass": 0.81, "tsne.2.knn_recall": 0.5}
    numbers = trust_numbers(view, metrics, None, {"tsne.2.correlation": 0.0042}, ceilings)
    assert words(numbers) == "distance correlation  -0.877 attention kept  0.67  of 0.81 neighbors kept  0.36  of 0.50"
    titles = [rendered(number)["props"]["title"] for number in numbers]
    assert titles[0].endswith("Standard error 0.004.")
    assert titles[1].endswith("The five strongest keys hold 0.81: no layout can show more.")
    assert titles[2].endswith("The best layout found in the plane keeps 0.50.")


def test_trust_numbers_that_are_not_known_are_left_out() -> None:
    view = ViewState(view="head", layer=0, head=0, projection="pca", dims=2)
    assert trust_numbers(view, {"pca.2.correlation": math.nan, "tsne.2.correlation": 1.0}) == []


def test_every_trust_number_is_explained() -> None:
    view = ViewState(projection="pca", dims=2)
    names = ("correlation", "attention_recall", "attention_mass", "knn_recall")
    found = trust_numbers(view, {f"pca.2.{name}": 0.5 for name in names})
    assert [len(rendered(number)["props"]["title"]) > 40 for number in found] == [True] * 4


def test_runs_of_one_name_are_told_apart(run: Run) -> None:
    first, second = run.manifest, replace(run.manifest, run="tiny-words-abcdef")
    other = replace(run.manifest, run="other", name="other")
    assert options.run_options([first, second, other]) == [
        {"value": first.run, "label": f"small ({first.run[-6:]})"},
        {"value": "tiny-words-abcdef", "label": "small (abcdef)"},
        {"value": "other", "label": "other"},
    ]


def test_menus_follow_the_manifest(run: Run) -> None:
    manifest = run.manifest
    assert options.projection_options(manifest) == [
        {"value": "pca", "label": "PCA"},
        {"value": "tsne", "label": "TSNE"},
    ]
    assert [option["value"] for option in options.color_options(manifest)] == ["type", "position", "norm", "trust"]
    assert options.numbered_options("Head", 2) == [
        {"value": "0", "label": "Head 0"},
        {"value": "1", "label": "Head 1"},
    ]


def test_a_projection_that_nobody_described_still_has_an_entry(run: Run) -> None:
    recipe = replace(run.manifest.recipe, projections=("isomap",))
    manifest = replace(run.manifest, recipe=recipe)
    assert options.projection_options(manifest) == [{"value": "isomap", "label": "isomap"}]


def test_texts_say_what_is_on_show(run: Run) -> None:
    view = resolve(ViewState(color="norm"), run.manifest)
    assert options.data_info(run.manifest, run.tokens) == "based on 8 tokens (3 sentences); tiny, d_head 3"
    assert options.search_hint(run.manifest, run.tokens) == "token, e.g. bank"
    assert [option["label"] for option in options.search_modes(run.manifest)] == ["token", "part", "regex"]
    assert options.color_info(run.manifest, view) == "Length of the vector."
    assert options.projection_info(run.manifest, view) == "What pca keeps."


def test_images_are_called_images(run: Run) -> None:
    manifest = replace(run.manifest, inputs=replace(run.manifest.inputs, kind="image", n_tokens=12345))
    table = replace(run.tokens, special=(True, *[False] * 7), labels=("CLS", "sea", "sea", "boat", *[""] * 4))
    assert options.data_info(manifest, table).startswith("based on 12,344 patches (3 images) and 1 w0 tokens;")
    several = replace(table, special=(True, True, *[False] * 6))
    assert options.data_info(manifest, several).startswith("based on 12,343 patches (3 images) and 2 prefix tokens;")
    assert options.search_hint(manifest, table) == "label, e.g. sea"
    assert options.search_hint(manifest, replace(table, labels=())) == "label, e.g. w0"
    assert options.search_hint(manifest, replace(table, special=(False,) * 8, labels=())) == "label, e.g. patch 0,0"
    assert [option["label"] for option in options.search_modes(manifest)] == ["label", "part", "regex"]
