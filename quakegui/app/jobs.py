"""Long work beside the window: one job at a time, with progress, an estimate of the time left, and a cancel."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

LOG = logging.getLogger(__name__)

Report = Callable[[int, int, str], None]
"""Called by a job's work with (done, total, what)."""
Work = Callable[[Report, Callable[[], bool]], Any]
"""A job's work: takes a `Report` and a question "cancelled?", returns its result."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come; `seconds_left` is None until it can be estimated."""

    title: str
    done: int
    total: int
    text: str
    seconds_left: float | None


class _DroppedError(Exception):
    """Ends the work of a job that nobody waits for any more."""


class _JobThread(QThread):
    stepped = Signal(int, int, str)

    def __init__(self, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._last = 0.0
        self._dropped = False
        self.result: Any = None
        self.error: Exception | None = None

    def run(self) -> None:
        """Do the work; what it raises is kept for the window's thread."""
        try:
            self.result = self._work(self._report, self.isInterruptionRequested)
        except _DroppedError:
            return
        except Exception as error:  # the job's boundary: the window turns it into a sentence, the log keeps the traceback
            LOG.exception("A job failed")
            self.error = error

    def drop(self) -> None:
        """End the work where it next says how far it has come, also if it never asks whether it is to stop."""
        self._dropped = True
        self.requestInterruption()

    def _report(self, done: int, total: int, text: str) -> None:
        if self._dropped:
            raise _DroppedError
        now = time.monotonic()
        # Ten times a second is what an eye follows; more would only fill the window's event queue.
        if now - self._last >= 0.1 or done >= total:
            self._last = now
            self.stepped.emit(done, total, text)


class Jobs(QObject):
    """The queue of long work. Jobs run one after another; each result is handed over in the window's thread."""

    progressed = Signal(object)
    """Carries a `Progress`."""
    idle = Signal()
    """No job is left."""
    failed = Signal(str, object)
    """Carries a job's title and the exception that ended it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[tuple[str, Work, Callable[[Any], object]]] = []
        self._thread: _JobThread | None = None
        self._title = ""
        self._started = 0.0
        self._done: Callable[[Any], object] = lambda _result: None

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return self._thread is not None

    def has(self, title: str) -> bool:
        """Say whether a job of this title runs or waits."""
        return self._thread is not None and (title == self._title or any(title == waiting[0] for waiting in self._waiting))

    def start(self, title: str, work: Work, done: Callable[[Any], object]) -> None:
        """Run `work` beside the window, then call `done` with its result in the window's thread."""
        self._waiting.append((title, work, done))
        if self._thread is None:
            self._next()

    def cancel(self) -> None:
        """Ask the running job to stop, and forget those that wait."""
        self._waiting.clear()
        if self._thread is not None:
            self._thread.requestInterruption()

    def close(self) -> None:
        """Cancel everything and wait for the running job's end, which is soon; its result is dropped."""
        self.cancel()
        self._done = lambda _result: None
        if self._thread is not None:
            thread, self._thread = self._thread, None
            thread.drop()
            thread.wait()
            thread.deleteLater()

    def _next(self) -> None:
        self._title, work, self._done = self._waiting.pop(0)
        self._started = time.monotonic()
        self._thread = _JobThread(work, self)
        self._thread.stepped.connect(self._step)
        self._thread.finished.connect(self._finish)  # a method of this object: called in the window's thread
        self.progressed.emit(Progress(self._title, 0, 0, "", None))
        self._thread.start()

    def _step(self, done: int, total: int, text: str) -> None:
        elapsed = time.monotonic() - self._started
        left = elapsed * (total - done) / done if done and total and elapsed > 1.0 else None
        self.progressed.emit(Progress(self._title, done, total, text, left))

    def _finish(self) -> None:
        if self._thread is None or not self._thread.isFinished():
            return  # word of a job that was closed meanwhile: its result is dropped
        thread, self._thread = self._thread, None
        thread.wait()
        title, done, seconds = self._title, self._done, time.monotonic() - self._started
        if self._waiting:
            self._next()
        else:
            self.idle.emit()
        thread.deleteLater()  # also where `done` fails
        LOG.info("%s: %s after %.1f s", title, "done" if thread.error is None else "failed", seconds)
        if thread.error is None:
            done(thread.result)
        else:
            self.failed.emit(title, thread.error)
