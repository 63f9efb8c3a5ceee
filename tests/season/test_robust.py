"""Batched robust statistics against numpy's and scikit-learn's, one column at a time."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import HuberRegressor

from quakegui.season.robust import column_deviation, column_median, huber_lines, leave_one_out_median


def holed(shape: tuple[int, int], share: float, seed: int = 1) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    values = np.round(rng.normal(size=shape), 1)  # rounded: ties must not matter
    values[rng.random(shape) < share] = np.nan
    return values


@pytest.mark.parametrize("rows", [1, 2, 7, 8])
@pytest.mark.parametrize("share", [0.0, 0.4])
def test_medians_and_deviations_leave_missing_values_out(rows: int, share: float) -> None:
    values = holed((rows, 40), share)
    values[:, 0] = np.nan
    values[0, 1:] = 1.0
    median = column_median(values)
    assert np.isnan(median[0])
    np.testing.assert_array_equal(median[1:], np.nanmedian(values[:, 1:], axis=0))
    expected = 1.4826 * np.nanmedian(np.abs(values[:, 1:] - median[1:]), axis=0)
    np.testing.assert_allclose(column_deviation(values, median)[1:], expected, atol=1e-15)


@pytest.mark.parametrize("stations", [1, 2, 3, 4, 25])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_leave_one_out_medians_are_those_of_the_others(stations: int, share: float) -> None:
    values = holed((60, stations), share)
    found = leave_one_out_median(values)
    for day in range(60):
        for station in range(stations):
            others = np.delete(values[day], station)
            others = others[np.isfinite(others)]
            expected = np.median(others) if others.size else np.nan
            np.testing.assert_allclose(found[day, station], expected, atol=1e-15)


@pytest.mark.parametrize("contaminated", [0.0, 0.1, 0.3, 0.45])
def test_lines_equal_those_of_scikit_learn(contaminated: float) -> None:
    rng = np.random.default_rng(2)
    x = 4.0 * rng.normal(size=(27, 30))
    y = 3.0 + 1.1 * x + 0.8 * rng.normal(size=x.shape)
    y += np.where(rng.random(x.shape) < contaminated, 30.0 * rng.normal(size=x.shape), 0.0)
    x[rng.random(x.shape) < 0.1] = np.nan
    intercept, slope = huber_lines(x, y)
    for column in range(x.shape[1]):
        here = np.isfinite(x[:, column])
        reference = HuberRegressor(tol=1e-9, max_iter=2000).fit(x[here, column, np.newaxis], y[here, column])
        assert slope[column] == pytest.approx(reference.coef_[0], abs=1e-3)
        assert intercept[column] == pytest.approx(reference.intercept_, abs=1e-3)


def test_columns_do_not_influence_each_other() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(27, 8))
    y = x + rng.standard_t(2, size=x.shape)
    together = huber_lines(x, y)
    for column in range(8):
        alone = huber_lines(x[:, [column]], y[:, [column]])
        np.testing.assert_allclose([alone[0][0], alone[1][0]], [together[0][column], together[1][column]], atol=1e-6)


def test_exact_lines_constant_columns_and_empty_ones() -> None:
    x = np.arange(27.0)[:, np.newaxis] * np.ones(4)
    y = np.column_stack([2.0 * x[:, 0] + 1.0, np.full(27, 5.0), np.full(27, np.nan), x[:, 0]])
    x[:, 3] = 7.0
    intercept, slope = huber_lines(x, y)
    np.testing.assert_allclose(slope[:2], [2.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(intercept[:2], [1.0, 5.0], atol=1e-5)
    assert np.isnan(intercept[2])
    assert slope[3] == pytest.approx(0.0, abs=1e-9)
