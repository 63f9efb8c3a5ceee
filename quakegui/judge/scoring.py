"""The whole judgement of one predictor: every figure, every comparison, and the verdict.

Days are judged by the labels on three targets, the headline first: event against none, direction, the five classes. Alarms are
judged by the catalogue. Only days predicted by a training that had not seen them are scored; the ``paper`` protocol breaks that
rule by design and is marked leaky.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from quakegui.judge import metrics
from quakegui.judge.alarms import Catalogue, Series, judged_period, record_alarms
from quakegui.judge.bootstrap import (
    RESAMPLES,
    ShiftTest,
    block_weights,
    circular_shift,
    day_counts,
    interval,
    paired_difference,
)
from quakegui.judge.judgement import Comparison, Judgement, TargetFigures, Truth
from quakegui.judge.metrics import TARGETS, Target
from quakegui.judge.predictors import majority, out_of_fold
from quakegui.judge.skill import molchan, skill, thresholds_by_fold
from quakegui.judge.splits import N_CLASSES, Split, leak_fraction, tested_classes, trained_classes
from quakegui.judge.verdict import reach_verdict
from quakegui.season.labels import cohen_kappa

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


def truth_of(
    made: Split,
    *,
    days: ArrayLike,
    available_at: ArrayLike,
    labels: ArrayLike,
    catalogue: Catalogue,
    taught: ArrayLike | None = None,
    learnt: Catalogue | None = None,
) -> Truth:
    """Truth of a split.

    Parameters
    ----------
    days, available_at, labels
        Of all days the split was made of; labels from people or the rule, never from a model. Shape (day,).
    taught, learnt
        The labels, shape (day,), and the events that the trainings had, where those to judge by are others.
    """
    day, label = np.asarray(days, "datetime64[D]"), np.asarray(labels, np.int64)
    rows = np.sort(np.concatenate([fold.test for fold in made.folds]))
    number = np.full(len(day), -1, np.int64)
    for k, fold in enumerate(made.folds):
        number[(day >= fold.first) & (day <= fold.last)] = k
    return Truth(
        protocol=made.protocol,
        leaky=made.leaky,
        leak=leak_fraction(made),
        days=day,
        available_at=np.asarray(available_at, "datetime64[ms]"),
        fold=number,
        trained=trained_classes(made, label if taught is None else taught),
        tested=tested_classes(made, label),
        row_day=rows,
        row_label=label[rows],
        catalogue=catalogue,
        learnt=catalogue if learnt is None else learnt,
    )


def prospective_truth(
    *, days: ArrayLike, available_at: ArrayLike, labels: ArrayLike, trained: ArrayLike, catalogue: Catalogue
) -> Truth:
    """Truth of a prospective record: predictions issued day by day by a frozen run, all days after its training.

    Parameters
    ----------
    labels
        Class 0..4, -1 for a day that is not scored (no label, or ``post``), shape (day,).
    trained
        Which classes the frozen run had in training, shape (class,).
    """
    day, label = np.asarray(days, "datetime64[D]"), np.asarray(labels, np.int64)
    rows = np.flatnonzero(label >= 0)
    return Truth(
        protocol="prospective",
        leaky=False,
        leak=0.0,
        days=day,
        available_at=np.asarray(available_at, "datetime64[ms]"),
        fold=np.zeros(len(day), np.int64),
        trained=np.asarray(trained, bool).reshape(1, N_CLASSES),
        tested=(np.bincount(label[rows], minlength=N_CLASSES) > 0).reshape(1, N_CLASSES),
        row_day=rows,
        row_label=label[rows],
        catalogue=catalogue,
        learnt=catalogue,
    )


def judge(
    made: Split,
    *,
    name: str,
    days: ArrayLike,
    available_at: ArrayLike,
    labels: ArrayLike,
    probabilities: ArrayLike,
    catalogue: Catalogue,
    baselines: Mapping[str, Floats],
    taught: ArrayLike | None = None,
    learnt: Catalogue | None = None,
    image_probabilities: Sequence[ArrayLike] | None = None,
    thresholds: Sequence[float] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Judgement:
    """Judge one predictor on a split.

    Parameters
    ----------
    name
        Of the predictor.
    days, available_at, labels
        See `truth_of`, shape (day,).
    probabilities
        Out-of-fold probabilities of every day in the test spans, NaN rows where there is none, shape (day, class).
    catalogue
        Declustered events; those outside the judged period are left out.
    baselines
        Out-of-fold probabilities by name, shape (day, class) each. The majority is added where it is missing.
    taught, learnt
        See `truth_of`.
    image_probabilities
        Only in the paper's protocol: the test images' probabilities, one array (image, class) per fold in the order of its
        ``test``. Default: each image has its day's.
    thresholds
        p* of each fold, chosen on its training side. Default: see `thresholds_by_fold`.

    Raises
    ------
    ValueError
        Arrays that do not fit the days or the folds.
    """
    truth = truth_of(
        made, days=days, available_at=available_at, labels=labels, catalogue=catalogue, taught=taught, learnt=learnt
    )
    beside = dict(baselines)
    if "majority" not in beside:
        given = labels if taught is None else taught
        beside = {"majority": out_of_fold(made, np.zeros(len(truth.days)), given, majority), **beside}
    rows = None
    if image_probabilities is not None:
        together = np.concatenate([np.asarray(part, float) for part in image_probabilities])
        tested = np.concatenate([fold.test for fold in made.folds])
        if len(together) != len(tested):
            raise ValueError(f"{len(together)} images have probabilities, but the split tests {len(tested)}.")
        rows = together[np.argsort(tested, kind="stable")]
    return judge_truth(
        truth, probabilities, name=name, baselines=beside, rows=rows, thresholds=thresholds, resamples=resamples, seed=seed
    )


def judge_truth(
    truth: Truth,
    probabilities: ArrayLike,
    *,
    name: str,
    baselines: Mapping[str, Floats],
    rows: Floats | None = None,
    thresholds: Sequence[float] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Judgement:
    """Judge one predictor by a truth, see `judge`.

    Parameters
    ----------
    probabilities
        Shape (day, class), NaN rows where there is none.
    rows
        Probabilities of the scored rows where they are not their days', shape (row, class).
    """
    daily = np.asarray(probabilities, float)
    if daily.shape != (len(truth.days), N_CLASSES):
        raise ValueError(
            f"The predictor '{name}' needs probabilities of shape ({len(truth.days)}, {N_CLASSES}), not {daily.shape}."
        )
    answers = daily[truth.row_day] if rows is None else rows
    answered = _answered(answers)
    weights = block_weights(len(truth.days), resamples=resamples, seed=seed)
    with threadpool_limits(1):  # many small products: threads would wait for each other longer than they work
        targets = tuple(_target_figures(truth, answers, target, weights) for target in TARGETS)
        comparisons = tuple(
            _compare(truth, answers, np.asarray(given, float)[truth.row_day], name=other, target=target, weights=weights)
            for other, given in baselines.items()
            for target in TARGETS
        )
    series = Series(truth.days, truth.available_at, daily)
    by_day, chosen, fixed = _thresholds(truth, series, thresholds)
    period = judged_period(series, truth.fold >= 0)
    record = record_alarms(series, by_day, truth.catalogue, period) if len(period) else None
    skilled = None if record is None else skill(record)
    versus = {c.name: c.macro_recall_difference for c in comparisons if c.target == "event"}
    return Judgement(
        name=name,
        protocol=truth.protocol,
        leaky=truth.leaky,
        leak=truth.leak,
        scored=int(answered.sum()),
        without_prediction=int((~answered).sum()),
        targets=targets,
        trained=truth.trained,
        tested=truth.tested,
        calibration=metrics.calibration(answers[answered], truth.row_label[answered]) if answered.any() else None,
        comparisons=comparisons,
        thresholds=chosen,
        fixed_thresholds=fixed,
        alarms=record,
        skill=skilled,
        molchan=molchan(series, truth.catalogue, period) if len(period) else None,
        verdict=reach_verdict(
            leaky=truth.leaky,
            leak=truth.leak,
            accuracy=targets[-1].figures.accuracy,
            shift=targets[0].shift,
            recall=targets[0].macro_recall,
            majority=versus.get("majority"),
            kp=versus.get("kp"),
            skill=skilled,
        ),
    )


def _grouped(truth: Truth, answers: Floats, kept: Mask, target: Target) -> tuple[NDArray[np.intp], Counts, Counts, Mask]:
    """Day, true group, answered group, and whether the fold's training knew the true group, of the rows kept, shape (row,)."""
    day = truth.row_day[kept]
    label = metrics.group_labels(truth.row_label[kept], target)
    said = np.argmax(metrics.group_probabilities(answers[kept], target), axis=1).astype(np.int64)
    known = metrics.group_trained(truth.trained, target)[truth.fold[day], label] if len(day) else np.zeros(0, bool)
    return day, label, said, known


def _day_matrices(truth: Truth, answers: Floats, kept: Mask, target: Target) -> tuple[Floats, Floats]:
    """Confusion matrix of each day over all rows kept, and over the estimable ones, shape (day, group, group) each."""
    day, label, said, known = _grouped(truth, answers, kept, target)
    size = {"n_days": len(truth.days), "n_classes": max(metrics.GROUPS[target]) + 1}
    return day_counts(day, label, said, **size), day_counts(day[known], label[known], said[known], **size)


def _answered(answers: Floats) -> Mask:
    """Rows with an answer, shape (row,)."""
    return np.asarray(np.isfinite(answers).all(axis=1), bool)


def _target_figures(truth: Truth, answers: Floats, target: Target, weights: Floats | None) -> TargetFigures:
    everything, judged = _day_matrices(truth, answers, _answered(answers), target)
    return TargetFigures(
        target=target,
        figures=metrics.figures(everything.sum(axis=0), judged.sum(axis=0)),
        accuracy=interval(everything, metrics.accuracy, weights),
        macro_recall=interval(judged, metrics.macro_recall, weights),
        kappa=interval(everything, cohen_kappa, weights),
        shift=_shift_test(truth, everything, target),
    )


def _shift_test(truth: Truth, everything: Floats, target: Target) -> ShiftTest:
    """Circular-shift test over the days with at least one scored row, in the order of time."""
    by_truth = everything.sum(axis=2)
    scored = np.flatnonzero(by_truth.sum(axis=1))
    known = metrics.group_trained(truth.trained, target)[truth.fold[scored]]
    return circular_shift(np.argmax(by_truth[scored], axis=1), everything[scored].sum(axis=1), known)


def _compare(truth: Truth, answers: Floats, other: Floats, *, name: str, target: Target, weights: Floats | None) -> Comparison:
    answered = _answered(answers)
    both = answered & _answered(other)
    everything, judged = _day_matrices(truth, answers, both, target)
    other_everything, other_judged = _day_matrices(truth, other, both, target)
    return Comparison(
        name=name,
        target=target,
        days=int(both.sum()),
        dropped=int((answered & ~both).sum()),
        figures=metrics.figures(other_everything.sum(axis=0), other_judged.sum(axis=0)),
        accuracy_difference=paired_difference(everything, other_everything, metrics.accuracy, weights),
        macro_recall_difference=paired_difference(judged, other_judged, metrics.macro_recall, weights),
    )


def _thresholds(
    truth: Truth, series: Series, given: Sequence[float] | None
) -> tuple[Floats, tuple[float, ...], tuple[int, ...]]:
    """P* of each day and of each fold, and the folds with the fixed one."""
    n_folds = len(truth.trained)
    if given is not None:
        if len(given) != n_folds:
            raise ValueError(f"{len(given)} thresholds were given for {n_folds} folds.")
        chosen = np.asarray(given, float)
        return np.where(truth.fold >= 0, chosen[truth.fold], np.inf), tuple(float(p) for p in chosen), ()
    by_day, fixed = thresholds_by_fold(series, truth.fold, truth.learnt)
    first = [np.flatnonzero(truth.fold == k) for k in range(n_folds)]
    return by_day, tuple(float(by_day[place[0]]) if len(place) else np.nan for place in first), fixed
