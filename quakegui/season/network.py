"""Stations, the network that they form, and the square frame of its maps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quakegui.words import Said

MAP_PIXELS = 480
"""Width and height of a day map, in pixels (original paper, section 3.1)."""
SMALLEST_HALF_WIDTH_KM = 5.0
"""Minimum half width of the square of a map."""

if TYPE_CHECKING:
    from pyproj import Transformer


@dataclass(frozen=True, slots=True)
class Station:
    """A place with a magnetometer.

    Attributes
    ----------
    code, name
        Station code, and full name or "".
    latitude, longitude
        Degrees north and east, longitude in -180..180, or None if unknown: such a station has values but is not on the map.
    elevation_m
        Metres above sea level, or None.
    """

    code: str
    name: str = ""
    latitude: float | None = None
    longitude: float | None = None
    elevation_m: float | None = None

    @property
    def located(self) -> bool:
        """Whether the station has usable coordinates."""
        return self.latitude is not None and self.longitude is not None


@dataclass(frozen=True, slots=True)
class Frame:
    """The square on the ground that a day map covers.

    The projection is azimuthal equidistant about (`latitude`, `longitude`); x points east and y north, in km. Pixel (0, 0) is
    the north-west corner.

    Attributes
    ----------
    latitude, longitude
        Centre of the projection, degrees.
    x_km, y_km
        Centre of the square.
    half_width_km
        Distance from the centre of the square to its edges.
    pixels
        Number of rows and columns.
    """

    latitude: float
    longitude: float
    x_km: float
    y_km: float
    half_width_km: float
    pixels: int = MAP_PIXELS

    @property
    def km_per_pixel(self) -> float:
        """Edge length of a pixel in km."""
        return 2.0 * self.half_width_km / self.pixels

    def project(self, latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return x and y in km of geographic positions, shape (position, 2).

        Parameters
        ----------
        latitude, longitude
            Degrees north and east, shape (position,).
        """
        x, y = _transformer(self.latitude, self.longitude).transform(longitude, latitude)
        return np.column_stack([np.atleast_1d(x), np.atleast_1d(y)]) / 1000.0

    def unproject(self, xy_km: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return latitude and longitude in degrees of positions in km, shape (position, 2)."""
        xy = np.atleast_2d(np.asarray(xy_km, dtype=np.float64)) * 1000.0
        lon, lat = _transformer(self.latitude, self.longitude).transform(xy[:, 0], xy[:, 1], direction="INVERSE")
        return np.column_stack([lat, lon])

    def to_pixels(self, xy_km: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the fractional (row, column) of positions in km, shape (position, 2); pixel centres are at integers."""
        xy = np.atleast_2d(np.asarray(xy_km, dtype=np.float64))
        column = (xy[:, 0] - self.x_km + self.half_width_km) / self.km_per_pixel - 0.5
        row = (self.y_km + self.half_width_km - xy[:, 1]) / self.km_per_pixel - 0.5
        return np.column_stack([row, column])

    def from_pixels(self, row_column: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return x and y in km of fractional (row, column) positions, shape (position, 2)."""
        rc = np.atleast_2d(np.asarray(row_column, dtype=np.float64))
        x = (rc[:, 1] + 0.5) * self.km_per_pixel + self.x_km - self.half_width_km
        y = self.y_km + self.half_width_km - (rc[:, 0] + 0.5) * self.km_per_pixel
        return np.column_stack([x, y])

    def pixel_centres(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return x of each column and y of each row in km, shapes (column,) and (row,)."""
        steps: NDArray[np.float64] = (np.arange(self.pixels, dtype=np.float64) + 0.5) * np.float64(self.km_per_pixel)
        return self.x_km - self.half_width_km + steps, self.y_km + self.half_width_km - steps


@dataclass(frozen=True, slots=True)
class Network:
    """The stations of a project, sorted by code."""

    stations: tuple[Station, ...]

    @classmethod
    def of(cls, stations: Iterable[Station]) -> Network:
        """Return the network of `stations`, sorted by code.

        Raises
        ------
        ValueError
            If two stations share a code.
        """
        ordered = tuple(sorted(stations, key=lambda station: station.code))
        codes = [station.code for station in ordered]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(Said("Station codes must be unique; duplicates: {twice}.", twice=", ".join(twice)))
        return cls(ordered)

    @property
    def codes(self) -> tuple[str, ...]:
        """Station codes in network order."""
        return tuple(station.code for station in self.stations)

    @property
    def located(self) -> NDArray[np.bool_]:
        """Whether each station has usable coordinates, shape (station,)."""
        return np.array([station.located for station in self.stations], dtype=bool)

    @property
    def latitude(self) -> NDArray[np.float64]:
        """Degrees north, NaN where unknown, shape (station,)."""
        return np.array([_or_nan(station.latitude) for station in self.stations], dtype=np.float64)

    @property
    def longitude(self) -> NDArray[np.float64]:
        """Degrees east, NaN where unknown, shape (station,)."""
        return np.array([_or_nan(station.longitude) for station in self.stations], dtype=np.float64)

    def index(self, code: str) -> int:
        """Return the position of a station in network order; raise KeyError for an unknown code."""
        try:
            return self.codes.index(code)
        except ValueError:
            raise KeyError(code) from None

    def centre(self) -> tuple[float, float]:
        """Return the centre (latitude, longitude) of the bounding box of the located stations.

        Longitudes are taken relative to the first station, so that the centre of a network across 180 degrees lies within it.

        Raises
        ------
        ValueError
            If no station has coordinates.
        """
        here = self.located
        if not here.any():
            raise ValueError(Said("No station has usable coordinates, so the centre of the network is undefined."))
        latitude, longitude = self.latitude[here], self.longitude[here]
        offset = (longitude - longitude[0] + 180.0) % 360.0 - 180.0
        middle = longitude[0] + (offset.min() + offset.max()) / 2.0
        return float((latitude.min() + latitude.max()) / 2.0), float((middle + 180.0) % 360.0 - 180.0)

    def frame(self, *, margin: float = 0.1) -> Frame:
        """Return the square around the bounding box of the located stations.

        Parameters
        ----------
        margin
            Enlargement on each side, as a fraction of the larger side of the box; the square has at least 10 km a side.

        Raises
        ------
        ValueError
            If no station has coordinates.
        """
        latitude, longitude = self.centre()
        flat = Frame(latitude, longitude, 0.0, 0.0, 1.0)
        here = self.located
        xy = flat.project(self.latitude[here], self.longitude[here])
        low, high = xy.min(axis=0), xy.max(axis=0)
        half = max(float((high - low).max()) / 2.0 * (1.0 + 2.0 * margin), SMALLEST_HALF_WIDTH_KM)
        middle = (low + high) / 2.0
        return Frame(latitude, longitude, float(middle[0]), float(middle[1]), half)

    def xy_km(self, frame: Frame) -> NDArray[np.float64]:
        """Return each station's x and y in km in the projection of `frame`, NaN if not located, shape (station, 2)."""
        xy = np.full((len(self.stations), 2), np.nan)
        here = self.located
        if here.any():
            xy[here] = frame.project(self.latitude[here], self.longitude[here])
        return xy


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


@cache
def _transformer(latitude: float, longitude: float) -> Transformer:
    from pyproj import Transformer  # imported late: a window without a map starts faster

    # what PROJ makes of EPSG:4326 and this projection, its digits included, but without asking its database, for 8 ms
    local = f"+step +proj=aeqd +lat_0={latitude:.15g} +lon_0={longitude:.15g} +ellps=WGS84"
    return Transformer.from_pipeline(f"+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad {local}")
