"""gunicorn's workers are replaced when they die, and several servers share a store."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from precompute.store.store import Store
from tests.load.server import Server, gunicorn
from tests.support.small_run import Planted, small_run

PATIENCE_SECONDS = 60.0


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as response:  # noqa: S310 - a server of this test
        return json.load(response)


def tried_again(ask: Callable[[], Any]) -> Any:
    """Return the first answer to repeated requests, as the page's fetch does."""
    for _ in range(200):
        try:
            return ask()
        except (urllib.error.URLError, ConnectionError, http.client.HTTPException):
            continue
    raise AssertionError("the server did not answer")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    directory = tmp_path_factory.mktemp("workers") / "store"
    with Store(directory) as store:
        return directory, small_run(store)


@pytest.fixture(scope="module")
def server(planted: tuple[Path, Planted], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with gunicorn(planted[0], 1, log=tmp_path_factory.mktemp("log") / "log") as server:
        yield server


@pytest.mark.slow
def test_a_worker_killed_within_a_request_is_replaced_and_the_second_try_answered(server: Server) -> None:
    (worker,) = server.workers
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), PATIENCE_SECONDS) as connection:
        # A request whose end does not come: the worker holds it when it dies.
        connection.sendall(b"POST /_dash-update-component HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{")
        assert get(f"{server.url}/health")["status"] == "ok"
        os.kill(worker, signal.SIGKILL)
        with suppress(ConnectionResetError):
            assert connection.recv(1) == b"", "the connection is closed, not left hanging"
    assert tried_again(lambda: get(f"{server.url}/health")) == get(f"{server.url}/health")
    assert worker not in server.workers
    assert len(server.workers) == 1


@pytest.mark.slow
def test_servers_share_a_store_and_see_runs_come_and_go(
    planted: tuple[Path, Planted], server: Server, tmp_path: Path
) -> None:
    directory, first = planted
    with gunicorn(directory, 1, log=tmp_path / "log") as other:
        servers = (server.url, other.url)
        with Store(directory) as store:
            run = small_run(store, seed=1).manifest.run
            assert [tried_again(lambda url=url: get(f"{url}/health"))["runs"] for url in servers] == [2, 2]
            assert [get(f"{url}/data/{run}/run.json")["run"] for url in servers] == [run, run]
            store.remove_run(run)
        for url in servers:
            assert get(f"{url}/health")["runs"] == 1
            assert get(f"{url}/data/{first.manifest.run}/run.json")["name"] == "small"
            with pytest.raises(urllib.error.HTTPError, match="404") as refused:
                get(f"{url}/data/{run}/run.json")
            with refused.value as answer:
                assert json.load(answer)["error"].startswith(f"There is no run '{run}'; choose one of ")
