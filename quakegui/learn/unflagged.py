"""The verdict that a run would have without the analysts' flags: a choice of readings must not make the skill."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.folds import scorable
from quakegui.judge.judged_by import AsOf
from quakegui.learn.evidence import Evidence, gather, maps_to_draw, masked_maps
from quakegui.learn.messages import Listen
from quakegui.learn.run_evaluation import Unflagged, rescore
from quakegui.learn.runs.predictions import TEST, RunPredictions
from quakegui.learn.runs.registry import RunError, RunFolder
from quakegui.learn.season_evaluation import judge_by, now_in, predictions_of, rows_of
from quakegui.learn.worker.asking import answer
from quakegui.learn.worker.environments import THIS, Environment
from quakegui.progress import CancelCheck, never
from quakegui.project import seasons
from quakegui.project.setting_rows import SupersededError
from quakegui.project.store import Project
from quakegui.season.season import Season
from quakegui.words import Said

FILE = "judgement-without-flags"
"""Prefix of the files with these evaluations in a run's folder."""


def judge_unflagged(
    project: Project,
    season: Season,
    run: RunFolder,
    as_of: AsOf = "training",
    *,
    listen: Listen,
    cancelled: CancelCheck | None = None,
    environment: Environment = THIS,
) -> Unflagged | None:
    """Evaluate a run as if no reading were flagged; the result is stored with the run.

    A pre-trained model predicts the maps again, which include the flagged readings.

    Parameters
    ----------
    project, season, run, as_of
        As in `season_evaluation.judge_run`.
    listen, cancelled
        Called with every message of the worker; and whether to stop.
    environment
        Environment of the worker.

    Returns
    -------
    Unflagged or None
        None if nothing is flagged.

    Raises
    ------
    RunError
        As in `season_evaluation.judge_run`, or if the worker failed or was stopped.
    SupersededError
        If the season is no longer current.
    """
    if not season.flags:
        return None
    if not run.config.zero_shot:
        return Unflagged(len(season.flags), None)
    stored = predictions_of(project, run)
    seasons.require_current(project, season)
    plain = seasons.load_season(project, flagged=True)
    if plain is None or not np.array_equal(plain.days, season.days):
        raise SupersededError(Said("The season changed during the evaluation; evaluate the run again."))
    evidence = gather(project, plain)
    how: dict[str, Any] = {"listen": listen, "cancelled": cancelled, "environment": environment}

    def predict() -> RunPredictions:
        mapped_anew = plain.has_map & ~season.has_map
        return _with_answers(stored, evidence, run, _answers(run, plain, how), mapped_anew)

    now = now_in(project)
    found = judge_by(
        evidence, stored, project, run, as_of=as_of, now=now, name=FILE, predict=predict, cancelled=cancelled or never
    )
    return Unflagged(len(season.flags), found.judgement)


def words_unflagged(
    project: Project,
    season: Season,
    run: RunFolder,
    as_of: AsOf = "training",
    *,
    listen: Listen,
    cancelled: CancelCheck | None = None,
    environment: Environment = THIS,
) -> str:
    """Return the verdict without the flags in a sentence, or why there is none; empty if nothing is flagged.

    Parameters as in `judge_unflagged`.
    """
    try:
        found = judge_unflagged(project, season, run, as_of, listen=listen, cancelled=cancelled, environment=environment)
    except RunError as error:
        return Said("No verdict without the flags: {error}", error=error)
    return "" if found is None else found.text()


def _answers(run: RunFolder, season: Season, how: dict[str, Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return predictions for each day of a season, and for its map with the missing stations of another day."""
    mapped, (changed, maps) = np.flatnonzero(season.has_map), masked_maps(season, run.config)
    daily = np.full((len(season.days), len(run.config.classes)), np.nan, np.float32)
    daily[mapped] = answer(run, maps_to_draw(season, run.config, mapped), days=season.days[mapped], **how)
    masked = daily.copy()
    masked[changed] = answer(run, maps, days=season.days[changed], **how)
    return daily, masked


def _with_answers(
    stored: RunPredictions,
    evidence: Evidence,
    run: RunFolder,
    answers: tuple[NDArray[np.float32], NDArray[np.float32]],
    mapped_anew: NDArray[np.bool_],
) -> RunPredictions:
    """Return the predictions of a run with other probabilities; days that have a map only now are scored as well."""
    rows = rows_of(stored, evidence, run)
    daily, masked = (of[rows] for of in answers)
    masked[~(stored.role >= TEST).any(axis=0)] = np.nan
    told = dataclasses.replace(
        stored, probabilities=np.repeat(daily[None], len(stored.role), axis=0), final=daily, masked=masked[None]
    )
    return rescore(told, (stored.role == TEST).any(axis=0) | (scorable(evidence.material) & mapped_anew)[rows])
