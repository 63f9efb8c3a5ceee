"""The earthquake catalogue: selection of the earthquakes, aftershocks, and the definition of north and south."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from quakegui.app.catalogue_choice import Choice, choose
from quakegui.app.change import Change
from quakegui.app.season_view import zone_name
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project import catalogue
from quakegui.project.catalogue import CatalogueRead
from quakegui.season.events import Declustering, Event, Selection
from quakegui.season.localtime import to_local
from quakegui.season.names import degrees
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.dialogs.buttons import Standard, button_box, push_button
from quakegui.ui.dialogs.catalogue_form import NO_CENTRES, CatalogueForm
from quakegui.ui.dialogs.dialog_parts import JobDialog, RowsView, Sentence, TableRow, open_at, with_name
from quakegui.ui.dialogs.whose_line import WhoseLine
from quakegui.ui.i18n import mark, tr, worded
from quakegui.ui.no_markup import as_text
from quakegui.ui.plots.class_icons import class_icon
from quakegui.ui.plots.cluster_map import ClusterMap

READING: Final = "reading-catalogue"
CHOOSING: Final = "choosing-earthquakes"
KEEPING: Final = "keeping-earthquakes"
ENDINGS: Final = (
    *(".csv", ".txt", ".tsv", ".dat", ".xls", ".xlsx", ".xml", ".qml", ".json", ".geojson"),
    *(".zip", ".gz", ".bz2", ".xz", ".tar", ".tgz"),
)
"""Endings of the files that are listed first; their format is detected by content."""
OUTSIDE: Final = {
    "area": mark("outside the search area"),
    "magnitude": mark("magnitude too small"),
    "dates": mark("outside the date range"),
}


class CatalogueDialog(JobDialog):
    """Every change on the left is shown at once on the right; nothing is saved before Apply."""

    def __init__(self, session: Session, parent: QWidget | None = None, *, contents: CatalogueRead | None = None) -> None:
        """Show the earthquakes of the project or, with `contents`, a catalogue that was read before."""
        super().__init__(session, parent)
        self.setWindowTitle(tr("Earthquake catalogue"))
        open_at(self, 1200, 760)
        project = session.project
        assert project is not None
        own = tuple(event for event, _ in catalogue.all_events(project))
        self._own = CatalogueRead(None, own, files=catalogue.origins(project))
        self._read = self._own if contents is None else contents
        self.choice: Choice | None = None
        self._wanted = 0
        self._wanted_file: tuple[Path, str] | None = None
        self.form = CatalogueForm(project.network(), session.days)
        self._source = QLabel(wordWrap=True)
        self.map = ClusterMap(project.network())
        self._columns()
        self._lay_out()
        scheme = catalogue.class_scheme(project)
        self.form.fill(catalogue.selection_facts(project), scheme.split_magnitude if scheme is not None else None)
        self.form.changed.connect(self.rechoose)
        self._show_source()
        self.rechoose()

    # -- widgets ---------------------------------------------------------------------------------------------------

    def _columns(self) -> None:
        headers = [
            tr("Time ({zone})").format(zone=zone_name(self.session)),
            "M",
            tr("Latitude (°)"),
            tr("Longitude (°)"),
            tr("Depth (km)"),
            tr("Place (from the catalogue)"),
            tr("Result"),
        ]
        self.list = RowsView(headers, tr("Earthquakes, kept and removed"), wide=5)
        self.events = with_name(
            QComboBox(), tr("Earthquakes to list"), tr("Earthquakes outside the selection can also be listed")
        )
        for text, value in (
            (tr("Selected earthquakes, kept and removed"), "chosen"),
            (tr("Kept earthquakes only"), "kept"),
            (tr("All earthquakes"), "all"),
        ):
            self.events.addItem(text, value)
        self.events.currentIndexChanged.connect(self._list_events)

    def _lay_out(self) -> None:
        left = QWidget()
        filled(QVBoxLayout(left), self._source_group(), self.form, 1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(left)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumWidth(left.sizeHint().width() + 24)
        lower = QWidget()
        self._summary = QLabel(wordWrap=True)
        self.warning = Sentence()
        filled(QVBoxLayout(lower), self._summary, self.warning, self.events, (self.list, 1), margins=FLUSH)
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(self.map)
        right.addWidget(lower)
        right.setChildrenCollapsible(False)
        across = filled(QHBoxLayout(), scroll, (right, 1))
        self.buttons = button_box(Standard.Apply | Standard.Cancel, self.reject)
        self.buttons.button(Standard.Apply).setToolTip(tr("Save these earthquakes to the project"))
        self.buttons.button(Standard.Apply).clicked.connect(self.apply)
        filled(QVBoxLayout(self), (across, 1), WhoseLine(self.session, "class_scheme"), self.sentence, self.strip, self.buttons)
        self.buttons.button(Standard.Apply).setDefault(True)

    def _source_group(self) -> QGroupBox:
        group = QGroupBox(tr("Catalogue"))
        self.choose = push_button(
            tr("Choose a file…"),
            tr("Choose a CENC, USGS or other catalogue: csv, workbook, GeoJSON or QuakeML, compressed or not"),
            self._ask_file,
        )
        self._add = with_name(
            QCheckBox(tr("Add to the project's earthquakes")),
            tr("Add to the project's earthquakes"),
            tr("Off: replace the project's earthquakes with those in the file"),
        )
        self._add.toggled.connect(self.rechoose)
        self.zone = with_name(
            QLineEdit(),
            tr("Time zone of the file"),
            tr("Time zone of times given without one, such as UTC+8 or Asia/Shanghai; if empty, as stated in the file"),
        )
        self.zone.setPlaceholderText(tr("Time zone; if empty, as stated in the file"))
        self.zone.editingFinished.connect(self._read_again)
        filled(QVBoxLayout(group), self._source, self.choose, self.zone, self._add)
        return group

    # -- reading and selecting -------------------------------------------------------------------------------------

    def _ask_file(self) -> None:
        folder = str(self._read.path.parent if self._read.path is not None else Path.home())
        endings = " ".join(f"*{ending}" for ending in ENDINGS)
        kinds = tr("Earthquake catalogues ({endings});;All files (*)").format(endings=endings)
        name, _ = QFileDialog.getOpenFileName(self, tr("Earthquake catalogue"), folder, kinds)
        if name:
            self.read_file(Path(name))

    def _read_again(self) -> None:
        """Read the file again with the time zone in the field."""
        if self._wanted_file is not None and self.zone.text().strip() != self._wanted_file[1]:
            self.read_file(self._wanted_file[0])

    def read_file(self, path: Path) -> None:
        """Read a catalogue in a job and show what would be selected from it."""
        zone = self.zone.text().strip()
        if self.busy:
            return
        self._wanted_file = path, zone

        def done(read: CatalogueRead) -> None:
            self._read = read
            self._show_source()
            self.rechoose()

        self.run_job(READING, lambda _report, _cancelled: catalogue.read_catalogue(path, timezone=zone), done)

    def _show_source(self) -> None:
        count = len(self._read.events)
        if self._read.path is None:
            text = tr("Earthquakes in the project: {count}") if count else tr("The project has no earthquakes yet.")
            self._source.setText(text.format(count=count))
        else:
            self._source.setText(tr("{count} earthquakes in {file}").format(count=count, file=self._read.path.name))
        self._source.setToolTip(as_text("\n".join(map(worded, self._read.notes))))
        self._add.setVisible(self._read.path is not None and bool(self._own.events))

    def rechoose(self) -> None:
        """Select again with the values of the controls, in a job; only the latest request counts."""
        self._wanted += 1
        try:
            selection, declustering = self.form.selection(), self.form.declustering()
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
        split = self.form.split_magnitude()
        besides = self._own.events if self._add.isChecked() and self._read.path is not None else ()

        def work(_progress: ProgressCallback, cancelled: CancelCheck) -> Choice:
            return choose(
                events, selection, declustering, split_magnitude=split, timezone=zone, besides=besides, cancelled=cancelled
            )

        def done(result: Choice) -> None:
            if number != self._wanted:
                self._again()
                return
            self.choice = result
            self._show_choice(result, selection)

        self.run_job(CHOOSING, work, done)

    def _job_failed(self, job: str, error: object) -> None:
        if job == CHOOSING and self.has_job(CHOOSING):
            self.choice = None  # a selection by other rules than those shown must not be saved
        super()._job_failed(job, error)

    def _again(self) -> None:
        self._wanted -= 1
        self.rechoose()

    # -- showing ---------------------------------------------------------------------------------------------------

    def _show_choice(self, choice: Choice, selection: Selection) -> None:
        self.map.show_choice(choice, selection)
        self._list_events()
        text = tr("{chosen} of {all} earthquakes selected: {kept} kept, {dropped} removed as aftershocks.")
        self._summary.setText(
            text.format(
                chosen=len(choice.inside),
                all=len(self._read.events),
                kept=len(choice.mainshocks),
                dropped=len(choice.aftershocks),
            )
        )
        self.warning.say(choice.warning, "warning")
        self.form.centres.setText(self._centres_text(choice))
        if choice.scheme is not None:
            self.form.show_median(choice.scheme.split_magnitude)
        self.busy_changed()

    def _centres_text(self, choice: Choice) -> str:
        if choice.scheme is None:
            return NO_CENTRES
        (north_lat, north_lon), (south_lat, south_lon) = choice.scheme.north_centre, choice.scheme.south_centre
        counts = [choice.classes.count(cls) for cls in range(1, 5)]
        lines = (
            tr("Northern cluster centre {place}").format(place=degrees(north_lat, north_lon)),
            tr("Southern cluster centre {place}").format(place=degrees(south_lat, south_lon)),
            tr("Earthquakes in classes 1 to 4: {counts}").format(counts=" / ".join(map(str, counts))),
        )
        return "\n".join(lines)

    def _list_events(self) -> None:
        choice = self.choice
        if choice is None:
            return
        wanted = self.events.currentData()
        classes = choice.classes or (0,) * len(choice.mainshocks)
        rows = [self._row(event, self._kept_text(cls), "", cls) for event, cls in zip(choice.mainshocks, classes, strict=True)]
        if wanted != "kept":
            rows += [self._row(event, self._after_text(event, choice), "muted") for event in choice.aftershocks]
        if wanted == "all":
            rows += [
                self._row(event, tr(OUTSIDE[choice.outside[event.id]]), "muted")
                for event in self._read.events
                if event.id in choice.outside
            ]
        self.list.show_rows(sorted(rows, key=lambda row: row.cells[0]))

    def _row(self, event: Event, fate: str, level: str, cls: int = 0) -> TableRow:
        depth = "" if event.depth_km is None else event.depth_km
        when = self._local(event)
        cells = (when, event.magnitude, event.latitude, event.longitude, depth, event.place, fate)
        return TableRow(cells, level, class_icon(cls) if cls else None, event)

    def _kept_text(self, cls: int) -> str:
        if not cls:
            return tr("kept")
        return tr("kept, northern") if cls in (1, 2) else tr("kept, southern")

    def _after_text(self, event: Event, choice: Choice) -> str:
        main = choice.after.get(event.id)
        if main is None:
            return tr("aftershock")
        return tr("aftershock of M {magnitude:.1f}, {time}").format(magnitude=main.magnitude, time=self._local(main))

    def _local(self, event: Event) -> str:
        project = self.session.project
        assert project is not None
        return f"{to_local(event.time, project.timezone):%Y-%m-%d %H:%M}"

    # -- saving ----------------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """Save the selected earthquakes and their classes, and close."""
        project, choice = self.session.project, self.choice
        if project is None or choice is None or self.busy:
            return
        selection, declustering, read = self.form.selection(), self.form.declustering(), self._read
        add, author = self._add.isChecked() and read.path is not None, self.session.settings.analyst

        def work(_progress: ProgressCallback, _cancelled: CancelCheck) -> None:
            catalogue.store_events(
                project, choice.inside, declustering=declustering, selection=selection, add=add, origin=read, author=author
            )
            if choice.scheme is not None:
                catalogue.set_class_scheme(project, choice.scheme)

        session = self.session

        def kept(_none: None) -> None:
            session.reload(Change.EVENTS | Change.LABELS)
            text = tr("{kept} earthquakes are in the project. Apply the label rule again to update the labels.")
            session.message.emit(text.format(kept=len(choice.mainshocks)), "info")

        self.run_job(KEEPING, work, lambda _none: self.accept(), keep=kept)

    def busy_changed(self) -> None:
        """Enable Apply for a finished selection only, and the controls once the catalogue is read."""
        for widget in (self.form, self._add):
            widget.setEnabled(not self.has_job(READING))
        possible = not self.busy and self.choice is not None and self.session.can_write
        self.buttons.button(QDialogButtonBox.StandardButton.Apply).setEnabled(possible)
        self.choose.setEnabled(not self.busy)
        self.zone.setEnabled(not self.busy)
