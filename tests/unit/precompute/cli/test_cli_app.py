"""Exit codes, one sentence for wrong input, and a fast start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from precompute.cli import app as cli
from precompute.cli.terminal import human_size
from precompute.format.plain_text import plain
from tests.support.finished_command import Command

ROOT = Path(__file__).parents[4]
COMMANDS = [
    "build",
    "demo",
    "presets",
    "list",
    "show",
    "verify",
    "remove",
    "clean",
    "export",
    "import",
    "heads",
    "dump",
    "segment",
]
HEAVY = ("torch", "transformers", "timm", "numba", "umap", "sklearn", "scipy")


def one_line(text: str) -> bool:
    return text.startswith("Error: ") and text.count("\n") == 1 and text.endswith("\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["bild"], "No such command 'bild'"),
        (["list", "--jsn"], "No such option"),
        (["show"], "Missing argument 'RUN'"),
        (["build", "--model", "minilm"], "Missing option '--inputs'"),
        (["build", "--model", "m", "--inputs", "i", "--limit", "many"], "'--limit'"),
        (["build", "--model", "m", "--inputs", "i", "--quality", "good"], "'good' is not one of"),
    ],
)
def test_wrong_command_lines_end_with_one_sentence(command: Command, arguments: list[str], words: str) -> None:
    finished = command(*arguments)
    assert (finished.code, finished.out) == (2, "")
    assert words in finished.err
    assert one_line(finished.err)


@pytest.mark.parametrize("arguments", [[], ["--help"], ["build", "--help"]])
def test_help_is_shown(command: Command, arguments: list[str]) -> None:
    finished = command(*arguments)
    assert (finished.code, finished.err) == (0, "")
    assert finished.out.startswith("Usage: python -m precompute")


def test_every_command_of_the_documentation_exists(command: Command) -> None:
    listed = command("--help").out.split("Commands:")[1]
    names = [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "]
    assert names == COMMANDS


def test_ctrl_c_says_that_the_build_goes_on(command: Command, monkeypatch: pytest.MonkeyPatch, planted: object) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("precompute.cli.runs.Catalog", interrupted)
    finished = command("list")
    assert finished.code == 130
    assert "run the same command to resume" in finished.err
    assert one_line(finished.err)


def test_light_commands_import_nothing_heavy(directory: Path, planted: object) -> None:
    script = (
        "import sys; from precompute.cli.app import run; "
        f"codes = [run(['list']), run(['presets']), run(['heads', 'small', '--csv'])]; "
        f"print('HEAVY', codes, [name for name in {HEAVY} if name in sys.modules])"
    )
    environment = {**os.environ, "ATTENTIONVIZ_STORE": str(directory)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "HEAVY [0, 0, 0] []" in done.stdout
    assert done.stderr == ""


def test_module_runs_as_a_program(directory: Path, planted: object) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "precompute", "show", "nothing", "--store", str(directory)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: There is no run 'nothing'")
    assert one_line(done.stderr)


def test_interrupt_signal_ends_the_program_without_a_traceback(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from precompute.cli import app, runs\n"
        "runs.Store = lambda *_, **__: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.exit(app.run(['list']))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == cli.EXIT_INTERRUPTED == 128 + signal.SIGINT
    assert one_line(done.stderr)


@pytest.mark.parametrize(
    ("text", "printed"),
    [("a\n b\t", "a b"), ("\x1b[31mred", "\\x1b[31mred"), ("caf\udce9", "caf\\udce9"), ("naïve ☃", "naïve ☃")],
)
def test_printed_text_cannot_steer_the_terminal(text: str, printed: str) -> None:
    assert plain(text) == printed


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (999_900, "1 MB"), (84_000_000, "84 MB"), (3 * 10**12, "3 TB")],
)
def test_sizes_read_like_people_say_them(size: int, text: str) -> None:
    assert human_size(size) == text
