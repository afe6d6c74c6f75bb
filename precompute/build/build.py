"""Build a run, or find that it is there."""

from __future__ import annotations

import os
from collections.abc import Iterable

from precompute.build.job import Job
from precompute.build.model_process import ModelProcess
from precompute.build.pipeline import find_or_capture
from precompute.build.request import BuildOutcome, BuildRequest, OnProgress, Progress, ignore_progress
from precompute.errors import InputsError
from precompute.inputs import load_inputs
from precompute.models.source import resolve_model
from precompute.projections.registry import projection
from precompute.store.store import Store


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
        As for :func:`precompute.build.backends.run_head_tasks`.
    on_progress : callable
        Hears of every step.

    Raises
    ------
    UserError
        In one sentence, what is wrong with model, inputs, recipe or store.
    """
    job = _find_job(request, on_progress)
    if job.run in store.run_ids():
        return BuildOutcome(job.run, {}, reused=True)
    # Imported only now: numba takes a second to load, and a run that is there does not need it.
    from precompute.build.pipeline import Means, carry_out

    means = Means(workers or os.cpu_count() or 1, device, backend, scheduler)
    with store.build_lock(job.run):
        if job.run in store.run_ids():
            return BuildOutcome(job.run, {}, reused=True)
        return carry_out(job, store, means, on_progress)


def capture_ahead(
    requests: Iterable[BuildRequest], store: Store, *, device: str = "cpu", on_progress: OnProgress = ignore_progress
) -> None:
    """Run the models of several builds in one process, so that torch and transformers are loaded once.

    The builds themselves then find the captured models in the store.

    Parameters
    ----------
    requests : iterable of BuildRequest
        What will be built; what is there already is passed over.
    store : Store
        Receives the captured models.
    device : str
        Of torch.
    on_progress : callable
        Hears of every step.

    Raises
    ------
    UserError
        As :func:`build` does.
    """
    with ModelProcess(store) as process:
        for request in requests:
            job = _find_job(request, on_progress)
            if job.run not in store.run_ids():
                find_or_capture(job, store, process, device=device, on_progress=on_progress)


def _find_job(request: BuildRequest, on_progress: OnProgress) -> Job:
    for name in request.recipe.projections:
        projection(name)
    on_progress(Progress("load", 0, 1, f"looking up {request.model}"))
    source = resolve_model(request.model)
    inputs = load_inputs(request.inputs, limit=request.recipe.limit)
    if inputs.kind != source.kind:
        names = {"text": "sentences", "image": "pictures"}
        raise InputsError(f"{source.id} reads {names[source.kind]}, but {inputs.name} are {names[inputs.kind]}.")
    return Job(request, source, inputs)
