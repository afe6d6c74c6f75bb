"""Query heads that share keys (Ainslie et al. 2023): every stage takes those that the attention took."""

from __future__ import annotations

import numpy as np
import pytest

from precompute.build.head_task import HeadTask
from precompute.embedding.joint import joint_embedding
from precompute.format.manifest import Recipe
from precompute.metrics.joint_quality import head_fidelity
from tests.unit.precompute.build.conftest import BuildFamily

RECIPE = Recipe(projections=("pca",), dims=(2,))


def test_heads_are_laid_out_and_judged_with_the_keys_of_their_group(
    build_family: BuildFamily, tasks: list[HeadTask]
) -> None:
    run = build_family("llama", RECIPE)
    model = run.manifest.model
    assert (model.n_heads, model.n_kv_heads, run.manifest.masks[0]) == (4, 2, "causal")
    assert [(task.layer, task.head) for task in tasks] == list(np.ndindex(model.n_layers, model.n_heads))
    for task in tasks:
        queries, keys = run.queries(task.layer, task.head), run.keys(task.layer, task.head)
        np.testing.assert_array_equal(task.queries, queries)
        np.testing.assert_array_equal(task.keys, keys)
        expected = head_fidelity(
            joint_embedding(queries, keys), queries, keys, scale=task.scale, offsets=run.offsets, causal=True
        )
        for name, value in expected.metrics().items():
            assert run.metric(name)[task.layer, task.head] == pytest.approx(value, rel=1e-5), name
