"""The program's own start, and errors in every place where Qt calls Python; what became of it is printed as JSON.

python troubled_window.py PROJECT HOME ANALYST NOTE
"""

from __future__ import annotations

import json
import os
import platform
import sys
import threading
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import driven_window
from PySide6.QtCore import QThread, qWarning
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from quakegui.app import labelling
from quakegui.project import journal
from quakegui.ui.main_window import MainWindow

FOLDER, HOME, ANALYST, NOTE = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
SLOT_ERRORS = 40

driven_window.use_home(HOME)


class Unpainted(QWidget):
    asked = False

    def paintEvent(self, _event) -> None:  # noqa: N802 - Qt's name
        if not self.asked:  # a busy machine asks more than once
            self.asked = True
            raise RuntimeError("cannot paint")


class Failing(QThread):
    def run(self) -> None:
        raise LookupError("in a Qt thread")


class Unfinished:
    def __del__(self) -> None:
        raise ArithmeticError("in a finaliser")


def fail(window: MainWindow) -> None:
    """Raise as a slot does that works on what the analyst opened, everything personal in its words."""
    raise ValueError(f"{ANALYST} labelled {window.session.project.folder} with '{NOTE}' on {platform.node()}")


def steps(window: MainWindow):
    session = window.session
    while session.season is None or session.jobs.busy:
        yield 20
    session.set_settings(analyst=ANALYST, language="en")
    labelling.note(session, NOTE)
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    tops = len(QApplication.topLevelWidgets())
    action = window.menus.actions["unit"]
    action.triggered.connect(lambda: fail(window))
    action.trigger()
    yield 50
    told = {"first": window.trouble_bar.sentence, "shown": window.trouble_bar.isVisible()}
    for _ in range(SLOT_ERRORS - 1):
        action.trigger()
    unpainted = Unpainted(window)
    unpainted.setGeometry(0, 0, 50, 50)
    unpainted.show()
    while not unpainted.asked:  # a busy machine takes its time
        yield 20
    unpainted.deleteLater()
    thread = Failing()
    thread.start()
    thread.wait()
    plain = threading.Thread(target=lambda: 1 / 0, name="plain")
    plain.start()
    plain.join()
    Unfinished()
    qWarning("Qt is not pleased")
    yield 100
    told |= {"last": window.trouble_bar.sentence, "more_windows": len(QApplication.topLevelWidgets()) - tops}
    window.day_map_panel.setFocus()
    labels = []
    for cls in (3, 1):
        QTest.keyClick(window.day_map_panel, str(cls))
        labels.append(journal.in_force(session.project)[session.day].cls)
    told |= {"labels": labels, "focus": window.day_map_panel.hasFocus()}
    window.trouble_bar.copy.click()
    told |= {"report": QGuiApplication.clipboard().text(), "said": window.status_line.currentMessage()}
    session.set_settings(language="zh")
    yield 50
    told["chinese"] = window.trouble_bar.sentence
    window.menus.actions["support"].trigger()
    told["chinese_said"] = window.status_line.currentMessage()
    window.trouble_bar.dismiss.click()
    told["dismissed"] = not window.trouble_bar.isVisible()
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()
    window.close()


sys.exit(driven_window.run(steps, FOLDER))
