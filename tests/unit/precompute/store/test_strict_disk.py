"""Nothing that lies in a store's directory is executed, followed out of it, or taken for a setting."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import diskcache
import numpy as np
import pytest

from precompute.errors import DamagedRunError, StoreError
from precompute.format.manifest import ArrayInfo
from precompute.store.store import Store
from precompute.store.strict_disk import SETTINGS, StrictCache

ABSENT = ArrayInfo("float32", (1,), "a" * 64)
FILE = "ab/cd/" + "e" * 28 + ".val"


class Payload:
    """Unpickles by making a directory."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        """Name the call that unpickling makes."""
        return os.mkdir, (str(self.mark),)


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    """Path of a directory that exists once a payload has run."""
    return tmp_path / "executed"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    Store(tmp_path / "store").close()
    return tmp_path / "store"


def plant(directory: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(directory / "cache.db")
    with connection:
        connection.execute(statement, values)
    connection.close()


def plant_row(directory: Path, *, key: object, raw: int = 1, mode: int, filename: object, value: object) -> None:
    statement = "INSERT INTO Cache (key, raw, mode, filename, value, store_time) VALUES (?, ?, ?, ?, ?, 0)"
    plant(directory, statement, key, raw, mode, filename, value)


def plant_file(directory: Path, content: bytes) -> None:
    path = directory / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


def use_everything(directory: Path, *, read_only: bool) -> list[str]:
    """Touch every row through every method; give what was refused."""
    refused = []

    def attempt(use: Callable[[], object]) -> None:
        try:
            use()
        except StoreError as error:
            refused.append(str(error))

    try:
        store = Store(directory, read_only=read_only)
    except StoreError as error:
        return [str(error)]
    attempt(store.run_ids)
    attempt(lambda: store.manifest("tiny-0"))
    attempt(lambda: store.part("p"))
    attempt(lambda: store.array(ABSENT))
    attempt(lambda: store.document(ArrayInfo("json", (3,), ABSENT.sha256)))
    if not read_only:
        attempt(lambda: store.remove_run("tiny-0"))
        attempt(lambda: store.remove_parts(""))
        attempt(store.collect)
    store.close()
    return refused


@pytest.mark.parametrize("key", ["manifest:tiny-0", "part:p", "array:" + "a" * 64])
@pytest.mark.parametrize("place", ["row", "file", "file with a value"])
@pytest.mark.parametrize("read_only", [True, False])
def test_a_pickle_planted_as_value_is_refused_and_never_runs(
    directory: Path, mark: Path, key: str, place: str, read_only: bool
) -> None:
    bomb = pickle.dumps(Payload(mark))
    if place == "row":
        plant_row(directory, key=key, mode=4, filename=None, value=bomb)
    else:
        plant_file(directory, bomb)
        plant_row(directory, key=key, mode=4, filename=FILE, value=bomb if place == "file with a value" else None)
    copy = shutil.copytree(directory, directory.parent / "copy")
    assert any("never writes" in sentence for sentence in use_everything(directory, read_only=read_only))
    assert not mark.exists()
    with diskcache.Cache(str(copy)) as careless:
        careless.get(key)
    assert mark.exists(), "the payload is live"


@pytest.mark.parametrize("read_only", [True, False])
def test_a_pickle_planted_as_key_is_refused_and_never_runs(directory: Path, mark: Path, read_only: bool) -> None:
    plant_row(directory, key=pickle.dumps(Payload(mark)), raw=0, mode=1, filename=None, value="text")
    assert any("a key that this program never writes" in s for s in use_everything(directory, read_only=read_only))
    assert not mark.exists()
    with diskcache.Cache(str(directory)) as careless:
        list(careless)
    assert mark.exists(), "the payload is live"


def test_a_pickle_in_the_place_of_an_array_is_refused_and_never_runs(directory: Path, mark: Path) -> None:
    store = Store(directory)
    info = store.put_array(np.zeros(3, np.float32))
    store.array_path(info).write_bytes(pickle.dumps(Payload(mark)))
    with pytest.raises(DamagedRunError, match="remove its run and build it again"):
        store.array(info)
    with store.array_path(info).open("wb") as file:
        np.save(file, np.array([Payload(mark)] * 3), allow_pickle=True)
    with pytest.raises(DamagedRunError):
        store.array(info)
    assert not mark.exists()


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize(
    "name",
    ["../secret", "/etc/hostname", "ab/cd/../../../secret", "cache.db", "ab/cd/x.val", "AB/CD/" + "e" * 28, b"ab"],
)
def test_a_file_name_that_leaves_the_directory_is_neither_read_nor_removed(
    directory: Path, name: object, read_only: bool
) -> None:
    secret = directory.parent / "secret"
    secret.write_text("kept")
    plant_row(directory, key="array:" + ABSENT.sha256, mode=2, filename=name, value=None)
    assert any("a file name" in sentence for sentence in use_everything(directory, read_only=read_only))
    assert secret.read_text() == "kept"


@pytest.mark.parametrize("link", ["file", "directory"])
def test_a_link_that_leaves_the_directory_is_not_followed(directory: Path, link: str) -> None:
    outside = directory.parent / "outside"
    (outside / "cd").mkdir(parents=True)
    target = outside / Path(*Path(FILE).parts[1:])
    with target.open("wb") as file:
        np.save(file, np.zeros(1, np.float32))
    if link == "file":
        (directory / FILE).parent.mkdir(parents=True)
        (directory / FILE).symlink_to(target)
    else:
        (directory / "ab").symlink_to(outside)
    plant_row(directory, key="array:" + ABSENT.sha256, mode=2, filename=FILE, value=None)
    with pytest.raises(StoreError, match="a link that this program never writes"):
        Store(directory, read_only=True).array(ABSENT)
    with pytest.raises(StoreError, match="a link that this program never writes"):
        Store(directory).collect()
    assert target.exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("_directory", "/"),
        ("disk_fetch", "x"),
        ("sqlite_user_version", "7"),
        ("get", 1),
        ("eviction_policy", "least-recently-used"),
    ],
)
def test_a_setting_of_the_database_is_not_taken(directory: Path, key: str, value: object) -> None:
    plant(directory, "INSERT OR REPLACE INTO Settings VALUES (?, ?)", key, value)
    if key in SETTINGS:
        assert StrictCache(directory).eviction_policy == "none"
    elif key.startswith("disk_"):
        with pytest.raises((StoreError, TypeError)):
            StrictCache(directory)
    else:
        with pytest.raises(StoreError, match="settings of another program"):
            StrictCache(directory)


@pytest.mark.parametrize("key", [1, b"bytes", ("a", "tuple"), None, 1.5])
def test_only_texts_are_keys(directory: Path, key: object) -> None:
    with pytest.raises(TypeError, match="key of the store is a str"):
        StrictCache(directory).set(key, "text")


@pytest.mark.parametrize("value", [1, b"bytes", ["list"], None, object()])
@pytest.mark.parametrize("read", [True, False])
def test_only_texts_and_files_are_values(directory: Path, value: object, read: bool) -> None:
    with pytest.raises(TypeError, match="keeps texts and files"):
        StrictCache(directory).set("key", value, read=read)
