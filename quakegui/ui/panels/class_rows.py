"""Labels above predictions, one row each, for comparison."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from quakegui.app import walking
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.ui import theme
from quakegui.ui.i18n import tr
from quakegui.ui.late_refresh import LateRefresh
from quakegui.ui.no_markup import as_text
from quakegui.ui.panels.timeline_panel import GUTTER_PAD, timeline_data
from quakegui.ui.panels.timeline_words import day_words
from quakegui.ui.plots.time_axis import DayAxis
from quakegui.ui.plots.timeline_rows import ROWS, TimelineData, TimelineRow

_SHOWN = tuple(row for row in ROWS if set(row.reads) & {"labels", "predicted"})
_CONTENT = Change.PROJECT | Change.SEASON | Change.LABELS | Change.PREDICTIONS | Change.DISPLAY


class ClassRows(QWidget):
    """The two rows of the timeline that are compared, over the whole season; a click goes to a day."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._data: TimelineData | None = None
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Labels above predictions"))
        LateRefresh(self, session, self.refresh)
        self.refresh(Change.ALL)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a height for two rows with text."""
        return QSize(600, round(len(_SHOWN) * 1.7 * QFontMetricsF(self.font()).height()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a size that shows both rows whole."""
        return QSize(200, self.sizeHint().height())

    def refresh(self, change: Change) -> None:
        """Update from the session."""
        if change & _CONTENT:
            self._data = timeline_data(self._session)
        if change & (_CONTENT | Change.DAY | Change.RUNS):
            self.update()

    def _name(self, row: TimelineRow) -> str:
        """Return the name of a row; the matrix contains uncalibrated predictions, which may differ from those shown here."""
        # Predictions of a leaky run are never calibrated.
        calibrated = any(one.in_use and not one.run.config.leaky for one in self._session.runs)
        return tr("Prediction (calibrated)") if calibrated and "predicted" in row.reads else tr(row.name)

    def _axis(self) -> DayAxis:
        count = 0 if self._data is None else self._data.days.size
        left = max(QFontMetricsF(self.font()).horizontalAdvance(self._name(row)) for row in _SHOWN) + GUTTER_PAD
        return DayAxis(count, 0.0, float(max(count, 1)), left, max(self.width() - left, 1.0), 0.0)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint both rows and the day shown."""
        colours, axis = theme.colours(), self._axis()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), colours.background)
            painter.setFont(self.font())
            tall = self.height() / len(_SHOWN)
            for number, row in enumerate(_SHOWN):
                box = QRectF(axis.left, number * tall + 1.0, axis.width, tall - 2.0)
                painter.setPen(colours.text)
                name = QRectF(0.0, box.top(), axis.left - 6.0, box.height())
                painter.drawText(name, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._name(row))
                if self._data is not None:
                    painter.save()
                    painter.setClipRect(box)
                    row.paint(painter, box, axis, self._data, colours)
                    painter.restore()
            if self._data is not None and self._session.index >= 0:
                middle = axis.x(self._session.index + 0.5)
                painter.setPen(QPen(colours.cursor, 1.6))
                painter.drawLine(QPointF(middle, 0.0), QPointF(middle, float(self.height())))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go to the day that is clicked."""
        day = self.day_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and day >= 0:
            walking.go_to_alone(self._session, day)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Show label and prediction of the day under the mouse as a tooltip."""
        self.setToolTip(as_text(self.words_at(event.position().x())))

    def day_at(self, x: float) -> int:
        """Return the index of the day at a place along the rows, -1 beside them."""
        return self._axis().day_at(x) if self._data is not None and x >= self._axis().left else -1

    def words_at(self, x: float) -> str:
        """Return the description of the day at a horizontal position, empty beside the rows."""
        day = self.day_at(x)
        return day_words(self._session, self._data, day) if self._data is not None and day >= 0 else ""

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update after a change of language."""
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(tr("Labels above predictions"))
            self.update()
        super().changeEvent(event)
