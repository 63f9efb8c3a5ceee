"""Alarms that the predictions in use raise, for the timeline and for the operating day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.alarm_choice import FIXED_RULE, by_day, choose_rule, rules_by_fold
from quakegui.judge.alarms import Alarm, AlarmRule, Catalogue, Series, raise_alarms
from quakegui.learn.calibrated import calibrators_of, finished_run, fold_of_days
from quakegui.learn.evidence import project_catalogue
from quakegui.learn.runs.earthquakes import training_earthquakes
from quakegui.project.runs import PredictionTable
from quakegui.project.store import Project
from quakegui.season.season import Season


def alarms_of(project: Project, season: Season, table: PredictionTable) -> tuple[tuple[int, int], ...]:
    """Return the first and the last open day of each alarm, as indices of the season's days, both included.

    A day on which an alarm is open for some hours counts; an alarm that is still open ends with the season.

    Parameters
    ----------
    table
        What the run in use says of the season's days, of the ledger.
    """
    known = season.available_at[season.shown]
    last = len(season.days) - 1
    spans = []
    for alarm in season_alarms(project, season, table):
        first = int(np.searchsorted(known, alarm.opened))
        spans.append((first, min(last, int(np.searchsorted(known, alarm.closed, side="right")) - 1)))
    return tuple(spans)


def season_alarms(project: Project, season: Season, table: PredictionTable) -> tuple[Alarm, ...]:
    """Return the alarms that a run raises over the season, in the order of time.

    In-sample predictions raise none: a network knows the days that it was trained on.
    """
    return raise_alarms(*alarm_series(project, season.days, season.available_at[season.shown], table))


def alarm_series(
    project: Project, days: NDArray[np.datetime64], available_at: NDArray[np.datetime64], table: PredictionTable
) -> tuple[Series, AlarmRule]:
    """Return the calibrated out-of-fold and prospective predictions, and when alarms open and close, each number one per day.

    An out-of-fold day's rule is chosen on the other folds' days, as that day's calibrator has them; a prospective day's on all
    out-of-fold days, which end before it. Where nothing can choose it, it is the fixed one. It is chosen by the earthquakes
    that the run was trained with, where it holds them, so that no later catalogue moves an alarm.

    Parameters
    ----------
    days, available_at
        Local dates, and the UTC instants at which they become known, shape (day,).
    table
        Of the ledger.
    """
    run = finished_run(project, table.run)
    honest, later = np.isin(table.kind, ("out-of-fold", "prospective")), table.kind == "prospective"
    answers = np.where(honest[:, None], table.probabilities, np.nan)
    known = available_at.astype("datetime64[ms]")
    fold = np.where(later, -1, fold_of_days(run, days))
    catalogue = project_catalogue(project)
    if run is not None:
        catalogue = training_earthquakes(run, catalogue) or catalogue
    calibrators = calibrators_of(run)
    series, at_once, by_fold = Series(days, known, answers), Series(days, known, answers), None
    if calibrators is not None:
        series = Series(days, known, calibrators.of_days(fold, answers))
        at_once, by_fold = Series(days, known, calibrators.later.of_classes(answers)), calibrators.by_fold(answers)
    rules = rules_by_fold(series, fold, catalogue, by_fold)[0]
    afterwards = _later_rule(at_once, fold >= 0, catalogue) if later.any() else FIXED_RULE
    place = np.where(later, len(rules), np.where(fold < 0, len(rules) + 1, fold))
    return series, by_day((*rules, afterwards, FIXED_RULE), place)


def _later_rule(series: Series, judged: NDArray[np.bool_], catalogue: Catalogue) -> AlarmRule:
    return (choose_rule(series, catalogue, judged) if judged.any() else None) or FIXED_RULE
