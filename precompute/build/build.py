"""Build a run, or find it in the store."""

from __future__ import annotations

from collections.abc import Iterable

from precompute.build.execution import ExecutionOptions
from precompute.build.job import Job
from precompute.build.model_process import ModelProcess
from precompute.build.pipeline import find_or_capture
from precompute.build.request import BuildOutcome, BuildRequest, OnProgress, Progress, ignore_progress
from precompute.build.stages import Stage
from precompute.errors import InputsError
from precompute.inputs import load_inputs
from precompute.models.source import resolve_model
from precompute.projections.registry import PROJECTIONS
from precompute.store.store import Store


def build(
    request: BuildRequest,
    store: Store,
    execution: ExecutionOptions | None = None,
    *,
    on_progress: OnProgress = ignore_progress,
) -> BuildOutcome:
    """Build one run, or find it in the store.

    Every stage stores its result under a fingerprint of everything it depends on. A build that was killed resumes from
    its finished parts; a recipe with one more projection computes only that projection.

    Parameters
    ----------
    execution
        By default a thread per core, and the model on the CPU.
    on_progress
        Called with every step.

    Raises
    ------
    UserError
        The model, inputs, recipe or store cannot be used.
    """
    job = _find_job(request, on_progress)
    if job.run in store.run_ids():
        return BuildOutcome(job.run, {}, reused=True)
    # Imported only now: numba takes a second to load, and a finished run does not need it.
    from precompute.build.pipeline import run_pipeline

    with store.build_lock(job.run):
        if job.run in store.run_ids():
            return BuildOutcome(job.run, {}, reused=True)
        return run_pipeline(job, store, execution or ExecutionOptions(), on_progress)


def capture_ahead(
    requests: Iterable[BuildRequest], store: Store, *, device: str = "cpu", on_progress: OnProgress = ignore_progress
) -> None:
    """Run the models of several builds in one process, so that torch and transformers are loaded once.

    The builds then find the captures in the store; finished runs are skipped. UserError as in :func:`build`.
    """
    with ModelProcess(store) as process:
        for request in requests:
            job = _find_job(request, on_progress)
            if job.run not in store.run_ids():
                find_or_capture(job, store, process, device=device, on_progress=on_progress)


def _find_job(request: BuildRequest, on_progress: OnProgress) -> Job:
    for name in request.recipe.projections:
        PROJECTIONS.get(name)
    on_progress(Progress(Stage.LOAD, 0, 1, f"looking up {request.model}"))
    source = resolve_model(request.model)
    inputs = load_inputs(request.inputs, limit=request.recipe.limit)
    if inputs.kind != source.kind:
        names = {"text": "sentences", "image": "pictures"}
        raise InputsError(f"{source.id} reads {names[source.kind]}, but {inputs.name} are {names[inputs.kind]}.")
    return Job(request, source, inputs)
