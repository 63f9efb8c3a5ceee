"""A first start, and all that an analyst does on the synthetic season: walk, label, undo, export, report, train, judge.

python -c "import demo_run; demo_run.main()" OUT HOME [--whole]: by the program's own start, in the window, on an empty home;
files go to OUT. What was done is printed as JSON. With --whole the season itself is exported, every minute of it, and not a
small project beside it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import driven_window
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton

from quakegui.app import explaining, walking
from quakegui.learn.runs.presets import PRESETS
from quakegui.project import exchange, journal
from quakegui.project.importing import import_paths
from quakegui.project.parsing import FEW_FILES
from quakegui.project.store import Project
from quakegui.ui.main_window import MainWindow
from quakegui.ui.panels.start_page import Way

OUT, HOME, WHOLE = Path(sys.argv[1]), Path(sys.argv[2]), "--whole" in sys.argv[3:]
TINY = replace(
    PRESETS["small"], name="tiny", protocol="chronological", width=2, dense=(8, 8), epochs=1, final_fit=False, members=1
)
LONGEST = 400.0

driven_window.use_home(HOME)


def until(so):
    end = time.monotonic() + LONGEST
    while not so():
        if time.monotonic() > end:
            raise TimeoutError("The window did not come to rest.")
        yield 20


def saved_as(path: Path) -> None:
    """Let the next file dialog answer with a path."""
    QFileDialog.getSaveFileName = lambda *_args, **_more: (str(path), "")


def imported(session):
    """Import so many files into a project beside this one that helpers parse them, and return how many were read."""
    files, found = HOME / "many", []
    files.mkdir()
    for number in range(FEW_FILES + 1):
        day = np.datetime64("2021-01-01") + number
        rows = "".join(f"{day}T{hour:02d}:30:00Z,{50_000 + hour}\n" for hour in range(24))
        (files / f"{day}.csv").write_text(f"time,AAA\n{rows}")

    def work(report, cancelled):
        with Project.create(HOME / "beside", timezone="Asia/Shanghai") as project:
            return import_paths(project, [files], progress=report, cancelled=cancelled)

    session.jobs.start("Importing", work, found.append)
    yield from until(lambda: not session.jobs.busy and found)
    return len(found[0].imported)


def steps(window: MainWindow):
    session = window.session
    done = {}
    QTest.mouseClick(window.start_page.findChildren(Way)[1], Qt.MouseButton.LeftButton)
    yield from until(lambda: session.season is not None and not session.jobs.busy)
    done["days"] = int(session.days.size)
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    session.pick(session.season.network.codes[:2])
    for _ in range(20):
        QTest.keyClick(window.day_map_panel, Qt.Key.Key_Right)
        yield 5
    QTest.keyClick(window.day_map_panel, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    window.menus.actions["play"].trigger()
    yield 500
    window.menus.actions["play"].trigger()
    walking.go_to(session, 3)
    QTest.keyClick(window.day_map_panel, Qt.Key.Key_2)
    QTest.keyClick(window.day_map_panel, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window.day_map_panel, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    done["label"] = journal.in_force(session.project)[session.day].cls
    for name in window.docks:
        window.layouts.show(name)
        yield 20
    for action, name in (("tables", "tables.xlsx"), ("report", "report.html"), ("report", "report.pdf")):
        saved_as(OUT / name)
        window.menus.actions[action].trigger()
        yield from until(lambda: not session.jobs.busy)
    done["imported"] = yield from imported(session)
    with Project.open(session.project.folder if WHOLE else HOME / "beside") as project:
        exchange.export_project(project, OUT / "export")
    window.menus.actions["guide"].trigger()
    window.menus.actions["support"].trigger()
    yield 50
    window.training.start(TINY)
    yield from until(lambda: not window.training.busy and not session.jobs.busy)
    assert window.training.run is not None
    done["trained"] = window.training.run.card is not None
    window.layouts.show("evaluation")
    panel = window.docks["evaluation"].widget()
    panel.findChild(QPushButton).click()
    yield from until(lambda: not session.jobs.busy)
    done["judged"] = panel.evaluation is not None
    explaining.explain(session)
    yield from until(lambda: not session.jobs.busy)
    done["explained"] = len(session.heat)
    done["files"] = sorted(path.name for path in OUT.iterdir())
    done["trouble"] = window.trouble_bar.sentence
    sys.stdout.write(json.dumps(done))
    sys.stdout.flush()
    window.close()


def main() -> None:
    """Go through it all. Helpers of a large import load the file that a program was started from: start this by its name."""
    sys.exit(driven_window.run(steps, None))
