"""The libraries that projections are measured against, at their defaults, on one thread."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from umap import UMAP

from precompute.numeric import Float32
from precompute.projections.head_space import HeadSpace


def reference_pca(head: HeadSpace, dims: int) -> Float32:
    """Principal components by scikit-learn."""
    return np.asarray(PCA(dims).fit_transform(head.joint), np.float32)


def reference_tsne(head: HeadSpace, dims: int) -> Float32:
    """t-SNE by scikit-learn, 1000 iterations; on unit vectors, so that both minimize the same divergence."""
    return np.asarray(TSNE(dims, init="pca", random_state=0, n_jobs=1).fit_transform(head.directions), np.float32)


def reference_umap(head: HeadSpace, dims: int) -> Float32:
    """UMAP by umap-learn with a fixed seed, cosine distance."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warns that a seed means one thread
        return np.asarray(
            UMAP(n_components=dims, metric="cosine", random_state=0).fit_transform(head.joint), np.float32
        )


REFERENCES = {"pca": reference_pca, "tsne": reference_tsne, "umap": reference_umap}
