"""t-SNE with exact repulsion (van der Maaten and Hinton 2008).

With ``q_ij = 1 / (1 + |y_i - y_j|^2)`` and ``Z = sum_{i != j} q_ij`` the gradient of KL(P || Q) is

    dC/dy_i = 4 ( sum_j p_ij q_ij (y_i - y_j)  -  1/Z sum_j q_ij^2 (y_i - y_j) )

(their eq. 5): attraction along the neighbour graph, repulsion between all pairs. For the numbers of points of a head
the plain double loop over all pairs in float32, several pairs at a time in the processor's vector units, takes less
time than a tree or a grid.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from precompute.projection.graph import Graph
from precompute.projection.kernels.compile import inlined, kernel
from precompute.projection.kernels.neighbours import squared_distances
from precompute.types import Float32

ONE = np.float32(1)
GAIN_STEP = np.float32(0.2)
GAIN_DECAY = np.float32(0.8)
MIN_GAIN = np.float32(0.01)
CHECK_EVERY = 50
MAX_STEP = np.float32(5)
"""Longest move along an axis in one iteration (Poličar et al. 2019, openTSNE's ``max_step_norm``): without it a point
with few partners is now and then thrown so far out that no force brings it back, and its head shrinks to a dot."""


class Phase(NamedTuple):
    """A stretch of the descent with the same settings, started at rest.

    Attributes
    ----------
    n_iterations : int
        At most.
    exaggeration : float
        Factor of P (van der Maaten and Hinton 2008, section 3.4); 1 for the objective itself.
    learning_rate : float
        Of the gradient with its factor 4.
    momentum : float
        0..1.
    tolerance : float
        The phase ends when KL(P || Q) fell by less than this share of it in ``CHECK_EVERY`` iterations.
    """

    n_iterations: int
    exaggeration: float
    learning_rate: float
    momentum: float
    tolerance: float


@inlined
def repulsion_2d(y: Float32, force: Float32) -> float:
    """Write ``sum_j q_ij^2 (y_i - y_j)`` into ``force`` [2, n]; give Z."""
    n = len(y[0])
    normaliser = 0.0
    for i in range(n):
        y0, y1 = y[0, i], y[1, i]
        q_sum = f0 = f1 = np.float32(0)
        for j in range(n):
            d0 = y0 - y[0, j]
            d1 = y1 - y[1, j]
            q = ONE / (ONE + d0 * d0 + d1 * d1)
            q_sum += q
            f0 += q * q * d0
            f1 += q * q * d1
        force[0, i] = f0
        force[1, i] = f1
        normaliser += float(q_sum)
    return normaliser - n


@inlined
def repulsion_3d(y: Float32, force: Float32) -> float:
    """Write ``sum_j q_ij^2 (y_i - y_j)`` into ``force`` [3, n]; give Z."""
    n = len(y[0])
    normaliser = 0.0
    for i in range(n):
        y0, y1, y2 = y[0, i], y[1, i], y[2, i]
        q_sum = f0 = f1 = f2 = np.float32(0)
        for j in range(n):
            d0 = y0 - y[0, j]
            d1 = y1 - y[1, j]
            d2 = y2 - y[2, j]
            q = ONE / (ONE + d0 * d0 + d1 * d1 + d2 * d2)
            q_sum += q
            f0 += q * q * d0
            f1 += q * q * d1
            f2 += q * q * d2
        force[0, i] = f0
        force[1, i] = f1
        force[2, i] = f2
        normaliser += float(q_sum)
    return normaliser - n


@inlined
def add_attraction_2d(y: Float32, p: Graph, exaggeration: float, normaliser: float, force: Float32) -> None:
    """Turn the repulsion in ``force`` [2, n] into the gradient."""
    factor = np.float32(exaggeration)
    repulsion = np.float32(1 / normaliser)
    for i in range(len(y[0])):
        f0 = f1 = np.float32(0)
        for edge in range(p.starts[i], p.starts[i + 1]):
            j = p.neighbours[edge]
            d0 = y[0, i] - y[0, j]
            d1 = y[1, i] - y[1, j]
            pq = p.weights[edge] / (ONE + d0 * d0 + d1 * d1)
            f0 += pq * d0
            f1 += pq * d1
        force[0, i] = 4 * (factor * f0 - force[0, i] * repulsion)
        force[1, i] = 4 * (factor * f1 - force[1, i] * repulsion)


@inlined
def add_attraction_3d(y: Float32, p: Graph, exaggeration: float, normaliser: float, force: Float32) -> None:
    """Turn the repulsion in ``force`` [3, n] into the gradient."""
    factor = np.float32(exaggeration)
    repulsion = np.float32(1 / normaliser)
    for i in range(len(y[0])):
        f0 = f1 = f2 = np.float32(0)
        for edge in range(p.starts[i], p.starts[i + 1]):
            j = p.neighbours[edge]
            d0 = y[0, i] - y[0, j]
            d1 = y[1, i] - y[1, j]
            d2 = y[2, i] - y[2, j]
            pq = p.weights[edge] / (ONE + d0 * d0 + d1 * d1 + d2 * d2)
            f0 += pq * d0
            f1 += pq * d1
            f2 += pq * d2
        force[0, i] = 4 * (factor * f0 - force[0, i] * repulsion)
        force[1, i] = 4 * (factor * f1 - force[1, i] * repulsion)
        force[2, i] = 4 * (factor * f2 - force[2, i] * repulsion)


@inlined
def step(y: Float32, gradient: Float32, velocity: Float32, gains: Float32, phase: Phase) -> None:
    """Gradient descent with momentum and a gain for each coordinate (Jacobs 1988); the centre stays at the origin."""
    dims, n = y.shape
    rate = np.float32(phase.learning_rate)
    momentum = np.float32(phase.momentum)
    for c in range(dims):
        total = 0.0
        for i in range(n):
            slope, speed = gradient[c, i], velocity[c, i]
            gain = gains[c, i] + GAIN_STEP if slope * speed < 0 else max(gains[c, i] * GAIN_DECAY, MIN_GAIN)
            speed = min(max(momentum * speed - rate * gain * slope, -MAX_STEP), MAX_STEP)
            gains[c, i] = gain
            velocity[c, i] = speed
            y[c, i] += speed
            total += y[c, i]
        mean = np.float32(total / n)
        for i in range(n):
            y[c, i] -= mean


@inlined
def cross_entropy(y: Float32, p: Graph, normaliser: float) -> float:
    """Give ``-sum p log q = sum p log(1 + d^2) + log Z``, in nats."""
    total = 0.0
    for i in range(len(y[0])):
        for edge in range(p.starts[i], p.starts[i + 1]):
            squared = np.float32(0)
            for c in range(len(y)):
                difference = y[c, i] - y[c, p.neighbours[edge]]
                squared += difference * difference
            total += float(p.weights[edge]) * np.log(ONE + squared)
    return float(total + np.log(normaliser))


@inlined
def entropy(p: Graph) -> float:
    """Give ``-sum p log p``, in nats."""
    total = 0.0
    for weight in p.weights:
        if weight > 0:
            total -= weight * np.log(float(weight))
    return total


@kernel(reorder=True)
def descend(y: Float32, p: Graph, phase: Phase) -> int:
    """Move a layout down the gradient of KL(P || Q).

    Parameters
    ----------
    y : float32 [2 or 3, n]
        One point a column; changed in place.
    p : Graph
        Symmetric P, summing to 1.
    phase : Phase

    Returns
    -------
    int
        Iterations made.
    """
    velocity = np.zeros_like(y)
    gains = np.ones_like(y)
    force = np.empty_like(y)
    p_entropy = entropy(p)
    last_divergence = np.inf
    for iteration in range(phase.n_iterations):
        normaliser = repulsion_2d(y, force) if len(y) == 2 else repulsion_3d(y, force)
        if (iteration + 1) % CHECK_EVERY == 0:
            divergence = cross_entropy(y, p, normaliser) - p_entropy
            if last_divergence - divergence < phase.tolerance * divergence:
                return iteration
            last_divergence = divergence
        if len(y) == 2:
            add_attraction_2d(y, p, phase.exaggeration, normaliser, force)
        else:
            add_attraction_3d(y, p, phase.exaggeration, normaliser, force)
        step(y, force, velocity, gains, phase)
    return phase.n_iterations


@kernel()
def kl_divergence(y: Float32, p: Graph) -> float:
    """KL(P || Q) of a layout in nats, exact.

    Parameters
    ----------
    y : float32 [2 or 3, n]
    p : Graph
        Symmetric P, summing to 1.
    """
    row = np.empty(len(y[0]), np.float32)
    normaliser = 0.0
    for i in range(len(row)):
        squared_distances(y[:, i].copy(), y, row)
        for j in range(len(row)):
            normaliser += 1 / (1 + float(row[j]))
    return cross_entropy(y, p, normaliser - len(row)) - entropy(p)
