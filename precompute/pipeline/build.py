"""Build a run: capture, lay out heads, put planes together, summarise, and at the very end write the manifest."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version

from precompute.fingerprint import fingerprint
from precompute.inputs import load_inputs
from precompute.inputs.kinds import Inputs
from precompute.models.source import ModelSource, resolve_model
from precompute.pipeline.capture_stage import capture_run
from precompute.pipeline.captured import Captured, open_captured
from precompute.pipeline.heads_stage import LAYOUT_VERSION, HeadParts, Plane, lay_out_heads
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
    job = _Job(request, source, load_inputs(request.inputs, limit=request.recipe.limit), store)
    on_progress(Progress("load", 1, 1, request.model))
    if job.run in store.run_ids():
        return BuildOutcome(job.run, {}, reused=True)
    with store.build_lock(job.run):
        if job.run in store.run_ids():
            return BuildOutcome(job.run, {}, reused=True)
        seconds: dict[str, float] = {}
        with _timed(seconds, "capture"):
            captured = job.captured(device, on_progress)
            arrays = open_captured(captured, store)
        with _timed(seconds, "heads"):
            lay_out_heads(
                captured,
                arrays,
                request.recipe,
                job.parts,
                tuple(plane for plane in job.planes if find_plane(job.parts, plane) is None),
                workers=workers or os.cpu_count() or 1,
                backend=backend,
                scheduler=scheduler,
                on_progress=on_progress,
            )
        with _timed(seconds, "finish"):
            planes = {
                plane: find_plane(job.parts, plane) or assemble_plane(captured, job.parts, plane)
                for plane in job.planes
            }
            summary = summarise(captured, arrays, planes, store, kind=job.inputs.kind, on_progress=on_progress)
        store.put_manifest(job.manifest(captured, planes, summary, seconds))
    on_progress(Progress("finish", 1, 1, job.run))
    return BuildOutcome(job.run, seconds, reused=False)


@dataclass(frozen=True)
class _Job:
    """What a build is about, and the names that follow from it."""

    request: BuildRequest
    source: ModelSource
    inputs: Inputs
    store: Store

    @cached_property
    def run(self) -> str:
        """Identifier: model, inputs, and 12 digits of the fingerprint of all that the content depends on."""
        depends = {
            "model": self.source.fingerprint,
            "inputs": self.inputs.sha256,
            "recipe": to_json(self.request.recipe),
            "versions": [CAPTURE_VERSION, LAYOUT_VERSION, SUMMARY_VERSION],
        }
        return f"{self.source.slug}-{self.inputs.slug}-{fingerprint(depends)[:12]}"

    @cached_property
    def capture_key(self) -> str:
        """Key of the part that running the model leaves."""
        depends = [self.source.fingerprint, self.inputs.sha256, self.request.recipe.max_tokens, CAPTURE_VERSION]
        return f"capture/{fingerprint(depends)[:32]}"

    @property
    def parts(self) -> HeadParts:
        """Where the layouts of the heads are kept."""
        return HeadParts(self.capture_key, self.request.recipe.quality, self.request.recipe.seed, self.store)

    @property
    def planes(self) -> tuple[Plane, ...]:
        """Every projection in every number of dimensions."""
        return tuple((name, dims) for name in self.request.recipe.projections for dims in self.request.recipe.dims)

    def captured(self, device: str, on_progress: OnProgress) -> Captured:
        """Run the model, unless an earlier build did."""
        record = self.store.part(self.capture_key)
        if record is not None:
            return from_json(Captured, record, "the captured model")
        captured = capture_run(
            self.source,
            self.inputs,
            self.store,
            max_tokens=self.request.recipe.max_tokens,
            device=device,
            on_progress=on_progress,
        )
        self.store.put_part(self.capture_key, to_json(captured), tuple(captured.arrays.values()))
        return captured

    def manifest(
        self, captured: Captured, planes: Mapping[Plane, PlanePart], summary: Summary, seconds: Mapping[str, float]
    ) -> Manifest:
        """Describe the finished run."""
        arrays: dict[str, ArrayInfo] = {**captured.arrays, **summary.arrays}
        for (name, dims), plane in planes.items():
            arrays[f"coords.{name}.{dims}"] = plane.coords
            arrays[f"extent.{name}.{dims}"] = plane.extent
            arrays[f"preservation.{name}.{dims}"] = plane.preservation
        arrays["draw_order"] = self.store.put_array(draw_order(2 * captured.n_tokens))
        inputs = self.inputs
        return Manifest(
            run=self.run,
            name=self.request.name or f"{self.source.id} · {inputs.name}",
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            model=ModelInfo(
                id=self.source.id,
                revision=self.source.revision,
                library=self.source.library,
                n_layers=captured.n_layers,
                n_heads=captured.n_heads,
                n_kv_heads=captured.n_kv_heads,
                d_head=captured.d_head,
                causal=captured.causal,
            ),
            inputs=InputsInfo(inputs.name, inputs.kind, inputs.sha256, captured.n_instances, captured.n_tokens),
            recipe=self.request.recipe,
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
