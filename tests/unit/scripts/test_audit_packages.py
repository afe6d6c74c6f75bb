"""A known vulnerability fails, an accepted one is explained, and a silent database is no good news."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from scripts import audit_packages
from scripts.audit_packages import NOTHING_AUDITED, verdict

FOUND = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.2"], "description": "Bad."}
SOUND = {"name": "sound", "version": "3", "vulns": []}
UNKNOWN = {"name": "unknown", "skip_reason": "Dependency not found"}


def report(*packages: dict[str, Any]) -> dict[str, Any]:
    return {"dependencies": list(packages), "fixes": []}


def vulnerable(**changes: Any) -> dict[str, Any]:
    return {"name": "weak", "version": "1", "vulns": [{**FOUND, **changes}]}


def test_sound_packages_pass() -> None:
    result = verdict(report(SOUND, UNKNOWN), {})
    assert (result.failed, result.lines) == (False, ("1 of 2 packages audited.",))


def test_a_vulnerability_fails_and_says_the_repair() -> None:
    result = verdict(report(SOUND, vulnerable()), {"CVE-2": "another"})
    assert result.failed
    assert "weak 1: PYSEC-1, repaired in 1.2." in result.lines[1]
    assert (
        verdict(report(vulnerable(fix_versions=[])), {}).lines[1].startswith("weak 1: PYSEC-1, repaired in no release")
    )


@pytest.mark.parametrize("name", ["PYSEC-1", "CVE-1"])
def test_an_accepted_one_passes_with_its_reason_by_any_of_its_names(name: str) -> None:
    result = verdict(report(vulnerable()), {name: "never called"})
    assert not result.failed
    assert result.lines[1:] == ("weak 1: PYSEC-1, accepted: never called",)


def test_what_is_accepted_in_vain_is_said() -> None:
    result = verdict(report(SOUND), {"CVE-1": "never called"})
    assert not result.failed
    assert result.lines[1:] == ("CVE-1 is accepted but no longer found; remove it.",)


@pytest.mark.parametrize("silent", [None, report(), report(UNKNOWN)])
def test_a_database_that_cannot_be_reached_is_said(silent: dict[str, Any] | None) -> None:
    result = verdict(silent, {"CVE-1": "never called"})
    assert (result.failed, result.lines) == (False, (NOTHING_AUDITED,))


@pytest.mark.parametrize(
    ("printed", "status"), [(json.dumps(report(vulnerable())), 1), (json.dumps(report(SOUND)), 0), ("", 0), ("no", 0)]
)
def test_the_program_ends_with_its_verdict(monkeypatch: pytest.MonkeyPatch, printed: str, status: int) -> None:
    done = subprocess.CompletedProcess([], 1, printed, "cannot connect")
    monkeypatch.setattr("subprocess.run", lambda *_, **__: done)
    assert audit_packages.main() == status


def test_an_audit_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def hang(*_: Any, **__: Any) -> None:
        raise subprocess.TimeoutExpired("pip-audit", 1)

    monkeypatch.setattr("subprocess.run", hang)
    assert audit_packages.main() == 0
    assert capsys.readouterr().out.strip() == NOTHING_AUDITED
