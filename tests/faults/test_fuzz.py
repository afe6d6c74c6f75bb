"""Ten thousand requests that no page sends: none may break the server, leave the store, or keep it busy."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, got_request_exception
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from layouts import ids
from tests.faults.fuzzed import FuzzedRequest, addresses, callbacks, data_routes, page_states, pages
from tests.support.planted_app import PlantedApp, planted_app
from tests.support.served_app import ROOT

MOST_CPU_SECONDS = 2.0
"""For one answer. Time of the processor, since others may keep the machine busy; the slowest takes 0.05."""

MOST_BYTES = 5 * 2**20
"""Of one answer; the largest is the JavaScript of plotly."""

A_BATCH = 10
EXAMPLES = settings(
    max_examples=340,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
"""Three tests of 340 batches of ten: more than ten thousand requests, the same ones each time."""


@dataclass
class Opened:
    """Files that were opened while it listens; an audit hook cannot be taken back, so it is told when."""

    listening: bool = False
    paths: set[Path] = field(default_factory=set)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note a file; called by the interpreter."""
        if self.listening and event in {"open", "sqlite3.connect"} and isinstance(arguments[0], str | bytes):
            name = arguments[0] if isinstance(arguments[0], str) else arguments[0].decode("utf-8", "replace")
            self.paths.add(Path(name.removeprefix("file:").partition("?")[0]))


@dataclass
class Fuzzed:
    """An application that is sent anything.

    Attributes
    ----------
    application : PlantedApp
        The application.
    opened : Opened
        Files that it opened.
    statuses : Counter
        How often each status was answered.
    """

    application: PlantedApp
    opened: Opened
    statuses: Counter[int] = field(default_factory=Counter)

    def send(self, request: FuzzedRequest) -> None:
        """Send a request; no answer may be an error of the server, large, slow, or cost a file elsewhere."""
        raised: list[BaseException] = []

        def note(_: Flask, exception: BaseException, **__: object) -> None:
            raised.append(exception)

        client = self.application.client
        with got_request_exception.connected_to(note):
            self.opened.listening = True
            started = time.thread_time()
            answer = client.open(request.path, method=request.method, data=request.body, headers=dict(request.headers))
            seconds = time.thread_time() - started
            self.opened.listening = False
        self.statuses[answer.status_code] += 1
        assert raised == []
        assert answer.status_code < 500
        assert len(answer.data) <= MOST_BYTES
        assert seconds < MOST_CPU_SECONDS
        if answer.status_code >= 400:
            assert b"Traceback" not in answer.data
            assert str(ROOT).encode() not in answer.data


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    opened = Opened()
    sys.addaudithook(opened)
    with planted_app(tmp_path_factory.mktemp("fuzzed") / "store") as application:
        yield Fuzzed(application, opened)


@pytest.fixture(autouse=True)
def only_files_of_the_application(fuzzed: Fuzzed) -> Iterator[None]:
    """Every file that was opened for an answer is the store's, an asset, or an installed library's."""
    fuzzed.opened.paths.clear()
    yield
    roots = (fuzzed.application.store.directory, ROOT / "assets", Path(sys.prefix), Path(sys.base_prefix))
    allowed = [root.resolve() for root in roots]
    opened = {path.resolve() for path in fuzzed.opened.paths}
    assert {path for path in opened if not any(path.is_relative_to(root) for root in allowed)} == set()


def send_many(fuzzed: Fuzzed, requests: st.SearchStrategy[FuzzedRequest]) -> Counter[int]:
    """Send thousands of requests; give how often each status was answered."""
    fuzzed.statuses.clear()

    @EXAMPLES
    @given(st.lists(requests, min_size=A_BATCH, max_size=A_BATCH))
    def send(batch: list[FuzzedRequest]) -> None:
        for request in batch:
            fuzzed.send(request)

    send()
    assert fuzzed.statuses.total() >= EXAMPLES.max_examples * A_BATCH
    return fuzzed.statuses


def test_no_page_fails(fuzzed: Fuzzed) -> None:
    statuses = send_many(fuzzed, pages())
    assert statuses[200] > 1000
    assert statuses[404] > 300


def test_no_data_route_fails(fuzzed: Fuzzed) -> None:
    manifest = fuzzed.application.planted.manifest
    names = (*manifest.arrays, *(info.name for info in manifest.encodings))
    statuses = send_many(fuzzed, data_routes(manifest.run, names))
    assert statuses[200] > 300
    assert statuses[404] > 1000
    assert statuses[405] > 100


def test_no_callback_fails(fuzzed: Fuzzed) -> None:
    listed = fuzzed.application.client.get("/_dash-dependencies").get_json()
    answered = tuple(callback for callback in listed if callback["clientside_function"] is None)
    run = fuzzed.application.planted.manifest.run
    values = {f"{ids.VIEW_STATE}.data": page_states(run), f"{ids.URL}.data": addresses()}
    statuses = send_many(fuzzed, callbacks(answered, values))
    assert statuses[200] > 300
    assert statuses[400] > 300
    assert statuses[405] > 100
