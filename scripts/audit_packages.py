"""Check every installed package against the advisory database: ``python -m scripts.audit_packages``.

A known vulnerability fails, unless pyproject.toml accepts it with a reason (``[tool.audit.accepted]``). An unreachable
database is reported but does not fail, so that a machine without a network can lint.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
COMMAND = (sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--timeout", "10", "--format", "json")
PATIENCE_SECONDS = 120
NOTHING_AUDITED = "No package was audited: the advisory database cannot be reached. Run make lint where it can."


@dataclass(frozen=True)
class Verdict:
    """Result of the audit: whether a vulnerability is not accepted, and lines to print."""

    failed: bool
    lines: tuple[str, ...]


def verdict(report: Mapping[str, Any] | None, accepted: Mapping[str, str]) -> Verdict:
    """Evaluate a report.

    Parameters
    ----------
    report : mapping or None
        JSON of pip-audit; None if there is none.
    accepted : mapping of str to str
        Reason by identifier of an advisory, or by one of its aliases.

    Returns
    -------
    Verdict
        A package that the database does not know counts as not audited.
    """
    packages = report["dependencies"] if report else []
    audited = [package for package in packages if "vulns" in package]
    if not audited:
        return Verdict(False, (NOTHING_AUDITED,))
    lines = [f"{len(audited)} of {len(packages)} packages audited."]
    failed, met = False, set()
    for package in audited:
        for found in package["vulns"]:
            names = {found["id"], *found.get("aliases", ())}
            where = f"{package['name']} {package['version']}: {found['id']}"
            if known := names & accepted.keys():
                met |= known
                lines.append(f"{where}, accepted: {accepted[min(known)]}")
            else:
                failed = True
                repaired = " or ".join(found["fix_versions"]) or "no release"
                lines.append(f"{where}, repaired in {repaired}. Upgrade it, or accept it with a reason.")
    lines += [f"{name} is accepted but no longer found; remove it." for name in sorted(accepted.keys() - met)]
    return Verdict(failed, tuple(lines))


def main() -> int:
    """Print the verdict on this environment; return the exit status."""
    accepted = tomllib.loads(PROJECT.read_text("utf-8"))["tool"]["audit"]["accepted"]
    result = verdict(_report(), accepted)
    print("\n".join(result.lines))
    return int(result.failed)


def _report() -> Mapping[str, Any] | None:
    try:
        done = subprocess.run(COMMAND, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
        report: Mapping[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None
    return report


if __name__ == "__main__":
    sys.exit(main())
