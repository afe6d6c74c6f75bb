"""From a model and inputs to a run, and from a run to what the views need.

Modules that the web process imports (the read side) need numpy and diskcache only; see docs/architecture.md.
"""
