"""Flagged time in the series: hatched, in the colour of the station that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from quakegui.season.flags import NO_SPANS
from quakegui.season.season import Season
from quakegui.ui import theme

_LEAST_PX = 3.0
"""A night stays visible in a view of a year."""


def paint_flagged(painter: QPainter, box: Any, season: Season, codes: Sequence[str]) -> None:
    """Hatch the flagged time of the stations shown in one plot.

    Parameters
    ----------
    painter
        In the coordinates of the scene.
    box
        The plot's view box, whose horizontal axis is seconds of UTC.
    season
        Whose flags they are.
    codes
        The stations, in the order of their colours.
    """
    if not season.flags:
        return
    around: QRectF = box.sceneBoundingRect()
    low, high = box.viewRange()[0]
    for code, colour in zip(codes, theme.colours().series, strict=False):
        spans = season.flagged_time.get(code, NO_SPANS) / 1000.0
        ink, wash = QColor(colour), QColor(colour)
        ink.setAlpha(200)
        wash.setAlpha(60)  # of a narrow band little hatching is seen
        for since, until in spans[(spans[:, 1] > low) & (spans[:, 0] < high)].tolist():
            left, right = (box.mapViewToScene(QPointF(seconds, 0.0)).x() for seconds in (since, until))
            band = QRectF(left, around.top(), max(right - left, _LEAST_PX), around.height())
            for brush in (QBrush(wash), QBrush(ink, Qt.BrushStyle.BDiagPattern)):
                painter.fillRect(band.intersected(around), brush)
