"""Distances on the sphere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_KM = 6371.0
"""Radius of the sphere on which distances to earthquakes are computed."""


def great_circle_km(
    latitude: NDArray[np.float64] | float,
    longitude: NDArray[np.float64] | float,
    other_latitude: NDArray[np.float64] | float,
    other_longitude: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """Return the distance in km between positions on the sphere of radius 6371 km (haversine); shapes broadcast.

    Parameters
    ----------
    latitude, longitude, other_latitude, other_longitude
        Degrees north and east.
    """
    lat, lon, lat2, lon2 = (np.radians(np.asarray(v, float)) for v in (latitude, longitude, other_latitude, other_longitude))
    chord = np.sin((lat2 - lat) / 2.0) ** 2 + np.cos(lat) * np.cos(lat2) * np.sin((lon2 - lon) / 2.0) ** 2
    km: NDArray[np.float64] = 2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    return km
