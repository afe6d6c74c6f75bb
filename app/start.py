"""The application that a server serves, made from settings."""

from __future__ import annotations

from dataclasses import replace
from logging.config import dictConfig

from dash import Dash

from app.factory import create_app
from app.logs import logging_config
from app.secret_key import kept_secret_key
from app.settings import Settings
from precompute.run.catalog import Catalog
from precompute.store.store import Store


def start(settings: Settings) -> Dash:
    """Open the store and return its application.

    Raises
    ------
    StoreError
        If the store cannot be opened.
    SettingsError
        If the passwords cannot be read.
    """
    dictConfig(logging_config(settings.log))
    if not settings.read_only:
        Store(settings.store).close()  # creates it, and removes the temporary files of dead builds
    # A reader opens the database for every access, so it notices a store that was emptied, replaced or restored.
    store = Store(settings.store, read_only=True)
    if not (settings.secret_key or settings.read_only):
        settings = replace(settings, secret_key=kept_secret_key(settings.store))
    return create_app(settings, Catalog(store))
