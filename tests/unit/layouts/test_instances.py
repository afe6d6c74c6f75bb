"""The frame of a sentence's views: every part is there once, and every button has a label."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from layouts import ids
from layouts.pages.instance import instance_page
from layouts.panels.instances import instances_dialog, reading_buttons, stepping_buttons
from layouts.panels.sidebar import sidebar
from layouts.state.view_state import ViewState
from precompute.run.run import Run


def elements(content: Any) -> Iterator[dict[str, Any]]:
    """Go through all components as Dash sends them."""
    sent = json.loads(json.dumps(content, default=lambda component: component.to_plotly_json()))
    pending = [sent]
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            pending += part
        elif isinstance(part, dict):
            yield part["props"]
            pending.append(part["props"].get("children"))


@pytest.mark.parametrize(
    "part",
    [
        *(ids.SENTENCE_VIEW, ids.AGGREGATE_VIEW, ids.HEAD_SHEET, ids.STRONGEST_PAIRS),
        *(ids.IMAGE_VIEW, ids.IMAGE_AGGREGATE, ids.IMAGE_SHEET),
    ],
)
def test_the_sidebar_has_a_place_for_every_part(part: str) -> None:
    (place,) = [element for element in elements(sidebar()) if element.get("id") == part]
    assert place["data-testid"] == part
    assert "children" not in place or place["children"] is None


def test_the_sidebar_waits_for_a_selection() -> None:
    assert next(element for element in elements(sidebar()) if element.get("id") == ids.SIDEBAR)["hidden"] is True


def test_the_dialog_is_named_by_its_heading() -> None:
    found = list(elements(instances_dialog()))
    (dialog,) = [element for element in found if "aria-labelledby" in element]
    assert [element["children"] for element in found if element.get("id") == dialog["aria-labelledby"]] == [
        "All sentences"
    ]
    assert any(element.get("data-testid") == ids.INSTANCE_LIST for element in found)


def test_sentences_are_reached_from_a_head_and_from_each_other() -> None:
    def actions(content: Any) -> set[str]:
        return {element["data-action"] for element in elements(content) if "data-action" in element}

    assert actions(reading_buttons()) == {"all-instances", "strongest-pairs"}
    assert actions(stepping_buttons()) == {"previous-instance", "next-instance", "all-instances", "clear-selection"}


def test_the_page_disables_arrows_that_lead_nowhere(run: Run) -> None:
    view = ViewState(view="instance", run=run.manifest.run, layer=1, head=0, instance=0)
    disabled = {
        each["data-action"]: each["disabled"] for each in elements(instance_page(view, run)) if "disabled" in each
    }
    assert {name for name, off in disabled.items() if off} == {"left", "down"}
