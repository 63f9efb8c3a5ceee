"""What the window's process does about memory, threads and garbage, so that no step has to wait for it."""

from __future__ import annotations

import ctypes
import gc
import sys

from PySide6.QtCore import QObject, QTimer

from quakegui.app.change import Change
from quakegui.app.session import Session

MALLOC_OPTIONS = {-8: 2, -3: 2**20, -1: 2**23}
"""For the C library of Linux: at most two arenas, arrays from 1 MB on by themselves, 8 MB kept at the end of the heap.

Left to itself it keeps what a closed season held. Smaller arrays by themselves would cost a day map half as much time again.
"""
LET_GO_AFTER = 0.001
"""Seconds after which a job's thread lets the window's run; Python's own 5 ms can be felt where a job computes for long."""
LOOK_EVERY_MS = 50
"""For garbage: looking takes a microsecond, and what a job's thread makes in this time is collected in some milliseconds."""
SETTLED_AFTER_MS = 1000
"""After a project was opened, closed or computed anew: until then panels, too, have let go of what they showed."""


class Housekeeping(QObject):
    """Collects Python's garbage in the window's own thread, and gives memory back after each project.

    Python would collect in whichever thread makes an object too many, so that a job's thread could take down a widget, which Qt
    allows to the window's thread alone; and its full collection looks at all that was ever imported, for a hundred milliseconds
    in the middle of a step. What stays for long is therefore set aside (`gc.freeze`) once a project is open.

    Parameters
    ----------
    session
        Tells when a project is opened, closed or computed anew; this object goes with it. `leave_garbage_to_python` undoes what
        the collector was told.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        sys.setswitchinterval(LET_GO_AFTER)
        gc.disable()
        gc.freeze()  # what was imported until now
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
            gc.unfreeze()  # what was set aside with the project before
            self._another_project = False
        gc.collect()
        gc.freeze()
        trim_memory()


def collect_due() -> None:
    """Collect the oldest generation whose turn it is by Python's own thresholds, if it is any's."""
    for generation, (count, threshold) in reversed(list(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))):
        if count > threshold > 0:
            gc.collect(generation)
            return


def leave_garbage_to_python() -> None:
    """Undo what `Housekeeping` told Python's collector."""
    gc.unfreeze()
    gc.enable()


def hold_little_memory() -> None:
    """Have the C library return freed memory to the system, where it can be told to; to be called before there are threads."""
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:  # a C library other than glibc need not have it
            for option, value in MALLOC_OPTIONS.items():
                mallopt(option, value)


def trim_memory() -> None:
    """Have the C library look for whole free pages, 25 ms at most: between what stays they go unnoticed otherwise."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
