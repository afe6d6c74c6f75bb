"""Server-side pictures: ``picture/<view>.png`` with the query string of the view's page."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, abort, request
from PIL import Image

from layouts.colors.tokens import Theme
from layouts.figures.static_picture import static_picture
from layouts.state.resolution import resolve
from layouts.state.view_state import PATHS, ViewState
from precompute.errors import RunNotFoundError, StoreError
from precompute.run.catalog import Catalog

DRAWN_PATHS = {"matrix": PATHS["matrix"], "head": PATHS["head"]}


class PictureRoute:
    """PNG pictures for browsers that cannot draw the view themselves."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def blueprint(self) -> Blueprint:
        """Return the route."""
        routes = Blueprint("picture", __name__)
        routes.add_url_rule("/picture/<view>.png", view_func=self.picture)
        return routes

    def picture(self, view: str) -> Response:
        """Draw a view; 404 for an unknown view or run, 503 when the store cannot be read."""
        if view not in DRAWN_PATHS:
            abort(404)
        theme: Theme = "dark" if request.args.get("theme") == "dark" else "light"
        asked = ViewState.from_url(DRAWN_PATHS[view], request.query_string.decode("utf-8", "replace"))
        try:
            run = self._catalog.open(asked.run) if asked.run else self._catalog.default()
            pixels = static_picture(run, resolve(asked, run.manifest), theme=theme)
        except RunNotFoundError:
            abort(404)
        except StoreError:
            abort(503)
        file = BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        return Response(file.getvalue(), mimetype="image/png")
