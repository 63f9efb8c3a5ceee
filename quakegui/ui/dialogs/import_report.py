"""The report of an import: files that were imported, already imported, and skipped, with the reasons."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtWidgets import QLabel, QTabWidget, QVBoxLayout, QWidget

from quakegui.formats import FORMATS
from quakegui.project.importreport import ImportReport
from quakegui.season.localtime import to_local
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.dialogs.dialog_parts import RowsView, TableRow, with_name
from quakegui.ui.i18n import tr, worded
from quakegui.words import Said, counted

MOST_WRAPPED: Final = 500
"""Maximum number of rows whose height is fitted to their sentences; more would take too long."""


class ImportReportPage(QWidget):
    """A summary, and a table for each outcome."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outcome = QLabel(wordWrap=True)
        bold = self._outcome.font()
        bold.setBold(True)
        self._outcome.setFont(bold)
        self._tabs = with_name(QTabWidget(), tr("Import report"))
        headers = [
            tr("File"),
            tr("Contents"),
            tr("Stations"),
            tr("Start (UTC)"),
            tr("End (UTC)"),
            tr("Number of readings"),
            tr("Readings overwritten"),
        ]
        self.imported = RowsView(headers, tr("Imported files"))
        self.skipped = RowsView([tr("File"), tr("Reason")], tr("Skipped files"))
        self.unchanged = RowsView([tr("File")], tr("Files already imported"))
        self.notes = RowsView([tr("Remark")], tr("Remarks"))
        filled(QVBoxLayout(self), self._outcome, (self._tabs, 1), margins=FLUSH)
        self.show_report(ImportReport())  # the tables belong to the page even if there is never a report

    def show_report(self, report: ImportReport) -> None:
        """Show the imported files, and the reasons for the others."""
        self._outcome.setText(
            worded(
                Said(
                    "{new} imported, {same} already imported, {out} skipped. {days} new or changed.",
                    new=counted("{count} file", "{count} files", count=len(report.imported)),
                    same=len(report.unchanged),
                    out=len(report.skipped),
                    days=counted("{count} day", "{count} days", count=report.days_changed),
                )
            )
        )
        self.imported.show_rows(
            [
                TableRow(
                    (
                        one.file,
                        format_text(one.format),
                        tr(", ").join(one.stations),
                        minute_text(one.first),
                        minute_text(one.last),
                        one.readings or "",
                        one.overwritten or "",
                    )
                )
                for one in report.imported
            ]
        )
        self.skipped.show_rows([TableRow((one.file, worded(one.reason)), "warning") for one in report.skipped])
        self.unchanged.show_rows([TableRow((name,)) for name in report.unchanged])
        self.notes.show_rows([TableRow((worded(note),)) for note in report.notes])
        for view in (self.skipped, self.notes):
            view.setWordWrap(True)
            if len(view.rows.rows) <= MOST_WRAPPED:
                view.resizeRowsToContents()
        self._tabs.clear()
        for view, title in (
            (self.imported, tr("Imported")),
            (self.skipped, tr("Skipped")),
            (self.unchanged, tr("Already imported")),
            (self.notes, tr("Remarks")),
        ):
            self._tabs.addTab(view, tr("{text} ({more})").format(text=title, more=len(view.rows.rows)))
        self._tabs.setCurrentIndex(0 if report.imported or not report.skipped else 1)


def format_text(name: str) -> str:
    """Return the usual name of a format, in the current language."""
    if name == "table":
        return tr("data table")
    return FORMATS[name].title if name in FORMATS else name


def minute_text(time: np.datetime64 | None) -> str:
    """Return a UTC time to the minute, or an empty string for None."""
    return "" if time is None else f"{to_local(time, 'UTC'):%Y-%m-%d %H:%M}"
