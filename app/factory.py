"""The application: layouts, callbacks and data routes put together."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from dash import Dash
from flask import Response, jsonify

from app.data_routes import DataRoutes
from app.picture_route import PictureRoute
from app.settings import Settings
from callbacks import browser, explanations, findings, navigation, tint
from layouts.shell import shell
from precompute.catalog import Catalog
from precompute.errors import StoreError

ROOT = Path(__file__).resolve().parent.parent
TITLE = "AttentionViz"
VERSION = "0.1.0"


def create_app(settings: Settings, catalog: Catalog) -> Dash:
    """Return the Dash application.

    Parameters
    ----------
    settings : Settings
        How to serve.
    catalog : Catalog
        The runs to show.
    """
    app = Dash(
        __name__,
        title=TITLE,
        update_title="",
        assets_folder=str(ROOT / "assets"),
        assets_path_ignore=["^js$"],
        requests_pathname_prefix=settings.url_prefix,
        routes_pathname_prefix="/",
        suppress_callback_exceptions=True,
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {
                "name": "description",
                "content": "The queries and keys of every attention head of a transformer, together.",
            },
        ],
    )
    app.server.secret_key = settings.secret_key
    app.layout = shell(VERSION)
    navigation.register(app, catalog)
    explanations.register(app, catalog)
    tint.register(app, catalog)
    findings.register(app, catalog)
    browser.register(app)
    app.server.register_blueprint(DataRoutes(catalog).blueprint())
    app.server.register_blueprint(PictureRoute(catalog).blueprint())

    app.server.add_url_rule("/health", view_func=partial(_health, catalog), endpoint="health")
    return app


def _health(catalog: Catalog) -> tuple[Response, int]:
    try:
        return jsonify(status="ok", runs=len(catalog.runs()), version=VERSION), 200
    except StoreError as error:
        return jsonify(status="unavailable", error=str(error)), 503
