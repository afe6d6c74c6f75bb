"""Right passwords come in, wrong ones do not, and the time that it takes does not reveal the users."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.security import check_password_hash, generate_password_hash

from app import passwords
from app.__main__ import main
from app.hash_password import password_line
from app.passwords import METHOD, PasswordCheck, PasswordFile, PasswordsError, hash_password, parse_users, users_source

HASH = hash_password("sesame")


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Hashes that a password was compared with, in order; the comparison is the real one."""
    compared: list[str] = []

    def check(kept: str, password: str) -> bool:
        compared.append(kept)
        return check_password_hash(kept, password)

    monkeypatch.setattr(passwords, "check_password_hash", check)
    return compared


def test_a_hash_is_salted_and_says_how_it_was_made() -> None:
    again = hash_password("sesame")
    assert again != HASH
    assert HASH.startswith(f"{METHOD}$")
    assert "sesame" not in HASH
    assert check_password_hash(again, "sesame")


def test_an_empty_password_is_refused() -> None:
    with pytest.raises(PasswordsError, match="choose a longer one"):
        hash_password("")


def test_lines_comments_and_empty_lines() -> None:
    assert parse_users(f"# team\n\nann:{HASH}\n  bob:{HASH}  \r\n") == {"ann": HASH, "bob": HASH}


@pytest.mark.parametrize(
    "line",
    [
        "ann",
        "ann:",
        "ann:sesame",
        f":{HASH}",
        f"ann:{HASH[:-1]}",
        f"ann:{HASH} extra",
        "ann:$apr1$x$y",
        f"ann:{generate_password_hash('sesame', 'pbkdf2:sha256:1000')}",
        f"ann:{generate_password_hash('sesame', 'scrypt:1024:8:1')}",
    ],
    ids=range(9),
)
def test_a_line_that_is_none_is_refused_without_repeating_it(line: str) -> None:
    with pytest.raises(PasswordsError, match=r"^Line 2 of the passwords .* make a line with") as refused:
        parse_users(f"bob:{HASH}\n{line}\n")
    assert "sesame" not in str(refused.value)


def test_a_user_comes_once_and_somebody_comes() -> None:
    with pytest.raises(PasswordsError, match="Line 2 of the passwords repeats a user"):
        parse_users(f"ann:{HASH}\nann:{HASH}")
    with pytest.raises(PasswordsError, match="contain no user"):
        parse_users("# nobody\n")


def test_the_setting_is_a_user_or_a_file(tmp_path: Path) -> None:
    assert users_source(f"ann:{HASH}")() == {"ann": HASH}
    file = tmp_path / "passwords"
    file.write_text(f"bob:{HASH}\n")
    assert users_source(str(file))() == {"bob": HASH}


def test_a_password_in_the_setting_is_refused_and_not_repeated() -> None:
    with pytest.raises(PasswordsError, match="neither a file nor user:hash") as refused:
        users_source("ann:sesame")
    assert "sesame" not in str(refused.value)


def _missing(path: Path) -> None:
    path.unlink()


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _binary(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")


def _huge(path: Path) -> None:
    os.truncate(path, 2_000_000)


def _empty(path: Path) -> None:
    path.write_text("")


@pytest.mark.parametrize("damage", [_missing, _directory, _binary, _huge, _empty])
def test_a_file_that_cannot_be_read_is_one_sentence_at_any_time(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    file = tmp_path / "passwords"
    file.write_text(f"ann:{HASH}\n")
    opened = PasswordFile(file)
    damage(file)
    for attempt in (opened.users, lambda: PasswordFile(file)):
        with pytest.raises(PasswordsError, match=r"^[^\n]+[;,] [^\n]+\.$"):
            attempt()


def test_a_changed_file_counts_at_once(tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    file.write_text(f"ann:{HASH}\n")
    check = PasswordCheck(PasswordFile(file).users)
    assert check.accepts("ann", "sesame")
    file.write_text(f"ann:{hash_password('another')}\nbob:{HASH}\n")
    assert not check.accepts("ann", "sesame")
    assert check.accepts("ann", "another")
    file.write_text(f"bob:{HASH}\n")
    assert not check.accepts("ann", "another")
    assert check.accepts("bob", "sesame")


def test_unknown_users_cost_what_known_ones_cost(hashed: list[str]) -> None:
    check = PasswordCheck(lambda: {"ann": HASH})
    assert not check.accepts("ann", "wrong")
    assert not check.accepts("nobody", "wrong")
    assert not check.accepts("", "")
    assert len(hashed) == 3
    assert {kept.partition("$")[0] for kept in hashed} == {METHOD}


def test_a_right_password_is_hashed_once_and_a_wrong_one_every_time(hashed: list[str]) -> None:
    check = PasswordCheck(lambda: {"ann": HASH})
    assert [check.accepts("ann", "sesame") for _ in range(3)] == [True] * 3
    assert len(hashed) == 1
    assert [check.accepts("ann", "wrong") for _ in range(2)] == [False] * 2
    assert len(hashed) == 3


def test_one_hash_is_computed_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    under_way, most = threading.Semaphore(0), []
    running: set[int] = set()

    def check(kept: str, password: str) -> bool:
        running.add(threading.get_ident())
        most.append(len(running))
        under_way.acquire(timeout=0.02)  # never released: time for others to come in
        running.discard(threading.get_ident())
        return check_password_hash(kept, password)

    monkeypatch.setattr(passwords, "check_password_hash", check)
    checking = PasswordCheck(lambda: {"ann": HASH})
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda: answers.append(checking.accepts("ann", "sesame"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 6
    assert most == [1]


def test_a_line_of_the_command_lets_its_user_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.hash_password._first_line", lambda: "sésame 1")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    check = PasswordCheck(users_source(password_line(["ann"])))
    assert check.accepts("ann", "sésame 1")
    assert not check.accepts("ann", "sesame 1")


@pytest.mark.parametrize("user", ["a:b", "#ann", " ann", "", "a\nb"])
def test_a_name_that_a_file_cannot_hold_is_refused(user: str) -> None:
    with pytest.raises(PasswordsError, match="must not contain colons"):
        password_line([user])


def test_two_different_passwords_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["one", "two"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    with pytest.raises(PasswordsError, match="differ"):
        password_line(["ann"])


@pytest.mark.parametrize("given_up", [KeyboardInterrupt, EOFError])
def test_a_password_that_is_not_typed_ends_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given_up: type[BaseException]
) -> None:
    def type_nothing(_: str) -> str:
        raise given_up

    monkeypatch.setattr("getpass.getpass", type_nothing)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert main(["hash-password", "ann"]) == 1
    assert capsys.readouterr().out == ""
