"""Background jobs of the window: one at a time, with progress, an estimate of the remaining time, and cancelling."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QObject, QThread, Signal

from quakegui.progress import CancelCheck, ProgressCallback, StoppedError
from quakegui.words import Said

LOG = logging.getLogger(__name__)

Work = Callable[[ProgressCallback, CancelCheck], Any]
"""The work of a job; returns its result."""


@dataclass(frozen=True, slots=True)
class JobProgress:
    """Progress of the job with this id; `seconds_left` is None until it can be estimated."""

    job: str
    done: int
    total: int
    text: str
    seconds_left: float | None
    stoppable: bool = True


@dataclass(slots=True)
class _Outcome:
    """The outcome of a job, written by its thread and read after the thread has ended."""

    stopped: bool = False
    result: Any = None
    error: Exception | None = None


class _JobThread(QThread):
    stepped = Signal(int, int, int, object)
    """Number of the job, steps done, steps in all, and a text."""

    def __init__(self, number: int, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self.number = number
        self._work = work
        self._outcome = _Outcome()
        self._last = 0.0
        self._dropped = False

    def run(self) -> None:
        """Do the work; an exception is stored for the thread of the window."""
        try:
            self._outcome.result = self._work(self._report, self.isInterruptionRequested)
        except StoppedError:
            self._outcome.stopped = True
        except Exception as error:  # boundary of the job: the window shows a sentence, the log has the traceback
            LOG.exception("A job failed")
            self._outcome.error = error

    def end(self) -> _Outcome:
        """Wait for the work to end and return its outcome; the thread is deleted and keeps no reference to it.

        Work, result or a traceback may have the last reference to the session. If that was deleted with the thread, it would
        delete its own threads, including this one a second time.
        """
        self.wait()
        outcome, self._outcome, self._work = self._outcome, _Outcome(), NO_JOB.work
        self.deleteLater()
        return outcome

    def drop(self) -> None:
        """Stop the work at its next report of progress, even if it never checks for cancelling."""
        self._dropped = True
        self.requestInterruption()

    def _report(self, done: int, total: int, text: str) -> None:
        if self._dropped:
            raise StoppedError
        now = time.monotonic()
        # Ten times a second is fast enough for the eye; more would only fill the event queue of the window.
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
    """The queue of jobs. Jobs run one after another; each result is delivered in the thread of the window."""

    progressed = Signal(object)
    """A `JobProgress`."""
    idle = Signal()
    """All jobs have ended."""
    failed = Signal(str, object)
    """Id of a job, and the exception that ended it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[_Job] = []
        self._thread: _JobThread | None = None
        self._job = NO_JOB
        self._begun = 0
        self._started = 0.0

    @property
    def busy(self) -> bool:
        """Whether a job is running or waiting."""
        return self._thread is not None

    def has(self, job_id: str) -> bool:
        """Return whether a job with this id is running or waiting."""
        return self._thread is not None and any(job_id == job.id for job in (self._job, *self._waiting))

    @property
    def asked_about(self) -> str:
        """Id of the first job, running or waiting, that must not be stopped without a question; otherwise empty."""
        return next((job.id for job in (self._job, *self._waiting) if job.asks), "")

    def start(
        self, job_id: str, work: Work, done: Callable[[Any], object], *, stoppable: bool = True, asks: bool = False
    ) -> None:
        """Run `work` in the background, then call `done` with its result in the thread of the window.

        Parameters
        ----------
        job_id
            Id of the job; its title is in `job_titles`.
        work
            The work.
        done
            Called with the result.
        stoppable
            Whether the work checks for cancelling; otherwise there is no button for it.
        asks
            Whether to ask the analyst before the project is closed, because the work would have to be repeated.
        """
        self._waiting.append(_Job(job_id, work, done, stoppable, asks))
        if self._thread is None:
            self._next()

    def cancel(self) -> None:
        """Request the running job to stop; waiting jobs still run."""
        if self._thread is not None:
            self._thread.requestInterruption()

    def close(self) -> None:
        """Cancel everything and wait for the running job to end, which is soon; its result is dropped."""
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
        self._thread.finished.connect(self._finish)  # a method of this object: called in the thread of the window
        self.progressed.emit(JobProgress(self._job.id, 0, 0, "", None, self._job.stoppable))
        self._thread.start()

    def _step(self, number: int, done: int, total: int, text: str) -> None:
        if self._thread is None or number != self._thread.number:
            return  # signal of a job that was closed meanwhile
        elapsed = time.monotonic() - self._started
        left = elapsed * (total - done) / done if done and total and elapsed > 1.0 else None
        self.progressed.emit(JobProgress(self._job.id, done, total, text, left, self._job.stoppable))

    def _finish(self) -> None:
        if self._thread is None or not self._thread.isFinished():
            return  # signal of a job that was closed meanwhile: its result is dropped
        thread, self._thread = self._thread, None
        outcome = thread.end()
        job, seconds = self._job, time.monotonic() - self._started
        self._job = NO_JOB  # releases its work and callback
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
