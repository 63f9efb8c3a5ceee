"""Evaluation of one predictor: all scores, all comparisons, and the verdict.

Days are compared with the labels on three targets: earthquake vs. none (the main one), direction, and the five classes. Alarms
are compared with the catalogue. The verdict uses the labels of the rule, surrogate catalogues, and baselines that use no field.
Only out-of-fold predictions are scored; the ``paper`` protocol violates this by design and is marked as leaky.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from quakegui.judge import metrics
from quakegui.judge.alarm_choice import by_day, fixed_rule, rules_by_fold
from quakegui.judge.alarms import AlarmRule, Series, judged_period, record_alarms
from quakegui.judge.auc import auc
from quakegui.judge.bootstrap import (
    RESAMPLES,
    Weights,
    auc_interval,
    block_weights,
    day_counts,
    interval,
    paired_auc,
    paired_difference,
)
from quakegui.judge.calibration import Calibrator, calibrate_by_fold, calibrated_by_fold, rows_before
from quakegui.judge.ensemble import Ensemble, ensemble_of
from quakegui.judge.exposure import Exposure, exposure_of
from quakegui.judge.folds import N_CLASSES, class_weights, days_beside
from quakegui.judge.judgement import Comparison, Judgement, TargetFigures
from quakegui.judge.metrics import TARGETS, Target
from quakegui.judge.predictors import WITHOUT_FIELD, Clue
from quakegui.judge.reliability import Reliability, information_gain, reliability
from quakegui.judge.residual import EVERYTHING, LEAST_SHARE, residual_interval
from quakegui.judge.skill import molchan, skill
from quakegui.judge.surrogates import SurrogateTest, statistic_of, surrogate_test
from quakegui.judge.truth import Truth
from quakegui.judge.verdict import reach_verdict
from quakegui.season.labels import cohen_kappa
from quakegui.words import Said

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


def judge_truth(
    truth: Truth,
    probabilities: ArrayLike,
    *,
    name: str,
    title: str = "",
    baselines: Mapping[str, Floats],
    clues: Mapping[str, Clue] | None = None,
    rows: Floats | None = None,
    members: ArrayLike | None = None,
    rules: Sequence[AlarmRule] | None = None,
    calibrators: Sequence[Calibrator] | None = None,
    reference: Floats | None = None,
    tests: Mapping[str, SurrogateTest] | None = None,
    class_weighted: bool = True,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Judgement:
    """Evaluate one predictor, see `split_evaluation.judge`.

    Parameters
    ----------
    truth
        Scored days, labels and catalogue.
    probabilities
        Shape (day, class), NaN where missing.
    name, title, baselines
        See `split_evaluation.judge`.
    clues
        Other predictions from the input of a baseline, by its name, which must not explain the predictions either.
    rows
        Probabilities of the scored rows if they differ from those of their days, shape (row, class).
    members
        Probabilities of the ensemble members whose mean is evaluated, shape (member, day, class).
    rules, calibrators
        Alarm rule and calibrator of each fold. Default: chosen and fitted on the other folds' days.
    reference
        Calibrated probabilities of the predictor ``catalogue``, shape (day, class). Default: calibrated here.
    tests
        Tests of the baselines, see `tests_of_baselines`, to share them among predictors. Default: computed here.
    class_weighted
        Whether the model was trained with class weights.
    resamples, seed
        Number of bootstrap resamples, and seed of the random generator.
    """
    daily = np.asarray(probabilities, float)
    if daily.shape != (len(truth.days), N_CLASSES):
        raise ValueError(
            Said(
                "The predictor '{name}' needs probabilities of shape ({count}, {n_classes}), not {shape}.",
                name=name,
                count=len(truth.days),
                n_classes=N_CLASSES,
                shape=daily.shape,
            )
        )
    answers = daily[truth.row_day] if rows is None else rows
    answered = _answered(answers)
    weights = block_weights(len(truth.days), resamples=resamples, seed=seed)
    score, tests = _score(daily), tests_of_baselines(truth, baselines) if tests is None else tests
    with threadpool_limits(1):  # threads only slow down many small products
        targets = tuple(_target_figures(truth, answers, target, weights) for target in TARGETS)
        comparisons = tuple(
            _compare(
                truth,
                answers,
                daily,
                baselines,
                (clues or {}).get(other),
                test=tests[other],
                name=other,
                target=target,
                weights=weights,
            )
            for other in baselines
            for target in TARGETS
        )
        test = _test(truth, daily)
        foldwise = auc_interval(score, truth.kinds, truth.fold, weights)
    calibrated, calibrators = _calibrated(truth, daily, class_weighted=class_weighted, given=calibrators)
    if reference is None and "catalogue" in baselines:
        reference = _calibrated(truth, np.asarray(baselines["catalogue"], float))[0]
    # without calibration (leaky protocol), alarms use the probabilities as they are
    series = Series(truth.days, truth.available_at, calibrated if calibrators else daily)
    chosen, fixed = _rules(truth, series, rules, calibrators, daily)
    rule, period = by_day(chosen, truth.fold), judged_period(series, truth.fold >= 0)
    exposure = None if reference is None else _exposure(series, reference)
    record = record_alarms(series, rule, truth.catalogue, period) if len(period) else None
    skilled = None if record is None else skill(record, period=period, exposure=exposure)
    return Judgement(
        name=name,
        title=title or name,
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
        rules=chosen,
        fixed_thresholds=fixed,
        alarms=record,
        skill=skilled,
        molchan=molchan(series, truth.catalogue, period, rule=rule, exposure=exposure) if len(period) else None,
        surrogate=test,
        auc=foldwise,
        agreement=_agreement(truth, score),
        reliability=_reliability(truth, calibrated),
        calibrators=calibrators,
        ensemble=None if members is None else _ensemble(truth, np.asarray(members, float)),
        information_gain=np.nan if reference is None else _information_gain(truth, calibrated, reference),
        information_gain_constant=_information_gain(truth, calibrated, None),
        verdict=reach_verdict(
            leaky=truth.leaky,
            leak=truth.leak,
            accuracy=targets[-1].figures.accuracy,
            macro_recall=targets[0].figures.macro_recall,
            test=test,
            auc=foldwise,
            residual=next((one.residual for one in comparisons if one.name == EVERYTHING and one.target == "event"), None),
            not_beaten=_not_beaten(comparisons),
            skill=skilled,
        ),
    )


def _grouped(truth: Truth, answers: Floats, kept: Mask, target: Target) -> tuple[NDArray[np.intp], Counts, Counts, Mask]:
    """Return day, true group, predicted group, and whether the true group was in the fold's training, shape (row,) each."""
    day = truth.row_day[kept]
    label = metrics.group_labels(truth.row_label[kept], target)
    said = np.argmax(metrics.group_probabilities(answers[kept], target), axis=1).astype(np.int64)
    known = metrics.group_trained(truth.trained, target)[truth.fold[day], label] if len(day) else np.zeros(0, bool)
    return day, label, said, known


def _day_matrices(truth: Truth, answers: Floats, kept: Mask, target: Target) -> tuple[Floats, Floats]:
    """Return each day's confusion matrix over all selected rows and over the estimable ones, shape (day, group, group)."""
    day, label, said, known = _grouped(truth, answers, kept, target)
    size = {"n_days": len(truth.days), "n_classes": max(metrics.GROUPS[target]) + 1}
    return day_counts(day, label, said, **size), day_counts(day[known], label[known], said[known], **size)


def _answered(answers: Floats) -> Mask:
    """Return which rows have a prediction, shape (row,)."""
    return np.asarray(np.isfinite(answers).all(axis=1), bool)


def _target_figures(truth: Truth, answers: Floats, target: Target, weights: Weights | None) -> TargetFigures:
    everything, judged = _day_matrices(truth, answers, _answered(answers), target)
    return TargetFigures(
        target=target,
        figures=metrics.figures(everything.sum(axis=0), judged.sum(axis=0)),
        accuracy=interval(everything, metrics.accuracy, weights),
        macro_recall=interval(judged, metrics.macro_recall, weights),
        kappa=interval(everything, cohen_kappa, weights),
    )


def _score(daily: Floats) -> Floats:
    """Return P(event) - 1 of each day, shape (day,): the same ranks as P(event), without rounding in a sum."""
    return -np.asarray(daily[:, 0], float)


def _test(truth: Truth, daily: Floats) -> SurrogateTest:
    return surrogate_test(
        _score(daily),
        truth.kinds,
        truth.surrogates,
        statistic=statistic_of(truth.protocol),
        fold=truth.fold,
        with_p_values=not truth.leaky,
    )


def tests_of_baselines(truth: Truth, baselines: Mapping[str, Floats]) -> dict[str, SurrogateTest]:
    """Return the test of each baseline by name, fold by fold as it was trained, whatever predictor it is compared with.

    Parameters
    ----------
    truth
        Its folds, kinds of days and `rivals`; for a leaky protocol there are no p-values.
    baselines
        Probabilities of each baseline by name, NaN where missing, shape (day, class).
    """
    return {
        name: surrogate_test(
            _score(np.asarray(daily, float)),
            truth.kinds,
            truth.rivals,
            statistic="foldwise",
            fold=truth.fold,
            with_p_values=not truth.leaky,
        )
        for name, daily in baselines.items()
    }


def _calibrated(
    truth: Truth, daily: Floats, *, class_weighted: bool = True, given: Sequence[Calibrator] | None = None
) -> tuple[Floats, tuple[Calibrator, ...]]:
    """Return calibrated probabilities, shape (day, class), NaN where not calibrated, and the calibrator of each fold."""
    if truth.leaky:
        return np.full_like(daily, np.nan), ()
    if given is not None:
        return calibrated_by_fold(given, truth.fold, daily), tuple(given)
    labels = [truth.training_labels[fold.train] for fold in truth.folds]
    weights = [class_weights(learnt[learnt >= 0]) for learnt in labels] if class_weighted else None
    rows = rows_before(truth.training_catalogue.times, truth.available_at)
    return calibrate_by_fold(truth.folds, daily, truth.training_labels, rows, weights=weights)


def _reliability(truth: Truth, calibrated: Floats) -> Reliability | None:
    event = calibrated[truth.row_day, 1:].sum(axis=1)
    known = np.isfinite(event)
    return reliability(event[known], truth.row_label[known] > 0)


def _information_gain(truth: Truth, calibrated: Floats, reference: Floats | None) -> float:
    """Return the gain over a reference; without one, over the base rate of the scored days themselves."""
    ours, happened = calibrated[truth.row_day, 1:].sum(axis=1), truth.row_label > 0
    known = np.isfinite(ours)
    if reference is not None:
        theirs = reference[truth.row_day, 1:].sum(axis=1)
    else:
        theirs = np.full(len(ours), happened[known].mean() if known.any() else np.nan)
    return information_gain(ours, theirs, happened)


def _agreement(truth: Truth, score: Floats) -> float:
    """Return the AUC with the current labels over the scored days, with the statistic of the protocol."""
    kinds = np.full(len(truth.days), -1, np.int64)
    kinds[truth.row_day] = truth.row_label > 0
    return auc(score, kinds, truth.fold if statistic_of(truth.protocol) == "foldwise" else None)


def _ensemble(truth: Truth, members: Floats) -> Ensemble | None:
    fold = truth.fold if statistic_of(truth.protocol) == "foldwise" else None
    return ensemble_of(1 - members[:, :, 0], truth.kinds, fold)


def _not_beaten(comparisons: Sequence[Comparison]) -> list[str]:
    """Return the baselines without field that could be compared on enough days and were not outperformed."""
    found = {one.name: one for one in comparisons if one.target == "event" and one.share >= LEAST_SHARE}
    return [name for name in WITHOUT_FIELD if name in found and not found[name].beaten]


def _compare(
    truth: Truth,
    answers: Floats,
    daily: Floats,
    baselines: Mapping[str, Floats],
    clue: Clue | None,
    *,
    test: SurrogateTest,
    name: str,
    target: Target,
    weights: Weights | None,
) -> Comparison:
    other = np.asarray(baselines[name], float)
    answered, theirs = _answered(answers), other[truth.row_day]
    both = answered & _answered(theirs)
    everything, judged = _day_matrices(truth, answers, both, target)
    other_everything, other_judged = _day_matrices(truth, theirs, both, target)
    by_day = (truth.kinds, truth.fold, weights)
    headline = target == "event"
    return Comparison(
        name=name,
        target=target,
        days=int(both.sum()),
        dropped=int((answered & ~both).sum()),
        figures=metrics.figures(other_everything.sum(axis=0), other_judged.sum(axis=0)),
        accuracy_difference=paired_difference(everything, other_everything, metrics.accuracy, weights),
        macro_recall_difference=paired_difference(judged, other_judged, metrics.macro_recall, weights),
        auc_difference=paired_auc(_score(daily), _score(other), *by_day) if headline else None,
        residual=residual_interval(truth, daily, answered, baselines, clue, name=name, weights=weights) if headline else None,
        test=test if headline else None,
    )


def _exposure(series: Series, reference: Floats) -> Exposure | None:
    """Return time weighted by P(event) of the predictor ``catalogue``; None if that is zero."""
    rate = reference[:, 1:].sum(axis=1)
    return exposure_of(series, rate) if np.nansum(rate) > 0 else None


def _rules(
    truth: Truth, series: Series, given: Sequence[AlarmRule] | None, calibrators: Sequence[Calibrator], daily: Floats
) -> tuple[tuple[AlarmRule, ...], tuple[int, ...]]:
    """Return the alarm rule of each fold, and the folds with the fixed rule."""
    n_folds = len(truth.trained)
    if given is None:
        by_fold = [one.of_classes(daily)[:, 1:].sum(axis=1) for one in calibrators] or None
        beside = [days_beside(fold, truth.days, truth.days) for fold in truth.folds] or None
        fixed = [fixed_rule(one) for one in calibrators]
        return rules_by_fold(series, truth.fold, truth.training_catalogue, by_fold, beside=beside, fixed=fixed)
    if len(given) != n_folds:
        raise ValueError(Said("{count} alarm rules were given for {n_folds} folds.", count=len(given), n_folds=n_folds))
    return tuple(given), ()
