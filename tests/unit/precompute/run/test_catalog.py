"""The catalog shows the store as it is now."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from precompute.errors import DamagedRunError, RunNotFoundError, StoreError
from precompute.run.catalog import OPEN_RUNS, Catalog
from precompute.store.store import Store
from tests.support.small_run import small_run
from tests.support.store_rows import set_row

ROOT = Path(__file__).parents[4]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store") as store:
        yield store


@pytest.fixture
def catalog(store: Store) -> Catalog:
    return Catalog(Store(store.directory, read_only=True))


def test_runs_are_the_newest_first_and_the_newest_is_the_default(store: Store, catalog: Catalog) -> None:
    for seed, created in enumerate(["2025-01-02", "2025-01-03", "2025-01-01"]):
        small_run(store, seed=seed, created=created)
    assert [manifest.recipe.seed for manifest in catalog.runs()] == [1, 0, 2]
    assert catalog.default().manifest.recipe.seed == 1


def test_a_run_opens_by_identifier_beginning_and_name(store: Store, catalog: Catalog) -> None:
    first = small_run(store, seed=0x1_00000000, name="first").manifest.run
    second = small_run(store, seed=0x2_00000000, name="second").manifest.run
    small_run(store, seed=0x2_00000001, name="first")
    assert catalog.open(first).manifest.run == first
    assert catalog.open("tiny-words-0001").manifest.run == first
    assert catalog.open("second").manifest.run == second
    for unclear in ("first", "tiny", "tiny-words-0002"):
        with pytest.raises(RunNotFoundError, match=f"More than one run is called '{unclear}'"):
            catalog.open(unclear)
    for unknown in ("", "third", "tiny-words-f", "../store"):
        with pytest.raises(RunNotFoundError, match=r"There is no run .*choose one of tiny-words-0001"):
            catalog.open(unknown)


def test_an_empty_store_is_told(catalog: Catalog) -> None:
    assert catalog.runs() == ()
    with pytest.raises(RunNotFoundError, match="has no runs yet"):
        catalog.default()
    with pytest.raises(RunNotFoundError, match="the store is empty"):
        catalog.open("x")


def test_a_run_of_another_process_appears_and_disappears(store: Store, catalog: Catalog) -> None:
    assert catalog.runs() == ()
    code = (
        "import sys\nfrom pathlib import Path\nfrom precompute.store.store import Store\n"
        "from tests.support.small_run import small_run\n"
        "store = Store(Path(sys.argv[1]))\n"
    )
    command = [sys.executable, "-c", code + "small_run(store)", str(store.directory)]
    subprocess.run(command, cwd=ROOT, check=True)
    run = catalog.default()
    queries = run.queries(0, 0).copy()
    command = [sys.executable, "-c", code + f"store.remove_run({run.manifest.run!r})", str(store.directory)]
    subprocess.run(command, cwd=ROOT, check=True)
    assert catalog.runs() == ()
    with pytest.raises(RunNotFoundError):
        catalog.open(run.manifest.run)
    np.testing.assert_array_equal(run.queries(0, 0), queries)
    with pytest.raises(DamagedRunError, match="it is missing"):
        run.array("positions")


def test_an_open_run_is_shared_until_the_run_changes(store: Store, catalog: Catalog) -> None:
    manifest = small_run(store, name="before").manifest
    run = catalog.open(manifest.run)
    small_run(store, seed=1)
    assert catalog.open(manifest.run) is run
    store.remove_run(manifest.run)
    small_run(store, name="after")
    assert catalog.open(manifest.run).manifest.name == "after"


def test_few_runs_stay_open(store: Store, catalog: Catalog) -> None:
    manifest = small_run(store).manifest
    first = catalog.open(manifest.run)
    for seed in range(1, OPEN_RUNS + 1):
        catalog.open(small_run(store, seed=seed).manifest.run)
    assert catalog.open(manifest.run) is not first


def test_a_damaged_run_does_not_hide_the_others(store: Store, catalog: Catalog) -> None:
    sound = small_run(store).manifest.run
    set_row(store, "manifest:tiny-words-ffffffffffff", '{"schema": 99}')
    assert [manifest.run for manifest in catalog.runs()] == [sound]
    assert list(catalog.damaged()) == ["tiny-words-ffffffffffff"]
    with pytest.raises(DamagedRunError, match="newer version"):
        catalog.open("tiny-words-ffffffffffff")


def test_a_store_that_is_emptied_or_gone_is_told(store: Store, catalog: Catalog) -> None:
    small_run(store)
    store.close()
    assert len(catalog.runs()) == 1
    for path in store.directory.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    assert catalog.runs() == ()
    store.directory.rmdir()
    with pytest.raises(StoreError, match="does not exist"):
        catalog.runs()
    with Store(store.directory) as again:
        small_run(again)
    assert len(catalog.runs()) == 1
