"""Flags: which readings are not used, by whom and why; flags others, and removes flags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from PySide6.QtCore import QDate, QDateTime, QTime
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from quakegui.app import computing
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project import flags
from quakegui.project.domains import INPUTS
from quakegui.project.store import Project, ProjectError
from quakegui.season.flags import Flag
from quakegui.season.localtime import to_local
from quakegui.ui.boxes import filled
from quakegui.ui.dialogs.buttons import Standard, button_box, push_button
from quakegui.ui.dialogs.dialog_parts import JobDialog, RowsView, TableRow, add_rows, open_at
from quakegui.ui.i18n import tr

FLAGGING: Final = "flagging"
MOST_ROWS: Final = 2000
"""The latest flags are listed; a longer list is one for 'quakegui flags list'."""
_FORMATS: Final = ("yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss")


class FlagsDialog(JobDialog):
    """A form for nights or an interval of a station, and below it the current flags, the latest first."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setWindowTitle(tr("Flags"))
        self._zone = session.project.timezone if session.project is not None else "UTC"
        self.station, self.kind, self.reason = QComboBox(), QComboBox(), QLineEdit()
        self.since, self.until = QDateTimeEdit(), QDateTimeEdit()
        self.station.addItems(session.season.network.codes if session.season is not None else ())
        self.station.setCurrentText(next(iter(session.selected_codes), self.station.currentText()))
        self.kind.addItems([tr("Whole nights"), tr("Readings in an interval")])
        self.kind.currentIndexChanged.connect(self._show_kind)
        self.reason.setMaxLength(flags.LONGEST_REASON)
        self.reason.textChanged.connect(lambda *_: self.busy_changed())
        self._start_on_day_shown()
        form = QFormLayout()
        until = tr("Last night of the range (included), or the end of the interval (excluded)")
        add_rows(
            form,
            [
                (tr("Station"), self.station, tr("Station whose readings to flag")),
                (tr("Scope"), self.kind, tr("Whether whole nights or the readings in an interval are flagged")),
                (tr("From ({zone})").format(zone=self._zone), self.since, tr("First night, or the start of the interval")),
                (tr("To ({zone})").format(zone=self._zone), self.until, until),
                (tr("Reason"), self.reason, tr("Reason for excluding these readings; shown wherever the night is missing")),
            ],
        )
        heads = [
            tr("Station"),
            tr("Night or interval ({zone})").format(zone=self._zone),
            tr("Author"),
            tr("Entered ({zone})").format(zone=self._zone),
            tr("Reason"),
        ]
        self.table = RowsView(heads, tr("Flags"))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self.busy_changed())
        self.add = push_button(tr("Flag readings"), tr("Exclude these readings; nothing is deleted"), self._flag)
        self.remove = push_button(tr("Remove flag"), tr("Restore the readings excluded by the selected flag"), self._unflag)
        line = filled(QHBoxLayout(), self.add, self.remove, 1)
        filled(
            QVBoxLayout(self), form, line, (self.table, 1), self.sentence, self.strip, button_box(Standard.Close, self.reject)
        )
        self._show_kind()
        self.fill()
        open_at(self, 860, 520)

    def fill(self) -> None:
        """Read the current flags again."""
        project = self.session.project
        found = flags.standing(project)[::-1] if project is not None else ()
        self.table.show_rows(
            [
                TableRow(
                    (flag.station, self._when(flag), flag.author, self._time(np.datetime64(flag.at_ms, "ms")), flag.reason),
                    about=flag,
                )
                for flag in found[:MOST_ROWS]
            ]
        )
        if len(found) > MOST_ROWS:
            text = tr("The latest {most} of {count} flags are listed; 'quakegui flags list' lists all of them.")
            self.sentence.say(text.format(most=MOST_ROWS, count=len(found)))
        self.busy_changed()

    def enter(self, subject: flags.Subject) -> None:
        """Enter a station's night or interval in the form, and leave the reason to the analyst."""
        self.station.setCurrentText(subject.station)
        since, bar, until = subject.when.partition("/")
        self.kind.setCurrentIndex(int(bool(bar)))
        for field, end in ((self.since, since), (self.until, until or since)):
            at = to_local(np.datetime64(end, "ms"), self._zone) if bar else np.datetime64(end, "s").astype(object)
            field.setDateTime(QDateTime(QDate(at.year, at.month, at.day), QTime(at.hour, at.minute, at.second)))
        self.reason.setFocus()

    def busy_changed(self) -> None:
        """Enable the actions that are possible; only one can run at a time."""
        free = not self.busy and self.session.can_write
        self.add.setEnabled(free and bool(self.reason.text().strip()) and self.station.count() > 0)
        self.remove.setEnabled(free and self.table.current() is not None)

    def _flag(self) -> None:
        project, reason = self.session.project, self.reason.text()
        if project is None:
            return
        try:
            wanted = self._subjects()
        except ProjectError as error:
            self.sentence.say(str(error), "error")
            return
        author = self.session.settings.analyst
        self._run(project, lambda progress: flags.flag(project, wanted, author=author, reason=reason, progress=progress))

    def _unflag(self) -> None:
        row, project, author = self.table.current(), self.session.project, self.session.settings.analyst
        if row is not None and project is not None:
            flag: Flag = row.about
            self._run(project, lambda progress: flags.unflag(project, [flag], author=author, progress=progress))

    def _run(self, project: Project, change: Callable[[ProgressCallback], int]) -> None:
        """Change the flags in a job, and show what follows."""
        session = self.session

        def work(progress: ProgressCallback, _cancelled: CancelCheck) -> int:
            return change(progress)

        def kept(step: int) -> None:
            if session.project is project and step:
                session.reload(Change.LABELS)  # what Undo would take is another step now
                computing.recompute(session)

        def done(step: int) -> None:
            self.fill()
            if not step:
                self.sentence.say(tr("Nothing was changed: these readings are already flagged for this reason."))
            elif INPUTS not in project.rights:
                self.sentence.say(tr("Saved. The maps change when a program that may import has updated the night means."))

        self.run_job(FLAGGING, work, done, keep=kept)

    def _subjects(self) -> tuple[flags.Subject, ...]:
        code, ends = self.station.currentText(), (self.since.dateTime(), self.until.dateTime())
        if self.kind.currentIndex():
            since, until = (flags.instant_of(end.toString("yyyy-MM-ddTHH:mm:ss"), self._zone) for end in ends)
            return (flags.interval_of(code, since, until),)
        first, last = (np.datetime64(end.toString("yyyy-MM-dd"), "D") for end in ends)
        return flags.nights_of(code, first, last, timezone=self._zone)

    def _start_on_day_shown(self) -> None:
        day, season = self.session.day, self.session.season
        if day is not None and season is not None:
            plain = day.astype(object)
            hours = season.config.night.window
            for field, hour in ((self.since, hours.start_hour), (self.until, hours.end_hour)):
                time = QTime(0, 0).addSecs(round(hour * 3600.0) % 86_400)
                field.setDateTime(QDateTime(QDate(plain.year, plain.month, plain.day), time))

    def _show_kind(self) -> None:
        for field in (self.since, self.until):
            field.setDisplayFormat(_FORMATS[self.kind.currentIndex()])

    def _when(self, flag: Flag) -> str:
        interval = flag.interval
        return flag.when if interval is None else " – ".join(self._time(end, "%Y-%m-%d %H:%M:%S") for end in interval)

    def _time(self, at: np.datetime64, form: str = "%Y-%m-%d %H:%M") -> str:
        return to_local(at, self._zone).strftime(form)
