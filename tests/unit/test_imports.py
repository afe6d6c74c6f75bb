"""The web process stays small, and the import rules hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from precompute.store.store import Store
from tests.support.small_run import small_run

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"torch", "transformers", "timm", "umap", "numba", "sklearn", "scipy", "safetensors", "tokenizers"}
SERVE = """
import json, sys
import app.__main__, app.factory, app.wsgi
client = app.wsgi.server.test_client()
run = app.wsgi.server.test_client().get("/health").get_json()
pages = ["/", "/_dash-layout", "/_dash-dependencies", "/data/small/run.json", "/data/small/tokens.json",
         "/data/small/array/coords.pca.2", "/data/small/colors/norm", "/data/small/pattern/0/0/0"]
statuses = [client.get(page).status_code for page in pages]
print(json.dumps({"runs": run["runs"], "statuses": statuses, "modules": sorted(sys.modules)}))
"""


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def test_serving_a_run_loads_nothing_that_runs_models(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        small_run(store)
    done = python("-c", SERVE, ATTENTIONVIZ_STORE=str(tmp_path / "store"), ATTENTIONVIZ_READONLY="1")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["runs"], set(answer["statuses"])) == (1, {200})
    assert HEAVY & {name.partition(".")[0] for name in answer["modules"]} == set()


@pytest.mark.parametrize(
    "module", ["precompute.store.store", "precompute.run.run", "precompute.run.catalog", "precompute.attention.pattern"]
)
def test_reading_runs_needs_numpy_and_diskcache_alone(module: str) -> None:
    done = python("-c", f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})")
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "numpy" in loaded
    assert loaded & (HEAVY | {"dash", "flask", "plotly", "pandas", "typer", "rich"}) == set()


def test_the_import_rules_hold() -> None:
    done = python("-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())")
    assert done.returncode == 0, done.stdout + done.stderr
