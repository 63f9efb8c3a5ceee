"""Symbols that are drawn once and then copied: copying takes a fraction of the time of drawing smooth edges and text."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from math import floor
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

MOST: Final = 2000
"""Number of symbols kept, some 2 KB each."""
Draw = Callable[[QPainter, QPointF], None]
"""Draws a symbol at a point."""


class Stamps(dict[Hashable, tuple[QPointF, QPixmap]]):
    """The symbols of one widget, whose painter has no transform of its own, each with the point to which it is copied."""

    def __init__(self) -> None:
        super().__init__()
        self._view: object = None

    def fit(self, view: object) -> None:
        """Forget all symbols if the view is another one: layout, font or colours."""
        if view != self._view:
            self.clear()
            self._view = view


def stamped(painter: QPainter, at: QPointF, around: QRectF, key: Hashable, draw: Draw, *, stamps: Stamps | None) -> None:
    """Paint a symbol, and keep it to be copied.

    Parameters
    ----------
    painter
        The painter of a widget, or of an export.
    at, around
        Where the symbol is, and the rectangle that it fills at the origin.
    key
        Of this symbol at this place.
    draw
        Draws the symbol.
    stamps
        Where symbols are kept; None only draws: in an export, lines stay lines.
    """
    if stamps is None:
        draw(painter, at)
        return
    if len(stamps) >= MOST:
        stamps.clear()
    ratio = painter.device().devicePixelRatioF()
    left, top = floor((at.x() + around.left()) * ratio), floor((at.y() + around.top()) * ratio)
    corner = QPointF(left / ratio, top / ratio)
    stamp = QPixmap(*(floor(side * ratio) + 2 for side in (around.width(), around.height())))
    stamp.setDevicePixelRatio(ratio)
    stamp.fill(Qt.GlobalColor.transparent)
    with QPainter(stamp) as here:
        here.setRenderHints(painter.renderHints())
        here.setFont(painter.font())
        draw(here, at - corner)
    stamps[key] = corner, stamp
    painter.drawPixmap(corner, stamp)
