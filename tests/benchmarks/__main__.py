"""Every benchmark, one after another: ``python -m tests.benchmarks``, or ``make bench``."""

from __future__ import annotations

from tests.benchmarks import drawing, projections, reading

BENCHMARKS = (drawing.main, reading.main, projections.main)
"""Each prints what it measured and rewrites its section of docs/benchmarks.md."""


def main() -> None:
    """Run them all."""
    for benchmark in BENCHMARKS:
        benchmark()


if __name__ == "__main__":
    main()
