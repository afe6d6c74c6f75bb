"""Colors of assets/css/tokens.css, the source that the style sheets, the JavaScript and Python share."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

Variant = Literal["standard", "safe"]
VARIANTS: tuple[Variant, ...] = ("standard", "safe")
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")

_ROOT = Path(__file__).resolve().parents[2]
_CANDIDATES = (_ROOT / "assets/css/tokens.css", _ROOT / "app/assets/css/tokens.css")
TOKENS_CSS = next((path for path in _CANDIDATES if path.is_file()), _CANDIDATES[0])
"""Beside the packages in a checkout, inside ``app`` in an installed wheel."""

_RULE = re.compile(r"^(:root|\[data-[^{]*?) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_DECLARATION = re.compile(r"^  (--[\w-]+): ([^;]+);", re.MULTILINE)


def color_token(name: str, theme: Theme = "light", variant: Variant = "standard") -> str:
    """Return the value of a custom property.

    Parameters
    ----------
    name : str
        Without the leading ``--av-``.
    theme : {"light", "dark"}
        Color scheme of the page.
    variant : {"standard", "safe"}
        Palette of queries and keys.

    Returns
    -------
    str
        As declared; most are ``#rrggbb``.

    Raises
    ------
    KeyError
        If tokens.css does not declare the property.
    """
    return tokens(theme, variant)[f"--av-{name}"]


@cache
def tokens(theme: Theme, variant: Variant) -> MappingProxyType[str, str]:
    """Return all custom properties of a theme and a palette, by name."""
    matching = {":root"}
    if theme == "dark":
        matching.add('[data-bs-theme="dark"]')
    if variant == "safe":
        matching.add('[data-palette="safe"]')
    if theme == "dark" and variant == "safe":
        matching.add('[data-palette="safe"][data-bs-theme="dark"]')
    values: dict[str, str] = {}
    for selector, declarations in _RULE.findall(TOKENS_CSS.read_text(encoding="utf-8")):
        if selector in matching:
            values.update(_DECLARATION.findall(declarations))
    return MappingProxyType(values)
