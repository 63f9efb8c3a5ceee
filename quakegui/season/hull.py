"""Convex hulls: whether stations span a map, and which pixels lie among them."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from quakegui.season.network import Frame
from quakegui.words import Said

SAME_PLACE_KM = 1e-3
"""Stations closer than this share a position."""

THINNEST = 1e-2
"""Stations lie on one line if their spread across the best-fitting line is below this fraction of the spread along it."""


def has_area(xy_km: NDArray[np.float64]) -> bool:
    """Return whether stations at `xy_km`, shape (station, 2), span an area, not just two places or a line."""
    if len(xy_km) < 3:
        return False
    apart = xy_km - xy_km.mean(axis=0)
    (xx, xy), (_, yy) = (apart.T @ apart).tolist()
    # Squared spread along and across the best-fitting line: the eigenvalues of the scatter matrix.
    middle, half = (xx + yy) / 2.0, math.hypot((xx - yy) / 2.0, xy)
    along, across = middle + half, middle - half
    return bool(across > max(THINNEST**2 * along, SAME_PLACE_KM**2))


_TOO_FEW = (
    Said("No station has data on this day; a map needs three stations at different places. Only the stations are shown."),
    Said("Only one place has data on this day; a map needs three stations at different places. Only the stations are shown."),
    Said("Only two places have data on this day; a map needs three stations at different places. Only the stations are shown."),
)
"""Why there is no map with 0, 1 and 2 places."""


def why_no_map(xy_km: NDArray[np.float64]) -> str | None:
    """Return why stations at `xy_km`, shape (station, 2), give no map, as a sentence; None if they do."""
    if has_area(xy_km):
        return None
    places = len(distinct(xy_km))
    if places < 3:
        return _TOO_FEW[places]
    return Said(
        "The stations with data on this day are on a straight line, so no map can be drawn. Only the stations are shown."
    )


def distinct(xy_km: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one position of each group that shares a place, shape (place, 2)."""
    apart = np.hypot(*(xy_km[:, None, :] - xy_km[None, :, :]).T).T >= SAME_PLACE_KM
    repeats = np.tril(~apart, -1).any(axis=1)
    places: NDArray[np.float64] = xy_km[~repeats]
    return places


def corners(xy_km: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the stations at the corners of the convex hull, anticlockwise, int32, shape (corner,).

    References
    ----------
    Andrew (1979), as `scipy.spatial.ConvexHull` would, whose import takes more memory and time than a map.
    """
    points = xy_km.tolist()
    order = np.lexsort((xy_km[:, 1], xy_km[:, 0])).tolist()
    found: list[int] = []
    for way in (order, order[::-1]):
        chain: list[int] = []
        for number in way:
            while len(chain) > 1 and _turn(points[chain[-2]], points[chain[-1]], points[number]) <= 0.0:
                chain.pop()
            chain.append(number)
        found += chain[:-1]
    return np.array(found, dtype=np.int32)


def _turn(a: list[float], b: list[float], c: list[float]) -> float:
    """Return twice the area of a triangle, positive if its corners are anticlockwise."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def within_hull(frame: Frame, xy_km: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return the pixels whose centres lie in the convex hull of stations, shape (row, column), read-only.

    Parameters
    ----------
    frame
        The square that the map covers.
    xy_km
        Positions of stations that span an area, shape (station, 2).
    """
    return inside(frame, tuple((float(x), float(y)) for x, y in xy_km[corners(xy_km)]))


@lru_cache(maxsize=64)
def inside(frame: Frame, polygon: tuple[tuple[float, float], ...]) -> NDArray[np.bool_]:
    """Return the pixels whose centres lie in a convex polygon, shape (row, column), read-only.

    Parameters
    ----------
    frame
        The square that the map covers.
    polygon
        Corners (x, y) in km, anticlockwise.
    """
    x, y = frame.pixel_centres()
    within = np.ones((frame.pixels, frame.pixels), dtype=bool)
    for (ax, ay), (bx, by) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        within &= ((bx - ax) * (y - ay))[:, None] >= ((by - ay) * (x - ax))[None, :]
    within.flags.writeable = False
    return within


@lru_cache(maxsize=8)
def uniform(pixels: int, value: bool) -> NDArray[np.bool_]:
    """Return a mask with the value `value` at every pixel, shape (pixels, pixels), read-only.

    Parameters
    ----------
    pixels
        Width and height of the mask.
    value
        Its value.
    """
    everywhere = np.full((pixels, pixels), value)
    everywhere.flags.writeable = False
    return everywhere
