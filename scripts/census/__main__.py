"""Census: run every model type of transformers and write docs/models.md.

python -m scripts.census

Types run in child processes with a bound on memory and time. Results are appended to .census/results.jsonl, so an
interrupted census continues.
"""

from __future__ import annotations

import argparse
import json
import select
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from scripts.census.report import report

RESULTS = Path(".census/results.jsonl")
PAGE = Path("docs/models.md")
SECONDS_A_TYPE = 60.0
MEGABYTES = 6144
TYPES_A_CHILD = 30
"""Libraries keep memory of every type, so a child runs a few and ends."""


def missing(results: Path, types: Iterable[str]) -> list[str]:
    """Return the types that have no result yet."""
    done = {json.loads(line)["type"] for line in results.read_text().splitlines()} if results.exists() else set()
    return [name for name in types if name not in done]


def run_types(types: list[str]) -> Iterator[dict[str, Any]]:
    """Run types one after another; a child that dies or takes too long counts against its type and is replaced."""
    left = list(types)
    while left:
        some = left[:TYPES_A_CHILD]
        command = [sys.executable, "-m", "scripts.census.child", str(MEGABYTES), *some]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
            for _ in some:
                result = _next_result(child, SECONDS_A_TYPE)
                if result is None:
                    child.kill()
                    yield {"type": left.pop(0), "outcome": "too large", "reason": "memory or time"}
                    break
                left.remove(result["type"])
                yield result


def _next_result(child: subprocess.Popen[str], seconds: float) -> dict[str, Any] | None:
    if child.stdout is None:
        return None
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ready, _, _ = select.select([child.stdout], [], [], deadline - time.monotonic())
        if not ready or not (line := child.stdout.readline()):
            return None
        if line.startswith("RESULT "):
            found: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
            return found
    return None


def main() -> None:
    """Run the types that have no result yet, then write the page if none is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("types", nargs="*", help="model types; by default all")
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    arguments.results.parent.mkdir(exist_ok=True, parents=True)
    todo = missing(arguments.results, arguments.types or list(CONFIG_MAPPING.keys()))
    with arguments.results.open("a", encoding="utf-8") as file:
        for number, result in enumerate(run_types(todo), 1):
            file.write(json.dumps(result) + "\n")
            file.flush()
            print(f"{number}/{len(todo)} {result['type']}: {result['outcome']}", flush=True)
    if not arguments.types:
        rows = [json.loads(line) for line in arguments.results.read_text(encoding="utf-8").splitlines()]
        versions = f"transformers {transformers.__version__} and torch {torch.__version__} on a processor"
        PAGE.write_text(report(rows, versions), encoding="utf-8")


if __name__ == "__main__":
    main()
