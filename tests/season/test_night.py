"""Night means: which readings count, how much of the night they cover, and what is left out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from quakegui.season.localtime import NightWindow
from quakegui.season.night import NightConfig, NightMeans, night_means, recorded_days, stack
from quakegui.season.quality import Quality
from quakegui.season.readings import Readings

CONFIG = NightConfig()
SHANGHAI = "Asia/Shanghai"  # UTC+8: the night of a day is 16:00-19:00 UTC of the day before


def days(first: str, count: int = 1) -> NDArray[np.datetime64]:
    return np.datetime64(first, "D") + np.arange(count)


def record(first: str, values: NDArray[np.float64], cadence_s: float = 60.0, keep: NDArray[np.bool_] | None = None) -> Readings:
    time = np.datetime64(first, "ms") + (np.arange(values.size) * int(cadence_s * 1000)).astype("timedelta64[ms]")
    kept = np.ones(values.size, dtype=bool) if keep is None else keep
    return Readings("AAA", time[kept], values[kept], cadence_s)


def one(
    readings: Readings, first: str, *, timezone: str = SHANGHAI, config: NightConfig = CONFIG
) -> tuple[float, float, Quality]:
    night = night_means(readings, days(first), timezone=timezone, config=config)
    return float(night.values[0, 0]), float(night.coverage[0, 0]), Quality(int(night.quality[0, 0]))


def test_minutes_stamped_within_the_night_are_averaged_and_no_others() -> None:
    values = np.full(24 * 60, 50_000.0)
    values[16 * 60 : 19 * 60] = 49_000.0 + np.arange(180) / 100.0
    assert one(record("2022-03-01T00:00", values), "2022-03-02") == (pytest.approx(49_000.895, abs=1e-9), 1.0, Quality.GOOD)


def test_a_night_of_half_hour_zones_and_window_hours_is_found() -> None:
    values = np.arange(48 * 60, dtype=float)
    mean, coverage, _ = one(
        record("2022-03-01T00:00", values),
        "2022-03-02",
        timezone="Asia/Kolkata",
        config=NightConfig(window=NightWindow(22.5, 24.0)),
    )
    assert (mean, coverage) == (pytest.approx(24 * 60 + 17 * 60 + 44.5, abs=1e-9), 1.0)


@pytest.mark.parametrize(
    ("day", "length_hours"), [("2022-03-27", 2), ("2022-10-30", 4), ("2022-06-01", 3)], ids=["spring", "autumn", "summer"]
)
def test_a_change_of_summer_time_within_the_night_resizes_it(day: str, length_hours: int) -> None:
    begin = np.datetime64(day, "ms") - np.timedelta64(1, "D")
    values = np.full(3 * 1440, 100.0)
    offset = 2 if day != "2022-03-27" else 1  # hours ahead of UTC when the night begins
    start = 1440 - 60 * offset
    values[start : start + 60 * length_hours] = 200.0
    config = NightConfig(window=NightWindow(0.0, 3.0))
    assert one(record(str(begin), values), day, timezone="Europe/Berlin", config=config) == (200.0, 1.0, Quality.GOOD)


def test_hourly_means_count_by_their_overlap_with_the_night() -> None:
    # Kolkata's midnight is 18:30 UTC: the night takes the second half of 18-19, 19-20, 20-21, and the first half of 21-22
    values = np.arange(24, dtype=float)
    readings = record("2022-03-01T00:30", values, 3600.0)
    expected = (0.5 * 18 + 19 + 20 + 0.5 * 21) / 3
    assert one(readings, "2022-03-02", timezone="Asia/Kolkata") == (pytest.approx(expected), pytest.approx(1.0), Quality.GOOD)


def test_a_missing_hour_lowers_coverage_by_its_overlap() -> None:
    keep = np.ones(24, dtype=bool)
    keep[18] = False
    readings = record("2022-03-01T00:30", np.arange(24.0), 3600.0, keep)
    mean, coverage, quality = one(readings, "2022-03-02", timezone="Asia/Kolkata")
    assert (mean, coverage, quality) == (pytest.approx((19 + 20 + 10.5) / 2.5), pytest.approx(2.5 / 3), Quality.GOOD)
    keep[21] = False
    readings = record("2022-03-01T00:30", np.arange(24.0), 3600.0, keep)
    mean, coverage, quality = one(readings, "2022-03-02", timezone="Asia/Kolkata")
    assert np.isnan(mean)
    assert (coverage, quality) == (pytest.approx(2 / 3), Quality.SHORT)


@pytest.mark.parametrize(
    ("recorded", "quality"), [(144, Quality.GOOD), (143, Quality.SHORT), (1, Quality.SHORT), (0, Quality.MISSING)]
)
def test_four_fifths_of_the_night_are_enough_and_less_is_not(recorded: int, quality: Quality) -> None:
    keep = np.zeros(24 * 60, dtype=bool)
    keep[16 * 60 : 16 * 60 + recorded] = True
    keep[0] = True
    mean, coverage, got = one(record("2022-03-01T00:00", np.full(24 * 60, 7.0), keep=keep), "2022-03-02")
    assert (coverage, got) == (pytest.approx(recorded / 180), quality)
    assert np.isnan(mean) == (quality != Quality.GOOD)


@pytest.mark.parametrize("cadence_s", [60.0, 3600.0])
def test_an_empty_record_is_missing_not_zero(cadence_s: float) -> None:
    nothing = Readings("AAA", np.array([], dtype="datetime64[ms]"), np.array([]), cadence_s)
    mean, coverage, quality = one(nothing, "2022-03-02")
    assert np.isnan(mean)
    assert (coverage, quality) == (0.0, Quality.MISSING)


def test_a_window_that_summer_time_swallows_is_missing() -> None:
    config = NightConfig(window=NightWindow(2.0, 3.0))
    mean, coverage, quality = one(
        record("2022-03-26T00:00", np.ones(3 * 1440)), "2022-03-27", timezone="Europe/Berlin", config=config
    )
    assert np.isnan(mean)
    assert (coverage, quality) == (0.0, Quality.MISSING)


@pytest.mark.parametrize("at", [0, 1, 90, 178, 179])
def test_isolated_spikes_are_left_out_and_flagged(at: int) -> None:
    rng = np.random.default_rng(3)
    values = 49_000.0 + 0.2 * rng.standard_normal(24 * 60)
    clean = values[16 * 60 : 19 * 60].copy()
    values[16 * 60 + at] += 400.0
    mean, coverage, quality = one(record("2022-03-01T00:00", values), "2022-03-02")
    assert mean == pytest.approx(np.delete(clean, at).mean(), abs=1e-9)
    assert (coverage, quality) == (pytest.approx(179 / 180), Quality.SPIKY)


def test_a_storm_is_neither_spike_nor_step() -> None:
    minute = np.arange(24 * 60)
    values = 49_000.0 - 120.0 / (1.0 + np.exp(-(minute - 17 * 60) / 4.0)) + 8.0 * np.sin(minute / 5.0)
    assert one(record("2022-03-01T00:00", values), "2022-03-02")[2] == Quality.GOOD


def test_a_step_is_flagged_and_the_night_keeps_its_mean() -> None:
    rng = np.random.default_rng(4)
    values = 49_000.0 + 0.2 * rng.standard_normal(24 * 60)
    values[17 * 60 :] += 9.0
    mean, coverage, quality = one(record("2022-03-01T00:00", values), "2022-03-02")
    assert (mean, coverage, quality) == (pytest.approx(values[16 * 60 : 19 * 60].mean(), abs=1e-9), 1.0, Quality.STEPPED)


def test_whole_number_readings_are_not_all_spikes() -> None:
    values = np.full(24 * 60, 49_000.0)
    values[::7] += 1.0
    assert one(record("2022-03-01T00:00", values), "2022-03-02")[2] == Quality.GOOD


def test_second_readings_agree_with_their_minute_means() -> None:
    rng = np.random.default_rng(5)
    seconds = 49_000.0 + rng.standard_normal(3 * 3600 + 7200)
    fine = record("2022-03-01T15:00", seconds, 1.0)
    assert one(fine, "2022-03-02")[:2] == (pytest.approx(seconds[3600 : 3600 + 10_800].mean(), abs=1e-9), 1.0)


def test_nights_of_unequal_length_do_not_disturb_each_other() -> None:
    rng = np.random.default_rng(6)
    keep = rng.random(10 * 1440) < 0.97
    keep[2 * 1440 : 2 * 1440 + 1000] = False
    values = 49_000.0 + rng.standard_normal(10 * 1440)
    readings = record("2022-03-01T00:00", values, keep=keep)
    together = night_means(readings, days("2022-03-01", 11), timezone=SHANGHAI, config=CONFIG)
    for index, day in enumerate(together.days):
        alone = night_means(readings, np.array([day]), timezone=SHANGHAI, config=CONFIG)
        np.testing.assert_allclose(alone.values[0], together.values[index], rtol=0, atol=1e-9)
        assert (alone.quality[0], alone.coverage[0]) == (together.quality[index], together.coverage[index])


def test_derived_readings_say_so_only_where_there_are_any() -> None:
    time = np.datetime64("2022-03-01T00:00", "ms") + np.arange(1440) * np.timedelta64(60_000, "ms")
    readings = Readings("AAA", time, np.ones(1440), 60.0, derived=True)
    night = night_means(readings, days("2022-03-01", 2), timezone=SHANGHAI, config=CONFIG)
    assert night.quality[:, 0].tolist() == [Quality.MISSING, Quality.DERIVED]


def test_recorded_days_are_the_local_dates_with_readings() -> None:
    keep = np.zeros(4 * 1440, dtype=bool)
    keep[[0, 15 * 60 + 59, 16 * 60, 3 * 1440 + 16 * 60 - 1]] = True  # the third is local midnight of 2 March
    readings = record("2022-03-01T00:00", np.ones(4 * 1440), keep=keep)
    assert recorded_days(readings, timezone=SHANGHAI).astype(str).tolist() == ["2022-03-01", "2022-03-02", "2022-03-04"]
    nothing = Readings("AAA", readings.time[:0], readings.values[:0], 60.0)
    assert recorded_days(nothing, timezone=SHANGHAI).size == 0


def column(code: str, value: float, first: str = "2022-03-01") -> NightMeans:
    return NightMeans(days(first, 2), (code,), np.full((2, 1), value), np.ones((2, 1)), np.zeros((2, 1), dtype=np.uint16))


def test_stacking_orders_columns_and_marks_absent_stations_missing() -> None:
    night = stack([column("BBB", 2.0), column("AAA", 1.0), column("ZZZ", 9.0)], ("AAA", "BBB", "CCC"))
    np.testing.assert_array_equal(night.values[0], [1.0, 2.0, np.nan])
    assert night.quality[0].tolist() == [0, 0, Quality.MISSING]
    assert night.coverage[0].tolist() == [1.0, 1.0, 0.0]


def test_stacking_refuses_other_days_twins_and_nothing() -> None:
    with pytest.raises(ValueError, match="cover different days"):
        stack([column("AAA", 1.0), column("BBB", 1.0, "2022-03-02")], ("AAA", "BBB"))
    with pytest.raises(ValueError, match="AAA occur more than once"):
        stack([column("AAA", 1.0), column("AAA", 2.0)], ("AAA",))
    with pytest.raises(ValueError, match="no stations"):
        stack([], ("AAA",))


@pytest.mark.parametrize("wrong", [{"coverage": 0.0}, {"coverage": 1.1}, {"spike_readings": 4}, {"spike_readings": 1}])
def test_limits_that_cannot_be_met_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"coverage|running median"):
        NightConfig(**wrong)  # type: ignore[arg-type]
