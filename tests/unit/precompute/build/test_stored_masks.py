"""Heads whose mask is neither full nor causal: layouts join only what can meet."""

from __future__ import annotations

import numpy as np
import pytest

from precompute.build.head_task import HeadTask
from precompute.format.manifest import Recipe
from precompute.projections.head_space import HeadSpace
from tests.unit.precompute.build.conftest import BuildFamily

WINDOW = 4
RECIPE = Recipe(projections=("attention-tsne", "attention-umap"), dims=(2,))


@pytest.mark.parametrize("family", ["mistral", "modernbert"])
def test_tasks_carry_the_mask_and_no_partner_lies_outside_the_window(
    family: str, build_family: BuildFamily, tasks: list[HeadTask]
) -> None:
    run = build_family(family, RECIPE)
    kinds = run.manifest.masks
    assert "stored" in kinds
    reach = WINDOW if family == "mistral" else WINDOW // 2 + 1
    for task in tasks:
        head = task.head
        if kinds[head.layer] != "stored":
            assert head.mask is None
            continue
        space = HeadSpace(head, np.concatenate([head.queries, head.keys]))
        n = len(head.positions)
        partners = space.attention_neighbors
        for i in range(n):
            behind = head.positions[i] - head.positions[partners.indices[i, : partners.degrees[i]] - n]
            assert (np.abs(behind) < reach).all()
            assert family != "mistral" or (behind >= 0).all()
            assert partners.degrees[i] > 0


def test_queries_of_a_window_of_four_have_no_choice_of_five_keys(build_family: BuildFamily) -> None:
    run = build_family("mistral", RECIPE)
    assert np.isnan(run.metric("attention-tsne.2.attention_mass")).all()
    assert np.isnan(run.metric("attention-umap.2.attention_mass")).all()
