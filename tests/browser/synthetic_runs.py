"""A small server of runs whose points lie at known coordinates, for tests of the renderer.

The identifier of a run is its shape, ``<layers>x<heads>x<tokens>``; of a run of images it is
``<layers>x<heads>x<images>of<rows>x<columns>``, with a CLS token before the patches of each. Every run has the
projections ``tsne`` (rings and clumps), ``umap`` (the same, turned by 90 degrees) and ``corners`` (queries in the upper
left, keys in the lower right quarter of the square).
"""

from __future__ import annotations

import colorsys
import functools
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
from numpy.typing import NDArray

from layouts.colors.palettes import NO_VALUE

REPOSITORY = Path(__file__).resolve().parents[2]
HARNESS = Path(__file__).with_name("renderer_harness.html")
CONTENT_TYPES = {".mjs": "text/javascript", ".html": "text/html; charset=utf-8", ".css": "text/css"}
WORDS = (
    "the",
    "cat",
    "sat",
    "on",
    "a",
    "mat",
    "while",
    "bank",
    "river",
    "of",
    "light",
    "ran",
    "over",
    "bridge",
    "and",
    "sang",
)
INSTANCE_LENGTH = 12
CATEGORIES = ("zero", "one", "two")


@dataclass(frozen=True)
class SyntheticRun:
    """Everything the data routes serve about one run."""

    meta: dict[str, Any]
    tokens: dict[str, Any]
    arrays: dict[str, NDArray[Any]]
    colors: dict[str, NDArray[np.uint8]]

    def pattern(self, layer: int, head: int, instance: int) -> NDArray[np.float32]:
        """Attention with 0.7 of it on the previous token, and the rest spread evenly."""
        offsets = self.tokens["offsets"]
        length = offsets[instance + 1] - offsets[instance]
        weights = np.full((length, length), 0.3 / length, dtype=np.float32)
        weights[np.arange(length), np.maximum(np.arange(length) - 1, 0)] += 0.7
        return weights


@functools.cache
def synthetic_run(run: str) -> SyntheticRun:
    """Make the run of a shape such as ``12x12x600``, always the same."""
    n_layers, n_heads, n_tokens, images = _shape(run)
    rng = np.random.default_rng([n_layers, n_heads, n_tokens])
    order = rng.permutation(2 * n_tokens).astype(np.uint32)
    arrays: dict[str, NDArray[Any]] = {"draw_order": order}
    for dims in (2, 3):
        for name, cloud in _clouds(n_layers, n_heads, n_tokens, dims, rng).items():
            quantized = np.round((np.clip(cloud, -1, 1) + 1) / 2 * 65535).astype(np.uint16)
            arrays[f"coords.{name}.{dims}"] = np.ascontiguousarray(quantized[:, :, order])
            arrays[f"extent.{name}.{dims}"] = np.tile(
                np.array([0] * dims + [1], dtype=np.float32), (n_layers, n_heads, 1)
            )
    arrays["query_norms"] = rng.gamma(4, 1, (n_layers, n_heads, n_tokens)).astype(np.float32)
    arrays["key_norms"] = rng.gamma(9, 1, (n_layers, n_heads, n_tokens)).astype(np.float32)
    position = np.arange(n_tokens) % INSTANCE_LENGTH
    arrays["encoding.position"] = position.astype(np.float32)
    arrays["encoding.mod3"] = (position % 3).astype(np.float32)
    noise = rng.random((n_layers, n_heads, 2 * n_tokens), dtype=np.float32)
    arrays["encoding.chance"] = noise
    colors = {
        "type": np.zeros(2 * n_tokens, np.uint8),
        "position": np.tile(np.round(position / (INSTANCE_LENGTH - 1) * 254), 2).astype(np.uint8),
        "mod3": np.tile(position % 3, 2).astype(np.uint8),
        "chance": np.ascontiguousarray(np.round(noise[:, :, order] * 254).astype(np.uint8)),
    }
    tokens = _image_tokens(*images) if images else _tokens(n_tokens)
    if images:
        arrays["pictures"] = _pictures(*images)
    meta = _meta(run, n_layers, n_heads, n_tokens, arrays)
    meta["inputs"] |= {"kind": "image" if images else "text", "n_instances": len(tokens["instances"])}
    return SyntheticRun(meta, tokens, arrays, colors)


def _shape(run: str) -> tuple[int, int, int, tuple[int, int, int] | None]:
    """Layers, heads, tokens, and for images their number and the rows and columns of patches."""
    if "of" not in run:
        n_layers, n_heads, n_tokens = (int(part) for part in run.split("x"))
        return n_layers, n_heads, n_tokens, None
    shape, _, grid = run.partition("of")
    n_layers, n_heads, images = (int(part) for part in shape.split("x"))
    rows, columns = (int(part) for part in grid.split("x"))
    return n_layers, n_heads, images * (1 + rows * columns), (images, rows, columns)


def _image_tokens(images: int, rows: int, columns: int) -> dict[str, Any]:
    names = ["CLS", *(f"patch {row},{column}" for row in range(rows) for column in range(columns))]
    return {
        "tokens": names * images,
        "texts": names * images,
        "special": [name == "CLS" for name in names] * images,
        "offsets": [len(names) * image for image in range(images + 1)],
        "instances": [f"image {image}" for image in range(images)],
        "columns": {},
        "grid": [rows, columns],
        "labels": [],
    }


def _pictures(images: int, rows: int, columns: int, side: int = 16) -> NDArray[np.uint8]:
    """Every patch in one color of its own, uint8 [images, rows * side, columns * side, 3]."""
    colors = np.random.default_rng(images).integers(0, 256, (images, rows, columns, 3)).astype(np.uint8)
    return colors.repeat(side, axis=1).repeat(side, axis=2)


def _clouds(
    n_layers: int, n_heads: int, n_tokens: int, dims: int, rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """Coordinates in -1..1 of every point of every head, by projection, in point order."""
    shape = (n_layers, n_heads, n_tokens)
    angle = np.arange(n_tokens) % INSTANCE_LENGTH / INSTANCE_LENGTH * 2 * np.pi
    phase = rng.random((n_layers, n_heads, 1)) * 2 * np.pi
    radius = 0.35 + 0.5 * rng.random((n_layers, n_heads, 1)) + 0.06 * rng.standard_normal(shape)
    centers = rng.uniform(-0.7, 0.7, (n_layers, n_heads, 7, dims))
    member = rng.integers(0, 7, n_tokens)
    queries = np.zeros((*shape, dims))
    queries[..., 0] = radius * np.cos(angle + phase)
    queries[..., 1] = radius * np.sin(angle + phase)
    if dims == 3:
        queries[..., 2] = 0.5 * np.sin(2 * (angle + phase)) + 0.04 * rng.standard_normal(shape)
    keys = np.take_along_axis(centers, np.broadcast_to(member[:, None], (*shape, 1)), axis=2)
    keys = keys + 0.09 * rng.standard_normal((*shape, dims))
    rings = np.clip(np.concatenate([queries, keys], axis=2), -1, 1)
    turned = rings.copy()
    turned[..., 0], turned[..., 1] = -rings[..., 1], rings[..., 0]
    corners = 0.3 * rng.uniform(-1, 1, (n_layers, n_heads, 2 * n_tokens, dims))
    corners[:, :, :n_tokens, :2] += (-0.6, 0.6)
    corners[:, :, n_tokens:, :2] += (0.6, -0.6)
    return {"tsne": rings, "umap": turned, "corners": corners}


def _tokens(n_tokens: int) -> dict[str, Any]:
    rng = np.random.default_rng(n_tokens)
    words = [WORDS[i] for i in rng.integers(0, len(WORDS), n_tokens)]
    words[0] = "first"
    offsets = [*range(0, n_tokens, INSTANCE_LENGTH), n_tokens]
    instances = [" ".join(words[a:b]) for a, b in pairwise(offsets)]
    return {
        "tokens": words,
        "texts": [f" {word}" for word in words],
        "special": [False] * n_tokens,
        "offsets": offsets,
        "instances": instances,
        "columns": {},
        "grid": None,
    }


def _meta(run: str, n_layers: int, n_heads: int, n_tokens: int, arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
    kv = {"n_layers": n_layers, "n_heads": n_heads, "n_kv_heads": n_heads, "d_head": 8, "causal": False}
    return {
        "run": run,
        "name": f"Synthetic {run}",
        "model": {"id": "synthetic", "revision": "0", "library": "none", **kv},
        "inputs": {"name": "words", "kind": "text", "n_instances": n_tokens // INSTANCE_LENGTH, "n_tokens": n_tokens},
        "masks": ["full"] * n_layers,
        "sinkLogits": [False] * n_layers,
        "nTokens": n_tokens,
        "projections": [{"name": name, "label": name, "dims": [2, 3]} for name in ("tsne", "umap", "corners")],
        "encodings": [
            _encoding("type", "type", {"query": ["#5fb96c"], "key": ["#e3378f"]}),
            _encoding("position", "sequential", {"query": _ramp(0.33), "key": _ramp(0.91)}, high=INSTANCE_LENGTH - 1),
            _encoding(
                "mod3",
                "categorical",
                {"query": ["#ff0000", "#00ff00", "#0000ff"], "key": ["#880000", "#008800", "#000088"]},
            ),
            _encoding("chance", "sequential", {"query": _ramp(0.6), "key": _ramp(0.1)}, per_head=True),
        ],
        "metrics": [],
        "arrays": {
            name: {
                "dtype": array.dtype.name,
                "shape": list(array.shape),
                "sha256": hashlib.sha256(name.encode()).hexdigest(),
            }
            for name, array in arrays.items()
        },
    }


def _encoding(
    name: str, kind: str, palette: dict[str, list[str]], *, high: float = 1.0, per_head: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "by_layout": False,
        "label": name.capitalize(),
        "kind": kind,
        "description": f"Colors by {name}.",
        "per_head": per_head,
        "low": 0.0,
        "high": high,
        "low_label": "low",
        "high_label": "high",
        "categories": list(CATEGORIES) if kind == "categorical" else [],
        "palettes": {
            "standard": {**palette, "none": NO_VALUE},
            "safe": {"query": ["#0072b2"] * 255, "key": ["#d55e00"] * 255, "none": NO_VALUE},
        },
    }


def _ramp(hue: float) -> list[str]:
    shades = (colorsys.hls_to_rgb(hue, 0.88 - 0.65 * i / 254, 0.6) for i in range(255))
    return ["#" + "".join(f"{round(255 * part):02x}" for part in rgb) for rgb in shades]


class _Handler(BaseHTTPRequestHandler):
    """Serves the harness, the assets and the data routes of synthetic runs."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = [unquote(part) for part in urlsplit(self.path).path.strip("/").split("/")]
        match parts:
            case ["harness.html"]:
                self._send(HARNESS.read_bytes(), CONTENT_TYPES[".html"])
            case ["assets", *rest] if ".." not in rest:
                path = REPOSITORY.joinpath("assets", *rest)
                self._send(path.read_bytes(), CONTENT_TYPES[path.suffix], cached=True)
            case ["data", run, *rest]:
                self._data(synthetic_run(run), rest)
            case _:
                self._refuse()

    def _data(self, run: SyntheticRun, rest: list[str]) -> None:
        match rest:
            case ["run.json"]:
                self._send(json.dumps(run.meta).encode(), "application/json")
            case ["tokens.json"]:
                self._send(json.dumps(run.tokens).encode(), "application/json")
            case ["array", name] if name in run.arrays:
                self._send(run.arrays[name].tobytes())
            case ["array", name, layer, head] if name in run.arrays:
                self._send(run.arrays[name][int(layer), int(head)].tobytes())
            case ["colors", name] if name in run.colors:
                self._send(run.colors[name].tobytes())
            case ["pattern", layer, head, instance]:
                self._send(run.pattern(int(layer), int(head), int(instance)).tobytes())
            case _:
                self._refuse()

    def _send(
        self, body: bytes, content_type: str = "application/octet-stream", status: int = 200, *, cached: bool = False
    ) -> None:
        self.send_response(status)
        if cached:
            self.send_header("Cache-Control", "max-age=3600")
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self) -> None:
        self._send(json.dumps({"error": "There is no such part of this run."}).encode(), "application/json", 404)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@contextmanager
def serve_synthetic_runs() -> Iterator[str]:
    """Serve until the block ends; yield the server's URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
