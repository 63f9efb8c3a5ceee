"""Evaluation of a frozen run's prospective predictions, from the ledger only."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.alarm_choice import at_day, fixed_rule
from quakegui.judge.calibration import Calibrator, later_calibrator, rows_before
from quakegui.judge.dependence import dependence
from quakegui.judge.folds import N_CLASSES, Fold, Split, class_weights, scorable
from quakegui.judge.judged_by import Basis, moment_of
from quakegui.judge.judgement import Judgement
from quakegui.judge.predictors import PREDICTORS, Clue, predict, run_clues, run_predictors
from quakegui.judge.scoring import judge_truth, tests_of_baselines
from quakegui.judge.truth import Truth, prospective_truth
from quakegui.learn.alarm_days import alarm_series
from quakegui.learn.calibrated import calibrators_of
from quakegui.learn.evidence import Evidence, gather
from quakegui.learn.run_classes import refuse_other_classes
from quakegui.learn.run_evaluation import ProspectiveEvaluation, split_of
from quakegui.learn.runs.predictions import RunPredictions
from quakegui.learn.runs.registry import RunError, RunFolder
from quakegui.learn.tries import prospective_tries
from quakegui.project import registrations, runs
from quakegui.project.store import Project
from quakegui.project.verifying import LATE_HOURS
from quakegui.season.season import Season
from quakegui.words import Said

Floats = NDArray[np.float64]


def evaluate_prospective(
    project: Project, season: Season, run: RunFolder, *, with_rivals: bool = False
) -> ProspectiveEvaluation:
    """Evaluate the prospective predictions of a run, with the first prediction of each day.

    Current labels and earthquakes are used, since the days came after the run's training. For a registered run only the days of
    its registration count, with the registered alarm rule. The p-value is then not corrected for other runs, since the choice
    of the run cannot depend on these days.

    Parameters
    ----------
    project, season
        The project, and its season.
    run, with_rivals
        The run, and whether to evaluate each baseline in the same way, too.

    Raises
    ------
    RunError
        If the ledger has no prospective row of the run for a day of the season, or the run has other classes than the project.
    EvidenceError
        If nothing is labelled.
    """
    refuse_other_classes(project, run)
    table = runs.predictions(project, run.id, season.days)
    registration = registrations.registration_of(project, run.id)
    said = table.kind == "prospective"
    if registration is not None:
        said &= registration.covers(season.days)
        if not said.any():
            raise RunError(
                Said(
                    "The run “{run_title}” is registered from {first_day} and has not predicted any of these days "
                    "yet: run 'quakegui update' as new data arrive.",
                    run_title=run.title,
                    first_day=registration.terms.first_day,
                )
            )
    if not said.any():
        raise RunError(
            Said(
                "The run “{run_title}” has no prospective predictions yet: run 'quakegui update' as new data arrive.",
                run_title=run.title,
            )
        )
    evidence = gather(project, season)
    first, last = np.flatnonzero(said)[[0, -1]]
    span = slice(first, last + 1)
    probabilities = np.where(said[:, None], table.probabilities, np.nan)[span]
    known = evidence.available_at.astype("datetime64[ms]")
    rule = at_day(alarm_series(project, evidence.days, known, table)[1], int(first))
    calibrators = calibrators_of(run)
    taught = run.predictions()
    learnt = _learnt(run, taught)
    known_by = taught.labels[learnt].astype(np.int64)
    counts = np.bincount(known_by[known_by >= 0], minlength=N_CLASSES)
    truth = prospective_truth(
        days=evidence.days[span],
        available_at=known[span],
        labels=np.where(scorable(evidence.material) & said, evidence.truth, -1)[span],
        training_classes=(counts > 0) | run.config.zero_shot,
        catalogue=evidence.catalogue,
        windows=evidence.windows,
    )
    answers, clues = _beside(evidence, taught, learnt, span)
    reference = (
        None if "catalogue" not in answers else _reference(evidence, run, taught, learnt).of_classes(answers["catalogue"])
    )
    told = judge_truth(
        truth,
        probabilities,
        name="prospective",
        title=run.title,
        baselines=answers,
        clues=clues,
        rules=[rule],
        calibrators=None if calibrators is None else [calibrators.later],
        reference=reference,
    )
    judged = truth.row_day
    verdict = told.verdict.corrected(prospective_tries(project, run)) if registration is None else told.verdict
    missing = np.isnan(evidence.inputs.station_z).sum(axis=1)[span]
    reads = dependence(1 - probabilities[:, 0], truth.days, missing, kinds=truth.kinds, fold=truth.fold)
    basis = Basis("today", moment_of(dt.datetime.now(dt.UTC), project.timezone), None, None)
    rivals = (
        _judge_rivals(truth, answers, clues, reference, weights=class_weights(known_by[known_by >= 0])) if with_rivals else ()
    )
    return ProspectiveEvaluation(
        dataclasses.replace(told, basis=basis, verdict=verdict, dependence=reads),
        evidence.days[span][judged],
        truth.row_label,
        probabilities[judged],
        evidence.days[said],
        evidence.truth[said],
        predicted=int(said.sum()),
        late=_late(project, run, evidence.days[said]),
        registration=registration,
        changes=() if registration is None else registrations.changes(project, registration),
        rivals=tuple(dataclasses.replace(one, basis=basis) for one in rivals),
    )


def _learnt(run: RunFolder, taught: RunPredictions) -> NDArray[np.bool_]:
    """Return the training days of the baselines, shape (day,): those of the run.

    For a zero-shot model, which has none, all days that were labelled at its training.
    """
    return taught.labels >= 0 if run.config.zero_shot else taught.taught_later()


def _beside(
    evidence: Evidence, taught: RunPredictions, learnt: NDArray[np.bool_], span: slice
) -> tuple[dict[str, Floats], dict[str, Clue]]:
    """Return the predictions of all baselines for the days of the record, shape (day, class) each, and their clues.

    The baselines are trained on `learnt`, see `_learnt`; if that is empty, only the majority is returned.
    """
    labels, none = np.full(len(evidence.days), -1, np.int64), np.array([], np.intp)
    days = np.arange(len(labels))[span]
    for day, label in zip(taught.days[learnt], taught.labels[learnt], strict=True):
        labels[evidence.days == day] = label
    train = np.flatnonzero(labels >= 0)
    if not len(train):
        return {"majority": np.zeros((len(days), N_CLASSES))}, {}
    record = Fold(train, none, days, days, none, none, none, evidence.days[days[0]], evidence.days[days[-1]])
    only = Split("chronological", (record,), leaky=False, without_map=0, without_label=0, post=0, notes=())
    answers, clues = run_predictors(only, evidence.inputs, labels), run_clues(only, evidence.inputs, labels)
    return {name: one[span] for name, one in answers.items()}, {name: one.at(span) for name, one in clues.items()}


def _judge_rivals(
    truth: Truth, answers: Mapping[str, Floats], clues: Mapping[str, Clue], reference: Floats | None, *, weights: Floats
) -> tuple[Judgement, ...]:
    """Return the evaluation of every baseline, without the effect of class weights and with the fixed alarm rule."""
    told, tests = [], tests_of_baselines(truth, answers)
    for name, answer in answers.items():
        undone = Calibrator("none", 0, 0, np.empty(0), np.empty(0), weights if PREDICTORS[name].class_weighted else np.empty(0))
        given: dict[str, Any] = {
            "calibrators": [undone],
            "rules": [fixed_rule(undone)],
            "reference": reference,
        }
        told.append(judge_truth(truth, answer, name=name, baselines=answers, clues=clues, tests=tests, **given))
    return tuple(told)


def _reference(evidence: Evidence, run: RunFolder, taught: RunPredictions, learnt: NDArray[np.bool_]) -> Calibrator:
    """Return the calibrator of the predictor ``catalogue`` for future days, fitted to its out-of-fold predictions."""
    labels = taught.labels.astype(np.int64)
    known = labels[learnt]
    weights = class_weights(known[known >= 0])
    rows = np.searchsorted(evidence.days, taught.days)
    here = rows < len(evidence.days)
    if run.config.leaky or not (here.all() and (evidence.days[rows] == taught.days).all()):
        return Calibrator("none", 0, 0, np.empty(0), np.empty(0), weights)
    made = split_of(run, taught)
    answers = predict(made, evidence.inputs.at(rows), labels, PREDICTORS["catalogue"])
    events = rows_before(evidence.catalogue.times, evidence.available_at[rows])
    return later_calibrator(made.folds, answers, labels, events, weights=weights)


def _late(project: Project, run: RunFolder, days: NDArray[np.datetime64]) -> int:
    first: dict[np.datetime64, float] = {}
    for row in runs.ledger(project, run.id):
        if row.kind == "prospective" and row.day in days:
            first.setdefault(row.day, (row.issued_ms - row.cutoff_ms) / 3_600_000)
    return sum(hours > LATE_HOURS for hours in first.values())
