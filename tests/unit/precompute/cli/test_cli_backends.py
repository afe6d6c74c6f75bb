"""A build produces the same bytes with every backend."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import distributed
import pytest

from precompute.run.verify import verify_run
from precompute.store.store import Store
from tests.support.finished_command import Command

BUILD = ("build", "--model", "tiny-gpt2", "--inputs", "tiny-words", "--limit", 4, "--dims", 2, "--workers", 2, "--json")


def built(command: Command, directory: Path, *options: object) -> dict[str, Any]:
    """Build a run in a store of its own; give its identifier and the hashes of its arrays."""
    finished = command(*BUILD, "--projections", "pca,tsne", "--store", directory, *options)
    assert finished.code == 0, finished.err
    run = json.loads(finished.out)["run"]
    with Store(directory, read_only=True) as store:
        assert verify_run(store, run) == []
        return {"run": run, **{name: info.sha256 for name, info in store.manifest(run).arrays.items()}}


@pytest.mark.slow
def test_threads_processes_and_clusters_build_equal_runs(command: Command, tmp_path: Path) -> None:
    expected = built(command, tmp_path / "threads", "--backend", "threads")
    assert {"coords.pca.2", "coords.tsne.2", "trust.tsne.2", "head_metrics"} <= set(expected)
    assert built(command, tmp_path / "processes", "--backend", "processes") == expected
    options = {"threads_per_worker": 1, "processes": True, "dashboard_address": "127.0.0.1:0"}
    with distributed.LocalCluster(n_workers=2, **options) as cluster:
        named = ("--backend", "dask", "--scheduler", cluster.scheduler_address)
        assert built(command, tmp_path / "cluster", *named) == expected
        laid_out = sum(prefix.state_counts["memory"] for prefix in cluster.scheduler.task_prefixes.values())
    assert laid_out == 8, "every head came from the cluster"


def test_a_cluster_that_does_not_answer_is_one_sentence(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("precompute.build.dask_backend.CONNECT_SECONDS", 1)
    finished = command(*BUILD, "--projections", "pca", "--backend", "dask", "--scheduler", "tcp://127.0.0.1:9")
    assert (finished.code, finished.out) == (2, "")
    assert finished.err.splitlines()[-1].startswith("Error: No dask scheduler answers at 'tcp://127.0.0.1:9'")
