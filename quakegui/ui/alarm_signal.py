"""A sentence when an alarm opens; a sound and a message of the desktop if the analyst wants them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from quakegui.app.alarms import AlarmWatch
from quakegui.app.session import Session
from quakegui.ui.i18n import worded
from quakegui.words import Said


class AlarmSignal(QObject):
    """Signals new alarms of a session to the person at the window.

    Parameters
    ----------
    session
        The session; its setting `alarm_signal` says whether there is more than a sentence.
    window
        The window, which owns this object and is shown after a click on the message.
    """

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._tray: QSystemTrayIcon | None = None
        self._watch = AlarmWatch(session)
        self._watch.opened.connect(self._signal)

    def _signal(self, day: np.datetime64) -> None:
        sentence = Said("An alarm opened on {day}.", day=day)
        self._session.message.emit(sentence, "warning")
        if not self._session.settings.alarm_signal:
            return
        QApplication.beep()
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable():
            self._icon().showMessage(self._window.windowTitle(), worded(sentence), QSystemTrayIcon.MessageIcon.Warning)

    def _icon(self) -> QSystemTrayIcon:
        """Return the icon of the program in the tray, which desktops require for a message."""
        if self._tray is None:
            self._tray = QSystemTrayIcon(QApplication.windowIcon(), self)
            self._tray.setToolTip("quakegui")
            self._tray.messageClicked.connect(self._show_window)
            self._tray.activated.connect(lambda _reason: self._show_window())
        self._tray.show()
        return self._tray

    def _show_window(self) -> None:
        self._window.showNormal() if self._window.isMinimized() else self._window.show()
        self._window.raise_()
        self._window.activateWindow()
