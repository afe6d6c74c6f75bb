"""Layouts by scikit-learn and umap-learn themselves, for ``--quality reference``.

They are slow, and serve to compare this project's layouts, and published pictures, with the libraries at their
defaults.
"""

from __future__ import annotations

import threading
import warnings

import numpy as np

from precompute.numeric import Float32
from precompute.projections.head_space import HeadSpace

FEWEST = 8
"""Points below which the libraries cannot lay out; the layout is then 0."""

_ONE_AT_A_TIME = threading.Lock()
"""umap-learn's compiled code and Python's list of warnings serve one thread at a time."""


def scikit_learn_pca(head: HeadSpace, n_components: int) -> Float32:
    """Principal components of the joint vectors (``sklearn.decomposition.PCA``)."""
    from sklearn.decomposition import PCA

    scores = np.zeros((len(head.joint), n_components), np.float32)
    possible = min(n_components, *head.joint.shape)
    scores[:, :possible] = PCA(possible, svd_solver="full").fit_transform(head.joint)
    return scores


def scikit_learn_tsne(head: HeadSpace, n_components: int) -> Float32:
    """t-SNE of the unit vectors from principal components, 1000 iterations (``sklearn.manifold.TSNE``)."""
    from sklearn.manifold import TSNE

    n = len(head.directions)
    if n < FEWEST:
        return np.zeros((n, n_components), np.float32)
    tsne = TSNE(n_components, init="pca", perplexity=min(30, (n - 1) / 3), random_state=head.seed, n_jobs=1)
    return np.asarray(tsne.fit_transform(head.directions), np.float32)


def umap_learn(head: HeadSpace, n_components: int) -> Float32:
    """UMAP of the joint vectors with cosine distance (``umap.UMAP``)."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a seed means one thread
        from umap import UMAP

        n = len(head.joint)
        if n < FEWEST:
            return np.zeros((n, n_components), np.float32)
        umap = UMAP(
            n_components=n_components, n_neighbors=min(15, n - 1), metric="cosine", random_state=head.seed, n_jobs=1
        )
        return np.asarray(umap.fit_transform(head.joint), np.float32)
