"""Fetch earthquakes or readings from a web service: the dialog lists what it will ask of whom before it asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QGroupBox, QLabel, QStackedWidget, QVBoxLayout, QWidget

from quakegui.app import computing
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback, StoppedError
from quakegui.project.catalogue import CatalogueRead
from quakegui.project.store import Project
from quakegui.season.events import Selection
from quakegui.serve.web import earthquakes, http, readings
from quakegui.serve.web.answers import Answers
from quakegui.serve.web.services import Service
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.dialogs.buttons import Standard, button_box, push_button
from quakegui.ui.dialogs.dialog_parts import JobDialog, open_at, with_name
from quakegui.ui.dialogs.fetch_form import EARTHQUAKES, FetchForm
from quakegui.ui.dialogs.import_report import ImportReportPage
from quakegui.ui.i18n import tr, worded
from quakegui.words import Said, counted, joined

FETCHING: Final = "fetching"
MOST_LISTED: Final = 8
"""Sentences on single days that are shown; `quakegui fetch readings` lists more."""


@dataclass(frozen=True, slots=True)
class EarthquakePlan:
    """Earthquakes to ask a service for."""

    service: Service
    selection: Selection
    pieces: tuple[earthquakes.Piece, ...]


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """Readings to ask a service for."""

    service: Service
    cadence: str
    days: tuple[readings.StationDay, ...]


class FetchDialog(JobDialog):
    """The form and the requests that follow from it; then the report of the import.

    Attributes
    ----------
    catalogue
        The fetched earthquakes, when the dialog was accepted with them: they are selected and saved in the catalogue window.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setWindowTitle(tr("Import from a service"))
        project = session.project
        assert project is not None
        self._project: Project = project
        self.catalogue: CatalogueRead | None = None
        self.plan: EarthquakePlan | ReadingPlan | None = None
        self.form = FetchForm(project.network(), session.days)
        self.requests = with_name(QLabel(), tr("Requests"), tr("All requests that the service will receive"))
        self.requests.setWordWrap(True)
        self.requests.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.requests.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.again = QCheckBox(tr("Request again what is already saved"))
        with_name(self.again, self.again.text(), tr("Also request what this project has already fetched"))
        self._answers: Answers | None = None
        group = QGroupBox(tr("Requests"))
        filled(QVBoxLayout(group), (self.requests, 1), self.again)
        first = QWidget()
        filled(QVBoxLayout(first), self.form, (group, 1), margins=FLUSH)
        self.outcome = ImportReportPage()
        self._pages = QStackedWidget()
        self._pages.addWidget(first)
        self._pages.addWidget(self.outcome)
        filled(QVBoxLayout(self), (self._pages, 1), self.sentence, self.strip, self._buttons())
        self.form.changed.connect(self.show_plan)
        self.again.toggled.connect(self.show_plan)
        self.show_plan()
        open_at(self, 780, 520)

    def _buttons(self) -> QDialogButtonBox:
        box = button_box(Standard.Close, self.reject)
        # Enter in a field shows what would be asked, and does not ask
        self.ask = push_button(tr("Send requests"), tr("Connect to the service and send the requests listed above"), self.start)
        box.addButton(self.ask, QDialogButtonBox.ButtonRole.ActionRole)
        box.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        return box

    # -- what will be asked ----------------------------------------------------------------------------------------

    def show_plan(self) -> None:
        """Work out the requests from the form, without a connection, and describe them."""
        self.plan = None
        self.sentence.say("")
        try:
            service = self.form.chosen_service()
            answers = self._answers = self._answers or Answers(self._project)
            if self.form.kind.currentIndex() == EARTHQUAKES:
                selection = self.form.selection()
                pieces = earthquakes.pieces(selection, self._project.timezone)
                left = earthquakes.left_to_ask(pieces, service, answers)
                self.plan = EarthquakePlan(service, selection, pieces)
                what, total = _earthquake_words(selection, self._project.timezone), len(pieces)
            else:
                days, cadence = readings.station_days(self.form.codes(), *self.form.days()), self.form.cadence.currentData()
                left = readings.left_to_ask(days, readings.source_of(service, cadence), answers)
                self.plan = ReadingPlan(service, cadence, days)
                what, total = _reading_words(days), len(days)
        except (http.FetchError, ValueError) as error:
            self.requests.setText("")
            self.sentence.say(str(error), "warning")
        else:
            left = total if self.again.isChecked() else left
            self.requests.setText("\n".join(map(worded, _plan_words(service, what, left, total))))
        self.busy_changed()

    def busy_changed(self) -> None:
        """Enable only what is possible now."""
        is_form = self._pages.currentIndex() == 0
        self.form.setEnabled(not self.busy)
        self.again.setEnabled(not self.busy)
        self.ask.setVisible(is_form)
        self.ask.setEnabled(is_form and not self.busy and self.plan is not None and self.session.can_write)

    # -- asking ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Send the requests in a job."""
        plan = self.plan
        if plan is None or self.busy:
            return
        self._answers = None  # the job adds to them
        project, again, author = self._project, self.again.isChecked(), self.session.settings.analyst

        def work(progress: ProgressCallback, cancelled: CancelCheck) -> CatalogueRead | readings.FetchReport | None:
            try:
                if isinstance(plan, EarthquakePlan):
                    ask = partial(http.ask, types=earthquakes.TYPES, cancelled=cancelled)
                    return earthquakes.fetch_earthquakes(
                        plan.pieces, plan.service, Answers(project), ask, again=again, progress=progress, cancelled=cancelled
                    )
                ask = partial(http.ask, types=readings.TYPES, cancelled=cancelled)
                return readings.fetch_readings(
                    project, plan.days, plan.service, ask, cadence=plan.cadence, again=again, author=author,
                    progress=progress, cancelled=cancelled,
                )  # fmt: skip
            except StoppedError:
                return None

        self.run_job(FETCHING, work, self._fetched, asks=True)

    def _fetched(self, result: CatalogueRead | readings.FetchReport | None) -> None:
        if result is None or (isinstance(result, readings.FetchReport) and result.imported and result.imported.cancelled):
            self.show_plan()
            self.sentence.say(
                Said("Stopped; nothing was imported. Responses received so far are saved and will not be requested again."),
                "warning",
            )
        elif isinstance(result, CatalogueRead):
            self.catalogue = result
            self.accept()
        else:
            self._show_report(result)

    def _show_report(self, report: readings.FetchReport) -> None:
        trouble = [*report.failures[:MOST_LISTED], *report.short[:MOST_LISTED]]
        said = [
            Said(
                "{asked}; {known} days were already fetched, {empty} days have no readings.",
                asked=counted("{count} request sent", "{count} requests sent", count=report.asked),
                known=report.known,
                empty=report.empty,
            )
        ]
        if report.failures:
            said.append(
                Said(
                    "{failed} days failed and {unasked} were not requested. Send the requests again later.",
                    failed=len(report.failures),
                    unasked=report.unasked,
                )
            )
        if report.imported is None:
            self.show_plan()
        else:
            self.outcome.show_report(report.imported)
            self._pages.setCurrentIndex(1)
            self.busy_changed()
        lines = "\n".join(map(worded, [*said, *trouble]))
        self.sentence.say(lines, "warning" if trouble else "info")
        if report.imported is not None and report.imported.imported:
            computing.recompute(self.session)

    def reject(self) -> None:
        """Stop the running job; if there is none, close."""
        if self.busy:
            self.stop_job()
        else:
            super().reject()


def _plan_words(service: Service, what: Said, left: int, total: int) -> list[Said]:
    said = [
        Said(
            "{requests} to {host} ({url}):",
            requests=counted("{count} request", "{count} requests", count=left),
            host=service.host,
            url=service.url,
        ),
        what,
    ]
    if left < total:
        said.append(
            counted(
                "{count} further request has a saved response and is not repeated.",
                "{count} further requests have a saved response and are not repeated.",
                count=total - left,
            )
        )
    return said


def _earthquake_words(selection: Selection, timezone: str) -> Said:
    box = selection.box
    area = (
        Said("on the whole Earth")
        if box is None
        else Said(
            "between {south:g}° and {north:g}° N, {west:g}° and {east:g}° E",
            south=box[0], north=box[1], west=box[2], east=box[3],
        )
    )  # fmt: skip
    least = selection.min_magnitude
    magnitude = Said("any magnitude") if least is None else Said("M ≥ {magnitude:.1f}", magnitude=least)
    return Said(
        "Earthquakes from {since} to {until} ({zone}), {magnitude}, {area}. One request per year; more if there "
        "are too many earthquakes for one.",
        since=selection.since,
        until=selection.until,
        zone=timezone,
        magnitude=magnitude,
        area=area,
    )


def _reading_words(days: tuple[readings.StationDay, ...]) -> Said:
    codes = list(dict.fromkeys(one.code for one in days))
    return Said(
        "Readings of {stations} from {first} to {last} (UTC). One request per station and day, repeated once "
        "if readings are missing.",
        stations=joined(", ", codes),
        first=days[0].day,
        last=days[-1].day,
    )
