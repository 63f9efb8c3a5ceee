"""Evaluation of finished runs of a project and of the baselines, one by one or together."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.apart import apart
from quakegui.judge.dependence import Dependence, dependence
from quakegui.judge.folds import Split, scorable
from quakegui.judge.judged_by import AsOf, Basis, moment_of, training_day
from quakegui.judge.judgement import Judgement
from quakegui.judge.predictors import PREDICTORS, Clue, run_clues
from quakegui.judge.scoring import judge_truth, tests_of_baselines
from quakegui.judge.splits import blocked
from quakegui.judge.surrogates import EventWindows, rule_kinds
from quakegui.learn.calibrated import calibrators_of
from quakegui.learn.evidence import Evidence, baselines, gather, make_split, truth_on
from quakegui.learn.run_classes import refuse_other_classes
from quakegui.learn.run_evaluation import RunEvaluation, evaluate_predictions, rescore, split_of
from quakegui.learn.runs.earthquakes import (
    earthquakes_differing,
    training_earthquakes,
    training_windows,
    with_training_earthquakes,
)
from quakegui.learn.runs.keeping import digest, read_result, write_result
from quakegui.learn.runs.predictions import RunPredictions
from quakegui.learn.runs.registry import RunError, RunFolder
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.learn.tries import other_p_values
from quakegui.progress import CancelCheck
from quakegui.project.store import Project
from quakegui.season.season import Season
from quakegui.words import Said

JUDGEMENT = "judgement"
"""Prefix of the files with evaluations in a run's folder."""
EDITION = 2
"""Increased whenever the computation changes, so that stored evaluations are recomputed."""
Answers = dict[str, tuple[dict[str, NDArray[np.float64]], dict[str, Clue]]]
"""Probabilities of the baselines and their clues by name, by a hash of their training data."""


def evaluate(project: Project, season: Season, run: RunFolder, as_of: AsOf = "training") -> Judgement:
    """Return the evaluation of a finished run compared with every baseline.

    Parameters as in `judge_run`.
    """
    return judge_run(project, season, run, as_of).judgement


def judge_run(
    project: Project, season: Season, run: RunFolder, as_of: AsOf = "training", *, cancelled: CancelCheck | None = None
) -> RunEvaluation:
    """Evaluate a finished run compared with every baseline, on the folds of its training.

    Parameters
    ----------
    project, season, run
        The project, its season, and the run.
    as_of
        Use the labels and earthquakes of the training, or the current ones. The baselines are trained with those of the run's
        training in both cases.
    cancelled
        Whether to stop. If given, compute in a process of its own, so that scikit-learn's 100 MB are not loaded in this one.

    Raises
    ------
    StoppedError
        If it was cancelled.
    RunError
        If the season no longer contains the days of the run, or has other classes.
    EvidenceError
        If no day of the season is labelled.
    """
    said = predictions_of(project, run)  # first, to report a run that cannot be evaluated whatever the season
    now = now_in(project)
    return judge_by(gather(project, season), said, project, run, as_of=as_of, now=now, cancelled=cancelled)


def predictions_of(project: Project, run: RunFolder) -> RunPredictions:
    """Return the predictions of a run.

    Parameters
    ----------
    project
        Its present classes are compared with those of the run.
    run
        The run, whose predictions are read from its folder.

    Raises
    ------
    RunError
        If the project has other classes now, or the predictions are missing or damaged.
    """
    refuse_other_classes(project, run)
    return run.predictions()


def now_in(project: Project) -> str:
    """Return the present local date and time."""
    return moment_of(dt.datetime.now(dt.UTC), project.timezone)


def judge_by(
    evidence: Evidence,
    predictions: RunPredictions,
    project: Project,
    run: RunFolder,
    *,
    as_of: AsOf,
    now: str,
    answers: Answers | None = None,
    name: str = JUDGEMENT,
    predict: Callable[[], RunPredictions] | None = None,
    cancelled: CancelCheck | None = None,
) -> RunEvaluation:
    """Return the evaluation of a run, stored or computed now; the number of other runs is always updated.

    Parameters
    ----------
    evidence, predictions, project, run, as_of
        What is evaluated, and by which labels.
    now
        Local date and time of the evaluation.
    answers
        Predictions of baselines that were computed before.
    name
        Prefix of the file in which it is stored.
    predict
        Predictions to be evaluated in place of those of the run; called only if nothing is stored.
    cancelled
        As in `judge_run`; if given, `answers` is neither read nor filled.
    """
    anywhere = dataclasses.replace(run, folder=Path(run.id))  # a project that is moved or copied keeps its evaluations
    path, inputs = run.folder / f"{name}-{as_of}.json", digest(EDITION, as_of, evidence, predictions, anywhere)
    told: RunEvaluation | None = read_result(path, inputs, RunEvaluation)
    if told is None:
        shown = predictions if predict is None else predict()
        given = evidence, shown, project.timezone, run
        if cancelled is None:
            told = _judged(*given, as_of=as_of, now=now, answers={} if answers is None else answers)
        else:
            told = _judged_apart(*given, as_of=as_of, now=now, answers={}, cancelled=cancelled)
        if not project.read_only:
            write_result(path, inputs, told)
    judgement = _with_its_bounds(told.judgement)
    if as_of == "today" and judgement.basis is not None:
        judgement = dataclasses.replace(judgement, basis=dataclasses.replace(judgement.basis, moment=now))
    if not run.config.leaky:
        verdict = judgement.verdict.corrected(other_p_values(project, run, _windows(evidence, run, as_of)))
        judgement = dataclasses.replace(judgement, verdict=verdict)
    return dataclasses.replace(told, judgement=judgement)


def _with_its_bounds(judgement: Judgement) -> Judgement:
    """Return an evaluation with the infinite thresholds of its Molchan diagram, which JSON cannot store."""
    if judgement.molchan is None:
        return judgement
    thresholds = np.r_[np.inf, judgement.molchan.thresholds[1:-1], -np.inf]
    return dataclasses.replace(judgement, molchan=dataclasses.replace(judgement.molchan, thresholds=thresholds))


def _windows(evidence: Evidence, run: RunFolder, as_of: AsOf) -> EventWindows:
    """Return the label windows for the evaluation: today's also if the run does not contain those of its training."""
    return (training_windows(run) if as_of == "training" else None) or evidence.windows


def _judged_apart(
    evidence: Evidence, predictions: RunPredictions, timezone: str, run: RunFolder, **named: Any
) -> RunEvaluation:
    try:
        return apart(_judged, evidence, predictions, timezone, run, **named)
    except BrokenProcessPool as error:
        text = Said("The evaluation of the run “{run_title}” was ended by the system; evaluate it again.", run_title=run.title)
        raise RunError(text) from error


def _judged(
    evidence: Evidence,
    predictions: RunPredictions,
    timezone: str,
    run: RunFolder,
    *,
    as_of: AsOf,
    now: str,
    answers: Answers,
) -> RunEvaluation:
    rows = rows_of(predictions, evidence, run)
    taught, today = predictions.labels.astype(np.int64), evidence.truth[rows]
    windows = _windows(evidence, run, as_of)
    training_catalogue = training_earthquakes(run, evidence.catalogue) or evidence.catalogue
    # Labels, alarms and verdict use one set: without the windows of the training, all earthquakes are today's.
    then = as_of == "training" and windows is not evidence.windows
    if as_of == "today":
        predictions = rescore(predictions, scorable(evidence.material)[rows])
    split, inputs = split_of(run, predictions), evidence.inputs.at(rows)
    here = dataclasses.replace(
        evidence,
        days=predictions.days,
        available_at=evidence.available_at[rows],
        truth=taught,
        inputs=with_training_earthquakes(inputs, run) if as_of == "training" else inputs,
        windows=windows,
    )
    beside, clues = _answers_of(here, split, answers)
    brought = calibrators_of(run) if run.config.zero_shot else None
    told = evaluate_predictions(
        split,
        predictions,
        title=run.title or run.id,
        available_at=here.available_at,
        truth=taught if as_of == "training" else today,
        catalogue=training_catalogue if then else evidence.catalogue,
        windows=windows,
        training_catalogue=training_catalogue,
        beside=beside,
        clues=clues,
        class_weighted=run.config.class_weights,
        frozen=run.frozen_alarms,
        calibrators=None if brought is None else brought.folds,
        basis=Basis(
            as_of,
            training_day(run.created, timezone) if as_of == "training" else now,
            int((taught != today).sum()),
            earthquakes_differing(run, evidence.catalogue) if then or as_of == "today" else None,
        ),
    )
    if run.config.leaky:
        return told
    return dataclasses.replace(told, judgement=dataclasses.replace(told.judgement, dependence=_dependence(here, predictions)))


def _answers_of(evidence: Evidence, made: Split, answers: Answers) -> tuple[dict[str, NDArray[np.float64]], dict[str, Clue]]:
    """Return predictions and clues of all baselines on a split, from `answers` if the same were computed before."""
    trained = [(fold.train, fold.validation, fold.predict) for fold in made.folds]
    key = digest(trained, evidence.truth, evidence.inputs)
    if key not in answers:
        answers[key] = baselines(evidence, made), run_clues(made, evidence.inputs, evidence.truth)
    return answers[key]


def _dependence(evidence: Evidence, predictions: RunPredictions) -> Dependence:
    """Return the dependence of a run on the date and on missing stations."""
    daily, fold = predictions.out_of_fold()
    missing = np.isnan(evidence.inputs.station_z)
    permuted = 1 - predictions.masked.mean(axis=0)[:, 0] if len(predictions.masked) else None
    if permuted is None and not (missing != missing[:1]).any():  # the same stations are missing on all days, so no map changes
        permuted = 1 - daily[:, 0]
    return dependence(
        1 - daily[:, 0],
        predictions.days,
        missing.sum(axis=1),
        kinds=rule_kinds(evidence.windows, predictions.days),
        fold=fold,
        permuted_p=permuted,
    )


def rows_of(predictions: RunPredictions, evidence: Evidence, run: RunFolder) -> NDArray[np.intp]:
    """Return the positions of a run's days in the season, shape (day,).

    Parameters
    ----------
    predictions
        Predictions of the run, with its days.
    evidence
        Its days are those of the season.
    run
        The run, for its title in the message.

    Raises
    ------
    RunError
        If the season no longer has all days of the run.
    """
    place = {day: k for k, day in enumerate(evidence.days)}
    if any(day not in place for day in predictions.days):
        raise RunError(
            Said(
                "The run “{run_title}” was trained on days that are no longer in the season; train again to evaluate it.",
                run_title=run.title,
            )
        )
    return np.array([place[day] for day in predictions.days], dtype=np.intp)


def evaluate_together(
    project: Project, season: Season, run_folders: Sequence[RunFolder], config: RunConfig
) -> tuple[Judgement, ...]:
    """Evaluate runs, and every baseline with the blocked protocol, all with the current labels and earthquakes.

    Parameters
    ----------
    project, season
        The project, and its season.
    run_folders, config
        The runs, and settings that define the folds of the baselines.
    """
    evidence, now = gather(project, season), now_in(project)  # once, so that all use the same labels
    judgements = (
        judge_by(evidence, predictions_of(project, run), project, run, as_of="today", now=now).judgement for run in run_folders
    )
    beside = Basis("today", now, 0, 0)
    return (*judgements, *(dataclasses.replace(one, basis=beside) for one in judge_baselines(evidence, config)))


def judge_baselines(evidence: Evidence, config: RunConfig, predictions: Answers | None = None) -> tuple[Judgement, ...]:
    """Evaluate every baseline with the blocked protocol.

    Parameters
    ----------
    evidence
        Days, labels and events.
    config
        Settings that define the folds.
    predictions
        Predictions of baselines that were computed before.

    Raises
    ------
    ValueError
        If the season cannot be split.
    """
    # for a zero-shot model, the baselines use blocks without an inner block for early stopping
    of_all = blocked(evidence.material, inner_share=0.0) if config.zero_shot else None
    made = of_all or make_split(evidence.material, dataclasses.replace(config, protocol="blocked"))
    answers, clues = _answers_of(evidence, made, {} if predictions is None else predictions)
    truth = truth_on(made, evidence)
    tests = tests_of_baselines(truth, answers)
    return tuple(
        judge_truth(
            truth,
            answer,
            name=name,
            baselines=answers,
            clues=clues,
            tests=tests,
            class_weighted=PREDICTORS[name].class_weighted,
        )
        for name, answer in answers.items()
    )


def judge_with_rivals(project: Project, season: Season, run: RunFolder, as_of: AsOf) -> tuple[tuple[Judgement, ...], str]:
    """Evaluate a run, and each baseline in the same way with today's labels and earthquakes.

    Parameters as in `judge_run`.

    Returns
    -------
    tuple
        The evaluations, and a sentence if the baselines cannot be evaluated.
    """
    said = predictions_of(project, run)
    evidence, now, answers = gather(project, season), now_in(project), Answers()
    own = judge_by(evidence, said, project, run, as_of=as_of, now=now, answers=answers).judgement
    path, inputs = run.folder / f"{JUDGEMENT}-rivals.json", digest(EDITION, evidence, run.config)
    rivals: tuple[Judgement, ...] | None = read_result(path, inputs, tuple[Judgement, ...])
    if rivals is None:
        try:
            rivals = judge_baselines(evidence, run.config, answers)
        except ValueError as error:
            return (own,), Said("The predictors cannot be evaluated in blocks: {error}", error=error)
        if not project.read_only:
            write_result(path, inputs, rivals)
    basis = Basis("today", now, 0, 0)
    return (own, *(dataclasses.replace(_with_its_bounds(one), basis=basis) for one in rivals)), ""
