"""The window used for a stated time by a driver that never tires, and what the process holds, minute by minute.

python tests/trust/soak_window.py PROJECT --minutes 60 --csv soak.csv [--trainings 5] [--seed 1] [--pace 1.0] [--rounds 1]

PROJECT is changed: give a copy. One round plays, scrubs, labels and undoes, writes a note, switches theme, language, unit,
overlays and layout, and opens and closes every dialog; some rounds close the project and open it again. Trainings go through
the worker while the rounds go on, and each run is then asked what it looked at. Everything happens in the program's own event
loop, by keys and mouse where an analyst uses them. Samples are taken between rounds, so that each finds the window in the same
state.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import numpy as np
import shiboken6
from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.learn.presets import PRESETS
from quakegui.project.store import Project
from quakegui.ui import i18n, theme
from quakegui.ui.main_window import MainWindow
from quakegui.ui.start import LET_GO_AFTER, give_memory_back

SIZE = (1600, 1000)
SAMPLE_EVERY = 60.0
SHOWN_MS = 120
"""How long a dialog stays open."""
DIALOGS = (
    "settings", "palette", "shortcuts", "about", "stations", "season", "catalogue", "rule", "agreement", "revert",
    "figure", "animation", "day-date", "new", "import", "open",
)  # fmt: skip
SWITCHES = ("unit", "threshold", "outlines", "map-stations", "blind", "review")
CLASS_KEYS = (Qt.Key.Key_0, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)
TINY = replace(PRESETS["small"], name="soak", width=4, dense=(16, 8), epochs=2)
NO_MODIFIER = Qt.KeyboardModifier.NoModifier


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process holds at a moment, and how the event loop went since the sample before.

    Attributes
    ----------
    seconds
        Since the first round began.
    steps, labels, undos, switches, dialogs, reopened, trainings
        What was done until then.
    resident_mb, threads, handles
        As the system counts them; handles are open file descriptors.
    timers, running_timers, top_levels, qobjects
        Living QTimers, those that run, windows and dialogs, and every QObject below them, the application and the session.
    objects, none_references
        Python's containers, and references to None.
    loop_p50, loop_p95, loop_max
        Milliseconds between two ticks of a 5 ms timer, sampling itself left out.
    busy_p95, busy_max
        Processor time of the window's thread between two ticks, in milliseconds: what others do on the machine hardly moves it.
    load
        Of the machine, over one minute.
    """

    seconds: float
    steps: int
    labels: int
    undos: int
    switches: int
    dialogs: int
    reopened: int
    trainings: int
    resident_mb: float
    threads: int
    handles: int
    timers: int
    running_timers: int
    top_levels: int
    qobjects: int
    objects: int
    none_references: int
    loop_p50: float
    loop_p95: float
    loop_max: float
    busy_p95: float
    busy_max: float
    load: float


class Ticks(QObject):
    """A 5 ms timer that notes what each tick let wait, in milliseconds, under the name of what was being done."""

    def __init__(self) -> None:
        super().__init__()
        self.doing = "rest"
        self.since: list[tuple[float, float]] = []
        self.by_doing: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.skip()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(5)

    def _tick(self) -> None:
        now, busy = time.perf_counter(), time.thread_time()
        wait = (now - self._last) * 1e3, (busy - self._busy) * 1e3
        self.since.append(wait)
        self.by_doing[self.doing].append(wait)
        self._last, self._busy = now, busy

    def skip(self) -> None:
        """Begin anew: what was just done is not to be counted."""
        self._last, self._busy = time.perf_counter(), time.thread_time()


def living(kind: type) -> tuple[list, int]:
    """Return the living objects of a kind, and how many containers Python knows of.

    No other thread may run in between: one that is building a tuple fails when somebody else holds it.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(100.0)
    time.sleep(0.02)  # who waits for its turn takes it now, and then waits by the new interval
    everything = gc.get_objects()
    found, count = [each for each in everything if isinstance(each, kind) and shiboken6.isValid(each)], len(everything)
    del everything
    sys.setswitchinterval(before)
    return found, count


def system_counts() -> tuple[float, int, int]:
    """Return resident MB, threads and open descriptors."""
    status = Path("/proc/self/status").read_text()
    resident = int(status.split("VmRSS:")[1].split()[0]) / 1024.0
    return resident, int(status.split("Threads:")[1].split()[0]), sum(1 for _ in Path("/proc/self/fd").iterdir())


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
    ) -> None:
        super().__init__()
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
        for doing, part in (
            ("play", self._play),
            ("scrub", self._scrub),
            ("label", self._label),
            ("switch", self._switch),
            ("dialog", self._dialogs),
        ):
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
        assert self.session.open(self.folder)
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
            session.go_to(self.random.randrange(session.days.size))
            cls = self.random.randrange(5)
            self._press(CLASS_KEYS[cls])
            assert session.labels.classes[session.index] == cls, "a label given by a key is in force at once"
            self.count["labels"] += 1
            yield 30
        session.choose((3, 9))
        self._press(Qt.Key.Key_1)
        self.count["labels"] += 1
        yield 30
        session.choose(None)
        session.note(f"note {self.count['rounds']}")
        for _ in range(self.count["labels"] - before):
            self._press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            self.count["undos"] += 1
            yield 20
        self._press(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        yield 20
        for direction in (1, -1):
            for kind in ("event", "unlabelled", "region", "storm", "disagreement"):
                session.jump(kind, direction)
                yield 20

    def _switch(self) -> Iterator[int]:
        actions = self.window.actions_by_id
        for name in (*SWITCHES, *SWITCHES):
            actions[name].trigger()
            self.count["switches"] += 1
            yield 60
        for name in ("theme-dark", "chinese", "theme-light", "english"):
            actions[name].trigger()
            self.count["switches"] += 1
            yield 150
        for name in (*self.window.docks, "timeline", "day", "stations"):
            self.window.show_dock(name)
            yield 60
        codes = self.session.season.network.codes
        for _ in range(4):
            self.session.pick(self.random.sample(codes, 2))
            yield 100
        self.session.pick(codes[:2])
        yield 100

    def _dialogs(self) -> Iterator[int]:
        for name in DIALOGS:
            closer = QTimer(self)
            closer.timeout.connect(_close_modal)
            closer.start(SHOWN_MS)
            self.window.actions_by_id[name].trigger()  # returns when the dialog is closed
            closer.stop()
            shiboken6.delete(closer)
            self.count["dialogs"] += 1
            yield 50
        self.window.actions_by_id["guide"].trigger()
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
        self.session.go_to(self.random.randrange(self.session.days.size))
        self._press(Qt.Key.Key_G)
        yield from self._until(lambda: not self.session.jobs.busy)
        self._press(Qt.Key.Key_G)
        self.count["explained"] += 1

    def _wait_for_training(self) -> Iterator[int]:
        yield from self._until(lambda: not self.window.training.busy, 600.0)

    # -- samples -----------------------------------------------------------------------------------------------------

    def _rest_and_sample(self) -> Iterator[int]:
        yield from self._until(lambda: not self.session.jobs.busy)
        self.session.go_to(0)
        self.session.choose(None)
        yield 1500
        self.samples.append(self._sample())
        self.table.writerow(asdict(self.samples[-1]).values())
        self.waits_for_sample = self.elapsed() + self.every
        self.ticks.skip()

    def _sample(self) -> Sample:
        gc.collect()
        resident, threads, handles = system_counts()
        (timers, objects), tops = living(QTimer), QApplication.topLevelWidgets()
        roots = [*tops, QApplication.instance(), self.session]
        waits, self.ticks.since = np.array(self.ticks.since or [(0.0, 0.0)]).T, []
        (p50, p95), busy_p95 = np.percentile(waits[0], [50, 95]), np.percentile(waits[1], 95)
        return Sample(
            seconds=round(self.elapsed(), 1),
            **{name: self.count[name] for name in ("steps", "labels", "undos", "switches", "dialogs", "reopened", "trainings")},
            resident_mb=round(resident, 2),
            threads=threads,
            handles=handles,
            timers=len(timers),
            running_timers=sum(timer.isActive() for timer in timers),
            top_levels=len(tops),
            qobjects=sum(1 + len(root.findChildren(QObject)) for root in roots),
            objects=objects,
            none_references=sys.getrefcount(None),
            loop_p50=round(float(p50), 2),
            loop_p95=round(float(p95), 2),
            loop_max=round(float(waits[0].max()), 1),
            busy_p95=round(float(busy_p95), 2),
            busy_max=round(float(waits[1].max()), 1),
            load=round(os.getloadavg()[0], 2),
        )

    def loop_table(self) -> dict[str, dict[str, float]]:
        """Return the event loop's waits by what was being done, and the processor time in them, in milliseconds."""
        told = {}
        for doing, noted in sorted(self.ticks.by_doing.items()):
            waits, busy = np.array(noted).T
            figures = {"p50": np.median(waits), "p95": np.percentile(waits, 95), "max": waits.max()}
            figures |= {"busy p95": np.percentile(busy, 95), "busy max": busy.max()}
            told[doing] = {"ticks": len(waits), **{name: round(float(value), 1) for name, value in figures.items()}}
        return told


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
    parser.add_argument("--csv", type=Path, default=Path("soak.csv"))
    given = parser.parse_args()
    app = QApplication([])
    sys.setswitchinterval(LET_GO_AFTER)
    give_memory_back()
    with tempfile.TemporaryDirectory() as place:
        session = Session(SettingsFile(Path(place) / "settings.ini"))
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
        )
        status = app.exec()
    with Project.open(given.project) as project:
        runs = len(list((project.folder / "runs").iterdir())) if (project.folder / "runs").is_dir() else 0
    print(json.dumps({"status": status, "platform": app.platformName(), "done": driver.count, "runs": runs}))
    for doing, figures in driver.loop_table().items():
        print(json.dumps({"doing": doing, **figures}))
    sys.stdout.flush()
    return status


if __name__ == "__main__":
    sys.exit(main())
