"""Power of a model of own nights, compared with the supplied model on nights that neither was trained on.

Simulated signals are added to the whole season, and each day is predicted by the member that was not trained on it. Both models
are tested against surrogates of the same drawn catalogues, each with the threshold that calls the same share of nulls: the
nights without added signals, with other drawn catalogues. The earthquakes of the project are not used.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.limit import binomial_interval
from quakegui.judge.surrogates import JITTER_DAYS, SURROGATES, event_windows, make_surrogates, rule_kinds, surrogate_test
from quakegui.learn.network.own_nights import corpus_of
from quakegui.learn.network.steps import Stop
from quakegui.learn.runs.own_facts import Comparison, PowerRow
from quakegui.progress import CancelCheck, never
from quakegui.season.season import Season
from quakegui.simulate.corpus import LabelledSeason, Plan
from quakegui.simulate.injection import Nights

STRENGTHS = (0.5, 1.0, 2.0)
SEASONS = 40
"""Seasons of each strength."""
NULLS = 200
FALSE_SHARE = 0.05
"""Fraction of the nulls that both models call."""

Answer = Callable[[Season], NDArray[np.float32]]
"""Function from a season to the probabilities of its days, shape (day, class), NaN without a map."""


def compare_power(
    season: Season,
    plan: Plan,
    own: Answer,
    supplied: Answer,
    *,
    strengths: Sequence[float] = STRENGTHS,
    seasons: int = SEASONS,
    nulls: int = NULLS,
    progress: Callable[[int, int], object] = lambda _done, _total: None,
    cancelled: CancelCheck = never,
) -> Comparison:
    """Return the power of both models in the nights of a season.

    Parameters
    ----------
    season, plan
        The nights, and the distribution of signals and earthquakes; its strengths are replaced.
    own, supplied
        Predictions of the model of own nights, and of the supplied model.
    strengths, seasons, nulls
        Factors on the peaks of the law, number of seasons of each strength, and of nulls.
    progress
        Called with seasons done, and total.
    cancelled
        Whether to stop.

    Raises
    ------
    Stop
        If `cancelled` returned true.
    """
    nights, total = Nights.of(season), nulls + seasons * len(strengths)
    done = 0

    def found(
        strength: float, first: int, count: int, answers: Callable[[Season], list[NDArray[np.float32]]]
    ) -> NDArray[np.float64]:
        nonlocal done
        told = []
        for each in corpus_of(nights, dataclasses.replace(plan, strengths=(strength, strength)))(range(first, first + count)):
            if cancelled():
                raise Stop
            told.append(surprises(each, plan, answers(each.season)))
            done += 1
            progress(done, total)
        return np.array(told)

    bare = [own(season), supplied(season)]
    null = found(0.0, 0, nulls, lambda _season: bare)
    called = max(round(FALSE_SHARE * nulls), 1)
    thresholds = np.sort(null, axis=0)[called - 1]
    rows, first = [], nulls
    for strength in strengths:
        both = found(strength, first, seasons, lambda made: [own(made), supplied(made)]) <= thresholds
        rows.append(_row(strength, both))
        first += seasons
    one, other = sum(row.only_own for row in rows), sum(row.only_supplied for row in rows)
    interval = binomial_interval(one, one + other) if one + other else (0.0, 1.0)
    return Comparison(nulls, called, tuple(rows), interval)


def surprises(each: LabelledSeason, plan: Plan, answers: Iterable[NDArray[np.float32]]) -> list[float]:
    """Return the p-value of each prediction of a season, less a millionth of its AUC, so that few are equal.

    Parameters
    ----------
    each, plan
        The season, and the plan with its label rule.
    answers
        Predictions, shape (day, class) each.
    """
    season = each.season
    windows = event_windows(each.events, plan.rule, timezone=season.config.timezone, night=season.config.night.window)
    drawn = make_surrogates(windows, season.days, jitter_days=JITTER_DAYS["pooled"], surrogates=SURROGATES, redrawn=False)
    kinds, told = rule_kinds(windows, season.days), []
    for answer in answers:
        fold = np.where(np.isfinite(answer).all(axis=1), 0, -1)
        test = surrogate_test(1.0 - answer[:, 0], kinds, drawn, statistic="pooled", fold=fold)
        told.append(test.p_value - 1e-6 * test.auc if np.isfinite(test.p_value) else 1.0)
    return told


def _row(strength: float, both: NDArray[np.bool_]) -> PowerRow:
    count, (own, supplied) = len(both), both.sum(axis=0).tolist()
    mine, theirs = both.T
    return PowerRow(
        strength,
        count,
        own,
        supplied,
        binomial_interval(own, count),
        binomial_interval(supplied, count),
        int((mine & ~theirs).sum()),
        int((theirs & ~mine).sum()),
    )
