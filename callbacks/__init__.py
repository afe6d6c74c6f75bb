"""Wiring between the page and the store: one module per panel, each with ``register(app, catalog)``."""
