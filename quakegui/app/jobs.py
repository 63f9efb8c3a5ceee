"""Long work beside the window: one job at a time, with progress, an estimate of the time left, and a cancel."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, QThread, Signal

from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.words import Said

LOG = logging.getLogger(__name__)

Work = Callable[[ProgressCallback, CancelCheck], Any]
"""A job's work; returns its result."""


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job has come, which is known by its id; `seconds_left` is None until it can be estimated."""

    job: str
    done: int
    total: int
    text: str
    seconds_left: float | None
    stoppable: bool = True


class StoppedError(Exception):
    """Ends a job's work without a result: it was stopped, or nobody waits for it any more."""


@dataclass(slots=True)
class _Outcome:
    """What has become of a job's work; filled in by its thread, read once that has ended."""

    stopped: bool = False
    result: Any = None
    error: Exception | None = None


class _JobThread(QThread):
    stepped = Signal(int, int, int, object)
    """Carries the job's number, done, total, and what is being done."""

    def __init__(self, number: int, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self.number = number
        self._work = work
        self._outcome = _Outcome()
        self._last = 0.0
        self._dropped = False

    def run(self) -> None:
        """Do the work; what it raises is kept for the window's thread."""
        try:
            self._outcome.result = self._work(self._report, self.isInterruptionRequested)
        except StoppedError:
            self._outcome.stopped = True
        except Exception as error:  # the job's boundary: the window turns it into a sentence, the log keeps the traceback
            LOG.exception("A job failed")
            self._outcome.error = error

    def end(self) -> _Outcome:
        """Wait for the work's end and return what has become of it; the thread goes, and holds nothing of it until then.

        Work, result or a traceback may hold the last name of the session. If that went with the thread, it would take its own
        threads with it, this one a second time.
        """
        self.wait()
        outcome, self._outcome, self._work = self._outcome, _Outcome(), NO_JOB.work
        self.deleteLater()
        return outcome

    def drop(self) -> None:
        """End the work where it next says how far it has come, also if it never asks whether it is to stop."""
        self._dropped = True
        self.requestInterruption()

    def _report(self, done: int, total: int, text: str) -> None:
        if self._dropped:
            raise StoppedError
        now = time.monotonic()
        # Ten times a second is what an eye follows; more would only fill the window's event queue.
        if now - self._last >= 0.1 or done >= total:
            self._last = now
            self.stepped.emit(self.number, done, total, text)


@dataclass(frozen=True, slots=True)
class _Job:
    id: str
    work: Work
    done: Callable[[Any], object]
    stoppable: bool
    asks: bool = False


NO_JOB: Final = _Job("", lambda _report, _cancelled: None, lambda _result: None, stoppable=False)


class Jobs(QObject):
    """The queue of long work. Jobs run one after another; each result is handed over in the window's thread."""

    progressed = Signal(object)
    """Carries a `JobProgress`."""
    idle = Signal()
    """No job is left."""
    failed = Signal(str, object)
    """Carries a job's id and the exception that ended it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[_Job] = []
        self._thread: _JobThread | None = None
        self._job = NO_JOB
        self._begun = 0
        self._started = 0.0

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return self._thread is not None

    def has(self, job_id: str) -> bool:
        """Return whether a job of this id runs or waits."""
        return self._thread is not None and any(job_id == job.id for job in (self._job, *self._waiting))

    @property
    def asked_about(self) -> str:
        """The id of the first job, running or waiting, that is not to be ended without a question; else empty."""
        return next((job.id for job in (self._job, *self._waiting) if job.asks), "")

    def start(
        self, job_id: str, work: Work, done: Callable[[Any], object], *, stoppable: bool = True, asks: bool = False
    ) -> None:
        """Run `work` beside the window, then call `done` with its result in the window's thread.

        Parameters
        ----------
        job_id
            What the job is known by; its title stands in `job_titles`.
        stoppable
            Whether the work asks if it is cancelled; else no button offers it.
        asks
            Whether the analyst is asked before a project is closed that this works on: it would have to be done again.
        """
        self._waiting.append(_Job(job_id, work, done, stoppable, asks))
        if self._thread is None:
            self._next()

    def cancel(self) -> None:
        """Ask the running job to stop; those that wait are other work, and have their turn."""
        if self._thread is not None:
            self._thread.requestInterruption()

    def close(self) -> None:
        """Cancel everything and wait for the running job's end, which is soon; its result is dropped."""
        self._waiting.clear()
        if self._thread is not None:
            thread, self._thread, self._job = self._thread, None, NO_JOB
            thread.drop()
            thread.end()
            self.idle.emit()

    def _next(self) -> None:
        self._job = self._waiting.pop(0)
        self._begun += 1
        self._started = time.monotonic()
        self._thread = _JobThread(self._begun, self._job.work, self)
        self._thread.stepped.connect(self._step)
        self._thread.finished.connect(self._finish)  # a method of this object: called in the window's thread
        self.progressed.emit(JobProgress(self._job.id, 0, 0, "", None, self._job.stoppable))
        self._thread.start()

    def _step(self, number: int, done: int, total: int, text: str) -> None:
        if self._thread is None or number != self._thread.number:
            return  # word of a job that was closed meanwhile
        elapsed = time.monotonic() - self._started
        left = elapsed * (total - done) / done if done and total and elapsed > 1.0 else None
        self.progressed.emit(JobProgress(self._job.id, done, total, text, left, self._job.stoppable))

    def _finish(self) -> None:
        if self._thread is None or not self._thread.isFinished():
            return  # word of a job that was closed meanwhile: its result is dropped
        thread, self._thread = self._thread, None
        outcome = thread.end()
        job, seconds = self._job, time.monotonic() - self._started
        self._job = NO_JOB  # what it was given to do and to call lives no longer than it
        if self._waiting:
            self._next()
        else:
            self.idle.emit()
        ended = "stopped" if outcome.stopped else "done" if outcome.error is None else "failed"
        LOG.info("%s: %s after %.1f s", Said(job.id), Said(ended), seconds)
        if outcome.error is not None:
            self.failed.emit(job.id, outcome.error)
        elif not outcome.stopped:
            job.done(outcome.result)
