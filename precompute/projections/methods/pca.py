"""PCA of the joint embedding."""

from __future__ import annotations

import numpy as np

from precompute.numeric import Float32
from precompute.projections.head_space import HeadSpace
from precompute.projections.references import scikit_learn_pca
from precompute.projections.registry import projection

JITTER = 0.01
"""Noise of a starting layout as a share of its spread; it separates equal points."""


def principal_components(vectors: Float32, n_components: int) -> Float32:
    """Project centered vectors float32 [n, d] on the directions of largest variance (Pearson 1901), in float64.

    The largest component of a direction is positive, so a layout does not flip between machines. Columns beyond the
    rank of the vectors are 0.
    """
    n, d = vectors.shape
    scores = np.zeros((n, n_components), np.float32)
    if n == 0 or d == 0:
        return scores
    centered = vectors.astype(np.float64)
    centered -= centered.mean(axis=0)
    _, directions = np.linalg.eigh(centered.T @ centered)
    leading = directions[:, ::-1][:, :n_components]
    largest = np.abs(leading).argmax(axis=0)
    leading = leading * np.where(leading[largest, np.arange(leading.shape[1])] < 0, -1, 1)
    scores[:, : leading.shape[1]] = centered @ leading
    return scores


def starting_layout(vectors: Float32, n_components: int, spread: float, seed: int, *, first_axis: int = 0) -> Float32:
    """Return principal components of vectors float32 [n, d] plus a little noise (Kobak and Linderman 2021).

    ``spread`` is the standard deviation of the first of them, larger than 0; ``first_axis`` counts the components that
    are skipped. Noise alone if the vectors do not vary along it.
    """
    scores = principal_components(vectors, first_axis + n_components)[:, first_axis:].astype(np.float64)
    deviation = scores[:, 0].std() if len(scores) else 0.0
    noise = np.random.default_rng(seed).normal(0, spread, scores.shape)
    if deviation > np.finfo(np.float32).tiny:
        return (scores * (spread / deviation) + JITTER * noise).astype(np.float32)
    return noise.astype(np.float32)


@projection(
    "pca",
    label="PCA",
    help="The shadow of the joint vectors along their directions of largest variance: large shapes are true, "
    "but points that look near may lie behind one another.",
    reference=scikit_learn_pca,
)
def pca(head: HeadSpace, n_components: int) -> Float32:
    """Principal components of the joint vectors."""
    return principal_components(head.joint, n_components)
