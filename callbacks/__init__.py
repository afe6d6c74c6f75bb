"""Wiring between what one sees and what the store holds; one module a concern, each with ``register(app, catalog)``."""
