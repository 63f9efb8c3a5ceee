"""What the window's process must not load: TensorFlow and its like never, and nothing heavy before the window answers."""

from __future__ import annotations

import builtins
import subprocess
import sys

import pytest
import shiboken6

from quakegui.app import labelling, walking
from quakegui.app.change import Change
from quakegui.ui.main_window import MainWindow

NETWORKS = {"keras", "tensorflow", "torch", "jax"}
HEAVY = {*NETWORKS, "scipy", "sklearn", "pandas", "pyproj", "sqlalchemy", "openpyxl", "cdflib", "PIL", "matplotlib"}

START = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.ui.main_window import MainWindow

app = QApplication([])
window = MainWindow(Session(SettingsFile(Path(sys.argv[1]))))
window.show()
app.processEvents()

def tell():
    print(*sorted({name.split(".")[0] for name in sys.modules}))


tell()
import quakegui.cli.verbs
from quakegui.learn import alarm_days, season_runs
from quakegui.project import catalogue, importing, journal, runs, seasons
tell()
import linecache
import pandas
print(*linecache.cache, sep="\\n")
QTimer.singleShot(0, app.quit)
app.exec()  # it ends as the program does
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """Return what a process says that starts an empty window, then loads what opens a project, and then what reads tables."""
    settings = tmp_path_factory.mktemp("started") / "settings.ini"
    found = subprocess.run([sys.executable, "-c", START, settings], capture_output=True, text=True, check=True)
    return found.stdout.splitlines()


@pytest.fixture
def asked(monkeypatch):
    """Return the top names of all imports that are asked for from now on, also of what is loaded already."""
    names, plain = set(), builtins.__import__

    def noting(name, *args, **kwargs):
        names.add(name.partition(".")[0])
        return plain(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", noting)
    return names


def test_a_walk_through_the_season_asks_for_no_network_library(asked, session, qtbot):
    window = MainWindow(session)
    window.show()
    for _ in range(5):
        walking.step(session, 1)
    session.pick([session.season.network.stations[0].code])
    labelling.label(session, 1)
    session.reload(Change.LABELS | Change.PREDICTIONS | Change.RUNS)
    for dock in window.docks:
        window.layouts.show(dock)
    qtbot.waitUntil(lambda: not session.jobs.busy)
    assert session.predictions is not None
    assert "numpy" in asked
    assert not asked & NETWORKS
    assert not asked & {"sklearn"}, "two seconds that a window which shows predictions need not pay"
    window.close()
    shiboken6.delete(window)


def test_an_empty_window_answers_before_anything_heavy_is_loaded(started):
    loaded = set(started[0].split())
    assert {"pyqtgraph", "quakegui"} <= loaded
    assert not loaded & HEAVY


def test_what_opens_a_project_or_runs_a_command_loads_no_reader_of_tables(started):
    loaded = set(started[1].split())
    assert {"sqlalchemy", "numpy"} <= loaded
    assert not loaded & {*NETWORKS, "pandas", "ppigrf", "openpyxl", "cdflib", "sklearn"}, (
        "40 MB that a window on a project need not have"
    )


def test_the_windows_process_does_not_keep_the_source_text_of_what_it_imports(started):
    files = [name for name in started[2:] if not name.startswith("<")]  # the others are text that was never in a file
    assert [name for name in files if any(one in name for one in ("pyqtgraph", "sqlalchemy", "pandas"))] == []


WORKED = """
import sys
from pathlib import Path
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication
from quakegui.app import labelling, opening, walking
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.ui.main_window import MainWindow

app = QApplication([])
window = MainWindow(Session(SettingsFile(Path(sys.argv[1]))))
window.show()
session = window.session


def at_rest():
    while session.jobs.busy:
        loop = QEventLoop()
        QTimer.singleShot(10, loop.quit)
        loop.exec()


def close():
    dialog = app.activeModalWidget()
    if dialog is not None and not session.jobs.busy:
        shown.append(dialog.objectName() or type(dialog).__name__)
        dialog.close()


assert opening.open_project(session, Path(sys.argv[2]))
at_rest()
assert session.season is not None
session.pick(session.season.network.codes[:2])
walking.step(session, 1)
labelling.label(session, 1)
at_rest()
for name in sys.argv[3:]:
    shown = []
    closer = QTimer()
    closer.timeout.connect(close)
    closer.start(50)
    window.menus.actions[name].trigger()
    closer.stop()
    assert shown, name
at_rest()
print(*sorted(name for name in sys.modules if name.count(".") < 2))
"""
DIALOGS = (
    "settings", "palette", "shortcuts", "about", "stations", "season", "catalogue", "rule", "agreement", "revert",
    "figure", "animation", "day-date", "new", "import", "open",
)  # fmt: skip
NEEDLESS = {
    "sklearn",
    "pandas",
    "openpyxl",
    "cdflib",
    "matplotlib",
    "scipy.stats",
    "scipy.signal",
    "scipy.optimize",
    "scipy.spatial",
}


def test_an_hour_of_labelling_and_every_dialog_load_nothing_heavy(small_project, tmp_path):
    walk = [sys.executable, "-c", WORKED, tmp_path / "settings.ini", small_project, *DIALOGS]
    found = subprocess.run(walk, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr[-3000:]
    loaded = set(found.stdout.split())
    assert {"quakegui.ui", "pyqtgraph", "sqlalchemy"} <= loaded
    assert not loaded & {*NETWORKS, *NEEDLESS}, "100 MB that a window which reads no table and fits nothing need not have"
