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
    assert [(task.head.layer, task.head.index) for task in tasks] == list(np.ndindex(model.n_layers, model.n_heads))
    for task in tasks:
        layer, index = task.head.layer, task.head.index
        head = run.head(layer, index)
        assert head.causal
        np.testing.assert_array_equal(task.head.queries, run.array("queries")[layer, index])
        np.testing.assert_array_equal(task.head.keys, run.array("keys")[layer, index // 2])
        for field in ("queries", "keys", "offsets", "positions"):
            np.testing.assert_array_equal(getattr(task.head, field), getattr(head, field))
        assert (task.head.scale, task.head.causal) == (head.scale, head.causal)
        expected = head_fidelity(head, joint_embedding(head.queries, head.keys))
        for name, value in expected.metrics().items():
            assert run.metric(name)[layer, index] == pytest.approx(value, rel=1e-5), name
