"""What a build is asked for, what it tells on the way, what it leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

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
        Shown to the user; by default made of model and inputs.
    recipe : Recipe
        The choices that change the result.
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
    stage : str
        ``load``, ``capture``, ``heads``, ``metrics``, ``summary`` or ``finish``.
    done, total : int
        Units finished and units in the stage.
    detail : str
        What the unit was, for people.
    warning : bool
        Whether ``detail`` is a warning to keep on the screen.
    """

    stage: str
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
        Wall time of each stage; empty when the run was there already.
    reused : bool
        Whether the same recipe had been built before.
    """

    run: str
    seconds: Mapping[str, float]
    reused: bool


OnProgress = Callable[[Progress], None]


def ignore_progress(_: Progress) -> None:
    """Report nothing."""
