"""A real window that labels day after day by keys and says each label once it is on disk; killed by test_kill.py."""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.ui.main_window import MainWindow

KEYS = [Qt.Key.Key_0, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4]


def main(folder: Path, settings: Path, seed: int) -> None:
    app = QApplication([])
    session = Session(SettingsFile(settings))
    window = MainWindow(session)
    window.show()
    session.open(folder)
    until = time.monotonic() + 60
    while session.season is None or session.jobs.busy:
        app.processEvents()
        assert time.monotonic() < until, "the season was not computed"
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    print("ready", flush=True)
    for step in range(100_000):
        session.go_to((seed + step) % session.days.size)
        cls = (seed + step // 3) % 5
        QTest.keyClick(window, KEYS[cls])
        print(session.index, cls, flush=True)
        app.processEvents()


main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
