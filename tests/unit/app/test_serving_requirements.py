"""A host with nothing but requirements-serve.txt serves and imports runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from precompute.run.archive import export_run
from precompute.store.store import Store
from tests.support.served_app import ROOT
from tests.support.small_run import small_run

PROGRAM = """
import importlib.abc, json, sys
missing, directory, archive = set(json.loads(sys.argv[1])), sys.argv[2], sys.argv[3]

class Host(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            raise ModuleNotFoundError(f"a host has no {name}", name=name)

sys.meta_path.insert(0, Host())
from precompute.cli.app import app
assert app(["import", archive, "--store", directory], standalone_mode=False) in (None, 0)
from app.wsgi import server
client = server.test_client()
run = client.get("/data/small/run.json").get_json()["run"]
for path in ("/", "/_dash-layout", "/_dash-dependencies", f"/data/{run}/tokens.json", f"/data/{run}/pattern/0/0/0",
             f"/data/{run}/colors/norm", "/picture/matrix.png", "/picture/head.png?layer=0&head=0"):
    assert client.get(path).status_code == 200, path
print(client.get("/health").get_json()["runs"])
"""
"""Imports a run and serves it where the other packages of this machine cannot be imported."""


def needed(names: list[str]) -> set[str]:
    """Distributions that these need, themselves included."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        found.add(name)
        try:
            listed = [Requirement(line) for line in requires(name) or []]
        except PackageNotFoundError:
            continue
        waiting += [each.name for each in listed if each.marker is None or each.marker.evaluate({"extra": ""})]
    return found


def test_nothing_else_is_imported(tmp_path: Path) -> None:
    lines = (ROOT / "requirements-serve.txt").read_text("utf-8").splitlines()
    names = [match[0] for line in lines if (match := re.match(r"[a-zA-Z][\w.-]*", line))]
    distributions = needed(names)
    missing = {
        module
        for module, owners in packages_distributions().items()
        if not {canonicalize_name(owner) for owner in owners} & distributions
    }
    assert {"torch", "numba", "umap", "sklearn", "scipy", "transformers", "timm", "safetensors"} <= missing
    with Store(tmp_path / "source") as store:
        export_run(store, small_run(store).manifest.run, tmp_path / "run.zip")
    environment = {**os.environ, "ATTENTIONVIZ_STORE": str(tmp_path / "store"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PROGRAM, json.dumps(sorted(missing))]
    command += [str(tmp_path / "store"), str(tmp_path / "run.zip")]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "1"
