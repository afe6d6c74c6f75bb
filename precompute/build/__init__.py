"""One run from a model, inputs and a recipe: ``build`` goes through the stages, each of which resumes."""

from precompute.build.build import build, capture_ahead
from precompute.build.request import BuildOutcome, BuildRequest, OnProgress, Progress, ignore_progress

__all__ = ["BuildOutcome", "BuildRequest", "OnProgress", "Progress", "build", "capture_ahead", "ignore_progress"]
