"""Progress in a log: a line for each stage, every warning once, nothing on stdout."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from precompute.build import Progress
from precompute.build.stages import Stage
from precompute.cli import progress as progress_module
from precompute.cli import terminal
from precompute.cli.progress import LABELS, BuildProgress

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
