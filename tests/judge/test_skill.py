"""R against R0, the Molchan diagram, the choice of p*, bootstrap intervals and the circular-shift test."""

import numpy as np
import pytest
from scipy.stats import binom

from quakegui.judge import alarms, bootstrap, metrics, skill
from quakegui.judge.exposure import exposure_of

DAYS = np.datetime64("2022-02-01") + np.arange(334)
KNOWN = DAYS.astype("datetime64[ms]") - np.timedelta64(5, "h")
HALF_DAY = np.timedelta64(12, "h")


def series(event_probability):
    """Return a season with these probabilities of an event, all in class 1."""
    p = np.asarray(event_probability, float)
    return alarms.Series(DAYS[: len(p)], KNOWN[: len(p)], np.column_stack([1 - p, p, np.zeros((len(p), 3))]))


def catalogue(days):
    """Return an event half a day after each of these days became known."""
    return alarms.Catalogue(KNOWN[np.asarray(days, int)] + HALF_DAY, np.ones(len(days), int))


@pytest.mark.parametrize(("hits", "expected"), [(12, "0.257"), (14, "0.254"), (18, "0.185")])
def test_r_zero_of_18_events(hits, expected):
    assert f"{skill.r_zero(18, hits):.3f}" == expected


def test_r_zero_is_the_lower_clopper_pearson_bound():
    lower = 12 / 18 - skill.r_zero(18, 12)
    assert binom.sf(11, 18, lower) == pytest.approx(0.025, abs=1e-12)
    assert skill.r_zero(18, 0) == 0.0
    with pytest.raises(ValueError, match="at least one earthquake"):
        skill.r_zero(0, 0)


def test_r_of_a_timeline_made_by_hand():
    p = np.zeros(334)
    p[[100, 101]] = 0.9
    told = skill.skill(alarms.record_alarms(series(p), 0.5, catalogue([110, 115, 200])))
    assert (told.events, told.hits) == (3, 2)
    assert told.r == pytest.approx(2 / 3 - 15 / 334)
    assert told.r0 == pytest.approx(skill.r_zero(3, 2))
    assert told.exceeds


def test_no_event_no_score():
    p = np.full(334, 0.9)
    assert skill.skill(alarms.record_alarms(series(p), 0.5, catalogue([]))) is None
    assert skill.molchan(series(p), catalogue([])) is None


def test_an_alarm_without_end_has_no_skill():
    told = skill.skill(alarms.record_alarms(series(np.ones(334)), 0.5, catalogue(range(20, 320, 20))))
    assert told.hit_rate == 1.0
    assert told.r == pytest.approx(1 / 334)  # the first day, before an alarm can open
    assert not told.exceeds


def test_molchan_of_a_perfect_and_of_a_constant_predictor():
    events = np.arange(40, 320, 40)
    p = np.full(334, 0.01)
    for day in events:
        p[[day - 2, day - 1]] = 0.99
    perfect = skill.molchan(series(p), catalogue(events))
    assert perfect.alarm_fraction[0] == 0.0
    assert perfect.miss_rate[0] == 1.0
    assert perfect.miss_rate[1] == 0.0
    assert perfect.alarm_fraction[1] == pytest.approx(len(events) * 15 / 334)
    assert perfect.area_skill == pytest.approx(1 - perfect.alarm_fraction[1] / 2)
    flat = skill.molchan(series(np.full(334, 0.3)), catalogue(events))
    assert flat.area_skill == pytest.approx(0.5, abs=0.002)


@pytest.mark.slow  # sixty random predictors
def test_molchan_of_random_predictors_is_one_half():
    areas = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        told = skill.molchan(series(rng.random(334)), catalogue(rng.choice(np.arange(5, 330), 18, replace=False)))
        assert (np.diff(told.alarm_fraction) >= 0).all()
        assert (np.diff(told.miss_rate) <= 0).all()
        areas.append(told.area_skill)
    # The spread of one area is about 0.07, so that of the mean of 60 is below 0.01.
    assert np.mean(areas) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("n", [5, 18, 34])
def test_random_alarms_lie_in_the_band(n):
    rng = np.random.default_rng(n)
    fraction = np.array([0.0, 0.1, 0.35, 0.8, 1.0])
    low, high = skill.random_band(n, fraction)
    missed = 1 - (rng.random((20_000, n, 1)) < fraction).mean(axis=1)
    inside = ((missed >= low - 1e-9) & (missed <= high + 1e-9)).mean(axis=0)
    assert inside[[0, -1]].tolist() == [1, 1]
    assert (inside > 0.945).all()
    narrower = ((missed > low + 1e-9) & (missed < high - 1e-9)).mean(axis=0)
    assert (narrower[1:-1] < 0.96).all()  # exact: one event less on either side would be too few
    assert (low[[0, -1]].tolist(), high[[0, -1]].tolist()) == ([1, 0], [1, 0])


def test_the_weighed_axis_takes_away_what_the_rate_knows():
    rng = np.random.default_rng(9)
    rate = np.where(np.arange(334) // 30 % 3 == 0, 0.2, 0.01)
    events = catalogue(np.sort(rng.choice(334, 30, replace=False, p=rate / rate.sum())))
    follower = series(np.clip(rate * 4 + rng.normal(0, 0.01, 334), 0.01, 0.99))
    rule = alarms.AlarmRule(0.5, run_days=1, open_days=1)
    found = skill.molchan(follower, events, rule=rule, exposure=exposure_of(follower, rate))
    assert found.area_skill > 0.75
    assert found.weighed_skill == pytest.approx(0.5, abs=0.12)  # its standard deviation is 0.29 / sqrt(30)
    assert found.events == 30
    assert found.weighed_fraction.shape == found.alarm_fraction.shape
    even = skill.molchan(follower, events, rule=rule, exposure=exposure_of(follower, np.full(334, 0.4)))
    assert even.weighed_fraction == pytest.approx(even.alarm_fraction)
    plain = skill.molchan(follower, events, rule=rule)
    assert np.isnan(plain.weighed_skill)
    assert plain.area_skill == found.area_skill


def test_r_weighed_by_the_rate():
    p = np.zeros(334)
    p[[100, 101]] = 0.9
    made = series(p)
    period = alarms.judged_period(made)
    record = alarms.record_alarms(made, 0.5, catalogue([110, 200]), period)
    rate = np.where((np.arange(334) >= 101) & (np.arange(334) < 116), 3.0, 1.0)
    told = skill.skill(record, period=period, exposure=exposure_of(made, rate))
    assert told.weighed_fraction == pytest.approx(45 / (319 + 45))
    assert told.weighed_r == pytest.approx(0.5 - 45 / 364)
    assert told.r == pytest.approx(0.5 - 15 / 334)
    assert skill.skill(record).weighed_r is None


def test_molchan_takes_the_rule_of_its_alarms():
    p = np.full(334, 0.01)
    p[[100, 200]] = 0.99
    single = skill.molchan(series(p), catalogue([103, 203]), rule=alarms.AlarmRule(0.5, run_days=1, open_days=5))
    assert single.alarm_fraction[1] == pytest.approx(10 / 334)
    assert single.miss_rate[1] == 0


def counts(truth, answered, n_classes=5):
    return bootstrap.day_counts(np.arange(len(truth)), truth, answered, n_days=len(truth), n_classes=n_classes)


def test_block_weights_draw_whole_blocks_and_every_day_alike():
    weights = bootstrap.block_weights(334, resamples=1000, seed=1)
    assert weights.shape == (1000, 334)
    assert (weights.sum(axis=1) == 334).all()
    assert weights.mean(axis=0) == pytest.approx(1.0, abs=0.2)
    # Where a block starts or ends the weight changes: at most two such places for each of 16 blocks.
    changes = (np.diff(weights, axis=1, append=weights[:, :1]) != 0).sum(axis=1)
    assert changes.max() <= 32
    assert bootstrap.block_weights(80) is None


def test_the_interval_of_independent_days_is_the_binomial_one():
    rng = np.random.default_rng(3)
    truth = rng.integers(2, size=2000)
    answered = np.where(rng.random(2000) < 0.7, truth, 1 - truth)
    told = bootstrap.interval(counts(truth, answered, 2), metrics.accuracy, bootstrap.block_weights(2000))
    half = 1.96 * np.sqrt(0.7 * 0.3 / 2000)
    assert told.value == (truth == answered).mean()
    assert told.high - told.low == pytest.approx(2 * half, rel=0.2)


def test_the_paired_difference_of_equals_is_zero_and_of_a_better_one_above_it():
    rng = np.random.default_rng(4)
    truth = rng.integers(2, size=334)
    good = np.where(rng.random(334) < 0.9, truth, 1 - truth)
    coin = rng.integers(2, size=334)
    weights = bootstrap.block_weights(334)
    same = bootstrap.paired_difference(counts(truth, good, 2), counts(truth, good, 2), metrics.macro_recall, weights)
    assert (same.value, same.low, same.high, same.above_zero) == (0, 0, 0, False)
    better = bootstrap.paired_difference(counts(truth, good, 2), counts(truth, coin, 2), metrics.macro_recall, weights)
    assert better.above_zero
    assert better.low < better.value < better.high
    with pytest.raises(ValueError, match="only on the same days"):
        bootstrap.paired_difference(counts(truth, good, 2), counts(1 - truth, good, 2), metrics.macro_recall, weights)


def test_too_few_days_have_no_interval():
    truth = np.tile([0, 1], 20)
    told = bootstrap.interval(counts(truth, truth, 2), metrics.accuracy, bootstrap.block_weights(40))
    assert told.value == 1.0
    assert np.isnan([told.low, told.high]).all()
    assert not told.above_zero
