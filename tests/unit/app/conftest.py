"""An application over a planted run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.planted_app import PlantedApp, planted_app


@pytest.fixture(scope="package")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlantedApp]:
    with planted_app(tmp_path_factory.mktemp("app") / "store") as application:
        yield application
