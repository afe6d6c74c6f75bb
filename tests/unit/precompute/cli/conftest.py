"""A store with one planted run, and the command line as a function."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from precompute.cli.app import run
from precompute.store.store import Store
from tests.support.finished_command import Command, Finished
from tests.support.small_run import Planted, small_run


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    """Make a store with one run; tests copy it, because a copy waits for no disk."""
    directory = tmp_path_factory.mktemp("pristine") / "store"
    return directory, small_run(Store(directory))


@pytest.fixture
def planted(directory: Path, pristine: tuple[Path, Planted]) -> Planted:
    """Put the planted run into the store of the test."""
    source, planted = pristine
    shutil.copytree(source, directory)
    return planted


@pytest.fixture
def command(directory: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command on the store of the test."""
    monkeypatch.setenv("ATTENTIONVIZ_STORE", str(directory))

    def call(*arguments: object) -> Finished:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return Finished(code, *capsys.readouterr())

    return call
