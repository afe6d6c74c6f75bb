"""Palettes, and the color bytes of a run's points."""
