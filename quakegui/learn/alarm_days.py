"""Alarms that the predictions in use raise, for the timeline and for the operating day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.alarm_choice import FIXED_RULE, by_day, choose_rule, rules_by_fold
from quakegui.judge.alarms import Alarm, AlarmRule, Catalogue, Series, raise_alarms
from quakegui.learn.evidence import project_catalogue
from quakegui.learn.runs.earthquakes import training_earthquakes
from quakegui.learn.runs.registry import RunError, RunFolder, read_run
from quakegui.project.runs import PredictionTable
from quakegui.project.store import Project
from quakegui.season.season import Season


def alarms_of(project: Project, season: Season, table: PredictionTable) -> tuple[tuple[int, int], ...]:
    """Return the first and the last open day of each alarm, as indices of the season's days, both included.

    A day on which an alarm is open for some hours counts; an alarm that is still open ends with the season.

    Parameters
    ----------
    table
        What the run in use says of the season's days.
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
    honest = np.isin(table.kind, ("out-of-fold", "prospective"))
    probabilities = np.where(honest[:, None], table.probabilities, np.nan)
    series = Series(season.days, season.available_at[season.shown].astype("datetime64[ms]"), probabilities)
    return raise_alarms(series, rule_of_days(project, series, table))


def rule_of_days(project: Project, series: Series, table: PredictionTable) -> AlarmRule:
    """Return when alarms open and close, each number one per day, shape (day,).

    An out-of-fold day's rule is chosen on the other folds' days; a prospective day's on all out-of-fold days, which end before
    it. Where nothing can choose it, it is the fixed one. It is chosen by the earthquakes that the run was trained with, where
    it holds them, so that no later catalogue moves an alarm.
    """
    run = _run_of(project, table.run)
    later = table.kind == "prospective"
    fold = np.where(later, -1, _folds(run, series.days))
    catalogue = project_catalogue(project)
    if run is not None:
        catalogue = training_earthquakes(run, catalogue) or catalogue
    rules = rules_by_fold(series, fold, catalogue)[0]
    afterwards = _later_rule(series, fold >= 0, catalogue) if later.any() else FIXED_RULE
    return by_day((*rules, afterwards, FIXED_RULE), np.where(later, len(rules), np.where(fold < 0, len(rules) + 1, fold)))


def _later_rule(series: Series, judged: NDArray[np.bool_], catalogue: Catalogue) -> AlarmRule:
    return (choose_rule(series, catalogue, judged) if judged.any() else None) or FIXED_RULE


def _run_of(project: Project, run_id: str) -> RunFolder | None:
    """Return a finished run, None where its folder is gone."""
    try:
        run = read_run(project.folder / "runs" / run_id)
    except RunError:
        return None
    return run if run.card is not None else None


def _folds(run: RunFolder | None, days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return the fold whose test span holds each day, answered or not, -1 for none, shape (day,), as the judgement has it.

    Where the run's folder is gone all days count as one fold.
    """
    if run is None or run.card is None:
        return np.zeros(len(days), dtype=np.int64)
    number = np.full(len(days), -1, dtype=np.int64)
    for k, fold in enumerate(run.card["folds"]):
        number[(days >= np.datetime64(fold["first"], "D")) & (days <= np.datetime64(fold["last"], "D"))] = k
    return number
