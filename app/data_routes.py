"""Runs as raw bytes: what the browser's data store fetches.

Arrays go out from their memory maps on addresses that carry the array's hash, so a browser keeps them for good.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import numpy as np
from flask import Blueprint, Response, jsonify, request
from numpy.typing import NDArray

from app.run_document import is_served, run_document
from layouts.colors import color_bytes
from precompute.catalog import Catalog
from precompute.errors import DamagedRunError, RunNotFoundError, StoreError
from precompute.run import Run

YEAR_SECONDS = 31_536_000
BINARY = "application/octet-stream"


class NotServedError(LookupError):
    """The run has no such array, layer, head or instance; the message is one sentence."""


def data_blueprint(catalog: Catalog) -> Blueprint:
    """Return the routes below ``data/``.

    Parameters
    ----------
    catalog : Catalog
        Where runs are looked up.
    """
    routes = Blueprint("data", __name__, url_prefix="/data")

    def with_run(answer: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(answer)
        def found(run: str, **parts: object) -> Response:
            return answer(catalog.open(run), **parts)

        return found

    @routes.get("/<run>/run.json")
    @with_run
    def _run(run: Run) -> Response:
        return _for_good(jsonify(run_document(run)), f"{run.manifest.run}-document", max_age=0)

    @routes.get("/<run>/tokens.json")
    @with_run
    def _tokens(run: Run) -> Response:
        table = run.tokens
        document = {
            "tokens": table.tokens,
            "texts": table.texts,
            "special": table.special,
            "offsets": table.offsets,
            "instances": table.instances,
            "columns": dict(table.columns),
            "grid": table.grid,
        }
        return _for_good(jsonify(document), run.manifest.arrays["tokens"].sha256)

    @routes.get("/<run>/array/<name>")
    @with_run
    def _array(run: Run, name: str) -> Response:
        return _bytes(_served_array(run, name), run.manifest.arrays[name].sha256)

    @routes.get("/<run>/array/<name>/<int:layer>/<int:head>")
    @with_run
    def _head_array(run: Run, name: str, layer: int, head: int) -> Response:
        array = _served_array(run, name)
        _check_head(run, layer, head)
        if array.ndim < 3 or array.shape[0] != run.manifest.model.n_layers or head >= array.shape[1]:
            raise NotServedError(f"The array {name} has no layer {layer} and head {head}.")
        return _bytes(array[layer, head], f"{run.manifest.arrays[name].sha256}-{layer}-{head}")

    @routes.get("/<run>/colors/<path:encoding>")
    @with_run
    def _colors(run: Run, encoding: str) -> Response:
        info = next((info for info in run.manifest.encodings if info.name == encoding), None)
        if info is None:
            raise NotServedError(f"This run has no encoding {encoding}.")
        return _bytes(color_bytes(run, info), f"{run.manifest.run}-{encoding}")

    @routes.get("/<run>/pattern/<int:layer>/<int:head>/<int:instance>")
    @with_run
    def _pattern(run: Run, layer: int, head: int, instance: int) -> Response:
        _check_head(run, layer, head)
        _check_instance(run, instance)
        return _bytes(run.pattern(layer, head, instance), f"{run.manifest.run}-{layer}-{head}-{instance}")

    @routes.get("/<run>/value-norms/<int:layer>/<int:head>/<int:instance>")
    @with_run
    def _value_norms(run: Run, layer: int, head: int, instance: int) -> Response:
        _check_head(run, layer, head)
        _check_instance(run, instance)
        norms = run.array("value_norms")[layer, run.key_head(head)]
        return _bytes(norms[slice(*run.token_range(instance))], f"{run.manifest.run}-v-{layer}-{head}-{instance}")

    @routes.errorhandler(RunNotFoundError)
    @routes.errorhandler(NotServedError)
    def _not_found(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 404

    @routes.errorhandler(DamagedRunError)
    @routes.errorhandler(StoreError)
    def _unavailable(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 503

    return routes


def _served_array(run: Run, name: str) -> NDArray[np.generic]:
    if not is_served(name) or name not in run.manifest.arrays:
        raise NotServedError(f"This run has no array {name}.")
    return run.array(name)


def _check_head(run: Run, layer: int, head: int) -> None:
    model = run.manifest.model
    if not (layer < model.n_layers and head < model.n_heads):
        raise NotServedError(f"This run has {model.n_layers} layers of {model.n_heads} heads, counted from 0.")


def _check_instance(run: Run, instance: int) -> None:
    if instance >= run.manifest.inputs.n_instances:
        raise NotServedError(f"This run has {run.manifest.inputs.n_instances} instances, counted from 0.")


def _bytes(array: NDArray[np.generic], tag: str) -> Response:
    little_endian = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return _for_good(Response(little_endian.tobytes(), mimetype=BINARY), tag)


def _for_good(response: Response, tag: str, max_age: int = YEAR_SECONDS) -> Response:
    response.set_etag(tag)
    response.cache_control.private = True
    response.cache_control.max_age = max_age
    response.cache_control.immutable = max_age > 0
    response.make_conditional(request)
    return response
