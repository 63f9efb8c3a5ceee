"""The model supplied with the program: pre-trained on synthetic seasons, so that the first start shows predictions.

Its predictions for the demonstration season and the corresponding null season are stored with it, so that both are shown at
once, even without TensorFlow. ``packaging/model.py`` makes all of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.messages import Listen
from quakegui.learn.network.modelfile import MODEL, read_model, supplied_folder
from quakegui.learn.runs.checkpoint import network_identity
from quakegui.learn.runs.files import read_arrays
from quakegui.learn.runs.registry import RunError, RunFolder
from quakegui.learn.season_runs import same_runs_of
from quakegui.learn.worker.environments import THIS, Environment
from quakegui.learn.zero_shot.applying import apply_model
from quakegui.progress import CancelCheck
from quakegui.project import runs
from quakegui.project.store import Project
from quakegui.season.season import Season
from quakegui.simulate.layouts import synthetic_network
from quakegui.simulate.synthetic import SyntheticConfig

SEASONS = "seasons.npz"
STRENGTHS = (1.0, 0.0)
"""Strengths of the demonstration season and of the corresponding null season."""
NEAR_Z = 1e-3
"""Tolerance of z for the same season, since processors round differently."""
NEAR_DEGREES = 1e-6


def model_folder() -> Path:
    """Return the folder of the model."""
    return supplied_folder()


def install_model(project: Project, season: Season, *, listen: Listen | None = None) -> RunFolder | None:
    """Predict the season of a demo project with the supplied model, as a finished run that becomes current.

    Parameters
    ----------
    project, season
        The project, and its season.
    listen
        Called with messages of the worker, which is used if the predictions are not stored with the model.

    Returns
    -------
    RunFolder or None
        The run; None if the project already has runs, or there is no model in this installation.

    Raises
    ------
    RunError
        If the model cannot be used for this season, the worker failed, or the disk cannot be written.
    EvidenceError
        If nothing is labelled.
    ValueError
        If the season has too few labelled days for an evaluation.
    ProjectError
        If the project cannot be read or written, or, as `SupersededError`, if the season is no longer current.
    """
    if not (model_folder() / MODEL).is_file() or runs.runs(project):
        return None
    return apply_model(project, season, model_folder(), listen=listen or (lambda _message: None), earlier=known_answers)


def shipped_run(
    project: Project,
    season: Season,
    *,
    listen: Listen,
    cancelled: CancelCheck | None = None,
    environment: Environment = THIS,
) -> RunFolder:
    """Return the supplied model's run on the current season, applied now if necessary.

    Parameters
    ----------
    project, season
        The project, and its season.
    listen, cancelled
        Called with every message of the worker, if one is needed; and whether to stop.
    environment
        Environment of the worker.

    Raises
    ------
    RunError
        If there is no model in this installation, it cannot be used for this season, the worker failed, or the disk cannot be
        written.
    EvidenceError
        If nothing is labelled.
    ValueError
        If the season has too few labelled days for an evaluation.
    ProjectError
        If the project cannot be read or written, or, as `SupersededError`, if the season is no longer current.
    """
    model = read_model(model_folder())
    why = model.made_for.refusal(season)
    if why:
        raise RunError(why)
    done, _ = same_runs_of(project, season, model.config, network=network_identity(model.weights))
    if done is not None:
        return done
    how: dict[str, Any] = {"listen": listen, "cancelled": cancelled, "environment": environment}
    return apply_model(project, season, model_folder(), earlier=known_answers, **how)


def known_answers(season: Season) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """Return the stored predictions of the model for a demonstration season, None for any other season.

    Returns
    -------
    tuple or None
        For the days with a map, and for their maps with the missing stations of other days, shape (day, class) each.
    """
    path = model_folder() / SEASONS
    if not path.is_file():
        return None
    stored = read_arrays(path)
    if not _of_the_demo(season) or not np.array_equal(stored["days"].astype("datetime64[D]"), season.days):
        return None
    for strength in STRENGTHS:
        z = stored[f"z_{strength:g}"]
        same_days = len(stored[f"daily_{strength:g}"]) == season.has_map.sum()
        if same_days and z.shape == season.z.shape and np.allclose(z, season.z, rtol=0.0, atol=NEAR_Z, equal_nan=True):
            return stored[f"daily_{strength:g}"], stored[f"masked_{strength:g}"]
    return None


def _of_the_demo(season: Season) -> bool:
    """Return whether a season has the demonstration's stations at their positions, and the same length of warm-up.

    Its maps, and which days have one, follow from z and the positions of the stations.
    """
    ours, here = synthetic_network(), season.network
    theirs, places = (np.column_stack([one.latitude, one.longitude]) for one in (ours, here))
    same = ours.codes == here.codes and np.allclose(theirs, places, rtol=0.0, atol=NEAR_DEGREES, equal_nan=True)
    return bool(same) and bool(season.shown.start == SyntheticConfig().warm_up_days)
