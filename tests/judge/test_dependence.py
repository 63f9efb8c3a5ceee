"""Whether a predictor reads the calendar or the outages."""

import numpy as np
import pytest

from quakegui.judge.auc import auc
from quakegui.judge.dependence import Dependence, dependence
from quakegui.words import worded

DAYS = np.datetime64("2022-02-01") + np.arange(300)


def test_what_follows_the_date_or_the_outages_is_found():
    rng = np.random.default_rng(1)
    missing, kinds, fold = rng.poisson(2, 300), np.tile([0, 0, 1], 100), np.repeat([0, 1, 2], 100)
    date = dependence(np.exp(np.arange(300) / 100), DAYS, missing, kinds=kinds, fold=fold)
    assert date.day_number == pytest.approx(1.0)
    assert abs(date.missing_stations) < 0.15
    assert np.isnan(date.permuted_auc)
    out = dependence(-missing + 0.0, DAYS, missing, kinds=kinds, fold=fold)
    assert out.missing_stations == pytest.approx(-1.0)
    assert abs(out.day_number) < 0.15


def test_the_score_on_other_masks_is_judged_fold_by_fold():
    rng = np.random.default_rng(2)
    kinds, fold, permuted = rng.integers(2, size=300), np.repeat([0, 1, 2], 100), rng.normal(size=300)
    told = dependence(rng.normal(size=300), DAYS, np.zeros(300), kinds=kinds, fold=fold, permuted_p=permuted)
    assert told.permuted_auc == auc(permuted, kinds, fold)
    assert np.isnan(told.missing_stations)  # nothing is ever missing


def test_days_without_an_answer_are_left_out():
    score = np.where(np.arange(300) < 50, np.nan, np.arange(300.0))
    told = dependence(score, DAYS, np.arange(300) % 7, kinds=np.zeros(300), fold=np.zeros(300))
    assert told.day_number == pytest.approx(1.0)
    assert np.isnan(dependence(np.full(300, np.nan), DAYS, np.arange(300), kinds=np.zeros(300), fold=np.zeros(300)).day_number)


def test_the_sentence_names_what_is_known():
    told = Dependence(0.314, np.nan, 0.55)
    assert told.text() == (
        "P(earthquake) has a rank correlation of +0.31 with the date. "
        "If the stations missing on other days are left out of the maps, the AUC within the folds is 0.55."
    )
    assert (
        worded(told.text(), "zh")
        == "P（有震）与日期的秩相关系数为 +0.31。按其他日期的缺测台站重绘各日的图后，各折内的 AUC 为 0.55。"
    )
    assert Dependence(np.nan, np.nan, np.nan).text() == ""
