"""A worker process followed to its end: what it says is passed on, and it is asked to stop when its user wants it."""

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
from quakegui.words import Said


def answer(
    run: RunFolder,
    maps: NDArray[Any] | Portions,
    *,
    listen: Listen,
    cancelled: CancelCheck | None = None,
    environment: Environment = THIS,
) -> NDArray[np.float64]:
    """Let a finished run predict maps, in a worker process.

    Parameters
    ----------
    maps
        As `draw_maps` or `maps_to_draw` gives them.

    Returns
    -------
    Class probabilities, shape (day, class).

    Raises
    ------
    RunError
        If the worker failed or was stopped, or the maps cannot be written for it.
    """
    if not len(maps):
        return np.empty((0, len(run.config.classes)))
    with disk_errors(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory(prefix="quakegui-predict-") as scratch:
        folder = Path(scratch)
        write_maps(folder, maps)
        last = follow(Supervisor(folder, job="predict", run=run.folder, environment=environment), listen, cancelled)
        if not isinstance(last, messages.Done):
            raise RunError(sentence_of(last))
        return read_answers(folder).astype(np.float64)


def compute_limit(
    run: RunFolder, *, listen: Listen, cancelled: CancelCheck | None = None, environment: Environment = THIS
) -> bool:
    """Let the detection limit of a finished run be found and kept with it, in a worker process; False if it was stopped.

    Raises
    ------
    RunError
        If it cannot be computed, with the reason.
    """
    with disk_errors(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory(prefix="quakegui-limit-") as scratch:
        last = follow(Supervisor(Path(scratch), job="limit", run=run.folder, environment=environment), listen, cancelled)
    if isinstance(last, messages.Done | messages.Cancelled):
        return isinstance(last, messages.Done)
    raise RunError(sentence_of(last))


def follow(supervisor: Supervisor, listen: Listen, cancelled: CancelCheck | None) -> messages.Message:
    """Follow a worker to its end, asking it to stop once `cancelled` says so, and return its last message."""
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
    """Return what a worker's last message says."""
    return str(getattr(message, "sentence", None) or getattr(message, "summary", Said("The training process was stopped.")))
