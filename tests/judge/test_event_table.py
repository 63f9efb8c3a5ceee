"""Event by event, on a timeline made by hand."""

import numpy as np
import pytest

from quakegui.judge.alarms import Series
from quakegui.judge.event_table import event_table

DAYS = np.datetime64("2022-03-01") + np.arange(60)
KNOWN = DAYS.astype("datetime64[ms]") + np.timedelta64(3, "h")
NOON = np.timedelta64(12, "h")


def table(p, events, labels=None):
    """Return the rows of events at noon of these days, each with a window from five days before to two after."""
    p = np.asarray(p, float)
    series = Series(DAYS, KNOWN, np.column_stack([1 - p, p / 2, p / 2, np.zeros((60, 2))]))
    days = DAYS[events]
    windows = np.column_stack([days - np.timedelta64(5, "D"), days + np.timedelta64(2, "D")])
    quiet = np.ones(60, bool)
    for event in events:
        quiet[max(event - 5, 0) : event + 3] = False
    given = np.where(quiet, 0, 1) if labels is None else labels
    return event_table(series, given, days.astype("datetime64[ms]") + NOON, windows)


def test_the_loudest_day_before_an_event_and_its_rank():
    p = np.full(60, 0.1)
    p[17], p[19], p[20] = 0.6, 0.8, 0.9  # of these the last two days are after the event of day 18
    p[[40, 41]] = 0.7, 0.6
    first, second = table(p, [18, 50])
    assert (first.days, first.largest, first.day) == (6, pytest.approx(0.6), DAYS[17])
    assert (first.rank, first.quiet_days) == (3, 60 - 8 - 8)
    assert second.largest == pytest.approx(0.1)
    assert second.rank == 45


def test_the_event_days_own_night_counts_where_it_is_known_before():
    p = np.full(60, 0.1)
    p[18] = 0.5
    assert table(p, [18])[0].day == DAYS[18]


def test_a_whole_window_is_set_against_whole_windows():
    p = np.full(60, 0.1)
    p[[17, 40]] = 0.5
    (row,) = table(p, [18])
    assert row.rank == 2
    # Stretches of six quiet days: 8 of days 0 to 12, 34 of days 21 to 59; six of them hold day 40.
    assert row.by_chance == pytest.approx(6 / 42)


def test_days_without_prediction_are_left_out():
    p = np.full(60, 0.1)
    p[13:19] = np.nan
    (row,) = table(p, [18])
    assert row.days == 0
    assert np.isnan(row.largest)
    assert np.isnat(row.day)
    assert row.rank is None
    assert np.isnan(row.by_chance)


def test_without_quiet_days_there_is_no_rank():
    (row,) = table(np.full(60, 0.4), [18], labels=np.ones(60, int))
    assert row.largest == pytest.approx(0.4)
    assert row.rank is None
    assert np.isnan(row.by_chance)
