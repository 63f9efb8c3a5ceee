"""Time weighed by expected events, on timelines made by hand."""

import numpy as np
import pytest

from quakegui.judge import alarms
from quakegui.judge.exposure import exposure_of, open_share

DAYS = np.datetime64("2022-02-01") + np.arange(10)
KNOWN = DAYS.astype("datetime64[ms]")
SERIES = alarms.Series(DAYS, KNOWN, np.full((10, 5), 0.2))
RATE = np.array([1.0, 1, 4, 4, 0, 0, 1, 1, 1, 1])


def ms(day):
    return int(KNOWN[0].astype(np.int64) + day * 86_400_000)


def test_expected_events_are_rate_times_days():
    exposure = exposure_of(SERIES, RATE)
    spans = [(0, 10), (0, 2), (1.5, 2.5), (4, 6), (9, 12), (-3, 0), (5, 4)]
    expected = [14, 2, 2.5, 0, 1, 0, 0]
    found = exposure.between([ms(a) for a, _ in spans], [ms(b) for _, b in spans])
    assert found.tolist() == pytest.approx(expected)


def test_a_day_without_a_rate_has_the_mean_of_the_others():
    exposure = exposure_of(SERIES, [np.nan, *RATE[1:]])
    assert exposure.between(ms(0), ms(1)) == pytest.approx(13 / 9)


@pytest.mark.parametrize("rate", [np.full(10, np.nan), np.zeros(10), np.r_[-1.0, np.ones(9)]])
def test_rates_that_weigh_nothing_are_refused(rate):
    with pytest.raises(ValueError, match="weights need rates"):
        exposure_of(SERIES, rate)


def test_alarms_where_many_events_are_expected_cost_more():
    period = alarms.judged_period(SERIES)
    both = [(ms(1), ms(3)), (ms(8), ms(20))]
    exposure = exposure_of(SERIES, RATE)
    assert open_share(both, period) == pytest.approx(0.4)
    assert open_share(both, period, exposure) == pytest.approx((1 + 4 + 2) / 14)
    assert open_share(both, period, exposure_of(SERIES, np.full(10, 0.3))) == pytest.approx(0.4)
    assert open_share([], period, exposure) == 0


def test_only_the_judged_period_counts():
    covered = np.arange(10) < 3
    period = alarms.judged_period(SERIES, covered)
    assert open_share([(ms(1), ms(9))], period, exposure_of(SERIES, RATE)) == pytest.approx(5 / 6)
