"""Uncaught errors: the window continues, shows one line that takes no focus, and offers the support report."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from quakegui.app.session import Session
from quakegui.ui.i18n import tr, worded
from quakegui.ui.sentence_bar import SentenceBar
from quakegui.words import joined

LOG = logging.getLogger(__name__)
QT_LOG = logging.getLogger("quakegui.qt")
LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class TroubleBar(SentenceBar):
    """One sentence about an uncaught error, with a button to report it. Further errors are counted in the same bar."""

    def __init__(self, copy_report: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__("trouble", parent)
        self._what, self._times = "", 0
        self.copy = self.act
        self.copy.clicked.connect(lambda _on: copy_report())
        self.dismiss.clicked.connect(self._dismiss)
        self.hide()
        self.retranslate()

    @property
    def sentence(self) -> str:
        """The sentence shown; empty without an error."""
        return self.words.text()

    def tell(self, error: BaseException) -> None:
        """Show an error, or count it if the bar is shown already."""
        self._times += 1
        self._what = type(error).__name__
        self.retranslate()
        self.show()

    def _dismiss(self) -> None:
        self._what, self._times = "", 0
        self.words.clear()
        self.hide()

    def retranslate(self) -> None:
        """Set the texts in the current language, and the icon in its colour."""
        if self._times:
            text = tr(
                "An unexpected error occurred ({kind}). You can keep working: saved labels and settings are on disk. Please "
                "copy the support report and send it to the maintainer."
            ).format(kind=self._what)
            again = tr("This error has occurred {count} times.").format(count=self._times) if self._times > 1 else ""
            self.words.setText(worded(joined(" ", (text, again))))
        self.setAccessibleName(tr("Unknown error"))
        self.copy.setText(tr("Copy support report"))
        self.copy.setToolTip(tr("Copy versions, sizes and the last log lines; no names, notes or paths"))
        self.copy.setAccessibleName(tr("Copy support report"))
        self.name_cross()


class Troubles(QObject):
    """Sends uncaught errors of any thread to the bar of the window."""

    happened = Signal(object)

    def __init__(self, bar: TroubleBar) -> None:
        super().__init__(bar)
        self._bar = bar
        self._telling = False
        # Always queued: showing a bar during a paint event would do harm, also in the thread of the window.
        self.happened.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def __call__(self, error: BaseException) -> None:
        """Show an error soon; thread-safe."""
        if not self._telling:  # an error of the bar itself is logged, and not shown repeatedly
            self.happened.emit(error)

    def _tell(self, error: BaseException) -> None:
        self._telling = True
        try:
            self._bar.tell(error.with_traceback(None))  # the traceback would keep the objects of its frames alive
        finally:
            self._telling = False


def log_qt_messages() -> None:
    """Write messages of Qt to the log, until `QtCore.qInstallMessageHandler(None)` is called."""

    def take(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        category: str | None = context.category  # type: ignore[attr-defined,unused-ignore]  # 6.9's stubs do not have it
        QT_LOG.log(LEVELS.get(kind, logging.WARNING), "%s: %s", category or "default", text)

    qInstallMessageHandler(take)


def screens() -> list[str]:
    """Return the name of the window system, and a line for each screen: size, scale and text resolution."""
    found = [QGuiApplication.platformName()]
    for screen in QGuiApplication.screens():
        size, scale, dots = screen.size(), screen.devicePixelRatio(), screen.logicalDotsPerInch()
        found.append(f"{size.width()} x {size.height()}, scale {scale:g}, {dots:.0f} dpi")
    return found


def copy_report(session: Session) -> str:
    """Copy the support report to the clipboard, report that, and return it."""
    from quakegui.app.support import report  # rarely needed

    text = report(session, screens())
    QGuiApplication.clipboard().setText(text)
    session.message.emit(
        tr("The support report is on the clipboard. It contains no names, notes or paths. Paste it into an e-mail."), "info"
    )
    return text
