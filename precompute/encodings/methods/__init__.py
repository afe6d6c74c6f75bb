"""Registered encodings, one module per family."""
