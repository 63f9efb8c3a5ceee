"""Ten years of 25 stations in the window: the contact sheet scrolled, and a label given far away."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
from bench_growth import opened_before
from bench_step import SIZE, opened, press, rest, words
from bench_tools import Row, in_turn, limited, ratios, resident_mb, rounds_of
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QListView

from quakegui.app import walking
from quakegui.app.small_maps import PIXELS

DAYS, STATIONS = 3650, 25
FRAMES = 200
SMALL_MB = 60.0


def pixmap_list(app: QApplication, size: QSize) -> QListView:
    """Return a list of as many ready pictures, shown."""
    view, model = QListView(), QStandardItemModel()
    rng = np.random.default_rng(0)
    for day in range(DAYS):
        pixmap = QPixmap(PIXELS, PIXELS)
        pixmap.fill(QColor(*rng.integers(0, 255, 3).tolist()))
        model.appendRow(QStandardItem(QIcon(pixmap), str(day)))
    model.setParent(view)
    view.setModel(model)
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setIconSize(QSize(PIXELS, PIXELS))
    view.setUniformItemSizes(True)
    view.resize(size)
    view.show()
    app.processEvents()
    return view


def scrolled(app: QApplication, view):
    """Return a step that scrolls on and paints, from the end to the beginning again."""
    bar = view.verticalScrollBar()
    place = 0

    def step() -> None:
        nonlocal place
        place += 1
        bar.setValue(bar.maximum() * (place % FRAMES) // (FRAMES - 1))
        app.processEvents()

    return step


def measure_sheet() -> list[Row]:
    """Time frames of the sheet, and labels on days years apart, in a project of ten years."""
    with tempfile.TemporaryDirectory() as place:
        opened_before(Path(place), DAYS, STATIONS)
        app, window = opened(Path(place) / "project")
        rows = [*label_rows(app, window), *sheet_rows(app, window)]
        window.close()
    return rows


def label_rows(app: QApplication, window) -> list[Row]:
    session, days = window.session, iter(np.random.default_rng(1).permutation(DAYS).tolist())

    def far() -> None:
        press(app, window, Qt.Key.Key_2)

    took = []
    for _ in range(30):
        walking.go_to(session, next(days))
        rest(50)
        took += in_turn(1, far, warm_up=0, clock=time.thread_time)
    return [limited("A label given far away in ten years, painted", rounds_of(took), 16.0, "at most 16 ms")]


def sheet_rows(app: QApplication, window) -> list[Row]:
    before = resident_mb()
    window.menus.actions["sheet"].trigger()
    rest(300)
    sheet = window.day_map_panel.contact.sheet
    frame = scrolled(app, sheet)
    first = in_turn(FRAMES, frame, warm_up=0, clock=time.thread_time)[0]
    grown = resident_mb() - before
    listed = pixmap_list(app, sheet.viewport().size().boundedTo(QSize(*SIZE)))
    peer, ours = in_turn(FRAMES, scrolled(app, listed), frame, clock=time.thread_time)
    listed.close()
    by_clock, by_processor = ratios(ours, peer)
    reached = min(first.p95(), first.processor_p95()) <= 16.0 and grown <= SMALL_MB
    return [
        Row("Contact sheet of ten years scrolled for the first time, a frame", "a QListView of ready QPixmaps",
            f"{words(first)}; {grown:.0f} MB more; again {words(ours)}", words(peer),
            f"again {by_clock:.2f} x (processor {by_processor:.2f} x)", "p95 at most 16 ms, at most 60 MB", reached,
            by_clock, by_processor)
    ]  # fmt: skip
