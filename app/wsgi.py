"""The WSGI application for gunicorn: ``gunicorn app.wsgi:server``."""

from __future__ import annotations

import os

from app.factory import create_app
from app.settings import Settings
from precompute.catalog import Catalog
from precompute.store import Store

_settings = Settings.from_environment(os.environ)
server = create_app(_settings, Catalog(Store(_settings.store, read_only=_settings.read_only))).server
