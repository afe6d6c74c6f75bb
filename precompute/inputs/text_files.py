"""Text files as inputs."""

from __future__ import annotations

from pathlib import Path

from precompute.errors import InputsError
from precompute.inputs.columns import column_problems
from precompute.inputs.reader import InputsKind
from precompute.inputs.readers import READERS
from precompute.inputs.text import TextInputs, slug_of


def is_text_file(path: Path) -> bool:
    """Whether the path is a file whose ending has a reader."""
    return path.is_file() and path.suffix.lower() in READERS


def load_text_file(name: str, path: Path, limit: int | None) -> TextInputs:
    """Read a .txt, .csv or .jsonl file; at most the first `limit` instances.

    Raises
    ------
    InputsError
        If the file is not regular or has no instance.
    """
    texts, columns = READERS[path.suffix.lower()](path)
    if not texts:
        raise InputsError(f"{path} is empty: it needs at least one sentence.")
    kept = {column: values[:limit] for column, values in columns.items()}
    return TextInputs(name, slug_of(name), texts[:limit], kept, warnings=column_problems(kept))


*_most, _last = READERS
TEXT_FILES = InputsKind("text", f"a {', '.join(_most)} or {_last} file", is_text_file, load_text_file)
