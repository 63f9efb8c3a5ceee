"""Whether stations span a map at all, and which pixels lie between them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from quakegui.season.network import Frame

SAME_PLACE_KM = 1e-3
"""Stations closer than this stand at one position."""

THINNEST = 1e-2
"""Stations whose spread across their line is below this fraction of the spread along it lie on one line."""


def why_no_map(xy_km: NDArray[np.float64]) -> str | None:
    """Return the sentence that says why stations at `xy_km`, shape (station, 2), give no map, or None where they do."""
    places = distinct(xy_km)
    if len(places) < 3:
        here = {0: "No station has", 1: "Only one place has", 2: "Only two places have"}[len(places)]
        return f"{here} a value on this day; a map needs three stations at different places. The stations are shown alone."
    along, across = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)
    if across < THINNEST * along:
        return "All stations with a value on this day lie on one line, so there is no map. The stations are shown alone."
    return None


def distinct(xy_km: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one of each group of positions that are the same place, shape (place, 2)."""
    apart = np.hypot(*(xy_km[:, None, :] - xy_km[None, :, :]).T).T >= SAME_PLACE_KM
    repeats = np.tril(~apart, -1).any(axis=1)
    places: NDArray[np.float64] = xy_km[~repeats]
    return places


def corners(xy_km: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    """Return the corners of the convex hull, anticlockwise."""
    return tuple((float(x), float(y)) for x, y in xy_km[ConvexHull(xy_km).vertices])


@lru_cache(maxsize=64)
def inside(frame: Frame, polygon: tuple[tuple[float, float], ...]) -> NDArray[np.bool_]:
    """Return the pixels whose centres lie in a convex polygon, shape (row, column), read-only; it runs anticlockwise, in km."""
    x, y = frame.pixel_centres()
    within = np.ones((frame.pixels, frame.pixels), dtype=bool)
    for (ax, ay), (bx, by) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        within &= ((bx - ax) * (y - ay))[:, None] >= ((by - ay) * (x - ax))[None, :]
    within.flags.writeable = False
    return within


@lru_cache(maxsize=8)
def uniform(pixels: int, shown: bool) -> NDArray[np.bool_]:
    """Return one truth for every pixel, shape (row, column), read-only."""
    everywhere = np.full((pixels, pixels), shown)
    everywhere.flags.writeable = False
    return everywhere
