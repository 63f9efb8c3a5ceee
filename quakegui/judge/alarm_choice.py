"""Choice of an alarm's rule, threshold, run length and open days, on days that the judged ones have no part in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from quakegui.judge.alarms import AlarmRule, Catalogue, Instants, Series, inside_period, judged_period
from quakegui.judge.skill import FIXED_THRESHOLD, THRESHOLD_GRID, open_times, r_score

RUN_GRID = (1, 2, 3)
OPEN_GRID = (5, 7, 10, 15)
FIXED_RULE = AlarmRule(FIXED_THRESHOLD)
"""Where nothing can choose one; fixed before any test."""


def choose_rule(
    series: Series,
    catalogue: Catalogue,
    period: Instants | None = None,
    *,
    thresholds: Sequence[float] = THRESHOLD_GRID,
    run_days: Sequence[int] = RUN_GRID,
    open_days: Sequence[int] = OPEN_GRID,
) -> AlarmRule | None:
    """Return the rule with the highest R; None without an event or a prediction.

    Of equals the one that alarms least: the highest threshold, then the longest run, then the fewest open days.

    Parameters
    ----------
    series
        Predictions of days that their training had not seen.
    period
        Spans in which events and alarm time count, see `judged_period`. Default: all days of the series.
    thresholds, run_days, open_days
        What is tried, each with each.
    """
    spans = judged_period(series) if period is None else period
    if not inside_period(catalogue.times, spans).any() or not np.isfinite(series.event_probability).any():
        return None
    tried = [
        AlarmRule(*each)
        for each in product(sorted(thresholds, reverse=True), sorted(run_days, reverse=True), sorted(open_days))
    ]
    scores = [r_score(open_times(series, rule), catalogue, spans) for rule in tried]
    return tried[int(np.argmax(np.round(scores, 12)))]


def rules_by_fold(series: Series, fold: ArrayLike, catalogue: Catalogue) -> tuple[tuple[AlarmRule, ...], tuple[int, ...]]:
    """Return the rule of each fold 0, 1, ..., chosen on the other folds' days and events, and the folds with the fixed one.

    A network knows its own training days by heart, so its probabilities there say nothing about a threshold; what the other
    folds' networks said of these same days, without having seen them, does.

    Parameters
    ----------
    fold
        Fold that predicted each day, -1 for none, shape (day,).
    """
    number = np.asarray(fold, np.int64)
    rules, fixed = [], []
    for k in range(int(number.max(initial=-1)) + 1):
        other = (number >= 0) & (number != k)
        hidden = np.where(other[:, None], series.probabilities, np.nan)
        chosen = choose_rule(Series(series.days, series.available_at, hidden), catalogue, judged_period(series, other))
        rules.append(chosen or FIXED_RULE)
        fixed += [] if chosen else [k]
    return tuple(rules), tuple(fixed)


def by_day(rules: Sequence[AlarmRule], fold: ArrayLike) -> AlarmRule:
    """Return one rule whose numbers are those of each day's fold; a day of no fold is never positive.

    Parameters
    ----------
    rules
        Of the folds 0, 1, ....
    fold
        Of each day, -1 for none, shape (day,).
    """
    number = np.asarray(fold, np.int64)
    inside = number >= 0
    place = np.where(inside, number, 0)
    return AlarmRule(
        np.where(inside, np.array([rule.threshold for rule in rules], float)[place], np.inf),
        np.array([rule.run_days for rule in rules], np.int64)[place],
        np.array([rule.open_days for rule in rules], np.int64)[place],
    )
