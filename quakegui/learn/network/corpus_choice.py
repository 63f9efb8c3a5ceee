"""Calibrator and alarm rule of a pre-trained model, chosen on synthetic seasons.

These seasons follow those of the training, so that none is used for both; the analyst's own season is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.alarm_choice import rule_at, scores_of_rules
from quakegui.judge.alarms import Catalogue, Series, catalogue_of
from quakegui.judge.calibration import Calibrator, fit_calibrator
from quakegui.judge.skill import r_zero
from quakegui.learn.network.pretraining import Corpus, synthetic_corpus
from quakegui.learn.network.pretraining_recipe import Pretraining
from quakegui.learn.network.steps import Stop
from quakegui.learn.runs.frozen import FrozenAlarms
from quakegui.progress import CancelCheck, never
from quakegui.season.season import Season
from quakegui.simulate.corpus import LabelledSeason
from quakegui.words import Said

CHOOSING = 60
"""Number of seasons; the fraction of seasons with R above R0 is then known to about 0.06."""
LARGEST_SHARE = 0.3
"""Maximum mean fraction of time under alarm: longer alarms are no warning."""

Answer = Callable[[Season], NDArray[np.float32]]
"""Function from a season to the probabilities of its days, shape (day, class), NaN without a map."""


@dataclass(frozen=True, slots=True)
class CorpusChoice:
    """Calibrator and alarm rule, with the seasons on which they were chosen.

    Attributes
    ----------
    calibrator
        Calibrator of the model's probabilities for seasons like those of the corpus.
    alarms
        Alarm rule for calibrated probabilities.
    first_seed, seasons
        Seed of the first season, and number of seasons.
    above
        Fraction of these seasons in which R is above R0; optimistic, since the rule was chosen on them.
    open_share
        Mean fraction of time under alarm.
    """

    calibrator: Calibrator
    alarms: FrozenAlarms
    first_seed: int
    seasons: int
    above: float
    open_share: float


def choose(
    recipe: Pretraining,
    answer: Answer,
    weights: Sequence[float],
    *,
    seasons: int = CHOOSING,
    progress: Callable[[int, int], object] = lambda _done, _total: None,
    cancelled: CancelCheck = never,
    corpus: Corpus | None = None,
) -> CorpusChoice:
    """Return calibrator and alarm rule, chosen on the seasons that follow those of a pre-training.

    Parameters
    ----------
    recipe
        Settings of the pre-training.
    answer
        Predicts a season.
    weights
        Class weights of its training, shape (class,).
    seasons
        Number of seasons.
    progress
        Called with seasons done, and total.
    cancelled
        Whether to stop.
    corpus
        The seasons; default: `pretraining.synthetic_corpus`.

    Raises
    ------
    Stop
        If `cancelled` returned true.
    ValueError
        If no season has an event.
    """
    found: list[tuple[Series, Catalogue]] = []
    event: list[NDArray[np.float64]] = []
    happened: list[NDArray[np.bool_]] = []
    numbers = range(recipe.seasons, recipe.seasons + seasons)
    for each in (corpus or synthetic_corpus(recipe))(numbers):
        if cancelled():
            raise Stop
        said = answer(each.season).astype(np.float64)
        scored = np.isfinite(said).all(axis=1) & ~each.labels.post
        event.append(said[scored, 1:].sum(axis=1))
        happened.append(each.labels.classes[scored] > 0)
        found.append((_series(each, said), catalogue_of(each.events, each.classes)))
        progress(len(found), seasons)
    events = sum(len(catalogue.times) for _, catalogue in found)
    fitted = fit_calibrator(np.concatenate(event), np.concatenate(happened), events)
    calibrator = Calibrator(
        fitted.method, fitted.days, fitted.events, fitted.given, fitted.calibrated, np.asarray(weights, float)
    )
    alarms, above, share = _alarms(found, calibrator)
    return CorpusChoice(calibrator, alarms, recipe.plan.first_seed + recipe.seasons, seasons, above, share)


def _series(each: LabelledSeason, said: NDArray[np.float64]) -> Series:
    season = each.season
    return Series(season.days, season.available_at[season.shown].astype("datetime64[ms]"), said)


def _alarms(found: Sequence[tuple[Series, Catalogue]], calibrator: Calibrator) -> tuple[FrozenAlarms, float, float]:
    """Return the rule with R above R0 in most seasons, with its scores.

    The rule has no more than `LARGEST_SHARE` of the time under alarm; of equal rules it is the one with the highest mean R.
    """
    above, scores, shares = [], [], []
    for series, catalogue in found:
        calibrated = Series(series.days, series.available_at, calibrator.of_classes(series.probabilities))
        told = scores_of_rules(calibrated, catalogue)
        if told is None:
            continue
        hits, share, events = told
        zero = np.array([r_zero(events, count) for count in range(events + 1)])
        above.append(hits - share > zero[np.round(hits * events).astype(int)])
        scores.append(hits - share)
        shares.append(share)
    if not scores:
        raise ValueError(Said("No synthetic season contains an earthquake, so an alarm rule cannot be chosen."))
    often, score, share = np.mean(above, axis=0), np.mean(scores, axis=0), np.mean(shares, axis=0)
    worth = np.where(share <= LARGEST_SHARE, often + 1e-3 * score, -np.inf)
    place = tuple(int(at) for at in np.unravel_index(int(np.argmax(worth)), worth.shape))
    rule = rule_at(place)
    chosen = FrozenAlarms(float(np.asarray(rule.threshold)), int(np.asarray(rule.run_days)), int(np.asarray(rule.open_days)))
    return chosen, float(often[place]), float(share[place])
