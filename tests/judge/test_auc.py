"""The AUC, against scikit-learn and by hand."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from quakegui.judge.auc import auc, weighted_auc
from quakegui.judge.bootstrap import auc_interval, block_weights, paired_auc


def test_pooled_auc_with_ties_equals_scikit_learns():
    rng = np.random.default_rng(1)
    score, kind = np.round(rng.normal(size=400), 1), rng.integers(3, size=400)  # 2 is not scored
    kept = kind < 2
    assert auc(score, kind) == pytest.approx(roc_auc_score(kind[kept], score[kept]), abs=1e-12)
    assert auc(np.zeros(400), kind) == 0.5


def test_foldwise_auc_is_the_sum_of_u_over_the_sum_of_pairs():
    rng = np.random.default_rng(2)
    score, kind = np.round(rng.normal(size=300), 1), rng.integers(2, size=300)
    fold = np.repeat([0, 1, 2, 3, -1], 60)
    kind[fold == 2] = 0  # without a day with an event: left out
    score[5] = np.nan
    wins = pairs = 0.0
    for number in (0, 1, 3):
        part = (fold == number) & np.isfinite(score)
        n = int(kind[part].sum()) * int((kind[part] == 0).sum())
        wins, pairs = wins + n * roc_auc_score(kind[part], score[part]), pairs + n
    assert auc(score, kind, fold) == pytest.approx(wins / pairs, abs=1e-12)


def test_a_shift_between_folds_changes_the_pooled_auc_alone():
    kind, fold = np.tile([0, 1], 50), np.repeat([0, 1], 50)
    score = kind + 10.0 * fold * (kind == 0)
    assert auc(score, kind, fold) == 0.5
    assert auc(score, kind) == 0.5
    assert auc(kind + 10.0 * fold, kind, fold) == 1.0
    assert auc(kind + 10.0 * fold, kind) == 0.75


def test_one_kind_alone_has_no_auc():
    assert np.isnan(auc([0.1, 0.2], [1, 1]))
    assert np.isnan(auc([0.1, 0.2], [1, 0], [0, 1]))
    assert np.isnan(auc([], []))


def test_weights_count_a_day_as_often_as_it_is_drawn():
    rng = np.random.default_rng(3)
    score, kind, fold = np.round(rng.normal(size=120), 1), rng.integers(2, size=120), np.repeat([0, 1, 2], 40)
    drawn = rng.integers(4, size=(120, 7))
    found = weighted_auc(score, drawn * (kind == 1)[:, None], drawn * (kind == 0)[:, None], fold)
    for column, times in enumerate(drawn.T):
        rows = np.repeat(np.arange(120), times)
        assert found[column] == pytest.approx(auc(score[rows], kind[rows], fold[rows]), abs=1e-6)


def season(rng, n=400):
    """Return the kinds and folds of days with windows of two weeks."""
    return np.repeat(rng.integers(2, size=n // 14 + 1), 14)[:n], np.repeat(np.arange(5), n // 5)


def test_the_interval_holds_the_figure_and_narrows_with_days():
    rng = np.random.default_rng(4)
    widths = []
    for n in (200, 800):
        kind, fold = season(rng, n)
        score = kind + rng.normal(size=n)
        told = auc_interval(score, kind, fold, block_weights(n))
        assert told.low < told.value == auc(score, kind, fold) < told.high
        widths.append(told.high - told.low)
    assert widths[1] < 0.7 * widths[0]


def test_a_worse_predictor_than_a_coin_counts_as_a_coin():
    rng = np.random.default_rng(5)
    kind, fold = season(rng)
    score, weights = kind + rng.normal(size=400), block_weights(400)
    alone, coin = auc_interval(score, kind, fold, weights), paired_auc(score, np.zeros(400), kind, fold, weights)
    assert (coin.value, coin.low, coin.high) == pytest.approx((alone.value - 0.5, alone.low - 0.5, alone.high - 0.5))
    worse = paired_auc(score, -score, kind, fold, weights)
    assert (worse.value, worse.low) == pytest.approx((coin.value, coin.low), abs=0.01)
    same = paired_auc(score, score, kind, fold, weights)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
    assert not same.above_zero


def test_a_pair_is_compared_on_the_days_that_both_answer():
    rng = np.random.default_rng(6)
    kind, fold = season(rng)
    score, other, weights = kind + rng.normal(size=400), kind + 3.0 * rng.normal(size=400), block_weights(400)
    other[:130] = np.nan
    told = paired_auc(score, other, kind, fold, weights)
    part = slice(130, None)
    assert told.value == pytest.approx(auc(score[part], kind[part], fold[part]) - auc(other[part], kind[part], fold[part]))
    assert np.isnan(paired_auc(score, np.full(400, np.nan), kind, fold, weights).low)
