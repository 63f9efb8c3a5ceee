"""The view of a map: its centre in km, its scale, and conversion between km and screen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSizeF
from PySide6.QtGui import QTransform


@dataclass(frozen=True, slots=True)
class Camera:
    """A view of the projected plane: x east and y north in km, screen y downwards."""

    x_km: float
    y_km: float
    km_per_px: float
    size: QSizeF

    def transform(self) -> QTransform:
        """Return the transform from km to screen."""
        scale = 1.0 / self.km_per_px
        return QTransform(
            scale, 0, 0, -scale, self.size.width() / 2.0 - self.x_km * scale, self.size.height() / 2.0 + self.y_km * scale
        )

    def to_screen(self, xy_km: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return x and y on the screen for positions in km, shape (position, 2)."""
        middle = np.array([self.size.width() / 2.0, self.size.height() / 2.0])
        screen: NDArray[np.float64] = (xy_km - [self.x_km, self.y_km]) * [1.0, -1.0] / self.km_per_px + middle
        return screen

    def to_km(self, at: QPointF) -> tuple[float, float]:
        """Return x and y in km of a point on the screen."""
        inverse, _ = self.transform().inverted()
        there = inverse.map(at)
        return there.x(), there.y()

    def moved(self, by: QPointF) -> Camera:
        """Return the view after dragging by some pixels."""
        return replace(self, x_km=self.x_km - by.x() * self.km_per_px, y_km=self.y_km + by.y() * self.km_per_px)

    def zoomed(self, factor: float, at: QPointF, *, closest: float, widest: float) -> Camera:
        """Return the view enlarged by `factor` about a fixed point; `closest` and `widest` limit the km per pixel."""
        scale = float(np.clip(self.km_per_px / factor, closest, widest))
        x, y = self.to_km(at)
        ratio = scale / self.km_per_px
        return replace(self, x_km=x + (self.x_km - x) * ratio, y_km=y + (self.y_km - y) * ratio, km_per_px=scale)

    @classmethod
    def fitting(cls, x_km: float, y_km: float, half_width_km: float, size: QSizeF, *, below: float = 0.0) -> Camera:
        """Return the view that just fits a square around (x, y), above `below` pixels that are covered."""
        km_per_px = 2.0 * half_width_km / max(min(size.width(), size.height() - below), 1.0)
        return cls(x_km, y_km - below / 2.0 * km_per_px, km_per_px, size)


def scale_bar_km(km_per_px: float, *, longest_px: float) -> float:
    """Return the longest round length, 1, 2 or 5 times a power of ten in km, of at most `longest_px` pixels."""
    longest = km_per_px * longest_px
    power = 10.0 ** np.floor(np.log10(longest))
    return float(power * max(k for k in (1.0, 2.0, 5.0) if k * power <= longest * (1.0 + 1e-9)))
