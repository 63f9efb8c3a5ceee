"""Use the real window as an analyst would, and write down what was seen: run by the installed Python under Wine.

Arguments: a folder for what is written, and an installer that must refuse to run while the window is open.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from quakegui.ui.main_window import MainWindow
from quakegui.ui.start import run_window

OUT, INSTALLER = Path(sys.argv[1]), sys.argv[2]
PATIENCE = 240.0
DAY, CLASS = 40, 3
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


def work(window: MainWindow) -> None:
    """Start page, synthetic season, one label by key, an installer refused, close."""
    session = window.session
    shoot(window, "start")
    began = time.monotonic()
    if session.project is None and not session.jobs.busy:  # a first start opens it by itself
        window.actions_by_id["demo"].trigger()
    wait_for("the synthetic season", lambda: session.season is not None and not session.jobs.busy)
    SEEN["seconds to the season"] = round(time.monotonic() - began, 1)
    SEEN["project"] = str(session.project.folder) if session.project else ""
    SEEN["days"] = int(session.days.size)
    session.go_to(DAY)
    wait_for("the day's map", lambda: session.day_map() is not None)
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_0 + CLASS)
    SEEN["label"] = int(session.labels.classes[DAY])
    SEEN["day"] = str(session.day)
    SEEN["history"] = [f"{row.source}: {row.cls}" for row in session.history()]
    window.actions_by_id["chinese"].trigger()
    shoot(window, "season")
    SEEN["title"] = window.windowTitle()
    SEEN["installer while the window is open"] = subprocess.call(f'"{INSTALLER}" /S')  # noqa: S603


def main() -> int:
    """Start the window as the program does, and drive it from a timer."""
    app = QApplication(sys.argv[:1])

    def drive() -> None:
        window = next(each for each in app.topLevelWidgets() if isinstance(each, MainWindow))
        try:
            work(window)
        except Exception as error:  # the report is what the smoke test reads
            SEEN["failed"] = repr(error)
        finally:
            window.close()
            app.quit()

    QTimer.singleShot(2000, drive)
    code = run_window(None)
    SEEN["exit code"] = code
    (OUT / "seen.json").write_text(json.dumps(SEEN, ensure_ascii=False, indent=1), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
