"""Dialog for a date of the season."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QDialog, QVBoxLayout, QWidget

from quakegui.ui import theme
from quakegui.ui.boxes import filled
from quakegui.ui.dialogs.buttons import Standard, button_box
from quakegui.ui.dialogs.dialog_parts import with_name, year_first
from quakegui.ui.i18n import tr


class DateDialog(QDialog):
    """A calendar of the days of the season."""

    def __init__(self, day: np.datetime64, days: NDArray[np.datetime64], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Go to a date"))
        self._calendar = with_name(QCalendarWidget(), tr("Date"), tr("Choose a local date in the season"))
        self._calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        year_first(self._calendar)
        plain = QTextCharFormat()
        plain.setForeground(theme.colours().text)
        for day_off in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self._calendar.setWeekdayTextFormat(day_off, plain)
        self._calendar.setDateRange(_qdate(days[0]), _qdate(days[-1]))
        self._calendar.setSelectedDate(_qdate(day))
        self._calendar.activated.connect(self.accept)
        filled(QVBoxLayout(self), self._calendar, button_box(Standard.Ok | Standard.Cancel, self.reject, self.accept))

    def date(self) -> date:
        """Return the selected local date."""
        chosen = self._calendar.selectedDate().toPython()
        assert isinstance(chosen, date)
        return chosen


def ask_date(parent: QWidget, day: np.datetime64, days: NDArray[np.datetime64]) -> date | None:
    """Return the selected local date within `days`, or None if the dialog was cancelled."""
    dialog = DateDialog(day, days, parent)
    chosen = dialog.date() if dialog.exec() else None
    dialog.deleteLater()
    return chosen


def _qdate(day: np.datetime64) -> QDate:
    plain = day.astype("datetime64[D]").astype(object)
    return QDate(plain.year, plain.month, plain.day)
