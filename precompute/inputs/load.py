"""The one way in: a name or a path to the inputs of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from precompute.errors import InputsError
from precompute.inputs.kinds import Inputs, InputsKind
from precompute.inputs.text import printable_name
from precompute.inputs.text_files import TEXT_FILES

KINDS: tuple[InputsKind, ...] = (TEXT_FILES,)
"""Every kind of inputs; the first that accepts a path reads it."""

_DATA = Path(__file__).resolve().parent.parent / "data"

BUILTIN: Mapping[str, Path] = {
    "sentences": _DATA / "sentences.jsonl",
    "short-sentences": _DATA / "short-sentences.jsonl",
    "tiny-words": _DATA / "tiny-words.jsonl",
}
"""Inputs that need no path, by name."""


def load_inputs(spec: str, *, limit: int | None = None) -> Inputs:
    """Read the inputs of a run.

    Parameters
    ----------
    spec : str
        A built-in name, or the path of a .txt (a line an instance), .csv or .jsonl file (a ``text`` column).
    limit : int, optional
        Only the first so many instances, at least 1.

    Returns
    -------
    TextInputs

    Raises
    ------
    InputsError
        If there is no such file, it cannot be read, or it has no instance.
    """
    name, path, kind = _find(spec)
    return kind.load(name, path, limit)


def check_inputs(spec: str) -> None:
    """Check, without reading it, that a name or path can be inputs.

    Raises
    ------
    InputsError
        If there is no such file or no way to read it.
    """
    _find(spec)


def _find(spec: str) -> tuple[str, Path, InputsKind]:
    """Name, path and kind of the inputs that the user means; a built-in name comes before a file of that name."""
    builtin = BUILTIN.get(spec)
    path = builtin or Path(spec)
    expected = " or ".join(kind.expected for kind in KINDS)
    if not _exists(path):
        raise InputsError(f"There are no inputs {spec!r}: name one of {', '.join(BUILTIN)}, or {expected}.")
    for kind in KINDS:
        if kind.accepts(path):
            return printable_name(spec if builtin else path.resolve().stem), path, kind
    raise InputsError(f"{spec!r} cannot be inputs: name {expected}.")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
