"""Calibrated probabilities: weights undone, isotonic and Platt beside scikit-learn, and who is fitted on which days."""

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from quakegui.judge import calibration, folds, splits


def world(n, seed=0):
    """Return P(event) of an answer that exaggerates, what happened, and the truth: sigmoid of half its log odds."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-1, 2, n)
    truth = 1 / (1 + np.exp(-0.5 * odds))
    return 1 / (1 + np.exp(-odds)), rng.random(n) < truth, truth


def test_weights_undone_are_the_weighted_trainings_true_shares():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(20_000, 1))
    labels = (rng.random(20_000) < 1 / (1 + np.exp(3 - x[:, 0]))).astype(int) * 2
    weights = folds.class_weights(labels)
    weighed = LogisticRegression().fit(x, labels, sample_weight=weights[labels]).predict_proba(x)
    plain = LogisticRegression().fit(x, labels).predict_proba(x)
    five = np.zeros((20_000, 5))
    five[:, [0, 2]] = weighed
    found = calibration.undo_weights(five, weights)
    assert abs(five[:, 2].mean() - labels.astype(bool).mean()) > 0.2
    assert found[:, 2] == pytest.approx(plain[:, 1], abs=0.02)
    assert found.sum(axis=1) == pytest.approx(1)


def test_isotonic_is_scikit_learns_within_its_limits():
    p, happened, truth = world(400)
    found = calibration.fit_calibrator(p, happened, events=40)
    assert (found.method, found.days, found.events) == ("isotonic", 400, 40)
    oracle = IsotonicRegression(out_of_bounds="clip").fit(p, happened)
    assert found.of_event(p) == pytest.approx(np.clip(oracle.predict(p), 1 / 402, 401 / 402))
    assert (np.diff(found.of_event(np.linspace(0, 1, 101))) >= 0).all()
    fresh, happened, truth = world(4000, seed=1)
    better, before = (np.mean((forecast - truth) ** 2) for forecast in (found.of_event(fresh), fresh))
    assert better < before / 3


def test_no_calibrated_probability_is_certain():
    found = calibration.fit_calibrator([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], events=5)
    assert found.of_event([0.0, 1.0]).tolist() == pytest.approx([1 / 6, 5 / 6])


def test_platt_is_a_logistic_regression_on_smoothed_targets():
    p, happened, _ = world(300, seed=2)
    found = calibration.fit_calibrator(p, happened, events=4)
    assert found.method == "platt"
    n1, n0 = happened.sum(), (~happened).sum()
    target = np.where(happened, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))
    odds = np.log(p / (1 - p))[:, None]
    oracle = LogisticRegression(C=1e9, tol=1e-10, max_iter=1000).fit(
        np.r_[odds, odds], np.r_[np.ones(300), np.zeros(300)], sample_weight=np.r_[target, 1 - target]
    )
    at = np.array([0.05, 0.3, 0.5, 0.9])
    assert found.of_event(at) == pytest.approx(oracle.predict_proba(np.log(at / (1 - at))[:, None])[:, 1], abs=1e-4)


def test_platt_never_turns_an_answer_round():
    p, happened, _ = world(300, seed=3)
    found = calibration.fit_calibrator(p, ~happened, events=3)
    assert np.ptp(found.of_event(np.linspace(0.01, 0.99, 50))) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("events", "happened"), [(1, [0, 1, 0]), (9, [1, 1, 1]), (0, [0, 0, 0])])
def test_too_few_events_leave_the_probability_as_it_is(events, happened):
    found = calibration.fit_calibrator([0.2, 0.5, 0.7], happened, events=events)
    assert found.method == "none"
    assert found.of_event([0.3, 0.4]).tolist() == [0.3, 0.4]


def test_event_classes_keep_their_shares():
    given = np.array([[0.4, 0.3, 0.1, 0.2, 0.0], [1.0, 0, 0, 0, 0], [np.nan] * 5])
    answer = calibration.with_event(given, [0.3, 0.2, np.nan])
    assert answer[0].tolist() == pytest.approx([0.7, 0.15, 0.05, 0.1, 0])
    assert answer[1].tolist() == pytest.approx([0.8, 0.05, 0.05, 0.05, 0.05])
    assert np.isnan(answer[2]).all()


def season():
    """Return a split of 300 days, their labels, and the days of the events."""
    days = np.datetime64("2022-01-01") + np.arange(300)
    events = np.arange(10, 300, 20)
    labels, owner = np.zeros(300, int), np.full(300, -1)
    for k, day in enumerate(events):
        labels[day - 5 : day + 1], owner[day - 5 : day + 1] = 1 + k % 4, k
    return splits.blocked(folds.material(days, labels, event_index=owner), folds=3), labels, events


def test_a_folds_own_answers_and_embargo_do_not_calibrate_it():
    split, labels, events = season()
    rng = np.random.default_rng(5)
    p = rng.dirichlet(np.ones(5), 300)
    answer, calibrators = calibration.calibrate_by_fold(split.folds, p, labels, events)
    assert [one.method for one in calibrators] == ["isotonic"] * 3
    for k, (fold, one) in enumerate(zip(split.folds, calibrators, strict=True)):
        learnt, other = np.r_[fold.train, fold.validation], p.copy()
        away = np.setdiff1d(np.arange(300), learnt)
        other[away] = rng.dirichlet(np.ones(5), len(away))
        again = calibration.calibrate_by_fold(split.folds, other, labels, events)[1][k]
        assert np.array_equal(again.calibrated, one.calibrated)
        assert one.days == len(learnt)
        assert one.events == np.isin(events, learnt).sum()
        event = p[fold.predict, 1:].sum(axis=1)
        assert answer[fold.predict, 1:].sum(axis=1) == pytest.approx(one.of_event(event))


def test_noise_is_calibrated_to_about_the_base_rate():
    split, labels, events = season()
    rng = np.random.default_rng(6)
    spread, brier = [], []
    for _ in range(20):
        answer, _ = calibration.calibrate_by_fold(split.folds, rng.dirichlet(np.ones(5), 300), labels, events)
        spread.append(answer[:, 1:].sum(axis=1).mean())
        brier.append(np.mean((answer[:, 1:].sum(axis=1) - (labels > 0)) ** 2))
    assert np.mean(spread) == pytest.approx((labels > 0).mean(), abs=0.03)
    assert np.mean(brier) < 0.25 < np.mean((0.8 - (labels > 0)) ** 2)  # as it was, P(event) was 0.8 on average


def test_weights_are_taken_out_once():
    split, labels, events = season()
    p = np.random.default_rng(7).dirichlet(np.ones(5), 300)
    weights = [folds.class_weights(labels[fold.train]) for fold in split.folds]
    plain, weighed = (calibration.calibrate_by_fold(split.folds, p, labels, events, weights=w)[0] for w in (None, weights))
    assert weighed[:, 0] == pytest.approx(plain[:, 0])  # the map knows what a weighed P is worth
    undone = calibration.undo_weights(p, weights[0])[split.folds[0].predict]
    found = weighed[split.folds[0].predict]
    assert found[:, 1] / found[:, 2] == pytest.approx(undone[:, 1] / undone[:, 2])


def test_a_fold_without_others_has_its_weights_undone_and_no_more():
    days = np.datetime64("2022-01-01") + np.arange(200)
    labels = np.tile(np.repeat([0, 1, 0, 0], 10), 5)
    split = splits.chronological(folds.material(days, labels))
    (fold,) = split.folds
    p = np.full((200, 5), np.nan)
    p[fold.predict] = [0.5, 0.2, 0.1, 0.1, 0.1]
    weights = [folds.class_weights(labels[fold.train])]
    plain, (only,) = calibration.calibrate_by_fold(split.folds, p, labels, np.arange(19, 200, 40))
    weighed, _ = calibration.calibrate_by_fold(split.folds, p, labels, np.arange(19, 200, 40), weights=weights)
    assert only.method == "none"
    assert np.allclose(plain, p, equal_nan=True)
    assert np.allclose(weighed[fold.predict], calibration.undo_weights(p[fold.predict], weights[0]))
    assert np.isnan(weighed[fold.train]).all()
