"""The report of the benchmarks: every benchmark rewrites only its own section, and lists the broken bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.projection_bounds import BOUNDS, broken_bounds
from tests.benchmarks.report import HEADING, exit_status, one_sentence_a_line, table, write_section


def test_sections_survive_each_other(tmp_path: Path) -> None:
    report = tmp_path / "benchmarks.md"
    write_section("one", "## One\n\nfirst", report)
    write_section("two", "## Two\n\nback\\slash", report)
    write_section("one", "## One\n\nagain", report)
    text = report.read_text(encoding="utf-8")
    assert text.startswith(HEADING)
    assert "first" not in text
    assert text.index("again") < text.index("back\\slash")
    write_section("two", "## Two\n\nback\\slash", report)
    assert report.read_text(encoding="utf-8") == text


def test_paragraphs_hold_one_sentence_a_line() -> None:
    text = "## One\n\nFast **(1.5 s).** Once more\nor less. Is it?\n\n| a. b |\n| --- |"
    assert one_sentence_a_line(text) == "## One\n\nFast **(1.5 s).**\nOnce more or less.\nIs it?\n\n| a. b |\n| --- |"


def test_tables_keep_three_digits() -> None:
    lines = table(("what", "ms"), [("slow", 1234.56), ("fast", 0.012345), ("as text", "-"), ("whole", 7)]).splitlines()
    assert lines[0] == "| what | ms |"
    assert [line.split(" | ")[-1].removesuffix(" |") for line in lines[2:]] == ["1235", "0.0123", "-", "7"]


KEPT = {name: bound.value for name, bound in BOUNDS.items()}
BROKEN = {
    "speed": 14.9,
    "divergence": 1.021,
    "recall": -0.021,
    "trust": -0.011,
    "large_speed": 4.9,
    "workers": 1.69,
    "memory": 1025,
    "unmapped": 1025,
}


def test_figures_at_their_bounds_keep_them() -> None:
    assert broken_bounds(KEPT) == []


@pytest.mark.parametrize("name", BOUNDS)
def test_a_figure_beyond_its_bound_is_named_with_what_is_wanted(name: str) -> None:
    (line,) = broken_bounds({**KEPT, name: BROKEN[name]})
    assert line == f"{BOUNDS[name].name}: {BROKEN[name]:.3f}, {BOUNDS[name].wanted}"
    (line,) = broken_bounds({**KEPT, name: float("nan")})
    assert "nan" in line


def test_what_is_broken_is_a_line_each_and_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_status([]) == 0
    assert exit_status(broken_bounds({**KEPT, "workers": 1.2, "memory": 2000})) == 1
    assert capsys.readouterr().err.splitlines() == [
        "not reached: two workers, times faster than one: 1.200, at least 1.7 wanted",
        "not reached: memory of the process that lays out heads, MiB: 2000.000, at most 1024 wanted",
    ]
