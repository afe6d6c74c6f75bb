"""Inputs by name or path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import cast

from precompute.errors import InputsError
from precompute.inputs.images import ImageInputs
from precompute.inputs.reader import Inputs, InputsKind
from precompute.inputs.text import printable_name
from precompute.inputs.text_files import TEXT_FILES, load_text_file

Builtin = Callable[[str, int | None], Inputs]
"""Loader from a name for the inputs and the number of instances to keep (None for all)."""


def _bundled(file: str) -> Builtin:
    path = Path(__file__).resolve().parent.parent / "data" / file
    return lambda name, limit: load_text_file(name, path, limit)


def _images(module: str, function: str) -> Callable[..., ImageInputs]:
    """Return a loader that imports Pillow only when called; a host that only serves runs has none."""

    def load(*arguments: object) -> ImageInputs:
        return cast(ImageInputs, getattr(import_module(f"precompute.inputs.{module}"), function)(*arguments))

    return load


IMAGE_DIRECTORY = InputsKind(
    "image", "a directory of pictures", Path.is_dir, _images("image_files", "load_image_directory")
)

KINDS: tuple[InputsKind, ...] = (TEXT_FILES, IMAGE_DIRECTORY)
"""Every kind of inputs; the first that accepts a path reads it."""

BUILTIN: Mapping[str, Builtin] = {
    "sentences": _bundled("sentences.jsonl"),
    "short-sentences": _bundled("short-sentences.jsonl"),
    "tiny-words": _bundled("tiny-words.jsonl"),
    "probes": _images("probes", "load_probes"),
    "photos": _images("photos", "load_photos"),
    "gallery": _images("photos", "load_gallery"),
}
"""Inputs that need no path, by name."""


def load_inputs(spec: str, *, limit: int | None = None) -> Inputs:
    """Read the inputs of a run.

    Parameters
    ----------
    spec : str
        A built-in name; a .txt file (one instance per line); a .csv or .jsonl file (``text`` column); or a directory of
        pictures.
    limit : int, optional
        Only the first instances, at least 1.

    Raises
    ------
    InputsError
        If there is no such file, it cannot be read, or it has no instance.
    """
    return _find(spec)(limit)


def check_inputs(spec: str) -> None:
    """Check a name or path without reading it; InputsError if it does not exist or has no reader."""
    _find(spec)


def _find(spec: str) -> Callable[[int | None], Inputs]:
    """Return the reader of a name or path; a built-in name has precedence over a file of that name."""
    if spec in BUILTIN:
        return partial(BUILTIN[spec], spec)
    path = Path(spec)
    expected = " or ".join(kind.expected for kind in KINDS)
    if not _exists(path):
        raise InputsError(f"There are no inputs {spec!r}: name one of {', '.join(BUILTIN)}, or {expected}.")
    for kind in KINDS:
        if kind.accepts(path):
            found = path.resolve()
            name = found.name if found.is_dir() else found.stem
            return partial(kind.load, printable_name(name) or "inputs", path)
    raise InputsError(f"{spec!r} cannot be inputs: name {expected}.")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
