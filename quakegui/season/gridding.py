"""From station values to a map: one smoothing thin-plate spline per day, applied as a linear operator.

The spline through n stations is the minimiser of the bending energy plus the misfit (Duchon 1977; Wahba 1990, chapter 2), the
same function as ``scipy.interpolate.RBFInterpolator(xy_km, values, kernel="thin_plate_spline", smoothing=s, degree=1)``. For
one set of stations it is linear in the values, so a season is one matrix product with a *basis* that is computed once.

Missing stations need no basis of their own. A station whose value happens to equal what the spline of the others has at its
place does not bend that spline (its residual, hence its coefficient, is zero). So a missing value is filled with that
prediction, a small solve per set of missing stations, and the basis of the whole network gives exactly the spline of the
present stations.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quakegui.season.hull import corners, distinct, has_area, uniform, why_no_map, within_hull
from quakegui.season.network import MAP_PIXELS, Frame, Network
from quakegui.season.spline import design, solution

STATIONS_AT_ONCE = 32
"""Stations summed in one single-precision product. Summing 250 in a row would cost 8e-7 of a map's range, this 2e-7."""

ROWS_AT_ONCE = 40
"""Rows of pixels in one matrix product: their maps of `DAYS_AT_ONCE` days still lie in the cache when they are put in place."""

DAYS_AT_ONCE = 32
"""Days drawn in one matrix product: enough to feed the processor, 30 MB of maps at 480 pixels."""


@dataclass(frozen=True, slots=True)
class GridConfig:
    """How station values become a map.

    Attributes
    ----------
    smoothing
        Smoothing of the spline, in units of the mean area per station (the frame's area over the number of located stations),
        so that one number means the same for a network of 100 km and for a national one; `Basis.smoothing_km2` is the value
        in km2 that ``RBFInterpolator`` takes on coordinates in km. The default draws what one station shows alone at about
        three quarters of its height, and a footprint of 25 km that several of 25 stations see at 99 %: one station's own noise
        shall not pass for a region. A season's map peaks come out about 20 % below the station peaks, which are therefore
        always given beside them. On such footprints in unit noise it has 16 % less error than the exact spline. 0 draws every
        station's value in full.
    margin
        Widening of the frame beyond the stations' bounding box, a fraction of its larger side.
    extend_to_square
        Show the spline over the whole square instead of the convex hull of the day's stations. Outside the hull it
        extrapolates, and on noise most maxima lie out there.
    """

    smoothing: float = 0.3
    margin: float = 0.1
    extend_to_square: bool = False

    def __post_init__(self) -> None:
        """Refuse values that no map can be drawn with."""
        if not (np.isfinite(self.smoothing) and self.smoothing >= 0.0):
            raise ValueError("The smoothing of a map must be zero or positive.")
        if not (np.isfinite(self.margin) and self.margin >= 0.0):
            raise ValueError("The margin of a map must be zero or positive.")


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What all maps of one network share.

    Attributes
    ----------
    frame
        The square that is drawn.
    codes
        All stations in network order, those without coordinates included.
    located
        Positions in `codes` of the stations on the map, shape (located,).
    xy_km
        Their x and y in the frame's projection, km, shape (located, 2).
    smoothing_km2
        The spline's smoothing on coordinates in km.
    spans
        The columns that are drawn in each row, first and one past the last, int32, shape (row, 2): those inside the hull of all
        stations, within which every day's hull lies, or all of them.
    corners
        Which located stations are the corners of the hull of all; none where the network as a whole has no map.
    bending
        Matrix from all located stations' values to their coefficients in the spline, shape (located, located), or (0, 0).
    matrix
        Map of a unit value at each located station and zero at the others, float32, shape (located, drawn pixel), row by row;
        shape (0, 0) where the network as a whole has no map. It may be a memory-mapped file.
    """

    frame: Frame
    codes: tuple[str, ...]
    located: NDArray[np.intp]
    xy_km: NDArray[np.float64]
    smoothing_km2: float
    spans: NDArray[np.int32]
    corners: NDArray[np.int32]
    bending: NDArray[np.float64]
    matrix: NDArray[np.float32]

    @property
    def whole(self) -> bool:
        """Whether every pixel of the square is drawn."""
        return bool((self.spans == [0, self.frame.pixels]).all())

    def save(self, path: Path) -> None:
        """Write the matrix as an ``.npy`` file, the only part of the basis that takes time to compute."""
        with path.open("wb") as file:
            np.save(file, self.matrix)


def basis_key(network: Network, config: GridConfig, *, pixels: int = MAP_PIXELS) -> str:
    """Return a name for the basis of `network`: equal keys mean equal matrices (16 hexadecimal digits)."""
    places = [(station.code, station.latitude, station.longitude) for station in network.stations if station.located]
    text = repr((places, float(config.smoothing), float(config.margin), config.extend_to_square, pixels))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def build_basis(
    network: Network, config: GridConfig, *, pixels: int = MAP_PIXELS, out: NDArray[np.float32] | None = None
) -> Basis:
    """Compute the basis of a network's maps.

    Time and memory grow with stations x drawn pixels: at 480 pixels, of which the hull of all stations holds about half, 25
    stations take 12 MB and 250 take 120 MB, which may lie in a file.

    Parameters
    ----------
    network
        Stations without coordinates are left out.
    config
        Smoothing, margin, hull or square.
    pixels
        Width and height of the map.
    out
        Where to put the matrix, float32, of the shape of `basis_shape`, for example a ``np.lib.format.open_memmap``.

    Raises
    ------
    ValueError
        If `smoothing` is 0 and two stations stand at one position: no surface passes through two values at one place.
    """
    basis = _empty_basis(network, config, pixels)
    shape = _shape(basis)
    matrix = np.empty(shape, dtype=np.float32) if out is None else out
    if matrix.shape != shape or matrix.dtype != np.float32:
        raise ValueError(f"The basis needs a float32 array of shape {shape}.")
    if shape[0]:
        points = _drawn_points(basis)
        at_once = max(1, 2_000_000 // shape[0])
        for first in range(0, len(points), at_once):
            matrix[:, first : first + at_once] = _operator(basis, basis.xy_km, points[first : first + at_once]).T
    return replace(basis, matrix=matrix)


def basis_shape(network: Network, config: GridConfig, *, pixels: int = MAP_PIXELS) -> tuple[int, int]:
    """Return the shape (located, drawn pixel) of a network's basis matrix."""
    return _shape(_empty_basis(network, config, pixels))


def load_basis(path: Path, network: Network, config: GridConfig, *, pixels: int = MAP_PIXELS) -> Basis:
    """Map a saved matrix into memory instead of computing it.

    Raises
    ------
    ValueError
        If the file does not hold the basis of this network and config.
    """
    basis = _empty_basis(network, config, pixels)
    shape = _shape(basis)
    matrix = np.load(path, mmap_mode="r", allow_pickle=False) if shape[0] else basis.matrix
    wrong = ValueError(f"{path} does not hold the map basis of this network; delete it and it is computed again.")
    if matrix.shape != shape or matrix.dtype != np.float32:
        raise wrong
    if shape[0]:
        sample = np.linspace(0, shape[1] - 1, 31).astype(np.int32)
        exact = _operator(basis, basis.xy_km, _drawn_points(basis)[sample])
        if not np.allclose(matrix[:, sample], exact.T, atol=1e-5):
            raise wrong
    return replace(basis, matrix=matrix)


@dataclass(frozen=True, slots=True, eq=False)
class Gridder:
    """Draws the maps of one network. All methods are pure and may be called from any thread."""

    basis: Basis
    config: GridConfig

    def __post_init__(self) -> None:
        """Refuse to show what the basis does not draw."""
        if self.config.extend_to_square and len(self.basis.matrix) and not self.basis.whole:
            raise ValueError("This map basis draws the stations' hull only; build another to extend the map to the square.")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of a map."""
        return self.basis.frame.pixels, self.basis.frame.pixels

    def present(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which located stations have a value, shape (..., located), of values of shape (..., station)."""
        return np.isfinite(values[..., self.basis.located])

    def why_no_map(self, values: NDArray[np.float64]) -> str | None:
        """Return the sentence that says why one day's values, shape (station,), give no map, or None where they do."""
        return why_no_map(self.basis.xy_km[self.present(values)])

    def maps(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the maps of many days, shape (day, row, column), in the unit of `values`, shape (day, station).

        NaN where a pixel is not shown, all NaN where a day has no map. A map takes 0.9 MB at 480 pixels: `iterate` draws a
        long season piece by piece.
        """
        out = np.empty((len(values), *self.shape), dtype=np.float32)
        first = 0
        for piece in self.iterate(values, out=out):
            first += len(piece)
        return out

    def map(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the map of one day's values, shape (row, column), of shape (station,)."""
        field: NDArray[np.float32] = self.maps(np.asarray(values)[None, :])[0]
        return field

    def iterate(self, values: NDArray[np.float64], *, out: NDArray[np.float32] | None = None) -> Iterator[NDArray[np.float32]]:
        """Yield the maps of `DAYS_AT_ONCE` days after another, each shape (some days, row, column), as `maps`.

        Without `out` every piece reuses the memory of the one before: use it or copy it before asking for the next.
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
                if not self._whole_hull(present):
                    np.copyto(field, np.nan, where=~self._shown(present))
            yield piece

    def _whole_hull(self, present: NDArray[np.bool_]) -> bool:
        """Whether all corners of the network are present, so that everything drawn is shown."""
        return len(self.basis.corners) > 0 and bool(present[self.basis.corners].all())

    def _draw(self, filled: NDArray[np.float32], out: NDArray[np.float32]) -> None:
        """Write the drawn pixels of some days to their places in `out`, shape (day, row, column)."""
        spans = self.basis.spans.tolist()
        start = 0
        for top in range(0, len(spans), ROWS_AT_ONCE):
            rows = spans[top : top + ROWS_AT_ONCE]
            stop = start + sum(last - first for first, last in rows)
            drawn = _product(filled, self.basis.matrix[:, start:stop])
            at = 0
            for row, (first, last) in enumerate(rows, start=top):
                out[:, row, first:last] = drawn[:, at : at + last - first]
                at += last - first
            start = stop

    def filled(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the located stations' values with each missing one replaced by the spline of that day's others.

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
        masks, group = np.unique(present, axis=0, return_inverse=True)
        for number, here in enumerate(masks):
            days = np.flatnonzero(group.ravel() == number)
            if not has_area(self.basis.xy_km[here]):
                filled[days] = 0.0
            elif not here.all():
                # The values at which the missing stations' coefficients are zero.
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
            Shape (point,), NaN throughout where the day has no map.
        """
        here = self.present(np.asarray(values))
        points = np.column_stack([np.ravel(rows), np.ravel(columns)]).astype(np.float64)
        if not has_area(self.basis.xy_km[here]):
            return np.full(len(points), np.nan)
        seen = np.asarray(values, dtype=np.float64)[self.basis.located[here]]
        return _operator(self.basis, self.basis.xy_km[here], self.basis.frame.from_pixels(points)) @ seen

    def leave_one_out(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each station's value less what the spline of the day's other stations has there.

        Closed form (Rippa 1999; for smoothing splines Wahba 1990, section 4.2): the station's own coefficient over the
        corresponding diagonal element of the solution operator.

        Parameters
        ----------
        values
            Shape (station,), NaN where missing.

        Returns
        -------
        NDArray
            Shape (station,), in the unit of `values`; NaN where the station has no value or the others give no map.
        """
        errors = np.full(len(self.basis.codes), np.nan)
        here = self.present(np.asarray(values))
        xy = self.basis.xy_km[here]
        if not has_area(xy):
            return errors
        seen = np.asarray(values, dtype=np.float64)[self.basis.located[here]]
        bending = solution(_scaled(self.basis, xy), _scaled_smoothing(self.basis))[: len(xy)]
        own = np.diag(bending)
        # Positions are of order one in the spline's units; an element of zero means that the others lie on one line.
        possible = own > 1e-6
        errors[self.basis.located[here][possible]] = (bending @ seen)[possible] / own[possible]
        return errors

    def _shown(self, here: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the pixels shown for a mask of located stations, shape (row, column)."""
        xy = self.basis.xy_km[here]
        if not has_area(xy):
            return uniform(self.basis.frame.pixels, False)
        if self.config.extend_to_square:
            return uniform(self.basis.frame.pixels, True)
        return within_hull(self.basis.frame, xy)


def _empty_basis(network: Network, config: GridConfig, pixels: int) -> Basis:
    """Return the basis of a network without its matrix."""
    located = np.flatnonzero(network.located)
    # A network that is nowhere has no frame: nothing will ever be drawn in this one, but the season still has its values.
    frame = network.frame(margin=config.margin) if len(located) else Frame(0.0, 0.0, 0.0, 0.0, 1.0)
    frame = replace(frame, pixels=pixels)
    xy = network.xy_km(frame)[located]
    smoothing_km2 = config.smoothing * (2.0 * frame.half_width_km) ** 2 / max(len(located), 1)
    if config.smoothing == 0.0 and len(distinct(xy)) < len(xy):
        raise ValueError("Two stations stand at one position, so their map needs a smoothing above zero.")
    bare = Basis(
        frame=frame,
        codes=network.codes,
        located=located,
        xy_km=xy,
        smoothing_km2=smoothing_km2,
        spans=np.zeros((pixels, 2), dtype=np.int32),
        corners=np.empty(0, dtype=np.int32),
        bending=np.empty((0, 0)),
        matrix=np.empty((0, 0), dtype=np.float32),
    )
    if not has_area(xy):
        return bare
    drawn = uniform(pixels, True) if config.extend_to_square else within_hull(frame, xy)
    first = np.argmax(drawn, axis=1)
    return replace(
        bare,
        spans=np.column_stack([first, first + np.count_nonzero(drawn, axis=1)]).astype(np.int32),
        corners=corners(xy),
        bending=solution(_scaled(bare, xy), _scaled_smoothing(bare))[: len(xy)],
    )


def _shape(basis: Basis) -> tuple[int, int]:
    drawn = int(np.diff(basis.spans).sum())
    return (len(basis.located), drawn) if drawn else (0, 0)


def _drawn_points(basis: Basis) -> NDArray[np.float64]:
    """Return the centres of the drawn pixels in km, row by row, shape (drawn pixel, 2)."""
    x, y = basis.frame.pixel_centres()
    columns = np.concatenate([x[first:last] for first, last in basis.spans.tolist()])
    return np.column_stack([columns, np.repeat(y, np.diff(basis.spans).ravel())])


def _scaled(basis: Basis, xy_km: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return positions in half widths about the frame's centre: the spline is the same, its equations better conditioned."""
    centre = np.array([basis.frame.x_km, basis.frame.y_km])
    scaled: NDArray[np.float64] = (xy_km - centre) / basis.frame.half_width_km
    return scaled


def _scaled_smoothing(basis: Basis) -> float:
    return basis.smoothing_km2 / basis.frame.half_width_km**2


def _operator(basis: Basis, xy_km: NDArray[np.float64], points_km: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the matrix from the values of stations at `xy_km` to their spline at `points_km`, shape (point, station)."""
    xy = _scaled(basis, xy_km)
    return design(_scaled(basis, points_km), xy) @ solution(xy, _scaled_smoothing(basis))


def _product(values: NDArray[np.float32], matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return values @ matrix, shape (day, pixel), in sums short enough for single precision."""
    product = values[:, :STATIONS_AT_ONCE] @ matrix[:STATIONS_AT_ONCE]
    for first in range(STATIONS_AT_ONCE, len(matrix), STATIONS_AT_ONCE):
        block = slice(first, first + STATIONS_AT_ONCE)
        product += values[:, block] @ matrix[block]
    return product
