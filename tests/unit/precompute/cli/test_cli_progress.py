"""Progress in a log: a line for each stage, every warning once, nothing on stdout."""

from __future__ import annotations

import io
import threading

import pytest
from rich.console import Console

from precompute.build import Progress
from precompute.build.stages import Stage
from precompute.cli import progress as progress_module
from precompute.cli import terminal
from precompute.cli.progress import LABELS, BuildProgress
from precompute.cli.progress_log import LINE_SECONDS, StageLog, duration

EVENTS = (
    Progress(Stage.LOAD, 0, 1, "looking up m"),
    Progress(Stage.CAPTURE, 0, 0, "Two sentences were cut.", warning=True),
    Progress(Stage.CAPTURE, 1, 2, "sentences"),
    Progress(Stage.CAPTURE, 0, 0, "Two sentences were cut.", warning=True),
    Progress(Stage.CAPTURE, 2, 2, "sentences"),
    Progress(Stage.FINISH, 1, 1, "the run"),
)


def test_log_has_a_line_for_each_stage_and_each_warning(capsys: pytest.CaptureFixture[str]) -> None:
    with BuildProgress() as progress:
        for event in EVENTS:
            progress(event)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["Warning: Two sentences were cut.", "Run the model ...", "Finish ..."]
    assert progress.warnings == ["Two sentences were cut."]


def test_terminal_shows_every_stage_complete_after_a_success(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100, color_system=None, legacy_windows=False)
    monkeypatch.setattr(progress_module, "stderr", console)
    monkeypatch.setattr(terminal, "stderr", console)
    with BuildProgress() as progress:
        for event in (*EVENTS, Progress(Stage.HEADS, 1, 72, "\x1b[2J evil")):
            progress(event)
    shown = screen.getvalue()
    assert "Warning: Two sentences were cut." in shown
    assert "\x1b[2J" not in shown
    last = shown[shown.rindex("Find the model") :]
    assert "1/1" in last
    assert "72/72" in last


def test_every_stage_has_a_label_in_the_order_of_the_stages() -> None:
    assert list(LABELS) == list(Stage)


def test_a_long_stage_counts_with_the_time_left_but_not_too_often() -> None:
    log = StageLog(Stage.HEADS, "Project the heads", started=100, printed=100, done=0, total=72)
    assert log.count(100 + LINE_SECONDS - 1) is None
    assert log.count(130) == "Project the heads: 30 s so far"
    log.done = 12
    assert log.count(159) is None
    assert log.count(160) == "Project the heads: 12 of 72, about 5 min left"
    log.done = 72
    assert log.count(500) is None
    endless = StageLog(Stage.CAPTURE, "Run the model", started=0, printed=0, done=3)
    assert endless.count(700) == "Run the model: 12 min so far"


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.2, "1 s"), (89, "89 s"), (95, "2 min"), (3600, "60 min"), (5400, "1 h 30 min")]
)
def test_times_are_round(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def test_a_silent_stage_is_counted_by_itself(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = threading.Event()
    monkeypatch.setattr(StageLog, "count", lambda *_: counted.set() or "12 of 72")
    with BuildProgress() as progress:
        progress(Progress(Stage.HEADS, 12, 72))
        assert counted.wait(30)
    assert "12 of 72" in capsys.readouterr().err
