"""The synthetic season: one seed, one law, the same numbers however they are asked for, and signals of the stated size."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from quakegui.season.events import Event
from quakegui.season.kp import Kp
from quakegui.season.localtime import NightWindow
from quakegui.season.night import NightConfig, NightMeans, night_means
from quakegui.season.quality import Quality
from quakegui.simulate import precursors
from quakegui.simulate.layouts import CENTRE, synthetic_network
from quakegui.simulate.minutes import minutes, synthetic_night_means
from quakegui.simulate.storms import random_kp, storm_depression
from quakegui.simulate.synthetic import SyntheticConfig, SyntheticSeason, make_season

SHORT = SyntheticConfig(
    seed=5, first_day=np.datetime64("2022-03-01"), last_day=np.datetime64("2022-03-31"), warm_up_days=10, stations=6
)
LUDING = Event("luding", np.datetime64("2022-09-05T04:52:18", "ms"), 6.8, 29.59, 102.08)


def season(config: SyntheticConfig = SHORT, **others: object) -> SyntheticSeason:
    field = np.linspace(49_000.0, 49_600.0, config.stations)
    return make_season(config, **({"main_field_nt": field} | others))  # type: ignore[arg-type]


@cache
def null_season() -> SyntheticSeason:
    """The whole of 2022 at nine stations, without signals."""
    return season(SyntheticConfig(strength=0.0, stations=9))


@cache
def null_nights() -> NightMeans:
    return synthetic_night_means(null_season(), NightConfig())


def quiet_kp(first: str = "2021-11-01", last: str = "2023-01-02") -> Kp:
    time = np.arange(np.datetime64(first, "ms"), np.datetime64(last, "ms"), np.timedelta64(3, "h"))
    return Kp(time, np.full(time.size, 1.0))


def test_nights_alone_equal_the_nights_of_the_full_minutes() -> None:
    made = season()
    for config in (NightConfig(), NightConfig(window=NightWindow(21.0, 23.5))):
        fast = synthetic_night_means(made, config)
        for station, code in enumerate(made.network.codes):
            full = night_means(minutes(made, station), made.days, timezone=SHORT.timezone, config=config)
            assert full.codes == (code,)
            np.testing.assert_array_equal(full.values[:, 0], fast.values[:, station])
            np.testing.assert_array_equal(full.quality[:, 0], fast.quality[:, station])
            np.testing.assert_array_equal(full.coverage[:, 0], fast.coverage[:, station])


@pytest.mark.parametrize("timezone", ["Asia/Shanghai", "Europe/Berlin", "Asia/Kathmandu"])
def test_a_day_alone_equals_that_day_of_the_whole(timezone: str) -> None:
    made = season(replace(SHORT, timezone=timezone))
    whole = minutes(made, 2)
    pieces = [minutes(made, 2, first=day, last=day) for day in range(made.days.size)]
    np.testing.assert_array_equal(np.concatenate([piece.time for piece in pieces]), whole.time)
    np.testing.assert_array_equal(np.concatenate([piece.values for piece in pieces]), whole.values)


def test_the_same_seed_gives_the_same_season_and_another_another() -> None:
    first, again, other = season(), season(), season(replace(SHORT, seed=6))
    np.testing.assert_array_equal(first.level_nt, again.level_nt)
    np.testing.assert_array_equal(minutes(first, 1).values, minutes(again, 1).values)
    assert np.abs(first.level_nt - other.level_nt).max() > 1.0


def test_readings_look_like_an_observatorys() -> None:
    made = season(main_field_nt=np.full(6, 49_000.0), kp=quiet_kp())
    readings = minutes(made, 0)
    assert readings.cadence_s == 60.0
    assert np.median(readings.values) == pytest.approx(49_000.0, abs=30.0)
    np.testing.assert_array_equal(readings.values, np.round(readings.values, 2))
    assert readings.time[0] == np.datetime64("2022-02-18T16:00", "ms")  # midnight of 19 February in Shanghai
    # the solar quiet dip of tens of nT before local noon, on an ordinary day
    day = minutes(made, 0, first=20, last=20)
    hour = (day.time - day.time[0]) / np.timedelta64(1, "h")
    noon, night = (np.median(day.values[(hour >= a) & (hour < a + 1)]) for a in (11, 1))
    assert -60.0 < noon - night < -5.0


def test_the_network_is_the_papers_in_place_size_and_number() -> None:
    network = synthetic_network()
    assert len(network.stations) == 25
    assert all(station.name and len(station.code) == 3 for station in network.stations)
    east = (network.longitude - CENTRE[1]) * 111.195 * np.cos(np.radians(CENTRE[0]))
    north = (network.latitude - CENTRE[0]) * 111.195
    assert ConvexHull(np.column_stack([east, north])).volume == pytest.approx(14_000.0, rel=0.001)
    assert network.centre() == pytest.approx(CENTRE, abs=0.01)
    apart = np.hypot(east[:, None] - east, north[:, None] - north) + np.eye(25) * 1e9
    assert apart.min() > 5.0


def test_another_number_of_stations_covers_the_same_ground() -> None:
    assert len(set(synthetic_network(250).codes)) == 250
    assert len(synthetic_network(1).stations) == 1


def test_main_field_is_linear_between_the_two_ends() -> None:
    still, moving = (
        season(kp=quiet_kp(), main_field_nt=f) for f in (np.full(6, 49_000.0), np.array([[49_000.0] * 6, [49_041.0] * 6]))
    )
    slope = np.diff((moving.level_nt - still.level_nt)[:, 3])
    np.testing.assert_allclose(slope, 41.0 / (41 * 144), atol=1e-6)


def test_noise_has_the_levels_of_real_nights() -> None:
    """Day-to-day 4.9 / 3.6 nT (standard deviation / robust) at a real mid-latitude observatory."""
    change = np.diff(null_nights().values, axis=0)
    change = change[np.isfinite(change)]
    assert 3.8 < change.std() < 8.0
    assert 1.4826 * np.median(np.abs(change - np.median(change))) == pytest.approx(3.6, rel=0.25)


def test_spikes_gaps_and_short_nights_occur_but_rarely() -> None:
    night = null_nights()
    shares = {flag: float(np.mean((night.quality & flag) > 0)) for flag in (Quality.SPIKY, Quality.MISSING, Quality.SHORT)}
    assert 0.01 < shares[Quality.SPIKY] < 0.08
    assert 0.002 < shares[Quality.MISSING] < 0.03
    assert 0.001 < shares[Quality.SHORT] < 0.02


def test_gaps_are_absent_minutes_and_never_values() -> None:
    made = null_season()
    wrong = made.artefacts[0]
    assert wrong.gap_start.size > 10
    assert (wrong.gap_start[1:] > wrong.gap_end[:-1]).all()
    minute = (minutes(made, 0).time - made.origin) // np.timedelta64(60_000, "ms")
    lost = np.setdiff1d(np.arange(made.midnight[-1]), minute)
    expected = np.concatenate(
        [np.arange(a, min(b, made.midnight[-1])) for a, b in zip(wrong.gap_start, wrong.gap_end, strict=True)]
    )
    np.testing.assert_array_equal(lost, expected)


def test_a_null_season_is_noise_alone_and_strength_scales_the_signals() -> None:
    config = replace(SHORT, first_day=np.datetime64("2022-08-01"), last_day=np.datetime64("2022-09-30"), seed=8)
    null, once, twice = (season(replace(config, strength=s), events=(LUDING,)) for s in (0.0, 1.0, 2.0))
    assert null.signals == ()
    assert all(wrong.step_minute.size == 0 for wrong in null.artefacts)
    assert [signal.event for signal in once.signals if signal.event] == ["luding"]
    np.testing.assert_allclose(twice.level_nt - null.level_nt, 2.0 * (once.level_nt - null.level_nt), atol=1e-9)
    np.testing.assert_array_equal(null.artefacts[0].spike_minute, once.artefacts[0].spike_minute)


def test_a_precursor_has_the_stated_size_place_and_time() -> None:
    found = [
        signal
        for seed in range(60)
        for signal in precursors.draw_precursors(
            (LUDING,), seed=seed, origin=np.datetime64("2022-01-01", "ms"), centre=CENTRE, radius_km=59.2
        )
    ]
    assert 40 <= len(found) <= 56  # four in five of 60
    event_day = (LUDING.time - np.datetime64("2022-01-01", "ms")) / np.timedelta64(1, "D")
    typical = 5.0 * 10 ** (0.15 * 3.8)
    for signal in found:
        assert abs(signal.peak_nt) == pytest.approx(2.0 * 10 ** (0.13 * 3.8))
        assert signal.footprint_km == pytest.approx(18.0 * 10 ** (0.07 * 3.8))
        length = (signal.end - signal.start) / 1440.0
        assert 0.7 * typical <= length <= 1.3 * typical
        assert 0.0 <= event_day - signal.end / 1440.0 <= 0.25 * length
        assert signal.y_km > 0.0  # Luding lies to the north
        assert 0.3 * 59.2 < np.hypot(signal.x_km, signal.y_km) < 59.2
    assert {np.sign(signal.peak_nt) for signal in found} == {-1.0, 1.0}


def test_a_signal_rises_stays_and_ends() -> None:
    signal = precursors.Signal(10.0, 0.0, 30.0, 3.0, start=0.0, end=4.0 * 1440.0)
    course = signal.course(np.array([-1.0, 0.0, 720.0, 1440.0, 2880.0, 4320.0, 5760.0, 9000.0]))
    np.testing.assert_allclose(course, [0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(signal.footprint(np.array([[10.0, 0.0], [10.0, 30.0]])), [1.0, np.exp(-0.5)])


def test_events_are_drawn_apart_from_each_other() -> None:
    other = Event("other", np.datetime64("2022-06-01T09:00:08", "ms"), 6.1, 30.37, 102.94)
    settings = {"seed": 8, "origin": np.datetime64("2022-01-01", "ms"), "centre": CENTRE, "radius_km": 59.2}
    both = precursors.draw_precursors((other, LUDING), **settings)  # type: ignore[arg-type]
    alone = precursors.draw_precursors((LUDING,), **settings)  # type: ignore[arg-type]
    assert [signal for signal in both if signal.event == "luding"] == list(alone)


def test_storms_follow_kp_and_recover() -> None:
    kp = quiet_kp()
    value = kp.value.copy()
    at = np.searchsorted(kp.time, np.datetime64("2022-03-10T00:00", "ms"))
    value[at : at + 4] = 7.0
    minute = np.arange(0, 30 * 1440, 10.0)
    depression = storm_depression(Kp(kp.time, value), np.datetime64("2022-03-01", "ms"), minute)
    assert depression.max() <= 0.0
    assert np.abs(depression[minute <= 9 * 1440]).max() == 0.0
    lowest = minute[np.argmin(depression)] / 1440.0
    assert 9.3 < lowest < 9.8
    assert -80.0 < depression.min() < -20.0
    assert np.abs(depression[-1]) < 0.1


def test_kp_that_leaves_part_of_the_season_out_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"Kp is missing for \d+ intervals of the synthetic season; the first starts at 2022-03-20"
    ):
        season(kp=quiet_kp("2022-01-01", "2022-03-20"))


def test_drawn_kp_resembles_2022() -> None:
    kp = random_kp(3, np.datetime64("2020-01-01", "ms"), np.datetime64("2024-12-31", "ms"))
    assert np.median(kp.value) == pytest.approx(5 / 3, abs=0.35)
    assert 0.008 < np.mean(kp.value >= 5.0) < 0.035
    assert kp.value.max() <= 9.0


def test_wrong_configs_are_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        SyntheticConfig(strength=-1.0)
    with pytest.raises(ValueError, match="cannot end before"):
        SyntheticConfig(first_day=np.datetime64("2022-03-01"), last_day=np.datetime64("2022-02-01"))
    with pytest.raises(ValueError, match="main field must have the shape"):
        season(main_field_nt=np.zeros(3))
