"""The detection limit: what is put into the nights is the law's, and what is counted is what the verdict says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from limit_data import null

from quakegui.judge.detection import Detector, filter_detector
from quakegui.judge.limit import CountRow, Limit, LimitError, Share, SizeRow, crossing, limit_of, require_possible
from quakegui.judge.replicates import largest_at_stations, replicates, signals_before, with_signals
from quakegui.progress import never, silent
from quakegui.report.limit_parts import count_table, limit_section, limit_text, power_curve, size_table
from quakegui.report.markup import FigureList
from quakegui.report.words import Words
from quakegui.season.night import NightConfig
from quakegui.season.season import Season
from quakegui.simulate.layouts import spacing_km, synthetic_network
from quakegui.simulate.minutes import direct_night_means


def test_night_means_with_signals_are_those_of_a_season_made_with_them() -> None:
    source, ground = null()
    signals = signals_before(ground, ground.events, 5)
    made = replace(source, signals=signals, config=replace(source.config, strength=1.5))
    wanted = direct_night_means(made, NightConfig()).values - direct_night_means(source, NightConfig()).values
    added = with_signals(ground, signals, 1.5).values - ground.season.anomaly.night_nt
    assert np.nanmax(np.abs(wanted)) > 2.0
    np.testing.assert_allclose(added, wanted, atol=0.05)
    np.testing.assert_array_equal(np.isnan(added), np.isnan(ground.season.anomaly.night_nt))
    highest = max(abs(signal.peak_nt) for signal in signals)
    assert 0.3 * highest < largest_at_stations(ground, signals).max() <= highest


def test_four_earthquakes_of_five_have_a_signal_that_ends_before_them() -> None:
    _, ground = null()
    many = ground.random_events(300, np.random.default_rng(1))
    signals = signals_before(ground, many, 2)
    assert 0.72 < len(signals) / len(many) < 0.88
    first = ground.season.all_days[0].astype("datetime64[ms]") - np.timedelta64(8, "h")
    minute = {event.id: (event.time - first) / np.timedelta64(1, "m") for event in many}
    assert all(signal.end <= minute[signal.event] for signal in signals)


@pytest.mark.slow  # makes whole seasons
def test_footprints_grow_with_the_distance_between_stations() -> None:
    _, ground = null()
    assert ground.law.footprint_km == pytest.approx(18.0 * spacing_km(synthetic_network(9)) / spacing_km(synthetic_network(25)))


def test_earthquakes_move_as_in_the_test_near_ones_together_and_aftershocks_along() -> None:
    _, ground = null()
    day = np.timedelta64(1, "D")
    shifts = set()
    for seed in range(20):
        events, others = ground.shifted_events(np.random.default_rng(seed))
        by_id = {event.id: event for event in (*events, *others)}
        moved = np.array([(by_id[event.id].time - event.time) / day for event in ground.events])
        assert (np.abs(moved) <= 45).all()
        near = np.diff([event.time for event in ground.events]) < 4 * day
        assert (np.diff(moved)[near] == 0).all()
        assert by_id["after"].time - events[[event.id for event in events].index(ground.events[3].id)].time == np.timedelta64(
            30, "h"
        )
        assert list(events) == sorted(events, key=lambda event: event.time)
        shifts.add(tuple(moved))
    assert len(shifts) == 20


def test_drawn_earthquakes_lie_in_the_season_and_are_of_its_kinds() -> None:
    _, ground = null()
    found = ground.random_events(500, np.random.default_rng(3))
    days = np.array([event.time for event in found]) + np.timedelta64(8, "h")
    assert days.min() >= ground.season.days[0]
    assert days.max() < ground.season.days[-1] + np.timedelta64(1, "D")
    assert np.diff(days).min() >= np.timedelta64(0, "ms")
    assert len({event.id for event in found}) == 500
    assert {event.magnitude for event in found} == {event.magnitude for event in ground.inside}


def test_replicates_differ_by_seed_and_nights_without_signals_are_as_they_were() -> None:
    _, ground = null()
    quiet = replicates(ground, 0.0, [1, 2])
    assert all(each.season is ground.season for each in quiet)
    assert quiet[0].events != quiet[1].events
    assert (quiet[0].station_nt == 0.0).all()
    (loud,) = replicates(ground, 4.0, [1])
    assert loud.events == quiet[0].events
    assert loud.season.days.tolist() == ground.season.days.tolist()
    assert np.nanmax(np.abs(loud.season.z - ground.season.z)) > 5.0
    np.testing.assert_array_equal(np.isnan(loud.season.z), np.isnan(ground.season.z))


@pytest.mark.slow  # judges many replicates of a season
def test_a_filter_finds_large_signals_and_a_clock_finds_none() -> None:
    """Two seasons and two whole verdicts, three seconds: nothing smaller shows that power is the verdict's."""
    _, ground = null()
    steps: list[tuple[int, int]] = []
    found = limit_of(
        ground,
        filter_detector(ground),
        strengths=(0.0, 6.0),
        counts=(),
        number=1,
        progress=lambda done, total, _text: steps.append((done, total)),
        cancelled=never,
    )
    assert found is not None
    assert [row.share.power for row in found.sizes] == [0.0, 1.0]
    assert found.nt_at_power == pytest.approx(6.0 * found.peak_nt)
    assert found.peak_nt == pytest.approx(2.0 * 10.0 ** (0.13 * (found.magnitude - 3.0)))
    assert steps == [(0, 2), (1, 2), (2, 2)]
    row = found.to_json()["rows"][1]
    assert {"strength", "nT", "power", "replicates"} <= row.keys()

    def clock(season: Season) -> np.ndarray:
        event = np.linspace(0.1, 0.9, len(season.days))
        return np.column_stack([1.0 - event, *[event / 4.0] * 4])

    dull = Detector("network", "clock", "clock", clock)
    found = limit_of(ground, dull, strengths=(6.0,), counts=(), number=1, progress=silent, cancelled=never)
    assert found is not None
    assert found.sizes[0].share.better == 0
    assert np.isnan(found.nt_at_power)
    assert found.to_json()["nT_at_power_0.8"] is None


def test_it_can_be_stopped() -> None:
    _, ground = null()
    asked = filter_detector(ground)
    assert limit_of(ground, asked, strengths=(0.0,), counts=(), number=1, progress=silent, cancelled=lambda: True) is None


def test_what_cannot_be_tested_is_refused_in_a_sentence() -> None:
    _, ground = null()
    with pytest.raises(LimitError, match=r"^A detection limit needs at least five independent earthquakes .*\.$"):
        require_possible(replace(ground, events=ground.events[:3]))
    nowhere = replace(ground.inputs, station_km=np.full((9, 2), np.nan))
    with pytest.raises(LimitError, match="at least 3 stations with coordinates"):
        require_possible(replace(ground, inputs=nowhere))
    require_possible(ground)


def test_the_size_found_lies_between_the_sizes_by_their_logarithms() -> None:
    sizes = [1.0, 2.0, 4.0, 8.0]
    assert crossing(sizes, [0.0, 0.6, 1.0, 1.0], 0.8) == pytest.approx(2.0 * np.sqrt(2.0))
    assert crossing(sizes, [0.9, 1.0, 1.0, 1.0], 0.8) == 1.0
    assert np.isnan(crossing(sizes, [0.0, 0.1, 0.2, 0.7], 0.8))
    assert np.isnan(crossing([], [], 0.8))
    # uneven powers are made to rise first: 0.9 and 0.5 are both 0.7
    assert crossing(sizes, [0.0, 0.9, 0.5, 1.0], 0.8) == pytest.approx(4.0 * 2.0 ** (0.1 / 0.3))


def made(*powers: int, kind: str = "network", counts: tuple[int, ...] = (2, 20)) -> Limit:
    """Return a limit with so many of 20 found at 0, 1, 2 ... nT, and so many with 6, 12 ... earthquakes."""
    return Limit(
        kind=kind,
        title="stack",
        events=18,
        magnitude=4.3,
        peak_nt=2.0,
        footprint_km=22.0,
        length_days=8.0,
        signal_share=0.8,
        sizes=tuple(SizeRow(k / 2.0, float(k), 0.7 * k, Share(20, n, n, 0.0, 1.0)) for k, n in enumerate(powers)),
        counts=tuple(CountRow(6 * k, Share(20, n, n, 0.0, 1.0)) for k, n in enumerate(counts, start=1)),
    )


@pytest.mark.parametrize(
    ("limit", "english", "chinese"),
    [
        (made(1, 4, 20), "Signals of 1.7 nT are detected with a probability of 0.8.", "1.7 nT 的信号检出概率为 0.8。"),
        (made(1, 18, 20), "Signals of 1.0 nT, the smallest tested,", "试验的最小信号（1.0 nT）"),
        (made(1, 4, 10), "Even signals of 2.0 nT are detected with a probability below 0.8.", "即使信号为 2.0 nT，"),
        (made(1, 4), "Without signals, 1 of 20 replicates are better than chance.", "20 次重复中有 1 次优于随机"),
        (made(1, 4), "the season needs 11 earthquakes for a probability of 0.8.", "观测期内须有 11 次地震，"),
        (
            made(1, 4, counts=(2, 10)),
            "12 earthquakes in the season are too few for a probability of 0.8.",
            "12 次地震，检出概率仍达不到 0.8。",
        ),
        (
            made(1, 4, counts=(19, 20)),
            "6 earthquakes in the season are enough for a probability of 0.8.",
            "6 次地震，检出概率即可达到 0.8。",
        ),
        (made(1, 4), "the run's own model", "该训练记录自身的模型"),
        (made(1, 4, kind="matched-filter"), "a matched filter for such signals was evaluated", "匹配滤波"),
    ],
)
def test_it_is_said_in_both_languages(limit: Limit, english: str, chinese: str) -> None:
    assert english in limit_text(limit, Words("en"))
    assert chinese in limit_text(limit, Words("zh"))


def test_tables_and_drawing_hold_every_size() -> None:
    say, limit = Words("en"), made(1, 4, 20)
    rows = size_table(limit, say).rows
    assert rows[1] == ("0.5", "1.00", "0.70", "0.20 (0.00 to 1.00)", "0.20", "20")
    assert [row[0] for row in count_table(limit, say).rows] == ["6", "12"]
    drawn = power_curve(limit, say, "SYNTHETIC").data.decode()
    assert drawn.count("<circle") == 3
    assert "stroke-dasharray" in drawn
    assert "SYNTHETIC" in drawn


def test_the_report_tells_it_with_its_curve() -> None:
    figures = FigureList()
    section = limit_section(made(1, 4, 20), Words("en"), "SYNTHETIC", figures)
    assert len(figures.entries) == 1
    assert section.count("<table") == 2
    assert "Signals of 1.7 nT are detected" in section
    assert limit_section(made(1, 4, 20, counts=()), Words("zh"), "", FigureList()).count("<table") == 1
