"""Flagged time and the readings that lie in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quakegui.season.flags import NO_SPANS, Flag, has_reading, is_flagged, spans_of, without
from quakegui.season.localtime import night_bounds
from quakegui.season.night import NightConfig
from quakegui.season.readings import Readings

CONFIG = NightConfig()
MS = "datetime64[ms]"


def flag(when: str) -> Flag:
    return Flag(1, "KAK", when, "Li", "cow", 0)


def as_text(spans: NDArray[np.int64]) -> list[list[str]]:
    return np.datetime_as_string(spans.astype(MS), unit="m").tolist()


def test_flags_that_overlap_or_touch_are_one_span() -> None:
    flags = [
        flag("2022-01-15T10:00/2022-01-15T11:00"),
        flag("2022-01-15T10:10/2022-01-15T10:20"),
        flag("2022-01-15T11:00/2022-01-15T12:00"),
        flag("2022-01-15T09:00/2022-01-15T08:00"),
        flag("2022-01-15"),
    ]
    spans = spans_of(flags, timezone="Asia/Tokyo", config=CONFIG)
    assert as_text(spans) == [["2022-01-14T15:00", "2022-01-14T18:00"], ["2022-01-15T10:00", "2022-01-15T12:00"]]
    assert spans_of([], timezone="UTC", config=CONFIG).shape == NO_SPANS.shape == (0, 2)


def test_a_reading_counts_by_its_stamp_and_an_hourly_mean_by_its_hour() -> None:
    spans = spans_of([flag("2022-01-15T01:00/2022-01-15T01:02")], timezone="UTC", config=CONFIG)
    minutes = np.datetime64("2022-01-15T00:59", "ms") + np.arange(5) * np.timedelta64(1, "m")
    assert is_flagged(minutes, spans, cadence_s=60.0, config=CONFIG).tolist() == [False, True, True, False, False]
    hours = np.datetime64("2022-01-15T00:30", "ms") + np.arange(3) * np.timedelta64(1, "h")
    assert is_flagged(hours, spans, cadence_s=3600.0, config=CONFIG).tolist() == [False, True, False]
    assert not is_flagged(hours, NO_SPANS, cadence_s=3600.0, config=CONFIG).any()


def test_spans_and_readings_agree_with_a_plain_loop() -> None:
    random = np.random.default_rng(7)
    start = np.datetime64("2022-01-01", "ms")
    pairs = start + np.sort(random.integers(0, 50_000_000, (60, 2)), axis=1) * np.timedelta64(1, "ms")
    flags = [flag(f"{first}/{end}") for first, end in pairs]
    spans = spans_of(flags, timezone="UTC", config=CONFIG)
    for cadence_s, half in ((60.0, 0), (3600.0, 1_800_000)):
        time = start + np.arange(0, 50_000_000, round(cadence_s * 1000)) * np.timedelta64(1, "ms")
        low, high = time - np.timedelta64(half, "ms"), time + np.timedelta64(half or 1, "ms")
        plain = [any(one < end and other > first for first, end in pairs) for one, other in zip(low, high, strict=True)]
        assert is_flagged(time, spans, cadence_s=cadence_s, config=CONFIG).tolist() == plain


def test_the_nights_of_readings_and_the_record_without_them() -> None:
    days = np.array(["2022-01-14", "2022-01-15", "2022-01-16"], dtype="datetime64[D]")
    start, end = night_bounds(days, "UTC", CONFIG.window)
    time = np.array(["2022-01-14T03:00", "2022-01-15T02:59"], dtype=MS)
    assert has_reading(time, start, end, cadence_s=60.0, config=CONFIG).tolist() == [False, True, False]
    assert has_reading(time[:1], start, end, cadence_s=3600.0, config=CONFIG).tolist() == [True, False, False]
    record = Readings("KAK", time, np.array([1.0, 2.0]), 60.0)
    assert without(record, np.array([True, False])).values.tolist() == [2.0]
