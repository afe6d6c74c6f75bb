"""HTTP Basic authentication for every URL except ``/health``."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, request

from app.passwords import PasswordCheck, PasswordsError, users_source

OPEN_ENDPOINTS = frozenset({"health"})
CHALLENGE = 'Basic realm="AttentionViz", charset="UTF-8"'

_log = logging.getLogger(__name__)


def protect(server: Flask, auth: str) -> None:
    """Require a password for pages, data, callbacks, assets and unknown URLs.

    Parameters
    ----------
    auth : str
        See :func:`app.passwords.users_source`.

    Raises
    ------
    PasswordsError
        If it names no users.
    """
    check = PasswordCheck(users_source(auth))

    # Registered before any view, and called for URLs without a view, too.
    @server.before_request
    def authenticate() -> Response | None:
        if request.endpoint in OPEN_ENDPOINTS:
            return None
        given = request.authorization
        user = (given.username if given and given.type == "basic" else None) or ""
        try:
            accepted = bool(given and user) and check.accepts(user, (given.password if given else None) or "")
        except PasswordsError as error:
            _log.error("%s Logins fail until then.", error)
            return _refusal("Sign-in is not available. Ask the administrator of this server to check its log.", 503)
        if not accepted:
            return _refusal("Sign in with your name and password to see this page.", 401)
        g.user = user
        return None


def _refusal(sentence: str, status: int) -> Response:
    response = Response(sentence, status, mimetype="text/plain")
    response.cache_control.no_store = True
    if status == 401:
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response
