"""One key a store: made once, for its owner only, the same for all servers that start together."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.secret_key import FILE, kept_secret_key
from app.settings import Settings
from app.start import start
from precompute.errors import StoreError
from precompute.store.store import Store
from tests.support.served_app import ROOT


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_key_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    key = kept_secret_key(tmp_path)
    assert len(bytes.fromhex(key)) == 32
    assert kept_secret_key(tmp_path) == key
    assert mode(tmp_path / FILE) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["locks", FILE]


def test_stores_have_keys_of_their_own(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    assert kept_secret_key(tmp_path / "a") != kept_secret_key(tmp_path / "b")


@pytest.mark.parametrize("damage", [b"", b"short", b"\xff" * 64 + b"more"])
def test_a_damaged_key_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / FILE).write_bytes(damage)
    key = kept_secret_key(tmp_path)
    assert len(key) == 64
    assert kept_secret_key(tmp_path) == key


def test_a_copied_key_is_hidden_again(tmp_path: Path) -> None:
    key = kept_secret_key(tmp_path)
    (tmp_path / FILE).chmod(0o644)
    assert kept_secret_key(tmp_path) == key
    assert mode(tmp_path / FILE) == 0o600


def test_a_crash_while_the_key_was_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / f"{FILE}.new").write_text("half")
    assert len(kept_secret_key(tmp_path)) == 64
    assert not (tmp_path / f"{FILE}.new").exists()


def test_servers_that_start_together_share_one_key(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from app.secret_key import kept_secret_key;"
        "sys.stdin.readline(); print(kept_secret_key(Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    servers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    for server in servers:
        assert server.stdin
        server.stdin.write("go\n")
        server.stdin.flush()
    keys = {server.communicate(timeout=60)[0] for server in servers}
    assert len(keys) == 1
    assert len(keys.pop().strip()) == 64


def test_a_disk_that_refuses_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("")
    with pytest.raises(StoreError, match="is not a directory"):
        kept_secret_key(tmp_path)


@pytest.fixture
def unconfigured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the logging of the test run as it is."""
    monkeypatch.setattr("app.start.dictConfig", lambda _: None)


@pytest.mark.usefixtures("unconfigured")
def test_a_server_signs_with_the_key_of_its_store(tmp_path: Path) -> None:
    first = start(Settings(store=tmp_path / "store")).server.secret_key
    assert first == (tmp_path / "store" / FILE).read_text()
    assert start(Settings(store=tmp_path / "store")).server.secret_key == first


@pytest.mark.usefixtures("unconfigured")
def test_a_key_of_the_environment_is_not_kept(tmp_path: Path) -> None:
    assert start(Settings(store=tmp_path / "store", secret_key="k" * 32)).server.secret_key == "k" * 32
    assert not (tmp_path / "store" / FILE).exists()


@pytest.mark.usefixtures("unconfigured")
def test_a_read_only_store_is_served_with_a_key_that_ends_with_the_server(tmp_path: Path) -> None:
    Store(tmp_path / "store").close()
    key = start(Settings(store=tmp_path / "store", read_only=True)).server.secret_key
    assert isinstance(key, str)
    assert len(key) == 64
    assert not (tmp_path / "store" / FILE).exists()
