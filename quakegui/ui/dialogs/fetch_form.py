"""The controls of the dialog for web services: what is asked for, of whom, and of which time and area."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QWidget,
)

from quakegui.season.events import Selection
from quakegui.season.network import Network
from quakegui.serve.web.readings import CADENCES
from quakegui.serve.web.services import EVENTS, READINGS, Service, service_of, services
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.dialogs.catalogue_form import BOX_SIDES
from quakegui.ui.dialogs.dialog_parts import add_rows, with_name
from quakegui.ui.i18n import mark, tr

EARTHQUAKES, DATA = range(2)
AROUND_DEG: Final = 3.0
"""Degrees around the stations within which earthquakes are asked for, unless the user enters another box."""
CADENCE_TEXTS: Final = {"minute": mark("1 minute"), "second": mark("1 second")}
LIMITS: Final = (90.0, 90.0, 180.0, 180.0)
"""Largest degrees of the sides of a box: south, north, west, east."""


class FetchForm(QWidget):
    """What to fetch, the service, the dates, and below them the controls of earthquakes or readings."""

    changed = Signal()

    def __init__(self, network: Network, days: NDArray[np.datetime64], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind, self.service = QComboBox(), QComboBox(editable=True)
        self.kind.addItems([tr("Earthquakes"), tr("Readings")])
        self.since, self.until = _date(), _date()
        first, last = (days[0].astype(object), days[-1].astype(object)) if days.size else (date(2022, 2, 1), date(2022, 12, 31))
        self.since.setDate(QDate(first.year, first.month, first.day))
        self.until.setDate(QDate(last.year, last.month, last.day))
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        add_rows(
            self._form,
            (
                (tr("Data to fetch"), self.kind, tr("Earthquakes of a catalogue, or readings of observatories")),
                (tr("Service"), self.service, tr("A known service, or the address of another one, beginning with https://")),
                (tr("Start date"), self.since, tr("Local date of earthquakes, UTC date of readings; inclusive")),
                (tr("End date"), self.until, tr("Local date of earthquakes, UTC date of readings; inclusive")),
            ),
        )
        self._of_kind = (self._earthquake_rows(network), self._reading_rows(network))
        self._fill_services()
        self.kind.currentIndexChanged.connect(self._fill_services)
        for signal in (self.service.currentTextChanged, self.since.dateChanged, self.until.dateChanged):
            signal.connect(lambda *_: self.changed.emit())

    def chosen_service(self) -> Service:
        """Return the service; raises FetchError if the text is neither a known one nor an address."""
        text = self.service.currentText().strip()
        kinds = EVENTS if self.kind.currentIndex() == EARTHQUAKES else READINGS
        named = next((row for row in services(kinds) if row.title == text), None)
        return named if named is not None else service_of(text, kinds)

    def selection(self) -> Selection:
        """Return box, magnitude and dates of the earthquakes; raises ValueError if they are contradictory."""
        least = self.magnitude.value()
        box = tuple(side.value() for side in self.box)
        return Selection(
            box=(box[0], box[1], box[2], box[3]) if self.in_box.isChecked() else None,
            min_magnitude=None if least == self.magnitude.minimum() else least,
            since=_plain(self.since),
            until=_plain(self.until),
        )

    def days(self) -> tuple[np.datetime64, np.datetime64]:
        """Return the first and last UTC day of the readings."""
        return np.datetime64(_plain(self.since)), np.datetime64(_plain(self.until))

    def codes(self) -> list[str]:
        """Return the station codes, as entered."""
        return self.stations.text().replace("，", ",").replace(" ", ",").split(",")

    def _earthquake_rows(self, network: Network) -> tuple[QWidget, ...]:
        self.magnitude = _number(-1.0, 9.5, 0.1, 1)
        self.magnitude.setSpecialValueText(tr("any"))
        self.magnitude.setValue(3.0)
        self.in_box = QCheckBox(tr("only in this rectangle"))
        self.box = [_number(-limit, limit, 0.5, 2) for limit in LIMITS]
        for side, value in zip(self.box, _box_around(network), strict=True):
            side.setValue(value)
        self.in_box.setChecked(bool(network.codes))
        add_rows(
            self._form,
            (
                (tr("Minimum magnitude"), self.magnitude, tr("Minimum magnitude, inclusive; for M > 3.0 enter 3.1")),
                (tr("Area"), self.in_box, tr("Off: earthquakes of the whole Earth")),
            ),
        )
        sides = QWidget()
        row = filled(QHBoxLayout(sides), margins=FLUSH)
        for text, side in zip(BOX_SIDES, self.box, strict=True):
            filled(row, QLabel(tr(text)), with_name(side, tr(text), tr("Boundaries included")))
        self._form.addRow("", sides)
        for number in (self.magnitude, *self.box):
            number.valueChanged.connect(lambda *_: self.changed.emit())
        self.in_box.toggled.connect(self._box_switched)
        self._box_switched()
        return self.magnitude, self.in_box, sides

    def _reading_rows(self, network: Network) -> tuple[QWidget, ...]:
        self.stations, self.cadence = QLineEdit(", ".join(network.codes)), QComboBox()
        self.stations.setCursorPosition(0)  # so that the first codes are seen
        for name in CADENCES:
            self.cadence.addItem(tr(CADENCE_TEXTS[name]), name)
        add_rows(
            self._form,
            (
                (tr("Station codes"), self.stations, tr("IAGA codes of observatories, separated by commas, such as KAK, MMB")),
                (
                    tr("Sampling interval"),
                    self.cadence,
                    tr("Used by INTERMAGNET's file service; other services deliver data at a fixed interval"),
                ),
            ),
        )
        self.stations.textChanged.connect(lambda *_: self.changed.emit())
        self.cadence.currentIndexChanged.connect(lambda *_: self.changed.emit())
        return self.stations, self.cadence

    def _fill_services(self) -> None:
        kind = self.kind.currentIndex()
        self.service.blockSignals(True)
        self.service.clear()
        self.service.addItems([row.title for row in services(EVENTS if kind == EARTHQUAKES else READINGS)])
        self.service.blockSignals(False)
        for number, widgets in enumerate(self._of_kind):
            for widget in widgets:
                self._form.setRowVisible(widget, number == kind)
        self.changed.emit()

    def _box_switched(self) -> None:
        for side in self.box:
            side.setEnabled(self.in_box.isChecked())
        self.changed.emit()


def _box_around(network: Network) -> tuple[float, float, float, float]:
    """Return a box around the stations in whole degrees, or the whole Earth without stations."""
    latitude, longitude = (axis[np.isfinite(axis)] for axis in (network.latitude, network.longitude))
    if not latitude.size:
        return -90.0, 90.0, -180.0, 180.0
    south, west = (float(np.floor(axis.min() - AROUND_DEG)) for axis in (latitude, longitude))
    north, east = (float(np.ceil(axis.max() + AROUND_DEG)) for axis in (latitude, longitude))
    return south, north, west, east


def _number(low: float, high: float, step: float, decimals: int) -> QDoubleSpinBox:
    box = QDoubleSpinBox(decimals=decimals, minimum=low, maximum=high, singleStep=step)
    box.setKeyboardTracking(False)
    return box


def _date() -> QDateEdit:
    edit = QDateEdit()
    edit.setCalendarPopup(True)
    edit.setDisplayFormat("yyyy-MM-dd")
    edit.setKeyboardTracking(False)
    return edit


def _plain(edit: QDateEdit) -> date:
    day = edit.date()
    return date(day.year(), day.month(), day.day())
