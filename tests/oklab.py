"""How far colours are apart to the eye: OKLab of what a screen shows (B. Ottosson, 2020)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quakegui.season.palette import _LMS_RGB, _OKLAB_LMS


def srgb_to_oklab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return OKLab, shape (..., 3), of sRGB colours in 0..1."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((np.maximum(rgb, 0.04045) + 0.055) / 1.055) ** 2.4)
    lab: NDArray[np.float64] = np.cbrt(linear @ np.linalg.inv(_LMS_RGB).T) @ np.linalg.inv(_OKLAB_LMS).T
    return lab
