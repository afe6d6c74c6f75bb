"""Every benchmark, one after another: ``python -m tests.benchmarks``, or ``make bench``."""

from __future__ import annotations

import sys

from tests.benchmarks import attention_layouts, drawing, projections, reading
from tests.benchmarks.report import exit_status

BENCHMARKS = (drawing.main, reading.main, projections.main, attention_layouts.main)
"""Each prints its figures, rewrites its section of docs/benchmarks.md and lists the bounds not reached."""


def main() -> int:
    """Run them all, then name what was not reached."""
    return exit_status([sentence for benchmark in BENCHMARKS for sentence in benchmark()])


if __name__ == "__main__":
    sys.exit(main())
