"""While the model runs in its process, kernels are made ready in this one: laying out heads then compiles nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any
from unittest.mock import patch

import pytest
from numba.core.dispatcher import Dispatcher

from precompute.build import BuildRequest, ExecutionOptions, build, pipeline
from precompute.build.warm_up import kernels_loading
from precompute.format.manifest import LayoutKey, Recipe
from precompute.projections import kernels
from precompute.store.store import Store

ROOT = Path(__file__).resolve().parents[4]
PROGRAM = "import sys; from tests.unit.precompute.build.test_warm_up import report; report(sys.argv[1])"


def compiled() -> dict[str, int]:
    """Count the versions of every kernel that this process has at hand."""
    modules = [import_module(f"{kernels.__name__}.{found.name}") for found in iter_modules(kernels.__path__)]
    dispatchers = {name: kernel for module in modules for name, kernel in vars(module).items()}
    return {name: len(kernel.signatures) for name, kernel in dispatchers.items() if isinstance(kernel, Dispatcher)}


def report(store: str) -> None:
    """Build in a process that has no kernels yet; print what was there before and after heads were laid out."""
    counts = []

    def counting(*arguments: Any, **named: Any) -> None:
        counts.append(compiled())
        lay_out(*arguments, **named)
        counts.append(compiled())

    lay_out = pipeline.lay_out_heads
    with patch.object(pipeline, "lay_out_heads", counting), Store(Path(store)) as opened:
        build(BuildRequest("tiny-gpt2", "tiny-words", recipe=Recipe(limit=8)), opened, ExecutionOptions(1))
    sys.stdout.write(json.dumps(counts))


def test_heads_find_every_kernel_that_they_need(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "store")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    before, after = json.loads(done.stdout)
    assert sum(before.values()) >= 10
    assert after == before


def test_an_error_of_the_block_is_not_held_up() -> None:
    with pytest.raises(KeyError), kernels_loading((LayoutKey("pca", 2),)):
        raise KeyError


def test_what_cannot_be_laid_out_is_left_to_the_heads_themselves() -> None:
    with kernels_loading((LayoutKey("no such projection", 2),)):
        pass
