"""What spoke for a run's answers on days of the season, asked of a worker process."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quakegui.learn import messages
from quakegui.learn.evidence import draw_maps
from quakegui.learn.runs.registry import RunError, RunFolder, disk_errors
from quakegui.learn.worker.asking import follow, sentence_of
from quakegui.learn.worker.duties import read_heat, write_maps
from quakegui.learn.worker.environments import THIS, Environment
from quakegui.learn.worker.supervise import Supervisor
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.season.season import Season


def explain_days(
    season: Season,
    run: RunFolder,
    indices: Sequence[int],
    *,
    progress: ProgressCallback,
    cancelled: CancelCheck,
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
        Asked ten times a second whether to stop.

    Returns
    -------
    numpy.ndarray
        Heat in 0..1, float32, shape (day, row, column).

    Raises
    ------
    RunError
        If the worker could not answer, with its sentence, or the maps cannot be written for it.
    """

    def listen(message: messages.Message) -> None:
        if isinstance(message, messages.WorkerProgress):
            progress(message.done, message.total, message.text)

    with disk_errors(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory(prefix="quakegui-explain-") as name:
        folder = Path(name)
        write_maps(folder, draw_maps(season, run.config, np.asarray(indices, dtype=np.intp)))
        last = follow(Supervisor(folder, job="explain", run=run.folder, environment=environment), listen, cancelled)
        if not isinstance(last, messages.Done):
            raise RunError(sentence_of(last))
        return _as_large_as_the_maps(read_heat(folder)[0], season.gridder.shape[0])


def _as_large_as_the_maps(heat: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """Return heat at the pixels of the day map: a network that takes numbers may see fewer."""
    if heat.shape[1] == side:
        return heat
    from scipy.ndimage import zoom

    factor = side / heat.shape[1]
    large = zoom(heat, (1, factor, factor), order=1, mode="nearest", grid_mode=True)
    return np.asarray(np.clip(large, 0.0, 1.0), np.float32)
