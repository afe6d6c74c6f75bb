"""The console script ``attentionviz``: the commands of ``python -m precompute``, and ``serve``."""

from __future__ import annotations

import sys

import typer

from precompute.cli.app import run


def serve(context: typer.Context) -> None:
    """Serve the runs of a store; takes the options of python -m app."""
    from app.__main__ import main as serve_store  # noqa: PLC0415 - other commands need no web server

    raise typer.Exit(serve_store(context.args, program="attentionviz serve"))


def main() -> int:
    """Run the command of ``sys.argv`` and return the exit code of :func:`precompute.cli.app.run`."""
    return run(sys.argv[1:], program="attentionviz", extra={"serve": serve})


if __name__ == "__main__":
    sys.exit(main())
