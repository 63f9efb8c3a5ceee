"""Kp at the night's own UTC hours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quakegui.formats import kp as kp_format
from quakegui.formats.source import Source
from quakegui.season.kp import STORM_KP, Kp, is_stormy, night_kp
from quakegui.season.localtime import NightWindow

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
NIGHT = NightWindow()


def series(first: str, values: list[float]) -> Kp:
    time = np.datetime64(first, "ms") + np.arange(len(values)) * np.timedelta64(3, "h")
    return Kp(time, np.array(values, dtype=float))


def days(*dates: str) -> np.ndarray:
    return np.array(dates, dtype="datetime64[D]")


def test_night_east_of_greenwich_lies_on_the_utc_date_before():
    kp = series("2022-09-03T00", [0, 1, 2, 3, 4, 5, 6, 7])
    # Shanghai 00-03 on the 4th is 16-19 UTC on the 3rd: the intervals from 15 and 18
    assert night_kp(kp, days("2022-09-04"), timezone="Asia/Shanghai", window=NIGHT).tolist() == [6.0]
    # Tokyo: 15-18 UTC, one interval exactly
    assert night_kp(kp, days("2022-09-04"), timezone="Asia/Tokyo", window=NIGHT).tolist() == [5.0]
    assert night_kp(kp, days("2022-09-03"), timezone="UTC", window=NIGHT).tolist() == [0.0]


def test_the_larger_of_the_intervals_counts():
    kp = series("2022-09-03T15", [7, 2])
    assert night_kp(kp, days("2022-09-04"), timezone="Asia/Shanghai", window=NIGHT).tolist() == [7.0]


def test_unknown_intervals_leave_the_night_unknown():
    whole = series("2022-09-03T12", [1, 2, 3, 4])
    gap = Kp(whole.time[[0, 1, 3]], whole.value[[0, 1, 3]])
    wanted = days("2022-09-02", "2022-09-04", "2022-09-05")
    np.testing.assert_array_equal(night_kp(whole, wanted, timezone="Asia/Shanghai", window=NIGHT), [np.nan, 3.0, np.nan])
    np.testing.assert_array_equal(night_kp(gap, wanted, timezone="Asia/Shanghai", window=NIGHT), [np.nan] * 3)
    np.testing.assert_array_equal(night_kp(None, wanted, timezone="Asia/Shanghai", window=NIGHT), [np.nan] * 3)
    empty = Kp(np.array([], dtype="datetime64[ms]"), np.array([]))
    np.testing.assert_array_equal(night_kp(empty, wanted, timezone="Asia/Shanghai", window=NIGHT), [np.nan] * 3)
    assert night_kp(whole, days(), timezone="Asia/Shanghai", window=NIGHT).shape == (0,)


def test_nights_of_different_length_across_summer_time():
    """Berlin 00-03 is two hours long on 2022-03-27 and four on 2022-10-30; each looks at its own intervals."""
    spring = series("2022-03-26T21", [1, 2, 9])  # 23 to 01 UTC: intervals from 21 and 00
    assert night_kp(spring, days("2022-03-27"), timezone="Europe/Berlin", window=NIGHT).tolist() == [2.0]
    autumn = series("2022-10-29T21", [1, 2, 9])  # 22 to 02 UTC
    both = night_kp(autumn, days("2022-10-30", "2022-10-31"), timezone="Europe/Berlin", window=NIGHT)
    np.testing.assert_array_equal(both, [2.0, np.nan])


def test_storms_begin_at_five_and_the_unknown_is_no_storm():
    assert STORM_KP == 5.0
    assert is_stormy(np.array([4.667, 5.0, 9.0, np.nan])).tolist() == [False, True, True, False]


def test_the_night_before_the_luding_earthquake_was_stormy():
    file = RESOURCES / "kp" / "kp_2021-11_2022-12.csv"
    kp = kp_format.parse(Source(file.name, file.read_bytes()))
    assert kp.time[[0, -1]].astype(str).tolist() == ["2021-11-01T00:00:00.000", "2022-12-31T21:00:00.000"]
    assert kp.value.size == 426 * 8
    on_the_4th = kp.value[kp.time.astype("datetime64[D]") == np.datetime64("2022-09-04")]
    assert on_the_4th.max() == pytest.approx(6.333)
    season = np.arange("2022-02-01", "2023-01-01", dtype="datetime64[D]")
    nights = night_kp(kp, season, timezone="Asia/Shanghai", window=NIGHT)
    assert np.isfinite(nights).all()
    assert np.isfinite(
        night_kp(kp, np.arange("2021-11-02", "2022-02-01", dtype="datetime64[D]"), timezone="Asia/Shanghai", window=NIGHT)
    ).all()


@pytest.mark.parametrize(
    ("times", "values", "why"),
    [
        (["2022-01-01T00", "2022-01-01T00"], [1, 1], "increasing"),
        (["2022-01-01T01"], [1], "00, 03"),
        (["2022-01-01T00:30"], [1], "00, 03"),
        (["2022-01-01T00"], [9.1], "between 0 and 9"),
        (["2022-01-01T00"], [np.nan], "between 0 and 9"),
        (["2022-01-01T00"], [1, 2], "one timestamp"),
    ],
)
def test_impossible_kp_is_refused(times, values, why):
    with pytest.raises(ValueError, match=why):
        Kp(np.array(times, dtype="datetime64[ms]"), np.array(values, dtype=float))
