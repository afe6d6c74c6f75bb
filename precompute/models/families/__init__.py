"""Registered model families, one module each; none imports torch before it loads a model."""
