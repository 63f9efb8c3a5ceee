"""The season as a whole: its config, its window, its maps, and that nothing looks ahead."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from quakegui.season.basis import GridConfig, build_basis
from quakegui.season.config import SeasonConfig
from quakegui.season.daymap import to_rgb
from quakegui.season.kp import Kp
from quakegui.season.network import Network, Station
from quakegui.season.night import NightConfig, NightMeans
from quakegui.season.palette import MapStyle
from quakegui.season.quality import Quality
from quakegui.season.season import Season, compute_season, known_at

DAYS = np.arange(np.datetime64("2022-01-01"), np.datetime64("2022-04-11"))
NETWORK = Network.of(
    [
        *(Station(f"S{i:02d}", "", 27.6 + 0.2 * (i // 4), 101.6 + 0.3 * (i % 4) + 0.05 * (i // 4)) for i in range(12)),
        Station("X00"),
    ]
)
CONFIG = SeasonConfig("Asia/Shanghai", np.datetime64("2022-02-10"), np.datetime64("2022-03-31"))
PIXELS = 64
BASIS = build_basis(NETWORK, CONFIG.grid, pixels=PIXELS)


def nights(seed: int = 0, *, missing: float = 0.03) -> NightMeans:
    rng = np.random.default_rng(seed)
    shape = (len(DAYS), len(NETWORK.stations))
    values = 48_000.0 + 10.0 * rng.normal(size=(len(DAYS), 1)) + rng.normal(size=shape)
    values[rng.random(shape) < missing] = np.nan
    # one day with too few stations, and an anomaly in the north that lasts four days
    values[60, 2:] = np.nan
    values[70:74, 8:12] += 30.0
    zero = np.zeros(shape)
    return NightMeans(DAYS, NETWORK.codes, values, np.where(np.isnan(values), 0.0, 1.0), zero.astype(np.uint16))


def season(night: NightMeans | None = None, config: SeasonConfig = CONFIG) -> Season:
    return compute_season(NETWORK, nights() if night is None else night, config, basis=BASIS)


def test_the_window_picks_what_is_shown() -> None:
    computed = season()
    assert (computed.days[0], computed.days[-1], len(computed.days)) == (
        np.datetime64("2022-02-10"),
        np.datetime64("2022-03-31"),
        50,
    )
    assert computed.shown == slice(40, 90)
    assert len(computed.all_days) == len(computed.features) == len(computed.kp_night) == len(computed.available_at) == 100
    assert str(computed.available_at[40]) == "2022-02-09T19:00:00.000"
    whole = season(config=SeasonConfig("Asia/Shanghai"))
    np.testing.assert_array_equal(whole.days, DAYS)
    beyond = season(config=SeasonConfig("Asia/Shanghai", np.datetime64("2023-01-01"), np.datetime64("2023-02-01")))
    assert len(beyond.days) == 0
    assert len(beyond.has_map) == 0


def test_every_picture_is_one_and_the_same() -> None:
    computed = season()
    index = computed.indices(slice(None))
    assert index.shape == (50, PIXELS, PIXELS)
    assert index.dtype == np.uint8
    rgb = to_rgb(index, CONFIG.style)
    fields = computed.fields(slice(None))
    for day in range(50):
        day_map = computed.day_map(day)
        assert day_map.day == computed.days[day]
        np.testing.assert_allclose(day_map.field, fields[day], rtol=1e-5, atol=1e-5)
        np.testing.assert_array_equal(to_rgb(day_map.index, day_map.style), rgb[day])
        assert day_map.regions == computed.features[40 + day].regions
    np.testing.assert_array_equal(computed.indices([3, 1]), index[[3, 1]])


def test_the_anomaly_is_a_region_in_the_north() -> None:
    computed = season()
    day = computed.features[72]
    region = day.regions[0]
    assert (region.sign, region.direction, region.age_days, day.direction) == (1, "N", 3, "N")
    assert region.peak_nt == pytest.approx(30.0, rel=0.4)
    assert region.peak_station in NETWORK.codes[8:12]
    assert abs(region.peak_z) < abs(region.station_peak_z)


def test_days_without_a_map_say_why() -> None:
    computed = season()
    assert np.flatnonzero(~computed.has_map).tolist() == [20]
    assert "Only two places" in computed.why_no_map(20)
    day_map = computed.day_map(20)
    assert not day_map.exists
    assert (day_map.index == CONFIG.style.masked).all()
    assert not computed.features[60].has_map
    assert computed.why_no_map(19) == ""
    assert [one.has_map for one in computed.features[40:90]] == computed.has_map.tolist()
    assert not any(one.has_map for one in computed.features[:20])


def test_nothing_looks_ahead() -> None:
    changed = nights()
    changed.values[75:] += 500.0 * np.random.default_rng(9).normal(size=changed.values[75:].shape)
    before, after = season(), season(changed)
    assert [repr(day) for day in before.features[:75]] == [repr(day) for day in after.features[:75]]
    assert repr(before.features[75]) != repr(after.features[75])
    # the matrix product may round a day's sums differently beside other days
    np.testing.assert_allclose(before.fields(slice(0, 35)), after.fields(slice(0, 35)), atol=1e-6)


def test_threads_see_the_same_season() -> None:
    computed, alone = season(), season()
    with ThreadPoolExecutor(4) as pool:
        maps = list(pool.map(computed.day_map, list(range(20)) * 2))
    for day in range(20):
        expected = alone.day_map(day)
        for drawn in (maps[day], maps[20 + day]):
            np.testing.assert_array_equal(drawn.index, expected.index)
            assert repr(drawn.regions) == repr(expected.regions)


def test_a_season_travels_to_another_process() -> None:
    computed = season()
    copy = pickle.loads(pickle.dumps(computed))
    np.testing.assert_array_equal(copy.indices(slice(0, 3)), computed.indices(slice(0, 3)))


def test_kp_is_matched_on_the_night_s_own_hours() -> None:
    time = np.arange(np.datetime64("2021-12-30T00", "ms"), np.datetime64("2022-05-01T00", "ms"), np.timedelta64(3, "h"))
    value = np.zeros(len(time))
    # local 00:00-03:00 of 2022-03-02 in Shanghai is 16:00-19:00 UTC of the day before
    value[time == np.datetime64("2022-03-01T18", "ms")] = 6.3
    computed = compute_season(NETWORK, nights(), CONFIG, kp=Kp(time, value), basis=BASIS)
    assert np.flatnonzero(computed.kp_night).tolist() == [60]
    assert np.isnan(season().kp_night).all()


def test_what_does_not_belong_together_is_refused() -> None:
    other = Network.of(NETWORK.stations[:-1])
    with pytest.raises(ValueError, match="differ from those of the network"):
        compute_season(other, nights(), CONFIG, basis=BASIS)
    with pytest.raises(ValueError, match="basis belongs to another network"):
        compute_season(NETWORK, nights(), CONFIG, basis=build_basis(other, CONFIG.grid, pixels=16))


def test_a_config_survives_json_and_keeps_its_hash() -> None:
    config = replace(
        CONFIG, night=NightConfig(coverage=0.7), grid=GridConfig(smoothing=1, extend_to_square=True), style=MapStyle(levels=10)
    )
    again = SeasonConfig.from_json(config.to_json())
    assert again == config
    assert again.hash == config.hash
    assert SeasonConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    assert replace(config, grid=GridConfig(smoothing=1.0, extend_to_square=True)).hash == config.hash
    assert len(config.hash) == 64
    assert config.hash != CONFIG.hash
    assert replace(CONFIG, first_day=np.datetime64("2022-02-11")).hash != CONFIG.hash


def test_a_config_from_before_the_grace_takes_its_default() -> None:
    plain = CONFIG.to_dict()
    del plain["grace_minutes"]
    assert SeasonConfig.from_dict(plain) == CONFIG
    assert CONFIG.grace_minutes == 15.0
    for wrong in (-1.0, 1441.0):
        with pytest.raises(ValueError, match="must be 0 to 1440 minutes"):
            replace(CONFIG, grace_minutes=wrong)


def at(text: str) -> int:
    return int(np.datetime64(text, "ms").astype(np.int64))


def test_a_night_in_progress_has_no_anomaly_and_no_map() -> None:
    """The night of 31 March ends at 03:00 in Shanghai, 19:00 UTC the day before, and is over a quarter of an hour later."""
    config, recorded = replace(CONFIG, last_day=np.datetime64("2022-04-02")), nights()
    recorded.coverage[89] = 0.62
    moments = {"2022-03-30T18:30": [49, 50, 51], "2022-03-30T19:14:59": [49, 50, 51], "2022-03-30T19:15": [50, 51]}
    for moment, running in moments.items():
        computed = season(known_at(recorded, config, at(moment)), config)
        assert np.flatnonzero(computed.in_progress).tolist() == running
        assert np.isnan(computed.z[running]).all()
        assert np.isnan(computed.anomaly.night_nt[computed.shown][running]).all()
        assert not computed.has_map[running].any()
        assert computed.has_map[48]
        quality = computed.anomaly.quality[computed.shown]
        assert (quality[running] == Quality.IN_PROGRESS).all()
        assert not (quality[: running[0]] & Quality.IN_PROGRESS).any()
    early = season(known_at(recorded, config, at("2022-03-30T18:30")), config)
    why = early.why_no_map(49)
    assert why == "The night is not over: 62% is recorded. The map is available from 2022-03-30T19:15 UTC."
    assert early.next_over == np.datetime64("2022-03-30T19:15", "ms")
    late = season(known_at(recorded, config, at("2022-04-08T00:00")), config)
    np.testing.assert_array_equal(late.z, season(recorded, config).z)
    assert not late.in_progress.any()
    assert late.next_over is None
    patient = replace(config, grace_minutes=60.0)
    assert season(known_at(recorded, patient, at("2022-03-30T19:59")), patient).in_progress[49]


def test_dates_come_in_any_form() -> None:
    assert SeasonConfig("Asia/Tokyo", "2022-02-10", np.datetime64("2022-03-31T05:00")) == SeasonConfig(  # type: ignore[arg-type]
        "Asia/Tokyo", np.datetime64("2022-02-10"), np.datetime64("2022-03-31")
    )


def test_a_missing_parameter_takes_its_default_and_an_unknown_one_is_refused() -> None:
    assert SeasonConfig.from_dict({"timezone": "Asia/Tokyo", "grid": {"smoothing": 0.5}}).grid == GridConfig(smoothing=0.5)
    for plain, words in (
        ({"timezone": "UTC", "colour": 1}, "parameter colour"),
        ({"timezone": "UTC", "grid": {"smoothness": 1}}, "grid.smoothness"),
        ({"timezone": "UTC", "grid": 3}, "must be a JSON object"),
        ({}, "incomplete"),
        ({"timezone": "Mars/Base"}, "Unknown time zone 'Mars/Base'"),
        ({"timezone": "UTC", "first_day": "2022-02-01", "last_day": "2022-01-01"}, "before its first day"),
        (
            {"timezone": "UTC", "first_day": "0022-03-28", "last_day": "0022-04-04"},
            "between 1800-01-01 and 2199-12-31; 0022-03-28",
        ),
        ({"timezone": "UTC", "last_day": "9999-12-31"}, "between 1800-01-01 and 2199-12-31; 9999-12-31"),
        ({"timezone": "UTC", "first_day": "1800-01-01", "last_day": "2100-01-01"}, "maximum length of a season is 73050 days"),
        ({"timezone": "UTC", "grid": {"smoothing": -1}}, "smoothing"),
    ):
        with pytest.raises(ValueError, match=words):
            SeasonConfig.from_dict(plain)
    with pytest.raises(ValueError, match="NaT is not"):
        SeasonConfig("UTC", first_day=np.datetime64("NaT"))
    with pytest.raises(ValueError, match="not valid JSON"):
        SeasonConfig.from_json("{")


def test_the_threshold_in_use_is_the_calibrated_one() -> None:
    assert CONFIG.extrema.threshold_z == CONFIG.anomaly.map_threshold_z
