"""Application factory: layouts, callbacks and routes."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

from dash import Dash
from flask import Flask, Response, jsonify
from werkzeug.middleware.proxy_fix import ProxyFix

from app.data_routes import DataRoutes
from app.joined_assets import JoinedAssets
from app.login import protect
from app.picture_route import PictureRoute
from app.refusals import reject_malformed_requests
from app.request_log import log_requests
from app.security_headers import add_security_headers, content_security_policy
from app.settings import Settings
from app.url_prefix import UrlPrefix
from callbacks import controls, findings, groups, heads, legend, pages, sinks, tint
from callbacks.failure import show_failure
from layouts.shell import shell
from precompute import __version__
from precompute.errors import StoreError
from precompute.run.catalog import Catalog

TITLE = "AttentionViz"

_HERE = Path(__file__).resolve().parent
ASSETS = next((path for path in (_HERE / "assets", _HERE.parent / "assets") if path.is_dir()), _HERE / "assets")
"""Style sheets and JavaScript: inside this package where it is installed from a wheel, beside it in a checkout."""

_log = logging.getLogger(__name__)


def create_app(settings: Settings, catalog: Catalog) -> Dash:
    """Return the Dash application.

    Raises
    ------
    PasswordsError
        If the settings require a login but name no users.
    """
    joined = JoinedAssets(ASSETS)
    app = Dash(
        __name__,
        title=TITLE,
        update_title="",
        on_error=show_failure,
        assets_folder=str(ASSETS),
        assets_path_ignore=["^js$", "^css$", "^bootstrap$"],
        assets_ignore=r"\.mjs$",
        external_scripts=[{"src": f"{settings.url_prefix}joined/{joined.script}", "type": "module"}],
        external_stylesheets=[f"{settings.url_prefix}joined/{joined.style}"],
        compress=True,
        requests_pathname_prefix=settings.url_prefix,
        routes_pathname_prefix="/",
        suppress_callback_exceptions=True,
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {
                "name": "description",
                "content": "Joint embedding of queries and keys for every attention head of a transformer.",
            },
        ],
    )
    app.index_string = app.index_string.replace("<html>", '<html lang="en">')
    server: Flask = app.server
    server.secret_key = settings.secret_key or secrets.token_hex(32)
    log_requests(server)
    if settings.auth:
        protect(server, settings.auth)
    reject_malformed_requests(app)
    server.teardown_request(lambda _: catalog.release())
    app.layout = shell(__version__)
    for part in (pages, legend, tint, groups, sinks, findings, heads):
        part.register(app, catalog)
    controls.register(app)
    server.register_blueprint(DataRoutes(catalog).blueprint())
    server.register_blueprint(PictureRoute(catalog).blueprint())
    server.register_blueprint(joined.blueprint())
    _add_health(server, catalog, detailed=not settings.auth)
    add_security_headers(server, content_security_policy(app.csp_hashes(), settings.frame_ancestors))
    _put_behind_proxies(server, settings)
    return app


def _add_health(server: Flask, catalog: Catalog, *, detailed: bool) -> None:
    @server.route("/health", endpoint="health")
    def health() -> tuple[Response, int]:
        try:
            return jsonify(status="ok", runs=len(catalog.runs()), version=__version__), 200
        except StoreError as error:
            _log.error("The store cannot be read: %s", error)
            said = {"error": str(error)} if detailed else {}
            return jsonify(status="unavailable", **said), 503


def _put_behind_proxies(server: Flask, settings: Settings) -> None:
    if settings.url_prefix != "/":
        server.wsgi_app = UrlPrefix(server.wsgi_app, settings.url_prefix)  # type: ignore[method-assign]
    if settings.proxies:
        n = settings.proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=n, x_proto=n)  # type: ignore[method-assign]
