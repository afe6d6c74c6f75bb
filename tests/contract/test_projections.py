"""Requirements on every registered projection, new ones included."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from precompute.attention.head import Head
from precompute.embedding.joint import joint_embedding
from precompute.projections.head_space import HeadSpace
from precompute.projections.neighbors import nearest_neighbors
from precompute.projections.registry import PROJECTIONS

LENGTH = 12


def planted_space(*, n_instances: int = 20, causal: bool = False) -> HeadSpace:
    """Make a head whose queries and keys of equal position mod 4 look for one another."""
    rng = np.random.default_rng(0)
    positions = np.tile(np.arange(LENGTH, dtype=np.int32), n_instances)
    centers = rng.normal(0, 3, (4, 8))
    noise = rng.normal(0, 0.5, (2, len(positions), 8))
    queries, keys = (centers[positions % 4] + noise).astype(np.float32)
    offsets = np.arange(0, len(positions) + 1, LENGTH, dtype=np.int32)
    head = Head(queries, keys, 8**-0.5, causal, offsets, positions)
    return HeadSpace(head, joint_embedding(queries, keys).vectors)


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("name", sorted(PROJECTIONS.all()))
class TestEveryProjection:
    """Each in two and in three dimensions."""

    def test_gives_a_finite_point_for_every_query_and_key(self, name: str, dims: int) -> None:
        layout = PROJECTIONS.all()[name].function(planted_space(), dims)
        assert layout.dtype == np.float32
        assert layout.shape == (2 * 20 * LENGTH, dims)
        assert np.isfinite(layout).all()
        assert (layout.std(axis=0) > 0).all()

    def test_gives_the_same_bytes_again(self, name: str, dims: int) -> None:
        function = PROJECTIONS.all()[name].function
        assert function(planted_space(), dims).tobytes() == function(planted_space(), dims).tobytes()

    def test_leaves_the_head_as_it_is(self, name: str, dims: int) -> None:
        space, untouched = planted_space(), planted_space()
        PROJECTIONS.all()[name].function(space, dims)
        np.testing.assert_array_equal(space.joint, untouched.joint)
        for array in ("queries", "keys", "positions"):
            np.testing.assert_array_equal(getattr(space.head, array), getattr(untouched.head, array))

    def test_shows_planted_groups(self, name: str, dims: int) -> None:
        space = planted_space()
        near = nearest_neighbors(PROJECTIONS.all()[name].function(space, dims), 15).indices
        group = np.tile(space.head.positions % 4, 2)
        assert (group[near] == group[:, None]).mean() > 0.9

    def test_handles_causal_heads_and_the_better_quality(self, name: str, dims: int) -> None:
        space = replace(planted_space(n_instances=3, causal=True), quality="best")
        assert np.isfinite(PROJECTIONS.all()[name].function(space, dims)).all()


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("name", ["pca", "tsne", "umap"])
def test_the_reference_is_the_library_itself(name: str, dims: int) -> None:
    """Compare with calls that are written out here, at the libraries' own defaults."""
    space = replace(planted_space(n_instances=6), quality="reference", seed=3)
    layout = PROJECTIONS.get(name).at("reference")(space, dims)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from umap import UMAP  # noqa: PLC0415 - warns on import that it has no tensorflow

        if name == "pca":
            expected = PCA(dims).fit_transform(space.joint)
        elif name == "tsne":
            expected = TSNE(dims, init="pca", random_state=3).fit_transform(space.directions)
        else:
            expected = UMAP(n_components=dims, metric="cosine", random_state=3).fit_transform(space.joint)
    assert layout.dtype == np.float32
    np.testing.assert_allclose(layout, expected, atol=1e-3 * np.ptp(expected))


def test_layouts_of_attention_are_their_best_in_quality_reference() -> None:
    entry = PROJECTIONS.get("attention-tsne")
    assert entry.at("reference") is entry.function
    best, reference = (replace(planted_space(n_instances=3), quality=quality) for quality in ("best", "reference"))
    assert entry.function(best, 2).tobytes() == entry.function(reference, 2).tobytes()


@pytest.mark.parametrize("name", ["pca", "tsne", "umap"])
@pytest.mark.parametrize("n_instances", [0, 1])
def test_the_reference_of_a_small_head_is_finite(name: str, n_instances: int) -> None:
    space = planted_space(n_instances=2)
    few = HeadSpace(space.head, space.joint[: 4 + 8 * n_instances], quality="reference")
    layout = PROJECTIONS.get(name).at("reference")(few, 3)
    assert layout.shape == (len(few.joint), 3)
    assert np.isfinite(layout).all()
