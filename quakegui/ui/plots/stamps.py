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


Stamps = dict[Hashable, QPixmap]
"""The symbols of one widget, whose painter has no transform of its own."""


def stamped(painter: QPainter, at: QPointF, around: QRectF, key: Hashable, draw: Draw, *, stamps: Stamps | None) -> None:
    """Paint a symbol: copy it, or draw it and keep it.

    Parameters
    ----------
    painter
        The painter of a widget, or of an export.
    at, around
        Where the symbol is, and the rectangle that it fills at the origin.
    key
        Equal for equal symbols; the part of a pixel at which they are is added to it.
    draw
        Draws the symbol.
    stamps
        Where symbols are kept; None only draws: in an export, lines stay lines.
    """
    if stamps is None:
        draw(painter, at)
        return
    ratio = painter.device().devicePixelRatioF()
    x, y = at.x() * ratio, at.y() * ratio
    left, top = floor(x + around.left() * ratio), floor(y + around.top() * ratio)
    corner = QPointF(left / ratio, top / ratio)
    whole = key, x - left, y - top, ratio
    stamp = stamps.get(whole)
    if stamp is None:
        if len(stamps) >= MOST:
            stamps.clear()
        stamp = stamps[whole] = QPixmap(*(floor(side * ratio) + 2 for side in (around.width(), around.height())))
        stamp.setDevicePixelRatio(ratio)
        stamp.fill(Qt.GlobalColor.transparent)
        with QPainter(stamp) as here:
            here.setRenderHints(painter.renderHints())
            here.setFont(painter.font())
            draw(here, at - corner)
    painter.drawPixmap(corner, stamp)
