"""A long walk through the days leaves nothing behind: memory and objects stay as they were, no reference to None is lost.

PySide6 6.12.0 on Python 3.11 lost eleven references to None with every painted frame and ended the interpreter after hours.
"""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication

from quakegui.ui.main_window import MainWindow

GAINED = 3.0
"""References to None that a step may gain on average: pyqtgraph keeps six whenever a plot moves, which costs nothing."""
LOST = 0.1
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

    def steps(count: int) -> None:
        direction = 1
        for _ in range(count):
            if not 0 <= session.index + direction < session.days.size:
                direction = -direction
            session.step(direction)
            QApplication.processEvents()

    yield steps
    window.close()
    shiboken6.delete(window)


def test_three_hundred_steps_leave_nothing_behind(walk):
    walk(120)
    before = Held.now()
    walk(300)
    after = Held.now()
    assert -LOST * 300 < after.none - before.none < GAINED * 300
    assert after.objects - before.objects < 300, "less than one object a frame"


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_twenty_thousand_steps_leave_memory_flat(walk):
    walk(2000)
    before = Held.now()
    walk(20_000)
    after = Held.now()
    print(f"\nbefore {before}\nafter  {after}")
    assert -LOST * 20_000 < after.none - before.none < GAINED * 20_000
    assert after.objects - before.objects < 2000
    assert after.resident - before.resident < 24 * 2**20, "24 MB: what the allocators keep back, a kilobyte a step"
