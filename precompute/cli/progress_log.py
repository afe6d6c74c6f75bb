"""Lines of a build's progress in a log: the start of each stage, then a count with the time left."""

from __future__ import annotations

from dataclasses import dataclass

from precompute.build.stages import Stage

LINE_SECONDS = 30.0
"""Longest silence while a stage is under way."""


@dataclass
class StageLog:
    """Progress of the stage under way.

    Times are in seconds of any clock that does not jump. ``started`` is the first progress of the stage, ``printed``
    the latest line.
    """

    stage: Stage
    label: str
    started: float
    printed: float
    done: int = 0
    total: int = 0

    def count(self, now: float) -> str | None:
        """Return the line that is due, or None."""
        if now - self.printed < LINE_SECONDS or (self.total and self.done >= self.total):
            return None
        self.printed = now
        elapsed = now - self.started
        if not self.total or not self.done:
            return f"{self.label}: {duration(elapsed)} so far"
        left = elapsed / self.done * (self.total - self.done)
        return f"{self.label}: {self.done} of {self.total}, about {duration(left)} left"


def duration(seconds: float) -> str:
    """Return a time such as ``40 s``, ``4 min`` or ``1 h 10 min``."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
