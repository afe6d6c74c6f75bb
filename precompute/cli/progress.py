"""Progress of a build: bars on a terminal, a few lines in a log."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from precompute.build.request import Progress
from precompute.build.stages import Stage
from precompute.cli.progress_log import StageLog
from precompute.cli.terminal import report, report_warning, stderr
from precompute.format.plain_text import plain

LABELS = {
    Stage.LOAD: "Find the model",
    Stage.CAPTURE: "Run the model",
    Stage.HEADS: "Project the heads",
    Stage.METRICS: "Measure the heads",
    Stage.SUMMARY: "Summarize",
    Stage.FINISH: "Finish",
}


class BuildProgress:
    """Progress of one build on stderr; pass it to the pipeline as ``on_progress``.

    Bars on a terminal; elsewhere one line per stage after its first progress, so that a build that fails at once prints
    only its error, and a count at least every :data:`precompute.cli.progress_log.LINE_SECONDS`.

    Attributes
    ----------
    warnings : list of str
        All warnings so far, without duplicates.
    """

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self._tasks: dict[str, TaskID] = {}
        self._announced: set[str] = set()
        self._log: StageLog | None = None
        self._ended = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="progress-log", daemon=True)
        self._bars = Bars(
            TextColumn("{task.description:<18}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[detail]}", markup=False, style="dim"),
            console=stderr,
            disable=not stderr.is_terminal,
        )

    def __enter__(self) -> Self:
        """Start drawing."""
        self._bars.start()
        if self._bars.disable:
            self._ticker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop drawing and keep the last state; after success, every stage is complete."""
        self._ended.set()
        if self._ticker.is_alive():
            self._ticker.join()
        if error is None:
            for task in self._bars.tasks:
                self._bars.update(task.id, total=task.total or 1, completed=task.total or 1, detail="")
        self._bars.stop()

    def __call__(self, progress: Progress) -> None:
        """Show one step."""
        if progress.warning:
            self._warn(progress.detail)
            return
        label = LABELS[progress.stage]
        total = progress.total or None
        if progress.stage not in self._tasks:
            self._tasks[progress.stage] = self._bars.add_task(label, total=total, detail="")
        self._bars.update(
            self._tasks[progress.stage],
            completed=progress.done,
            total=total,
            detail="" if progress.done == total else plain(progress.detail),
        )
        if self._bars.disable:
            self._note(progress, label)

    def _note(self, progress: Progress, label: str) -> None:
        """Keep the count for the log; print the first line of a stage."""
        now = time.monotonic()
        if self._log is None or self._log.stage is not progress.stage:
            self._log = StageLog(progress.stage, label, now, now)
        if progress.done and progress.stage not in self._announced:
            self._announced.add(progress.stage)
            report(f"{label} ...")
        self._log.done, self._log.total = progress.done, progress.total

    def _tick(self) -> None:
        while not self._ended.wait(1):
            line = self._log and self._log.count(time.monotonic())
            if line:
                report(line)

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)
            report_warning(sentence)
