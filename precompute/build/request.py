"""Request, progress and outcome of a build."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from precompute.build.stages import Stage
from precompute.format.manifest import Recipe


@dataclass(frozen=True)
class BuildRequest:
    """One run to build.

    Attributes
    ----------
    model
        Preset, hub id, local directory or ``timm:NAME``.
    inputs
        Built-in name, text file or directory of images.
    name
        Shown to the user; made of model and inputs by default.
    """

    model: str
    inputs: str
    name: str | None = None
    recipe: Recipe = field(default_factory=Recipe)


@dataclass(frozen=True)
class Progress:
    """A step of a build: ``done`` of ``total`` units of a stage; a total of 0 is unknown.

    ``detail`` names the unit. If ``warning`` is set, it is the text of a warning that stays on the screen.
    """

    stage: Stage
    done: int
    total: int
    detail: str = ""
    warning: bool = False


@dataclass(frozen=True)
class BuildOutcome:
    """A finished build: wall seconds of each stage, empty if the run existed and was ``reused``."""

    run: str
    seconds: Mapping[str, float]
    reused: bool


OnProgress = Callable[[Progress], None]


def ignore_progress(_: Progress) -> None:
    """Report nothing."""
