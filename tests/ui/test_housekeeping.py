"""Garbage is collected in the window's own thread, what stays is set aside, and memory is given back after a project."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from typing import ClassVar

import pytest
from PySide6.QtCore import QTimer

from quakegui.app.change import Change
from quakegui.ui import housekeeping
from quakegui.ui.housekeeping import Housekeeping, leave_garbage_to_python


class Ring:
    """Garbage that only Python's collector finds; notes in which thread it goes."""

    gone_in: ClassVar[list[int]] = []

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        self.gone_in.append(threading.get_ident())


@pytest.fixture
def house(empty_session):
    Ring.gone_in.clear()
    interval = sys.getswitchinterval()
    yield Housekeeping(empty_session)
    leave_garbage_to_python()
    sys.setswitchinterval(interval)


def timer_of(house, milliseconds) -> QTimer:
    (found,) = (timer for timer in house.findChildren(QTimer) if timer.interval() == milliseconds)
    return found


def make_much(kept: list[list[int]]) -> None:
    Ring()
    kept.extend([] for _ in range(100 * gc.get_threshold()[0]))  # many times what Python collects at


def test_garbage_of_another_thread_goes_in_the_windows_own(house, qtbot):
    kept: list[list[int]] = []
    other = threading.Thread(target=make_much, args=(kept,))
    other.start()
    other.join()
    assert Ring.gone_in == []  # not where it was made
    qtbot.waitUntil(lambda: len(Ring.gone_in) == 1)  # the timer looks
    assert Ring.gone_in == [threading.get_ident()]


def test_python_itself_would_have_collected_it_in_the_other_thread():
    Ring.gone_in.clear()
    gc.enable()
    kept: list[list[int]] = []
    other = threading.Thread(target=make_much, args=(kept,))
    other.start()
    name = other.ident
    other.join()
    assert Ring.gone_in == [name]


@pytest.mark.parametrize(
    ("counts", "collected"), [((5, 0, 0), []), ((701, 10, 0), [0]), ((701, 11, 10), [1]), ((9, 3, 11), [2])]
)
def test_the_oldest_generation_whose_turn_it_is_is_collected(monkeypatch, counts, collected):
    asked = []
    monkeypatch.setattr(gc, "get_count", lambda: counts)
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
    monkeypatch.setattr(gc, "collect", asked.append)
    housekeeping.collect_due()
    assert asked == collected


def test_only_after_a_project_is_what_stays_set_aside_and_memory_given_back(house, empty_session, monkeypatch):
    trimmed = []
    monkeypatch.setattr(housekeeping, "trim_memory", lambda: trimmed.append(gc.get_freeze_count()))
    settles = timer_of(house, housekeeping.SETTLED_AFTER_MS)
    empty_session.changed.emit(Change.DAY | Change.LABELS)
    assert not settles.isActive()
    empty_session.changed.emit(Change.ALL)
    assert settles.isActive()
    Ring()
    gc.freeze()  # garbage that was set aside with the project before goes with it
    settles.timeout.emit()
    assert Ring.gone_in == [threading.get_ident()]
    assert len(trimmed) == 1
    assert trimmed[0] > 10_000
    settles.stop()


def test_a_season_computed_anew_is_set_aside_without_looking_at_all_the_rest(house, empty_session):
    settles = timer_of(house, housekeeping.SETTLED_AFTER_MS)
    Ring()
    gc.freeze()
    empty_session.changed.emit(Change.SEASON)
    settles.timeout.emit()
    settles.stop()
    assert Ring.gone_in == []
    gc.unfreeze()
    gc.collect()
    assert len(Ring.gone_in) == 1


def test_python_collects_by_itself_again_afterwards(house):
    assert not gc.isenabled()
    leave_garbage_to_python()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc keeps freed pages that it can be asked for")
def test_the_c_library_is_really_asked():
    housekeeping.trim_memory()


CRASHES_WITHOUT = """
import sys, threading
from pathlib import Path
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication, QDialog, QVBoxLayout
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.ui.housekeeping import Housekeeping

app = QApplication([])
if sys.argv[2] == "with":
    session = Session(SettingsFile(Path(sys.argv[1]) / "settings.ini"))
    house = Housekeeping(session)


class Plots(QDialog):
    def __init__(self):
        super().__init__()
        self.itself = self
        QVBoxLayout(self).addWidget(pg.PlotWidget())
        self.show()


def make_much():
    kept = [[[], {}] for _ in range(100_000)]


for _ in range(8):
    for _ in range(5):
        Plots()
    thread = threading.Thread(target=make_much)
    thread.start()
    while thread.is_alive():
        app.processEvents()
print("went on")
"""


def test_a_thread_that_makes_much_does_not_take_down_dialogs_that_were_closed(tmp_path):
    script = tmp_path / "dialogs.py"
    script.write_text(CRASHES_WITHOUT, encoding="utf-8")
    done = subprocess.run([sys.executable, script, tmp_path, "with"], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, "went on\n"), done.stderr[-2000:]
