"""The matched filter against closed forms: on white noise its AUC is that of two normal laws one detectability apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from quakegui.judge import folds, predictors, splits
from quakegui.judge.auc import auc
from quakegui.judge.predictors.learners import usual
from quakegui.judge.predictors.matched_filter import NIGHTS, amplitudes, matched_filter, recent_sums, templates
from quakegui.simulate.layouts import synthetic_network, xy_km

NETWORK = synthetic_network()
XY = xy_km(NETWORK, NETWORK.centre())
NONE = np.arange(0)


def season(z: np.ndarray, xy: np.ndarray = XY) -> predictors.Inputs:
    days = np.datetime64("2022-01-01") + np.arange(len(z))
    return predictors.Inputs(
        days=days,
        available_at=days.astype("datetime64[ms]"),
        kp_night=np.ones(len(z)),
        features=np.zeros((len(z), 10)),
        station_z=z,
        doubtful=np.isnan(z),
        event_times=np.empty(0, "datetime64[ms]"),
        event_magnitudes=np.empty(0),
        station_km=xy,
    )


@pytest.mark.parametrize("detectability", [0.5, 1.0, 2.0])
def test_on_white_noise_the_auc_is_the_closed_form(detectability: float) -> None:
    rng = np.random.default_rng(1)
    of = templates(XY)[[40]]
    event = np.arange(40_000) % 2
    z = rng.standard_normal((len(event), len(XY)))
    z += event[:, None] * detectability * of / np.sqrt((of**2).sum())
    found = amplitudes(z, of)[:, 0]
    below = norm.cdf(detectability / np.sqrt(2.0))
    assert found[event == 0].std() == pytest.approx(1.0, abs=0.02)
    assert auc(found, event) == pytest.approx(below, abs=0.008)
    # of either sign: |x| > |y| where x - y and x + y, which are independent, have one sign
    assert auc(np.abs(found), event) == pytest.approx(below**2 + (1.0 - below) ** 2, abs=0.008)


def test_no_other_filter_detects_more() -> None:
    rng = np.random.default_rng(2)
    of = templates(XY)[[40]]
    event = np.arange(20_000) % 2
    z = rng.standard_normal((len(event), len(XY))) + event[:, None] * of
    best = auc(amplitudes(z, of)[:, 0], event)
    for other in (np.ones_like(of), (of > 0.5).astype(float), templates(XY)[[41]]):
        assert auc(amplitudes(z, other)[:, 0], event) < best


def test_templates_are_the_laws_footprints_about_places_ten_kilometres_apart() -> None:
    found = templates(XY)
    assert found.max(axis=1).min() > 0.15  # no place is far from every station
    assert len(np.unique(found, axis=0)) == len(found)
    narrow, wide = np.split(found, 2)
    np.testing.assert_allclose(np.log(wide) / np.log(narrow), (18.0 / 26.08) ** 2, rtol=1e-3)  # sigma 18 and 26 km
    away = np.sqrt(-2.0 * np.log(narrow)) * 18.0
    np.testing.assert_allclose(away.min(axis=0), 0.0, atol=10.0 / np.sqrt(2.0) + 1e-6)
    # twice as wide a network looks for signals twice as wide
    np.testing.assert_allclose(templates(2.0 * XY), found, atol=1e-9)


def test_places_stay_few_whatever_the_network() -> None:
    line = np.column_stack([np.linspace(0.0, 2000.0, 25), np.linspace(0.0, 1e-3, 25)])
    apart = np.vstack([XY, [[4000.0, 3000.0]]])
    for xy in (line, apart, np.zeros((2, 2)), XY[:1]):
        found = templates(xy)
        assert found.shape[1] == len(xy)
        assert 0 < len(found) <= 50 * len(xy)
        assert np.isfinite(found).all()


def test_a_station_without_coordinates_is_a_template_by_itself() -> None:
    xy = XY.copy()
    xy[3] = np.nan
    found = templates(xy)
    assert found[-1].tolist() == np.eye(len(XY))[3].tolist()
    assert (found[:-1, 3] == 0.0).all()
    nowhere = replace(season(np.ones((2, 4))), station_km=np.empty((0, 2)))
    assert matched_filter(nowhere, NONE, NONE).tolist() == [[1.0], [pytest.approx(np.sqrt(2.0))]]


def test_missing_stations_are_left_out_and_days_with_too_few_unanswered() -> None:
    of = np.array([[1.0, 0.5, 0.1]])
    z = np.array([[1.0, 1.0, 1.0], [1.0, np.nan, np.nan], [np.nan, np.nan, 5.0], [np.nan] * 3])
    found = amplitudes(z, of)[:, 0]
    assert found[:2] == pytest.approx([1.6 / np.sqrt(1.26), 1.0])
    assert np.isnan(found[2:]).all()
    empty = np.full((3, len(XY)), np.nan)
    assert np.isnan(matched_filter(season(empty), NONE, NONE)).all()


def test_the_last_three_nights_count_by_date() -> None:
    given = season(np.array([[1.0], [2.0], [np.nan], [40.0], [4.0]]), np.zeros((1, 2)))
    root = np.sqrt([1.0, 2.0, 2.0, 2.0, 2.0])
    np.testing.assert_allclose(recent_sums(given)[:, 0], np.array([1.0, 3.0, 3.0, 14.0, 16.0]) / root)  # 40 counts as 12
    np.testing.assert_allclose(recent_sums(given.at(np.array([0, 4])))[:, 0], [1.0, 4.0])
    assert NIGHTS == 3


def test_a_signal_is_seen_where_and_when_it_is_and_no_day_looks_ahead() -> None:
    rng = np.random.default_rng(3)
    z = rng.standard_normal((60, len(XY)))
    quiet = matched_filter(season(z), NONE, NONE)[:, 0]
    z[40:50] -= 3.0 * np.exp(-0.5 * ((XY - XY[7] - 4.0) ** 2).sum(axis=1) / 20.0**2)
    found = matched_filter(season(z), NONE, NONE)[:, 0]
    np.testing.assert_array_equal(found[:40], quiet[:40])
    assert found[42:50].min() > quiet.max()


def test_what_is_usual_answers_half_at_its_eightieth_percentile_and_rises() -> None:
    x = np.r_[np.arange(101.0), [np.nan]][:, None]
    y = np.zeros(102, np.int64)
    y[95:101] = [1, 1, 2, 3, 4, 4]
    found = usual(x, y, np.array([[-5.0], [75.2], [1000.0], [2000.0], [np.nan]]))
    event = 1.0 - found[:, 0]
    assert event[1] == pytest.approx(0.5)  # of the days 0 to 94
    assert (np.diff(event[:3]) > 0).all()
    np.testing.assert_allclose(found[:4].sum(axis=1), 1.0)
    np.testing.assert_allclose(found[1, 1:], 0.5 * np.array([2, 1, 1, 2]) / 6)
    assert np.isnan(found[4]).all()
    assert np.isnan(usual(np.full((3, 1), np.nan), np.zeros(3, np.int64), x)).all()
    np.testing.assert_allclose(usual(x[:3], np.zeros(3, np.int64), x[:1])[0, 1:], (1 - usual(x[:3], y[:3], x[:1])[0, 0]) / 4)


def test_it_answers_every_fold_like_any_predictor() -> None:
    rng = np.random.default_rng(4)
    z = rng.standard_normal((300, len(XY)))
    labels = np.repeat(rng.choice(5, 20, p=[0.5, 0.2, 0.1, 0.1, 0.1]), 15)
    z[labels > 0] += 2.0 * np.exp(-0.5 * ((XY - XY[7]) ** 2).sum(axis=1) / 20.0**2)
    given = season(z)
    split = splits.blocked(folds.material(given.days, labels), folds=3)
    answer = predictors.predict(split, given, labels, predictors.PREDICTORS["matched-filter"])
    assert np.isfinite(answer).all()
    assert auc(1.0 - answer[:, 0], labels > 0) > 0.9
