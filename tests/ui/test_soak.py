"""A long walk through the days leaves nothing behind: memory and objects stay as they were, and so do references to None.

PySide6 6.12.0 on Python 3.11 loses eleven references to None with every painted frame and ends the interpreter after hours;
6.10 and 6.11 gain five with every paint device that Python makes and paints into. 6.9, which is installed there, does neither.
"""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication

from quakegui.app import walking
from quakegui.ui import housekeeping
from quakegui.ui.main_window import MainWindow

NONE_CHANGE = 50
"""References to None that may come or go in a walk of any length: what is kept once, not what a step leaves."""
STATM = Path("/proc/self/statm")
PAGE = 4096


@dataclass(frozen=True)
class Held:
    """What the process holds."""

    none: int
    objects: int
    resident: int

    @classmethod
    def now(cls) -> Held:
        gc.collect()
        resident = int(STATM.read_text().split()[1]) * PAGE if STATM.exists() else 0
        return cls(sys.getrefcount(None), len(gc.get_objects()), resident)


@pytest.fixture
def walk(session):
    """Return what walks so many days through the whole window, to and fro, painting each."""
    window = MainWindow(session)
    window.resize(1500, 950)
    window.show()
    session.pick(session.season.network.codes[:2])
    timeline = window.docks["timeline"].widget().view
    timeline.set_axis(timeline.axis.zoomed(2.0, 0.0))  # it moves with the days, as the series do

    def steps(count: int) -> None:
        direction = 1
        for _ in range(count):
            if not 0 <= session.index + direction < session.days.size:
                direction = -direction
            walking.step(session, direction)
            QApplication.processEvents()
            housekeeping.collect_due()  # as the program does by the clock

    yield steps
    window.close()
    shiboken6.delete(window)


@pytest.mark.slow  # an hour of use; `trust/test_soak_hour.py` has a short one every day
def test_a_hundred_steps_leave_nothing_behind(walk):
    walk(100)
    before = Held.now()
    walk(100)
    after = Held.now()
    assert abs(after.none - before.none) < NONE_CHANGE
    assert after.objects - before.objects < 100, "less than one object a frame"


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_twenty_thousand_steps_leave_memory_flat(walk):
    walk(2000)
    before = Held.now()
    walk(20_000)
    after = Held.now()
    print(f"\nbefore {before}\nafter  {after}")
    assert abs(after.none - before.none) < NONE_CHANGE
    assert after.objects - before.objects < 2000
    assert after.resident - before.resident < 24 * 2**20, "24 MB: what the allocators keep back, a kilobyte a step"
