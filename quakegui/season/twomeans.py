"""K-means for two clusters in the plane, without a library that would take seconds and 80 MB to load."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CUTS = 36
"""In how many directions the points are first cut in two: every 5 degrees."""
SETTLED = 6
"""How many of the best cuts are gone on from; where points are many each takes a while."""


def two_means(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Part points in two so that the squares of the distances to the parts' own means sum up to little.

    The best two parts lie on the two sides of a straight line, so the search does not begin at points drawn by chance: each of
    `CUTS` directions gives its best cut, and from the best ones points move to the nearer mean until none does (Lloyd 1982).

    Parameters
    ----------
    points
        Shape (point, 2), at two places or more.

    Returns
    -------
    means, second
        Means, shape (part, 2), and whether each point belongs to the second part, shape (point,).
    """
    origin = points.mean(axis=0)
    centred = points - origin
    cuts = sorted((_best_cut(centred, np.pi * k / CUTS) for k in range(CUTS)), key=lambda cut: -_gain(centred, cut))
    second = max((_settled(centred, cut) for cut in cuts[:SETTLED]), key=lambda parted: _gain(centred, parted))
    return origin + np.array([centred[~second].mean(axis=0), centred[second].mean(axis=0)]), second


def _best_cut(centred: NDArray[np.float64], angle: float) -> NDArray[np.bool_]:
    """Return which points lie beyond the line across `angle` that leaves the smallest squares on its two sides."""
    order = np.argsort(centred @ (np.cos(angle), np.sin(angle)), kind="stable")
    near = np.arange(1, len(centred))
    sums = np.cumsum(centred[order], axis=0)[:-1]  # of the near side; the far side's is the opposite, since all sum up to 0
    best = int(np.argmax((sums**2).sum(axis=1) * (1.0 / near + 1.0 / (len(centred) - near))))
    beyond = np.ones(len(centred), dtype=bool)
    beyond[order[: best + 1]] = False
    return beyond


def _settled(centred: NDArray[np.float64], second: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Give each point to the nearer of the two means, as long as that lowers the squares.

    No part becomes empty: its points cannot all be nearer to the other mean than to their own.
    """
    gain = _gain(centred, second)
    while True:
        first, other = centred[~second].mean(axis=0), centred[second].mean(axis=0)
        moved = (centred - (first + other) / 2.0) @ (other - first) > 0.0
        if moved.all() or not moved.any() or (better := _gain(centred, moved)) <= gain:  # empty: by rounding alone
            return second
        second, gain = moved, better


def _gain(centred: NDArray[np.float64], second: NDArray[np.bool_]) -> float:
    """Return by how much the squares to the parts' means fall below those to the common mean, which is 0."""
    return float(sum(len(part) * (part.mean(axis=0) ** 2).sum() for part in (centred[~second], centred[second])))
