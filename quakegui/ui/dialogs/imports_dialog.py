"""The imports, with author and time; to undo and redo them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from quakegui.app import computing
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project.acts import EVENTS, READINGS, STATIONS, Act, acts
from quakegui.project.undoing import redo_import, undo_import
from quakegui.season.localtime import to_local
from quakegui.ui.boxes import filled
from quakegui.ui.dialogs.buttons import Standard, button_box, push_button
from quakegui.ui.dialogs.dialog_parts import JobDialog, RowsView, TableRow, open_at
from quakegui.ui.i18n import tr, worded
from quakegui.words import counted

UNDOING: Final = "undoing-import"
REDOING: Final = "redoing-import"
MOST_NAMES = 3


class ImportsDialog(JobDialog):
    """The list of imports, latest first, and two buttons."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setWindowTitle(tr("Imports"))
        self._zone = session.project.timezone if session.project is not None else "UTC"
        self.table = RowsView(
            [tr("No."), tr("Imported ({zone})").format(zone=self._zone), tr("Author"), tr("State"), tr("Content")],
            tr("Imports"),
        )
        self.table.selectionModel().selectionChanged.connect(lambda *_: self.busy_changed())
        self.undo = push_button(
            tr("Undo import"), tr("Exclude what this import added; nothing is deleted"), lambda: self._change(undo_import)
        )
        self.redo = push_button(tr("Redo import"), tr("Restore what this import added"), lambda: self._change(redo_import))
        line = filled(QHBoxLayout(), self.undo, self.redo, 1)
        filled(QVBoxLayout(self), (self.table, 1), line, self.sentence, self.strip, button_box(Standard.Close, self.reject))
        self.fill()
        open_at(self, 900, 420)

    def fill(self) -> None:
        """Reload the acts and select the latest."""
        project = self.session.project
        found = acts(project)[::-1] if project is not None else ()
        self.table.show_rows(
            [
                TableRow(
                    (act.id, self._time(act.at), act.author, self._state(act), content_of(act)),
                    "muted" if act.undone else "",
                    about=act,
                )
                for act in found
            ]
        )
        if found:
            self.table.choose(0)
        self.busy_changed()

    def busy_changed(self) -> None:
        """Enable Undo and Redo for the selected act, unless a job is running."""
        row = self.table.current()
        free = row is not None and not self.busy and self.session.can_write
        self.undo.setEnabled(free and row is not None and not row.about.undone)
        self.redo.setEnabled(free and row is not None and row.about.undone)

    def _change(self, change: Callable[..., Act]) -> None:
        """Undo or redo the selected act, and show the result."""
        row, project = self.table.current(), self.session.project
        if row is None or project is None or self.busy:
            return
        act: Act = row.about
        author, session = self.session.settings.analyst, self.session

        def work(progress: ProgressCallback, _cancelled: CancelCheck) -> Act:
            return change(project, act.id, author=author, progress=progress)

        def kept(done: Act) -> None:
            if session.project is not project:
                return
            if done.kind == EVENTS:
                session.reload(Change.EVENTS | Change.LABELS)
            else:
                computing.recompute(session)
            text = tr("Import {number} was undone.") if done.undone else tr("Import {number} was redone.")
            session.message.emit(text.format(number=done.id), "info")

        self.run_job(UNDOING if change is undo_import else REDOING, work, lambda _act: self.fill(), keep=kept)

    def _time(self, at: np.datetime64) -> str:
        return f"{to_local(at, self._zone):%Y-%m-%d %H:%M}" if at.astype(np.int64) else ""

    def _state(self, act: Act) -> str:
        if act.undone:
            return tr("undone by {author}, {time}").format(author=act.changed_by, time=self._time(act.changed_at))  # type: ignore[arg-type]
        return tr("active")


def content_of(act: Act) -> str:
    """Return what an act imported or removed, in the current language."""
    summary = act.summary
    if act.kind == READINGS:
        names = list(summary.get("names", ()))
        if summary.get("live"):
            return tr("readings that arrived live on {day} (UTC)").format(day=str(names[0]).removeprefix("live "))
        files = tr(", ").join(names[:MOST_NAMES]) + (tr(", ") + "…" if summary.get("files", 0) > MOST_NAMES else "")
        readings, intervals = f"{summary.get('readings', 0):,}", summary.get("kp_intervals", 0)
        if intervals and not summary.get("readings"):
            return tr("Kp for {count} intervals from {files}").format(count=f"{intervals:,}", files=files)
        if summary.get("files", 0) > MOST_NAMES:
            return tr("{count} readings from {number} files: {files}").format(
                count=readings, number=summary["files"], files=files
            )
        return tr("{count} readings from {files}").format(count=readings, files=files)
    if act.kind == EVENTS:
        if "events" not in summary:
            return tr("earthquakes from an earlier version of the program")
        if not summary.get("file"):
            return worded(counted("{count} earthquake", "{count} earthquakes", count=summary["events"]))
        return tr("{count} earthquakes from {files}").format(count=summary["events"], files=summary["file"])
    if act.kind == STATIONS:
        return tr("coordinates of {stations}").format(stations=tr(", ").join(summary.get("stations", ())))
    return tr("readings of {station} removed").format(station=act.station)
