"""Registered head metrics, one module per family."""
