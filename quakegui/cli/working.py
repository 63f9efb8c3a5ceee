"""Shared parts of commands with a worker process for training or prediction: error messages and progress bar."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from quakegui.cli.terminal import bar, say
from quakegui.learn import messages
from quakegui.learn.evidence import EvidenceError
from quakegui.learn.messages import Listen
from quakegui.learn.runs.registry import RunError
from quakegui.progress import ProgressCallback
from quakegui.project.store import ProjectError

STOPPING = "Stopping the process; finished work is kept."


@contextmanager
def sentences() -> Iterator[None]:
    """Convert errors of training, evaluation and search to ProjectError, which ends the command with exit code 1."""
    try:
        yield
    except (EvidenceError, RunError, ValueError) as error:
        raise ProjectError(str(error)) from error


@contextmanager
def worker_bar(title: str) -> Iterator[Listen]:
    """Show the progress of a worker, and the remaining time; yields the listener to its messages."""
    with bar(title) as report:
        yield Listener(report)


class Listener:
    """Converts the messages of a worker to the state of a progress bar, counted in epochs or maps."""

    def __init__(self, report: ProgressCallback) -> None:
        self._report = report
        self._phases: tuple[str, ...] = ()
        self._epochs = 0
        self._done = 0

    def __call__(self, message: messages.Message) -> None:
        """Process one message."""
        if isinstance(message, messages.Hello):
            say(f"{message.device}, {message.backend} {message.version}, {message.precision}. {message.reason}")
        elif isinstance(message, messages.Started):
            self._phases, self._epochs = message.phases, message.epochs
            self._tell(message.phase, message.epoch, "")
        elif isinstance(message, messages.Batch):
            self._tell(message.phase, message.epoch - 1, f"loss {message.loss:.3f}, {message.images_per_second:.0f} maps/s")
        elif isinstance(message, messages.Epoch):
            self._tell(message.phase, message.epoch, f"loss {message.loss:.3f}")
        elif isinstance(message, messages.WorkerProgress):
            self._report(message.done, message.total, message.text)

    def _tell(self, phase: int, epoch: int, text: str) -> None:
        # A phase that stopped early counts as complete once the next one has begun.
        self._report(phase * self._epochs + epoch, len(self._phases) * self._epochs, f"{self._phases[phase]} {text}")
