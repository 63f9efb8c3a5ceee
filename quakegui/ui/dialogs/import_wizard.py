"""The import wizard: choose files, preview them before anything is saved, correct mappings, and read the report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from quakegui.app import computing
from quakegui.app.session import Session
from quakegui.formats import FORMATS, NO_HINTS, Hints, TableMapping
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project.importing import import_paths
from quakegui.project.importreport import ImportReport
from quakegui.project.mappings import save_mapping, saved_mappings
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.dialogs.buttons import Standard, button_box, push_button
from quakegui.ui.dialogs.dialog_parts import JobDialog, RowsView, open_at, with_name
from quakegui.ui.dialogs.hints_editor import HintsEditor
from quakegui.ui.dialogs.import_preview import FilePreview, Previews, look_again, look_at, look_at_sheet
from quakegui.ui.dialogs.import_report import ImportReportPage
from quakegui.ui.dialogs.import_rows import for_file, preview_row
from quakegui.ui.dialogs.mapping_editor import MappingEditor
from quakegui.ui.i18n import tr, worded
from quakegui.ui.tall_scroll import TallScroll
from quakegui.words import Said, counted, joined

LOOKING: Final = "looking-into-files"
IMPORTING: Final = "importing"


class ImportWizard(JobDialog):
    """First the files with a preview of each, then the report of the import."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.setWindowTitle(tr("Import readings"))
        open_at(self, 1200, 720)
        self.setAcceptDrops(True)
        self._paths: list[Path] = []
        self._unseen = 0
        self.previews: list[FilePreview] = []
        self._mappings: dict[tuple[Path, str], TableMapping | Hints] = {}
        self.report: ImportReport | None = None
        self._stack = QStackedWidget()
        self._stack.addWidget(self._files_page())
        self.outcome = ImportReportPage()
        self._stack.addWidget(self.outcome)
        filled(QVBoxLayout(self), (self._stack, 1), self.sentence, self.strip, self._buttons())
        self._show_previews()

    # -- pages -----------------------------------------------------------------------------------------------------

    def _files_page(self) -> QWidget:
        page = QWidget()
        self.add_files = push_button(
            tr("Add files…"), tr("Choose data files, tables, Kp files, station lists or archives"), self._ask_files
        )
        self.add_folder = push_button(tr("Add a folder…"), tr("Choose a folder; subfolders are included"), self._ask_folder)
        self._clear = push_button(tr("Clear list"), tr("Clear the list; files are not changed"), self.clear)
        self.summary = QLabel(textInteractionFlags=Qt.TextInteractionFlag.TextSelectableByMouse, wordWrap=True)
        top = filled(QHBoxLayout(), self.add_files, self.add_folder, self._clear, (self.summary, 1))
        headers = [
            tr("File"),
            tr("Contents"),
            tr("Stations"),
            tr("Start (UTC)"),
            tr("End (UTC)"),
            tr("Sampling interval"),
            tr("Data type"),
            tr("Number of readings"),
            tr("Remarks"),
        ]
        self.list = RowsView(headers, tr("Files to import"))
        self.list.selectionModel().selectionChanged.connect(self._show_chosen)
        self._detail = with_name(QPlainTextEdit(readOnly=True), tr("Remarks on the selected file"))
        self.editor = MappingEditor()
        self.editor.changed.connect(self._remap)
        self.editor.sheet_chosen.connect(self._other_sheet)
        self.editor.lines_chosen.connect(self._other_lines)
        self.hints = HintsEditor()
        self.hints.changed.connect(self._say_hints)
        self._below = QStackedWidget()
        self._below.addWidget(self._detail)
        self._below.addWidget(self._table_page())
        self._below.addWidget(self._hints_page())
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.list)
        split.addWidget(self._below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        filled(QVBoxLayout(page), top, (split, 1), margins=FLUSH)
        return page

    def _table_page(self) -> QWidget:
        page = QWidget()
        self._table_detail = with_name(QLabel(wordWrap=True), tr("Remarks on the selected file"))
        filled(QVBoxLayout(page), self._table_detail, (TallScroll(self.editor), 1), margins=FLUSH)
        return page

    def _hints_page(self) -> QWidget:
        page = QWidget()
        self._log_detail = with_name(QPlainTextEdit(readOnly=True), tr("Remarks on the selected log"))
        filled(QVBoxLayout(page), (self._log_detail, 1), self.hints, margins=FLUSH)
        return page

    def _buttons(self) -> QDialogButtonBox:
        box = button_box(Standard.Close, self.reject)
        self.import_button = push_button(tr("Import"), tr("Import these files into the project"), self.start_import)
        self._more = push_button(tr("Import more"), tr("Return to the file list"), self.back)
        box.addButton(self._more, QDialogButtonBox.ButtonRole.ActionRole)
        box.addButton(self.import_button, QDialogButtonBox.ButtonRole.ActionRole)
        box.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self.import_button.setDefault(True)
        return box

    # -- choosing --------------------------------------------------------------------------------------------------

    def _ask_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, tr("Files to import"), str(self._start_folder()))
        self.add([Path(name) for name in names])

    def _ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, tr("Folder to import"), str(self._start_folder()))
        self.add([Path(name)] if name else [])

    def _start_folder(self) -> Path:
        return self._paths[-1].parent if self._paths else Path.home()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Accept files and folders from the desktop."""
        if event.mimeData().hasUrls() and self._stack.currentIndex() == 0 and not self.busy:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Add the dropped files."""
        event.acceptProposedAction()
        self.add([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])

    def add(self, paths: Sequence[Path]) -> None:
        """Add files and folders to the list, and preview them in a job."""
        fresh = [path for path in paths if path not in self._paths]
        if not fresh or self.busy:
            return

        project = self.session.project
        saved = saved_mappings(project) if project is not None else ()

        def work(progress: ProgressCallback, cancelled: CancelCheck) -> Previews:
            return look_at(fresh, progress=progress, cancelled=cancelled, mappings=saved)

        def done(previews: Previews) -> None:
            self._paths += fresh
            self.previews += previews.files
            self._unseen += previews.unseen
            self._show_previews()

        self.run_job(LOOKING, work, done)

    def clear(self) -> None:
        """Clear the list."""
        self._paths, self.previews, self._mappings, self._unseen = [], [], {}, 0
        self._show_previews()

    # -- previews --------------------------------------------------------------------------------------------------

    def _show_previews(self) -> None:
        chosen = self.list.current()
        self.list.show_rows([preview_row(preview) for preview in self.previews])
        left_out = sum(bool(preview.reason) for preview in self.previews)
        if not self.previews:
            text = tr(
                "Drop files and folders here, or add them: IAGA-2002, WDC, CDF, csv, xlsx, logs, Kp, station lists, archives."
            )
        else:
            text = worded(
                Said(
                    "{files} found; {out} cannot be imported at present.",
                    files=counted("{count} file", "{count} files", count=len(self.previews)),
                    out=left_out,
                )
            )
        if self._unseen:
            unseen = tr("Files to be checked only during the import: {count}.").format(count=self._unseen)
            text = worded(joined(" ", (text, unseen)))
        self.summary.setText(text)
        if self.previews:
            wanted = chosen.about if chosen is not None else self.previews[0].key
            names = [preview.key for preview in self.previews]
            self.list.choose(names.index(wanted) if wanted in names else 0)
        self._show_chosen()
        self.busy_changed()

    def _preview(self) -> FilePreview | None:
        row = self.list.current()
        return next((one for one in self.previews if row is not None and one.key == row.about), None)

    def _show_chosen(self) -> None:
        preview = self._preview()
        is_table = preview is not None and preview.table is not None
        is_log = preview is not None and preview.format in FORMATS and FORMATS[preview.format].leaves_open
        self._below.setCurrentIndex(1 if is_table else 2 if is_log else 0)
        text = "" if preview is None else "\n".join(filter(None, (worded(preview.reason), *map(worded, preview.notes))))
        self._detail.setPlaceholderText(tr("No file selected.") if preview is None else tr("No remarks on the selected file."))
        self._detail.setPlainText(text)
        self._log_detail.setPlainText(text)
        self._table_detail.setText(text)
        self._table_detail.setVisible(bool(text))
        if preview is not None and is_log:
            said = self._mappings.get(preview.key)
            self.hints.fill(said if isinstance(said, Hints) else NO_HINTS)
        if preview is not None and preview.table is not None and self.editor.property("file") != preview.key:
            self.sentence.say("")
            self.busy_changed()
            self.editor.setProperty("file", preview.key)
            said = self._mappings.get(preview.key, preview.guess)
            self.editor.fill(preview.table, said if isinstance(said, TableMapping) else None)

    def _remap(self) -> None:
        """Preview the selected table again with the mapping in the editor, and all similar tables."""
        preview = self._preview()
        if preview is None or preview.table is None:
            return
        try:
            mapping = self.editor.mapping()
        except ValueError as error:
            self.sentence.say(str(error), "error")
            self.import_button.setEnabled(False)
            return
        for each in self.previews:
            if each.table is not None and each.table.columns == preview.table.columns:
                self._mappings[each.key] = for_file(mapping, each, preview)
        self._look_again()

    def _say_hints(self) -> None:
        """Preview the selected log again with its hints."""
        preview = self._preview()
        if preview is None:
            return
        try:
            self._mappings[preview.key] = self.hints.hints()
        except ValueError as error:
            self.sentence.say(str(error), "error")
            return
        self.sentence.say("")
        self._look_again()

    def _look_again(self) -> None:
        if self.busy:  # the latest request is in self._mappings and is processed when the job has ended
            return
        asked = {one.key: (one, self._mappings[one.key]) for one in self.previews if one.key in self._mappings}

        def work(progress: ProgressCallback, cancelled: CancelCheck) -> dict[tuple[Path, str], FilePreview]:
            seen = {}
            for number, (key, (preview, mapping)) in enumerate(asked.items()):
                if cancelled():
                    break
                progress(number, len(asked), preview.name)
                seen[key] = look_again(preview, mapping)
            return seen

        def done(previews: dict[tuple[Path, str], FilePreview]) -> None:
            self.previews = [previews.get(one.key, one) for one in self.previews]
            self._show_previews()
            if any(self._mappings.get(key) != mapping for key, (_, mapping) in asked.items()):
                self._look_again()

        self.run_job(LOOKING, work, done)

    def _other_lines(self) -> None:
        preview = self._preview()
        guess = preview.guess if preview is not None else None
        self._other_sheet(guess.sheet if guess is not None else "")

    def _other_sheet(self, sheet: str) -> None:
        preview, skip = self._preview(), self.editor.skip_lines()
        if preview is None or self.busy:
            return

        def done(previews: FilePreview) -> None:
            self.previews = [previews if one.key == previews.key else one for one in self.previews]
            self._mappings.pop(previews.key, None)
            self.editor.setProperty("file", previews.key)
            if previews.table is not None:
                self.editor.fill(previews.table, previews.guess or TableMapping("wide", (), (), sheet=sheet, skip_lines=skip))
            self._show_previews()

        self.run_job(LOOKING, lambda _report, _cancelled: look_at_sheet(preview, sheet, skip), done)

    # -- importing -------------------------------------------------------------------------------------------------

    def start_import(self) -> None:
        """Import all files of the list in a job; if it is stopped, nothing is stored."""
        project = self.session.project
        if project is None or self.busy or not self._paths:
            return
        paths, author = list(self._paths), self.session.settings.analyst
        said = {(str(path), name): manner for (path, name), manner in self._mappings.items()}

        def work(progress: ProgressCallback, cancelled: CancelCheck) -> ImportReport:
            return import_paths(project, paths, of_file=said, author=author, progress=progress, cancelled=cancelled)

        self.run_job(IMPORTING, work, self._imported, asks=True)

    def _imported(self, report: ImportReport) -> None:
        self.report = report
        if report.cancelled and not report.imported:
            self.sentence.say(tr("Import stopped; nothing was saved."), "warning")
            return
        if report.cancelled:
            self.sentence.say(tr("Import stopped; the files saved before that are listed here."), "warning")
        self._keep_mappings()
        self.outcome.show_report(report)
        self._stack.setCurrentIndex(1)
        self.busy_changed()
        if report.imported:
            computing.recompute(self.session)

    def _keep_mappings(self) -> None:
        """Save the mappings of these tables in the project, if the analyst chose that."""
        project = self.session.project
        if project is None or not self.editor.keeps.isChecked():
            return
        for one in self.previews:
            said = self._mappings.get(one.key)
            if one.table is not None and isinstance(said, TableMapping):
                save_mapping(project, one.table.columns, said)

    def back(self) -> None:
        """Start again with other files."""
        self.clear()
        self._stack.setCurrentIndex(0)
        self.busy_changed()

    # -- state -----------------------------------------------------------------------------------------------------

    def busy_changed(self) -> None:
        """Enable only controls that are useful now."""
        choosing = self._stack.currentIndex() == 0
        self.import_button.setVisible(choosing)
        self._more.setVisible(not choosing)
        self._more.setEnabled(not self.busy)
        self.import_button.setEnabled(choosing and not self.busy and bool(self._paths) and self.session.can_write)
        for button in (self.add_files, self.add_folder, self._clear):
            button.setEnabled(not self.busy)

    def reject(self) -> None:
        """Stop the running job; if there is none, close."""
        if self.busy:
            self.stop_job()
        else:
            super().reject()
