"""The public API: what it names, what it loads, what it returns; the README's Python runs."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import precompute as av
from precompute.cli.app import app as command_line
from precompute.errors import InputsError, RecipeError, RunNotFoundError, StoreError
from precompute.run.metrics_csv import metric_rows
from precompute.store.store import Store
from tests.conftest import DemoStore
from tests.support.small_run import N_HEADS, N_LAYERS, Planted, small_run

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"torch", "numba", "pandas", "transformers", "timm", "umap", "scipy", "sklearn", "dash", "flask", "numpy"}
EXAMPLES = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)


def python(source: str, *arguments: str, directory: Path = ROOT) -> str:
    """Return what a program prints in a new interpreter that finds the packages of this checkout."""
    done = subprocess.run(
        [sys.executable, *([source] if source.endswith(".py") else ["-c", source]), *arguments],
        cwd=directory,
        env={"PYTHONPATH": str(ROOT), "HOME": str(Path.home()), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def planted(tmp_path: Path) -> Planted:
    with Store(tmp_path / "store") as store:
        small_run(store, seed=1, name="older", created="2024-01-01T00:00:00Z")
        return small_run(store)


def test_importing_it_loads_nothing_heavy() -> None:
    loaded = python("import sys, precompute as av; dir(av); print(*{name.partition('.')[0] for name in sys.modules})")
    assert set(loaded.split()) & HEAVY == set()


def test_reading_runs_loads_nothing_that_builds_them(tmp_path: Path, planted: Planted) -> None:
    read = "import sys, precompute as av; run = av.open_run('small', store=sys.argv[1]); run.findings(); run.tokens"
    loaded = python(f"{read}; print(*sys.modules)", str(tmp_path / "store")).split()
    assert "numpy" in loaded
    assert {name.partition(".")[0] for name in loaded} & (HEAVY - {"numpy"}) == set()
    assert not any(name.startswith(("precompute.build", "precompute.cli")) for name in loaded)


def test_every_public_name_is_documented() -> None:
    assert set(av.__all__) <= set(dir(av))
    for name in av.__all__:
        documented = getattr(av, name)
        assert inspect.getdoc(documented), name
        members = vars(documented).items() if inspect.isclass(documented) else ()
        for member, value in members:
            if not member.startswith("_") and (callable(value) or isinstance(value, property)):
                assert inspect.getdoc(value), f"{name}.{member}"
    with pytest.raises(AttributeError, match="no attribute 'buidl'"):
        _ = av.buidl  # type: ignore[attr-defined]


def test_build_has_the_options_of_the_command_line() -> None:
    from precompute.api import build  # noqa: PLC0415 - av.build may be the package of that name

    (command,) = (each for each in command_line.registered_commands if each.name == "build")
    assert command.callback is not None
    of_command = inspect.signature(command.callback).parameters
    of_function = inspect.signature(build).parameters
    assert set(of_command) - set(of_function) == {"as_json"}
    assert set(of_function) - set(of_command) == {"on_progress"}
    for name in set(of_command) & set(of_function) - {"projections", "dims", "store"}:
        assert of_command[name].default == of_function[name].default, name
    assert ",".join(of_function["projections"].default) == of_command["projections"].default
    assert ",".join(map(str, of_function["dims"].default)) == of_command["dims"].default
    assert str(of_command["store"].default) == of_function["store"].default


def test_a_store_lists_its_runs_and_opens_them(tmp_path: Path, planted: Planted) -> None:
    store = av.Store(tmp_path / "store")
    assert [run.manifest.name for run in store.runs()] == ["small", "older"]
    assert store.open("older").manifest.run == store.runs()[1].manifest.run
    assert av.open_run("small", store=tmp_path / "store").manifest == planted.manifest
    with pytest.raises(RunNotFoundError, match="There is no run 'other'"):
        av.open_run("other", store=str(tmp_path / "store"))
    with pytest.raises(StoreError, match="There is no store"):
        av.Store(tmp_path / "nothing")


def test_metrics_are_a_table_of_heads(tmp_path: Path, planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd  # noqa: PLC0415 - only this test needs it

    run = av.open_run("small", store=tmp_path / "store")
    table: Any = run.metrics_table()
    assert isinstance(table, pd.DataFrame)
    assert list(table.columns) == ["layer", "head", "fidelity", "norm"]
    monkeypatch.setitem(sys.modules, "pandas", None)  # as where it is not installed
    columns = run.metrics_table()
    assert isinstance(columns, dict)
    assert list(columns) == list(table.columns)
    for name, values in columns.items():
        np.testing.assert_array_equal(values, table[name].to_numpy())
        assert values.shape == (N_LAYERS * N_HEADS,)
        assert values.dtype == (np.int64 if name in {"layer", "head"} else np.float32)
    np.testing.assert_array_equal(columns["norm"].reshape(N_LAYERS, N_HEADS), run.metric("norm"))
    assert [list(row) for row in zip(*(v.tolist() for v in columns.values()), strict=True)] == metric_rows(run)


def test_coordinates_are_named_by_layer_and_head(tmp_path: Path, planted: Planted) -> None:
    run = av.open_run("small", store=tmp_path / "store")
    coords = run.coords("tsne", 2, layer=1, head=3)
    truth = planted.coords["tsne.2"][1, 3]
    assert (coords.shape, coords.dtype) == ((2, run.n_tokens, 2), np.float32)
    np.testing.assert_allclose(coords.reshape(truth.shape), truth, atol=1e-3)
    pattern = run.pattern(1, 3, instance=2)
    np.testing.assert_allclose(pattern.sum(axis=1), 1, atol=1e-6)


def test_build_can_be_called_before_and_after_its_namesake_is_imported() -> None:
    attempt = "av.build('tiny-gpt2', 'tiny-words', projections='som')"
    program = f"""
import precompute as av
from precompute.errors import RecipeError
for _ in range(2):
    try:
        {attempt}
    except RecipeError:
        print("called")
    import precompute.build
"""
    assert python(program).split() == ["called", "called"]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"projections": ["som"]}, RecipeError),
        ({"dims": 4}, RecipeError),
        ({"quality": "good"}, RecipeError),
        ({"workers": 0}, RecipeError),
        ({"name": ""}, RecipeError),
        ({"scheduler": "tcp://h:1"}, RecipeError),
        ({"inputs": "no such file"}, InputsError),
    ],
)
def test_options_out_of_range_make_no_store(tmp_path: Path, options: dict[str, Any], error: type[Exception]) -> None:
    given = {"model": "tiny-gpt2", "inputs": "tiny-words", "store": tmp_path / "store", **options}
    with pytest.raises(error):
        av.build(**given)
    assert not (tmp_path / "store").exists()


SCRIPT = """
import json
import precompute as av
run = av.build("tiny-gpt2", "tiny-words", projections=["pca"], dims=2, limit=4, store="store")
again = av.build("tiny-gpt2", "tiny-words", projections="pca", dims="2", limit=4, store="store")
made = run.manifest
print(json.dumps([made.run, again.manifest.run, made.inputs.n_instances, list(made.recipe.dims)]))
"""


@pytest.mark.slow
def test_a_script_builds_a_run_without_guarding_its_main_module(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    run, again, instances, dims = json.loads(python("script.py", directory=tmp_path))
    assert (again, instances, dims) == (run, 4, [2])
    assert [found.manifest.run for found in av.Store(tmp_path / "store").runs()] == [run]


@pytest.mark.slow
def test_the_python_of_the_readme_runs(
    demo_store: DemoStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".store").symlink_to(demo_store.directory)
    monkeypatch.chdir(tmp_path)
    assert EXAMPLES
    names: dict[str, Any] = {"__name__": "example"}
    for source in EXAMPLES:
        exec(compile(source, "README.md", "exec"), names)  # noqa: S102 - our own page
    run = av.open_run(demo_store.bert, store=demo_store.directory)
    assert run.tokens.instances[0] in capsys.readouterr().out
    np.testing.assert_array_equal(names["pattern"], run.pattern(3, 9, 0))
    assert names["points"].shape == (2, run.n_tokens, 2)
    assert len(names["table"]) == run.manifest.model.n_layers * run.manifest.model.n_heads
