"""The first part of every build: what running the model left, from the store or from running it now."""

from __future__ import annotations

from precompute.build.capture import Captured
from precompute.build.job import Job
from precompute.build.model_process import CaptureOrder, ModelProcess
from precompute.build.request import OnProgress
from precompute.format.typed_json import from_json, to_json
from precompute.store.store import Store


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
