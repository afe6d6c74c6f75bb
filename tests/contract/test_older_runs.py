"""Runs that version 0.1.0 built, exported before the tree was rearranged, still open and are served whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import precompute as av
from app.factory import create_app
from app.settings import Settings
from callbacks.pages import page_for
from layouts.options import color_options, trust_options
from layouts.state.resolution import resolve
from layouts.state.view_state import ViewState
from precompute.cli.dump import Selection, select_array
from precompute.errors import UserError
from precompute.run.archive import import_run
from precompute.run.catalog import Catalog
from precompute.run.run import Run
from precompute.run.verify import verify_run
from precompute.store.store import Store

ARCHIVES = Path(__file__).with_name("runs_of_0_1_0")
FINDINGS = {
    "text": {"Induction": 3, "Previous token": 1, "First token": 2},
    "images": {"Hue": 3, "Brightness": 3, "Everything at once": 5, "Unequal lengths": 1},
}
"""Heads of each kind, as version 0.1.0 counted them."""


@pytest.fixture(scope="module", params=FINDINGS)
def inputs(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def store(inputs: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("older") / "store"
    with Store(directory) as store:
        run = import_run(store, ARCHIVES / f"{inputs}.zip")
        assert verify_run(store, run) == []
    return directory


@pytest.fixture(scope="module")
def run(store: Path) -> Run:
    (run,) = av.Store(store).runs()
    return run


def test_its_heads_can_be_read(run: Run) -> None:
    model, recipe = run.manifest.model, run.manifest.recipe
    for layer, head in np.ndindex(model.n_layers, model.n_heads):
        np.testing.assert_allclose(run.pattern(layer, head, 0).sum(axis=1), 1, atol=1e-5)
        for projection in recipe.projections:
            for dims in recipe.dims:
                assert np.isfinite(run.coords(projection, dims, layer, head)).all()


def test_its_findings_are_the_ones_that_it_had(run: Run, inputs: str) -> None:
    assert {finding.kind.title: len(finding.heads) for finding in run.findings()} == FINDINGS[inputs]


def test_it_has_no_trust_and_its_menu_names_the_remedy(run: Run) -> None:
    shown = resolve(ViewState(view="head", color="trust", trust=50), run.manifest)
    assert (shown.color == "trust", shown.trust) == (False, 0)
    assert "trust" not in [option["value"] for option in color_options(run.manifest)]
    assert trust_options(run.manifest) == [{"value": "0", "label": "not measured: build this run again"}]
    with pytest.raises(UserError, match="Build it again"):
        select_array(run, Selection("trust", run.manifest.recipe.projections[0], 2, 0, 0))


def test_its_metrics_are_a_table(run: Run) -> None:
    columns = run.metrics_columns()
    assert list(columns) == ["layer", "head", *(metric.name for metric in run.manifest.metrics)]


def test_everything_that_the_browser_reads_is_served(store: Path, run: Run) -> None:
    client = create_app(Settings(store=store), Catalog(Store(store, read_only=True))).server.test_client()
    data = f"/data/{run.manifest.run}"
    document = client.get(f"{data}/run.json").get_json()
    paths = [f"{data}/{path}" for path in ("tokens.json", "pattern/0/0/0", "pattern-sheet/1/0", "rollout/1/0")]
    paths += [f"{data}/array/{name}" for name in document["arrays"]]
    paths += [f"{data}/colors/{encoding['name']}" for encoding in document["encodings"] if encoding["kind"] != "type"]
    paths += ["/picture/matrix.png", "/picture/head.png?layer=0&head=0"]
    for path in paths:
        with client.get(path) as answer:
            assert answer.status_code == 200, path


@pytest.mark.parametrize("path", ["/", "/head?layer=1&head=0", "/instance?layer=1&head=0&instance=0", "/heads"])
def test_every_page_shows_it(store: Path, run: Run, path: str) -> None:
    pathname, _, search = path.partition("?")
    page = page_for({"pathname": pathname, "search": search and f"?{search}"}, Catalog(Store(store, read_only=True)))
    assert page.run is not None
    assert page.run.manifest == run.manifest
    assert page.state is not None
