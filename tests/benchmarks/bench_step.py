"""The day step in the real window: key press to painted, contour lines on, beside an image that pyqtgraph shows alone.

Also the window at rest beside the window while a network is trained.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pyqtgraph as pg
from bench_tools import Row, Timed, in_turn
from numpy.typing import NDArray
from PySide6.QtCore import QEventLoop, QObject, QRect, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from quakegui.app import opening, walking
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.app.training import GATHERING
from quakegui.learn.runs.presets import PRESETS
from quakegui.season.daymap import to_rgb
from quakegui.ui import theme
from quakegui.ui.housekeeping import SETTLED_AFTER_MS, Housekeeping
from quakegui.ui.main_window import MainWindow

SIZE = (1600, 1000)
STEPS = 1500
TURNS = 20
"""Into so many parts the steps are cut, for a ratio of their own each."""


def opened(folder: Path) -> tuple[QApplication, MainWindow]:
    """Return a shown window on a project whose season is computed."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    session = Session(SettingsFile(Path(tempfile.mkdtemp()) / "settings.ini"))
    Housekeeping(session)
    theme.apply("light")
    window = MainWindow(session)
    window.resize(*SIZE)
    window.show()
    window.activateWindow()
    opening.open_project(session, folder)
    wait(lambda: session.season is not None and not session.jobs.busy)
    session.pick(session.season.network.codes[:2])
    rest(SETTLED_AFTER_MS + 500)
    return app, window


def rest(milliseconds: int) -> None:
    """Let the window work for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait(until) -> None:
    """Let the window work until something is so."""
    while not until():
        rest(20)


def press(app: QApplication, window: MainWindow, key: Qt.Key) -> None:
    """Press a key as the analyst does, and return when all that it changed is painted."""
    QTest.keyClick(window.day_map_panel, key)
    app.processEvents()


def image_alone(app: QApplication, side: QRect, pictures: list[np.ndarray]):
    """Return a step of the peer: one picture set and painted in a pyqtgraph view as large as our map."""
    view = pg.GraphicsLayoutWidget()
    view.resize(side.width(), side.height())
    box = view.addViewBox(lockAspect=True, enableMenu=False)
    item = pg.ImageItem(axisOrder="row-major")
    box.addItem(item)
    view.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    view.show()
    app.processEvents()
    number = 0

    def step() -> None:
        nonlocal number
        number = (number + 1) % len(pictures)
        item.setImage(pictures[number], autoLevels=False, levels=(0, 255))
        view.viewport().repaint()
        app.processEvents()

    return view, step


def measure_step(folder: Path) -> list[Row]:
    """Time steps through the season beside a picture that pyqtgraph shows; processor time is the window's thread alone."""
    app, window = opened(folder)
    session = window.session
    walking.go_to(session, 0)
    app.processEvents()
    pictures = [to_rgb(session.day_map(index).index, session.day_map(index).style) for index in range(40)]
    view, peer = image_alone(app, window.day_map_panel.view.rect(), pictures)

    shown: list[tuple[float, float]] = []
    plain = window.day_map_panel.view.show_scene

    def noting(*given, **named) -> None:
        plain(*given, **named)
        shown.append((time.perf_counter(), time.thread_time()))

    window.day_map_panel.view.show_scene = noting
    maps: list[tuple[float, float]] = []

    def ours() -> None:
        if session.index == session.days.size - 1:
            walking.go_to(session, 0)
        before = session.index
        shown.clear()
        wall, processor = time.perf_counter(), time.thread_time()
        press(app, window, Qt.Key.Key_Right)
        assert session.index == before + 1
        assert len(shown) == 1
        maps.append(((shown[0][0] - wall) * 1e3, (shown[0][1] - processor) * 1e3))

    window.activateWindow()
    app.processEvents()
    floor, step = in_turn(STEPS, peer, ours, warm_up=20, clock=time.thread_time)
    view.close()
    window.close()
    first = Timed(*(tuple(column) for column in zip(*maps[-STEPS:], strict=True)))
    return [
        step_row("Day step, key press to the map painted, contour lines on", first, floor, most=2.0, under=16.0),
        step_row("Day step, key press to every panel painted", step, floor, most=2.2, under=12.0),
    ]


def step_row(work: str, step: Timed, floor: Timed, *, most: float, under: float) -> Row:
    """Return a row of the table; `most` and `under` are what the ratio of the 95th percentiles, and ours in ms, may be."""
    wall, processor = p95_ratio(step.wall, floor.wall), p95_ratio(step.processor, floor.processor)
    return Row(
        work,
        "pyqtgraph ImageItem.setImage + repaint alone",
        words(step),
        words(floor),
        f"p95 {wall:.2f} x (processor p95 {processor:.2f} x)",
        f"p95 at most {most:g} x the floor, under {under:g} ms",
        step.p95() < under and wall <= most,
        wall,
        processor,
    )


def p95_ratio(ours: tuple[float, ...], floor: tuple[float, ...]) -> float:
    """Return the median of the parts' ratios of 95th percentiles: a part that something disturbed decides nothing."""
    parts = zip(np.array_split(ours, TURNS), np.array_split(floor, TURNS), strict=True)
    return float(np.median([np.percentile(one, 95) / np.percentile(other, 95) for one, other in parts]))


def words(timed: Timed) -> str:
    return (
        f"p50 {timed.median():.2f} ms, p95 {timed.p95():.2f} "
        f"(processor {timed.processor_median():.2f}, p95 {timed.processor_p95():.2f})"
    )


class Ticks(QObject):
    """A 5 ms timer that notes how long each tick let wait, and how much of it the thread waited for a core, in ms."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[tuple[float, float]] = []
        self._last, self._queued = time.perf_counter(), queued()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(5)

    def _tick(self) -> None:
        now, in_line = time.perf_counter(), queued()
        self.waits.append(((now - self._last) * 1e3, in_line - self._queued))
        self._last, self._queued = now, in_line

    def taken(self) -> NDArray[np.float64]:
        """Return the waits since the last call, whole and without the time in line for a core, shape (tick, 2)."""
        waits, self.waits = np.array(self.waits), []
        return np.column_stack([waits[:, 0], np.maximum(waits[:, 0] - waits[:, 1], 0.0)])


def queued() -> float:
    """Return how long this thread has been ready without a core to run on, in ms; 0 where the system does not tell."""
    told = Path("/proc/thread-self/schedstat")
    return float(told.read_text().split()[1]) / 1e6 if told.exists() else 0.0


TRAININGS = {
    "training": replace(PRESETS["small"], epochs=1, final_fit=False, members=1),
    "pre-training": replace(PRESETS["stack"], epochs=1),
}
"""Short ones, by name."""


def measure_training(folder: Path) -> list[Row]:
    """Time the event loop at rest, and from before the start of a training to after its end."""
    copy = Path(tempfile.mkdtemp()) / "project"
    shutil.copytree(folder, copy)
    _, window = opened(copy)
    ticks = Ticks()
    rest(6000)
    still = ticks.taken()
    rows = []
    for name, config in TRAININGS.items():
        window.training.start(config)
        rest(100)
        wait(lambda: not window.session.jobs.has(GATHERING))
        gathered = ticks.taken()
        wait(lambda: not window.training.busy)
        rest(500)
        rows.append(waits_row(f"Window while {name}", still, gathered, ticks.taken()))
    window.close()
    return rows


def waits_row(work: str, still: NDArray[np.float64], gathered: NDArray[np.float64], rest_of_it: NDArray[np.float64]) -> Row:
    """Return a row about waits at rest, while maps are gathered and afterwards, each as in `Ticks.taken`."""
    both_parts = np.concatenate([gathered, rest_of_it])

    def told(waits: NDArray[np.float64]) -> str:
        whole, own = waits.T
        return (
            f"p95 {np.percentile(whole, 95):.1f} ms, max {whole.max():.0f}; "
            f"not in line for a core p95 {np.percentile(own, 95):.1f}, max {own.max():.0f}"
        )

    own, calm = both_parts[:, 1], still[:, 1]
    return Row(
        f"{work}, from before the start to after the end",
        "the same window at rest, 5 ms timer",
        f"{told(both_parts)} (gathering maps: {told(gathered)})",
        told(still),
        f"p95 {np.percentile(own, 95) / np.percentile(calm, 95):.2f} x",
        "p95 at most 12 ms, nothing over 50 ms",
        bool(np.percentile(own, 95) <= 12.0 and own.max() <= 50.0),
    )


def walk_through(app: QApplication, window: MainWindow) -> None:
    """Step through a hundred days and show every panel: what a window in use has in memory."""
    for _ in range(100):
        press(app, window, Qt.Key.Key_Right)
    for dock in window.docks:
        window.layouts.show(dock)
        rest(50)
