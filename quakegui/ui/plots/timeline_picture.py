"""The image of the timeline's rows, of which only what changes is painted anew."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPixmap, QRegion
from PySide6.QtWidgets import QWidget

from quakegui.ui import theme
from quakegui.ui.i18n import tr
from quakegui.ui.plots.kept_pixmap import pixmap_of
from quakegui.ui.plots.label_row import label_part, label_runs
from quakegui.ui.plots.time_axis import DayAxis, ticks
from quakegui.ui.plots.timeline_rows import LABEL_ROW, TimelineData, axis_names, changed_rows, paint_rows, row_boxes


class TimelinePicture:
    """The rows with their names as an image of the size of a widget, in its font.

    Parameters
    ----------
    widget
        The widget in which the image is shown.

    Attributes
    ----------
    names
        Horizontal limits of the names below the rows.
    """

    def __init__(self, widget: QWidget) -> None:
        self.names: list[tuple[float, float]] = []
        self._widget = widget
        self._picture: tuple[object, QPixmap] | None = None
        self._painted: TimelineData | None = None
        """The content of the image; None if all of it must be painted anew."""
        self._beside: QPixmap | None = None
        """Where the runs around changed labels are painted, to be copied from."""

    def forget(self) -> None:
        """Paint everything anew the next time."""
        self._painted = None

    def of(self, data: TimelineData, axis: DayAxis) -> QPixmap:
        """Return the image of some content.

        Parameters
        ----------
        data
            The content.
        axis
            The days in view.
        """
        font = self._widget.font()
        key = (axis, self._widget.height(), self._widget.devicePixelRatioF(), theme.colours().dark, font.key())
        before = self._painted if self._picture is not None and self._picture[0] == key else None
        if self._picture is None or before is not data:
            picture = pixmap_of(self._widget, self._picture[1] if self._picture is not None else None)
            with QPainter(picture) as painter:
                if before is None or not np.array_equal(before.days, data.days):
                    named, _fine = ticks(axis, data.days)
                    self.names = [(left, right) for left, right, _ in axis_names(axis, named, QFontMetricsF(font))]
                    self._paint(painter, axis, data)
                else:
                    self._paint_changes(painter, axis, before, data)
            self._picture, self._painted = (key, picture), data
        return self._picture[1]

    def _paint_changes(self, painter: QPainter, axis: DayAxis, before: TimelineData, data: TimelineData) -> None:
        """Paint the rows that changed, and of the labels alone only the part around the changed ones."""
        only = changed_rows(before, data)
        if only == {LABEL_ROW}:
            self._paint_changed_labels(painter, axis, before, data)
        elif only:
            painter.setClipRegion(self._stripes(axis, only, 0.0, float(self._widget.width())))
            self._paint(painter, axis, data, only)

    def _paint_changed_labels(self, painter: QPainter, axis: DayAxis, before: TimelineData, data: TimelineData) -> None:
        only = frozenset({LABEL_ROW})
        old, new = (label_runs(one.labels, one.by_rule) for one in (before, data))
        part, whole, changed = label_part(old, new, axis)
        self._beside = pixmap_of(self._widget, self._beside)
        with QPainter(self._beside) as beside:  # where a clip cuts runs, their edges would have slightly other colours
            beside.setClipRegion(self._stripes(axis, only, *whole))
            self._paint(beside, part, data, only)
        painter.setClipRegion(self._stripes(axis, only, *changed))
        painter.drawPixmap(0, 0, self._beside)

    def _stripes(self, axis: DayAxis, names: frozenset[str], left: float, right: float) -> QRegion:
        """Return where these rows are, between two positions."""
        stripes = QRegion()
        for row, box in row_boxes(axis, float(self._widget.height())):
            if row.name in names:
                stripes += QRectF(left, box.top(), right - left, box.height()).toAlignedRect()
        return stripes

    def _paint(self, painter: QPainter, axis: DayAxis, data: TimelineData, only: frozenset[str] | None = None) -> None:
        """Paint rows and names; with `only`, just these rows."""
        colours, tall = theme.colours(), float(self._widget.height())
        painter.fillRect(self._widget.rect(), colours.background)
        painter.setFont(self._widget.font())
        paint_rows(painter, axis, tall, data, colours, only=only)
        painter.fillRect(QRectF(0.0, 0.0, axis.left, tall), colours.raised)
        painter.setPen(colours.text)
        for row, box in row_boxes(axis, tall):
            name = QRectF(0.0, box.top(), axis.left - 6.0, box.height())
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
            painter.drawText(name, flags, tr(row.name))
