"""K-means for two clusters in the plane, without a library that takes seconds and 80 MB to import."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CUTS = 36
"""Number of directions in which the points are first cut in two: every 5 degrees."""
SETTLED = 6
"""Number of best cuts that are iterated further; with many points each takes a while."""


def two_means(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Split points into two clusters with a small sum of squared distances to the cluster means.

    The best two clusters lie on either side of a straight line, so the search does not start from random points: each of `CUTS`
    directions gives its best cut, and from the best cuts points are moved to the nearer mean until none changes (Lloyd 1982).

    Parameters
    ----------
    points
        Shape (point, 2), at two or more places.

    Returns
    -------
    means, second
        Cluster means, shape (cluster, 2), and whether each point belongs to the second cluster, shape (point,).
    """
    origin = points.mean(axis=0)
    centred = points - origin
    cuts = sorted((_best_cut(centred, np.pi * k / CUTS) for k in range(CUTS)), key=lambda cut: -_gain(centred, cut))
    second = max((_settled(centred, cut) for cut in cuts[:SETTLED]), key=lambda parted: _gain(centred, parted))
    return origin + np.array([centred[~second].mean(axis=0), centred[second].mean(axis=0)]), second


def _best_cut(centred: NDArray[np.float64], angle: float) -> NDArray[np.bool_]:
    """Return which points lie beyond the cut across `angle` with the smallest sum of squares on its two sides."""
    order = np.argsort(centred @ (np.cos(angle), np.sin(angle)), kind="stable")
    near = np.arange(1, len(centred))
    sums = np.cumsum(centred[order], axis=0)[:-1]  # of the near side; those of the far side are the negatives
    best = int(np.argmax((sums**2).sum(axis=1) * (1.0 / near + 1.0 / (len(centred) - near))))
    beyond = np.ones(len(centred), dtype=bool)
    beyond[order[: best + 1]] = False
    return beyond


def _settled(centred: NDArray[np.float64], second: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the clusters after moving points to the nearer mean for as long as that lowers the sum of squares.

    No cluster becomes empty: its points cannot all be nearer to the other mean than to their own.
    """
    gain = _gain(centred, second)
    while True:
        first, other = centred[~second].mean(axis=0), centred[second].mean(axis=0)
        moved = (centred - (first + other) / 2.0) @ (other - first) > 0.0
        if moved.all() or not moved.any() or (better := _gain(centred, moved)) <= gain:  # empty only by rounding
            return second
        second, gain = moved, better


def _gain(centred: NDArray[np.float64], second: NDArray[np.bool_]) -> float:
    """Return how far the sum of squares about the cluster means is below that about the common mean, which is 0."""
    return float(sum(len(part) * (part.mean(axis=0) ** 2).sum() for part in (centred[~second], centred[second])))
