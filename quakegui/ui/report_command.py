"""The report command of the window: data is gathered in a job, and a PDF is painted when the job is done."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from quakegui.app import deeds, others
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback, StoppedError
from quakegui.report import Report, make_report, write_html
from quakegui.ui import i18n
from quakegui.ui.i18n import tr
from quakegui.ui.report_pdf import ReportError, write_pdf
from quakegui.ui.save_paths import latest_folder, with_ending

ENDINGS: Final = (".html", ".htm", ".pdf")


def ask_and_write(session: Session, window: QWidget) -> None:
    """Ask for a file, and write the report to it in the language of the window."""
    project = session.project
    assert project is not None
    suggestion = latest_folder(session.settings) / f"{project.name}.html"
    kinds = tr("Web page (*.html);;PDF document (*.pdf)")
    name, kind = QFileDialog.getSaveFileName(window, tr("Season report"), str(suggestion), kinds)
    if name:
        write(session, with_ending(name, kind, ENDINGS))


def write(session: Session, path: Path) -> None:
    """Write the report to a path, in the format of its ending, in a job of the session."""
    if not path.parent.is_dir():  # said now, not after half a minute of work
        session.message.emit(
            tr("The folder {folder} does not exist, so the report cannot be saved.").format(folder=path.parent), "error"
        )
        return
    others.look(session)
    project, season, as_of = session.project, session.season, session.judged_by
    assert project is not None
    language = i18n.language()
    pages = path.suffix.lower() == ".pdf"

    def gather(progress: ProgressCallback, cancelled: CancelCheck) -> Report | None:
        try:
            report = make_report(project, language=language, season=season, as_of=as_of, progress=progress, cancelled=cancelled)
        except StoppedError:
            return None
        if not pages:
            write_html(report, path)
        return report

    def done(report: Report | None) -> None:
        if report is None:
            session.message.emit(tr("Stopped; no report was written."), "info")
            return
        session.deed = deeds.report(project.folder, path, language, as_of)
        if not pages:
            session.message.emit(tr("Report saved to {path}.").format(path=path), "info")
        else:
            _paint(session, report, path)

    session.jobs.start("report", gather, done, asks=True)


def _paint(session: Session, report: Report, path: Path) -> None:
    QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        count = write_pdf(report, path)
    except ReportError as error:
        session.message.emit(str(error), "error")
    else:
        session.message.emit(tr("Report saved to {path} ({count} pages).").format(path=path, count=count), "info")
    finally:
        QApplication.restoreOverrideCursor()
