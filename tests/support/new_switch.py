"""Copy of the web application with one more switch: one entry of the table of controls and one field."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("app", "callbacks", "layouts")
LINKED = ("assets", "precompute")

CONTROL = """    Control(
        "sparkle",
        "sparkle",
        "switch",
        "Sparkle",
        section="show",
        help="Makes the points sparkle.",
        shown_for="head",
    ),
)
\"\"\"All controls"""
FIELD = """    no_sinks: bool = False
    sparkle: bool = False
"""


def app_with_a_new_switch(directory: Path, *, control: bool = True, field: bool = True) -> Path:
    """Copy the application and add the switch ``sparkle``.

    Parameters
    ----------
    directory : Path
        Empty or missing.
    control, field : bool
        Which of the two additions to make.

    Returns
    -------
    Path
        The directory; programs started in it import the copy.
    """
    directory.mkdir(exist_ok=True)
    for name in COPIED:
        shutil.copytree(ROOT / name, directory / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in LINKED:
        (directory / name).symlink_to(ROOT / name, target_is_directory=True)
    if control:
        _replace(directory / "layouts/panels/controls.py", r'^\)\n"""All controls', CONTROL)
    if field:
        _replace(directory / "layouts/state/view_state.py", r"^    no_sinks: bool = False\n", FIELD)
    return directory


def _replace(path: Path, pattern: str, text: str) -> None:
    changed, count = re.subn(pattern, lambda _: text, path.read_text("utf-8"), flags=re.MULTILINE)
    assert count == 1, f"{path.name} has one place for the addition"
    path.write_text(changed, "utf-8")
