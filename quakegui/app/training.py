"""Training in the background: a thread follows one worker process and emits its messages as signals."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QSemaphore, QThread, Signal

from quakegui.app import computing, deeds, others
from quakegui.app.change import Change
from quakegui.app.environment import environment_of
from quakegui.app.session import Session
from quakegui.learn import messages
from quakegui.learn.runs.registry import RunError, RunFolder
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.learn.worker.environments import THIS, Environment
from quakegui.learn.worker.supervise import Supervisor
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project.errors import ProjectError
from quakegui.words import Said

GATHERING: Final = "gathering"
KEEPING: Final = "keeping-predictions"
MOST_UNHEARD: Final = 200
"""Maximum number of unprocessed messages between the thread of the worker and that of the window."""


class TrainingThread(QThread):
    """Thread with the lifetime of one worker process; its end is the last signal."""

    spoke = Signal(object)
    """One of `quakegui.learn.messages`."""

    def __init__(
        self,
        folder: Path,
        *,
        job: str = "train",
        run: Path | None = None,
        environment: Environment = THIS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.supervisor = Supervisor(folder, job=job, run=run, environment=environment)
        self.last: messages.Message | None = None
        """The last message of the worker, even if it was not processed yet."""
        self._room = QSemaphore(MOST_UNHEARD)
        self._asked = threading.Event()
        self.spoke.connect(self._heard)

    def run(self) -> None:
        """Follow the worker to its end."""
        for message in self.supervisor.events():
            self.last = message
            while not self._room.tryAcquire(1, 100) and not self._asked.is_set():
                pass  # a worker that sends faster than the window receives has to wait
            self.spoke.emit(message)

    def cancel(self) -> None:
        """Request the worker to stop; it is killed after the grace time."""
        self._asked.set()  # a thread of the window that waits for the end receives nothing meanwhile
        self.supervisor.cancel()

    def _heard(self) -> None:
        self._room.release()


class Training(QObject):
    """The training of the project of the session: at most one at a time.

    Signals
    -------
    spoke
        Each message of the worker.
    changed
        A training was started or has ended.
    """

    spoke = Signal(object)
    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._thread: TrainingThread | None = None
        self._unkept: Callable[[], RunFolder] | None = None
        self._unwanted = False
        self._superseded = ""
        """Message about a run whose season was superseded during the training."""
        self.run: RunFolder | None = None
        """The run that is being trained, or was trained last."""
        session.closing.connect(self.close)
        session.jobs.failed.connect(self._job_failed)
        session.jobs.idle.connect(self.changed)  # also if gathering the training data failed

    @property
    def busy(self) -> bool:
        """Whether a training is starting or running, or its results are being saved."""
        jobs = self._session.jobs
        return self._thread is not None or self._unkept is not None or jobs.has(GATHERING) or jobs.has(KEEPING)

    @property
    def running(self) -> bool:
        """Whether a training is starting or running, so that closing the project would stop it."""
        return self._thread is not None or self._session.jobs.has(GATHERING)

    def environment(self) -> Environment:
        """Where the worker runs, according to the analyst's settings."""
        return environment_of(self._session.settings)

    def start(self, config: RunConfig) -> None:
        """Gather the maps and labels of the season in a job, then train on them; reports if training is impossible."""
        others.look(self._session)
        project, season = self._session.project, self._session.season
        if self.busy or project is None or season is None or not computing.is_of_now(self._session):
            return

        def gather(_progress: ProgressCallback, _cancelled: CancelCheck) -> RunFolder:
            from quakegui.learn import season_runs  # a window at its start does not need training and evaluation

            return season_runs.begin_run(project, season, config)

        self._unwanted = False

        def begun(run: RunFolder) -> None:
            self._session.deed = deeds.training(project.folder, config)
            self._follow(run)

        self._session.jobs.start(GATHERING, gather, begun, stoppable=False)
        self.changed.emit()

    def resume(self, run: RunFolder) -> None:
        """Resume an unfinished run where it stopped."""
        if not self.busy:
            self._unwanted = False
            self._follow(run)

    def cancel(self) -> None:
        """Request the training to stop; finished parts are kept, and it can be resumed."""
        self._unwanted = True  # also if its maps are still being gathered
        if self._thread is not None:
            self._thread.cancel()

    def close(self) -> None:
        """Stop the training, wait for its end and record it, before the project is closed."""
        self._session.jobs.close()
        thread = self._thread
        if thread is not None:
            thread.cancel()
            thread.wait()
            self._let_go(thread)
        if self._unkept is not None:
            try:
                self._kept(self._unkept())
            except (ProjectError, RunError) as error:  # the next opening finds and records the run
                self._session.message.emit(str(error), "warning")

    def _follow(self, run: RunFolder) -> None:
        self.run = run
        self._thread = TrainingThread(run.folder, environment=self.environment(), parent=self)
        self._thread.spoke.connect(self._hear)
        self._thread.finished.connect(self._ended)
        if self._unwanted:
            self._thread.cancel()
        self._thread.start()
        self._session.reload(Change.RUNS)
        self.changed.emit()

    def _hear(self, message: messages.Message) -> None:
        if self._thread is not None:  # otherwise a message of a training that ended with its project
            self.spoke.emit(message)

    def _let_go(self, thread: TrainingThread) -> None:
        self._thread = None
        thread.wait()
        last = thread.last if thread.last is not None else messages.Cancelled(Said("The training was stopped."))
        thread.deleteLater()
        self._unkept = self._keeping(last)

    def _keeping(self, last: messages.Message) -> Callable[[], RunFolder] | None:
        """Return a function that records how the run ended and saves its predictions; None without a project."""
        project, season, run = self._session.project, self._session.season, self.run
        if project is None or season is None or run is None:
            return None

        def keep() -> RunFolder:
            from quakegui.learn import season_runs

            self._unkept = None  # one attempt: if it fails, the next opening records the run
            kept = season_runs.end_run(project, season, run.id, last)
            self._session.in_use_reader.prepare(project, season)
            self._superseded = season_runs.superseded(project, kept)
            return kept

        return keep

    def _ended(self) -> None:
        if self._thread is None:
            return
        self._let_go(self._thread)
        keep = self._unkept
        if keep is not None:
            # In a job: writing the predictions of a season would block the window too long.
            self._session.jobs.start(KEEPING, lambda _report, _cancelled: keep(), self._kept, stoppable=False)
        self.changed.emit()

    def _kept(self, run: RunFolder) -> None:
        self.run = run
        self._session.reload(Change.RUNS | Change.PREDICTIONS)
        if self._superseded:
            self._session.message.emit(self._superseded, "warning")
            self._superseded = ""
        self.changed.emit()

    def _job_failed(self, job: str, _error: object) -> None:
        if job == KEEPING:
            self._session.reload(Change.RUNS)
        if job in (GATHERING, KEEPING):
            self.changed.emit()
