"""Data routes: runs as raw bytes for the browser's data store.

URLs carry the array's hash, so browsers cache arrays permanently.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify, request
from numpy.typing import NDArray
from werkzeug.wsgi import wrap_file

from app.run_document import run_document
from layouts.colors.bytes import color_bytes
from layouts.parts.head_notes import head_notes
from layouts.state.head_choice import head_choice
from layouts.state.resolution import resolve
from layouts.state.view_state import PATHS, ViewState
from precompute.errors import RunNotFoundError, StoreError
from precompute.format.schema import is_served
from precompute.run.catalog import Catalog
from precompute.run.metrics_csv import csv_text, metric_names, metric_rows
from precompute.run.pattern_sheet import hidden_shares, layer_patterns, pattern_sheet
from precompute.run.rollout import rollout
from precompute.run.run import Run

YEAR_SECONDS = 31_536_000
BINARY = "application/octet-stream"


class NotServedError(LookupError):
    """The run has no such array, layer, head or instance."""


class DataRoutes:
    """Routes below ``data/``."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def blueprint(self) -> Blueprint:
        """Return the routes; errors are 404 or 503 with ``{"error": sentence}``."""
        routes = Blueprint("data", __name__, url_prefix="/data")
        routes.add_url_rule("/<run>/run.json", view_func=self.document)
        routes.add_url_rule("/<run>/tokens.json", view_func=self.tokens)
        routes.add_url_rule("/<run>/array/<name>", view_func=self.array)
        routes.add_url_rule("/<run>/array/<name>/<int:layer>/<int:head>", view_func=self.head_array)
        routes.add_url_rule("/<run>/colors/<encoding>", view_func=self.colors)
        routes.add_url_rule("/<run>/pattern/<int:layer>/<int:head>/<int:instance>", view_func=self.pattern)
        routes.add_url_rule("/<run>/layer-patterns/<int:layer>/<int:instance>", view_func=self.layer_patterns)
        routes.add_url_rule("/<run>/pattern-sheet/<int:layer>/<int:instance>", view_func=self.pattern_sheet)
        routes.add_url_rule("/<run>/sink-shares/<int:layer>/<int:instance>", view_func=self.sink_shares)
        routes.add_url_rule("/<run>/rollout/<int:layer>/<int:instance>", view_func=self.rollout)
        routes.add_url_rule("/<run>/value-norms/<int:layer>/<int:head>/<int:instance>", view_func=self.value_norms)
        routes.add_url_rule("/<run>/layer-value-norms/<int:layer>/<int:instance>", view_func=self.layer_value_norms)
        routes.add_url_rule("/<run>/head-choice", view_func=self.head_choice)
        routes.add_url_rule("/<run>/head-notes", view_func=self.head_notes)
        routes.add_url_rule("/<run>/heads.csv", view_func=self.heads_csv)
        routes.add_url_rule("/<path:address>", view_func=self.nothing)
        for error, status in ((RunNotFoundError, 404), (NotServedError, 404), (StoreError, 503)):
            routes.register_error_handler(error, _answer_with(status))
        return routes

    def nothing(self, address: str) -> Response:
        """Return 404 for every other URL, which Dash would answer with a page."""
        raise NotServedError(f"There are no data at {address}.")

    def document(self, run: str) -> Response:
        """Return the run's metadata and arrays; see :func:`run_document`."""
        opened = self._catalog.open(run)
        return _document(run_document(opened))

    def tokens(self, run: str) -> Response:
        """Return all tokens and instances."""
        opened = self._catalog.open(run)
        table = opened.tokens
        document = {
            "tokens": table.tokens,
            "texts": table.texts,
            "special": table.special,
            "sinks": opened.sinks.tolist(),
            "offsets": table.offsets,
            "instances": table.instances,
            "columns": dict(table.columns),
            "grid": table.grid,
            "labels": table.labels,
        }
        return _document(document)

    def array(self, run: str, name: str) -> Response:
        """Return all bytes of an array."""
        opened = self._catalog.open(run)
        return _file(opened, name, _served(opened, name).nbytes)

    def head_array(self, run: str, name: str, layer: int, head: int) -> Response:
        """Return one head of an array whose first axes are layers and heads."""
        opened = self._catalog.open(run)
        array = _served(opened, name)
        if array.ndim < 3 or layer >= array.shape[0] or head >= array.shape[1]:
            raise NotServedError(f"The array {name} has no layer {layer} and head {head}.")
        return _bytes(array[layer, head], f"{opened.manifest.arrays[name].sha256}-{layer}-{head}")

    def colors(self, run: str, encoding: str) -> Response:
        """Return the palette index of every point."""
        opened = self._catalog.open(run)
        info = next((info for info in opened.manifest.encodings if info.name == encoding), None)
        if info is None:
            raise NotServedError(f"This run has no encoding {encoding}.")
        return _bytes(color_bytes(opened, info), f"{opened.manifest.run}-{encoding}")

    def pattern(self, run: str, layer: int, head: int, instance: int) -> Response:
        """Return the attention of one instance in one head, float32 [len, len]."""
        opened = self._catalog.open(run)
        _check(opened, layer, head, instance)
        return _bytes(opened.pattern(layer, head, instance), f"{opened.manifest.run}-{layer}-{head}-{instance}")

    def layer_patterns(self, run: str, layer: int, instance: int) -> Response:
        """Return the attention of one image in all heads of a layer, float32 [H, len, len]."""
        opened = _of_images(self._catalog.open(run))
        _check(opened, layer, 0, instance)
        return _bytes(layer_patterns(opened, layer, instance), f"{opened.manifest.run}-patterns-{layer}-{instance}")

    def pattern_sheet(self, run: str, layer: int, instance: int) -> Response:
        """Return the attention of one instance in all heads of a layer, uint8 [H, side, side]."""
        opened = self._catalog.open(run)
        _check(opened, layer, 0, instance)
        hidden = opened.sinks if request.args.get("no_sinks") == "1" else None
        tag = f"{opened.manifest.run}-sheet-{layer}-{instance}-{hidden is None}"
        return _bytes(pattern_sheet(opened, layer, instance, hidden=hidden), tag)

    def sink_shares(self, run: str, layer: int, instance: int) -> Response:
        """Return the attention of one instance on sinks in every head of a layer, float32 [H]."""
        opened = self._catalog.open(run)
        _check(opened, layer, 0, instance)
        shares = hidden_shares(opened, layer, instance, opened.sinks)
        return _bytes(shares, f"{opened.manifest.run}-sink-shares-{layer}-{instance}")

    def rollout(self, run: str, layer: int, instance: int) -> Response:
        """Return the attention rollout of one instance up to a layer, float32 [len, len]."""
        opened = self._catalog.open(run)
        _check(opened, layer, 0, instance)
        return _bytes(rollout(opened, layer, instance), f"{opened.manifest.run}-rollout-{layer}-{instance}")

    def heads_csv(self, run: str) -> Response:
        """Return the metrics of all heads, as ``heads --csv`` prints them; ``no_sinks=1`` for those without sinks."""
        opened = self._catalog.open(run)
        without_sinks = request.args.get("no_sinks") == "1"
        text = csv_text(metric_names(opened), metric_rows(opened, without_sinks=without_sinks))
        return _kept(Response(text, mimetype="text/csv"), sha256(text.encode()).hexdigest(), max_age=0)

    def head_choice(self, run: str) -> Response:
        """Return the heads that a state shows, in order, with their tints."""
        opened = self._catalog.open(run)
        asked = ViewState.from_url(PATHS["matrix"], request.query_string.decode("utf-8", "replace"))
        return _document(head_choice(opened, resolve(asked, opened.manifest)).document())

    def head_notes(self, run: str) -> Response:
        """Return a few lines on every head, for the metric that tints a state."""
        opened = self._catalog.open(run)
        asked = ViewState.from_url(PATHS["matrix"], request.query_string.decode("utf-8", "replace"))
        return _document({"notes": head_notes(opened, resolve(asked, opened.manifest))})

    def value_norms(self, run: str, layer: int, head: int, instance: int) -> Response:
        """Return the L2 norms of one instance's value vectors, float32 [len]."""
        opened = self._catalog.open(run)
        _check(opened, layer, head, instance)
        norms = opened.array("value_norms")[layer, opened.key_head(head), slice(*opened.token_range(instance))]
        return _bytes(norms, f"{opened.manifest.run}-values-{layer}-{head}-{instance}")

    def layer_value_norms(self, run: str, layer: int, instance: int) -> Response:
        """Return the L2 norms of one image's value vectors in all heads of a layer, float32 [H, len]."""
        opened = _of_images(self._catalog.open(run))
        _check(opened, layer, 0, instance)
        key_heads = [opened.key_head(head) for head in range(opened.manifest.model.n_heads)]
        norms = opened.array("value_norms")[layer, key_heads, slice(*opened.token_range(instance))]
        return _bytes(norms, f"{opened.manifest.run}-layer-values-{layer}-{instance}")


def _of_images(run: Run) -> Run:
    """Return a run of images, whose length is bounded by the model: all patterns of a long text do not fit memory."""
    if run.manifest.inputs.kind != "image":
        raise NotServedError("All patterns of a layer are served for images only; use the pattern sheet.")
    return run


def _answer_with(status: int) -> Callable[[Exception], tuple[Response, int]]:
    def answer(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), status

    return answer


def _served(run: Run, name: str) -> NDArray[np.generic]:
    if not is_served(name) or name not in run.manifest.arrays:
        raise NotServedError(f"This run has no array {name}.")
    return run.array(name)


def _check(run: Run, layer: int, head: int, instance: int) -> None:
    model, inputs = run.manifest.model, run.manifest.inputs
    if layer >= model.n_layers or head >= model.n_heads:
        raise NotServedError(f"This run has {model.n_layers} layers of {model.n_heads} heads, counted from 0.")
    if instance >= inputs.n_instances:
        raise NotServedError(f"This run has {inputs.n_instances} instances, counted from 0.")


def _document(content: dict[str, Any]) -> Response:
    """Return JSON tagged by its content, since another version of the program may write it differently."""
    response = jsonify(content)
    return _kept(response, sha256(response.get_data()).hexdigest(), max_age=0)


def _bytes(array: NDArray[np.generic], tag: str) -> Response:
    little_endian = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return _kept(Response(little_endian.tobytes(), mimetype=BINARY), tag)


def _file(run: Run, name: str, length: int) -> Response:
    """Return all bytes of an array from its file, which the system sends without a copy in memory."""
    response = _kept(Response(mimetype=BINARY, direct_passthrough=True), run.manifest.arrays[name].sha256)
    if response.status_code == 200:
        response.content_length = length
        if request.method == "GET":
            response.response = wrap_file(request.environ, run.array_file(name))
    return response


def _kept(response: Response, tag: str, max_age: int = YEAR_SECONDS) -> Response:
    response.set_etag(tag)
    response.cache_control.private = True
    response.cache_control.max_age = max_age
    response.cache_control.immutable = max_age > 0
    response.make_conditional(request)
    return response
