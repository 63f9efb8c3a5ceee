"""Asks for a date of the season."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QDate
from PySide6.QtWidgets import QCalendarWidget, QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from quakegui.ui.i18n import tr


def ask_date(parent: QWidget, day: np.datetime64, days: NDArray[np.datetime64]) -> date | None:
    """Return the chosen local date within `days`, or None where the analyst thought better of it."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(tr("Go to a date"))
    calendar = QCalendarWidget()
    calendar.setAccessibleName(tr("Date"))
    calendar.setDateRange(_qdate(days[0]), _qdate(days[-1]))
    calendar.setSelectedDate(_qdate(day))
    calendar.activated.connect(dialog.accept)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    column = QVBoxLayout(dialog)
    column.addWidget(calendar)
    column.addWidget(buttons)
    chosen = calendar.selectedDate().toPython() if dialog.exec() else None
    dialog.deleteLater()
    assert chosen is None or isinstance(chosen, date)
    return chosen


def _qdate(day: np.datetime64) -> QDate:
    plain = day.astype("datetime64[D]").astype(object)
    return QDate(plain.year, plain.month, plain.day)
