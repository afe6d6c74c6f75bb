"""Versions of what the stages compute: part of every fingerprint, so that an old part is never taken for a new one."""

CAPTURE_VERSION = 3
"""Raised when capture keeps other arrays for the same model and inputs, or chooses other instances of them."""

LAYOUT_VERSION = 8
"""Raised when the joint embedding or a projection gives other coordinates for the same recipe, or what is measured of a
layout changes: its measures are kept with it."""

SUMMARY_VERSION = 7
"""Raised when encodings, metrics or what is kept of the attention change for the same capture."""
