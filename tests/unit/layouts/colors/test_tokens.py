"""Color tokens: one source for style sheets, JavaScript and Python."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import asdict
from typing import get_args

import numpy as np
import pytest

from layouts.colors.bytes import color_table, rgb_of
from layouts.colors.palettes import NO_VALUE, Palette, palette_for
from layouts.colors.tokens import THEMES, TOKENS_CSS, VARIANTS, Theme, Variant, color_token, tokens
from layouts.figures.appearance import ACCENT, QUIET
from precompute.format.manifest import EncodingInfo, EncodingKind
from tests.support.node import node

ASSETS = TOKENS_CSS.parents[1]
ELEMENT_PROPERTIES = {
    "--av-columns",
    "--av-heat",
    "--av-icon",
    "--av-pattern-height",
    "--av-shade",
    "--av-share",
    "--av-sheet-aspect",
    "--av-token-width",
}
"""Custom properties that single elements set."""

DRAW = """
import { paletteTexels } from %s;
let text = "";
for await (const chunk of process.stdin) text += chunk;
process.stdout.write(JSON.stringify(JSON.parse(text).map((palette) => [...paletteTexels(palette)])));
"""


def all_encodings() -> list[EncodingInfo]:
    """Return an encoding of every kind, with few and with many categories, and those with palettes of their own."""
    counts = (1, 2, 5, 8, 10, 40)
    categories = [tuple(f"c{index}" for index in range(count)) for count in counts]
    kinds: tuple[EncodingKind, ...] = get_args(EncodingKind)
    infos = [EncodingInfo("some", "Some", kind, "", categories=names) for kind in kinds for names in categories]
    brightness = EncodingInfo("brightness", "Some", "sequential", "")
    return [*infos, brightness, EncodingInfo("position-mod-5", "Some", "categorical", "", categories=categories[2])]


def drawn_by_javascript(palettes: list[Palette]) -> list[np.ndarray]:
    """Return the texels that the scatterplot sends to the graphics card, uint8 [2, 256, 4] each."""
    script = DRAW % json.dumps((ASSETS / "js/scatter/theme.mjs").as_uri())
    command = [node(), "--input-type=module", "--eval", script]
    given = json.dumps([asdict(palette) for palette in palettes])
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, timeout=120)
    return [np.array(texels, np.uint8).reshape(2, 256, 4) for texels in json.loads(done.stdout)]


def test_javascript_and_python_draw_the_same_colors_for_every_encoding() -> None:
    palettes = [palette_for(info, variant) for info in all_encodings() for variant in VARIANTS]
    for palette, texels in zip(palettes, drawn_by_javascript(palettes), strict=True):
        np.testing.assert_array_equal(texels[..., :3], color_table(palette))
        assert (texels[..., 3] == 255).all()


def test_colors_drawn_by_the_server_are_tokens() -> None:
    for variant in VARIANTS:
        sides = palette_for(EncodingInfo("type", "Type", "type", ""), variant)
        assert sides.query == (color_token("query", variant=variant),)
        assert sides.key == (color_token("key", variant=variant),)
    assert [color_token(name) for name in ("no-value", "figure-accent", "figure-quiet")] == [NO_VALUE, ACCENT, QUIET]


@pytest.mark.parametrize(
    ("name", "theme", "variant", "expected"),
    [
        ("query", "light", "standard", "#5fb96c"),
        ("query", "dark", "safe", "#0072b2"),
        ("bg", "light", "safe", "#ffffff"),
        ("bg", "dark", "standard", "#000000"),
        ("label-query", "dark", "standard", "#c2e8b4"),
        ("label-query", "dark", "safe", "#8fc9ee"),
        ("label-query", "light", "safe", "#005a8d"),
    ],
)
def test_a_token_depends_on_theme_and_palette(name: str, theme: Theme, variant: Variant, expected: str) -> None:
    assert color_token(name, theme, variant) == expected


def test_an_unknown_token_is_an_error() -> None:
    with pytest.raises(KeyError):
        color_token("no-such-token")


def test_every_token_that_is_read_is_declared() -> None:
    read = {
        name
        for path in [*ASSETS.rglob("*.css"), *ASSETS.rglob("*.mjs")]
        for name in re.findall(r"""(?:var\(|")(--av-[a-z0-9-]+)""", path.read_text(encoding="utf-8"))
    }
    assert "--av-focus" in read
    assert read - ELEMENT_PROPERTIES <= set(tokens("light", "standard")) | {"--av-term-"}


def test_themes_and_palettes_only_change_declared_tokens() -> None:
    base = set(tokens("light", "standard"))
    assert all(set(tokens(theme, variant)) == base for theme in THEMES for variant in VARIANTS)


def test_colors_are_declared_in_the_tokens_alone() -> None:
    sheets = [path for path in (ASSETS / "css").glob("*.css") if path != TOKENS_CSS]
    assert len(sheets) >= 8
    for path in sheets:
        text = re.sub(r"url\([^)]*\)", "", path.read_text(encoding="utf-8"))
        assert not re.findall(r"#[0-9a-f]{3,8}\b(?=[;, )])|rgba?\(|hsla?\(", text), path.name


def test_channels_of_a_color() -> None:
    np.testing.assert_array_equal(rgb_of("#5fb96c"), [0x5F, 0xB9, 0x6C])
