"""The picture that the server draws shows the run's points at their coordinates."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image

from app.factory import create_app
from app.settings import Settings
from layouts.figures.static_picture import static_picture
from layouts.state.resolution import resolve
from layouts.state.view_state import ViewState
from precompute.run.catalog import Catalog
from precompute.run.run import Run
from precompute.store.store import Store
from tests.support.small_run import small_run


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    store = Store(tmp_path / "store")
    small_run(store)
    return Catalog(store)


@pytest.fixture
def client(catalog: Catalog) -> FlaskClient:
    return create_app(Settings(), catalog).server.test_client()


def opened(catalog: Catalog) -> Run:
    return catalog.default()


def test_every_cell_of_the_matrix_has_colored_pixels(catalog: Catalog) -> None:
    run = opened(catalog)
    model = run.manifest.model
    pixels = static_picture(run, resolve(ViewState(), run.manifest), cell=40)
    assert pixels.shape == (40 * model.n_layers, 40 * model.n_heads, 3)
    for layer in range(model.n_layers):
        for head in range(model.n_heads):
            inside = pixels[layer * 40 : layer * 40 + 39, head * 40 : head * 40 + 39].astype(int)
            assert (np.ptp(inside, axis=2) > 30).any(), (layer, head)


def test_heads_in_an_order_of_their_own_are_drawn_in_it(catalog: Catalog) -> None:
    run = opened(catalog)
    whole = static_picture(run, resolve(ViewState(), run.manifest), cell=40)
    pixels = static_picture(run, resolve(ViewState(only="0.1_1.0_1.3"), run.manifest), cell=40)
    assert pixels.shape == (80, 80, 3)
    cells = {(0, 0): (0, 1), (0, 1): (1, 0), (1, 0): (1, 3)}
    for (row, column), (layer, head) in cells.items():
        drawn = pixels[40 * row : 40 * row + 40, 40 * column : 40 * column + 40]
        np.testing.assert_array_equal(drawn, whole[40 * layer : 40 * layer + 40, 40 * head : 40 * head + 40])
    assert (pixels[40:, 40:] == 255).all()


def test_sinks_that_are_taken_out_are_not_drawn(catalog: Catalog) -> None:
    run = opened(catalog)
    asked = ViewState(view="head", layer=0, head=0, dims=2)
    pixels, without = (
        static_picture(run, resolve(asked.with_changes(no_sinks=out), run.manifest), side=400) for out in (False, True)
    )
    steps = run.array("coords.pca.2")[0, 0].astype(int)
    for sink in np.flatnonzero(run.sinks[run.draw_order % run.n_tokens]):
        x, y = steps[sink] / 65535 * 399 * 0.92 + 0.04 * 400
        assert np.ptp(pixels[399 - int(y), int(x)].astype(int)) > 30
    assert (np.ptp(without, axis=2) > 30).sum() < (np.ptp(pixels, axis=2) > 30).sum()


def test_a_lone_corner_point_is_drawn_in_its_corner(catalog: Catalog) -> None:
    run = opened(catalog)
    view = resolve(ViewState(view="head", layer=0, head=0, dims=2), run.manifest)
    side = 400
    pixels = static_picture(run, view, side=side).astype(int)
    steps = run.array(f"coords.{view.projection}.2")[0, 0].astype(int)
    x, y = steps[-1] / 65535 * (side - 1) * 0.92 + 0.04 * side
    assert np.ptp(pixels[side - 1 - int(y), int(x)]) > 30


def test_the_route_answers_with_a_png_and_refuses_what_is_not_there(client: FlaskClient, catalog: Catalog) -> None:
    answer = client.get("/picture/head.png?layer=0&head=0&theme=dark")
    assert answer.status_code == 200
    picture = Image.open(BytesIO(answer.data))
    assert picture.format == "PNG"
    assert picture.getpixel((2, 2)) == (0, 0, 0)
    assert client.get("/picture/matrix.png?run=no-such-run").status_code == 404
    assert client.get("/picture/instance.png").status_code == 404
