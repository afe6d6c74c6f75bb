"""HTML attributes whose names have dashes."""

from __future__ import annotations

from typing import Any


def attributes(**values: str) -> dict[str, Any]:
    """Return attributes to pass on: ``attributes(data_action="go")`` stands for ``data-action="go"``."""
    return {name.replace("_", "-"): value for name, value in values.items()}
