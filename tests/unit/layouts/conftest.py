"""A planted run to lay out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from precompute.run.run import Run
from precompute.store.store import Store
from tests.support.small_run import small_run


@pytest.fixture(scope="package")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with Store(tmp_path_factory.mktemp("layouts") / "store") as store:
        yield Run(store, small_run(store).manifest)
