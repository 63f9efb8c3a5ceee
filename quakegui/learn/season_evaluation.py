"""Finished runs of a project judged beside the baselines, one by one or side by side."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.dependence import Dependence, dependence
from quakegui.judge.folds import scorable
from quakegui.judge.judged_by import AsOf, Basis, moment_of, training_day
from quakegui.judge.judgement import Judgement
from quakegui.judge.scoring import judge_truth
from quakegui.judge.splits import blocked
from quakegui.judge.surrogates import rule_kinds
from quakegui.judge.truth import truth_of
from quakegui.learn.calibrated import calibrators_of
from quakegui.learn.evidence import Evidence, baselines, gather, make_snapshot, make_split
from quakegui.learn.run_evaluation import RunEvaluation, evaluate_predictions, rescore, split_of
from quakegui.learn.runs.earthquakes import earthquakes_differing, training_earthquakes
from quakegui.learn.runs.frozen import frozen_alarms_of
from quakegui.learn.runs.predictions import RunPredictions
from quakegui.learn.runs.registry import RunError, RunFolder, list_runs, same_runs
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.learn.season_runs import refuse_other_classes, runs_folder
from quakegui.learn.tries import other_p_values
from quakegui.project.store import Project
from quakegui.season.season import Season
from quakegui.words import Said


def evaluate(project: Project, season: Season, run: RunFolder, as_of: AsOf = "training") -> Judgement:
    """Judge a finished run beside every baseline, see `judge_run`."""
    return judge_run(project, season, run, as_of).judgement


def judge_run(project: Project, season: Season, run: RunFolder, as_of: AsOf = "training") -> RunEvaluation:
    """Judge a finished run beside every baseline, on the folds that it was trained with.

    Parameters
    ----------
    as_of
        By the labels and earthquakes of its training, or by those in force now. Its baselines learn from those of its training
        in both cases, as it did.

    Raises
    ------
    RunError
        If the season no longer has the run's days, or parts its events into other classes.
    EvidenceError
        If no day of the season is labelled.
    """
    said = _answers(project, run)  # first: a run that cannot be judged says so, whatever the season lacks
    return _judge_by(gather(project, season), said, project, run, as_of=as_of, now=_now(project))


def _answers(project: Project, run: RunFolder) -> RunPredictions:
    refuse_other_classes(project, run)
    return run.predictions()


def _now(project: Project) -> str:
    return moment_of(dt.datetime.now(dt.UTC), project.timezone)


def _judge_by(
    evidence: Evidence, predictions: RunPredictions, project: Project, run: RunFolder, *, as_of: AsOf, now: str
) -> RunEvaluation:
    rows = _rows_of(predictions, evidence, run)
    taught, today = predictions.labels.astype(np.int64), evidence.truth[rows]
    training_catalogue = training_earthquakes(run, evidence.catalogue) or evidence.catalogue
    if as_of == "today":
        predictions = rescore(predictions, scorable(evidence.material)[rows])
    split = split_of(run, predictions)
    here = dataclasses.replace(
        evidence,
        days=predictions.days,
        available_at=evidence.available_at[rows],
        truth=taught,
        inputs=evidence.inputs.at(rows),
    )
    told = evaluate_predictions(
        split,
        predictions,
        title=run.title or run.id,
        available_at=here.available_at,
        truth=taught if as_of == "training" else today,
        catalogue=training_catalogue if as_of == "training" else evidence.catalogue,
        windows=evidence.windows,
        training_catalogue=training_catalogue,
        beside=baselines(here, split),
        weighed=run.config.class_weights,
        frozen=frozen_alarms_of(run.card) if run.card is not None else None,
        calibrators=calibrators_of(run) if run.config.zero_shot else None,
        basis=Basis(
            as_of,
            training_day(run.created, project.timezone) if as_of == "training" else now,
            int((taught != today).sum()),
            earthquakes_differing(run, evidence.catalogue),
        ),
    )
    if run.config.leaky:
        return told
    verdict = told.judgement.verdict.corrected(other_p_values(project, run, evidence.windows))
    judgement = dataclasses.replace(told.judgement, verdict=verdict, dependence=_dependence(here, predictions))
    return dataclasses.replace(told, judgement=judgement)


def _dependence(evidence: Evidence, predictions: RunPredictions) -> Dependence:
    """Say whether a run reads the calendar or the outages."""
    daily, fold = predictions.out_of_fold()
    missing = np.isnan(evidence.inputs.station_z)
    permuted = 1 - predictions.masked.mean(axis=0)[:, 0] if len(predictions.masked) else None
    if permuted is None and not (missing != missing[:1]).any():  # all days have the same outages: no map changes with them
        permuted = 1 - daily[:, 0]
    return dependence(
        1 - daily[:, 0],
        predictions.days,
        missing.sum(axis=1),
        kinds=rule_kinds(evidence.windows, predictions.days),
        fold=fold,
        permuted=permuted,
    )


def _rows_of(predictions: RunPredictions, evidence: Evidence, run: RunFolder) -> NDArray[np.intp]:
    place = {day: k for k, day in enumerate(evidence.days)}
    if any(day not in place for day in predictions.days):
        raise RunError(
            Said(
                "The run “{run_title}” was trained on days that the season no longer has; train again to judge it.",
                run_title=run.title,
            )
        )
    return np.array([place[day] for day in predictions.days], dtype=np.intp)


def evaluate_together(
    project: Project, season: Season, run_folders: Sequence[RunFolder], config: RunConfig
) -> tuple[Judgement, ...]:
    """Judge runs, and every baseline under the blocked protocol of a recipe, all by the labels and earthquakes of now."""
    evidence, now = gather(project, season), _now(project)  # once: all by the same labels, whatever is labelled meanwhile
    judgements = (
        _judge_by(evidence, _answers(project, run), project, run, as_of="today", now=now).judgement for run in run_folders
    )
    beside = Basis("today", now, 0, 0)
    return (*judgements, *(dataclasses.replace(one, basis=beside) for one in judge_baselines(evidence, config)))


def judge_baselines(evidence: Evidence, config: RunConfig) -> tuple[Judgement, ...]:
    """Judge every baseline in the network's place, on the blocked protocol of a recipe."""
    # beside a network that never saw the season they learn in the blocks of a recipe that never stops early
    of_all = blocked(evidence.material, inner_share=0.0) if config.zero_shot else None
    made = of_all or make_split(evidence.material, dataclasses.replace(config, protocol="blocked"))
    answers = baselines(evidence, made)
    truth = truth_of(
        made,
        days=evidence.days,
        available_at=evidence.available_at,
        labels=evidence.truth,
        catalogue=evidence.catalogue,
        windows=evidence.windows,
    )
    return tuple(judge_truth(truth, answer, name=name, baselines=answers) for name, answer in answers.items())


def same_runs_of(project: Project, season: Season, config: RunConfig) -> tuple[RunFolder | None, RunFolder | None]:
    """Return the finished and the resumable run of a recipe on the season as it is; hashes maps only if one can be there."""
    found = [run for run in list_runs(runs_folder(project))[0] if run.config.hash == config.hash]
    if not found:
        return None, None
    evidence = gather(project, season)
    return same_runs(found, config, make_snapshot(evidence, season, config, make_split(evidence.material, config)).hash)
