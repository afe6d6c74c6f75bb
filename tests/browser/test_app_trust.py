"""Trust on the screen: as a color, in the tooltip, and as a level below which points fade."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from precompute.run.catalog import Catalog
from precompute.store.store import Store
from tests.browser.app_page import AppPage
from tests.conftest import DemoStore

pytestmark = pytest.mark.browser

LAYER, HEAD = 2, 9
PROJECTION = "tsne"


def test_points_fade_below_the_level_that_a_link_carries(view: AppPage, demo_store: DemoStore) -> None:
    run = Catalog(Store(demo_store.directory, read_only=True)).open(demo_store.bert)
    trust = run.trust(PROJECTION, 2, LAYER, HEAD).ravel()
    address = f"head?run={demo_store.bert}&layer={LAYER}&head={HEAD}&projection={PROJECTION}&labels=0&lines=0"
    view.open(address, view="head", trust=0)
    share = f"{100 * (trust >= 0.5).mean():.0f} %"
    expect(view.control("trusted")).to_contain_text(f": {share} of the points can be trusted")
    plain = view.pixels()
    view.control("trust").select_option("50")
    view.address_has(trust="50")
    view.shows(trust=50)
    faded = view.pixels()
    places = view.places(LAYER, HEAD, run.n_tokens)

    def darkness(image: np.ndarray, point: int) -> int:
        column, row = places[point].astype(int)
        return int(765 - image[row, column].sum())

    alone = _apart(places)
    low, high = alone & (trust < 0.5), alone & (trust >= 0.5)
    assert low.sum() > 2
    assert high.sum() > 2
    assert all(darkness(faded, point) < 0.5 * darkness(plain, point) for point in np.flatnonzero(low))
    assert all(darkness(faded, point) > 0.9 * darkness(plain, point) for point in np.flatnonzero(high))
    view.page.reload()
    view.shows(trust=50)
    stage = view.control("single-canvas").bounding_box()
    assert stage
    left, top, right, bottom = (
        int(each) for each in (stage["x"], stage["y"], stage["x"] + stage["width"], stage["y"] + stage["height"])
    )
    picture = np.s_[top:bottom, left:right]
    np.testing.assert_array_equal(view.pixels()[picture], faded[picture])
    assert view.problems == []


def test_a_tooltip_names_the_trust_of_its_point(view: AppPage, demo_store: DemoStore) -> None:
    run = Catalog(Store(demo_store.directory, read_only=True)).open(demo_store.bert)
    address = f"head?run={demo_store.bert}&layer={LAYER}&head={HEAD}&projection={PROJECTION}&color=trust"
    view.open(address, view="head", color="trust")
    places = view.places(LAYER, HEAD, run.n_tokens)
    point = int(np.flatnonzero(_apart(places))[0])
    share = run.trust(PROJECTION, 2, LAYER, HEAD).ravel()[point]
    partners = "keys" if point < run.n_tokens else "queries"
    view.page.mouse.move(*map(float, places[point]))
    tooltip = view.page.get_by_role("tooltip").first
    expect(tooltip).to_contain_text(f"trust: {100 * share:.0f} % of 10 strongest {partners} near")
    expect(tooltip).to_contain_text(re.compile(r"neighbors kept: \d+ % of 15"))


def _apart(places: np.ndarray) -> np.ndarray:
    """Which points lie at least 12 pixels from all others, bool [2 N]."""
    distances = np.linalg.norm(places[:, None] - places, axis=2)
    np.fill_diagonal(distances, np.inf)
    return np.asarray(distances.min(axis=1) > 12)
