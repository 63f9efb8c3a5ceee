"""Several workers at once: the folds of a run are trained on their own, then one worker completes the run from them.

The folds of a pre-trained model are its members: one, or those of a model of own nights. The result has the same bits as that
of one worker, because every fold has its own seed and begins with its own weights, and all workers use the same number of
threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from quakegui.learn import messages
from quakegui.learn.messages import Listen
from quakegui.learn.network.state import PHASE
from quakegui.learn.runs.checkpoint import CHECKPOINT
from quakegui.learn.runs.dataset import SNAPSHOT, Snapshot
from quakegui.learn.runs.registry import RunError, RunFolder, disk_errors, member_path, phase_folder
from quakegui.learn.worker.asking import follow, sentence_of
from quakegui.learn.worker.capacity import available_bytes, workers_in_memory
from quakegui.learn.worker.environments import THIS
from quakegui.learn.worker.supervise import Supervisor
from quakegui.progress import CancelCheck
from quakegui.words import Said

_MAPS = 6
"""Copies of the maps that a worker holds, prepared ones included."""


@dataclass(frozen=True, slots=True)
class LocalTeam:
    """Several worker processes on this computer; a `source.Team`.

    Attributes
    ----------
    workers
        Number of processes at a time; fewer if memory does not suffice.
    threads
        Number of threads of each of them.
    """

    workers: int
    threads: int

    def train_folds(self, run: RunFolder, *, listen: Listen, cancelled: CancelCheck | None) -> None:
        """Train the folds in worker processes.

        Parameters
        ----------
        run
            An unfinished run, with its training data; folds that have a result are not trained again.
        listen
            Called with the epochs done in all folds, and beforehand if the memory suffices for fewer workers.
        cancelled
            Whether to stop; what was finished is kept. None: never.

        Raises
        ------
        RunError
            If one fold cannot be trained; the others are stopped.
        ValueError
            If the training data are damaged.
        """
        environment = replace(THIS, threads=self.threads)
        data = Snapshot.load(run.folder / SNAPSHOT)
        count = min(self.workers, workers_in_memory(_MAPS * data.pixels().nbytes, available_bytes()))
        if count < self.workers:
            listen(messages.WorkerProgress(0, 0, Said("{count} at a time, because of the memory", count=count)))

        def train(number: int, listen: Listen, stopped: CancelCheck) -> None:
            folder = phase_folder(run.folder, number)
            supervisor = Supervisor(folder, job="phase", run=run.folder, phase=number, environment=environment)
            last = follow(supervisor, listen, stopped)
            if isinstance(last, messages.Failed):
                raise RunError(sentence_of(last))

        train_open_folds(run, data, train, workers=count, listen=listen, cancelled=cancelled)


def train_open_folds(
    run: RunFolder,
    data: Snapshot,
    train: Callable[[int, Listen, CancelCheck], None],
    *,
    workers: int,
    listen: Listen,
    cancelled: CancelCheck | None,
) -> None:
    """Train the folds of a run that have no result yet, several at a time.

    Parameters
    ----------
    run, data
        The run, and its training data.
    train
        Trains the phase of a number; called in threads, with a listener and whether to stop.
    workers
        Number of calls at a time.
    listen, cancelled
        As in `source.Team`.

    Raises
    ------
    RunError
        If one fold cannot be trained; the others are stopped.
    """
    count = run.config.members * (1 if run.config.zero_shot else len(data.folds))
    results = {number: (phase_folder(run.folder, number) / PHASE, member_path(run.folder, number)) for number in range(count)}
    left = [number for number, paths in results.items() if not any(path.is_file() for path in paths)]
    if run.config.zero_shot and not run.config.own_nights and (run.folder / CHECKPOINT).is_file():
        return  # the one model was begun here, and is resumed by the worker that completes the run
    failed = threading.Event()
    hear = _Progress(listen, count, run.config.epochs, set(range(count)) - set(left))

    def stopped() -> bool:
        return failed.is_set() or (cancelled is not None and cancelled())

    def one(number: int) -> None:
        if stopped():
            return
        try:
            with disk_errors(run.folder):
                phase_folder(run.folder, number).mkdir(exist_ok=True)
            train(number, hear, stopped)
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(max(workers, 1), thread_name_prefix="fold") as pool:
        futures = [pool.submit(one, number) for number in left]
    for future in futures:
        future.result()


class _Progress:
    """Adds up the epochs of folds that are trained at the same time."""

    def __init__(self, listen: Listen, count: int, epochs: int, done: set[int]) -> None:
        self._listen, self._total = listen, count * epochs
        self._epochs = dict.fromkeys(done, epochs)
        self._lock = threading.Lock()

    def __call__(self, message: messages.Message) -> None:
        if not isinstance(message, messages.Epoch):
            return
        with self._lock:
            self._epochs[message.phase] = message.epoch
            self._listen(
                messages.WorkerProgress(sum(self._epochs.values()), self._total, Said("{count} folds", count=len(self._epochs)))
            )
