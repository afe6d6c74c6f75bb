"""Take the pictures of README and guide from the demo runs, in a headless Chromium.

python -m scripts.docs_pictures --store .store

Heads are selected by metric and sentences by their words, so pictures match their text after runs are rebuilt.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any, Literal

import numpy as np
from playwright.sync_api import Page, sync_playwright
from waitress import create_server

from app.factory import create_app
from app.settings import Settings
from layouts.state.view_state import ViewState
from precompute.errors import UserError
from precompute.run.catalog import Catalog
from precompute.run.run import Run
from precompute.store.store import Store
from scripts.ensure_browser import system_chromium
from scripts.png_palette import with_palette

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "pictures"
RUNS = "runs.json"
"""File with the run of each picture: pictures of one model should show one run."""
WIDTH, HEIGHT = 1440, 900
THREADS = 16
"""More than a browser's parallel requests, so that none waits."""
BROWSER_ARGUMENTS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
READY = "() => window.attentionviz?.state().ready"
PATIENCE_MS = 120_000
SETTLED_MS = 700
"""Duration of the camera's move when a head opens."""


class NotShownError(UserError):
    """The runs of the store lack what a picture shows."""


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes
    ----------
    name : str
        File name without its ending.
    model : str
        Its newest run is shown.
    metric : str or None
        Selects the head where it is highest; None shows all heads.
    rank : int
        0 selects the highest, 1 the second.
    sentence : str or None
        Beginning of the selected sentence, or of the selected image's name.
    word : str or None
        Selected word of that sentence, its last occurrence; or the patch.
    view : dict
        Further fields of the view state.
    wheel : float
        Pixels of forward wheel movement at the center.
    part : str or None
        Test id of the captured element; None captures the page.
    hits : bool
        Whether search hits become a group, and are measured.
    height : int
        Of the window in pixels.
    """

    name: str
    model: str
    metric: str | None = None
    rank: int = 0
    sentence: str | None = None
    word: str | None = None
    view: dict[str, Any] = field(default_factory=dict)
    dark: bool = False
    form: Literal["lines", "matrix"] = "lines"
    wheel: float = 0.0
    part: str | None = None
    hits: bool = False
    height: int = HEIGHT


SENTENCE = "The bark of the birch"
NAMES = "Clara Weber painted"
LONG = "Water boils at 100"
COPY = "gave painted followed bird"
PHOTO = "china"
PATCH = "patch 2,3"
FLOWS = {"image_mode": "flows"}
HEAT = {"view": "instance", "image_mode": "attention"}
ROLLOUT = {"view": "instance", "image_mode": "rollout"}

PICTURES = (
    Picture("matrix", "minilm"),
    Picture("matrix-dark", "minilm", dark=True),
    Picture("matrix-3d", "minilm", view={"dims": 3, "color": "position"}),
    Picture("matrix-search", "minilm", view={"search": "bank, bat, bark"}),
    Picture("matrix-tint", "minilm", view={"tint": "first_token"}),
    Picture("matrix-sorted", "minilm", view={"tint": "previous_token", "strongest": 12, "color": "position"}),
    Picture("matrix-without-sinks", "minilm", view={"tint": "previous_token", "color": "position", "no_sinks": True}),
    Picture("cards", "minilm", part="findings"),
    Picture("heads", "minilm", view={"view": "heads"}),
    Picture("atlas", "minilm", view={"view": "heads", "no_sinks": True}, part="atlas", height=1060),
    Picture("head", "minilm", "previous_token", sentence=SENTENCE, word="birch"),
    Picture("head-dark", "minilm", "previous_token", sentence=SENTENCE, word="birch", dark=True),
    Picture("head-3d", "minilm", "next_token", rank=1, view={"dims": 3, "color": "position"}),
    Picture("head-norm", "minilm", "sink", view={"color": "norm", "norm": True}),
    Picture("head-zoom", "minilm", "duplicate_token", wheel=700),
    Picture("sentence", "minilm", "duplicate_token", sentence=NAMES, word="clara", view={"view": "instance"}),
    Picture("sentence-long", "minilm", "next_token", sentence=LONG, view={"view": "instance"}, form="matrix"),
    Picture("aggregate", "minilm", "next_token", sentence=SENTENCE, view={"view": "instance"}, part="aggregate-view"),
    Picture("spiral", "minilm", "next_token", rank=1, view={"color": "position", "no_sinks": True}),
    Picture("clumps", "minilm", "previous_token", view={"color": "position-mod-5"}),
    Picture("duplicates", "minilm", "duplicate_token", view={"search": "clara, ben, lena, omar, mia"}),
    Picture("groups", "minilm", "duplicate_token", view={"search": "clara, ben, lena, omar, mia"}, hits=True),
    Picture("induction", "tiny-gpt2", "probe.induction", sentence=COPY, word="frank", view={"no_sinks": True}),
    Picture("sink", "minilm", "sink", sentence=SENTENCE, word="birch"),
    Picture("sink-taken-out", "minilm", "sink", sentence=SENTENCE, word="birch", view={"no_sinks": True}),
    Picture("hue", "tiny-vit", "hue", view={"color": "hue", "projection": "pca"}),
    Picture("brightness", "tiny-vit", "brightness", view={"color": "brightness", "projection": "pca"}),
    Picture("image-matrix", "tiny-vit"),
    Picture("image-highest", "tiny-vit", "brightness", sentence=PHOTO, word=PATCH),
    Picture("image-flows", "tiny-vit", "brightness", sentence=PHOTO, word=PATCH, view=FLOWS, dark=True),
    Picture("image-hue", "tiny-vit", "hue", sentence="hue mosaic", word=PATCH, view=HEAT),
    Picture("image-brightness", "tiny-vit", "brightness", sentence="brightness mosaic", word=PATCH, view=HEAT),
    Picture("image-rollout", "tiny-vit", "cls", rank=1, sentence="flower", word="CLS", view=ROLLOUT),
)


def main(arguments: Sequence[str]) -> int:
    """Take all pictures; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.docs_pictures", description="Make the documentation's pictures."
    )
    parser.add_argument("--store", type=Path, default=Path(".store"), help="with the demo runs (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=OUT, help="directory of the pictures (default: docs/pictures)")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="pictures to make (default: all)")
    given = parser.parse_args(arguments)
    try:
        given.out.mkdir(parents=True, exist_ok=True)
        catalog = Catalog(Store(given.store, read_only=True))
        with served(given.store, catalog) as address, browser_page() as page:
            runs = runs_of_pictures(given.out)
            for picture in (picture for picture in PICTURES if not given.only or picture.name in given.only):
                (given.out / f"{picture.name}.png").write_bytes(with_palette(taken(page, address, picture, catalog)))
                runs[picture.name] = state_of(picture, catalog).run
                print(picture.name, flush=True)
            (given.out / RUNS).write_text(json.dumps(runs, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def runs_of_pictures(directory: Path) -> dict[str, str]:
    """Return the run of each picture; empty without pictures."""
    path = directory / RUNS
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


@contextmanager
def served(store: Path, catalog: Catalog) -> Iterator[str]:
    """Serve the runs on a free port while the context lasts; yield the URL without a trailing slash."""
    application = create_app(Settings(store=store, read_only=True), catalog)
    server = create_server(application.server, host="127.0.0.1", port=0, threads=THREADS)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(timeout=5)


@contextmanager
def browser_page() -> Iterator[Page]:
    """Open a page in a fresh browser profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=BROWSER_ARGUMENTS)
        try:
            yield browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=1)
        finally:
            browser.close()


def taken(page: Page, address: str, picture: Picture, catalog: Catalog) -> bytes:
    """Take one picture; return PNG bytes."""
    page.emulate_media(color_scheme="dark" if picture.dark else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": WIDTH, "height": picture.height})
    page.goto(address + state_of(picture, catalog).href)
    settle(page)
    if picture.form == "matrix":
        page.get_by_test_id("sentence-form").get_by_text("Matrix").click()
        settle(page)
    if picture.hits:
        page.get_by_test_id("groups").click()
        page.get_by_test_id("hits-to-a").click()
        page.get_by_test_id("group-numbers").get_by_role("table").wait_for()
        page.mouse.move(0, 0)
    if picture.wheel:
        page.get_by_test_id("single-canvas").hover()
        page.mouse.wheel(0, -picture.wheel)
        page.mouse.move(0, 0)
        settle(page)
    shown = page.get_by_test_id(picture.part) if picture.part else page
    return shown.screenshot(animations="disabled")


def settle(page: Page) -> None:
    """Wait until drawing and animation have finished."""
    page.wait_for_function(READY, timeout=PATIENCE_MS)
    page.wait_for_timeout(SETTLED_MS)


def state_of(picture: Picture, catalog: Catalog) -> ViewState:
    """Return the view state of a picture.

    Raises
    ------
    NotShownError
        The store has no run of the model, or the run no such sentence or token.
    """
    manifest = next((manifest for manifest in catalog.runs() if manifest.model.id == picture.model), None)
    if manifest is None:
        raise NotShownError(f"The store has no run of {picture.model}: build the demo runs with make demo-data.")
    run = catalog.open(manifest.run)
    state = ViewState(view="head" if picture.metric else "matrix", run=manifest.run)
    if picture.metric:
        layer, head = highest(run, picture.metric, picture.rank)
        state = state.with_changes(layer=layer, head=head)
    if picture.sentence:
        instance = instance_of(run, picture.sentence)
        state = state.with_changes(instance=instance)
        if picture.word:
            state = state.with_changes(token=last_token(run, instance, picture.word))
    return state.with_changes(**picture.view)


def highest(run: Run, metric: str, rank: int) -> tuple[int, int]:
    """Return layer and head of the highest value of a metric, or of the second (rank 1), and so on."""
    values = np.nan_to_num(run.metric(metric), nan=-np.inf)
    layer, head = np.unravel_index(np.argsort(-values, axis=None, kind="stable")[rank], values.shape)
    return int(layer), int(head)


def instance_of(run: Run, beginning: str) -> int:
    """Return the first sentence that begins so."""
    for instance, sentence in enumerate(run.tokens.instances):
        if sentence.startswith(beginning):
            return instance
    raise NotShownError(f"No sentence of the run {run.manifest.run} begins with {beginning!r}.")


def last_token(run: Run, instance: int, text: str) -> int:
    """Return the position of a token's last occurrence in its sentence."""
    start, end = run.token_range(instance)
    positions = [i for i, token in enumerate(run.tokens.texts[start:end]) if token.strip() == text]
    if not positions:
        raise NotShownError(f"Sentence {instance} of the run {run.manifest.run} has no token {text!r}.")
    return positions[-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
