"""The pipeline of a build: every stage in order, then the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version

from precompute.build.assemble import LayoutPart, draw_order, find_layout, find_or_assemble
from precompute.build.capture import Capture, CaptureRecord
from precompute.build.execution import ExecutionOptions
from precompute.build.job import Job
from precompute.build.layouts import HeadParts, lay_out_heads
from precompute.build.measure import Summary, find_or_measure, measure_key, summarize
from precompute.build.model_process import CaptureOrder, ModelProcess
from precompute.build.request import BuildOutcome, OnProgress, Progress
from precompute.build.stages import Stage, StageClock
from precompute.format.manifest import ROWS_WITHOUT_SINKS, ArrayInfo, InputsInfo, LayoutKey, Manifest, ModelInfo
from precompute.format.typed_json import from_json, to_json
from precompute.projections.registry import PROJECTIONS
from precompute.store.store import Store

RECORDED_PACKAGES = ("numpy", "numba", "scipy", "torch", "transformers", "timm")


def run_pipeline(job: Job, store: Store, execution: ExecutionOptions, on_progress: OnProgress) -> BuildOutcome:
    """Build a run that does not exist yet from the parts that do; the caller holds the run's build lock."""
    clock = StageClock()
    recipe = job.request.recipe
    parts = HeadParts(job.capture_key, recipe.quality, recipe.seed, store)
    with clock.time(Stage.CAPTURE), ModelProcess(store) as process:
        capture = find_or_capture(job, store, process, device=execution.device, on_progress=on_progress)
    record = capture.record
    with clock.time(Stage.HEADS):
        missing = tuple(key for key in recipe.layouts if find_layout(parts, key) is None)
        lay_out_heads(capture, recipe, parts, missing, execution, on_progress)
        layouts = {key: find_or_assemble(record, parts, key) for key in recipe.layouts}
    with clock.time(Stage.METRICS):
        measured = find_or_measure(
            capture,
            store,
            measure_key(job.capture_key),
            kind=job.inputs.kind,
            workers=execution.workers,
            on_progress=on_progress,
        )
    with clock.time(Stage.SUMMARY):
        summary = summarize(record, measured, layouts, store)
        on_progress(Progress(Stage.SUMMARY, 1, 1))
    with clock.time(Stage.FINISH):
        order = store.put_array(draw_order(2 * record.n_tokens))
        arrays = _arrays(record, layouts, summary, order)
    store.put_manifest(_manifest(job, record, arrays, summary, clock.seconds))
    on_progress(Progress(Stage.FINISH, 1, 1, job.run))
    return BuildOutcome(job.run, clock.seconds, reused=False)


def _arrays(
    record: CaptureRecord, layouts: Mapping[LayoutKey, LayoutPart], summary: Summary, order: ArrayInfo
) -> dict[str, ArrayInfo]:
    arrays: dict[str, ArrayInfo] = {**record.arrays, **summary.arrays, "draw_order": order}
    for key, part in layouts.items():
        arrays |= {f"{name}.{key.name}": info for name, info in part.arrays.named.items()}
        if part.without_sinks is not None:
            second = part.without_sinks
            arrays |= {f"{name}_without_sinks.{key.name}": info for name, info in second.arrays.named.items()}
            arrays[ROWS_WITHOUT_SINKS] = second.rows
    return arrays


def _manifest(
    job: Job,
    record: CaptureRecord,
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
            n_layers=record.n_layers,
            n_heads=record.n_heads,
            n_kv_heads=record.n_kv_heads,
            d_head=record.d_head,
            causal=record.causal,
            layers=record.layers,
        ),
        inputs=InputsInfo(inputs.name, inputs.kind, inputs.sha256, record.n_instances, record.n_tokens),
        recipe=job.request.recipe,
        masks=record.masks,
        encodings=summary.encodings,
        metrics=summary.metrics,
        arrays=arrays,
        versions={name: version(name) for name in RECORDED_PACKAGES},
        timings={stage: round(value, 3) for stage, value in seconds.items()},
        projections=tuple(PROJECTIONS.get(name).info for name in job.request.recipe.projections),
    )


def find_or_capture(job: Job, store: Store, process: ModelProcess, *, device: str, on_progress: OnProgress) -> Capture:
    """Return the captured model of a job; run the model if the capture is not stored.

    A second build of the same model over the same inputs waits for the first, and then finds the capture.
    ``on_progress`` is called for every instance and with warnings. UserError as in :meth:`ModelProcess.capture`.
    """
    with store.build_lock(job.capture_key):
        stored = store.part(job.capture_key)
        if stored is not None:
            return Capture(from_json(CaptureRecord, stored, "the captured model"), store)
        # Imported only now: numba takes a second to load, and a stored capture does not need it.
        from precompute.build.warm_up import kernels_loading

        order = CaptureOrder(job.source, job.inputs, job.request.recipe.max_tokens, device)
        with kernels_loading(job.request.recipe.layouts):
            record = process.capture(order, on_progress)
        store.put_part(job.capture_key, to_json(record), tuple(record.arrays.values()))
        return Capture(record, store)
