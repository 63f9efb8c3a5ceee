"""Extremum regions of day maps: position, area, peak, duration and direction.

These are the four features of the original paper (section 3.2, Table 2), defined exactly per day and per region, separately for
the two signs. `tracking` follows regions from day to day.
"""

from __future__ import annotations

from dataclasses import dataclass

import contourpy
import numpy as np
from numpy.typing import NDArray

from quakegui.season.basis import MapBasis
from quakegui.season.gridding import Gridder
from quakegui.words import Said

EIGHT_CONNECTED = np.ones((3, 3), dtype=bool)


@dataclass(frozen=True, slots=True)
class ExtremaConfig:
    """Definition of an extremum region and of its duration.

    Attributes
    ----------
    threshold_z
        Pixels with |z| at or above this belong to a region.
    stable_z
        A pixel is stable if its z changes by less than this from one day to the next.
    stable_share
        A region keeps its place if more than this fraction of the previous day's region is stable.
    normal_days
        Number of preceding calendar days whose maps define the normal mean |z|.
    """

    threshold_z: float
    stable_z: float = 1.0
    stable_share: float = 0.5
    normal_days: int = 27

    def __post_init__(self) -> None:
        """Raise ValueError for values that define no region."""
        if not (np.isfinite(self.threshold_z) and self.threshold_z > 0.0):
            raise ValueError(Said("The threshold of extremum regions must be above zero."))
        if self.stable_z <= 0.0 or not 0.0 <= self.stable_share < 1.0 or not 1 <= self.normal_days <= 3660:
            raise ValueError(
                Said(
                    "The pixel persistence must be above 0, the region persistence at least 0 and below 1, and the normal "
                    "level window 1 to 3660 days.",
                )
            )


@dataclass(frozen=True, slots=True)
class Shape:
    """Attributes of a region that follow from its pixels alone; see `Region`."""

    label: int
    area_px: int
    peak_z: float
    peak_row: int
    peak_col: int
    centroid_row: float
    centroid_col: float
    bbox: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Region(Shape):
    """One extremum region on one day.

    Attributes
    ----------
    day
        Local date.
    id
        Number of its track, the same on every day of the track, counted from 1 through the season.
    sign
        +1 or -1.
    label
        Its number in the `regions_mask` of the day's field.
    area_px, area_km2
        Number of pixels at or above the threshold, and their area.
    peak_z, peak_row, peak_col
        Signed z and position of the strongest pixel.
    peak_nt
        Anomaly in nT at that pixel, gridded like z.
    peak_station, station_peak_z, station_peak_nt
        The strongest station inside the region or in a pixel that touches it, and its signed values; empty and NaN if there is
        none. Smoothing lowers the peaks of the map, so the two peaks differ.
    duration_days
        Consecutive days in the same place: 1 on the first day, one more on each day on which more than `stable_share` of the
        previous day's pixels are stable, otherwise 1 again.
    age_days
        Days since the track began, this one included, whether or not the region moved.
    direction
        "N" or "S" of the middle row of the map, by its centroid; empty if exactly on the middle row.
    centroid_row, centroid_col, centroid_lat, centroid_lon
        Mean position of its pixels.
    bbox
        First row, first column, last row + 1, last column + 1.
    """

    day: np.datetime64
    id: int
    sign: int
    area_km2: float
    peak_nt: float
    peak_station: str
    station_peak_z: float
    station_peak_nt: float
    duration_days: int
    age_days: int
    direction: str
    centroid_lat: float
    centroid_lon: float


@dataclass(frozen=True, slots=True)
class DayFeatures:
    """The four features of one day.

    Attributes
    ----------
    day
        Local date.
    has_map
        Whether the day has a map; without one, counts are 0, values NaN and names empty.
    area_px, area_km2
        Number and area of the pixels at or above the threshold, both signs together.
    peak_z, peak_row, peak_col, peak_nt
        Signed z, position and nT of the strongest shown pixel of the whole map, above the threshold or not.
    peak_station, station_peak_z, station_peak_nt
        The strongest station on the map, and its values.
    duration_days, age_days
        Maximum over the regions of the day; 0 without a region.
    direction
        "N" or "S", the half with mean |z| above normal (the larger one if both are), or empty.
    mean_north, mean_south
        Mean |z| of the shown pixels of each half; NaN for a half without shown pixels.
    mean
        Mean |z| of all shown pixels.
    normal
        Median of `mean` over the maps of the preceding calendar days; NaN on a first day, which therefore has no direction.
    regions
        Strongest first.
    """

    day: np.datetime64
    has_map: bool
    area_px: int = 0
    area_km2: float = 0.0
    peak_z: float = np.nan
    peak_row: int = -1
    peak_col: int = -1
    peak_nt: float = np.nan
    peak_station: str = ""
    station_peak_z: float = np.nan
    station_peak_nt: float = np.nan
    duration_days: int = 0
    age_days: int = 0
    direction: str = ""
    mean_north: float = np.nan
    mean_south: float = np.nan
    mean: float = np.nan
    normal: float = np.nan
    regions: tuple[Region, ...] = ()


def regions_mask(field: NDArray[np.float32], threshold_z: float) -> NDArray[np.int32]:
    """Return the numbered extremum regions of a field.

    Parameters
    ----------
    field
        z, shape (row, column), NaN where not shown.
    threshold_z
        Pixels with |z| at or above this belong to regions.

    Returns
    -------
    NDArray
        int32, shape (row, column): 1, 2, ... for positive regions, -1, -2, ... for negative ones, 0 elsewhere. Pixels that
        touch at a corner are connected.
    """
    from scipy import ndimage  # imported late: a window without a map starts faster

    labels = np.zeros(field.shape, dtype=np.int32)
    for sign, beyond in ((1, field >= threshold_z), (-1, field <= -threshold_z)):
        if beyond.any():
            rows = _span(np.flatnonzero(beyond.any(axis=1)))
            columns = _span(np.flatnonzero(beyond.any(axis=0)))
            found, _ = ndimage.label(beyond[rows, columns], structure=EIGHT_CONNECTED)
            labels[rows, columns] += sign * found.astype(np.int32)
    return labels


def region_outline(labels: NDArray[np.int32], region: Region) -> tuple[NDArray[np.float64], ...]:
    """Return the closed polylines around a region, each shape (point, 2): row and column, pixel centres at integers.

    Parameters
    ----------
    labels
        `regions_mask` of the region's day.
    region
        One of that day's regions.
    """
    top, left, bottom, right = region.bbox
    inside = np.pad(labels[top:bottom, left:right] == region.label, 1).astype(np.float64)
    generator = contourpy.contour_generator(x=np.arange(left - 1, right + 1), y=np.arange(top - 1, bottom + 1), z=inside)
    return tuple(np.ascontiguousarray(line[:, ::-1]) for line in generator.lines(0.5))


def shapes(field: NDArray[np.float32], labels: NDArray[np.int32]) -> tuple[Shape, ...]:
    """Return the shapes of all regions, strongest first.

    Parameters
    ----------
    field
        z, shape (row, column), NaN where not shown.
    labels
        `regions_mask` of the field.
    """
    from scipy import ndimage

    found = []
    for sign in (1, -1):
        boxes = ndimage.find_objects(np.maximum(sign * labels, 0)) if (sign * labels).max() > 0 else []
        for number, box in enumerate(boxes, start=1):
            assert box is not None
            inside = labels[box] == sign * number
            rows, columns = np.nonzero(inside)
            values = field[box][inside]
            strongest = int(np.argmax(sign * values))
            top, left = box[0].start, box[1].start
            found.append(
                Shape(
                    label=sign * number,
                    area_px=len(rows),
                    peak_z=float(values[strongest]),
                    peak_row=top + int(rows[strongest]),
                    peak_col=left + int(columns[strongest]),
                    centroid_row=top + float(rows.mean()),
                    centroid_col=left + float(columns.mean()),
                    bbox=(top, left, box[0].stop, box[1].stop),
                )
            )
    return tuple(sorted(found, key=lambda shape: -abs(shape.peak_z)))


def strongest_station(
    labels: NDArray[np.int32] | None, shape: Shape | None, z: NDArray[np.float64], basis: MapBasis
) -> int | None:
    """Return the strongest station of a region or of the whole map, as its position in network order; None if there is none.

    Parameters
    ----------
    labels, shape
        `regions_mask` of the day and one of its shapes, or None for the whole map.
    z
        The stations' values in z, shape (station,), NaN where missing.
    basis
        The map basis, which contains the positions of the stations.
    """
    values = z[basis.located]
    eligible = np.isfinite(values)
    strength = np.abs(values)
    if labels is not None and shape is not None:
        strength = np.sign(shape.label) * values
        pixels = np.rint(basis.frame.to_pixels(basis.xy_km)).astype(np.intp)
        for station in np.flatnonzero(eligible):
            row, column = pixels[station]
            around = labels[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
            eligible[station] = bool((around == shape.label).any())
    if not eligible.any():
        return None
    return int(basis.located[np.argmax(np.where(eligible, strength, -np.inf))])


def peaks_nt(gridder: Gridder, anomaly_nt: NDArray[np.float64], where: list[tuple[int, int]]) -> NDArray[np.float64]:
    """Return the anomaly in nT at pixels, shape (pixel,), gridded from nT in the same way as the map from z.

    Parameters
    ----------
    gridder
        Draws the maps of the network.
    anomaly_nt
        The day's anomalies in nT, shape (station,), NaN where missing.
    where
        Row and column of each pixel.
    """
    rows, columns = np.array(where, dtype=np.float64).reshape(-1, 2).T
    return gridder.at(anomaly_nt, rows, columns)


def _span(filled: NDArray[np.intp]) -> slice:
    return slice(int(filled[0]), int(filled[-1]) + 1)
