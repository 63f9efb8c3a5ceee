"""What the process holds at a moment and how its event loop went, for `soak_window.py`."""

from __future__ import annotations

import ctypes
import gc
import itertools
import os
import sys
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from quakegui.project.journal import JournalRow
from quakegui.season.labels import LabelRow


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process holds at a moment, and how the event loop went since the sample before.

    Attributes
    ----------
    seconds
        Since the first round began.
    steps, labels, undos, switches, dialogs, reopened, trainings
        What was done until then.
    resident_mb, threads, handles
        As the system counts them; handles are open file descriptors.
    heap_mb, heap_free_mb, python_blocks
        What the C library gave out (its mappings included) and what it keeps for later, and the blocks that Python's own
        allocator gave out: where resident memory grows and these do not, the allocators hold it. 0 without glibc 2.33.
    timers, running_timers, top_levels, qobjects
        Living QTimers, those that run, windows and dialogs, and every QObject below them, the application and the session.
    objects, none_references
        Python's containers, and references to None, see `none_besides`. Labels are left out of both: they are data, and every
        round adds to them.
    loop_p50, loop_p95, loop_max
        Milliseconds between two ticks of a 5 ms timer, sampling itself left out.
    busy_p95, busy_max
        Processor time of the window's thread between two ticks, in milliseconds: what others do on the machine hardly moves it.
    load
        Of the machine, over one minute.
    """

    seconds: float
    steps: int
    labels: int
    undos: int
    switches: int
    dialogs: int
    reopened: int
    trainings: int
    resident_mb: float
    threads: int
    handles: int
    heap_mb: float
    heap_free_mb: float
    python_blocks: int
    timers: int
    running_timers: int
    top_levels: int
    qobjects: int
    objects: int
    none_references: int
    loop_p50: float
    loop_p95: float
    loop_max: float
    busy_p95: float
    busy_max: float
    load: float


class Ticks(QObject):
    """A 5 ms timer that notes what each tick let wait, in milliseconds, under the name of what was being done."""

    def __init__(self) -> None:
        super().__init__()
        self.doing = "rest"
        self.since = array("f")  # waits and busy times in turn; as tuples an hour of them would be 50 MB of the memory measured
        self.by_doing: dict[str, array[float]] = defaultdict(lambda: array("f"))
        self.skip()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(5)

    def _tick(self) -> None:
        now, busy = time.perf_counter(), time.thread_time()
        wait = (now - self._last) * 1e3, (busy - self._busy) * 1e3
        self.since.extend(wait)
        self.by_doing[self.doing].extend(wait)
        self._last, self._busy = now, busy

    def skip(self) -> None:
        """Begin anew: what was just done is not to be counted."""
        self._last, self._busy = time.perf_counter(), time.thread_time()

    def table(self) -> dict[str, dict[str, float]]:
        """Return the event loop's waits by what was being done, and the processor time in them, in milliseconds."""
        told = {}
        for doing, noted in sorted(self.by_doing.items()):
            waits, busy = np.array(noted).reshape(-1, 2).T
            figures = {"p50": np.median(waits), "p95": np.percentile(waits, 95), "max": waits.max()}
            figures |= {"busy p95": np.percentile(busy, 95), "busy max": busy.max()}
            told[doing] = {"ticks": len(waits), **{name: round(float(value), 1) for name, value in figures.items()}}
        return told


def living(*kinds: type) -> tuple[list[list], int]:
    """Return the living objects of each kind, and how many containers Python knows of.

    No other thread may run in between: one that is building a tuple fails when somebody else holds it.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(100.0)
    time.sleep(0.02)  # who waits for its turn takes it now, and then waits by the new interval
    everything = gc.get_objects()
    found, count = [[each for each in everything if isinstance(each, kind)] for kind in kinds], len(everything)
    del everything
    sys.setswitchinterval(before)
    return found, count


def none_besides(labels: Iterable[JournalRow | LabelRow]) -> int:
    """Return the references to None without those in the fields of labels.

    Always 0 from Python 3.12 on, which does not count them.
    """
    if sys.version_info >= (3, 12):
        return 0
    return sys.getrefcount(None) - sum(getattr(label, field.name) is None for label in labels for field in fields(label))


def system_counts() -> tuple[float, int, int]:
    """Return resident MB, threads and open descriptors."""
    status = Path("/proc/self/status").read_text()
    resident = int(status.split("VmRSS:")[1].split()[0]) / 1024.0
    return resident, int(status.split("Threads:")[1].split()[0]), sum(1 for _ in Path("/proc/self/fd").iterdir())


class HeapCounts(ctypes.Structure):
    """What glibc's `mallinfo2` returns: bytes, and numbers of pieces."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")
    )


def heap_counts() -> tuple[float, float]:
    """Return the MB that the C library gave out and those that it keeps free; 0 where it does not tell."""
    told = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if told is None:
        return 0.0, 0.0
    told.restype = HeapCounts
    counts = told()
    return round((counts.uordblks + counts.hblkhd) / 2**20, 2), round(counts.fordblks / 2**20, 2)


def sample_of(seconds: float, done: Counter[str], ticks: Ticks, *roots: QObject) -> Sample:
    """Return what the process holds now; QObjects are counted below the windows, the application and `roots`.

    What was set aside from Python's collector is looked at and counted as well, and set aside again.
    """
    gc.unfreeze()
    gc.collect()
    resident, threads, handles = system_counts()
    heap, heap_free = heap_counts()
    ((timers, *labels), objects), tops = living(QTimer, JournalRow, LabelRow), QApplication.topLevelWidgets()
    timers = [timer for timer in timers if shiboken6.isValid(timer)]
    none_references, objects = none_besides(itertools.chain.from_iterable(labels)), objects - sum(map(len, labels))
    del labels
    gc.freeze()
    waits, ticks.since = np.array(ticks.since or (0.0, 0.0)).reshape(-1, 2).T, array("f")
    (p50, p95), busy_p95 = np.percentile(waits[0], [50, 95]), np.percentile(waits[1], 95)
    return Sample(
        seconds=round(seconds, 1),
        **{name: done[name] for name in ("steps", "labels", "undos", "switches", "dialogs", "reopened", "trainings")},
        resident_mb=round(resident, 2),
        threads=threads,
        handles=handles,
        heap_mb=heap,
        heap_free_mb=heap_free,
        python_blocks=sys.getallocatedblocks(),
        timers=len(timers),
        running_timers=sum(timer.isActive() for timer in timers),
        top_levels=len(tops),
        qobjects=sum(1 + len(root.findChildren(QObject)) for root in (*tops, QApplication.instance(), *roots)),
        objects=objects,
        none_references=none_references,
        loop_p50=round(float(p50), 2),
        loop_p95=round(float(p95), 2),
        loop_max=round(float(waits[0].max()), 1),
        busy_p95=round(float(busy_p95), 2),
        busy_max=round(float(waits[1].max()), 1),
        load=round(os.getloadavg()[0], 2),
    )
