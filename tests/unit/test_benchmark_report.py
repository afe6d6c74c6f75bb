"""The report of the benchmarks: every benchmark rewrites its own section and no other."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.report import HEADING, table, write_section


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


def test_tables_keep_three_digits() -> None:
    lines = table(("what", "ms"), [("slow", 1234.56), ("fast", 0.012345), ("as text", "-"), ("whole", 7)]).splitlines()
    assert lines[0] == "| what | ms |"
    assert [line.split(" | ")[-1].removesuffix(" |") for line in lines[2:]] == ["1235", "0.0123", "-", "7"]
