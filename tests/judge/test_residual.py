"""What is left of a predictor once others have been taken out: of a copy nothing, of a signal nearly all."""

from __future__ import annotations

import numpy as np
import pytest

from quakegui.judge.auc import auc, mean_rank
from quakegui.judge.bootstrap import block_weights
from quakegui.judge.residual import residual, residual_auc

DAYS = np.arange(400)
FOLD = DAYS // 80


def kinds(rng, share=0.3):
    """Return days with and without an event, and some that are not scored."""
    kind = (rng.random(400) < share).astype(int)
    kind[rng.random(400) < 0.1] = 2
    return kind


def test_mean_ranks_share_ties():
    from scipy.stats import rankdata

    values = np.array([3.0, 1.0, 3.0, 2.0, 3.0])
    assert mean_rank(values) == pytest.approx((rankdata(values) - 0.5) / 5)


def test_nothing_is_left_of_a_copy_whatever_its_scale_or_sign():
    rng = np.random.default_rng(1)
    kind = kinds(rng)
    score, weights = (kind == 1) + rng.normal(size=400), block_weights(400)
    assert auc(score, kind, FOLD) > 0.7
    for copy in (score, np.exp(score), -score, score + 1000.0 * FOLD):
        left = residual(score, [copy], kind, FOLD)
        assert np.array_equal(np.isfinite(left), kind < 2)
        assert not left[kind < 2].any()
        told = residual_auc(score, [copy], kind, FOLD, weights)
        assert (told.value, told.low, told.high) == (0.5, 0.5, 0.5)


def test_of_a_mixture_only_what_is_its_own_counts():
    rng = np.random.default_rng(2)
    kind, calendar, outages = kinds(rng), rng.normal(size=400), rng.normal(size=400)
    own, weights = 1.5 * (kind == 1) + rng.normal(size=400), block_weights(400)
    assert residual_auc(own + calendar, [calendar], kind, FOLD, weights).low > 0.7
    assert residual_auc(own, [np.zeros(400)], kind, FOLD, weights).value == pytest.approx(auc(own, kind, FOLD))
    borrowed = 1.5 * (kind == 1) + rng.normal(size=400)
    useless = residual_auc(borrowed + rng.normal(size=400), [borrowed], kind, FOLD, weights)
    assert useless.low < 0.5
    # What two others know together is left by either alone.
    together = calendar + outages + 0.1 * rng.normal(size=400)
    spread = [np.nanstd(residual(together, others, kind, FOLD)) for others in ([calendar], [outages], [calendar, outages])]
    assert spread[2] < 0.4 * min(spread[:2])


def test_a_copy_that_folds_turn_round_is_explained_fold_by_fold_alone():
    rng = np.random.default_rng(4)
    kind, column, weights = kinds(rng), rng.normal(size=400), block_weights(400)
    score = np.array([1, -1, 1, -2, 1])[FOLD] * column + 10 * FOLD
    assert not residual(score, [column], kind, FOLD, by_fold=True)[kind < 2].any()
    assert residual_auc(score, [column], kind, FOLD, weights, by_fold=True).high == 0.5
    assert np.nanstd(residual(score, [column], kind, FOLD)) > 0.2
    signal = 1.5 * (kind == 1) + rng.normal(size=400)
    assert residual_auc(signal, [column], kind, FOLD, weights, by_fold=True).low > 0.7


def test_only_days_that_all_answer_are_left():
    rng = np.random.default_rng(3)
    kind, score, other = kinds(rng), rng.normal(size=400), rng.normal(size=400)
    other[:100] = np.nan
    fold = np.where(DAYS >= 300, -1, FOLD)
    left = residual(score, [other], kind, fold)
    assert np.array_equal(np.isfinite(left), (kind < 2) & (DAYS >= 100) & (DAYS < 300))
    silent = residual_auc(score, [np.full(400, np.nan)], kind, FOLD, block_weights(400))
    assert np.isnan([silent.value, silent.low]).all()
