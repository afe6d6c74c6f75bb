"""Finished runs and parts of builds in a directory, over arrays found by their hash."""

DEFAULT_STORE = ".store"
"""Directory of the runs where none is named, relative to the working directory."""
