"""Choice of an alarm's rule, threshold, run length and open days, on days that the judged ones have no part in."""

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

#: What is tried for p*, run length and open days; little, because there are few events to choose by.
THRESHOLD_GRID = tuple(round(0.05 * step, 2) for step in range(1, 20))
RUN_GRID = (1, 2, 3)
OPEN_GRID = (5, 7, 10, 15)
FIXED_RULE = AlarmRule(0.5)
"""Where nothing can choose one, of answers as they are; fixed before any test."""


def choose_rule(series: Series, catalogue: Catalogue, shown: ArrayLike | None = None) -> AlarmRule | None:
    """Return the rule with the highest R; None without an event or a prediction.

    Of equals the one that alarms least: the highest threshold, then the longest run, then the fewest open days.

    Parameters
    ----------
    series
        Predictions of days that their training had not seen.
    shown
        Days that are looked at, shape (day,); all by default.
    """
    looked_at = np.ones(len(series.days), bool) if shown is None else np.asarray(shown, bool)
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
    """Return the rule of each fold 0, 1, ..., chosen on the other folds' days and events, and the folds with the fixed one.

    A network knows its own training days by heart, so its probabilities there say nothing about a threshold; what the other
    folds' networks said of these same days, without having seen them, does.

    Parameters
    ----------
    fold
        Fold that predicted each day, -1 for none, shape (day,).
    event_by_fold
        P(event) of every day as each fold's calibrator has it, shape (fold, day): a threshold means something for the
        calibrator alone that it was chosen with. Default: the series' own for every fold.
    beside
        Which days each fold may choose by, see `folds.days_beside`, shape (fold, day). Default: all that others predicted.
    fixed
        The fixed rule of each fold, see `fixed_rule`; `FIXED_RULE` by default.
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
    """Return the rule where nothing can choose one: positive is what the network itself calls likelier than not.

    Calibration moves what a network that learnt with class weights calls 0.5 to how often events come, so the fixed threshold
    moves with it.
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


def at_day(rule: AlarmRule, day: int) -> AlarmRule:
    """Return the rule of one day of a rule whose numbers are one per day."""
    threshold, run_days, open_days = (np.asarray(given)[day] for given in (rule.threshold, rule.run_days, rule.open_days))
    return AlarmRule(float(threshold), int(run_days), int(open_days))


def rule_where(chosen: ArrayLike, rule: AlarmRule, other: AlarmRule) -> AlarmRule:
    """Return one rule on some days and another on the rest, each number one per day.

    Parameters
    ----------
    chosen
        Where the first holds, shape (day,).
    """
    return AlarmRule(
        np.where(chosen, rule.threshold, other.threshold),
        np.where(chosen, rule.run_days, other.run_days),
        np.where(chosen, rule.open_days, other.open_days),
    )


def scores_of_rules(series: Series, catalogue: Catalogue) -> tuple[Floats, Floats, int] | None:
    """Return the hit rate and the share of time with an open alarm of every rule that is tried, None without an event.

    Returns
    -------
    Shape (threshold, run, open) each, by falling threshold and run and rising open days, see `rule_at`; and the events.
    """
    everything = np.ones((1, len(series.days)), bool)
    return _scores(series, catalogue, everything, series.event_probability[None])[0]


def rule_at(place: tuple[int, ...]) -> AlarmRule:
    """Return the rule at a place in what `scores_of_rules` returns."""
    grids = (np.sort(THRESHOLD_GRID)[::-1], np.sort(RUN_GRID)[::-1], np.sort(OPEN_GRID))
    threshold, run_days, open_days = (grid[at] for grid, at in zip(grids, place, strict=True))
    return AlarmRule(float(threshold), int(run_days), int(open_days))


def _best_rules(series: Series, catalogue: Catalogue, shown: Mask, probability: Floats) -> list[AlarmRule | None]:
    """Rule with the highest R on each part of the days, None where nothing can choose it; parameters as of `_scores`."""
    rules: list[AlarmRule | None] = []
    for found in _scores(series, catalogue, shown, probability):
        if found is None:
            rules.append(None)
            continue
        scores = np.round(found[0] - found[1], 12)
        rules.append(rule_at(tuple(int(at) for at in np.unravel_index(int(np.argmax(scores)), scores.shape))))
    return rules


def _scores(series: Series, catalogue: Catalogue, shown: Mask, probability: Floats) -> list[tuple[Floats, Floats, int] | None]:
    """Hit rate, open share of every rule, and events of each part of the days, None where it has no event or no prediction.

    Parameters
    ----------
    shown, probability
        Which days are looked at, and P(event) of each, shape (part, day).
    """
    if not len(shown):
        return []  # a run without folds
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
        before = np.searchsorted(known, inside)  # days known before each event
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
    """Days that open or prolong an alarm, counted up to each day, and time with an open alarm, of all rules at once.

    Returns
    -------
    tuple
        Shape (day + 1, part, threshold, run, open), and milliseconds in the part's period, shape (part, threshold, run, open).
        They say the same of each rule as `alarms.open_spans`.
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
    """Time of the period before each instant, milliseconds, shape as given."""
    edges = period.astype(np.int64)
    return np.asarray(np.clip(instants[..., None] - edges[:, 0], 0, edges[:, 1] - edges[:, 0]).sum(axis=-1), float)
