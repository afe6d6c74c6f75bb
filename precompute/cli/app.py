"""The command line: all commands, error messages and exit codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import typer

from precompute.cli.build import build, demo, presets
from precompute.cli.dump import dump
from precompute.cli.heads import heads
from precompute.cli.runs import clean, list_runs, remove, show, verify
from precompute.cli.segment import segment
from precompute.cli.terminal import report_error
from precompute.cli.transport import export, import_run
from precompute.errors import UserError

EXIT_WRONG_INPUT = 2
EXIT_INTERRUPTED = 130

_ALL_ARGUMENTS = {"allow_extra_args": True, "ignore_unknown_options": True}

_STYLE: Mapping[str, Any] = {
    "help": "From a model and inputs to a run that AttentionViz shows.",
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
}

app = typer.Typer(**_STYLE)
app.command("build")(build)
app.command("demo")(demo)
app.command("presets")(presets)
app.command("list")(list_runs)
app.command("show")(show)
app.command("verify")(verify)
app.command("remove")(remove)
app.command("clean")(clean)
app.command("export")(export)
app.command("import")(import_run)
app.command("heads")(heads)
app.command("dump")(dump)
app.command("segment")(segment)


def run(
    arguments: Sequence[str],
    program: str = "python -m precompute",
    extra: Mapping[str, Callable[[typer.Context], None]] = MappingProxyType({}),
) -> int:
    """Run one command. Errors that the user can correct are one sentence on stderr, never a traceback.

    Parameters
    ----------
    arguments : sequence of str
        Without the program's name; none shows the help.
    program : str
        Its name in the help.
    extra : mapping of str to callable
        Further commands by name; each reads its own options from ``context.args``.

    Returns
    -------
    int
        Exit code: 0 done, 2 wrong input, 130 interrupted, 1 anything else.
    """
    commands = typer.Typer(**_STYLE)
    commands.registered_commands = list(app.registered_commands)
    for name, function in extra.items():
        commands.command(name, context_settings=_ALL_ARGUMENTS, add_help_option=False)(function)
    try:
        code = commands(args=list(arguments) or ["--help"], prog_name=program, standalone_mode=False)
    except UserError as error:
        report_error(str(error))
        return EXIT_WRONG_INPUT
    except typer.TyperException as error:
        report_error(error.format_message())
        return error.exit_code
    if code == EXIT_INTERRUPTED:
        report_error("interrupted. Finished parts of a build are kept; run the same command to resume.")
    return code or 0
