"""Build a run: capture, lay out heads, put planes together, summarise, and at the very end write the manifest."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version

from precompute.fingerprint import fingerprint
from precompute.inputs import load_inputs
from precompute.inputs.kinds import Inputs
from precompute.models.source import ModelSource, resolve_model
from precompute.pipeline.capture_stage import capture_run
from precompute.pipeline.captured import Captured, open_captured
from precompute.pipeline.heads_stage import LAYOUT_VERSION, HeadParts, lay_out_heads
from precompute.pipeline.planes_stage import PlanePart, assemble_plane, draw_order, find_plane
from precompute.pipeline.request import BuildOutcome, BuildRequest, OnProgress, Progress, ignore_progress
from precompute.pipeline.summary_stage import SUMMARY_VERSION, Summary, summarise
from precompute.projection.registry import projection
from precompute.store import Store
from precompute.typed_json import from_json, to_json
from precompute.types import ArrayInfo, InputsInfo, Manifest, ModelInfo

CAPTURE_VERSION = 1
"""Raised when capture keeps other arrays for the same model and inputs."""

RECORDED_PACKAGES = ("numpy", "numba", "scipy", "torch", "transformers", "timm")


def build(
    request: BuildRequest,
    store: Store,
    *,
    workers: int | None = None,
    device: str = "cpu",
    backend: str = "threads",
    scheduler: str | None = None,
    on_progress: OnProgress = ignore_progress,
) -> BuildOutcome:
    """Build one run, or find that it is there.

    Every stage keeps its result in the store under a fingerprint of all that it depends on. A build that is killed
    finds the parts it had finished; a recipe with one more projection computes only that.

    Parameters
    ----------
    request : BuildRequest
        Model, inputs, name and recipe.
    store : Store
        Receives the run.
    workers : int, optional
        Heads laid out at a time; by default as many as there are processors.
    device : str
        Of torch, for running the model.
    backend, scheduler
        As for :func:`precompute.parallel.run_head_tasks`.
    on_progress : callable
        Hears of every step.

    Raises
    ------
    UserError
        In one sentence, what is wrong with model, inputs, recipe or store.
    """
    for name in request.recipe.projections:
        projection(name)
    on_progress(Progress("load", 0, 1, f"looking up {request.model}"))
    source = resolve_model(request.model)
    inputs = load_inputs(request.inputs, limit=request.recipe.limit)
    run = run_id(source, inputs, request)
    if run in store.run_ids():
        return BuildOutcome(run, {}, reused=True)
    seconds: dict[str, float] = {}
    with store.build_lock(run):
        if run in store.run_ids():
            return BuildOutcome(run, {}, reused=True)
        with _timed(seconds, "capture"):
            key = capture_key(source, inputs, request)
            captured = _captured(key, request, source, inputs, store, device, on_progress)
            arrays = open_captured(captured, store)
        parts = HeadParts(key, request.recipe.quality, request.recipe.seed, store)
        planes = tuple((name, dims) for name in request.recipe.projections for dims in request.recipe.dims)
        with _timed(seconds, "heads"):
            left = tuple(plane for plane in planes if find_plane(parts, plane) is None)
            lay_out_heads(
                captured,
                arrays,
                request.recipe,
                parts,
                left,
                workers=workers or os.cpu_count() or 1,
                backend=backend,
                scheduler=scheduler,
                on_progress=on_progress,
            )
        with _timed(seconds, "finish"):
            on_progress(Progress("finish", 0, 1, "putting the run together"))
            assembled = {plane: find_plane(parts, plane) or assemble_plane(captured, parts, plane) for plane in planes}
            summary = summarise(captured, arrays, assembled, store, kind=inputs.kind, on_progress=on_progress)
        manifest = _manifest(run, request, source, inputs, captured, assembled, summary, seconds, store)
        store.put_manifest(manifest)
    on_progress(Progress("finish", 1, 1, run))
    return BuildOutcome(run, seconds, reused=False)


def capture_key(source: ModelSource, inputs: Inputs, request: BuildRequest) -> str:
    """Key of the part that running the model leaves."""
    depends = [source.fingerprint, inputs.sha256, request.recipe.max_tokens, CAPTURE_VERSION]
    return f"capture/{fingerprint(depends)[:32]}"


def run_id(source: ModelSource, inputs: Inputs, request: BuildRequest) -> str:
    """Identifier of a run: model, inputs, and 12 digits of the fingerprint of all that its content depends on."""
    depends = {
        "model": source.fingerprint,
        "inputs": inputs.sha256,
        "recipe": to_json(request.recipe),
        "versions": [CAPTURE_VERSION, LAYOUT_VERSION, SUMMARY_VERSION],
    }
    return f"{source.slug}-{inputs.slug}-{fingerprint(depends)[:12]}"


def _captured(
    key: str,
    request: BuildRequest,
    source: ModelSource,
    inputs: Inputs,
    store: Store,
    device: str,
    on_progress: OnProgress,
) -> Captured:
    record = store.part(key)
    if record is not None:
        return from_json(Captured, record, "the captured model")
    captured = capture_run(
        source, inputs, store, max_tokens=request.recipe.max_tokens, device=device, on_progress=on_progress
    )
    store.put_part(key, to_json(captured), tuple(captured.arrays.values()))
    return captured


def _manifest(
    run: str,
    request: BuildRequest,
    source: ModelSource,
    inputs: Inputs,
    captured: Captured,
    planes: dict[tuple[str, int], PlanePart],
    summary: Summary,
    seconds: dict[str, float],
    store: Store,
) -> Manifest:
    arrays: dict[str, ArrayInfo] = {**captured.arrays, **summary.arrays}
    for (name, dims), plane in planes.items():
        arrays[f"coords.{name}.{dims}"] = plane.coords
        arrays[f"extent.{name}.{dims}"] = plane.extent
        arrays[f"preservation.{name}.{dims}"] = plane.preservation
    arrays["draw_order"] = store.put_array(draw_order(2 * captured.n_tokens))
    return Manifest(
        run=run,
        name=request.name or f"{source.id} · {inputs.name}",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        model=ModelInfo(
            id=source.id,
            revision=source.revision,
            library=source.library,
            n_layers=captured.n_layers,
            n_heads=captured.n_heads,
            n_kv_heads=captured.n_kv_heads,
            d_head=captured.d_head,
            causal=captured.causal,
        ),
        inputs=InputsInfo(inputs.name, inputs.kind, inputs.sha256, captured.n_instances, captured.n_tokens),
        recipe=request.recipe,
        masks=captured.masks,
        encodings=summary.encodings,
        metrics=summary.metrics,
        arrays=arrays,
        versions={name: version(name) for name in RECORDED_PACKAGES},
        timings={stage: round(value, 3) for stage, value in seconds.items()},
    )


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - start
