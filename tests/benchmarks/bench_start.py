"""Start to a window that answers, beside an empty PySide6 and pyqtgraph window; each start is a process of its own, in turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from bench_tools import Row

ROUNDS = 9
EMPTY = """
import json, os, time
import pyqtgraph as pg
from PySide6.QtCore import QTimer
app = pg.mkQApp()
window = pg.PlotWidget()
window.resize(1440, 900)
"""
OURS = """
import json, os, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.ui import theme
from quakegui.ui.main_window import MainWindow
app = QApplication([])
session = Session(SettingsFile(Path(sys.argv[1])))
theme.apply("light")
window = MainWindow(session)
window.resize(1440, 900)
"""
ANSWERS = """
def answered():
    print(json.dumps([time.time(), time.process_time()]), flush=True)
    os._exit(0)
window.show()
QTimer.singleShot(0, lambda: QTimer.singleShot(0, answered))
app.exec()
"""


def start(code: str, settings: Path) -> tuple[float, float]:
    """Return seconds by the clock and of the processor until the window has painted and handled an event."""
    begun = time.time()
    said = subprocess.run(
        [sys.executable, "-c", code + ANSWERS, settings],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    then, processor = json.loads(said.stdout.splitlines()[-1])
    return then - begun, processor


def measure_start() -> list[Row]:
    times: dict[str, list[tuple[float, float]]] = {"empty": [], "ours": []}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS + 1):
            for name, code in (("empty", EMPTY), ("ours", OURS)):
                taken = start(code, Path(folder) / f"{name}.ini")
                if number:
                    times[name].append(taken)
    (peer_wall, peer_own), (wall, own) = (np.median(times[name], axis=0) for name in ("empty", "ours"))
    by_clock, by_processor = np.median(np.divide(times["ours"], times["empty"]), axis=0)
    return [
        Row(
            "Start to a window that answers",
            "an empty PySide6 + pyqtgraph window",
            f"{wall:.2f} s (processor {own:.2f})",
            f"{peer_wall:.2f} s (processor {peer_own:.2f})",
            f"{by_clock:.2f} x (processor {by_processor:.2f} x)",
            "at most 2 x",
            bool(min(by_clock, by_processor) <= 2.0),
            float(by_clock),
            float(by_processor),
        )
    ]
