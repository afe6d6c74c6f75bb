"""Options of a build: their ranges, and the messages outside them."""

from __future__ import annotations

from typing import Any

import pytest

from precompute.errors import RecipeError
from precompute.format.manifest import Recipe
from precompute.recipe import check_name, execution_of, recipe_of

GIVEN: dict[str, Any] = {
    "projections": "pca,tsne",
    "dims": "2,3",
    "quality": "fast",
    "seed": 0,
    "limit": None,
    "max_tokens": None,
    "known_projections": ("pca", "tsne", "umap"),
}


def test_options_become_a_recipe() -> None:
    options = {**GIVEN, "projections": " tsne, pca,tsne", "dims": "3,2,3", "seed": 7, "limit": 5, "max_tokens": 9}
    assert recipe_of(**options) == Recipe(("tsne", "pca"), (2, 3), "fast", 7, 5, 9)
    assert recipe_of(**{**GIVEN, "dims": "3"}).dims == (3,)


def test_python_values_become_the_same_recipe() -> None:
    options = {**GIVEN, "projections": ["tsne", "pca", "tsne"], "dims": (3, 2)}
    assert recipe_of(**options) == recipe_of(**{**GIVEN, "projections": "tsne,pca", "dims": "2,3"})
    assert recipe_of(**{**GIVEN, "dims": 3}).dims == (3,)


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ({"dims": "4"}, r"^--dims 4 is not possible: choose 2, 3 or 2,3\.$"),
        ({"dims": "2,x"}, "--dims 2,x is not possible"),
        ({"dims": ","}, "--dims , is not possible"),
        ({"dims": [2, 4]}, "--dims 2,4 is not possible"),
        ({"dims": ()}, "--dims  is not possible"),
        ({"quality": "good"}, r"^--quality good is not possible: choose from fast, best, reference\.$"),
        ({"projections": ["som"]}, r"^There is no projection 'som'"),
        ({"projections": "pca,som"}, r"^There is no projection 'som': choose from pca, tsne, umap\.$"),
        ({"projections": ""}, "--projections is empty: choose from pca, tsne, umap"),
        ({"limit": 0}, r"^--limit 0 is out of range: it must be at least 1\.$"),
        ({"max_tokens": -3}, "--max-tokens -3 is out of range"),
        ({"seed": -1}, r"^--seed -1 is out of range: choose 0 to 4294967295\.$"),
        ({"seed": 2**32}, "--seed 4294967296 is out of range"),
    ],
)
def test_options_out_of_range_are_refused(option: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RecipeError, match=sentence):
        recipe_of(**{**GIVEN, **option})


def test_workers_default_to_the_cores_of_the_process() -> None:
    assert execution_of(3, device="cpu").workers == 3
    assert execution_of(None, device="cpu").workers >= 1
    with pytest.raises(RecipeError, match="--workers 0 is out of range"):
        execution_of(0, device="cpu")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\x1b[0m", "x" * 101])
def test_names_that_cannot_be_shown_are_refused(name: str) -> None:
    with pytest.raises(RecipeError, match="--name must be 1 to 100 printable characters"):
        check_name(name)


def test_scheduler_needs_the_backend_that_uses_it() -> None:
    check_name("BERT · sentences")
    assert execution_of(1, device="cpu", backend="dask", scheduler="tcp://h:1").scheduler == "tcp://h:1"
    with pytest.raises(RecipeError, match="--scheduler needs --backend dask, not threads"):
        execution_of(1, device="cpu", scheduler="tcp://h:1")
