"""Errors a user can cause. Each message is one sentence with a remedy."""

from __future__ import annotations


class UserError(Exception):
    """Wrong input; the command line prints the message and exits with code 2."""


class UnknownModelError(UserError):
    """No preset, directory, timm model or reachable hub model has this name."""


class ModelNotInstalledError(UnknownModelError):
    """The preset's model comes in a package that is not installed."""


class UnsupportedModelError(UserError):
    """The model loads, but its attention is not supported (no call captured, cross-attention only, changing shapes)."""


class InputsError(UserError):
    """The sentences or images cannot be read or do not fit the model."""


class RecipeError(UserError):
    """An option of the build is out of range."""


class StoreError(UserError):
    """The store cannot be read or written."""


class RunNotFoundError(StoreError):
    """No run in the store has this id or name."""


class DamagedRunError(StoreError):
    """A part of a run is missing or does not match its hash."""


class NumericalError(UserError):
    """The model produced NaN or infinite values; the message names layer and head."""


class WorkerLostError(UserError):
    """A build process died, most likely out of memory."""
