"""export and import on a planted run."""

from __future__ import annotations

from pathlib import Path

import pytest

from precompute.store.store import Store
from tests.support.finished_command import Command
from tests.support.small_run import Planted


def test_export_and_import_give_the_same_run(command: Command, tmp_path: Path, planted: Planted) -> None:
    archive = tmp_path / "run.archive"
    assert command("export", "small", archive).code == 0
    finished = command("import", archive, "--store", tmp_path / "elsewhere")
    assert (finished.code, finished.out) == (0, f"{planted.manifest.run}\n")
    assert Store(tmp_path / "elsewhere").manifest(planted.manifest.run) == planted.manifest
    assert command("verify", "small", "--store", tmp_path / "elsewhere").code == 0


def test_import_of_a_run_that_is_there_changes_nothing(command: Command, tmp_path: Path, planted: Planted) -> None:
    command("export", "small", tmp_path / "a")
    assert command("import", tmp_path / "a").out == f"{planted.manifest.run}\n"
    assert command("verify", "small").code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("export", "small", "no/such/directory/file"), "no/such/directory/file"),
        (("export", "nothing", "file"), "There is no run 'nothing'"),
        (("import", "no-such-file"), "no-such-file"),
        (("import", __file__), Path(__file__).name),
    ],
)
def test_archives_that_cannot_be_used_are_one_sentence(
    command: Command, planted: Planted, arguments: tuple[str, ...], words: str
) -> None:
    finished = command(*arguments)
    assert (finished.code, finished.out, finished.err.count("\n")) == (2, "", 1)
    assert words in finished.err
