"""The smoothing thin-plate spline: its equations and their solution, nothing about maps.

References
----------
Duchon (1977), splines minimizing rotation-invariant semi-norms; Wahba (1990), Spline models for observational data, chapter 2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def kernel(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return r^2 log r between positions, shape (a, b), 0 at r = 0."""
    squared = (a[:, None, 0] - b[None, :, 0]) ** 2 + (a[:, None, 1] - b[None, :, 1]) ** 2
    # The smallest positive number keeps the logarithm finite; its factor is zero there.
    values: NDArray[np.float64] = 0.5 * squared * np.log(np.maximum(squared, np.finfo(np.float64).tiny))
    return values


def design(points: NDArray[np.float64], xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return kernel and plane at `points`, shape (point, station + 3)."""
    return np.hstack([kernel(points, xy), np.ones((len(points), 1)), points])


def solution(xy: NDArray[np.float64], smoothing: float) -> NDArray[np.float64]:
    """Return the matrix from station values to the spline's coefficients, shape (station + 3, station)."""
    count = len(xy)
    system = np.zeros((count + 3, count + 3))
    system[:count] = design(xy, xy)
    system[:count, :count] += smoothing * np.eye(count)
    system[count:, :count] = system[:count, count:].T
    return np.linalg.solve(system, np.eye(count + 3, count)).astype(np.float64, copy=False)
