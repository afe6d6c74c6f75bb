"""Registered findings, one module per family."""
