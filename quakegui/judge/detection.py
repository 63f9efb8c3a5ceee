"""Whether signals added to a season are detected: replicates in parts that are computed independently of each other."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.alarms import catalogue_of
from quakegui.judge.folds import Material, material
from quakegui.judge.predictors import PREDICTORS, WITHOUT_FIELD, predict, run_clues
from quakegui.judge.predictors.learners import usual
from quakegui.judge.predictors.matched_filter import matched_filter
from quakegui.judge.replicates import Ground, Replicate, replicates
from quakegui.judge.scoring import judge_truth
from quakegui.judge.splits import blocked
from quakegui.judge.surrogates import JITTER_DAYS, SURROGATES, event_windows, make_surrogates, rule_kinds, surrogate_test
from quakegui.judge.truth import truth_of
from quakegui.judge.verdict import ALPHA
from quakegui.progress import CancelCheck
from quakegui.season.events import classify
from quakegui.season.labels import RuleLabels, apply
from quakegui.season.season import Season

Floats = NDArray[np.float64]
TOGETHER = 5
"""Replicates of one part: computing the z-scores of several seasons together takes less time, and a part takes seconds."""
Kind = Literal["network", "matched-filter"]


@dataclass(frozen=True, slots=True, eq=False)
class Detector:
    """Predictor of a season that was not part of its training.

    Attributes
    ----------
    kind, title
        A pre-trained model or the matched filter, and the display name.
    identity
        Changes whenever the predictions may change.
    answers
        Function from a season to the probabilities of the five classes, NaN where missing, shape (day, class). It can be
        pickled, for other processes.
    """

    kind: Kind
    title: str
    identity: str
    answers: Callable[[Season], NDArray[np.floating[Any]]]


@dataclass(frozen=True, slots=True)
class Part:
    """Replicates with signals of one size.

    Attributes
    ----------
    strength
        Factor on the peaks of the law; 0 for none.
    count
        Number of earthquakes at random times; None for the season's own, shifted.
    seeds
        One replicate each.
    """

    strength: float
    count: int | None
    seeds: range


@dataclass(frozen=True, slots=True, eq=False)
class PartResult:
    """Result of a part.

    Attributes
    ----------
    detections
        Of each replicate, see `detections`.
    station_nt
        Maximum absolute value of each signal at any station, nT, of all replicates, shape (signal,).
    """

    detections: tuple[tuple[bool, bool], ...]
    station_nt: Floats


Spread = Callable[[Sequence[Part], CancelCheck], Iterator[tuple[int, PartResult]]]
"""Function that computes parts, in any order, and yields the number and result of each; it ends early if cancelled."""


def parts_of(sizes: Sequence[tuple[float, int | None]], seeds: range) -> list[Part]:
    """Return the parts of several sizes, which are pairs of strength and number of earthquakes; the same seeds for each.

    Parameters
    ----------
    sizes
        Strength, and number of earthquakes or None.
    seeds
        Seeds of the replicates of each size.
    """
    pieces = [seeds[start : start + TOGETHER] for start in range(0, len(seeds), TOGETHER)]
    return [Part(strength, count, piece) for strength, count in sizes for piece in pieces]


def part_result(ground: Ground, detector: Detector, part: Part, cancelled: CancelCheck) -> PartResult | None:
    """Return the result of a part; None if cancelled.

    Parameters
    ----------
    ground, detector
        Season with its earthquakes, and the predictor.
    part
        The part.
    cancelled
        Called before each replicate; whether to stop.
    """
    found, stations = [], []
    for each in replicates(ground, part.strength, part.seeds, count=part.count):
        if cancelled():
            return None
        found.append(detections(ground, each, detector.answers(each.season)))
        stations.append(each.station_nt)
    return PartResult(tuple(found), np.concatenate(stations))


def in_turn(ground: Ground, detector: Detector) -> Spread:
    """Return a `Spread` that computes one part after the other in this process.

    Parameters
    ----------
    ground, detector
        Season with its earthquakes, and the predictor.
    """

    def spread(parts: Sequence[Part], cancelled: CancelCheck) -> Iterator[tuple[int, PartResult]]:
        for number, part in enumerate(parts):
            result = part_result(ground, detector, part, cancelled)
            if result is None:
                return
            yield number, result

    return spread


def filter_detector(ground: Ground) -> Detector:
    """Return the matched filter for signals of the law as a detector; it uses no labels."""
    return Detector("matched-filter", "matched filter", "matched-filter", partial(_filter_answers, ground))


def _filter_answers(ground: Ground, season: Season) -> NDArray[np.floating[Any]]:
    none = np.arange(0)
    column = matched_filter(dataclasses.replace(ground.inputs, station_z=season.z), none, none)
    return np.where(season.has_map[:, np.newaxis], usual(column, np.zeros(len(column), np.int64), column), np.nan)


def detections(ground: Ground, replicate: Replicate, probabilities: NDArray[np.floating[Any]]) -> tuple[bool, bool]:
    """Return whether the predictions of one season pass the deciding test, and whether the verdict is better than chance.

    Parameters
    ----------
    ground
        The measured season, for its days, label rule and classes.
    replicate
        The season that was predicted, with its earthquakes.
    probabilities
        Of the five classes, NaN where missing, shape (day, class).
    """
    season = ground.season
    zone = season.config.timezone
    windows = event_windows(replicate.events, ground.rule, timezone=zone, night=ground.night)
    drawn = make_surrogates(windows, season.days, jitter_days=JITTER_DAYS["pooled"], surrogates=SURROGATES, redrawn=False)
    answered = np.isfinite(probabilities).all(axis=1)
    test = surrogate_test(
        -probabilities[:, 0],
        rule_kinds(windows, season.days),
        drawn,
        statistic="pooled",
        fold=np.where(answered, 0, -1),
    )
    if not test.p_value < ALPHA:
        return False, False  # then the verdict fails, too, without comparing baselines
    return True, _better(ground, replicate, probabilities)


def _better(ground: Ground, replicate: Replicate, probabilities: NDArray[np.floating[Any]]) -> bool:
    """Return whether the full verdict, with all baselines that use no field, is better than chance."""
    season, events = ground.season, replicate.events
    zone, known_at = season.config.timezone, season.available_at[season.shown]
    classes = classify(events, ground.scheme)
    labels = apply(ground.rule, events, classes, season.days, known_at, timezone=zone)
    windows = event_windows(events, ground.rule, timezone=zone, night=ground.night)
    truth = labels.classes.astype(np.int64)
    try:
        split = blocked(_material(season, labels, windows.day, windows.before, windows.after), inner_share=0.0)
    except ValueError:  # without a split of this season there is no comparison and no verdict
        return False
    every = sorted((*events, *replicate.others), key=lambda event: event.time)
    inputs = dataclasses.replace(
        ground.inputs,
        event_times=np.array([event.time for event in every], dtype="datetime64[ms]"),
        event_magnitudes=np.array([event.magnitude for event in every]),
    )
    judged = judge_truth(
        truth_of(
            split,
            days=season.days,
            available_at=known_at,
            labels=truth,
            catalogue=catalogue_of(events, classes),
            windows=windows,
            protocol="zero-shot",
        ),
        probabilities,
        name="zero-shot",
        baselines={name: predict(split, inputs, truth, PREDICTORS[name]) for name in WITHOUT_FIELD},
        clues=run_clues(split, inputs, truth),
    )
    return judged.verdict.better_than_chance


def _material(
    season: Season, labels: RuleLabels, day: NDArray[np.datetime64], before: NDArray[np.int64], after: NDArray[np.int64]
) -> Material:
    return material(
        season.days,
        labels.classes.astype(np.int64),
        has_map=season.has_map,
        post=labels.post,
        event_index=labels.event_index,
        windows=np.column_stack([day - before, day + after]),
    )
