"""The earthquake catalogue: which events belong to the project, which are aftershocks, and what makes north and south."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from quakegui.app.change import Change
from quakegui.app.jobs import Report
from quakegui.app.session import Session
from quakegui.project import catalogue
from quakegui.season.events import Declustering, Event, Selection
from quakegui.season.localtime import to_local
from quakegui.ui import theme
from quakegui.ui.catalogue_choice import Choice, Read, choose, read_catalogue
from quakegui.ui.class_icons import class_icon
from quakegui.ui.cluster_map import ClusterMap
from quakegui.ui.dialog_parts import JobDialog, Row, RowsView, add_rows, named
from quakegui.ui.i18n import mark, tr

READING: Final = mark("Reading the catalogue")
CHOOSING: Final = mark("Choosing the earthquakes")
KEEPING: Final = mark("Keeping the earthquakes")
OUTSIDE: Final = {"area": mark("outside the area"), "magnitude": mark("too small"), "dates": mark("outside the dates")}
EVERYWHERE, BOX, AROUND = range(3)
BOX_SIDES: Final = (mark("South (°)"), mark("North (°)"), mark("West (°)"), mark("East (°)"))
AROUND_PARTS: Final = (mark("Latitude (°)"), mark("Longitude (°)"), mark("Radius (km)"))


class CatalogueDialog(JobDialog):
    """Every change on the left is shown at once on the right; nothing is kept before Apply."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setWindowTitle(tr("Earthquake catalogue"))
        self.resize(1080, 760)
        project = session.project
        assert project is not None
        self._own = Read(None, tuple(event for event, _ in catalogue.all_events(project)))
        self._read = self._own
        self.choice: Choice | None = None
        self._wanted = 0
        self._filling = True
        self._source = QLabel()
        self._source.setWordWrap(True)
        self.map = ClusterMap(project.network())
        self._columns()
        self._lay_out()
        scheme = catalogue.class_scheme(project)
        self._fill(catalogue.chosen_by(project), scheme.split_magnitude if scheme is not None else None)
        self._filling = False
        self._show_source()
        self.rechoose()

    # -- widgets ---------------------------------------------------------------------------------------------------

    def _columns(self) -> None:
        headers = [
            tr("Local time"),
            "M",
            tr("Latitude"),
            tr("Longitude"),
            tr("Depth (km)"),
            tr("Place"),
            tr("What becomes of it"),
        ]
        self.list = RowsView(headers, tr("Earthquakes, kept and dropped"), wide=5)
        self._shown = named(QComboBox(), tr("Which are listed"), tr("Those outside the selection can be listed too"))
        for text, value in ((tr("Kept and aftershocks"), "chosen"), (tr("Only kept"), "kept"), (tr("All of the file"), "all")):
            self._shown.addItem(text, value)
        self._shown.currentIndexChanged.connect(self._list_events)

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        for group in (self._source_group(), self._selection_group(), self._declustering_group(), self._class_group()):
            column.addWidget(group)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(left)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumWidth(left.sizeHint().width() + 24)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        self._summary = QLabel()
        self._summary.setWordWrap(True)
        self._warning = QLabel()
        self._warning.setWordWrap(True)
        for widget in (self._summary, self._warning, self._shown, self.list):
            below.addWidget(widget, 1 if widget is self.list else 0)
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.map)
        right.addWidget(lower)
        right.setChildrenCollapsible(False)
        across = QHBoxLayout()
        across.addWidget(scroll)
        across.addWidget(right, 1)
        box = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(box.Apply | box.Cancel)
        self._buttons.button(box.Apply).setToolTip(tr("Keep these earthquakes in the project, in place of those it has"))
        self._buttons.button(box.Apply).clicked.connect(self.apply)
        self._buttons.rejected.connect(self.reject)
        outer = QVBoxLayout(self)
        outer.addLayout(across, 1)
        for part in (self.sentence, self.strip, self._buttons):
            outer.addWidget(part)
        self._buttons.button(box.Apply).setDefault(True)

    def _source_group(self) -> QGroupBox:
        group = QGroupBox(tr("Catalogue"))
        column = QVBoxLayout(group)
        self._choose = named(QPushButton(tr("Choose a file…")), tr("Choose a file"), tr("CENC, USGS or other csv, or QuakeML"))
        self._choose.setAutoDefault(False)
        self._choose.clicked.connect(self._ask_file)
        self._add = named(
            QCheckBox(tr("Add to the project's earthquakes")),
            tr("Add to the project's earthquakes"),
            tr("Off: the file's earthquakes take the place of those in the project"),
        )
        self._add.toggled.connect(self.rechoose)
        for widget in (self._source, self._choose, self._add):
            column.addWidget(widget)
        return group

    def _selection_group(self) -> QGroupBox:
        group = QGroupBox(tr("Which belong to the project"))
        form = QFormLayout(group)
        self._area = QComboBox()
        for text, value in ((tr("everywhere"), EVERYWHERE), (tr("in a box"), BOX), (tr("around a place"), AROUND)):
            self._area.addItem(text, value)
        add_rows(form, ((tr("Area"), self._area, tr("Where earthquakes are taken from")),))
        limits = ((-90.0, 90.0), (-90.0, 90.0), (-180.0, 360.0), (-180.0, 360.0))
        self._box = [self._number(*limit, 0.5, 3) for limit in limits]
        self._around = [self._number(*limit, 0.5, 3) for limit in ((-90.0, 90.0), (-180.0, 360.0))]
        self._around.append(self._number(1.0, 20000.0, 10.0, 1))
        for text, control in (*zip(BOX_SIDES, self._box, strict=True), *zip(AROUND_PARTS, self._around, strict=True)):
            add_rows(form, ((tr(text), control, tr("Edges are included")),))
        self._magnitude = self._number(-1.0, 9.5, 0.1, 1)
        self._magnitude.setSpecialValueText(tr("any"))
        tip = tr("Smallest magnitude taken, itself included: for M > 3.0 in tenths write 3.1")
        add_rows(form, ((tr("Magnitude from"), self._magnitude, tip),))
        self._since_on, self._since = self._date(tr("From day"))
        self._until_on, self._until = self._date(tr("To day"))
        for text, switch, edit in (
            (tr("From day"), self._since_on, self._since),
            (tr("To day"), self._until_on, self._until),
        ):
            row = QHBoxLayout()
            row.addWidget(switch)
            row.addWidget(edit, 1)
            form.addRow(text, row)
        self._area.currentIndexChanged.connect(self._area_changed)
        self._selection_form = form
        return group

    def _declustering_group(self) -> QGroupBox:
        group = QGroupBox(tr("Aftershocks"))
        form = QFormLayout(group)
        self._method = QComboBox()
        for text, value in (
            (tr("within distance and days"), "window"),
            ("Gardner & Knopoff (1974)", "gardner-knopoff"),
            (tr("drop none"), "none"),
        ):
            self._method.addItem(text, value)
        self._radius, self._days = self._number(0.1, 2000.0, 5.0, 1), self._number(0.1, 2000.0, 1.0, 1)
        rows = (
            (
                tr("Drop aftershocks"),
                self._method,
                tr("An earthquake goes when an earlier one at least as large lies that near"),
            ),
            (tr("Distance (km)"), self._radius, tr("Included")),
            (tr("Days"), self._days, tr("Included")),
        )
        add_rows(form, rows)
        self._method.currentIndexChanged.connect(self._method_changed)
        self._declustering_form = form
        return group

    def _class_group(self) -> QGroupBox:
        group = QGroupBox(tr("Classes"))
        form = QFormLayout(group)
        self._median = QCheckBox(tr("the median magnitude"))
        self._split = self._number(-1.0, 9.5, 0.1, 1)
        self._median.toggled.connect(self._median_changed)
        rows = (
            (tr("Large and small part at"), self._median, tr("Half of the earthquakes are larger")),
            (tr("Magnitude"), self._split, tr("Larger than this is large; the founding paper uses 4")),
        )
        add_rows(form, rows)
        self._centres = QLabel()
        self._centres.setWordWrap(True)
        form.addRow(self._centres)
        return group

    def _number(self, low: float, high: float, step: float, decimals: int) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setDecimals(decimals)
        box.setRange(low, high)
        box.setSingleStep(step)
        box.setKeyboardTracking(False)
        box.valueChanged.connect(self.rechoose)
        return box

    def _date(self, name: str) -> tuple[QCheckBox, QDateEdit]:
        switch = named(QCheckBox(), name, tr("Off: no limit"))
        edit = named(QDateEdit(), name, tr("Local date, included"))
        edit.setCalendarPopup(True)
        edit.setDisplayFormat("yyyy-MM-dd")
        edit.setEnabled(False)
        switch.toggled.connect(edit.setEnabled)
        switch.toggled.connect(self.rechoose)
        edit.dateChanged.connect(self.rechoose)
        return switch, edit

    # -- filling ---------------------------------------------------------------------------------------------------

    def _fill(self, kept: dict[str, Any], split: float | None) -> None:
        """Show how the project's events were chosen, or what suits its season."""
        selection = kept["event_selection"] or {}
        box = selection.get("box") or self._default_box()
        for control, value in zip(self._box, box, strict=True):
            control.setValue(value)
        middle = ((box[0] + box[1]) / 2.0, (box[2] + box[3]) / 2.0)
        around = (*(selection.get("centre") or middle), selection.get("radius_km") or 300.0)
        for control, value in zip(self._around, around, strict=True):
            control.setValue(value)
        area = BOX if selection.get("box") else AROUND if selection.get("centre") else EVERYWHERE
        # Nothing was ever chosen: the network's surroundings are a better beginning than the whole Earth.
        self._area.setCurrentIndex(BOX if not kept["event_selection"] else area)
        smallest = selection.get("min_magnitude")
        self._magnitude.setValue(self._magnitude.minimum() if smallest is None else smallest)
        days = self.session.days
        for key, place, switch, edit in (
            ("since", 0, self._since_on, self._since),
            ("until", -1, self._until_on, self._until),
        ):
            text = selection.get(key)
            day: date = date.fromisoformat(text) if text else days[place].astype(object) if days.size else date(2022, 2, 1)
            edit.setDate(QDate(day.year, day.month, day.day))
            switch.setChecked(text is not None)
        declustering = Declustering(**(kept["declustering"] or {}))
        self._method.setCurrentIndex(self._method.findData(declustering.method))
        self._radius.setValue(declustering.radius_km)
        self._days.setValue(declustering.days)
        self._median.setChecked(split is None)
        self._split.setValue(4.0 if split is None else split)
        self._area_changed()
        self._method_changed()
        self._median_changed()

    def _default_box(self) -> tuple[float, float, float, float]:
        """Return a box half as wide again as the network, south, north, west, east."""
        project = self.session.project
        assert project is not None
        places = [station for station in project.network().stations if station.located]
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
        area = self._area.currentData()
        for control in self._box:
            self._selection_form.setRowVisible(control, area == BOX)
        for control in self._around:
            self._selection_form.setRowVisible(control, area == AROUND)
        self.rechoose()

    def _method_changed(self) -> None:
        for control in (self._radius, self._days):
            self._declustering_form.setRowVisible(control, self._method.currentData() == "window")
        self.rechoose()

    def _median_changed(self) -> None:
        self._split.setEnabled(not self._median.isChecked())
        self.rechoose()

    # -- values ----------------------------------------------------------------------------------------------------

    def selection(self) -> Selection:
        """Return which events are asked for; raises ValueError with a sentence where that can hold nothing."""
        area = self._area.currentData()
        south, north, west, east = (control.value() for control in self._box)
        latitude, longitude, radius = (control.value() for control in self._around)
        smallest = self._magnitude.value()
        return Selection(
            box=(south, north, west, east) if area == BOX else None,
            centre=(latitude, longitude) if area == AROUND else None,
            radius_km=radius if area == AROUND else None,
            min_magnitude=None if smallest == self._magnitude.minimum() else round(smallest, 1),
            since=_python_date(self._since) if self._since_on.isChecked() else None,
            until=_python_date(self._until) if self._until_on.isChecked() else None,
        )

    def declustering(self) -> Declustering:
        """Return how aftershocks are dropped."""
        return Declustering(self._method.currentData(), self._radius.value(), self._days.value())

    # -- reading and choosing --------------------------------------------------------------------------------------

    def _ask_file(self) -> None:
        folder = str(self._read.path.parent if self._read.path is not None else Path.home())
        kinds = tr("Catalogues (*.csv *.txt *.xls *.xml *.qml *.zip *.gz);;All files (*)")
        name, _ = QFileDialog.getOpenFileName(self, tr("Catalogue of earthquakes"), folder, kinds)
        if name:
            self.read_file(Path(name))

    def read_file(self, path: Path) -> None:
        """Read a catalogue in a job and show what would be taken of it."""
        if self.busy:
            return

        def done(read: Read) -> None:
            self._read = read
            self._show_source()
            self.rechoose()

        self.run_job(READING, lambda _report, _cancelled: read_catalogue(path), done)

    def _show_source(self) -> None:
        count = len(self._read.events)
        if self._read.path is None:
            text = tr("The project's own {count} earthquakes") if count else tr("The project has no earthquakes yet.")
            self._source.setText(text.format(count=count))
        else:
            self._source.setText(tr("{count} earthquakes in {file}").format(count=count, file=self._read.path.name))
        self._source.setToolTip("\n".join(self._read.notes))
        self._add.setVisible(self._read.path is not None and bool(self._own.events))

    def rechoose(self) -> None:
        """Choose again with what the controls say, in a job; the latest wish wins."""
        if self._filling:
            return
        self._wanted += 1
        try:
            selection, declustering = self.selection(), self.declustering()
        except ValueError as error:
            self.choice = None
            self.sentence.say(str(error), "error")
            self.busy_changed()
            return
        if self.busy:
            return
        self._start(self._wanted, selection, declustering)

    def _start(self, number: int, selection: Selection, declustering: Declustering) -> None:
        project = self.session.project
        assert project is not None
        events, zone = self._read.events, project.timezone
        split = None if self._median.isChecked() else round(self._split.value(), 1)
        besides = self._own.events if self._add.isChecked() and self._read.path is not None else ()

        def work(_report: Report, cancelled: Callable[[], bool]) -> Choice:
            return choose(
                events, selection, declustering, split_magnitude=split, timezone=zone, besides=besides, cancelled=cancelled
            )

        def done(found: Choice) -> None:
            if number != self._wanted:
                self._again()
                return
            self.choice = found
            self._show_choice(found, selection)

        self.run_job(CHOOSING, work, done)

    def _again(self) -> None:
        self._wanted -= 1
        self.rechoose()

    # -- showing ---------------------------------------------------------------------------------------------------

    def _show_choice(self, choice: Choice, selection: Selection) -> None:
        self.map.show_choice(choice, selection)
        self._list_events()
        text = tr("{chosen} of {all} earthquakes are in the selection; {kept} are kept, {dropped} are aftershocks.")
        self._summary.setText(
            text.format(
                chosen=len(choice.chosen), all=len(self._read.events), kept=len(choice.kept), dropped=len(choice.dropped)
            )
        )
        self._warning.setText(choice.warning)
        self._warning.setVisible(bool(choice.warning))
        self._warning.setStyleSheet(f"color: {theme.colours().warning.name()};")
        self._centres.setText(self._centres_text(choice))
        if choice.scheme is not None and self._median.isChecked():
            self._filling = True
            self._split.setValue(choice.scheme.split_magnitude)
            self._filling = False
        self.busy_changed()

    def _centres_text(self, choice: Choice) -> str:
        if choice.scheme is None:
            return ""
        (north_lat, north_lon), (south_lat, south_lon) = choice.scheme.north_centre, choice.scheme.south_centre
        counts = [choice.classes.count(cls) for cls in range(1, 5)]
        centres = tr("North centre {north}, south centre {south}").format(
            north=f"{north_lat:.2f}, {north_lon:.2f}", south=f"{south_lat:.2f}, {south_lon:.2f}"
        )
        return f"{centres}\n" + tr("Classes 1 to 4: {counts} earthquakes").format(counts=" / ".join(map(str, counts)))

    def _list_events(self) -> None:
        choice = self.choice
        if choice is None:
            return
        wanted = self._shown.currentData()
        classes = choice.classes or (0,) * len(choice.kept)
        rows = [self._row(event, self._kept_text(cls), "", cls) for event, cls in zip(choice.kept, classes, strict=True)]
        if wanted != "kept":
            rows += [self._row(event, self._after_text(event, choice), "muted") for event in choice.dropped]
        if wanted == "all":
            rows += [
                self._row(event, tr(OUTSIDE[choice.outside[event.id]]), "muted")
                for event in self._read.events
                if event.id in choice.outside
            ]
        self.list.show_rows(sorted(rows, key=lambda row: row.cells[0]))

    def _row(self, event: Event, fate: str, level: str, cls: int = 0) -> Row:
        depth = "" if event.depth_km is None else event.depth_km
        when = self._local(event)
        cells = (when, event.magnitude, event.latitude, event.longitude, depth, event.place, fate)
        return Row(cells, level, class_icon(cls) if cls else None, event)

    def _kept_text(self, cls: int) -> str:
        if not cls:
            return tr("kept")
        return tr("kept, north") if cls in (1, 2) else tr("kept, south")

    def _after_text(self, event: Event, choice: Choice) -> str:
        main = choice.after.get(event.id)
        if main is None:
            return tr("aftershock")
        return tr("aftershock of M {magnitude:.1f}, {time}").format(magnitude=main.magnitude, time=self._local(main))

    def _local(self, event: Event) -> str:
        project = self.session.project
        assert project is not None
        return f"{to_local(event.time, project.timezone):%Y-%m-%d %H:%M}"

    # -- keeping ---------------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Keep the chosen earthquakes and their classes, and close."""
        project, choice = self.session.project, self.choice
        if project is None or choice is None or self.busy:
            return
        selection, declustering, read = self.selection(), self.declustering(), self._read
        add = self._add.isChecked() and read.path is not None

        def work(_report: Report, _cancelled: Callable[[], bool]) -> None:
            catalogue.store_events(
                project,
                choice.chosen,
                declustering=declustering,
                selection=selection,
                add=add,
                read=len(read.events),
                notes=read.notes,
            )
            if choice.scheme is not None:
                catalogue.set_class_scheme(project, choice.scheme)

        def done(_none: None) -> None:
            self.accept()
            self.session.reload(Change.EVENTS | Change.LABELS)
            text = tr("{kept} earthquakes are in the project. Apply the label rule again to label by them.")
            self.session.said.emit(text.format(kept=len(choice.kept)), "info")

        self.run_job(KEEPING, work, done)

    def busy_changed(self) -> None:
        """Let only a finished choice be kept."""
        possible = not self.busy and self.choice is not None and self.session.can_write
        self._buttons.button(QDialogButtonBox.StandardButton.Apply).setEnabled(possible)
        self._choose.setEnabled(not self.busy)


def _python_date(edit: QDateEdit) -> date:
    shown = edit.date()
    return date(shown.year(), shown.month(), shown.day())
