"""The commands in the documents exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from app.__main__ import parse_arguments
from app.hash_password import named_user
from app.settings import Settings
from precompute.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
BLOCK = re.compile(r"^```(?:sh|bash|shell|console|text)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`((?:make|python -m (?:app|precompute)|attentionviz) [^`]+)`")
CONTRACT = {
    "build": "--model --inputs --name --projections --dims --max-tokens --limit --quality --seed --workers --device "
    "--store --json",
    "demo": "--store",
    "presets": "--json",
    "list": "--json --store",
    "show": "--json --store",
    "verify": "--store",
    "remove": "--store",
    "clean": "--dry-run --store",
    "export": "--store",
    "import": "--store",
    "heads": "--json --csv --store",
    "segment": "--model --device",
    "dump": "--array --projection --dims --layer --head --out --instance --name --store",
}
TARGETS = ("demo", "test", "setup", "demo-data", "serve", "lint", "bench")


def documented() -> list[tuple[str, str]]:
    """Find every command in the documents, each with the page that has it."""
    found = set()
    for page in PAGES:
        text = page.read_text(encoding="utf-8").replace("\\\n", " ")
        lines = [line.strip().removeprefix("$ ") for block in BLOCK.findall(text) for line in block.splitlines()]
        for line in [*lines, *SPAN.findall(text)]:
            command = re.sub(r"^(?:\w+=\S+ )*(?:\S*/)?(?=(?:python|make|attentionviz) )", "", line)
            command = re.sub(r"^attentionviz serve\b", "python -m app", command)
            command = re.sub(r"^attentionviz ", "python -m precompute ", command)
            if re.match(r"(?:make|python -m (?:app|precompute)) ", command):
                found.add((str(page.relative_to(ROOT)), command))
    return sorted(found)


def commands() -> dict[str, set[str]]:
    """Return the names of each command's options."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return {
        name: {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        for name, command in group.commands.items()
    }


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):(?!=)", makefile, re.MULTILINE))


@pytest.mark.parametrize(("name", "options"), CONTRACT.items())
def test_every_command_of_the_contract_has_its_options(name: str, options: str) -> None:
    assert set(options.split()) <= commands()[name]


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_of_the_contract_is_in_the_makefile(target: str) -> None:
    assert target in targets()


def test_the_documents_show_commands() -> None:
    assert len(documented()) > 5


@pytest.mark.parametrize(("page", "line"), documented())
def test_what_a_page_tells_to_type_exists(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    if words[0] == "make":
        named = [word for word in words[1:] if "=" not in word]
        assert set(named) <= targets(), page
    elif words[2] == "precompute":
        known = commands()
        assert words[3] in known or words[3] == "--help", page
        used = {word.partition("=")[0] for word in words[4:] if word.startswith("--")}
        assert used <= known[words[3]] | {"--help"}, page
    elif words[3:4] == ["hash-password"]:
        assert named_user(words[4:5]), page
    else:
        used_options = [word for word in words[3:] if word not in {"&", "|"}]
        assert parse_arguments(used_options, Settings()), page
