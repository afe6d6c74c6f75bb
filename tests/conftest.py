"""Options of the test run, and objects that are expensive to make."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from precompute.build import model_process

MODEL_LIBRARIES = ["precompute.build.run_model", "precompute.models.transformers_text", "pytest"]


def pytest_configure() -> None:
    """Make Ctrl-C interrupt the children of the tests, even if a shell started the tests in the background.

    Such a shell has them ignore the signal, and a process that is born ignoring it does so for good.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer ``--store``."""
    parser.addoption(
        "--store", type=Path, default=None, help="keep the browser tests' runs here, and use what an earlier test kept"
    )


@pytest.fixture(scope="session", autouse=True)
def libraries_loaded_once() -> Iterator[None]:
    """Fork the processes that run models from one that has torch, instead of loading it for every build.

    They stay processes of their own, that hear and tell the same. Programs that tests start begin theirs afresh.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(MODEL_LIBRARIES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_process, "START", context)
        yield


@dataclass(frozen=True)
class DemoStore:
    """Finished runs of real models.

    Attributes
    ----------
    directory : Path
        Of the store.
    bert : str
        Run of a bidirectional model with 6 layers of 12 heads; the newest.
    gpt2 : str
        Run of a causal model.
    vit : str
        Run of a vision model with CLS and 8 x 8 patches.
    """

    directory: Path
    bert: str
    gpt2: str
    vit: str


@pytest.fixture(scope="session")
def demo_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> DemoStore:
    from tests.support.demo_store import build_demo_store  # noqa: PLC0415 - loads torch, which most tests do without

    directory = request.config.getoption("--store") or tmp_path_factory.mktemp("demo") / "store"
    return DemoStore(directory, **build_demo_store(directory))
