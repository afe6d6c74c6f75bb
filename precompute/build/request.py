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
    model : str
        Preset, hub id, local directory or ``timm:NAME``.
    inputs : str
        Built-in name, text file or directory of images.
    name : str or None
        Shown to the user; made of model and inputs by default.
    recipe : Recipe
        Choices that change the result.
    """

    model: str
    inputs: str
    name: str | None = None
    recipe: Recipe = field(default_factory=Recipe)


@dataclass(frozen=True)
class Progress:
    """A step of a build.

    Attributes
    ----------
    done, total : int
        Finished and all units of the stage; a total of 0 is unknown.
    detail : str
        Description of the unit, or the text of a warning.
    warning : bool
        Whether ``detail`` is a warning that stays on the screen.
    """

    stage: Stage
    done: int
    total: int
    detail: str = ""
    warning: bool = False


@dataclass(frozen=True)
class BuildOutcome:
    """A finished build.

    Attributes
    ----------
    run : str
        Identifier of the run.
    seconds : mapping of str to float
        Wall time of each stage; empty if the run existed.
    reused : bool
        Whether the run existed.
    """

    run: str
    seconds: Mapping[str, float]
    reused: bool


OnProgress = Callable[[Progress], None]


def ignore_progress(_: Progress) -> None:
    """Report nothing."""
