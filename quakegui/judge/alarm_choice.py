"""Choice of an alarm rule (threshold, run length and open days) on days that are not evaluated."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.alarms import (
    DAY_MS,
    AlarmRule,
    Catalogue,
    Instants,
    Mask,
    Series,
    inside_period,
    judged_period,
    period_milliseconds,
)
from quakegui.judge.calibration import Calibrator
from quakegui.judge.folds import N_CLASSES

Floats = NDArray[np.float64]

#: Candidates for p*, run length and open days; only a few, because there are few events to choose by.
THRESHOLD_GRID = tuple(round(0.05 * step, 2) for step in range(1, 20))
RUN_GRID = (1, 2, 3)
OPEN_GRID = (5, 7, 10, 15)
FIXED_RULE = AlarmRule(0.5)
"""Rule for uncalibrated probabilities if none can be chosen; fixed before any test."""


def choose_rule(series: Series, catalogue: Catalogue, usable: ArrayLike | None = None) -> AlarmRule | None:
    """Return the rule with the highest R score; None without an event or a prediction.

    Of rules with equal R, the one with the fewest alarms is returned: the highest threshold, then the longest run, then the
    fewest open days.

    Parameters
    ----------
    series
        Predictions of days that were not used in their training.
    catalogue
        Declustered events.
    usable
        Days to use, shape (day,). Default: all.
    """
    looked_at = np.ones(len(series.days), bool) if usable is None else np.asarray(usable, bool)
    return _best_rules(series, catalogue, looked_at[None], series.event_probability[None])[0]


def rules_by_fold(
    series: Series,
    fold: ArrayLike,
    catalogue: Catalogue,
    event_by_fold: ArrayLike | None = None,
    *,
    beside: ArrayLike | None = None,
    fixed: Sequence[AlarmRule] = (),
) -> tuple[tuple[AlarmRule, ...], tuple[int, ...]]:
    """Return the alarm rule of each fold 0, 1, ..., and the folds that got the fixed rule.

    A rule is chosen on the other folds' days and events. A model fits its own training days so closely that its probabilities
    there cannot determine a threshold; the out-of-fold predictions of the other folds for these days can.

    Parameters
    ----------
    series
        Out-of-fold predictions.
    fold
        Fold that predicted each day, -1 for none, shape (day,).
    catalogue
        Declustered events.
    event_by_fold
        P(event) of every day from each fold's calibrator, shape (fold, day): a threshold is valid only for the calibrator with
        which it was chosen. Default: that of the series for every fold.
    beside
        Days that each fold may use, see `folds.days_beside`, shape (fold, day). Default: all days predicted by other folds.
    fixed
        Fixed rule of each fold, see `fixed_rule`. Default: `FIXED_RULE`.
    """
    number = np.asarray(fold, np.int64)
    folds = np.arange(int(number.max(initial=-1)) + 1)
    seen = np.tile(series.event_probability, (len(folds), 1)) if event_by_fold is None else np.asarray(event_by_fold, float)
    shown = (number >= 0) & (number != folds[:, None])
    if beside is not None:
        shown &= np.asarray(beside, bool)[: len(folds)]
    chosen = _best_rules(series, catalogue, shown, seen[: len(folds)])
    rules = tuple(rule or (fixed[k] if fixed else FIXED_RULE) for k, rule in enumerate(chosen))
    return rules, tuple(k for k, rule in enumerate(chosen) if rule is None)


def fixed_rule(calibrator: Calibrator | None) -> AlarmRule:
    """Return the rule for the case that none can be chosen: a day is positive if the model itself predicts an event.

    Calibration maps the 0.5 of a model trained with class weights to the actual frequency of events, so the fixed threshold is
    mapped in the same way.
    """
    if calibrator is None:
        return FIXED_RULE
    half = np.r_[0.5, np.full(N_CLASSES - 1, 0.5 / (N_CLASSES - 1))]
    return dataclasses.replace(FIXED_RULE, threshold=float(calibrator.of_classes(half[None])[0, 1:].sum()))


def by_day(rules: Sequence[AlarmRule], fold: ArrayLike) -> AlarmRule:
    """Return one rule whose numbers are those of each day's fold; a day of no fold is never positive.

    Parameters
    ----------
    rules
        Rules of the folds 0, 1, ....
    fold
        Fold of each day, -1 for none, shape (day,).
    """
    number = np.asarray(fold, np.int64)
    inside = number >= 0
    place = np.where(inside, number, 0)
    return AlarmRule(
        np.where(inside, np.array([rule.threshold for rule in rules], float)[place], np.inf),
        np.array([rule.run_days for rule in rules], np.int64)[place],
        np.array([rule.open_days for rule in rules], np.int64)[place],
    )


def at_day(rule: AlarmRule, day: int) -> AlarmRule:
    """Return the alarm rule of one day.

    Parameters
    ----------
    rule
        Rule with one number per day.
    day
        Position of the day.
    """
    threshold, run_days, open_days = (np.asarray(given)[day] for given in (rule.threshold, rule.run_days, rule.open_days))
    return AlarmRule(float(threshold), int(run_days), int(open_days))


def rule_where(where: ArrayLike, rule: AlarmRule, other: AlarmRule) -> AlarmRule:
    """Return a rule with one number per day, from one rule on some days and from another on the rest.

    Parameters
    ----------
    where
        Where `rule` applies, shape (day,).
    rule, other
        The two rules.
    """
    return AlarmRule(
        np.where(where, rule.threshold, other.threshold),
        np.where(where, rule.run_days, other.run_days),
        np.where(where, rule.open_days, other.open_days),
    )


def scores_of_rules(series: Series, catalogue: Catalogue) -> tuple[Floats, Floats, int] | None:
    """Return hit rate and fraction of time under alarm of all candidate rules; None without an event.

    Parameters
    ----------
    series
        Predictions of the days.
    catalogue
        Declustered events.

    Returns
    -------
    tuple
        Two arrays of shape (threshold, run, open), in order of falling threshold and run and rising open days, see `rule_at`;
        and the number of events.
    """
    everything = np.ones((1, len(series.days)), bool)
    return _scores(series, catalogue, everything, series.event_probability[None])[0]


def rule_at(place: tuple[int, ...]) -> AlarmRule:
    """Return the rule at an index of the arrays of `scores_of_rules`."""
    grids = (np.sort(THRESHOLD_GRID)[::-1], np.sort(RUN_GRID)[::-1], np.sort(OPEN_GRID))
    threshold, run_days, open_days = (grid[at] for grid, at in zip(grids, place, strict=True))
    return AlarmRule(float(threshold), int(run_days), int(open_days))


def _best_rules(series: Series, catalogue: Catalogue, shown: Mask, probability: Floats) -> list[AlarmRule | None]:
    """Return the rule with the highest R on each part of the days, None if none can be chosen; parameters as in `_scores`."""
    rules: list[AlarmRule | None] = []
    for found in _scores(series, catalogue, shown, probability):
        if found is None:
            rules.append(None)
            continue
        scores = np.round(found[0] - found[1], 12)
        rules.append(rule_at(tuple(int(at) for at in np.unravel_index(int(np.argmax(scores)), scores.shape))))
    return rules


def _scores(series: Series, catalogue: Catalogue, shown: Mask, probability: Floats) -> list[tuple[Floats, Floats, int] | None]:
    """Return hit rates, fractions of time under alarm, and number of events of each part.

    A part without an event or a prediction is None.

    Parameters
    ----------
    series, catalogue
        Times of the days, and declustered events.
    shown, probability
        Days used and P(event) of each part, shape (part, day).
    """
    if not len(shown):
        return []  # a run has no folds
    thresholds, run_days, open_days = np.sort(THRESHOLD_GRID)[::-1], np.sort(RUN_GRID)[::-1], np.sort(OPEN_GRID)
    known = series.available_at.astype("datetime64[ms]").astype(np.int64)
    periods = [judged_period(series, part) for part in shown]
    active, open_ms = _alarm_days(probability, known, shown, periods, (thresholds, run_days, open_days))
    times = catalogue.times.astype("datetime64[ms]")
    found: list[tuple[Floats, Floats, int] | None] = []
    for part, period in enumerate(periods):
        inside = times[inside_period(times, period)].astype(np.int64)
        if not len(inside) or not np.isfinite(probability[part, shown[part]]).any():
            found.append(None)
            continue
        before = np.searchsorted(known, inside)  # number of days known before each event
        hits = np.zeros(active.shape[2:])
        for column, days in enumerate(open_days):
            since = np.searchsorted(known, inside - int(days) * DAY_MS)
            alarmed = active[:, part, :, :, column]
            hits[:, :, column] = (alarmed[before] > alarmed[since]).mean(axis=0)
        found.append((hits, open_ms[part] / period_milliseconds(period), len(inside)))
    return found


def _alarm_days(
    probability: Floats, known: NDArray[np.int64], shown: Mask, periods: Sequence[Instants], grid: tuple[Floats, ...]
) -> tuple[NDArray[np.int32], Floats]:
    """Return the cumulative number of days that open or prolong an alarm, and the time under alarm, for all rules at once.

    Returns
    -------
    tuple
        Shape (day + 1, part, threshold, run, open), and milliseconds within the part's period, shape (part, threshold, run,
        open). For each rule they agree with `alarms.open_spans`.
    """
    thresholds, run_days, open_days = grid
    open_ms = open_days.astype(np.int64) * DAY_MS
    positive = shown.T[:, :, None] & (probability.T[:, :, None] >= thresholds)  # (day, part, threshold)
    follows = np.r_[False, np.round(np.diff(known) / DAY_MS) == 1]
    elapsed = np.stack([_inside(period, known) for period in periods], axis=1)  # (day, part)
    elapsed_after = np.stack([_inside(period, known[:, None] + open_ms) for period in periods], axis=1)  # (day, part, open)
    shape = (*positive.shape[1:], len(run_days), len(open_days))
    active = np.zeros((len(known) + 1, *shape), np.int32)
    run, closes, counted, total = (
        np.zeros(shape[:2], np.int64),
        np.full(shape, np.iinfo(np.int64).min),
        np.zeros(shape),
        np.zeros(shape),
    )
    for day in range(len(known)):
        run = np.where(positive[day], run * follows[day] + 1, 0)
        still = known[day] <= closes
        prolongs = positive[day][:, :, None, None] & (still | (run[:, :, None] >= run_days)[..., None])
        until = elapsed_after[day][:, None, None, :]
        total += np.where(prolongs, until - np.where(still, counted, elapsed[day][:, None, None, None]), 0.0)
        counted = np.where(prolongs, until, counted)
        closes = np.where(prolongs, known[day] + open_ms, closes)
        active[day + 1] = active[day] + prolongs
    return active, total


def _inside(period: Instants, instants: NDArray[np.int64]) -> Floats:
    """Return the time of the period before each instant in milliseconds, same shape as `instants`."""
    edges = period.astype(np.int64)
    return np.asarray(np.clip(instants[..., None] - edges[:, 0], 0, edges[:, 1] - edges[:, 0]).sum(axis=-1), float)
