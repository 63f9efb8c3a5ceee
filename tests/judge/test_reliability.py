"""CORP reliability, Brier skill and information gain beside scikit-learn and by hand."""

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, log_loss

from quakegui.judge.reliability import information_gain, reliability


def days(n=500, seed=0, digits=2):
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 3, n).round(digits)
    return p, rng.random(n) < 0.1 + 0.5 * p


@pytest.mark.parametrize("digits", [1, 2, 8])
def test_the_curve_is_scikit_learns_isotonic_regression(digits):
    p, happened = days(digits=digits)
    found = reliability(p, happened)
    oracle = IsotonicRegression().fit(p, happened)
    assert found.frequency == pytest.approx(oracle.predict(found.probability), abs=1e-9)
    assert np.array_equal(found.probability, np.unique(p))
    assert found.days.sum() == 500
    assert found.brier == pytest.approx(brier_score_loss(happened, p))
    assert found.brier == pytest.approx(found.reliability - found.resolution + found.uncertainty)
    assert found.resolution == pytest.approx(found.uncertainty - brier_score_loss(happened, oracle.predict(p)))
    assert min(found.reliability, found.resolution) > 0


def test_a_decomposition_by_hand():
    # 0.2 twice without an event, 0.6 with one of two: frequencies 0 and 0.5.
    found = reliability([0.2, 0.2, 0.6, 0.6], [0, 0, 0, 1])
    assert found.frequency.tolist() == [0, 0.5]
    assert found.brier == pytest.approx((0.04 + 0.04 + 0.36 + 0.16) / 4)
    assert found.uncertainty == pytest.approx(3 / 16)
    assert found.resolution == pytest.approx(3 / 16 - 2 / 16)
    assert found.reliability == pytest.approx(0.15 - 2 / 16)
    assert found.brier_skill == pytest.approx(1 - 0.15 / 0.1875)


def test_the_base_rate_has_no_skill_and_certainty_has_all():
    _, happened = days()
    base = reliability(np.full(500, happened.mean()), happened)
    assert (base.brier_skill, base.resolution, base.reliability) == pytest.approx((0, 0, 0), abs=1e-12)
    perfect = reliability(happened.astype(float), happened)
    assert (perfect.brier_skill, perfect.reliability) == (1, 0)
    assert np.isnan(reliability([0.3, 0.4], [0, 0]).brier_skill)
    assert reliability([], []) is None


def test_the_gain_is_the_difference_of_the_log_losses_per_event():
    p, happened = days(digits=3)
    p = np.clip(p, 0.01, 0.99)
    q = np.full(500, 0.3)
    expected = 500 * (log_loss(happened, q) - log_loss(happened, p)) / happened.sum() / np.log(2)
    assert information_gain(p, q, happened) == pytest.approx(expected)
    assert information_gain(q, q, happened) == 0


def test_gains_over_days_that_both_answered():
    gain = information_gain([0.5, np.nan, 0.2], [0.25, 0.4, 0.2], [True, True, False])
    assert gain == pytest.approx(1)
    assert np.isnan(information_gain([np.nan], [0.4], [True]))
    assert np.isnan(information_gain([0.4], [0.4], [False]))


def test_a_wrong_certainty_costs_much_and_not_everything():
    assert information_gain([0.0], [0.5], [True]) == pytest.approx(np.log2(1e-4 / 0.5))
