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
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from quakegui.season.network import MAP_PIXELS, Frame, Network

SAME_PLACE_KM = 1e-3
"""Stations closer than this stand at one position."""

THINNEST = 1e-2
"""Stations whose spread across their line is below this fraction of the spread along it lie on one line."""

STATIONS_AT_ONCE = 32
"""Stations summed in one single-precision product. Summing 250 in a row would cost 8e-7 of a map's range, this 2e-7."""

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
        in km2 that ``RBFInterpolator`` takes on coordinates in km. The default draws what one station shows alone at 79 % of
        its height, and a footprint of 25 km that several of 25 stations see at 99 %: a single station's noise shall not pass
        for a region, and the map's peak is therefore always given beside the station's. On such footprints in unit noise it
        has 16 % less error than the exact spline. 0 draws every station's value in full.
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
    matrix
        Map of a unit value at each located station and zero at the others, float32, shape (located, pixel), pixels row by row;
        shape (0, pixel) where the network as a whole has no map. It may be a memory-mapped file.
    """

    frame: Frame
    codes: tuple[str, ...]
    located: NDArray[np.intp]
    xy_km: NDArray[np.float64]
    smoothing_km2: float
    matrix: NDArray[np.float32]

    def save(self, path: Path) -> None:
        """Write the matrix as an ``.npy`` file, the only part of the basis that takes time to compute."""
        with path.open("wb") as file:
            np.save(file, self.matrix)


def basis_key(network: Network, config: GridConfig, *, pixels: int = MAP_PIXELS) -> str:
    """Return a name for the basis of `network`: equal keys mean equal matrices (16 hexadecimal digits)."""
    places = [(station.code, station.latitude, station.longitude) for station in network.stations if station.located]
    text = repr((places, float(config.smoothing), float(config.margin), pixels))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def build_basis(
    network: Network, config: GridConfig, *, pixels: int = MAP_PIXELS, out: NDArray[np.float32] | None = None
) -> Basis:
    """Compute the basis of a network's maps.

    Time and memory grow with stations x pixels: 25 stations take 23 MB, 250 take 230 MB, which may lie in a file.

    Parameters
    ----------
    network
        Stations without coordinates are left out.
    config
        Smoothing and margin.
    pixels
        Width and height of the map.
    out
        Where to put the matrix, float32, shape (located, pixels * pixels), for example a ``np.lib.format.open_memmap``.

    Raises
    ------
    ValueError
        If `smoothing` is 0 and two stations stand at one position: no surface passes through two values at one place.
    """
    basis = _empty_basis(network, config, pixels)
    if why_no_map(basis.xy_km) is not None:
        return basis
    matrix = np.empty((len(basis.located), pixels * pixels), dtype=np.float32) if out is None else out
    if matrix.shape != (len(basis.located), pixels * pixels) or matrix.dtype != np.float32:
        raise ValueError(f"The basis needs a float32 array of shape {(len(basis.located), pixels * pixels)}.")
    solution = _solution(_scaled(basis, basis.xy_km), _scaled_smoothing(basis))
    x, y = basis.frame.pixel_centres()
    rows_at_once = max(1, 2_000_000 // (pixels * len(basis.located)))
    for first in range(0, pixels, rows_at_once):
        rows = y[first : first + rows_at_once]
        points = np.column_stack([np.tile(x, len(rows)), np.repeat(rows, pixels)])
        matrix[:, first * pixels : (first + len(rows)) * pixels] = (_design(basis, points) @ solution).T
    return _with_matrix(basis, matrix)


def load_basis(path: Path, network: Network, config: GridConfig, *, pixels: int = MAP_PIXELS) -> Basis:
    """Map a saved matrix into memory instead of computing it.

    Raises
    ------
    ValueError
        If the file does not hold the basis of this network and config.
    """
    basis = _empty_basis(network, config, pixels)
    expected = 0 if why_no_map(basis.xy_km) is not None else len(basis.located)
    matrix = np.load(path, mmap_mode="r", allow_pickle=False)
    wrong = ValueError(f"{path} does not hold the map basis of this network; delete it and it is computed again.")
    if matrix.shape != (expected, pixels * pixels) or matrix.dtype != np.float32:
        raise wrong
    if expected:
        sample = np.linspace(0, pixels * pixels - 1, 31).astype(np.intp)
        points = basis.frame.from_pixels(np.column_stack(np.divmod(sample, pixels)).astype(np.float64))
        exact = _design(basis, points) @ _solution(_scaled(basis, basis.xy_km), _scaled_smoothing(basis))
        if not np.allclose(matrix[:, sample], exact.T, atol=1e-5):
            raise wrong
    return _with_matrix(basis, matrix)


def why_no_map(xy_km: NDArray[np.float64]) -> str | None:
    """Return the sentence that says why stations at `xy_km`, shape (station, 2), give no map, or None where they do."""
    places = _distinct(xy_km)
    if len(places) < 3:
        here = {0: "No station has", 1: "Only one place has", 2: "Only two places have"}[len(places)]
        return f"{here} a value on this day; a map needs three stations at different places. The stations are shown alone."
    along, across = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)
    if across < THINNEST * along:
        return "All stations with a value on this day lie on one line, so there is no map. The stations are shown alone."
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Gridder:
    """Draws the maps of one network. All methods are pure and may be called from any thread."""

    basis: Basis
    config: GridConfig

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

    def hull_mask(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which pixels are shown, shape (row, column): those inside the convex hull of the day's stations.

        All of them where the config extends the map to the square; none where the day has no map. The array is shared and
        read-only.
        """
        return self._shown(self.present(values))

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
        buffer = np.empty((min(DAYS_AT_ONCE, len(values)), *self.shape), dtype=np.float32) if out is None else out
        for first in range(0, len(values), DAYS_AT_ONCE):
            days = values[first : first + DAYS_AT_ONCE]
            piece = buffer[: len(days)] if out is None else buffer[first : first + len(days)]
            present = self.present(days)
            filled = self.filled(days)
            _product(filled.astype(np.float32), self.basis.matrix, piece.reshape(len(days), -1))
            for day in range(len(days)):
                np.copyto(piece[day], np.nan, where=~self._shown(present[day]))
            yield piece

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
            if here.all() and len(self.basis.matrix):
                continue
            days = np.flatnonzero(group.ravel() == number)
            if why_no_map(self.basis.xy_km[here]) is not None:
                filled[days] = 0.0
                continue
            predict = self._operator(here, self.basis.xy_km[~here])
            filled[np.ix_(days, ~here)] = filled[np.ix_(days, here)] @ predict.T
        return filled[:, : len(self.basis.matrix)]

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
        if why_no_map(self.basis.xy_km[here]) is not None:
            return np.full(len(points), np.nan)
        seen = np.asarray(values, dtype=np.float64)[self.basis.located[here]]
        return self._operator(here, self.basis.frame.from_pixels(points)) @ seen

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
        if why_no_map(xy) is not None:
            return errors
        seen = np.asarray(values, dtype=np.float64)[self.basis.located[here]]
        bending = _solution(_scaled(self.basis, xy), _scaled_smoothing(self.basis))[: len(xy)]
        own = np.diag(bending)
        # Positions are of order one in the spline's units; an element of zero means that the others lie on one line.
        possible = own > 1e-6
        errors[self.basis.located[here][possible]] = (bending @ seen)[possible] / own[possible]
        return errors

    def _operator(self, here: NDArray[np.bool_], points_km: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the matrix from present values to the spline at `points_km`, shape (point, present)."""
        xy = _scaled(self.basis, self.basis.xy_km[here])
        design = _design_scaled(_scaled(self.basis, points_km), xy)
        return design @ _solution(xy, _scaled_smoothing(self.basis))

    def _shown(self, here: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the pixels shown for a mask of located stations, shape (row, column)."""
        xy = self.basis.xy_km[here]
        if why_no_map(xy) is not None:
            return _uniform(self.basis.frame.pixels, False)
        if self.config.extend_to_square:
            return _uniform(self.basis.frame.pixels, True)
        corners = xy[ConvexHull(xy).vertices]
        return _inside(self.basis.frame, tuple((float(x), float(y)) for x, y in corners))


def _empty_basis(network: Network, config: GridConfig, pixels: int) -> Basis:
    located = np.flatnonzero(network.located)
    if len(located):
        there = network.frame(margin=config.margin)
        frame = Frame(there.latitude, there.longitude, there.x_km, there.y_km, there.half_width_km, pixels)
    else:
        # Nothing will ever be drawn in it; the season still has its stations' values, labels and events.
        frame = Frame(0.0, 0.0, 0.0, 0.0, 1.0, pixels)
    xy = network.xy_km(frame)[located]
    smoothing_km2 = config.smoothing * (2.0 * frame.half_width_km) ** 2 / max(len(located), 1)
    if config.smoothing == 0.0 and len(_distinct(xy)) < len(xy):
        raise ValueError("Two stations stand at one position, so their map needs a smoothing above zero.")
    return Basis(frame, network.codes, located, xy, smoothing_km2, np.empty((0, pixels * pixels), dtype=np.float32))


def _with_matrix(basis: Basis, matrix: NDArray[np.float32]) -> Basis:
    return Basis(basis.frame, basis.codes, basis.located, basis.xy_km, basis.smoothing_km2, matrix)


def _distinct(xy_km: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one of each group of positions that are the same place, shape (place, 2)."""
    apart = np.hypot(*(xy_km[:, None, :] - xy_km[None, :, :]).T).T >= SAME_PLACE_KM
    repeats = np.tril(~apart, -1).any(axis=1)
    places: NDArray[np.float64] = xy_km[~repeats]
    return places


def _scaled(basis: Basis, xy_km: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return positions in half widths about the frame's centre: the spline is the same, its equations better conditioned."""
    centre = np.array([basis.frame.x_km, basis.frame.y_km])
    scaled: NDArray[np.float64] = (xy_km - centre) / basis.frame.half_width_km
    return scaled


def _scaled_smoothing(basis: Basis) -> float:
    return basis.smoothing_km2 / basis.frame.half_width_km**2


def _kernel(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return r^2 log r between positions, shape (a, b), 0 at r = 0."""
    squared = (a[:, None, 0] - b[None, :, 0]) ** 2 + (a[:, None, 1] - b[None, :, 1]) ** 2
    # The smallest positive number keeps the logarithm finite; its factor is zero there.
    kernel: NDArray[np.float64] = 0.5 * squared * np.log(np.maximum(squared, np.finfo(np.float64).tiny))
    return kernel


def _design_scaled(points: NDArray[np.float64], xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return kernel and plane at `points`, shape (point, station + 3)."""
    return np.hstack([_kernel(points, xy), np.ones((len(points), 1)), points])


def _design(basis: Basis, points_km: NDArray[np.float64]) -> NDArray[np.float64]:
    return _design_scaled(_scaled(basis, points_km), _scaled(basis, basis.xy_km))


def _solution(xy: NDArray[np.float64], smoothing: float) -> NDArray[np.float64]:
    """Return the matrix from station values to the spline's coefficients, shape (station + 3, station)."""
    count = len(xy)
    system = np.zeros((count + 3, count + 3))
    system[:count] = _design_scaled(xy, xy)
    system[:count, :count] += smoothing * np.eye(count)
    system[count:, :count] = system[:count, count:].T
    return np.linalg.solve(system, np.eye(count + 3, count)).astype(np.float64, copy=False)


def _product(values: NDArray[np.float32], matrix: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """Write values @ matrix to `out`, shape (day, pixel), in sums short enough for single precision."""
    np.matmul(values[:, :STATIONS_AT_ONCE], matrix[:STATIONS_AT_ONCE], out=out)
    for first in range(STATIONS_AT_ONCE, len(matrix), STATIONS_AT_ONCE):
        block = slice(first, first + STATIONS_AT_ONCE)
        out += values[:, block] @ matrix[block]


@lru_cache(maxsize=64)
def _inside(frame: Frame, corners: tuple[tuple[float, float], ...]) -> NDArray[np.bool_]:
    """Return the pixels whose centres lie in the convex polygon, shape (row, column); corners run anticlockwise, in km."""
    x, y = frame.pixel_centres()
    inside = np.ones((frame.pixels, frame.pixels), dtype=bool)
    for (ax, ay), (bx, by) in zip(corners, (*corners[1:], corners[0]), strict=True):
        inside &= ((bx - ax) * (y - ay))[:, None] >= ((by - ay) * (x - ax))[None, :]
    inside.flags.writeable = False
    return inside


@lru_cache(maxsize=8)
def _uniform(pixels: int, shown: bool) -> NDArray[np.bool_]:
    everywhere = np.full((pixels, pixels), shown)
    everywhere.flags.writeable = False
    return everywhere
