"""Start of the window."""

from __future__ import annotations

import ctypes
import logging
import sys
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from quakegui import __version__, logs
from quakegui.app import opening
from quakegui.app.session import Session
from quakegui.paths import resources
from quakegui.ui import i18n, theme
from quakegui.ui.housekeeping import Housekeeping, hold_little_memory, leave_garbage_to_python
from quakegui.ui.i18n import tr, worded
from quakegui.ui.main_window import MainWindow, fit_of
from quakegui.ui.trouble import Troubles, log_qt_messages

LOG = logging.getLogger(__name__)
ICON = "quakegui.ico"
FIRST_SIZE = QSize(1440, 900)
TASKBAR_NAME = "quakegui"
"""The Start menu link of the installer has the same name (`APP_ID` in packaging/installer.nsi)."""


def run_window(folder: Path | None = None) -> int:
    """Show the window and return its exit code when it is closed.

    Parameters
    ----------
    folder
        A project to open; default the last opened project, or at the first start the synthetic season.
    """
    with logs.log_file("window") as uncaughts:
        log_qt_messages()
        try:
            return _run(folder, uncaughts)
        finally:
            qInstallMessageHandler(None)


def _run(folder: Path | None, uncaughts: logs.Uncaughts) -> int:
    take_own_place_in_taskbar()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    try:
        session, window = _make(app)
    except Exception as error:
        LOG.exception("The window cannot be made")
        _tell_no_start(error)
        return 1
    uncaughts.then = Troubles(window.trouble_bar)
    session.message.connect(_log_said)
    window.show()
    QTimer.singleShot(
        0, session, lambda: opening.after_start(session, lambda: _open(session, folder))
    )  # the window responds first
    try:
        return int(app.exec())
    finally:
        uncaughts.then = None
        leave_garbage_to_python()


def _make(app: QApplication) -> tuple[Session, MainWindow]:
    app.setApplicationName("quakegui")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("quakegui")
    app.setWindowIcon(QIcon(str(resources() / "icon" / ICON)))
    hold_little_memory()
    session = Session()
    Housekeeping(session)
    i18n.set_language(session.settings.language)
    theme.apply(session.settings.theme, text_scale=session.settings.text_scale)
    screen = app.primaryScreen().availableGeometry().size()
    window = MainWindow(session, fit=fit_of(screen))
    if session.file.load_layout(window.layouts.file_name) is None:
        window.resize(FIRST_SIZE.boundedTo(screen))
        if FIRST_SIZE.boundedTo(screen) != FIRST_SIZE:
            window.setWindowState(Qt.WindowState.WindowMaximized)
    return session, window


def _tell_no_start(error: Exception) -> None:
    """Show why the window could not start: without a terminal, the message would be lost."""
    QMessageBox.critical(
        None,
        "quakegui",
        tr("quakegui could not start: {error} Nothing was changed. The log is in {folder}.").format(
            error=worded(str(error)), folder=logs.folder()
        ),
    )


def _log_said(sentence: str, level: str) -> None:
    if level != "info":
        LOG.warning("Said: %s", sentence)


def take_own_place_in_taskbar() -> None:
    """Make Windows group the windows of this program under its own icon, not with those of other pythonw.exe processes."""
    if sys.platform == "win32":
        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(TASKBAR_NAME)


def _open(session: Session, folder: Path | None) -> None:
    if session.project is not None:
        return  # the analyst was faster
    if folder is not None:
        opening.open_project(session, folder)
    elif not session.settings.recent:
        opening.open_demo(session)  # the first start shows an example; importing own data is one click away
    else:
        opening.open_project(session, Path(session.settings.recent[0]))
