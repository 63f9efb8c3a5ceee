"""Robust statistics of many short columns at once; NaN is a missing value throughout.

Written for windows of a few weeks and up to some hundred stations, computed thousands of times. The general routines of numpy
and scikit-learn give the same numbers one column at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_UNIT = np.eye(3)

MAD_TO_SD = 1.4826
"""Standard deviation of a normal distribution divided by its median absolute deviation."""

EPSILON = 1.35
"""scikit-learn's default."""
RIDGE = 1e-4
"""scikit-learn's default of `alpha`."""
_ROUNDS = 100
_CLOSE = 1e-7
_SMALLEST_SCALE = 1e-9
"""Minimum scale, in the unit of y, used if a line passes through every row."""


def column_median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the median of the finite values of each column, NaN if there are none, shape (column,)."""
    ordered = np.sort(values, axis=0)  # NaN sorts last
    count = np.isfinite(values).sum(axis=0)
    column = np.arange(values.shape[1])
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, max(values.shape[0] - 1, 0))
    middle: NDArray[np.float64] = 0.5 * (ordered[low, column] + ordered[high, column])
    return middle


def column_deviation(values: NDArray[np.float64], centre: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1.4826 times the median absolute deviation of each column, shape (column,).

    Parameters
    ----------
    values
        Shape (row, column), NaN where missing.
    centre
        The value of each column from which deviations are taken, shape (column,).
    """
    return MAD_TO_SD * column_median(np.abs(values - centre))


def leave_one_out_median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return, for each (day, station), the median of that day's other stations; NaN if there are none.

    One sort per day gives all medians: without an entry of rank r, every later one moves up one place.
    """
    stations = values.shape[1]
    order = np.argsort(values, axis=1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=1)
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(stations), order.shape), axis=1)
    others = np.isfinite(values).sum(axis=1, keepdims=True) - np.isfinite(values)
    low, high = np.maximum(others - 1, 0) // 2, others // 2
    low, high = low + (rank <= low), high + (rank <= high)
    last = stations - 1
    middle = 0.5 * (
        np.take_along_axis(ordered, np.minimum(low, last), axis=1) + np.take_along_axis(ordered, np.minimum(high, last), axis=1)
    )
    return np.where(others > 0, middle, np.nan)


def huber_lines(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit one robust straight line per column, as scikit-learn's `HuberRegressor` does for a single one.

    Minimises, jointly over intercept, slope and scale s, the sum over rows of s + H((y - line) / s) s plus `RIDGE` * slope^2,
    where H is quadratic up to `EPSILON` and linear beyond.

    Parameters
    ----------
    x, y
        Shape (row, column). A row counts for a column if both are finite.

    Returns
    -------
    intercept, slope
        Shapes (column,); NaN if a column has fewer than two rows.

    References
    ----------
    Huber & Ronchetti (2009), Robust Statistics, section 7.8 (proposal 2 as one convex problem); Owen (2007).
    """
    here = np.isfinite(x) & np.isfinite(y)
    count = here.sum(axis=0)
    columns = np.flatnonzero(count >= 2)
    counts = here[:, columns].astype(np.float64)
    fit = _Lines(np.where(here, x, 0.0)[:, columns], np.where(here, y, 0.0)[:, columns], counts, count[columns])
    found = fit.start()
    cost = fit.cost(found)
    moving = np.arange(columns.size)  # most columns converge within a few rounds; only the others are iterated further
    for _ in range(_ROUNDS):
        now = found[:, moving]
        residual = fit.residual(now)
        steady, bold = fit.reweighted(now, residual), fit.newton(now, residual)
        steady_cost, bold_cost = fit.cost(steady), fit.cost(bold)
        following = np.where(bold_cost < steady_cost, bold, steady)
        following_cost = np.minimum(bold_cost, steady_cost)
        better = following_cost < cost  # a column without improvement has converged
        step = np.abs(following - now).max(axis=0)
        found[:, moving] = np.where(better, following, now)
        on = better & (step > _CLOSE * found[2, moving])
        if not on.any():
            break
        if not on.all():
            moving, following_cost, fit = moving[on], following_cost[on], fit.of(on)
        cost = following_cost
    intercept, slope = np.full(x.shape[1], np.nan), np.full(x.shape[1], np.nan)
    intercept[columns], slope[columns] = found[0], found[1]
    return intercept, slope


@dataclass(frozen=True, slots=True)
class _Lines:
    """Huber's joint problem for many columns; parameters are stacked as (intercept, slope, scale), shape (3, column).

    `here` is 1 for a row that counts and 0 for one that does not, as floats: each product would convert booleans.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    here: NDArray[np.float64]
    count: NDArray[np.intp]

    def of(self, columns: NDArray[np.bool_]) -> _Lines:
        """Return the problem restricted to some columns."""
        return _Lines(self.x[:, columns], self.y[:, columns], self.here[:, columns], self.count[columns])

    def start(self) -> NDArray[np.float64]:
        """Return the least-squares lines and the scales of their residuals."""
        spread = np.ones(self.x.shape[1])
        line = self._least_squares(self.here, RIDGE * spread)
        return self._with_scale(line, np.full_like(spread, np.inf))

    def cost(self, now: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the objective of each column; infinite if the scale is not positive."""
        scale = np.where(now[2] > 0.0, now[2], np.nan)
        residual = np.abs(self.residual(now))
        far = residual > EPSILON * scale
        loss = np.where(far, 2.0 * EPSILON * residual - EPSILON**2 * scale, residual * residual / scale)
        total = _sum(self.here * (loss + scale)) + RIDGE * now[1] ** 2
        return np.where(np.isfinite(total), total, np.inf)

    def reweighted(self, now: NDArray[np.float64], residual: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one step of reweighted least squares, which never increases the objective but is slow near the minimum.

        Parameters
        ----------
        now
            The parameters, shape (3, column).
        residual
            What `residual` returns for them, shape (row, column).
        """
        size, cut = np.abs(residual), EPSILON * now[2]
        weight = self.here * (cut / np.maximum(size, cut))
        return self._with_scale(self._least_squares(weight, RIDGE * now[2]), cut)

    def newton(self, now: NDArray[np.float64], residual: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one Newton step, which is exact once the rows beyond `EPSILON` are identified.

        Parameters
        ----------
        now
            The parameters, shape (3, column).
        residual
            What `residual` returns for them, shape (row, column).
        """
        scale = now[2]
        close = np.abs(residual) <= EPSILON * scale
        ratio = np.where(close, residual / scale, EPSILON * np.sign(residual)) * self.here
        near = close * self.here
        near_x, near_ratio = near * self.x, near * ratio
        hessian = np.empty((ratio.shape[1], 3, 3))
        hessian[:, 0, 0] = _sum(near)
        hessian[:, 0, 1] = hessian[:, 1, 0] = _sum(near_x)
        hessian[:, 1, 1] = _dot(near_x, self.x)
        hessian[:, 0, 2] = hessian[:, 2, 0] = _sum(near_ratio)
        hessian[:, 1, 2] = hessian[:, 2, 1] = _dot(near_ratio, self.x)
        hessian[:, 2, 2] = _dot(near_ratio, ratio)
        hessian *= (2.0 / scale)[:, np.newaxis, np.newaxis]
        hessian[:, 1, 1] += 2.0 * RIDGE
        hessian += 1e-9 * np.trace(hessian, axis1=1, axis2=2)[:, np.newaxis, np.newaxis] * _UNIT
        gradient = np.empty((ratio.shape[1], 3, 1))
        gradient[:, 0, 0] = -2.0 * _sum(ratio)
        gradient[:, 1, 0] = -2.0 * _dot(ratio, self.x) + 2.0 * RIDGE * now[1]
        gradient[:, 2, 0] = self.count - _dot(ratio, ratio)
        step = np.linalg.solve(hessian, gradient)[:, :, 0].T
        moved: NDArray[np.float64] = now - step
        return moved

    def residual(self, now: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the deviations from the lines, shape (row, column)."""
        residual: NDArray[np.float64] = self.y - now[0] - now[1] * self.x
        return residual

    def _with_scale(self, line: NDArray[np.float64], cut: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return lines, whose scale is not known yet, with the scale of their residuals cut off at `cut`, shape (3, column)."""
        residual = np.minimum(np.abs(self.residual(line)), cut)
        np.maximum(np.sqrt(_sum(self.here * residual * residual) / self.count), _SMALLEST_SCALE, out=line[2])
        return line

    def _least_squares(self, weight: NDArray[np.float64], ridge: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return intercept and slope of weighted least squares, and room for the scale, shape (3, column).

        The slope is 0 if x does not vary.
        """
        total = _sum(weight)
        x_mean, y_mean = _sum(weight * self.x) / total, _sum(weight * self.y) / total
        apart = self.x - x_mean
        weighted = weight * apart
        spread = _sum(weighted * apart) + ridge
        line = np.zeros((3, len(spread)))
        np.divide(_sum(weighted * (self.y - y_mean)), spread, out=line[1], where=spread > 0.0)
        line[0] = y_mean - line[1] * x_mean
        return line


def _sum(values: NDArray[Any]) -> NDArray[Any]:
    """Return the sums of columns: the method of an array would take a tenth longer for those of a month."""
    sums: NDArray[Any] = np.add.reduce(values)
    return sums


def _dot(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of products down each column, shape (column,)."""
    products: NDArray[np.float64] = np.einsum("rc,rc->c", a, b)
    return products
