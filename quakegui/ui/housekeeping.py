"""Memory, threads and garbage collection in the process of the window, tuned so that no step has to wait."""

from __future__ import annotations

import ctypes
import gc
import sys

from PySide6.QtCore import QObject, QTimer

from quakegui.app.change import Change
from quakegui.app.session import Session

MALLOC_OPTIONS = {-8: 2, -3: 2**20, -1: 2**23}
"""For the C library of Linux: at most two arenas, separate mappings for arrays from 1 MB on, 8 MB kept at the end of the heap.

By default it keeps the memory of a closed season. Separate mappings for smaller arrays would make a day map half as slow again.
"""
LET_GO_AFTER = 0.001
"""Seconds after which the thread of a job yields to that of the window; Python's default of 5 ms is noticeable in long jobs."""
LOOK_EVERY_MS = 50
"""Interval of garbage checks: a check takes a microsecond, and garbage of a job in this time is collected in milliseconds."""
SETTLED_AFTER_MS = 1000
"""Delay after a project was opened, closed or recomputed, until panels have released what they showed."""


class Housekeeping(QObject):
    """Collects Python's garbage in the thread of the window, and releases memory after each project.

    Python would collect in whichever thread allocates next, so that the thread of a job could delete a widget, which Qt allows
    only in the thread of the window; and a full collection scans everything ever imported, for a hundred milliseconds in the
    middle of a step. Long-lived objects are therefore set aside (`gc.freeze`) once a project is open.

    Parameters
    ----------
    session
        Reports when a project is opened, closed or recomputed, and owns this object. `leave_garbage_to_python` restores the
        default of the collector.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        sys.setswitchinterval(LET_GO_AFTER)
        gc.disable()
        gc.freeze()  # everything imported so far
        self._looks = QTimer(self, interval=LOOK_EVERY_MS)
        self._looks.timeout.connect(collect_due)
        self._settles = QTimer(self, interval=SETTLED_AFTER_MS, singleShot=True)
        self._settles.timeout.connect(self._settle)
        self._another_project = False
        session.changed.connect(self._follow)
        self._looks.start()

    def _follow(self, change: Change) -> None:
        self._another_project |= bool(change & Change.PROJECT)
        if change & (Change.PROJECT | Change.SEASON):
            self._settles.start()

    def _settle(self) -> None:
        if self._another_project:
            gc.unfreeze()  # what was set aside with the previous project
            self._another_project = False
        gc.collect()
        gc.freeze()
        trim_memory()


def collect_due() -> None:
    """Collect the oldest generation that is due by Python's own thresholds, if any."""
    for generation, (count, threshold) in reversed(list(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))):
        if count > threshold > 0:
            gc.collect(generation)
            return


def leave_garbage_to_python() -> None:
    """Restore the default of Python's collector."""
    gc.unfreeze()
    gc.enable()


def hold_little_memory() -> None:
    """Make the C library return freed memory to the system, if possible; call it before any thread starts."""
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:  # C libraries other than glibc may lack it
            for option, value in MALLOC_OPTIONS.items():
                mallopt(option, value)


def trim_memory() -> None:
    """Make the C library return free pages between used ones to the system; takes at most 25 ms."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
