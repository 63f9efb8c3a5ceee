"""What the window's process weighs, and how much of that are Qt, numpy and the program; each step after the one before it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from bench_tools import Row

MOST_MB = 500.0
STEPS = (
    ("an empty PySide6 + pyqtgraph window, which loads numpy", """
import pyqtgraph as pg
app = pg.mkQApp()
empty = pg.PlotWidget()
empty.resize(1600, 1000)
empty.show()
app.processEvents()
"""),
    ("what of scipy a day with regions needs", "import scipy.ndimage"),
    ("our window, no project", """
import tempfile
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.ui import theme
from quakegui.ui.housekeeping import Housekeeping
from quakegui.ui.main_window import MainWindow
empty.close()
session = Session(SettingsFile(Path(tempfile.mkdtemp()) / "settings.ini"))
Housekeeping(session)
theme.apply("light")
window = MainWindow(session)
window.resize(1600, 1000)
window.show()
app.processEvents()
"""),
    ("the season open", """
from quakegui.app import opening
from bench_step import rest, wait
opening.open_project(session, Path(sys.argv[1]))
wait(lambda: session.season is not None and not session.jobs.busy)
rest(2000)
"""),
    ("a hundred days walked and every panel shown", """
from bench_step import walk_through
session.pick(session.season.network.codes[:2])
walk_through(app, window)
rest(2000)
"""),
)  # fmt: skip
"""Words, and what is done; the last is the window in use."""
BEGIN = """
import os, sys, json, quakegui
from pathlib import Path
from bench_tools import resident_mb
found = [resident_mb()]
"""
END = """
loaded = sorted({"tensorflow", "keras", "torch"} & set(sys.modules))
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024.0
print(json.dumps([found, peak, loaded]), flush=True)
os._exit(0)
"""


def measure_memory(folder: Path) -> list[Row]:
    """Weigh a process after each step, and tell what each added."""
    code = BEGIN + "".join(f"{step}\nfound.append(resident_mb())\n" for _, step in STEPS) + END
    command = [sys.executable, "-c", code, str(folder)]
    quiet = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).parent, env=quiet)
    found, peak, loaded = json.loads(said.stdout.splitlines()[-1])
    rows = [
        Row(f"Memory: {words}", "", f"{after:.0f} MB", "", f"+{after - before:.0f} MB", "", None)
        for (words, _), before, after in zip(STEPS, found, found[1:], strict=False)
    ]
    whole = f"{found[-1]:.0f} MB (at most {peak:.0f}); network libraries loaded: {', '.join(loaded) or 'none'}"
    reached = found[-1] <= MOST_MB and not loaded
    return [*rows, Row("Memory of the window's process, one season open", "", whole, "", "", "at most 500 MB", reached)]
