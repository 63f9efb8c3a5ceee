"""What spoke for a run's answers on days of the season, asked of a worker process."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quakegui.learn import messages
from quakegui.learn.environments import THIS, Environment
from quakegui.learn.jobs import read_heat, write_maps
from quakegui.learn.registry import RunError, RunFolder
from quakegui.learn.supervise import Supervisor
from quakegui.season.season import Season


def explain_days(
    season: Season,
    run: RunFolder,
    indices: Sequence[int],
    *,
    progress: Callable[[int, int, str], None],
    cancelled: Callable[[], bool],
    environment: Environment = THIS,
) -> NDArray[np.float32]:
    """Return where each map speaks for the class that the run thinks most probable.

    Parameters
    ----------
    indices
        Days of the season window that have a map.
    progress
        Told maps done, maps in all, and what is being done.
    cancelled
        Asked after each message whether to stop.

    Returns
    -------
    numpy.ndarray
        Heat in 0..1, float32, shape (day, row, column).

    Raises
    ------
    RunError
        If the worker could not answer, with its sentence.
    """
    with tempfile.TemporaryDirectory(prefix="quakegui-explain-") as name:
        folder = Path(name)
        write_maps(folder, season.indices(np.asarray(indices, dtype=np.intp)))
        supervisor = Supervisor(folder, job="explain", run=run.folder, environment=environment)
        last: messages.Message | None = None
        for message in supervisor.events():
            last = message
            if isinstance(message, messages.Progress):
                progress(message.done, message.total, message.text)
            if cancelled():
                supervisor.cancel()
        if not isinstance(last, messages.Done):
            raise RunError(getattr(last, "sentence", None) or getattr(last, "summary", "The worker gave no answer."))
        return read_heat(folder)[0]
