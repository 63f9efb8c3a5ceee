"""Superposed epochs: medians by hand, and a band that holds for all lags at once."""

import numpy as np
import pytest

from quakegui.judge.epochs import NO_EVENT, superposed_epochs


def drawn(rng, n_days, events, surrogates=199):
    return rng.integers(0, n_days, (surrogates, events))


def test_medians_by_hand():
    series = np.arange(100.0) ** 2
    series[48] = np.nan
    found = superposed_epochs(series, [10, 50, 97], np.zeros((0, 3), int), before=2, after=3)
    assert found.lags.tolist() == [-2, -1, 0, 1, 2, 3]
    assert found.events.tolist() == [2, 3, 3, 3, 3, 2]  # day 48 is missing, day 100 is after the end
    assert found.median.tolist() == [(8**2 + 95**2) / 2, 49**2, 50**2, 51**2, 52**2, (13**2 + 53**2) / 2]
    assert np.isnan(found.low).all()
    assert np.isnan(found.p_before)


def test_every_median_is_numpys():
    rng = np.random.default_rng(1)
    series = rng.normal(size=300)
    series[rng.random(300) < 0.2] = np.nan
    events = rng.integers(-5, 305, 17)
    found = superposed_epochs(series, events, drawn(rng, 300, 17))
    for lag, median, count in zip(found.lags, found.median, found.events, strict=True):
        at = events + lag
        values = series[at[(at >= 0) & (at < 300)]]
        assert count == np.isfinite(values).sum()
        assert median == pytest.approx(np.nanmedian(values))


def test_a_bump_after_the_events_is_found_after_them_and_not_before():
    rng = np.random.default_rng(2)
    series, events = rng.normal(size=900), np.arange(45, 890, 45)  # no epoch reaches into the next
    series[events + 1] += 2.5
    found = superposed_epochs(series, events, drawn(rng, 900, len(events), 999))
    assert found.extreme_after == 1
    assert found.p_after == 0.001
    assert found.p_before > 0.05
    outside = (found.median > found.high) | (found.median < found.low)
    assert found.lags[outside].tolist() == [1]


@pytest.mark.slow  # two hundred random series
def test_the_band_holds_for_all_lags_at_once():
    rng = np.random.default_rng(3)
    outside, before, after = [], [], []
    for _ in range(200):
        series = np.exp(np.convolve(rng.normal(size=406), np.ones(7) / 2, "valid"))  # skewed, and each day like the last
        found = superposed_epochs(series, rng.integers(0, 400, 15), drawn(rng, 400, 15))
        outside.append(((found.median > found.high) | (found.median < found.low)).any())
        before.append(found.p_before < 0.05)
        after.append(found.p_after < 0.05)
    # 5 % of 200, three standard deviations: 0.05 +- 0.046.
    for share in map(np.mean, (outside, before, after)):
        assert 0.004 < share < 0.096


def test_lags_that_few_surrogates_reach_have_no_band():
    rng = np.random.default_rng(4)
    found = superposed_epochs(rng.normal(size=100), [40, 60], rng.integers(0, 20, (199, 2)))
    assert np.isnan(found.high[found.lags < -20]).all()
    assert np.isfinite(found.high[found.lags >= 0]).all()
    assert np.isfinite(found.median).all()


def test_surrogates_may_have_fewer_events():
    rng = np.random.default_rng(5)
    series, events, others = rng.normal(size=200), rng.integers(30, 190, 8), drawn(rng, 200, 8)
    wider = np.hstack([others, np.full((199, 3), NO_EVENT)])
    one, two = (superposed_epochs(series, events, each) for each in (others, wider))
    assert np.array_equal(one.high, two.high, equal_nan=True)
    assert one.p_before == two.p_before


def test_a_constant_series_is_never_extreme():
    rng = np.random.default_rng(6)
    found = superposed_epochs(np.full(200, 3.0), rng.integers(30, 190, 8), drawn(rng, 200, 8))
    assert (found.p_before, found.p_after) == (1, 1)
    assert np.nanmax(np.abs(found.high - 3)) == 0


def test_without_events_or_surrogates_there_is_nothing_to_say():
    found = superposed_epochs(np.zeros(50), np.zeros(0, int), np.zeros((99, 0), int))
    assert np.isnan(found.median).all()
    assert np.isnan(found.p_after)
    assert found.extreme_after is None
