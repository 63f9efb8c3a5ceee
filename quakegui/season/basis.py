"""The map basis: the spline of a unit value at each station, computed once for all days.

The maps of a season are the daily values times this matrix; see `quakegui.season.gridding`.

References
----------
Duchon (1977), splines minimizing rotation-invariant semi-norms; Wahba (1990), Spline models for observational data, chapter 2.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quakegui.season.hull import corners, distinct, has_area, uniform, within_hull
from quakegui.season.network import MAP_PIXELS, Frame, Network
from quakegui.words import Said


@dataclass(frozen=True, slots=True)
class GridConfig:
    """How station values are interpolated to a map.

    Attributes
    ----------
    smoothing
        Smoothing of the spline, in units of the mean area per station (the area of the frame divided by the number of located
        stations), so that one number means the same for a network of 100 km and for a national one. `MapBasis.smoothing_km2` is
        the equivalent in km2 for ``RBFInterpolator`` on coordinates in km. With the default, an anomaly at a single station is
        drawn at about three quarters of its height, and a footprint of 25 km at several of 25 stations at 99%: the noise of one
        station must not look like a region. The peaks of a season's maps are about 20% below the station peaks, which are
        therefore always reported with them. For such footprints in unit noise the error is 16% less than that of the exact
        spline. With 0 the map passes through every station's value.
    margin
        Margin around the bounding box of the stations, as a fraction of its larger side.
    extend_to_square
        Show the spline over the whole frame instead of the convex hull of the day's stations. Outside the hull the spline
        extrapolates, and in noise most maxima are there.
    """

    smoothing: float = 0.3
    margin: float = 0.1
    extend_to_square: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for values that cannot be drawn."""
        if not (np.isfinite(self.smoothing) and self.smoothing >= 0.0):
            raise ValueError(Said("The smoothing of a map must be zero or positive."))
        if not (np.isfinite(self.margin) and self.margin >= 0.0):
            raise ValueError(Said("The margin of a map must be zero or positive."))


@dataclass(frozen=True, slots=True, eq=False)
class MapBasis:
    """What all maps of one network have in common.

    Attributes
    ----------
    frame
        The square that the maps cover.
    codes
        All stations in network order, including those without coordinates.
    located
        Positions in `codes` of the stations on the map, shape (located,).
    xy_km
        x and y of these stations in the projection of the frame, km, shape (located, 2).
    smoothing_km2
        Smoothing of the spline for coordinates in km.
    spans
        First drawn column of each row, and the column after the last, int32, shape (row, 2): the columns within the convex hull
        of all stations, which contains the hull of every day, or all columns.
    corners
        Located stations at the corners of the hull of all stations; empty if the network as a whole has no map.
    bending
        Matrix from the values of all located stations to their spline coefficients, shape (located, located), or (0, 0).
    matrix
        Map of a unit value at each located station and zero at the others, float32, shape (located, drawn pixel), row by row;
        shape (0, 0) if the network as a whole has no map. May be a memory-mapped file.
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
        """Whether every pixel of the frame is drawn."""
        return bool((self.spans == [0, self.frame.pixels]).all())

    def operator(self, xy_km: NDArray[np.float64], points_km: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the matrix from the values of stations to their spline at other points, shape (point, station).

        Parameters
        ----------
        xy_km
            Positions of the stations in km, shape (station, 2).
        points_km
            Positions at which the spline is evaluated in km, shape (point, 2).
        """
        xy = self._scaled(xy_km)
        return design(self._scaled(points_km), xy) @ solution(xy, self._scaled_smoothing)

    def bending_of(self, xy_km: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the matrix from values of stations at `xy_km` to their spline coefficients, shape (station, station)."""
        return _bending(self._scaled(xy_km).tobytes(), self._scaled_smoothing)

    def _scaled(self, xy_km: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return positions relative to the frame's centre in half widths: better conditioned equations of the same spline."""
        centre = np.array([self.frame.x_km, self.frame.y_km])
        scaled: NDArray[np.float64] = (xy_km - centre) / self.frame.half_width_km
        return scaled

    @property
    def _scaled_smoothing(self) -> float:
        return self.smoothing_km2 / self.frame.half_width_km**2

    def save(self, path: Path) -> None:
        """Write the matrix, the only part of the basis that is expensive to compute, to an ``.npy`` file."""
        with path.open("wb") as file:
            np.save(file, self.matrix)


def basis_key(network: Network, config: GridConfig, *, pixels: int = MAP_PIXELS) -> str:
    """Return a name for the basis of a network, 16 hexadecimal digits: equal keys mean equal matrices.

    Parameters as in `build_basis`; only located stations count.
    """
    places = [(station.code, station.latitude, station.longitude) for station in network.stations if station.located]
    text = repr((places, float(config.smoothing), float(config.margin), config.extend_to_square, pixels))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def build_basis(network: Network, config: GridConfig, *, pixels: int = MAP_PIXELS) -> MapBasis:
    """Compute the basis of a network's maps.

    Time and memory grow with stations x drawn pixels. At 480 pixels, about half of which lie in the hull of all stations, 25
    stations take 12 MB and 250 take 120 MB.

    Parameters
    ----------
    network
        The stations; those without coordinates are ignored.
    config
        Smoothing, margin, hull or square.
    pixels
        Width and height of the map.

    Raises
    ------
    ValueError
        If `smoothing` is 0 and two stations share a position: no surface passes through two values at one point.
    """
    basis = _empty_basis(network, config, pixels)
    shape = _shape(basis)
    matrix = np.empty(shape, dtype=np.float32)
    if shape[0]:
        points = _drawn_points(basis)
        at_once = max(1, 2_000_000 // shape[0])
        for first in range(0, len(points), at_once):
            matrix[:, first : first + at_once] = basis.operator(basis.xy_km, points[first : first + at_once]).T
    return replace(basis, matrix=matrix)


def load_basis(path: Path, network: Network, config: GridConfig, *, pixels: int = MAP_PIXELS) -> MapBasis:
    """Memory-map a saved matrix instead of computing it.

    Parameters
    ----------
    path
        The ``.npy`` file.
    network, config, pixels
        As given to `build_basis`.

    Raises
    ------
    ValueError
        If the file does not contain the basis of this network and config.
    """
    basis = _empty_basis(network, config, pixels)
    shape = _shape(basis)
    matrix = np.load(path, mmap_mode="r", allow_pickle=False) if shape[0] else basis.matrix
    wrong = ValueError(
        Said(
            "{path} does not contain the map basis of this network. Delete the file; the program then recomputes "
            "the map basis.",
            path=path,
        )
    )
    if matrix.shape != shape or matrix.dtype != np.float32:
        raise wrong
    if shape[0]:
        sample = np.linspace(0, shape[1] - 1, 31).astype(np.int32)
        exact = basis.operator(basis.xy_km, _drawn_points(basis)[sample])
        if not np.allclose(matrix[:, sample], exact.T, atol=1e-5):
            raise wrong
    return replace(basis, matrix=matrix)


def _empty_basis(network: Network, config: GridConfig, pixels: int) -> MapBasis:
    """Return the basis of a network without its matrix."""
    located = np.flatnonzero(network.located)
    # Without located stations there is no real frame. Nothing is drawn in this one, but the season still has its values.
    frame = network.frame(margin=config.margin) if len(located) else Frame(0.0, 0.0, 0.0, 0.0, 1.0)
    frame = replace(frame, pixels=pixels)
    xy = network.xy_km(frame)[located]
    smoothing_km2 = config.smoothing * (2.0 * frame.half_width_km) ** 2 / max(len(located), 1)
    if config.smoothing == 0.0 and len(distinct(xy)) < len(xy):
        raise ValueError(Said("Two stations are at the same position, so the smoothing of the map must be above zero."))
    bare = MapBasis(
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
        bending=bare.bending_of(xy),
    )


def _shape(basis: MapBasis) -> tuple[int, int]:
    drawn = int(np.diff(basis.spans).sum())
    return (len(basis.located), drawn) if drawn else (0, 0)


def _drawn_points(basis: MapBasis) -> NDArray[np.float64]:
    """Return the centres of the drawn pixels in km, row by row, shape (drawn pixel, 2)."""
    x, y = basis.frame.pixel_centres()
    columns = np.concatenate([x[first:last] for first, last in basis.spans.tolist()])
    return np.column_stack([columns, np.repeat(y, np.diff(basis.spans).ravel())])


def kernel(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the thin-plate kernel r^2 log r of all pairs of positions, 0 at r = 0, shape (a, b).

    Parameters
    ----------
    a, b
        Positions, shapes (a, 2) and (b, 2).
    """
    squared = (a[:, None, 0] - b[None, :, 0]) ** 2 + (a[:, None, 1] - b[None, :, 1]) ** 2
    # The smallest positive number keeps the logarithm finite where its factor is zero.
    values: NDArray[np.float64] = 0.5 * squared * np.log(np.maximum(squared, np.finfo(np.float64).tiny))
    return values


@lru_cache(maxsize=16)
def _bending(xy: bytes, smoothing: float) -> NDArray[np.float64]:
    """Return the coefficients of `solution`, from the bytes of the positions: most days have the same stations."""
    bending = solution(np.frombuffer(xy).reshape(-1, 2), smoothing)[: len(xy) // 16]
    bending.flags.writeable = False
    return bending


def design(points: NDArray[np.float64], xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return kernel and plane at points, shape (point, station + 3).

    Parameters
    ----------
    points
        Positions at which the spline is evaluated, shape (point, 2).
    xy
        Positions of the stations, shape (station, 2).
    """
    return np.hstack([kernel(points, xy), np.ones((len(points), 1)), points])


def solution(xy: NDArray[np.float64], smoothing: float) -> NDArray[np.float64]:
    """Return the matrix from station values to spline coefficients, shape (station + 3, station).

    Parameters
    ----------
    xy
        Positions of the stations, shape (station, 2).
    smoothing
        Smoothing in squared units of `xy`.
    """
    count = len(xy)
    system = np.zeros((count + 3, count + 3))
    system[:count] = design(xy, xy)
    system[:count, :count] += smoothing * np.eye(count)
    system[count:, :count] = system[:count, count:].T
    return np.linalg.solve(system, np.eye(count + 3, count)).astype(np.float64, copy=False)
