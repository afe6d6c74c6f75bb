"""Every control is explained, once, in words that the browser finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from layouts import ids
from layouts.nouns import NOUNS, worded
from layouts.panels.controls import CONTROLS, help_texts
from layouts.parts.info import BUTTON_HELP, button_help, info_button
from layouts.shell import shell

EXPLAINED = (
    *("run", "projection", "dims", "color", "search", "tint", "layer", "labels", "attention-lines", "scale-by-norm"),
    *("theme", "palette", "about", "heads", "export-png", "export-svg", "export-csv"),
)


def elements(content: Any) -> Iterator[dict[str, Any]]:
    """Go through all components of Dash's JSON."""
    if isinstance(content, list):
        for part in content:
            yield from elements(part)
    elif isinstance(content, dict) and "props" in content:
        yield {**content["props"], "type": content["type"]}
        yield from elements(content["props"].get("children"))


def of_the_shell() -> list[dict[str, Any]]:
    return list(elements(json.loads(json.dumps(shell("1.2.3"), default=lambda part: part.to_plotly_json()))))


def test_every_control_of_the_shell_leads_to_its_text() -> None:
    found = of_the_shell()
    texts = {element["id"]: element["children"] for element in found if str(element.get("id", "")).startswith("info-")}
    topics = {element["data-info"]: element["aria-describedby"] for element in found if "data-info" in element}
    assert set(topics) >= set(EXPLAINED)
    assert {topic: texts[where.split(" ")[0]] for topic, where in topics.items()} == {
        topic: worded(help_texts()[topic]) for topic in topics
    }


def test_an_explained_icon_has_no_second_tooltip() -> None:
    assert all(not element.get("title") for element in of_the_shell() if "data-info" in element)


def test_an_i_says_what_it_is_about_and_is_no_control_itself() -> None:
    button = info_button(ids.RUN, "Model and data").to_plotly_json()["props"]
    assert button["aria-label"] == "About “Model and data”"
    assert button["type"] == "button"
    assert "data-action" not in button


def test_what_has_no_text_is_not_described() -> None:
    assert button_help("left") == {}


def test_texts_are_short_sentences() -> None:
    for text in (worded(template, nouns) for template in help_texts().values() for nouns in NOUNS.values()):
        assert text[0].isupper()
        assert text.endswith(".")
        assert len(text.split()) <= 25, text
        assert len(text) < 300


def test_labels_are_short() -> None:
    assert all(len(control.label.split()) <= 3 for control in CONTROLS)
    assert not {control.id for control in CONTROLS} & set(BUTTON_HELP)
