"""The package: dependencies that agree with the requirement files, and a wheel that works outside a checkout."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from packaging.requirements import Requirement

import precompute
from precompute.store.store import Store
from tests.support.served_app import ROOT, served_app
from tests.support.small_run import small_run

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = ("app", "callbacks", "layouts", "precompute")


def lines_of(file: str) -> set[str]:
    """Return the requirements of a file and of the files that it names."""
    found: set[str] = set()
    for line in (ROOT / file).read_text("utf-8").splitlines():
        requirement = line.partition("#")[0].strip()
        if requirement.startswith("-r "):
            found |= lines_of(requirement.removeprefix("-r ").strip())
        elif requirement:
            found.add(requirement)
    return found


def dependencies_of(*extras: str) -> set[str]:
    """Return the dependencies of the project with extras and with the extras that those name."""
    found = set(PROJECT["project"]["dependencies"])
    for extra in extras:
        for line in PROJECT["project"]["optional-dependencies"][extra]:
            requirement = Requirement(line)
            own = requirement.name == PROJECT["project"]["name"]
            found |= dependencies_of(*requirement.extras) if own else {line}
    return found


@pytest.mark.parametrize(
    ("file", "extras"),
    [("requirements-serve.txt", ()), ("requirements.txt", ("build",)), ("requirements-dev.txt", ("dev",))],
)
def test_requirement_files_agree_with_the_project(file: str, extras: tuple[str, ...]) -> None:
    assert lines_of(file) == dependencies_of(*extras)


def test_the_cluster_needs_what_the_tests_of_it_need() -> None:
    assert dependencies_of("build") < dependencies_of("cluster") < dependencies_of("dev")


def test_the_build_backend_is_the_one_that_development_installs() -> None:
    (backend,) = PROJECT["build-system"]["requires"]
    assert backend in lines_of("requirements-dev.txt")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(directory)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = directory.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed") / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*pip, "--target", str(target), str(wheel)], check=True, capture_output=True, timeout=120)
    return target


def attentionviz(site: Path, *arguments: str) -> str:
    """Return what the installed console script prints, away from the checkout."""
    done = subprocess.run(
        [str(site / "bin" / "attentionviz"), *arguments],
        cwd=site.parent,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def files_below(folder: str) -> set[str]:
    listed = subprocess.run(["git", "ls-files", folder], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {line for line in listed.splitlines() if (ROOT / line).exists()}


def test_the_wheel_holds_the_packages_their_data_and_the_assets_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    packages = set().union(*(files_below(package) for package in PACKAGES))
    assets = {f"app/{name}" for name in files_below("assets")}
    assert names >= packages | assets | {"attentionviz.py"}
    assert {name.partition("/")[0] for name in names} == {*PACKAGES, "attentionviz.py"}
    assert "app/assets/attentionviz.mjs" in assets
    assert "precompute/data/tiny-gpt2/model.safetensors" in packages


def test_the_wheel_has_the_version_of_the_package(wheel: Path, site: Path) -> None:
    (metadata,) = site.glob("*.dist-info/METADATA")
    version = re.search(r"^Version: (.*)$", metadata.read_text("utf-8"), re.MULTILINE)
    assert version is not None
    assert version[1] == precompute.__version__
    assert wheel.name.startswith(f"attentionviz_dash-{precompute.__version__}-py3-none-any")


def test_the_installed_script_has_every_command_and_serve(site: Path) -> None:
    assert {preset["name"] for preset in json.loads(attentionviz(site, "presets", "--json"))} >= {"minilm", "tiny-vit"}
    assert re.search(r"^  serve  ", attentionviz(site, "--help"), re.MULTILINE)
    assert attentionviz(site, "serve", "--help").startswith("usage: attentionviz serve [-h] [--host HOST]")


def test_an_installed_application_serves_a_run_and_its_assets(site: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    with Store(store) as opened:
        planted = small_run(opened)
    listed = json.loads(attentionviz(site, "list", "--json", "--store", str(store)))
    assert [run["run"] for run in listed] == [planted.manifest.run]
    script = (str(site / "bin" / "attentionviz"), "serve")
    with served_app(store, program=script, directory=tmp_path, PYTHONPATH=str(site)) as address:
        health = json.load(urlopen(f"{address}health", timeout=30))  # noqa: S310 - this computer
        assert health == {"status": "ok", "runs": 1, "version": precompute.__version__}
        for asset in ("attentionviz.mjs", "bridge.js"):
            served = urlopen(f"{address}assets/{asset}", timeout=30).read()  # noqa: S310 - this computer
            assert served == (site / "app" / "assets" / asset).read_bytes() == (ROOT / "assets" / asset).read_bytes()


def test_the_installed_application_is_not_the_one_of_the_checkout(site: Path) -> None:
    printed = subprocess.run(
        [sys.executable, "-c", "import app.factory; print(app.factory.ASSETS)"],
        cwd=site.parent,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout
    assert Path(printed.strip()) == site / "app" / "assets"


def test_the_console_script_is_declared() -> None:
    assert PROJECT["project"]["scripts"] == {"attentionviz": "attentionviz:main"}
