"""The documentation and the code name the same things."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import typer
from dash import Dash

from app.data_routes import DataRoutes
from app.settings import Settings
from layouts.state.view_state import ViewState
from precompute.attention.head import Head
from precompute.cli.app import app as command_line
from precompute.embedding.joint import joint_embedding
from precompute.encodings.registry import ENCODINGS, EncodingSource, encodings_of
from precompute.findings.find import find_heads
from precompute.findings.registry import FINDINGS
from precompute.format.manifest import Manifest, Recipe, TokenTable
from precompute.format.schema import ARRAYS, optional_arrays, required_arrays
from precompute.inputs.load import BUILTIN
from precompute.metrics.registry import METRICS, AttentionView
from precompute.models import registry as models
from precompute.models.families.transformers_vision import VISION_TOWERS
from precompute.models.presets import PRESETS
from precompute.projections.head_space import HeadSpace
from precompute.projections.registry import PROJECTIONS
from precompute.registry import Registry
from precompute.run.catalog import Catalog
from precompute.store.store import Store
from precompute.tokens.features import TokenFeatures
from scripts.docs_pictures import OUT, PICTURES, RUNS, runs_of_pictures
from scripts.docs_tables import with_tables
from tests.contract.tiny_text import FAMILIES
from tests.support.small_run import small_run

ROOT = Path(__file__).resolve().parents[2]
README, CONTRIBUTING, GUIDE, ARCHITECTURE, OPERATIONS = (
    ROOT / name
    for name in ("README.md", "CONTRIBUTING.md", "docs/guide.md", "docs/architecture.md", "docs/operations.md")
)
PAGES = (README, CONTRIBUTING, GUIDE, ARCHITECTURE, OPERATIONS, *sorted((ROOT / "docs" / "adr").glob("*.md")))
PACKAGES = ("app", "callbacks", "layouts", "precompute", "scripts")
COMMANDS: Mapping[str, Any] = typer.main.get_command(command_line).commands  # type: ignore[attr-defined]

CODE = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def table_below(page: Path, heading: str) -> list[list[str]]:
    """Rows of the table whose first heading is this one, without the heading."""
    lines = iter(text_of(page).splitlines())
    for line in lines:
        if line.startswith(f"| {heading} |"):
            next(lines)
            return [[cell.strip() for cell in row.strip("|").split("|")] for row in _while_table(lines)]
    raise AssertionError(f"{page.name} has no table with the heading {heading}")


def _while_table(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("|"):
            return
        yield line


def names_in(cell: str) -> list[str]:
    return CODE.findall(cell)


def first_column(page: Path, heading: str) -> list[str]:
    return [name for row in table_below(page, heading) for name in names_in(row[0])]


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    return small_run(Store(tmp_path)).manifest


def test_readme_names_every_command_and_no_other() -> None:
    examples = re.findall(r"python -m precompute (\w+)", text_of(README) + text_of(GUIDE) + text_of(CONTRIBUTING))
    named = {*examples, *first_column(README, "command")}
    assert named == set(COMMANDS)


def test_readme_lists_the_options_of_build() -> None:
    options = {option: parameter for parameter in COMMANDS["build"].params for option in parameter.opts}
    assert first_column(README, "option") == list(options)
    recipe = Recipe()
    defaults = {row[0].strip("`"): row[2].strip("`") for row in table_below(README, "option")}
    assert defaults["--projections"] == ",".join(recipe.projections) == options["--projections"].default
    assert defaults["--quality"] == recipe.quality == options["--quality"].default
    assert defaults["--seed"] == str(recipe.seed)
    assert defaults["--store"] == str(options["--store"].default) == str(Settings().store)
    assert [name for name, default in defaults.items() if default == "needed"] == [
        name for name, parameter in options.items() if parameter.required
    ]


def test_readme_lists_every_preset() -> None:
    assert sorted(first_column(README, "preset")) == sorted(preset.name for preset in PRESETS)


def test_readme_lists_the_families_that_the_contract_holds() -> None:
    listed = text_of(README).partition("\nText: ")[2].partition("Other models are rejected")[0]
    text, vision = (re.sub(r"[^a-z0-9]", "", part.lower()) for part in listed.split("\nVision: "))
    towers = {re.sub(r"(?<=.)(Vision|WithRegisters|ViT)?Model$", "", name).lower() for name in VISION_TOWERS.values()}
    assert {name.replace("_", "") for name in FAMILIES if name.replace("_", "") not in text} == set()
    assert {name for name in towers if name not in vision} == set()


def test_operations_list_the_environment() -> None:
    class Asked(dict[str, str]):
        names: ClassVar[set[str]] = set()

        def get(self, name: str, default: Any = None) -> Any:
            self.names.add(name)
            return default

    asked = Asked()
    Settings.from_environment(asked)
    of_commands = {str(p.envvar) for command in COMMANDS.values() for p in command.params if p.envvar}
    assert set(first_column(OPERATIONS, "variable")) == asked.names | of_commands


def test_other_variables_are_read_somewhere() -> None:
    sources = "".join(text_of(path) for package in (*PACKAGES, "tests") for path in (ROOT / package).rglob("*.py"))
    sources += text_of(ROOT / "Makefile")
    for page in PAGES:
        for name in re.findall(r"\b(?:ATTENTIONVIZ|DASH)_[A-Z_]+", text_of(page)):
            assert name in sources, f"{page.name} names {name}"


def test_make_targets() -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", text_of(ROOT / "Makefile"), re.MULTILINE)
    assert sorted(first_column(CONTRIBUTING, "target")) == sorted(f"make {target}" for target in targets)
    for page in PAGES:
        used = re.findall(r"(?:^|`|[A-Z]=\S+ )make ([a-z-]+)", text_of(page), re.MULTILINE)
        assert set(used) <= set(targets), page.name


def test_the_guides_tables_are_those_of_the_registries() -> None:
    assert text_of(GUIDE) == with_tables(text_of(GUIDE)), "run make docs-tables"


def test_guide_explains_every_projection() -> None:
    assert sorted(first_column(GUIDE, "projection")) == sorted(PROJECTIONS.all())


def test_guide_explains_every_encoding() -> None:
    table = TokenTable(("a", "b"), ("a", "b"), (False, False), (0, 2), ("a b",))
    norms = np.ones((1, 1, 2), np.float32)
    labels = [info.label for info, _ in encodings_of(EncodingSource(table, norms, norms))]
    assert [row[0] for row in table_below(GUIDE, "color")][: len(labels)] == labels


def test_guide_lists_what_an_address_holds() -> None:
    assert first_column(GUIDE, "in the address") == [name for name in ViewState().as_dict() if name != "view"]


def test_built_in_inputs_are_described() -> None:
    assert set(BUILTIN) <= set(CODE.findall(text_of(GUIDE)))


def test_architecture_lists_the_arrays_of_a_run() -> None:
    rows = [f"| `{spec.pattern}` | {spec.dtype} {spec.shape} | {spec.meaning} |" for spec in ARRAYS]
    table = ["| array | dtype, shape | meaning |", "|---|---|---|", *rows]
    assert "\n".join(table) + "\n\n" in text_of(ARCHITECTURE), "the table should be:\n" + "\n".join(table)


def test_every_array_of_a_run_is_in_the_table(manifest: Manifest) -> None:
    expected = {**required_arrays(manifest), **optional_arrays(manifest)}
    for name, info in manifest.arrays.items():
        assert name in expected, name
        assert info.dtype == expected[name].dtype, name


def test_architecture_lists_the_data_routes(tmp_path: Path) -> None:
    app = Dash("documented")
    before = {rule.rule for rule in app.server.url_map.iter_rules()}
    app.server.register_blueprint(DataRoutes(Catalog(Store(tmp_path))).blueprint())
    routes = {rule.rule for rule in app.server.url_map.iter_rules()} - before
    listed = {name for name in first_column(ARCHITECTURE, "`GET`") if name.startswith("data/")}
    assert listed == {route.replace("<int:", "<").lstrip("/") for route in routes if "<path:" not in route}


def test_index_lists_every_decision() -> None:
    index = ROOT / "docs" / "adr" / "README.md"
    linked = re.findall(r"\((\d{4}-[\w-]+\.md)\)", text_of(index))
    assert linked == sorted(path.name for path in index.parent.glob("[0-9]*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    for pair in LINK.findall(text_of(page)):
        target = (pair[0] or pair[1]).partition("#")[0]
        if target and "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_picture_is_made_and_shown() -> None:
    shown = {Path(a or b).name for page in PAGES for a, b in LINK.findall(text_of(page)) if (a or b).endswith(".png")}
    assert shown == {f"{picture.name}.png" for picture in PICTURES}
    assert {path.name for path in OUT.iterdir()} == shown | {RUNS}


def test_all_pictures_of_a_model_show_one_run() -> None:
    runs = runs_of_pictures(OUT)
    assert set(runs) == {picture.name for picture in PICTURES}
    for model in {picture.model for picture in PICTURES}:
        assert len({runs[picture.name] for picture in PICTURES if picture.model == model}) == 1, model


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py" and ast.get_docstring(ast.parse(text_of(path))) is None
    ]
    assert silent == []


def run_example(heading: str) -> None:
    """Run the Python example of a section of CONTRIBUTING."""
    section = text_of(CONTRIBUTING).partition(f"### {heading}\n")[2].partition("\n#")[0]
    ((_, source),) = [block for block in BLOCK.findall(section) if block[0] == "python"]
    exec(compile(source, CONTRIBUTING.name, "exec"), {"__name__": "example"})  # noqa: S102 - our own page


def emptied(registry: Registry[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the entries of the package, once all of them are registered."""
    registry.all()
    monkeypatch.setattr(registry, "_entries", {})
    monkeypatch.setattr(registry, "_modules", {})


def test_example_of_a_model_family_works(monkeypatch: pytest.MonkeyPatch) -> None:
    emptied(models.FAMILIES, monkeypatch)
    run_example("A model family")
    assert models.family_of({"library": "mine"}).name == "mine"


def test_example_of_a_finding_works(monkeypatch: pytest.MonkeyPatch) -> None:
    emptied(FINDINGS, monkeypatch)
    run_example("A finding")
    (found,) = find_heads({"two_back": np.float32([[0.6, 0.4]])}, "text")
    assert (found.kind.title, len(found.heads)) == ("Two back", 1)


def test_example_of_a_projection_works(monkeypatch: pytest.MonkeyPatch) -> None:
    emptied(PROJECTIONS, monkeypatch)
    run_example("A projection")
    (projection,) = PROJECTIONS.all().values()
    queries, keys = np.random.default_rng(0).normal(size=(2, 6, 4)).astype(np.float32)
    joint = joint_embedding(queries, keys).vectors
    offsets, positions = np.array([0, 6], np.int32), np.arange(6, dtype=np.int32)
    space = HeadSpace(Head(queries, keys, 0.5, False, offsets, positions), joint)
    assert projection.function(space, 3).shape == (12, 3)
    np.testing.assert_array_equal(projection.function(space, 2), projection.function(space, 2))


def test_example_of_an_encoding_works(monkeypatch: pytest.MonkeyPatch) -> None:
    emptied(ENCODINGS, monkeypatch)
    run_example("An encoding")
    table = TokenTable(("ba", "##nana"), ("ba", "nana"), (False, False), (0, 2), ("banana",))
    norms = np.ones((1, 1, 2), np.float32)
    ((info, values),) = encodings_of(EncodingSource(table, norms, norms))
    assert (info.low, info.high, values.tolist()) == (0, 2, [1, 2])


def test_example_of_a_metric_works(monkeypatch: pytest.MonkeyPatch) -> None:
    emptied(METRICS, monkeypatch)
    run_example("A metric of heads")
    (metric,) = METRICS.all().values()
    tokens = TokenFeatures(np.arange(6), np.zeros(6, bool), np.zeros(6, bool), np.arange(6))
    norms = np.ones((1, 6), np.float32)
    visible = np.tri(6, dtype=bool)[None]
    for offset, score in ((2, 1.0), (1, 0.0)):
        pattern = np.eye(6, k=-offset, dtype=np.float32)[None]
        reached = metric.finish(metric.measure(AttentionView(pattern, visible, tokens, norms, norms)))
        assert (reached[0] == score) if score else (reached[0] < 0)


def test_contributing_starts_at_files_that_exist() -> None:
    named = {name for row in table_below(CONTRIBUTING, "to add or change") for name in names_in(row[1])}
    checks = {word for row in table_below(CONTRIBUTING, "to add or change") for word in row[2].strip("`").split()}
    paths = named | {word.strip("`,") for word in checks if "/" in word and not word.strip("`").startswith(".venv")}
    assert {path for path in paths if not (ROOT / path).exists()} == set()


def test_architecture_names_every_folder() -> None:
    listed = {name.strip("/") for name in first_column(ARCHITECTURE, "folder")}
    folders = {
        path.parent.relative_to(ROOT).as_posix()
        for package in ("app", "callbacks", "layouts", "precompute")
        for path in (ROOT / package).glob("*/*.py" if package in {"layouts", "precompute"} else "*.py")
    }
    folders |= {path.parent.relative_to(ROOT).as_posix() for path in (ROOT / "assets" / "js").glob("*/*.mjs")}
    assert folders - listed == set()
