"""From station values to a map: one smoothing thin-plate spline per day, applied as a linear operator.

The spline through n stations minimises bending energy plus misfit (Duchon 1977; Wahba 1990, chapter 2); it equals
``scipy.interpolate.RBFInterpolator(xy_km, values, kernel="thin_plate_spline", smoothing=s, degree=1)``. For a fixed set of
stations it is linear in the values, so a season is one matrix product with a *basis* that is computed once.
Missing stations need no basis of their own. A station whose value equals the spline of the others at its position does not bend
that spline (its residual, hence its coefficient, is zero). Each missing value is therefore replaced by that prediction, a small
linear system per set of missing stations, and the basis of the whole network then gives exactly the spline of the stations that
have data.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from quakegui.season.basis import GridConfig, MapBasis
from quakegui.season.hull import has_area, uniform, why_no_map, within_hull
from quakegui.season.network import Frame
from quakegui.words import Said

STATIONS_AT_ONCE = 32
"""Stations summed in one single-precision product. Summing 250 at once has an error of 8e-7 of a map's range, this 2e-7."""

ROWS_AT_ONCE = 40
"""Rows of pixels in one matrix product: the result for `DAYS_AT_ONCE` days is still in the cache when it is copied."""

DAYS_AT_ONCE = 32
"""Days drawn in one matrix product: enough to keep the processor busy; 30 MB of maps at 480 pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Gridder:
    """Draws the maps of one network. All methods are pure and may be called from any thread.

    Attributes
    ----------
    basis
        The map basis of the network.
    config
        Smoothing, margin, hull or square.
    """

    basis: MapBasis
    config: GridConfig

    def __post_init__(self) -> None:
        """Raise ValueError if the config shows pixels that the basis does not contain."""
        if self.config.extend_to_square and len(self.basis.matrix) and not self.basis.whole:
            raise ValueError(
                Said(
                    "This map basis covers only the convex hull of the stations; build another one to extend the "
                    "map to the full frame."
                )
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns of a map."""
        return self.basis.frame.pixels, self.basis.frame.pixels

    def present(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which located stations have a value, shape (..., located), for values of shape (..., station)."""
        return np.isfinite(values[..., self.basis.located])

    def why_no_map(self, values: NDArray[np.float64]) -> str | None:
        """Return why the values of one day, shape (station,), give no map, as a sentence; None if they do."""
        return why_no_map(self.basis.xy_km[self.present(values)])

    def maps(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the maps of several days, shape (day, row, column), in the unit of `values`, shape (day, station).

        Pixels that are not shown are NaN, all of them on a day without a map. A map takes 0.9 MB at 480 pixels; use `iterate`
        for a long season.
        """
        out = np.empty((len(values), *self.shape), dtype=np.float32)
        first = 0
        for piece in self.iterate(values, out=out):
            first += len(piece)
        return out

    def map(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the map of one day, shape (row, column), from its values, shape (station,)."""
        if not self.present(values).any():  # at once: a season may have a century of such days
            return np.full(self.shape, np.nan, dtype=np.float32)
        field: NDArray[np.float32] = self.maps(np.asarray(values)[None, :])[0]
        return field

    def iterate(self, values: NDArray[np.float64], *, out: NDArray[np.float32] | None = None) -> Iterator[NDArray[np.float32]]:
        """Yield the maps of up to `DAYS_AT_ONCE` days at a time, each array of shape (some days, row, column).

        Parameters
        ----------
        values
            Shape (day, station), NaN where missing.
        out
            Array for all maps, float32, shape (day, row, column). Without it every piece overwrites the memory of the previous
            one: use or copy a piece before requesting the next.
        """
        values = np.asarray(values, dtype=np.float64)
        count = len(values) if out is not None else min(DAYS_AT_ONCE, len(values))
        buffer = np.empty((count, *self.shape), dtype=np.float32) if out is None else out
        buffer.fill(np.nan)
        for first in range(0, len(values), DAYS_AT_ONCE):
            days = values[first : first + DAYS_AT_ONCE]
            piece = buffer[: len(days)] if out is None else buffer[first : first + len(days)]
            if len(self.basis.matrix):
                self._draw(self.filled(days).astype(np.float32), piece)
            for field, present in zip(piece, self.present(days), strict=True):
                # If all corners of the network have data, every drawn pixel is shown.
                if not len(self.basis.corners) or not present[self.basis.corners].all():
                    np.copyto(field, np.nan, where=~self._shown(present))
            yield piece

    def _draw(self, filled: NDArray[np.float32], out: NDArray[np.float32]) -> None:
        """Write the drawn pixels of some days to their positions in `out`, shape (day, row, column)."""
        bounds, pixels = _drawn(self.shape[1], self.basis.spans.tobytes())
        if len(out) == 1:  # all rows at once, as soon as they are computed: copying each takes a third of the time of a map
            products = [_product(filled, self.basis.matrix[:, start:stop])[0] for start, stop in itertools.pairwise(bounds)]
            out[0][pixels] = np.concatenate(products)
            return
        spans = self.basis.spans.tolist()
        for top, (start, stop) in zip(range(0, len(spans), ROWS_AT_ONCE), itertools.pairwise(bounds), strict=True):
            rows = spans[top : top + ROWS_AT_ONCE]
            drawn = _product(filled, self.basis.matrix[:, start:stop])
            at = 0
            for row, (first, last) in enumerate(rows, start=top):
                out[:, row, first:last] = drawn[:, at : at + last - first]
                at += last - first

    def filled(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values of the located stations, each missing one replaced by the spline of that day's other stations.

        Parameters
        ----------
        values
            Shape (day, station), NaN where missing.

        Returns
        -------
        NDArray
            Shape (day, located); 0 throughout on a day without a map.
        """
        values = np.asarray(values, dtype=np.float64)
        present = self.present(values)
        filled = np.where(present, values[:, self.basis.located], 0.0)
        # Sorting one day would take a tenth of the time of its map.
        one = present, np.zeros(1, dtype=np.intp)
        masks, group = np.unique(present, axis=0, return_inverse=True) if len(present) != 1 else one
        for number, here in enumerate(masks):
            days = np.flatnonzero(group.ravel() == number)
            if not has_area(self.basis.xy_km[here]):
                filled[days] = 0.0
            elif not here.all():
                # Solve for the values with which the coefficients of the missing stations are zero.
                rows = self.basis.bending[~here]
                filled[np.ix_(days, ~here)] = -np.linalg.solve(rows[:, ~here], rows[:, here] @ filled[np.ix_(days, here)].T).T
        return filled

    def at(self, values: NDArray[np.float64], rows: NDArray[np.float64], columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the spline of one day at fractional pixel positions, in float64 and without a mask.

        Parameters
        ----------
        values
            Shape (station,), NaN where missing.
        rows, columns
            Positions, shape (point,); pixel centres are at integers.

        Returns
        -------
        NDArray
            Shape (point,), NaN throughout if the day has no map.
        """
        here = self.present(np.asarray(values))
        points = np.column_stack([np.ravel(rows), np.ravel(columns)]).astype(np.float64)
        if not has_area(self.basis.xy_km[here]):
            return np.full(len(points), np.nan)
        seen = np.asarray(values, dtype=np.float64)[self.basis.located[here]]
        return self.basis.operator(self.basis.xy_km[here], self.basis.frame.from_pixels(points)) @ seen

    def leave_one_out(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each station's value minus the spline of the day's other stations at its position.

        Closed form (Rippa 1999; for smoothing splines Wahba 1990, section 4.2): the coefficient of the station divided by the
        corresponding diagonal element of the solution operator.

        Parameters
        ----------
        values
            Shape (station,), NaN where missing.

        Returns
        -------
        NDArray
            Shape (station,), in the unit of `values`; NaN if the station has no value or the others give no map.
        """
        errors = np.full(len(self.basis.codes), np.nan)
        here = self.present(np.asarray(values))
        xy = self.basis.xy_km[here]
        if not has_area(xy):
            return errors
        seen = np.asarray(values, dtype=np.float64)[self.basis.located[here]]
        bending = self.basis.bending_of(xy)
        own = np.diag(bending)
        # Positions are of order one in the units of the spline; a zero element means that the others lie on one line.
        possible = own > 1e-6
        errors[self.basis.located[here][possible]] = (bending @ seen)[possible] / own[possible]
        return errors

    def _shown(self, here: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the pixels shown for a mask of located stations, shape (row, column)."""
        if not has_area(self.basis.xy_km[here]):
            return uniform(self.basis.frame.pixels, False)
        if self.config.extend_to_square:
            return uniform(self.basis.frame.pixels, True)
        return _within_hull(self.basis.frame, self.basis.xy_km[here].tobytes())


@lru_cache(maxsize=64)
def _within_hull(frame: Frame, places: bytes) -> NDArray[np.bool_]:
    """Return the pixels in the hull of stations, shape (row, column); `places` are the bytes of their positions in km."""
    return within_hull(frame, np.frombuffer(places).reshape(-1, 2))


@lru_cache(maxsize=2)
def _drawn(pixels: int, spans: bytes) -> tuple[tuple[int, ...], NDArray[np.bool_]]:
    """Return how a matrix is drawn, from the number of columns of a map and the bytes of the spans of its rows.

    Returns
    -------
    tuple
        The columns of the matrix at which every `ROWS_AT_ONCE` rows begin, with their number, and the drawn pixels, shape
        (row, column).
    """
    first, last = np.frombuffer(spans, dtype=np.int32).reshape(-1, 2).T[:, :, None]
    columns = np.arange(pixels)
    mask = (columns >= first) & (columns < last)
    ends = np.cumsum(np.add.reduceat((last - first).ravel(), np.arange(0, len(first), ROWS_AT_ONCE)))
    return (0, *ends.tolist()), mask


def _product(values: NDArray[np.float32], matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return values @ matrix, shape (day, pixel), in sums short enough for single precision."""
    product = values[:, :STATIONS_AT_ONCE] @ matrix[:STATIONS_AT_ONCE]
    for first in range(STATIONS_AT_ONCE, len(matrix), STATIONS_AT_ONCE):
        block = slice(first, first + STATIONS_AT_ONCE)
        product += values[:, block] @ matrix[block]
    return product
