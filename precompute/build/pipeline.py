"""Carry a job out: capture, lay out heads, put planes together, measure, summarize, and at last write the manifest."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from precompute.build.assemble import PlanePart, draw_order, find_or_assemble, find_plane
from precompute.build.capture import Captured, open_captured
from precompute.build.job import Job, LayoutKey
from precompute.build.layouts import HeadParts, lay_out_heads
from precompute.build.measure import Summary, find_or_measure, measure_key, summarize
from precompute.build.model_process import CaptureOrder, ModelProcess
from precompute.build.request import BuildOutcome, OnProgress, Progress
from precompute.format.manifest import ArrayInfo, InputsInfo, Manifest, ModelInfo, ProjectionInfo
from precompute.format.typed_json import from_json, to_json
from precompute.projections.registry import projection
from precompute.store.store import Store

RECORDED_PACKAGES = ("numpy", "numba", "scipy", "torch", "transformers", "timm")


@dataclass(frozen=True)
class Means:
    """With what a job is carried out; changes its time, never its result.

    Attributes
    ----------
    workers : int
        Heads laid out at a time.
    device : str
        Of torch, for running the model.
    backend : str
        ``threads``, ``processes`` or ``dask``.
    scheduler : str or None
        Address of a dask scheduler.
    """

    workers: int
    device: str = "cpu"
    backend: str = "threads"
    scheduler: str | None = None


def carry_out(job: Job, store: Store, means: Means, on_progress: OnProgress) -> BuildOutcome:
    """Build a run that is not there yet, taking up the parts that are.

    Parameters
    ----------
    job : Job
        What to build.
    store : Store
        Receives the run; the caller holds the run's build lock.
    means : Means
        With what.
    on_progress : callable
        Hears of every step.
    """
    seconds: dict[str, float] = {}
    recipe = job.request.recipe
    parts = HeadParts(job.capture_key, recipe.quality, recipe.seed, store)
    with _timed(seconds, "capture"):
        with ModelProcess(store) as process:
            captured = find_or_capture(job, store, process, device=means.device, on_progress=on_progress)
        arrays = open_captured(captured, store)
    with _timed(seconds, "heads"):
        lay_out_heads(
            captured,
            arrays,
            recipe,
            parts,
            tuple(plane for plane in job.planes if find_plane(parts, plane) is None),
            workers=means.workers,
            backend=means.backend,
            scheduler=means.scheduler,
            on_progress=on_progress,
        )
    with _timed(seconds, "finish"):
        planes = {plane: find_or_assemble(captured, parts, plane) for plane in job.planes}
        measured = find_or_measure(
            captured,
            arrays,
            store,
            measure_key(job.capture_key),
            kind=job.inputs.kind,
            on_progress=on_progress,
            workers=means.workers,
        )
        summary = summarize(captured, measured, planes, store)
    order = store.put_array(draw_order(2 * captured.n_tokens))
    store.put_manifest(_manifest(job, captured, _arrays(captured, planes, summary, order), summary, seconds))
    on_progress(Progress("finish", 1, 1, job.run))
    return BuildOutcome(job.run, seconds, reused=False)


def _arrays(
    captured: Captured, planes: Mapping[LayoutKey, PlanePart], summary: Summary, order: ArrayInfo
) -> dict[str, ArrayInfo]:
    arrays: dict[str, ArrayInfo] = {**captured.arrays, **summary.arrays, "draw_order": order}
    for (name, dims), plane in planes.items():
        arrays[f"coords.{name}.{dims}"] = plane.coords
        arrays[f"extent.{name}.{dims}"] = plane.extent
        arrays[f"preservation.{name}.{dims}"] = plane.preservation
    return arrays


def _manifest(
    job: Job,
    captured: Captured,
    arrays: Mapping[str, ArrayInfo],
    summary: Summary,
    seconds: Mapping[str, float],
) -> Manifest:
    source, inputs = job.source, job.inputs
    return Manifest(
        run=job.run,
        name=job.request.name or f"{source.id} · {inputs.name}",
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
        recipe=job.request.recipe,
        masks=captured.masks,
        encodings=summary.encodings,
        metrics=summary.metrics,
        arrays=arrays,
        versions={name: version(name) for name in RECORDED_PACKAGES},
        timings={stage: round(value, 3) for stage, value in seconds.items()},
        projections=tuple(_projection_info(name) for name in job.request.recipe.projections),
    )


def _projection_info(name: str) -> ProjectionInfo:
    known = projection(name)
    return ProjectionInfo(name, known.label, known.description)


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - start


def find_or_capture(job: Job, store: Store, process: ModelProcess, *, device: str, on_progress: OnProgress) -> Captured:
    """Give the captured model of a job; run it only if nobody has.

    Another build that wants the same model over the same inputs waits meanwhile, and then finds it done.

    Parameters
    ----------
    job : Job
        Says which model and inputs.
    store : Store
        Holds the part, or receives it.
    process : ModelProcess
        Runs the model.
    device : str
        Of torch.
    on_progress : callable
        Hears of every instance, and of warnings.

    Raises
    ------
    UserError
        As :meth:`ModelProcess.capture` raises it.
    """
    with store.build_lock(job.capture_key):
        record = store.part(job.capture_key)
        if record is not None:
            return from_json(Captured, record, "the captured model")
        # Imported only now: numba takes a second to load, and a run that is there does not need it.
        from precompute.build.warm_up import kernels_loading

        order = CaptureOrder(job.source, job.inputs, job.request.recipe.max_tokens, device)
        with kernels_loading(job.planes):
            captured = process.capture(order, on_progress)
        store.put_part(job.capture_key, to_json(captured), tuple(captured.arrays.values()))
        return captured
