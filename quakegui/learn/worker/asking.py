"""Jobs in a worker process, from start to end: its messages are passed on, and it is stopped on request."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn import messages
from quakegui.learn.messages import Listen
from quakegui.learn.runs.portions import Portions
from quakegui.learn.runs.registry import RunError, RunFolder, disk_errors
from quakegui.learn.worker.duties import read_answers, write_maps
from quakegui.learn.worker.environments import THIS, Environment
from quakegui.learn.worker.supervise import Supervisor
from quakegui.progress import CancelCheck
from quakegui.scratch import scratch_folder
from quakegui.words import Said


def answer(
    run: RunFolder,
    maps: NDArray[Any] | Portions,
    *,
    days: NDArray[np.datetime64] | None = None,
    listen: Listen,
    cancelled: CancelCheck | None = None,
    environment: Environment = THIS,
) -> NDArray[np.float64]:
    """Predict maps with a finished run, in a worker process.

    Parameters
    ----------
    run, maps
        The run, and maps from `draw_maps` or `maps_to_draw`.
    days
        Local dates of the maps, shape (day,); required by a model of own nights.
    listen, cancelled
        Called with every message of the worker; and whether to stop.
    environment
        Environment of the worker.

    Returns
    -------
    NDArray
        Class probabilities, shape (day, class).

    Raises
    ------
    RunError
        If the worker failed or was stopped, or the maps cannot be written for it.
    """
    if not len(maps):
        return np.empty((0, len(run.config.classes)))
    with disk_errors(Path(tempfile.gettempdir())), scratch_folder() as folder:
        write_maps(folder, maps, days)
        last = follow(Supervisor(folder, job="predict", run=run.folder, environment=environment), listen, cancelled)
        if not isinstance(last, messages.Done):
            raise RunError(sentence_of(last))
        return read_answers(folder).astype(np.float64)


def compute_limit(
    run: RunFolder, *, listen: Listen, cancelled: CancelCheck | None = None, environment: Environment = THIS
) -> bool:
    """Compute the detection limit of a finished run in a worker process and store it; return False if it was stopped.

    Parameters as in `answer`.

    Raises
    ------
    RunError
        If it cannot be computed, with the reason.
    """
    with disk_errors(Path(tempfile.gettempdir())), scratch_folder() as folder:
        last = follow(Supervisor(folder, job="limit", run=run.folder, environment=environment), listen, cancelled)
    if isinstance(last, messages.Done | messages.Cancelled):
        return isinstance(last, messages.Done)
    raise RunError(sentence_of(last))


def follow(supervisor: Supervisor, listen: Listen, cancelled: CancelCheck | None) -> messages.Message:
    """Return the last message of a worker, after its end.

    Parameters
    ----------
    supervisor
        The worker.
    listen
        Called with every message.
    cancelled
        Called ten times a second; when it is true, the worker is asked to stop.
    """
    over = threading.Event()

    def watch() -> None:
        while cancelled is not None and not over.wait(0.1):
            if cancelled():
                supervisor.cancel()
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for message in supervisor.events():
            last = message
            listen(message)
    finally:
        over.set()
        watcher.join()
    return last


def sentence_of(message: messages.Message) -> str:
    """Return the sentence of a worker's last message."""
    return str(getattr(message, "sentence", None) or getattr(message, "summary", Said("The training process was stopped.")))
