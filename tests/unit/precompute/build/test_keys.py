"""Keys of parts and runs: whatever a content depends on is in its key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from precompute.build import BuildRequest, job, layouts
from precompute.build.assemble import layout_part_key
from precompute.build.job import Job
from precompute.build.layouts import HeadParts
from precompute.format.manifest import LayoutKey, Recipe
from precompute.inputs import load_inputs
from precompute.models.source import resolve_model
from precompute.store.store import Store

LAYOUT = LayoutKey("tsne", 3)
REQUEST = BuildRequest("tiny-gpt2", "tiny-words", recipe=Recipe(limit=3))


def job_of(request: BuildRequest = REQUEST) -> Job:
    return Job(request, resolve_model(request.model), load_inputs(request.inputs, limit=request.recipe.limit))


@pytest.mark.parametrize("version", ["CAPTURE_VERSION", "LAYOUT_VERSION", "SUMMARY_VERSION"])
def test_another_version_of_a_stage_makes_another_run(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = job_of()
    keys = before.run, before.capture_key
    monkeypatch.setattr(job, version, getattr(job, version) + 1)
    after = job_of()
    assert after.run != keys[0]
    assert (after.capture_key != keys[1]) == (version == "CAPTURE_VERSION")


@pytest.mark.parametrize("field", ["captured", "quality", "seed", "version"])
def test_parts_of_heads_depend_on_capture_quality_seed_and_version(
    field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = HeadParts("capture/1", "fast", 0, Store(tmp_path / "store"))
    keys = parts.key((1, 2), LAYOUT), layout_part_key(parts, LAYOUT)
    if field == "version":
        monkeypatch.setattr(layouts, "LAYOUT_VERSION", layouts.LAYOUT_VERSION + 1)
        other = parts
    else:
        other = replace(parts, **{field: {"captured": "capture/2", "quality": "best", "seed": 1}[field]})
    assert other.key((1, 2), LAYOUT) != keys[0]
    assert layout_part_key(other, LAYOUT) != keys[1]


def test_a_bound_on_tokens_makes_another_capture() -> None:
    bounded = replace(REQUEST, recipe=replace(REQUEST.recipe, max_tokens=40))
    assert job_of(bounded).capture_key != job_of().capture_key
