"""Saliency maps of a run for days of the season, computed in a worker process."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from quakegui.learn import messages
from quakegui.learn.evidence import draw_maps
from quakegui.learn.runs.inputs import LIMIT_Z, WINDOWS, pictures
from quakegui.learn.runs.registry import RunError, RunFolder, disk_errors
from quakegui.learn.worker.asking import follow, sentence_of
from quakegui.learn.worker.duties import read_heat, write_maps
from quakegui.learn.worker.environments import THIS, Environment
from quakegui.learn.worker.supervise import Supervisor
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.scratch import scratch_folder
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
    """Return saliency maps for the predicted class of each day.

    Parameters
    ----------
    season, run
        The season, and a finished run.
    indices
        Days of the season that have a map.
    progress
        Called with maps done, total, and a phrase.
    cancelled
        Called ten times a second; whether to stop.
    environment
        Environment of the worker.

    Returns
    -------
    numpy.ndarray
        Saliency in 0..1, float32, shape (day, row, column).

    Raises
    ------
    RunError
        If the worker failed, or the maps cannot be written for it.
    """

    def listen(message: messages.Message) -> None:
        if isinstance(message, messages.WorkerProgress):
            progress(message.done, message.total, message.text)

    with disk_errors(Path(tempfile.gettempdir())), scratch_folder() as folder:
        rows = np.asarray(indices, dtype=np.intp)
        write_maps(folder, draw_maps(season, run.config, rows), season.days[rows])
        last = follow(Supervisor(folder, job="explain", run=run.folder, environment=environment), listen, cancelled)
        if not isinstance(last, messages.Done):
            raise RunError(sentence_of(last))
        return _as_large_as_the_maps(read_heat(folder)[0], season.gridder.shape[0])


def input_maps(season: Season, run: RunFolder, indices: Sequence[int]) -> dict[int, dict[int, NDArray[np.float32]]]:
    """Return the maps that a pre-trained model is given, in z, by day and by number of nights; empty for any other model.

    Parameters
    ----------
    season, run
        The season, and the run.
    indices
        Days of the season that have a map.
    """
    config = run.config
    if not config.zero_shot:
        return {}
    maps = LIMIT_Z * pictures(season, config.channel, config.size, np.asarray(indices, dtype=np.intp))
    nights = WINDOWS[config.channel]
    return {index: {number: day[..., k] for k, number in enumerate(nights)} for index, day in zip(indices, maps, strict=True)}


def _as_large_as_the_maps(heat: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """Return saliency at the pixels of the day map: the input of a zero-shot model may have fewer."""
    if heat.shape[1] == side:
        return heat
    from scipy.ndimage import zoom

    factor = side / heat.shape[1]
    large = zoom(heat, (1, factor, factor), order=1, mode="nearest", grid_mode=True)
    return np.asarray(np.clip(large, 0.0, 1.0), np.float32)
