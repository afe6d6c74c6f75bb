"""One new file of each kind is found by command line, manifest, menus, tables, findings, guide and test lists."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from layouts.options import color_options, projection_options
from layouts.panels.heads_table import head_columns
from layouts.panels.tint import tint_options
from layouts.state.view_state import ViewState
from precompute.encodings.registry import ENCODINGS
from precompute.findings.registry import FINDINGS
from precompute.metrics.registry import METRICS
from precompute.models.registry import FAMILIES
from precompute.projections.registry import PROJECTIONS
from precompute.store.store import Store
from scripts.docs_tables import GUIDE, with_tables
from tests.support.small_run import small_run

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("precompute", "layouts", "callbacks", "app")
LINKED = ("assets", "docs")
DATA = "precompute/data"

FILES: Mapping[str, str] = {
    "precompute/projections/methods/random_plane.py": """
import numpy as np

from precompute.projections.registry import projection


@projection("random", label="random plane", help="Joint vectors on a random plane.")
def random_plane(head, n_components):
    axes = np.random.default_rng(head.seed).normal(size=(head.joint.shape[1], n_components))
    return head.joint @ axes.astype(np.float32)
""",
    "precompute/encodings/methods/vowels.py": """
import numpy as np

from precompute.encodings.registry import Encoded, encoding


@encoding("vowels", label="vowels in token", kind="sequential", inputs=("text",), help="Number of vowels in the token.")
def vowels(source):
    counts = [sum(letter in "aeiou" for letter in text.lower()) for text in source.table.texts]
    return Encoded(np.array(counts, np.float32), high=max(counts))
""",
    "precompute/metrics/methods/two_back.py": """
import numpy as np

from precompute.metrics.registry import metric, target_tally


@metric("two_back", label="Two back", help="Attention two back.", inputs=("text",), digits=3, stronger="low")
def two_back(view):
    return target_tally(view, np.eye(len(view.tokens.ids), k=-2, dtype=bool))
""",
    "precompute/findings/kinds/two_back.py": """
from precompute.findings.registry import FindingKind, finding

finding(
    __name__,
    FindingKind("Two back", "Every token attends two positions back.", ("two_back",), threshold=-1.0, color="vowels"),
)
""",
    "precompute/models/families/made_up.py": """
from precompute.models.registry import family


@family("made-up", library="made-up", kind="text", recognizes=lambda config: config.get("made_up") == "yes")
def load(directory, device):
    from precompute.models import transformers_text

    return transformers_text.load(directory, device)
""",
}

CHECK = """
import json, sys
from pathlib import Path

import precompute as av
from layouts.options import color_options, projection_options
from layouts.panels.heads_table import head_columns, head_rows
from layouts.panels.tint import tint_options
from layouts.state.view_state import ViewState
from precompute.cli.app import app
from precompute.encodings.registry import ENCODINGS
from precompute.findings.registry import FINDINGS
from precompute.metrics.registry import METRICS
from precompute.models.registry import FAMILIES
from precompute.models.source import resolve_model
from precompute.projections.registry import PROJECTIONS
from scripts.docs_tables import with_tables

store, name, model, guide = sys.argv[1:]
run = av.open_run(name, store=store)
manifest = run.manifest
view = ViewState(run=name, projection="random", color="vowels")
print(json.dumps({
    "package": av.__file__,
    "registered": [list(each.all()) for each in (PROJECTIONS, ENCODINGS, METRICS, FINDINGS, FAMILIES)],
    "family": resolve_model(model).family,
    "library": manifest.model.library,
    "projections": [[info.name, info.label, info.description] for info in manifest.projections],
    "encodings": [[info.name, info.label, info.description] for info in manifest.encodings],
    "metrics": [[info.name, info.label, info.digits, info.stronger] for info in manifest.metrics],
    "coords": list(run.coords("random", 2, layer=0, head=0).shape),
    "projection menu": projection_options(manifest),
    "color menu": color_options(manifest),
    "tint menu": tint_options(manifest, view),
    "columns": [column["headerName"] for group in head_columns(manifest) for column in group.get("children", [])],
    "row": sorted(head_rows(view, run)[0]),
    "findings": [found.kind.title for found in run.findings()],
    "guide": with_tables(Path(guide).read_text("utf-8")),
}))
sys.stdout.flush()
app(["heads", name, "--store", store, "--json"])
"""


def ran(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=root, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def copy_with_files(root: Path) -> Path:
    """Copy the packages, link the data, and add the files."""
    root.mkdir()
    for name in COPIED:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", Path(DATA).name))
    (root / DATA).symlink_to(ROOT / DATA, target_is_directory=True)
    for name in LINKED:
        (root / name).symlink_to(ROOT / name, target_is_directory=True)
    (root / "scripts").mkdir()
    for name in ("__init__.py", "docs_tables.py"):
        shutil.copy(ROOT / "scripts" / name, root / "scripts" / name)
    for path, text in FILES.items():
        (root / path).write_text(text.lstrip(), "utf-8")
    return root


def made_up_model(directory: Path) -> Path:
    """Link the weights of the tiny GPT-2 beside a config.json that only the new family recognizes."""
    directory.mkdir()
    for path in (ROOT / DATA / "tiny-gpt2").iterdir():
        if path.name != "config.json":
            (directory / path.name).symlink_to(path)
    config = json.loads((ROOT / DATA / "tiny-gpt2" / "config.json").read_text("utf-8"))
    (directory / "config.json").write_text(json.dumps(config | {"made_up": "yes"}), "utf-8")
    return directory


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return what a copy with the new files makes of one build, and its ``heads``."""
    directory = tmp_path_factory.mktemp("extension")
    root, model, store = copy_with_files(directory / "root"), made_up_model(directory / "model"), directory / "store"
    build = f"-m precompute build --model {model} --inputs tiny-words --projections random --dims 2 --limit 8"
    outcome = json.loads(ran(root, *build.split(), "--store", str(store), "--json"))
    found, heads = ran(root, "-c", CHECK, str(store), outcome["run"], str(model), str(GUIDE)).split("\n", 1)
    return {**json.loads(found), "root": str(root), "heads": json.loads(heads)}


def test_the_copy_is_what_ran(built: Any) -> None:
    assert Path(built["package"]).is_relative_to(built["root"])


def test_the_lists_of_the_contract_tests_have_every_entry(built: Any) -> None:
    projections, encodings, metrics, findings, families = built["registered"]
    assert "random" in projections
    assert "text:vowels" in encodings
    assert "two_back" in metrics
    assert "Two back" in findings
    assert "made-up" in families


def test_the_command_line_builds_with_them(built: Any) -> None:
    assert (built["family"], built["library"]) == ("made-up", "made-up")
    assert built["coords"][-1] == 2
    assert len(built["heads"]) > 1
    assert all(isinstance(row["two_back"], float) for row in built["heads"])


def test_the_manifest_describes_them(built: Any) -> None:
    assert built["projections"] == [["random", "random plane", "Joint vectors on a random plane."]]
    assert ["vowels", "vowels in token", "Number of vowels in the token."] in built["encodings"]
    assert ["two_back", "Two back", 3, "low"] in built["metrics"]


def test_menus_and_the_table_of_heads_offer_them(built: Any) -> None:
    assert built["projection menu"] == [{"value": "random", "label": "random plane"}]
    assert {"value": "vowels", "label": "vowels in token"} in built["color menu"]
    assert {"value": "two_back", "label": "Two back"} in built["tint menu"]
    assert "Two back" in built["columns"]
    assert "two_back" in built["row"]


def test_findings_have_the_new_kind(built: Any) -> None:
    assert "Two back" in built["findings"]


def test_the_guides_tables_have_a_row_for_each(built: Any) -> None:
    for start in (
        "| `random` | Joint vectors on a random plane. |",
        "| vowels in token | Number of vowels in the token. |",
        "| `two_back` | Two back | Attention two back. | low | text |",
        "| Two back | Every token attends two positions back. | `two_back` |",
    ):
        assert f"\n{start}" in built["guide"]


def test_without_the_files_there_is_none_of_it(tmp_path: Path) -> None:
    names = {"random", "text:vowels", "two_back", "Two back", "made-up"}
    for registry in (PROJECTIONS, ENCODINGS, METRICS, FINDINGS, FAMILIES):
        assert names.isdisjoint(registry.all())
    manifest = small_run(Store(tmp_path)).manifest
    menus = projection_options(manifest) + color_options(manifest) + tint_options(manifest, ViewState())
    assert {"random", "vowels", "two_back"}.isdisjoint(option["value"] for option in menus)
    assert "Two back" not in str(head_columns(manifest))
    guide = with_tables(GUIDE.read_text("utf-8"))
    assert not any(word in guide for word in ("`random`", "vowels", "two_back", "Two back"))
