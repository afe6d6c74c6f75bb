"""Rejection of requests that no page sends and Dash would fail on."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import Dash
from dash.exceptions import DependencyException
from flask import Response, jsonify, request

from precompute.format.typed_json import JSON, parse_json

CALLBACKS = "/_dash-update-component"

MOST_BYTES = 2 * 2**20
"""Bytes of a request. The largest that a page sends names the heads lassoed on the map, 0.2 kB each."""

MOST_DEPTH = 32
"""Nesting of objects and lists. A page sends fewer than ten levels."""


def reject_malformed_requests(app: Dash) -> None:
    """Reject malformed requests with ``{"error": sentence}``: 400 for callbacks, 404 for scripts, 413 if too long.

    Parameters
    ----------
    app : Dash
        Its callbacks name components by plain texts, not by patterns.
    """
    app.server.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.server.before_request(partial(_refuse_callback, app))
    app.server.register_error_handler(DependencyException, _no_such_script)


def _no_such_script(_: Exception) -> tuple[Response, int]:
    return jsonify(error="There is no such script; reload the page."), 404


def _refuse_callback(app: Dash) -> tuple[Response, int] | None:
    if request.path != CALLBACKS or request.method != "POST":
        return None
    try:
        body = parse_json(request.get_data())
        _check_plain(body, MOST_DEPTH)
        _check_addressed(body, app.callback_map)
    except ValueError as error:
        return jsonify(error=f"The request is not valid ({error}); reload the page."), 400
    return None


def _check_plain(value: JSON, depth: int) -> None:
    if depth == 0:
        raise ValueError("nested too deep")
    match value:
        case dict():
            for name, item in value.items():
                _check_plain(name, depth)
                _check_plain(item, depth - 1)
        case list():
            for item in value:
                _check_plain(item, depth - 1)
        case str():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise ValueError("half a character") from None


def _check_addressed(body: JSON, callbacks: dict[str, Any]) -> None:
    if not isinstance(body, dict):
        raise ValueError("not an object")
    output = body.get("output")
    callback = callbacks.get(output) if isinstance(output, str) else None
    if not isinstance(output, str) or callback is None or "callback" not in callback:
        raise ValueError("no such output")
    names = [name.rsplit(".", 1) for name in output.strip(".").split("...")]
    outputs = [{"id": component, "property": of_it} for component, of_it in names]
    if body.get("outputs") != (outputs if output.startswith("..") else outputs[0]):
        raise ValueError("other outputs")
    for member, registered in (("inputs", "inputs"), ("state", "state")):
        if _identities(body.get(member, [])) != _identities(callback[registered]):
            raise ValueError(f"other {member}")
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(name, str) for name in changed):
        raise ValueError("no list of what changed")


def _identities(values: JSON) -> list[tuple[JSON, JSON]]:
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise ValueError("no list of values")
    return [(value.get("id"), value.get("property")) for value in values if isinstance(value, dict)]
