"""The window used for a stated time by a driver that never tires, and what the process holds, minute by minute.

python tests/trust/soak_window.py PROJECT --minutes 60 --csv soak.csv [--trainings 5] [--seed 1] [--pace 1.0] [--rounds 1]
    [--workspace days|model|results|review]

PROJECT is changed: give a copy. One round plays, scrubs, labels and undoes, writes a note, switches theme, language, unit,
overlays and layout, uses the panels of each workspace, and opens and closes every dialog; some rounds close the project and
open it again. With `--workspace` the rounds stay in one: they step and use its panels, with the dialogs between. Trainings go
through the worker while the rounds go on, and each run is then asked what it looked at. Everything happens in the program's own
event loop, by keys and mouse where an analyst uses them. Samples are taken between rounds, so that each finds the window in the
same state.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from pathlib import Path

import shiboken6
from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QApplication, QDialog, QScrollArea, QTabBar, QWidget
from soak_samples import Sample, Ticks, sample_of

from quakegui.app import labelling, opening, walking
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.learn.runs.presets import PRESETS
from quakegui.project.store import Project
from quakegui.ui import i18n, theme
from quakegui.ui.dock_plan import WORKSPACES
from quakegui.ui.housekeeping import Housekeeping, hold_little_memory
from quakegui.ui.main_window import MainWindow

SIZE = (1600, 1000)
SAMPLE_EVERY = 60.0
SHOWN_MS = 120
"""How long a dialog stays open."""
DIALOGS = (
    "settings", "palette", "shortcuts", "about", "stations", "season", "catalogue", "rule", "agreement", "revert",
    "figure", "animation", "tables", "day-date", "filter", "new", "import", "imports", "flags", "fetch", "open",
)  # fmt: skip
SWITCHES = ("unit", "threshold", "outlines", "map-stations", "blind", "review")
CLASS_KEYS = (Qt.Key.Key_0, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)
WORKSPACE_IDS = tuple(workspace.id for workspace in WORKSPACES)
TINY = replace(PRESETS["small"], name="soak", width=4, dense=(16, 8), epochs=2, members=1)
NO_MODIFIER = Qt.KeyboardModifier.NoModifier


class Driver(QObject):
    """Works the window from its event loop: `_rounds` yields milliseconds to wait, and is gone on with after them."""

    def __init__(
        self,
        window: MainWindow,
        folder: Path,
        *,
        minutes: float,
        trainings: int,
        seed: int,
        csv_path: Path,
        pace: float = 1.0,
        rounds: int = 1,
        workspace: str = "",
    ) -> None:
        super().__init__()
        self.workspaces = (workspace,) if workspace else WORKSPACE_IDS
        self.pace, self.rounds = pace, rounds
        self.window, self.session, self.folder = window, window.session, folder
        self.until = minutes * 60.0
        self.training_at = [self.until * (k + 0.5) / trainings for k in range(trainings)]
        self.random = random.Random(seed)
        self.count: Counter[str] = Counter()
        self.samples: list[Sample] = []
        self.ended: list[str] = []
        self.waits_for_sample = 0.0
        self.every = min(SAMPLE_EVERY, self.until / 8)
        self.csv_path = csv_path
        self.ticks = Ticks()
        self.guide: QWidget | None = None
        self.session.changed.connect(self._changed)
        self._steps = self._rounds()
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._go_on)
        self._next.start(0)

    def _changed(self, change: Change) -> None:
        if change == Change.DAY:
            self.count["steps"] += 1

    def _go_on(self) -> None:
        try:
            wait = next(self._steps)
        except StopIteration:
            self.window.close()
            QApplication.instance().quit()
            return
        except BaseException:
            QApplication.instance().exit(3)
            raise
        self._next.start(round(wait * self.pace))

    # -- the rounds --------------------------------------------------------------------------------------------------

    def _rounds(self) -> Iterator[int]:
        yield from self._open()
        self.started = time.monotonic()
        with self.csv_path.open("w", newline="") as file:
            self.table = csv.writer(file)
            self.table.writerow(field.name for field in fields(Sample))
            while self.elapsed() < self.until or self.count["rounds"] < self.rounds:
                yield from self._round()
                if self.elapsed() >= self.waits_for_sample:
                    yield from self._rest_and_sample()
                    file.flush()
            yield from self._wait_for_training()
            yield from self._rest_and_sample()

    def elapsed(self) -> float:
        return time.monotonic() - self.started

    def _round(self) -> Iterator[int]:
        everywhere = (("play", self._play), ("scrub", self._scrub), ("label", self._label), ("switch", self._switch))
        parts = everywhere if len(self.workspaces) > 1 else ()
        for doing, part in (*parts, ("workspace", self._workspaces), ("dialog", self._dialogs)):
            self._name(doing)
            yield from part()
            self._name("rest")
            yield 50
        self.count["rounds"] += 1
        if self.count["explained"] < self.count["trainings"] and not self.window.training.busy:
            yield from self._explain()
        if self.training_at and self.elapsed() > self.training_at[0] and not self.window.training.busy:
            self.training_at.pop(0)
            self.window.training.start(replace(TINY, seed=self.count["trainings"]))
            self.count["trainings"] += 1
        if self.count["rounds"] % 5 == 0 and not self.window.training.busy and not self.session.jobs.busy:
            yield from self._reopen()

    def _name(self, doing: str) -> None:
        self.ticks.doing = f"{doing}, training" if self.window.training.busy else doing

    def _open(self) -> Iterator[int]:
        assert opening.open_project(self.session, self.folder)
        yield from self._until(lambda: self.session.season is not None and not self.session.jobs.busy)
        self.session.pick(self.session.season.network.codes[:2])
        self.session.set_settings(loop=True, days_per_second=30.0)
        yield from self._active()

    def _until(self, so, seconds: float = 180.0) -> Iterator[int]:
        end = time.monotonic() + seconds
        while not so():
            if time.monotonic() > end:
                raise TimeoutError("The window did not come to rest.")
            yield 20

    def _active(self) -> Iterator[int]:
        self.window.activateWindow()
        yield from self._until(self.window.isActiveWindow, 20.0)
        self.window.day_map_panel.setFocus()

    def _press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> None:
        QTest.keyClick(self.window.day_map_panel, key, modifier)

    def _play(self) -> Iterator[int]:
        bar = self.window.day_map_panel.play_bar
        self._press(Qt.Key.Key_Space)
        assert bar.playing
        yield 4000
        self._press(Qt.Key.Key_Space)
        assert not bar.playing

    def _scrub(self) -> Iterator[int]:
        slider = self.window.day_map_panel.play_bar.slider
        middle = slider.height() // 2
        QTest.mousePress(slider, Qt.MouseButton.LeftButton, NO_MODIFIER, QPoint(10, middle))
        for k in range(120):
            QTest.mouseMove(slider, QPoint(10 + k * (slider.width() - 20) // 119, middle))
            yield 12
        QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, NO_MODIFIER, QPoint(slider.width() - 10, middle))
        self._press(Qt.Key.Key_Home)

    def _label(self) -> Iterator[int]:
        yield from self._active()
        session, before = self.session, self.count["labels"]
        for _ in range(25):
            walking.go_to(session, self.random.randrange(session.days.size))
            cls = self.random.randrange(5)
            self._press(CLASS_KEYS[cls])
            assert session.labels.classes[session.index] == cls, "a label given by a key is in force at once"
            self.count["labels"] += 1
            yield 30
        walking.select(session, (3, 9))
        self._press(Qt.Key.Key_1)
        self.count["labels"] += 1
        yield 30
        walking.select(session, None)
        labelling.note(session, f"note {self.count['rounds']}")
        for _ in range(self.count["labels"] - before):
            self._press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            self.count["undos"] += 1
            yield 20
        self._press(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        yield 20
        for direction in (1, -1):
            for kind in ("event", "unlabelled", "region", "storm", "disagreement"):
                walking.jump(session, kind, direction)
                yield 20

    def _switch(self) -> Iterator[int]:
        actions = self.window.menus.actions
        for name in (*SWITCHES, *SWITCHES):
            actions[name].trigger()
            self.count["switches"] += 1
            yield 60
        for name in ("theme-dark", "language-zh", "theme-light", "language-en"):
            actions[name].trigger()
            self.count["switches"] += 1
            yield 150
        for name in (*self.window.docks, "timeline", "day", "stations"):
            self.window.layouts.show(name)
            yield 60
        codes = self.session.season.network.codes
        for _ in range(4):
            self.session.pick(self.random.sample(codes, 2))
            yield 100
        self.session.pick(codes[:2])
        yield 100

    def _workspaces(self) -> Iterator[int]:
        for name in self.workspaces:
            self.window.menus.actions[f"workspace-{name}"].trigger()
            yield 200
            for _ in range(20):
                walking.step(self.session, self.random.choice((-7, -1, 1, 1, 7)))
                yield 40
            yield from self._panels()
            if name == "days":
                yield from self._contact_sheet()
            self.count[name] += 1
        if len(self.workspaces) > 1:
            self.window.menus.actions["workspace-days"].trigger()
            yield 200

    def _panels(self) -> Iterator[int]:
        """Turn every tab, choose cells of every table and matrix, and turn the wheel over whatever can scroll."""
        for bar in self._visible(QTabBar):
            for index in range(bar.count()):
                bar.setCurrentIndex(index)
                yield 80
            bar.setCurrentIndex(0)
        for view in self._visible(QAbstractItemView):
            area = view.viewport()
            for _ in range(4):
                at = QPoint(self.random.randrange(max(area.width(), 1)), self.random.randrange(max(area.height(), 1)))
                QTest.mouseClick(area, Qt.MouseButton.LeftButton, NO_MODIFIER, at)
                self.count["cells"] += 1
                yield 40
        for area in self._visible(QScrollArea):
            bar = area.verticalScrollBar()
            for value in (bar.maximum(), bar.minimum()):
                bar.setValue(value)
                yield 40

    def _visible(self, kind: type[QWidget]) -> list[QWidget]:
        return [each for each in self.window.findChildren(kind) if each.isVisible()]

    def _contact_sheet(self) -> Iterator[int]:
        self.window.menus.actions["sheet"].trigger()
        yield 200
        for area in self._visible(QAbstractScrollArea):
            bar = area.verticalScrollBar()
            for k in range(20):
                bar.setValue(bar.maximum() * k // 19)
                yield 20
        self.window.menus.actions["sheet"].trigger()
        yield 100

    def _dialogs(self) -> Iterator[int]:
        for name in DIALOGS:
            closer = QTimer(self)
            closer.timeout.connect(_close_modal)
            closer.start(SHOWN_MS)
            self.window.menus.actions[name].trigger()  # returns when the dialog is closed
            closer.stop()
            shiboken6.delete(closer)
            self.count["dialogs"] += 1
            yield 50
        self.window.menus.actions["guide"].trigger()
        yield SHOWN_MS
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.close()
        self.count["dialogs"] += 1
        yield from self._active()

    def _reopen(self) -> Iterator[int]:
        self._name("reopen")
        self.session.close()
        yield 200
        yield from self._open()
        self.count["reopened"] += 1

    def _explain(self) -> Iterator[int]:
        """Ask the run that was just trained, in a worker of its own, where a day's map speaks for its answer."""
        self._name("explain")
        walking.go_to(self.session, self.random.randrange(self.session.days.size))
        self._press(Qt.Key.Key_G, Qt.KeyboardModifier.ShiftModifier)
        yield from self._until(lambda: not self.session.jobs.busy)
        self.count["explained"] += bool(self.session.heat)
        self._press(Qt.Key.Key_G, Qt.KeyboardModifier.ShiftModifier)

    def _wait_for_training(self) -> Iterator[int]:
        yield from self._until(lambda: not self.window.training.busy, 600.0)

    # -- samples -----------------------------------------------------------------------------------------------------

    def _rest_and_sample(self) -> Iterator[int]:
        yield from self._until(lambda: not self.session.jobs.busy)
        walking.go_to(self.session, 0)
        walking.select(self.session, None)
        yield 1500
        self.window.statusBar().clearMessage()  # with its timer, which Qt makes for each message and ends with it
        self.samples.append(sample_of(self.elapsed(), self.count, self.ticks, self.session))
        self.table.writerow(asdict(self.samples[-1]).values())
        self.waits_for_sample = self.elapsed() + self.every
        self.ticks.skip()


def _close_modal() -> None:
    widget = QApplication.activeModalWidget()
    if widget is not None:
        widget.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("project", type=Path)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--trainings", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=1, help="at least so many, however long they take")
    parser.add_argument("--pace", type=float, default=1.0, help="factor on every wait; less is more hurried")
    parser.add_argument("--workspace", choices=WORKSPACE_IDS, default="", help="stay in this one")
    parser.add_argument("--csv", type=Path, default=Path("soak.csv"))
    given = parser.parse_args()
    app = QApplication([])
    hold_little_memory()
    with tempfile.TemporaryDirectory() as place:
        session = Session(SettingsFile(Path(place) / "settings.ini"))
        Housekeeping(session)
        session.set_settings(language="en", theme="light", analyst="soak")
        i18n.set_language("en")
        theme.apply("light")
        window = MainWindow(session)
        window.resize(*SIZE)
        window.show()
        driver = Driver(
            window,
            given.project,
            minutes=given.minutes,
            trainings=given.trainings,
            seed=given.seed,
            csv_path=given.csv,
            pace=given.pace,
            rounds=given.rounds,
            workspace=given.workspace,
        )
        status = app.exec()
    with Project.open(given.project) as project:
        runs = len(list((project.folder / "runs").iterdir())) if (project.folder / "runs").is_dir() else 0
    print(json.dumps({"status": status, "platform": app.platformName(), "done": driver.count, "runs": runs}))
    for doing, figures in driver.ticks.table().items():
        print(json.dumps({"doing": doing, **figures}))
    sys.stdout.flush()
    return status


if __name__ == "__main__":
    sys.exit(main())
