"""Flags in the series: flagged time is hatched in the colour of its station; Shift and a drag select what to flag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from quakegui.season.flags import NO_SPANS
from quakegui.season.season import Season
from quakegui.ui import theme

if TYPE_CHECKING:
    from quakegui.project import flags

_LEAST_PX = 3.0
"""A night stays visible in a view of a year."""


class IntervalBox(pg.ViewBox):  # type: ignore[misc]
    """The view of a plot over time: a drag moves it; with Shift, it selects an interval."""

    selected = Signal(float, float)
    """Start and end of the interval, seconds of UTC."""

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:  # noqa: N802 - Qt's name
        """Select an interval, or move the view."""
        if event.button() != Qt.MouseButton.LeftButton or not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().mouseDragEvent(event, axis)
            return
        event.accept()
        ends = (self.mapSceneToView(at).x() for at in (event.buttonDownScenePos(), event.scenePos()))
        self.selected.emit(*sorted(ends))


def subject_of(code: str, since: float, until: float) -> flags.Subject | None:
    """Return what a selected interval flags, in whole seconds; None if it is shorter.

    Parameters
    ----------
    code, since, until
        The station, and the start and end, seconds of UTC.
    """
    from quakegui.project import flags  # a window without a project answers before the database is loaded

    first, last = (np.datetime64(round(end), "s") for end in (since, until))
    return flags.interval_of(code, first, last) if first < last else None


def paint_interval(painter: QPainter, box: pg.ViewBox, interval: tuple[float, float]) -> None:
    """Paint the selected interval in one plot.

    Parameters
    ----------
    painter
        In the coordinates of the scene.
    box
        The plot's view box.
    interval
        Start and end, seconds of UTC.
    """
    around: QRectF = box.sceneBoundingRect()
    left, right = (box.mapViewToScene(QPointF(seconds, 0.0)).x() for seconds in interval)
    band = QRectF(left, around.top(), max(right - left, _LEAST_PX), around.height()).intersected(around)
    wash = QColor(theme.colours().accent)
    wash.setAlpha(50)
    painter.fillRect(band, wash)
    painter.setPen(QPen(theme.colours().accent, 1.0, Qt.PenStyle.DashLine))
    painter.drawRect(band)


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


def paint_night(painter: QPainter, start: float, end: float, around: QRectF) -> None:
    """Mark the night of the day shown in one plot.

    Parameters
    ----------
    painter
        In the coordinates of the scene.
    start, end
        Where the night begins and ends, from left to right.
    around
        The rectangle of the plot's view box.
    """
    colours = theme.colours()
    band = QRectF(start, around.top(), max(end - start, 1.0), around.height()).intersected(around)
    painter.fillRect(band, colours.selection)
    middle = (start + end) / 2.0
    if around.left() <= middle <= around.right():
        painter.setPen(QPen(colours.cursor, 1.5))
        painter.drawLine(QPointF(middle, around.top()), QPointF(middle, around.bottom()))
