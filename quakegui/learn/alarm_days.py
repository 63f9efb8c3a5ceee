"""Alarms from the predictions of a run, for the timeline and for the daily update."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.alarm_choice import by_day, choose_rule, fixed_rule, rules_by_fold
from quakegui.judge.alarms import Alarm, AlarmRule, Catalogue, Series, raise_alarms
from quakegui.learn.calibrated import calibrators_of, days_beside_folds, finished_run, fold_of_days
from quakegui.learn.evidence import project_catalogue
from quakegui.learn.runs.calibrators import RunCalibrators
from quakegui.learn.runs.earthquakes import training_earthquakes
from quakegui.learn.runs.registry import RunFolder
from quakegui.project import registrations
from quakegui.project.runs import PredictionTable
from quakegui.project.store import Project
from quakegui.season.season import Season


def alarms_of(project: Project, season: Season, table: PredictionTable) -> tuple[tuple[int, int], ...]:
    """Return the first and the last open day of each alarm, as positions in the days of the season, both included.

    A day counts if an alarm is open for part of it; an alarm that is still open ends with the season. Parameters as in
    `season_alarms`.
    """
    known = season.available_at[season.shown]
    last = len(season.days) - 1
    spans = []
    for alarm in season_alarms(project, season, table):
        first = int(np.searchsorted(known, alarm.opened))
        spans.append((first, min(last, int(np.searchsorted(known, alarm.closed, side="right")) - 1)))
    return tuple(spans)


def season_alarms(project: Project, season: Season, table: PredictionTable) -> tuple[Alarm, ...]:
    """Return the alarms of a run over the season, in order of time.

    In-sample predictions raise no alarms, since the model was trained on these days.

    Parameters
    ----------
    project, season
        The project, and its season.
    table
        Predictions from the ledger for the days of the season.
    """
    return raise_alarms(*alarm_series(project, season.days, season.available_at[season.shown], table))


def alarm_series(
    project: Project, days: NDArray[np.datetime64], available_at: NDArray[np.datetime64], table: PredictionTable
) -> tuple[Series, AlarmRule]:
    """Return calibrated out-of-fold and prospective predictions, and the alarm rule with one number per day.

    The rule of an out-of-fold day is chosen on the other folds' days, as calibrated by the calibrator of that day. The rule of
    a prospective day is chosen on all out-of-fold days, which precede it, or is the registered one within the period of a
    registration. If none can be chosen, it is the fixed rule. Rules are chosen with the earthquakes of the run's training, if
    the run contains them, so that a later catalogue does not change alarms. A pre-trained model has one rule for all days,
    chosen on synthetic seasons.

    Parameters
    ----------
    project
        The project.
    days, available_at
        Local dates, and the UTC times at which they become known, shape (day,).
    table
        Predictions from the ledger for these days.
    """
    honest, later = np.isin(table.kind, ("out-of-fold", "prospective")), table.kind == "prospective"
    answers = Series(days, available_at.astype("datetime64[ms]"), np.where(honest[:, None], table.probabilities, np.nan))
    run, fold, catalogue, calibrators = _basis(project, days, table)
    series, by_fold, fixed = answers, None, fixed_rule(None)
    own: list[AlarmRule] = []
    if calibrators is not None:
        series = dataclasses.replace(answers, probabilities=calibrators.of_days(fold, answers.probabilities))
        by_fold = calibrators.by_fold(answers.probabilities)
        fixed, own = fixed_rule(calibrators.later), [fixed_rule(one) for one in calibrators.folds]
    frozen = _frozen_rule(project, table)
    if frozen is not None:
        rules, afterwards = (frozen,) * (int(fold.max(initial=-1)) + 1), frozen
    else:
        rules = rules_by_fold(series, fold, catalogue, by_fold, beside=days_beside_folds(run, days), fixed=own)[0]
        afterwards = _later_rule(answers, fold >= 0, catalogue, calibrators) if later.any() else fixed
    place = np.where(later, len(rules), np.where(fold < 0, len(rules) + 1, fold))
    registration = registrations.registration_of(project, table.run)
    if registration is None:
        return series, by_day((*rules, afterwards, fixed), place)
    terms = registration.terms
    registered = AlarmRule(terms.threshold, terms.run_days, terms.open_days)
    place = np.where(later & registration.covers(days), len(rules) + 2, place)
    return series, by_day((*rules, afterwards, fixed, registered), place)


def later_rule(
    project: Project, days: NDArray[np.datetime64], available_at: NDArray[np.datetime64], table: PredictionTable
) -> AlarmRule:
    """Return the alarm rule for future days, chosen on all out-of-fold days.

    Parameters as in `alarm_series`.
    """
    frozen = _frozen_rule(project, table)
    if frozen is not None:
        return frozen
    taught = np.where((table.kind == "out-of-fold")[:, None], table.probabilities, np.nan)
    _run, fold, catalogue, calibrators = _basis(project, days, table)
    return _later_rule(Series(days, available_at.astype("datetime64[ms]"), taught), fold >= 0, catalogue, calibrators)


def _basis(
    project: Project, days: NDArray[np.datetime64], table: PredictionTable
) -> tuple[RunFolder | None, NDArray[np.int64], Catalogue, RunCalibrators | None]:
    """Return the run, each day's fold (-1 for none or prospective), the earthquakes of its training, and its calibrators."""
    run = finished_run(project, table.run)
    catalogue = project_catalogue(project)
    if run is not None:
        catalogue = training_earthquakes(run, catalogue) or catalogue
    return run, np.where(table.kind == "prospective", -1, fold_of_days(run, days)), catalogue, calibrators_of(run)


def _frozen_rule(project: Project, table: PredictionTable) -> AlarmRule | None:
    """Return the alarm rule of a pre-trained model, None for a model trained on the season."""
    run = finished_run(project, table.run)
    frozen = None if run is None else run.frozen_alarms
    return None if frozen is None else frozen.rule


def _later_rule(
    answers: Series, judged: NDArray[np.bool_], catalogue: Catalogue, calibrators: RunCalibrators | None
) -> AlarmRule:
    """Return the rule chosen on all evaluated days, with the calibrator of future days."""
    fixed = fixed_rule(None if calibrators is None else calibrators.later)
    if calibrators is not None:
        answers = dataclasses.replace(answers, probabilities=calibrators.later.of_classes(answers.probabilities))
    return (choose_rule(answers, catalogue, judged) if judged.any() else None) or fixed
