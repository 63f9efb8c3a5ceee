"""What is drawn and found quickly for thousands of seasons has the bits of the simple way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import lfilter

from quakegui.simulate import background
from quakegui.simulate.artefacts import Artefacts
from quakegui.simulate.storms import recursive_filter
from quakegui.simulate.synthetic import MAIN_FIELD_NT, SyntheticConfig, SyntheticSeason, make_season

SHORT = SyntheticConfig(seed=5, last_day=np.datetime64("2022-03-15"), warm_up_days=2, stations=4)


def season_of(config: SyntheticConfig) -> SyntheticSeason:
    return make_season(config, main_field_nt=np.full(config.stations, MAIN_FIELD_NT))


def test_columns_one_after_the_other_are_filtered_to_the_same_bits() -> None:
    values = np.random.default_rng(3).normal(size=(5000, 7))
    for part in (values, values[:, 0], np.asfortranarray(values)):
        plain = lfilter([0.4], [1.0, -0.9], part, axis=0)
        np.testing.assert_array_equal(recursive_filter(part, gain=0.4, retention=0.9), plain)


def test_noise_drawn_in_portions_is_that_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    field = season_of(SHORT).background
    assert field.nodes > 2 * background.IN_CACHE
    portions = field.at(np.arange(field.nodes))
    monkeypatch.setattr(background, "IN_CACHE", field.nodes)
    np.testing.assert_array_equal(portions, field.at(np.arange(field.nodes)))


def test_gaps_and_steps_are_those_of_each_minute_alone() -> None:
    minute = np.concatenate([np.arange(10, 40), np.arange(60, 90), np.arange(200, 203)])
    gap_start, gap_end = np.array([0, 11, 25, 35, 50, 89, 202, 300]), np.array([5, 13, 26, 60, 61, 100, 400, 500])
    step_minute, step_nt = np.array([3, 10, 30, 30, 50, 89, 250]), np.array([1.5, 0.1, -4.2, 8.3, 0.7, -0.3, 9.0])
    nothing = np.array([], dtype=np.int64)
    wrong = Artefacts(nothing, nothing.astype(float), gap_start, gap_end, step_minute, step_nt)
    kept = [not any(first <= one < end for first, end in zip(gap_start, gap_end, strict=True)) for one in minute]
    np.testing.assert_array_equal(wrong.is_recorded(minute), kept)
    sums = np.append(0.0, np.cumsum(step_nt))
    np.testing.assert_array_equal(wrong.steps_nt(minute), [sums[np.count_nonzero(step_minute <= one)] for one in minute])
    none = replace(wrong, gap_start=nothing, gap_end=nothing, step_minute=nothing, step_nt=nothing.astype(float))
    assert none.is_recorded(minute).all()
    assert not none.steps_nt(minute).any()


def test_seasons_share_what_their_days_have_in_common_and_nothing_else() -> None:
    one, other = season_of(SHORT), season_of(replace(SHORT, seed=6, strength=0.0, stations=3))
    assert one.midnight is other.midnight
    assert not one.midnight.flags.writeable
    berlin, longer = season_of(replace(SHORT, timezone="Europe/Berlin")), season_of(replace(SHORT, warm_up_days=3))
    assert berlin.origin - one.origin == np.timedelta64(7, "h")
    assert longer.midnight.size == one.midnight.size + 1
    assert longer.origin == one.origin - np.timedelta64(1, "D")
