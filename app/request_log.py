"""Request log: run, view, status and duration of every response."""

from __future__ import annotations

import logging
import re
import secrets
import time
from typing import Any

from flask import Flask, Response, g, request

from app.refusals import CALLBACKS
from layouts import ids
from layouts.state.view_state import PATHS, ViewState

ID_HEADER = "X-Request-ID"

_log = logging.getLogger(__name__)
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LONGEST = 200


def log_requests(server: Flask) -> None:
    """Log every response, and send its identifier as ``X-Request-ID``.

    A well-formed ``X-Request-ID`` of a proxy is kept. Query strings and bodies are not logged, except for run and view:
    searches contain words of the data. Of the headers, only the name of the authenticated user is logged.
    """

    @server.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        given = request.headers.get(ID_HEADER, "")
        g.request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)

    @server.after_request
    def end(response: Response) -> Response:
        response.headers[ID_HEADER] = g.request_id
        if _log.isEnabledFor(logging.INFO):
            _log.info("%s %s", request.method, response.status_code, extra={"fields": _fields(response)})
        return response


def _fields(response: Response) -> dict[str, Any]:
    run, view = _subject(response)
    fields = {
        "request": g.request_id,
        "method": request.method,
        "path": request.path[:_LONGEST],
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.began) * 1000, 1),
        "bytes": response.content_length if response.direct_passthrough else response.calculate_content_length(),
        "run": run[:_LONGEST],
        "view": view,
        "user": g.get("user"),
    }
    return {name: value for name, value in fields.items() if value not in {None, ""}}


def _subject(response: Response) -> tuple[str, str]:
    """Return run and view of a request, empty if it has none."""
    if request.path == CALLBACKS:
        # A rejected request may be too long or too deep to parse.
        return _of_callback(request.get_json(silent=True)) if response.status_code == 200 else ("", "")
    if request.blueprint == "data":
        return (request.view_args or {}).get("run", ""), ""
    if request.path in PATHS.values():
        state = ViewState.from_url(request.path, request.query_string.decode("utf-8", "replace"))
        return state.run, state.view
    return request.args.get("run", ""), ""


def _of_callback(body: Any) -> tuple[str, str]:  # noqa: ANN401 - whatever JSON was sent
    parts = [*_listed(body, "inputs"), *_listed(body, "state")]
    for part in parts:
        match part:
            case {"id": ids.VIEW_STATE, "value": {"state": {"run": str(run), "view": str(view)}}}:
                return run, view[:_LONGEST]
            case {"id": ids.URL, "value": {"pathname": str(path), "search": str(query)}}:
                state = ViewState.from_url(path, query)
                return state.run, state.view
    return "", ""


def _listed(body: Any, name: str) -> list[Any]:  # noqa: ANN401 - whatever JSON was sent
    parts = body.get(name) if isinstance(body, dict) else None
    return parts if isinstance(parts, list) else []
