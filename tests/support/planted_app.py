"""The web application over a store with one planted run, without a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dash import Dash
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.factory import create_app
from app.settings import Settings
from precompute.run.catalog import Catalog
from precompute.run.run import Run
from precompute.store.store import Store
from tests.support.small_run import Planted, small_run


class ClosingClient(FlaskClient):
    """Reads every answer to its end and closes it, as servers do."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        """Send a request."""
        return super().open(*arguments, **{"buffered": True, **options})


@dataclass(frozen=True)
class PlantedApp:
    """An application and what lies behind it.

    Attributes
    ----------
    dash : Dash
        The application.
    store : Store
        Its runs, writable.
    catalog : Catalog
        What it reads.
    planted : Planted
        The run that is there from the beginning.
    """

    dash: Dash
    store: Store
    catalog: Catalog
    planted: Planted

    @property
    def run(self) -> Run:
        """The planted run, opened."""
        return self.catalog.open(self.planted.manifest.run)

    @property
    def client(self) -> FlaskClient:
        """Sends requests."""
        client: FlaskClient = self.dash.server.test_client()
        return client

    def get(self, path: str, **options: Any) -> TestResponse:
        """Get a path below ``data/<run>/``."""
        return self.client.get(f"/data/{self.planted.manifest.run}/{path}", **options)

    def call_back(self, output: str, inputs: Mapping[str, Any]) -> TestResponse:
        """Request an output as the browser does when an input has changed.

        Parameters
        ----------
        output : str
            ``id.property``; of all callbacks it must belong to one.
        inputs : mapping of str to JSON
            Values of the inputs that the callback has, by ``id.property``; others are null.
        """
        (listed,) = [
            callback
            for callback in self.client.get("/_dash-dependencies").get_json()
            if output in callback["output"].strip(".").split("...")
        ]
        outputs = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in _names(listed["output"])]
        body = {
            "output": listed["output"],
            "outputs": outputs if listed["output"].startswith("..") else outputs[0],
            "inputs": [{**each, "value": inputs.get(f"{each['id']}.{each['property']}")} for each in listed["inputs"]],
            "changedPropIds": list(inputs),
        }
        return self.client.post("/_dash-update-component", json=body)


def _names(output: str) -> list[str]:
    return output.strip(".").split("...")


@contextmanager
def planted_app(directory: Path, **settings: Any) -> Iterator[PlantedApp]:
    """Make an application over a new store.

    Parameters
    ----------
    directory : Path
        Of the store.
    settings
        Of :class:`app.settings.Settings`.
    """
    with Store(directory) as store:
        planted = small_run(store)
        catalog = Catalog(Store(directory, read_only=True))
        dash = create_app(Settings(store=directory, **settings), catalog)
        dash.server.test_client_class = ClosingClient
        yield PlantedApp(dash, store, catalog, planted)
