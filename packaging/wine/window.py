"""Use the real window as a new user would, with keys alone, and write down what was seen: run by the installed Python in Wine.

Arguments: a folder for what is written, and an installer that must refuse to run while the window is open. Or the folder and a
word, and the window opens what was open last. `killed`: it gets a label, and is killed while the key is hardly up. `trained`: a
training is stopped and goes on to its end; another begins, and the window is killed, so that the worker is left alone.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit, QPushButton, QSpinBox, QTableWidget

from quakegui.learn import messages
from quakegui.ui.i18n import tr
from quakegui.ui.main_window import MainWindow
from quakegui.ui.panels.runs_panel import RunsPanel
from quakegui.ui.panels.training_panel import TrainingPanel
from quakegui.ui.start import run_window

OUT, INSTALLER = Path(sys.argv[1]), sys.argv[2]
PATIENCE = 600.0
CLASS, LAST_CLASS = 3, 2
PLAIN, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier
SEEN: dict[str, object] = {}


def wait_for(what: str, condition: Callable[[], object]) -> None:
    """Let the window live until a condition holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"Waited {PATIENCE:.0f} s for {what}.")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        time.sleep(0.02)


def shoot(window: MainWindow, name: str) -> None:
    """Keep what stands on the screen, and how many colours it has: an empty window has few."""
    QTest.qWait(500)
    image = window.screen().grabWindow(0).toImage()
    image.save(str(OUT / f"{name}.png"))
    thinned = (image.pixel(x, y) for x in range(0, image.width(), 5) for y in range(0, image.height(), 5))
    SEEN[f"colours of {name}"] = len(set(thinned))


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    """Press a key in the window."""
    window.activateWindow()
    QTest.keyClick(window, key, modifiers)


def open_season(window: MainWindow) -> None:
    """Wait for what the program opens by itself."""
    session = window.session
    wait_for("the season", lambda: session.season is not None and not session.jobs.busy)


def label_an_event(window: MainWindow, cls: int) -> None:
    """Jump to the next earthquake, and label its day."""
    session = window.session
    press(window, Qt.Key.Key_Right, CTRL)
    wait_for("the day's map", lambda: session.day_map() is not None)
    press(window, Qt.Key(Qt.Key.Key_0 + cls))
    SEEN["day"] = str(session.day)
    SEEN["label"] = int(session.labels.classes[session.index])
    SEEN["history"] = [f"{row.source}: {row.cls}" for row in session.history()]


def write_report(window: MainWindow, name: str) -> None:
    """Ask for the report by its keys, type a name into the dialog for files, and wait for the file."""
    path, asked = OUT / name, []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QFileDialog):
            QTimer.singleShot(200, answer)  # it is not there yet
            return
        if not asked:
            shoot(window, f"asking for {path.suffix[1:]}")
        asked.append(dialog.windowTitle())
        line = dialog.findChild(QLineEdit, "fileNameEdit")
        assert isinstance(line, QLineEdit)
        line.setText(str(path))
        QTest.keyClick(line, Qt.Key.Key_Return)

    QTimer.singleShot(200, answer)
    press(window, Qt.Key.Key_R, CTRL_SHIFT)
    wait_for(f"the report {name}", lambda: path.is_file() and not window.session.jobs.busy)
    QTest.qWait(500)  # the last sentence
    SEEN[f"asked for {name}"] = asked


def work(window: MainWindow) -> None:
    """Start page, synthetic season, one label by key, the report in both languages, an installer refused, close."""
    session, said = window.session, []
    session.message.connect(lambda sentence, kind: said.append(f"{kind}: {sentence}"))
    SEEN["said"] = said
    shoot(window, "start")
    began = time.monotonic()
    if session.project is None and not session.jobs.busy:  # a first start opens it by itself
        window.menus.actions["demo"].trigger()
    open_season(window)
    SEEN["seconds to the season"] = round(time.monotonic() - began, 1)
    SEEN["project"] = str(session.project.folder) if session.project else ""
    SEEN["days"] = int(session.days.size)
    label_an_event(window, CLASS)
    shoot(window, "labelled")
    write_report(window, "report.html")
    shoot(window, "reported")
    window.menus.actions["language-zh"].trigger()
    write_report(window, "报告.pdf")
    shoot(window, "season")
    SEEN["title"] = window.windowTitle()
    SEEN["installer while the window is open"] = subprocess.call(f'"{INSTALLER}" /S')  # noqa: S603


def push(panel: TrainingPanel | RunsPanel, text: str) -> None:
    """Click a button of a panel as soon as it can be clicked."""
    (button,) = (each for each in panel.findChildren(QPushButton) if each.text() == tr(text))
    wait_for(f"the button {text}", button.isEnabled)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def be_trained(window: MainWindow) -> None:
    """Train by the form's buttons: stop it, let it go on to its end, and be killed in the middle of another training."""
    heard: list[messages.Message] = []
    training = window.training
    training.spoke.connect(heard.append)

    def await_one(*kinds: type[messages.Message]) -> None:
        wait_for(kinds[0].name, lambda: any(isinstance(each, kinds) or messages.ends(each) for each in heard))

    def await_end(name: str) -> None:
        wait_for(name, lambda: not training.busy and not window.session.jobs.busy)
        run = training.run
        assert run is not None
        state = "finished" if run.card else "resumable" if run.resumable else "lost"
        SEEN[name] = [heard[-1].name, state, f"{len(run.history())} epochs"]
        heard.clear()

    open_season(window)
    press(window, Qt.Key.Key_R, CTRL)
    panel, runs = window.findChild(TrainingPanel), window.findChild(RunsPanel)
    assert panel is not None
    assert runs is not None
    recipe = next(box for box in panel.findChildren(QComboBox) if box.findData("fast") >= 0)
    recipe.setCurrentIndex(recipe.findData("fast"))
    recipe.activated.emit(recipe.currentIndex())
    next(box for box in panel.findChildren(QSpinBox) if box.accessibleName() == tr("Maximum epochs")).setValue(1)
    push(panel, "Start")
    await_one(messages.Epoch)
    shoot(window, "training")
    push(panel, "Stop")
    await_end("stopped")
    window.layouts.show("runs")
    table = runs.findChild(QTableWidget)
    assert table is not None
    assert training.run is not None
    table.selectRow([row.run.id for row in window.session.runs].index(training.run.id))
    push(runs, "Resume")
    await_end("went on")
    shoot(window, "trained")
    window.layouts.show("training")
    push(panel, "Start")
    await_one(messages.Batch)
    SEEN["left alone"] = heard[-1].name
    write_down()
    os.kill(os.getpid(), signal.SIGTERM)


def be_killed(window: MainWindow) -> None:
    """Label the earthquake after the last one, and end at once, without a word to anybody."""
    open_season(window)
    press(window, Qt.Key.Key_Right, CTRL)
    label_an_event(window, LAST_CLASS)
    write_down()
    os.kill(os.getpid(), signal.SIGTERM)  # on Windows that is TerminateProcess


def write_down() -> None:
    """Write what was seen; `smoke.py` reads it."""
    (OUT / "seen.json").write_text(json.dumps(SEEN, ensure_ascii=False, indent=1), encoding="utf-8")


def main() -> int:
    """Start the window as the program does, and drive it from a timer."""
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)  # Wine's own dialog takes no keys from Qt
    app = QApplication(sys.argv[:1])

    def drive() -> None:
        window = next(each for each in app.topLevelWidgets() if isinstance(each, MainWindow))
        try:
            {"killed": be_killed, "trained": be_trained}.get(INSTALLER, work)(window)
        except Exception as error:  # the report is what the smoke test reads
            SEEN["failed"] = repr(error)
        finally:
            window.close()
            app.quit()

    QTimer.singleShot(2000, drive)
    code = run_window(None)
    SEEN["exit code"] = code
    write_down()
    return code


if __name__ == "__main__":
    sys.exit(main())
