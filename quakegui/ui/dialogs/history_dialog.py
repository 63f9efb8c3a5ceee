"""The history of the labels, and reverting to any of its entries, which can itself be undone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QDialog, QLabel, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from quakegui.app import labelling
from quakegui.app.label_history import Entry, days_changed_since, entries
from quakegui.app.season_view import zone_name
from quakegui.app.session import Session
from quakegui.project.errors import ProjectError
from quakegui.season.labels import RULE_NAME, LabelRow
from quakegui.season.localtime import to_local
from quakegui.season.names import SOURCE_NAMES
from quakegui.ui.boxes import filled
from quakegui.ui.dialogs.buttons import Standard, button_box
from quakegui.ui.dialogs.dialog_parts import with_name
from quakegui.ui.i18n import tr, worded
from quakegui.words import Said, counted


class HistoryDialog(QDialog):
    """Lists every step, in the time zone of the project, and the effect of reverting to it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(tr("Label journal"))
        self.resize(720, 460)
        zone = zone_name(session)
        says = QLabel(
            tr("Choose an entry to revert to: every label returns to its state just after that entry. Nothing is deleted.")
        )
        says.setWordWrap(True)
        self._entries, self._rows = self._read()
        head = tr("Entered ({zone})").format(zone=zone), tr("Author"), tr("Source"), tr("Dates"), tr("Class")
        self.table = QTableWidget(len(self._entries), len(head))
        self.table.setHorizontalHeaderLabels(head)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.verticalHeader().hide()
        for number, entry in enumerate(self._entries):
            for column, text in enumerate(self._cells(entry, zone)):
                self.table.setItem(number, column, QTableWidgetItem(text))
        self.table.resizeColumnsToContents()
        self.table.horizontalHeader().setStretchLastSection(True)
        with_name(self.table, tr("Label journal"), tr("The latest entry is at the top"))
        self.effect = QLabel()
        self._buttons = button_box(Standard.Ok | Standard.Close, self.reject, self._revert)
        self._buttons.button(Standard.Ok).setText(tr("Revert to this entry"))
        self._buttons.button(Standard.Ok).setToolTip(tr("Return every label to its state after this entry"))
        self.table.itemSelectionChanged.connect(self._tell)
        filled(QVBoxLayout(self), says, self.table, self.effect, self._buttons)
        self._tell()

    def _read(self) -> tuple[tuple[Entry, ...], tuple[LabelRow, ...]]:
        """Read the journal; an error is reported, and the list is empty."""
        from quakegui.project import journal

        try:
            rows = tuple(row for row in journal.journal_rows(self._session.keeper) if row.kind != journal.FLAG)
        except ProjectError as error:
            self._session.message.emit(str(error), "error")
            rows = ()
        return entries(rows, self._session.whose()), tuple(row.label for row in rows if row.kind == journal.LABEL)

    def _cells(self, entry: Entry, zone: str) -> tuple[str, ...]:
        several = len(entry.classes) > 1  # the names of all classes would be wider than the dialog
        names = [tr("cleared") if cls is None else self._class(cls, several=several) for cls in entry.classes]
        period = str(entry.first)
        if entry.days > 1:
            days = counted("{count} day", "{count} days", count=entry.days)
            period = worded(Said("{first} to {last} ({days})", first=entry.first, last=entry.last, days=days))
        at = f"{to_local(entry.at, zone):%Y-%m-%d %H:%M:%S}"
        source = "" if entry.source is None else tr(SOURCE_NAMES[entry.source])
        author = tr("label rule") if entry.author == RULE_NAME else entry.author
        return at, author, source, period, tr(", ").join(names) or tr("note")

    def _class(self, cls: int, *, several: bool) -> str:
        return str(cls) if several else f"{cls} {worded(self._session.class_names[cls])}"

    @property
    def entry(self) -> Entry | None:
        """The selected entry."""
        row = self.table.currentRow()
        return self._entries[row] if row >= 0 and self.table.selectedItems() else None

    def _tell(self) -> None:
        """Show what reverting to the selected entry would change."""
        entry = self.entry
        changed = 0 if entry is None else days_changed_since(self._rows, entry.at)
        self._buttons.button(Standard.Ok).setEnabled(changed > 0 and self._session.can_write)
        if entry is None:
            self.effect.setText("")
        elif changed:
            self.effect.setText(tr("Days whose label would change: {count}").format(count=changed))
        else:
            self.effect.setText(tr("The labels are the same as after this entry."))

    def _revert(self) -> None:
        if self.entry is not None:
            labelling.revert_to(self._session, self.entry.at)
        self.accept()
