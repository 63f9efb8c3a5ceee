"""The timeline: the whole season in rows, for an overview, for selecting days, and for going to a day."""

from __future__ import annotations

from dataclasses import replace
from math import floor
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QScrollBar, QVBoxLayout, QWidget

from quakegui.app import day_kinds, walking
from quakegui.app.change import Change
from quakegui.app.season_view import station_present
from quakegui.app.session import Session
from quakegui.ui import theme
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.i18n import tr
from quakegui.ui.late_refresh import LateRefresh
from quakegui.ui.no_markup import as_text
from quakegui.ui.panels.timeline_words import day_words
from quakegui.ui.plots.label_row import runs_of
from quakegui.ui.plots.time_axis import DayAxis
from quakegui.ui.plots.timeline_picture import TimelinePicture
from quakegui.ui.plots.timeline_rows import (
    LEAST_ROWS,
    ROWS,
    TimelineData,
    TimelineRow,
    row_boxes,
)

_VIEW: Final = Change.DAY | Change.RANGE | Change.SEASON | Change.FILTER
_CONTENT: Final = Change.PROJECT | Change.SEASON | Change.LABELS | Change.EVENTS | Change.PREDICTIONS | Change.DISPLAY
HIDDEN_WHILE_BLIND: Final = {"event_index", "predicted", "alarms"}
DRAG_STARTS: Final = 4.0
GUTTER_PAD: Final = 12.0
SCROLL_STEPS: Final = 1000
"""Steps of the scroll bar per day."""


def timeline_data(session: Session) -> TimelineData | None:
    """Return everything that the rows show, or None without a season.

    While labelling blind, earthquakes, predictions and alarms are left out: a label could be guessed from them.
    """
    season, days = session.season, session.days
    if season is None or not days.size:
        return None
    features = season.features[season.shown]
    where = np.searchsorted(days, session.event_days)
    inside = (session.event_days >= days[0]) & (session.event_days <= days[-1]) & (not session.display.blind)
    table = None if session.display.blind else session.predictions
    known = np.zeros(days.size, dtype=bool) if table is None else table.classes >= 0
    probability = np.full(days.size, np.nan)
    if table is not None:
        probability[known] = table.probabilities[known].max(axis=1)
    classes = np.array(session.event_classes or (0,) * len(session.events), dtype=np.intp)
    return TimelineData(
        days=days,
        event_index=where[inside],
        event_magnitude=np.array([event.magnitude for event in session.events], dtype=np.float64)[inside],
        event_class=classes[inside],
        labels=session.labels.classes,
        by_rule=session.labels.by_rule,
        predicted=np.full(days.size, -1, dtype=np.int8) if table is None else table.classes,
        probability=probability,
        kind=np.full(days.size, "") if table is None else table.kind,
        alarms=() if session.display.blind else session.alarms,
        kp=season.kp_night[season.shown],
        area_km2=np.array([day.area_km2 for day in features], dtype=np.float64),
        peak_z=np.array([day.peak_z for day in features], dtype=np.float64),
        has_map=np.array([day.has_map for day in features], dtype=bool),
        present=station_present(session).mean(axis=1),
    )


class TimelineView(QWidget):
    """Paints the rows; a click goes to a day, dragging selects days, the wheel zooms, Shift and the wheel move."""

    axis_changed = Signal()
    """Other days are in view."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.data: TimelineData | None = None
        self.axis = DayAxis(0, 0.0, 1.0, 0.0, 1.0)
        self._rows = TimelinePicture(self)
        self._pressed: QPointF | None = None
        self._dragging = False
        self._cursor = -1
        """Index of the day on which the cursor is painted."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a size in which the rows can be distinguished."""
        return QSize(900, 210)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a size with a line of text for each of the most important rows."""
        line = QFontMetricsF(self.font()).height()
        return QSize(320, round((LEAST_ROWS + 1.5) * (line + 2.0)))

    def show_data(self, data: TimelineData | None) -> None:
        """Show other data; the view is kept unless the length of the season changes."""
        count = 0 if data is None else data.days.size
        self.data = data
        if count != self.axis.count:
            self.set_axis(self._axis(count, 0.0, float(max(count, 1))))
        self.update()

    def set_axis(self, axis: DayAxis) -> None:
        """Change the days in view."""
        if axis != self.axis:
            self.axis = axis
            self.update()
            self.axis_changed.emit()

    def show_index(self, index: int) -> None:
        """Move the cursor, and the view with it if necessary."""
        if index >= 0:
            self.set_axis(self.axis.showing(index))
        for part in (*self._cursor_parts(self._cursor), *self._cursor_parts(index)):
            self.update(part)

    def _cursor_parts(self, index: int) -> tuple[QRect, QRect]:
        """Return where the cursor on a day is painted: the column of the day, and the line of the names below."""
        top = floor(self.height() - self.axis.below)
        column = QRectF(self.axis.x(index), 0.0, max(self.axis.px_per_day, 2.0), top).toAlignedRect()
        return column.adjusted(-2, 0, 2, 0), QRect(0, top, self.width(), self.height() - top)

    def fit(self) -> None:
        """Show the whole season, and measure the width of the names again."""
        self._rows.forget()
        self.set_axis(self._axis(self.axis.count, 0.0, float(max(self.axis.count, 1))))
        self.update()

    def _axis(self, count: int, first: float, last: float) -> DayAxis:
        """Return the axis that shows these days at the present size, beside the names of the rows in the present font."""
        metrics = QFontMetricsF(self.font())
        left = max(metrics.horizontalAdvance(tr(row.name)) for row in ROWS) + GUTTER_PAD
        return DayAxis(count, first, last, left, max(self.width() - left, 1.0), metrics.height() + 5.0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the days in view."""
        self.axis = self._axis(self.axis.count, self.axis.first, self.axis.last)
        super().resizeEvent(event)

    # -- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the rows from their cached image, then the selected days and the cursor."""
        colours = theme.colours()
        with QPainter(self) as painter:
            painter.setFont(self.font())
            if self.data is None:
                painter.fillRect(self.rect(), colours.background)
                return
            painter.drawPixmap(0, 0, self.rows_picture(self.data))
            bottom = self.height() - self.axis.below
            if self._session.display.blind:
                self._tell_hidden(painter, colours.muted)
            painter.setClipRect(QRectF(self.axis.left, 0.0, self.axis.width, self.height()))
            if self._session.only:
                self._veil(painter, bottom, colours.background)
            if self._session.selection is not None:
                first, last = self._session.selection
                box = QRectF(self.axis.x(first), 0.0, self.axis.x(last + 1) - self.axis.x(first), bottom)
                painter.fillRect(box, colours.selection)
                painter.setPen(QPen(colours.accent, 1.2))
                painter.drawLine(box.topLeft(), box.bottomLeft())
                painter.drawLine(box.topRight(), box.bottomRight())
            for day in self._session.chosen:
                left = self.axis.x(day)
                painter.fillRect(QRectF(left, 0.0, self.axis.x(day + 1) - left, bottom), colours.selection)
            if self._session.index >= 0:
                self._paint_cursor(painter, bottom, colours.cursor, colours.background)

    def _tell_hidden(self, painter: QPainter, ink: QColor) -> None:
        """Mark the rows that are empty only because of blind labelling."""
        painter.setPen(ink)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
        for row, box in row_boxes(self.axis, float(self.height())):
            if set(row.reads) & HIDDEN_WHILE_BLIND:
                painter.drawText(box, flags, tr("Hidden during blind labelling"))
            elif "labels" in row.reads and self.data is not None and not (self.data.labels >= 0).any():
                painter.drawText(box, flags, tr("No labels of your own yet"))

    def _veil(self, painter: QPainter, bottom: float, paper: QColor) -> None:
        """Fade the days that the filter hides, below the earthquakes, whose labels extend over several days."""
        top = row_boxes(self.axis, float(self.height()))[0][1].bottom()
        left_out = np.ones(self.axis.count, dtype=np.int8)
        left_out[day_kinds.walk_days(self._session)] = 0
        veil = QColor(paper)
        veil.setAlphaF(0.72)
        for out, first, end in runs_of(left_out, self.axis.visible()):
            if out:
                painter.fillRect(QRectF(self.axis.x(first), top, self.axis.x(end) - self.axis.x(first), bottom - top), veil)

    def _paint_cursor(self, painter: QPainter, bottom: float, colour: QColor, paper: QColor) -> None:
        index, axis = self._session.index, self.axis
        self._cursor = index
        wide = max(axis.px_per_day, 2.0)
        body = QColor(colour)
        body.setAlphaF(0.22)
        painter.fillRect(QRectF(axis.x(index), 0.0, wide, bottom), body)
        middle = axis.x(index + 0.5)
        painter.setPen(QPen(colour, 1.6))
        painter.drawLine(QPointF(middle, 0.0), QPointF(middle, bottom))
        text, metrics = str(self._session.day), QFontMetricsF(painter.font())
        tall, wide = self.axis.below - 2.0, metrics.horizontalAdvance(text) + 10.0
        left = float(np.clip(middle - wide / 2.0, axis.left, max(axis.left + axis.width - wide, axis.left)))
        for first, last in self._rows.names:
            if first < left + wide and last > left:  # a name of which only a sliver would remain
                painter.fillRect(QRectF(first, bottom + 3.0, last - first, axis.below - 3.0), paper)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(left, bottom + 1.0, wide, tall), 3.0, 3.0)
        painter.setPen(paper)
        painter.drawText(QRectF(left, bottom + 1.0, wide, tall), Qt.AlignmentFlag.AlignCenter, text)

    def rows_picture(self, data: TimelineData) -> QPixmap:
        """Return the rows as an image, repainted only when view, colours or data change."""
        return self._rows.of(data, self.axis)

    # -- mouse and keys --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Record where a click or a drag began."""
        if event.button() == Qt.MouseButton.LeftButton and self.data is not None and event.position().x() >= self.axis.left:
            self._pressed, self._dragging = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Select days by dragging, or show the content of the day under the cursor."""
        at = event.position()
        if self._pressed is None:
            self.setToolTip(as_text(self.words_at(at)))
            return
        if self._dragging or abs(at.x() - self._pressed.x()) > DRAG_STARTS:
            self._dragging = True
            walking.select(self._session, (self.axis.day_at(self._pressed.x()), self.axis.day_at(at.x())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go to the clicked day and clear the selection; Shift extends the selection from the day shown."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        dragged, self._pressed, self._dragging = self._dragging, None, False
        if dragged:
            return
        day = self.axis.day_at(event.position().x())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            walking.select(self._session, (self._session.index, day))
        else:
            walking.go_to_alone(self._session, day)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show the whole season."""
        self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom about the cursor; Shift or a horizontal wheel moves."""
        sideways = event.angleDelta().x()
        turned = event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(sideways) > abs(turned):
            days = -(sideways or turned) / 120.0 * (self.axis.last - self.axis.first) / 10.0
            self.set_axis(self.axis.moved(days))
        else:
            self.set_axis(self.axis.zoomed(1.0015**turned, event.position().x()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom about the day shown with plus and minus; Shift and an arrow extend the selection."""
        at = self.axis.x(self._session.index + 0.5)
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.set_axis(self.axis.zoomed(1.5, at))
        elif event.key() == Qt.Key.Key_Minus:
            self.set_axis(self.axis.zoomed(1.0 / 1.5, at))
        else:
            super().keyPressEvent(event)

    def row_at(self, y: float) -> TimelineRow | None:
        """Return the row at a height of the view, None below them."""
        boxes = row_boxes(self.axis, float(self.height()))
        return next((row for row, box in boxes if box.top() <= y <= box.bottom() + 3.0), None)

    def words_at(self, at: QPointF) -> str:
        """Return the content of the day under a point, or the description of the row if the point is on a name."""
        if self.data is None:
            return ""
        if at.x() < self.axis.left:
            row = self.row_at(at.y())
            return tr(row.tip) if row is not None else ""
        return day_words(self._session, self.data, self.axis.day_at(at.x()))


class TimelinePanel(QWidget):
    """The timeline with its scroll bar."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.view = TimelineView(session, self)
        self.bar = QScrollBar(Qt.Orientation.Horizontal, self)
        filled(QVBoxLayout(self), (self.view, 1), self.bar, margins=FLUSH, spacing=0)
        self.bar.valueChanged.connect(self._scrolled)
        self.view.axis_changed.connect(self._follow)
        LateRefresh(self, session, self.refresh)
        self.retranslate()
        self.refresh(Change.ALL)

    def refresh(self, change: Change) -> None:
        """Update from the session."""
        if change & _CONTENT == Change.LABELS and self.view.data is not None:
            labels = self._session.labels
            self.view.show_data(replace(self.view.data, labels=labels.classes, by_rule=labels.by_rule))
        elif change & _CONTENT:
            self.view.show_data(timeline_data(self._session))
        if change & _VIEW:
            self.view.show_index(self._session.index)
        if change & ~Change.DAY:
            self.view.update()

    def _scrolled(self, value: int) -> None:
        self.view.set_axis(self.view.axis.moved(value / SCROLL_STEPS - self.view.axis.first))

    def _follow(self) -> None:
        """Update the scroll bar to the part of the season in view."""
        axis = self.view.axis
        span = axis.last - axis.first
        self.bar.blockSignals(True)  # the view has moved already
        self.bar.setRange(0, round((axis.count - span) * SCROLL_STEPS))
        self.bar.setPageStep(max(round(span * SCROLL_STEPS), 1))
        self.bar.setSingleStep(SCROLL_STEPS)
        self.bar.setValue(round(axis.first * SCROLL_STEPS))
        self.bar.blockSignals(False)
        self.bar.setVisible(span < axis.count)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update after a change of language, colours or text size."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.FontChange):
            self.retranslate()
        if event.type() == QEvent.Type.PaletteChange:
            self.view.update()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.view.setAccessibleName(tr("Timeline"))
        self.bar.setAccessibleName(tr("Visible days"))
        self.view.fit()
