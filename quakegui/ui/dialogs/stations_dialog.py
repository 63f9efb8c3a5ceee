"""The stations: codes, names and coordinates, edited or imported from a list."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from quakegui import formats
from quakegui.app import computing
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project import stations, undoing
from quakegui.project.acts import Act
from quakegui.project.live import live_states
from quakegui.project.live_today import Today
from quakegui.season.localtime import wall_clock_ms
from quakegui.season.network import Station
from quakegui.ui import theme
from quakegui.ui.boxes import filled
from quakegui.ui.dialogs.buttons import Standard, button_box, push_button
from quakegui.ui.dialogs.dialog_parts import JobDialog, open_at, with_name
from quakegui.ui.dialogs.live_lights import show_lights
from quakegui.ui.i18n import mark, tr
from quakegui.words import joined

READING: Final = "reading-stations"
KEEPING: Final = "keeping-stations"
REMOVING: Final = "removing-readings"
CODE, NAME, LATITUDE, LONGITUDE, ELEVATION, LIGHT = range(6)
LIGHTS_MS: Final = 5000
"""Interval in ms at which the lights of stations that send live are shown again."""
BLOCKS_AT_ONCE: Final = 20
"""Stations whose readings of today are counted at a time, so that the dialog responds meanwhile."""
LIMITS: Final = {LATITUDE: (-90.0, 90.0), LONGITUDE: (-180.0, 360.0), ELEVATION: (-500.0, 9000.0)}
NO_NUMBER: Final = {
    LATITUDE: mark("{text} is not a valid latitude; enter degrees north from -90 to 90, such as 28.1."),
    LONGITUDE: mark("{text} is not a valid longitude; enter degrees east from -180 to 360, such as 102.16."),
    ELEVATION: mark("{text} is not a valid elevation; enter -500 to 9000 metres, or leave it empty."),
}


@dataclass(frozen=True, slots=True)
class _Faults:
    """Faults of the table: a sentence, and the cells (row, column) to mark."""

    sentence: str
    cells: frozenset[tuple[int, int]]


class StationsDialog(JobDialog):
    """An editable table; nothing is saved before Save, which requires a table without faults."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setWindowTitle(tr("Stations"))
        open_at(self, 720, 560)
        project = session.project
        assert project is not None
        self._known = {station.code: station for station in project.network().stations}
        self._filling = False
        self.unlocated = QLabel(wordWrap=True)
        self.table = with_name(QTableWidget(0, 5), tr("Stations"), tr("Double-click or press F2 to edit a cell"))
        self.table.setHorizontalHeaderLabels(
            [tr("Code"), tr("Name"), tr("Latitude (° north)"), tr("Longitude (° east)"), tr("Elevation (m)")]
        )
        self.table.setAlternatingRowColors(True)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.table.itemChanged.connect(lambda _item: self._check())
        self._add = push_button(tr("Add a station"), tr("Add an empty row"), lambda: self.add_row(Station("")))
        self._import = push_button(tr("Import a list…"), tr("Import stations from a csv, xlsx or ack file"), self._ask_list)
        self.remove = push_button(
            tr("Exclude this station's readings"),
            tr("Exclude the readings of the selected station; Edit › Imports restores them"),
            self.remove_readings,
        )
        self.table.itemSelectionChanged.connect(self.busy_changed)
        self.table.currentCellChanged.connect(lambda *_cells: self.busy_changed())  # may come after the selection
        top = filled(QHBoxLayout(), self._add, self._import, self.remove, 1)
        self.buttons = button_box(Standard.Save | Standard.Cancel, self.reject, self.save)
        filled(QVBoxLayout(self), top, self.unlocated, (self.table, 1), self.sentence, self.strip, self.buttons)
        self.fill(tuple(self._known.values()))
        self._today = Today(project)
        if live_states(project):
            self.table.insertColumn(LIGHT)
            self.table.setHorizontalHeaderItem(LIGHT, QTableWidgetItem(tr("Live")))
            self.table.horizontalHeader().setSectionResizeMode(LIGHT, QHeaderView.ResizeMode.ResizeToContents)
            self.show_lights()
            every = QTimer(self)
            every.timeout.connect(self.show_lights)
            every.start(LIGHTS_MS)

    def show_lights(self) -> None:
        """Show which stations send live, how long ago their newest readings are, and how much of today has arrived."""
        project = self.session.project
        if project is not None:
            self._filling = True
            now_ms = wall_clock_ms()
            today = self._today.progress(now_ms, at_once=BLOCKS_AT_ONCE)
            show_lights(self.table, LIGHT, live_states(project), now_ms, today)
            if today is None:
                QTimer.singleShot(0, self, self.show_lights)
            self._filling = False

    # -- table -----------------------------------------------------------------------------------------------------

    def fill(self, stations: tuple[Station, ...]) -> None:
        """Show stations: rows of existing codes are replaced, others added."""
        self._filling = True
        rows = {self._text(row, CODE): row for row in range(self.table.rowCount())}
        for station in stations:
            row = rows.get(station.code)
            if row is None:
                row = self.table.rowCount()
                self.table.insertRow(row)
            self._write(row, station)
        self._filling = False
        self._check()

    def _write(self, row: int, station: Station) -> None:
        known = self._known.get(station.code)
        texts = (
            station.code,
            station.name or (known.name if known else ""),
            _number(station.latitude),
            _number(station.longitude),
            _number(station.elevation_m),
        )
        for column, text in enumerate(texts):
            if not text and self.table.item(row, column) is not None:
                continue  # a list without coordinates does not remove them
            item = QTableWidgetItem(text)
            if column >= LATITUDE:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if column == CODE and station.code in self._known:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
            self.table.setItem(row, column, item)

    def add_row(self, station: Station) -> None:
        """Add a station at the end of the table."""
        self.fill((station,))
        row = self.table.rowCount() - 1
        self.table.setCurrentCell(row, CODE)
        self.table.edit(self.table.model().index(row, CODE))

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return item.text().strip() if item is not None else ""

    # -- checking --------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        if self._filling:
            return
        faults = self._faults()
        self._filling = True  # setting a colour emits itemChanged too
        for row in range(self.table.rowCount()):
            for column in range(LIGHT):
                item = self.table.item(row, column)
                if item is not None:
                    item.setData(
                        Qt.ItemDataRole.BackgroundRole, theme.colours().selection if (row, column) in faults.cells else None
                    )
                    item.setData(
                        Qt.ItemDataRole.ForegroundRole, theme.colours().error if (row, column) in faults.cells else None
                    )
        self._filling = False
        self.sentence.say(faults.sentence, "error")
        self._say_unlocated()
        self.busy_changed()

    def _faults(self) -> _Faults:
        """Return the first fault as a sentence, and all faulty cells."""
        found: list[tuple[str, int, int]] = []
        seen: set[str] = set()
        for row in range(self.table.rowCount()):
            code = self._text(row, CODE)
            if not code or len(code) > 32:
                found.append((tr("Station codes must have 1 to 32 characters."), row, CODE))
            elif code in seen:
                found.append((tr("Station code {code} appears twice.").format(code=code), row, CODE))
            seen.add(code)
            found += [
                (tr(NO_NUMBER[column]).format(text=self._text(row, column)), row, column)
                for column in LIMITS
                if not _fits(self._text(row, column), column)
            ]
            found += self._half_placed(row, code)
        if not found:
            return _Faults("", frozenset())
        return _Faults(found[0][0], frozenset((row, column) for _, row, column in found))

    def _half_placed(self, row: int, code: str) -> list[tuple[str, int, int]]:
        empty = [column for column in (LATITUDE, LONGITUDE) if not self._text(row, column)]
        known = self._known.get(code)
        if len(empty) == 1:
            return [(tr("{code} needs both latitude and longitude, or neither.").format(code=code or "?"), row, empty[0])]
        if empty and known is not None and known.located:
            sentence = tr("The coordinates of {code} can be corrected but not removed.").format(code=code)
            return [(sentence, row, column) for column in empty]
        return []

    def _say_unlocated(self) -> None:
        rows = range(self.table.rowCount())
        codes = [self._text(row, CODE) for row in rows if not self._text(row, LATITUDE) and self._text(row, CODE)]
        if codes:
            self.unlocated.setText(tr("No coordinates, not shown on the map: {codes}.").format(codes=tr(", ").join(codes)))
        else:
            self.unlocated.setText(tr("Every station has coordinates."))

    def stations(self) -> tuple[Station, ...]:
        """Return the stations in a table without faults."""
        rows = range(self.table.rowCount())
        return tuple(
            Station(
                self._text(row, CODE),
                self._text(row, NAME),
                *(float(text) if (text := self._text(row, column)) else None for column in (LATITUDE, LONGITUDE, ELEVATION)),
            )
            for row in rows
        )

    # -- lists and saving ------------------------------------------------------------------------------------------

    def _ask_list(self) -> None:
        kinds = tr("Station lists (*.csv *.txt *.xlsx *.ack);;All files (*)")
        name, _ = QFileDialog.getOpenFileName(self, tr("Station list"), str(Path.home()), kinds)
        if name:
            self.import_list(Path(name))

    def import_list(self, path: Path) -> None:
        """Show the stations of a list in the table, for the analyst to check and save."""

        def work(_progress: ProgressCallback, _cancelled: CancelCheck) -> tuple[list[Station], list[str]]:
            found: list[Station] = []
            notes: list[str] = []
            for source in formats.expand(path):
                some, said = formats.read_stations(source)
                found += some
                notes += said
            return found, notes

        def done(result: tuple[list[Station], list[str]]) -> None:
            found, notes = result
            self.fill(tuple(found))
            if not self.sentence.text():
                said = tr("Stations read: {count}. Choose Save to store them in the project.").format(count=len(found))
                self.sentence.say(joined(" ", [said, *notes]), "warning" if notes else "info")

        self.run_job(READING, work, done)

    def save(self) -> None:
        """Save the changes, then recompute the season."""
        project = self.session.project
        changed = [station for station in self.stations() if station != self._known.get(station.code)]
        if project is None or not changed:
            self.accept()
            return

        author = self.session.settings.analyst

        def work(_progress: ProgressCallback, _cancelled: CancelCheck) -> None:
            stations.set_stations(project, *changed, author=author)

        session = self.session
        self.run_job(KEEPING, work, lambda _none: self.accept(), keep=lambda _none: computing.recompute(session))

    def remove_readings(self) -> None:
        """Remove the readings of the selected station, which can be undone, and recompute the season."""
        project, code = self.session.project, self._text(self.table.currentRow(), CODE)
        if project is None or self.busy or code not in self._known:
            return
        author, session = self.session.settings.analyst, self.session

        def work(progress: ProgressCallback, _cancelled: CancelCheck) -> Act:
            return undoing.remove_readings(project, code, author=author, progress=progress)

        def kept(act: Act) -> None:
            text = tr("The readings of {station} are no longer used; Edit › Imports restores them.")
            session.message.emit(text.format(station=act.station), "info")
            if session.project is project:
                computing.recompute(session)

        self.run_job(REMOVING, work, lambda _act: self.accept(), keep=kept)

    def busy_changed(self) -> None:
        """Disable changes while a list is being read or saved."""
        free = not self.busy and self.session.can_write
        for widget in (self.table, self._add, self._import):
            widget.setEnabled(free)
        row = self.table.currentRow()
        self.remove.setEnabled(free and row >= 0 and self._text(row, CODE) in self._known)
        good = not self.busy and self.session.can_write and not self._faults().cells
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(good)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"


def _fits(text: str, column: int) -> bool:
    low, high = LIMITS[column]
    try:
        return not text or low <= float(text) <= high
    except ValueError:
        return False
