"""The visitors of the load test ask for what the application answers, as often as a browser would."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from layouts.state.view_state import ViewState
from tests.load.__main__ import problems_of
from tests.load.answers import Answers, all_answers
from tests.load.server import Memory
from tests.load.tab import CALLBACKS, Tab
from tests.support.planted_app import planted_app


def test_a_tab_walks_through_every_view_and_keeps_what_a_browser_keeps(tmp_path: Path) -> None:
    with planted_app(tmp_path / "store") as application:
        asked: Counter[str] = Counter()

        def send(path: str, name: str, body: str | None = None) -> bytes:
            asked[path] += 1
            if body is None:
                answer = application.client.get(path)
            else:
                answer = application.client.post(path, data=body, content_type="application/json")
            assert answer.status_code in {200, 204}, (name, path)
            return answer.data

        tab = Tab(send)
        tab.open(ViewState())
        run = application.planted.manifest.run
        assert (tab.state.run, tab.state.view) == (run, "matrix")
        tab.change(view="head", layer=1, head=2, instance=2, token=0, norm=True)
        tab.change(color="norm", projection="tsne", dims=3)
        tab.change(view="instance")
        tab.change(view="heads", layer=None, head=None, instance=None)
        tab.change(view="matrix")
    assert (tab.state.color, tab.state.projection, tab.state.dims) == ("norm", "tsne", 3)
    assert {f"/data/{run}/pattern/1/2/2", f"/data/{run}/pattern-sheet/1/2", f"/data/{run}/colors/norm"} <= set(asked)
    assert [path for path, times in asked.items() if times > 1] == [CALLBACKS]


def test_percentiles_are_of_all_answers_together() -> None:
    quick = Answers("quick", 0, Counter({1: 90, 3: 5}))
    slow = Answers("slow", 2, Counter({50: 4, 900: 1}))
    together = all_answers([quick, slow])
    assert (together.count, together.failures) == (100, 2)
    assert [together.percentile(share) for share in (50, 90, 91, 95, 99, 100)] == [1, 1, 3, 3, 50, 900]


@pytest.mark.parametrize(
    ("resident", "to_answer", "failures", "milliseconds", "samples", "said"),
    [
        (249.0, 2.9, 0, 200, [90.0] * 10, []),
        (251.0, 2.9, 0, 200, [90.0] * 10, ["a worker of 251 MiB"]),
        (249.0, 3.1, 0, 200, [90.0] * 10, ["3.1 s to the first answer"]),
        (249.0, 2.9, 1, 250, [90.0] * 10, ["1 errors", "95 % of answers in 250 ms"]),
        (249.0, 2.9, 0, 200, [50.0, 60.0, *[70.0] * 6, 90.0, 90.0], ["20 MiB of growth under load"]),
    ],
)
def test_a_promise_that_is_not_kept_is_said(
    resident: float, to_answer: float, failures: int, milliseconds: int, samples: list[float], said: list[str]
) -> None:
    memories = [("as started", Memory(60, 50, 10)), ("later", Memory(resident, 80, 60))]
    answers = Answers("all", failures, Counter({milliseconds: 100}))
    assert problems_of(memories, to_answer, answers, samples) == said
