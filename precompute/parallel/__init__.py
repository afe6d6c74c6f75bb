"""Heads laid out side by side: threads of this process, processes of this machine, or a dask cluster.

Public is :func:`precompute.parallel.run.run_head_tasks`; a task and its result are those of ``precompute.head_task``.
"""

from precompute.parallel.run import run_head_tasks

__all__ = ["run_head_tasks"]
