"""The registry of projections."""

import subprocess
import sys

import pytest

from precompute.errors import RecipeError
from precompute.projections.registry import PROJECTIONS, projection


def test_all_projections_are_listed() -> None:
    assert set(PROJECTIONS.all()) == {"pca", "tsne", "umap", "attention-tsne", "attention-umap"}
    assert all(entry.info.label and entry.info.description.endswith(".") for entry in PROJECTIONS.all().values())


def test_listing_them_compiles_nothing() -> None:
    code = (
        "import sys; from precompute.projections.registry import PROJECTIONS; PROJECTIONS.all();"
        " sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(RecipeError, match="no projection 'isomap': choose from attention-tsne, attention-umap, pca"):
        PROJECTIONS.get("isomap")


def test_a_name_can_be_taken_once() -> None:
    with pytest.raises(ValueError, match="two entries are named 'pca'"):
        projection("pca", label="", help="")(PROJECTIONS.get("pca").function)


def test_the_package_is_imported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    known = PROJECTIONS.all()
    monkeypatch.setattr("precompute.registry.iter_modules", lambda *_: pytest.fail("imported again"))
    assert PROJECTIONS.all() == known
