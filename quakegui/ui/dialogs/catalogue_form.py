"""The controls of the catalogue dialog: selection, aftershocks, and magnitude split."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDoubleSpinBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from quakegui.season.events import Declustering, Selection
from quakegui.season.network import Network
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.dialogs.dialog_parts import add_rows, with_name, year_first
from quakegui.ui.i18n import mark, tr

EVERYWHERE, BOX, AROUND = range(3)
BOX_SIDES: Final = (mark("South (°)"), mark("North (°)"), mark("West (°)"), mark("East (°)"))
NO_CENTRES: Final = "\n\n"
"""As many lines as with cluster centres, so that the height of the group is constant."""
AROUND_PARTS: Final = (mark("Latitude (°)"), mark("Longitude (°)"), mark("Radius (km)"))


class CatalogueForm(QWidget):
    """Three groups of controls; `changed` is emitted when a value changes."""

    changed = Signal()

    def __init__(self, stations: Network, season_days: NDArray[np.datetime64], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stations = stations
        self._season_days = season_days
        self._filling = True
        filled(QVBoxLayout(self), self._selection_group(), self._declustering_group(), self._class_group(), margins=FLUSH)

    def _selection_group(self) -> QGroupBox:
        group = QGroupBox(tr("Earthquake selection"))
        form = QFormLayout(group)
        self.area = QComboBox()
        for text, value in ((tr("the whole Earth"), EVERYWHERE), (tr("rectangle"), BOX), (tr("circle"), AROUND)):
            self.area.addItem(text, value)
        add_rows(form, ((tr("Search area"), self.area, tr("Area from which earthquakes are selected")),))
        limits = ((-90.0, 90.0), (-90.0, 90.0), (-180.0, 360.0), (-180.0, 360.0))
        self.box = [self._number(*limit, 0.5, 3) for limit in limits]
        self.around = [self._number(*limit, 0.5, 3) for limit in ((-90.0, 90.0), (-180.0, 360.0))]
        self.around.append(self._number(1.0, 20000.0, 10.0, 1))
        for text, control in (*zip(BOX_SIDES, self.box, strict=True), *zip(AROUND_PARTS, self.around, strict=True)):
            add_rows(form, ((tr(text), control, tr("Boundaries included")),))
        self.magnitude = self._number(-1.0, 9.5, 0.1, 1)
        self.magnitude.setSpecialValueText(tr("any"))
        tip = tr("Minimum magnitude, inclusive; for M > 3.0 enter 3.1")
        add_rows(form, ((tr("Minimum magnitude"), self.magnitude, tip),))
        self.since_on, self.since = self._date(tr("Start date"))
        self.until_on, self.until = self._date(tr("End date"))
        for text, switch, edit in (
            (tr("Start date"), self.since_on, self.since),
            (tr("End date"), self.until_on, self.until),
        ):
            form.addRow(text, filled(QHBoxLayout(), switch, (edit, 1)))
        self.area.currentIndexChanged.connect(self._area_changed)
        self._selection_form = form
        return group

    def _declustering_group(self) -> QGroupBox:
        group = QGroupBox(tr("Aftershocks"))
        form = QFormLayout(group)
        self.method = QComboBox()
        for text, value in (
            (tr("fixed distance and time window"), "window"),
            ("Gardner & Knopoff (1974)", "gardner-knopoff"),
            (tr("no removal"), "none"),
        ):
            self.method.addItem(text, value)
        self.radius, self.days = self._number(0.1, 2000.0, 5.0, 1), self._number(0.1, 2000.0, 1.0, 1)
        rows = (
            (
                tr("Aftershock removal"),
                self.method,
                tr("Remove earthquakes within this distance and time of an earlier one of equal or larger magnitude"),
            ),
            (tr("Distance (km)"), self.radius, tr("Limit included")),
            (tr("Time (days)"), self.days, tr("Limit included")),
        )
        add_rows(form, rows)
        self.method.currentIndexChanged.connect(self._method_changed)
        self._declustering_form = form
        return group

    def _class_group(self) -> QGroupBox:
        group = QGroupBox(tr("Classes"))
        form = QFormLayout()
        self.median = QCheckBox(tr("Use the median magnitude"))
        self.split = self._number(-1.0, 9.5, 0.1, 1)
        self.median.toggled.connect(self._median_changed)
        rows = (
            (tr("Magnitude split"), self.median, tr("Split at the magnitude that half of the earthquakes exceed")),
            (
                tr("Split value (M)"),
                self.split,
                tr("Earthquakes above this magnitude count as large; the original paper uses 4"),
            ),
        )
        add_rows(form, rows)
        self.centres = QLabel(NO_CENTRES)
        filled(QVBoxLayout(group), form, self.centres)
        return group

    def _number(self, low: float, high: float, step: float, decimals: int) -> QDoubleSpinBox:
        box = QDoubleSpinBox(decimals=decimals)
        box.setRange(low, high)
        box.setSingleStep(step)
        box.setKeyboardTracking(False)
        box.valueChanged.connect(self._tell)
        return box

    def _date(self, name: str) -> tuple[QCheckBox, QDateEdit]:
        switch = with_name(QCheckBox(), name, tr("If off, there is no limit"))
        edit = with_name(QDateEdit(), name, tr("Local date, inclusive"))
        edit.setCalendarPopup(True)
        year_first(edit.calendarWidget())
        edit.setDisplayFormat("yyyy-MM-dd")
        edit.setEnabled(False)
        switch.toggled.connect(edit.setEnabled)
        switch.toggled.connect(self._tell)
        edit.dateChanged.connect(self._tell)
        return switch, edit

    # -- filling ---------------------------------------------------------------------------------------------------

    def fill(self, facts: dict[str, Any], split: float | None) -> None:
        """Show the selection of the project (`catalogue.selection_facts`), or defaults; `split` None stands for the median."""
        self._filling = True
        selection = facts["event_selection"] or {}
        box = selection.get("box") or self._default_box()
        for control, value in zip(self.box, box, strict=True):
            control.setValue(value)
        middle = ((box[0] + box[1]) / 2.0, (box[2] + box[3]) / 2.0)
        around = (*(selection.get("centre") or middle), selection.get("radius_km") or 300.0)
        for control, value in zip(self.around, around, strict=True):
            control.setValue(value)
        area = BOX if selection.get("box") else AROUND if selection.get("centre") else EVERYWHERE
        # Without an earlier selection, the surroundings of the network are a better default than the whole Earth.
        self.area.setCurrentIndex(BOX if not facts["event_selection"] else area)
        smallest = selection.get("min_magnitude")
        self.magnitude.setValue(self.magnitude.minimum() if smallest is None else smallest)
        for key, place, switch, edit in (
            ("since", 0, self.since_on, self.since),
            ("until", -1, self.until_on, self.until),
        ):
            text = selection.get(key)
            day: date = (
                date.fromisoformat(text)
                if text
                else self._season_days[place].astype(object)
                if self._season_days.size
                else date(2022, 2, 1)
            )
            edit.setDate(QDate(day.year, day.month, day.day))
            switch.setChecked(text is not None)
        declustering = Declustering(**(facts["declustering"] or {}))
        self.method.setCurrentIndex(self.method.findData(declustering.method))
        self.radius.setValue(declustering.radius_km)
        self.days.setValue(declustering.days)
        self.median.setChecked(split is None)
        self.split.setValue(4.0 if split is None else split)
        self._area_changed()
        self._method_changed()
        self._median_changed()
        self._filling = False

    def _default_box(self) -> tuple[float, float, float, float]:
        """Return a box around the network with half its width on each side: south, north, west, east."""
        places = [station for station in self._stations.stations if station.located]
        if not places:
            return 26.0, 31.0, 100.0, 104.0
        latitude = [float(station.latitude or 0.0) for station in places]
        longitude = [float(station.longitude or 0.0) for station in places]
        up, across = max(max(latitude) - min(latitude), 1.0) / 4.0, max(max(longitude) - min(longitude), 1.0) / 4.0
        south, north = max(min(latitude) - up, -90.0), min(max(latitude) + up, 90.0)
        return (
            round(south, 1),
            round(north, 1),
            round(max(min(longitude) - across, -180.0), 1),
            round(max(longitude) + across, 1),
        )

    def _area_changed(self) -> None:
        area = self.area.currentData()
        for control in self.box:
            self._selection_form.setRowVisible(control, area == BOX)
        for control in self.around:
            self._selection_form.setRowVisible(control, area == AROUND)
        self._tell()

    def _method_changed(self) -> None:
        for control in (self.radius, self.days):
            self._declustering_form.setRowVisible(control, self.method.currentData() == "window")
        self._tell()

    def _median_changed(self) -> None:
        self.split.setEnabled(not self.median.isChecked())
        self._tell()

    # -- values ----------------------------------------------------------------------------------------------------

    def selection(self) -> Selection:
        """Return the selection; raises ValueError with a sentence if it cannot contain anything."""
        area = self.area.currentData()
        south, north, west, east = (control.value() for control in self.box)
        latitude, longitude, radius = (control.value() for control in self.around)
        smallest = self.magnitude.value()
        return Selection(
            box=(south, north, west, east) if area == BOX else None,
            centre=(latitude, longitude) if area == AROUND else None,
            radius_km=radius if area == AROUND else None,
            min_magnitude=None if smallest == self.magnitude.minimum() else round(smallest, 1),
            since=_python_date(self.since) if self.since_on.isChecked() else None,
            until=_python_date(self.until) if self.until_on.isChecked() else None,
        )

    def declustering(self) -> Declustering:
        """Return how aftershocks are removed."""
        return Declustering(self.method.currentData(), self.radius.value(), self.days.value())

    def split_magnitude(self) -> float | None:
        """Return the magnitude split, None for the median."""
        return None if self.median.isChecked() else round(self.split.value(), 1)

    def show_median(self, magnitude: float) -> None:
        """Show the computed median."""
        if self.median.isChecked():
            self._filling = True
            self.split.setValue(magnitude)
            self._filling = False

    def _tell(self) -> None:
        if not self._filling:
            self.changed.emit()


def _python_date(edit: QDateEdit) -> date:
    shown = edit.date()
    return date(shown.year(), shown.month(), shown.day())
