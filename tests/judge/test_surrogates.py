"""Surrogate catalogues: the rule's labels under them, what they keep, and what their p-values are worth."""

import time

import numpy as np
import pytest

from quakegui.judge import surrogates as sg
from quakegui.judge.auc import weighted_auc
from quakegui.season.events import Event
from quakegui.season.labels import FLAT_RULE, LabelRule, apply
from quakegui.season.localtime import NightWindow, available_at

ZONE, NIGHT = "Asia/Tokyo", NightWindow()
DAYS = np.datetime64("2005-01-01") + np.arange(731)
ALL = np.ones(len(DAYS), bool)
RULES = {
    "default": LabelRule(),
    "larger wins": LabelRule(winner="larger"),
    "flat": FLAT_RULE,
    "long after": LabelRule(days_after=20, winner="larger"),
}


def events_at(days, rng, magnitude=None):
    """Return earthquakes at these times, in days since 2005-01-01 UTC."""
    times = np.datetime64("2005-01-01", "ms") + (np.asarray(days) * 86_400_000).astype("timedelta64[ms]")
    size = 4.0 + rng.exponential(0.7, len(times)) if magnitude is None else np.full(len(times), magnitude)
    return [Event(str(k), at, float(m), 0.0, 0.0) for k, (at, m) in enumerate(zip(times, size, strict=True))]


def windows_of(events, rule=RULES["default"]):
    return sg.event_windows(events, rule, timezone=ZONE, night=NIGHT)


def labelled(events, rule, days=DAYS):
    labels = apply(rule, events, [1] * len(events), days, available_at(days, ZONE, NIGHT), timezone=ZONE)
    return np.where(labels.post, sg.POST, labels.classes)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_unmoved_earthquakes_give_the_rules_own_labels(rule):
    rng = np.random.default_rng(1)
    events = events_at(rng.uniform(-20, 750, 60), rng)
    days = np.delete(DAYS, [100, 101, 400])  # a calendar with gaps
    told = sg.rule_kinds(windows_of(events, rule), days)
    assert np.array_equal(told, labelled(events, rule, days))
    assert set(np.unique(told)) == {sg.QUIET, sg.EVENT, sg.POST}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_surrogate_is_labelled_as_the_rule_would(rule):
    rng = np.random.default_rng(2)
    at = np.sort(rng.uniform(0, 731, 25))
    events, moves = events_at(at, rng), rng.integers(-40, 41, size=(6, 25))
    windows = windows_of(events, rule)
    told = sg.kinds_of_days(windows, windows.day.astype(int) + moves, DAYS)
    for number, move in enumerate(moves):
        moved = [
            Event(e.id, e.time + np.timedelta64(int(days), "D"), e.magnitude, 0.0, 0.0)
            for e, days in zip(events, move, strict=True)
        ]
        assert np.array_equal(told[:, number], labelled(moved, rule))


def test_close_earthquakes_move_together_and_others_apart():
    rng = np.random.default_rng(3)
    # 4 days apart, then 5, then 200; flat windows of one day make each visible
    windows = windows_of(events_at([100.5, 104.5, 109.5, 309.5], rng), LabelRule(flat_days_before=0, days_after=0))
    made = sg.make_surrogates(windows, DAYS, jitter_days=30)
    moved = np.array([np.flatnonzero(column == sg.EVENT) for column in made.jittered.T])
    assert moved.shape == (sg.SURROGATES, 4)
    assert np.all(np.diff(moved[:, :3], axis=1) == [4, 5])
    first, last = moved[:, 0] - 100, moved[:, 3] - 309
    assert (first.min(), first.max(), last.min(), last.max()) == (-30, 30, -30, 30)
    assert abs(np.corrcoef(first, last)[0, 1]) < 0.1
    assert np.bincount(first + 30, minlength=61).max() < 40  # about 16 each: uniform
    assert made.clusters(ALL) == 2


def test_earthquakes_outside_the_season_may_move_into_it():
    rng = np.random.default_rng(4)
    windows = windows_of(events_at([-20.5, 365.5, 2000.5], rng), LabelRule(flat_days_before=3, days_after=0))
    made = sg.make_surrogates(windows, DAYS, jitter_days=45)
    counted = (made.jittered == sg.EVENT).sum(axis=0)
    assert counted.min() == 4  # the one in the middle is always there
    assert counted.max() == 8
    assert made.clusters(ALL) == 1
    assert not made.jittered[600:].any()  # the far one never comes


def test_the_rate_surrogates_follow_the_rate_and_fill_the_edges():
    rng = np.random.default_rng(5)
    at = np.r_[rng.uniform(0, 365, 30), rng.uniform(365, 731, 10)]
    made = sg.make_surrogates(windows_of(events_at(at, rng), LabelRule(flat_days_before=0, days_after=0)), DAYS, jitter_days=45)
    per_day = (made.redrawn > 0).mean(axis=1)
    assert per_day[:300].mean() == pytest.approx(3 * per_day[430:].mean(), rel=0.35)
    even = sg.make_surrogates(windows_of(events_at(np.arange(5.5, 731, 10), rng), FLAT_RULE), DAYS, jitter_days=45)
    covered = (even.redrawn > 0).mean(axis=1)
    assert covered[5:20].mean() == pytest.approx(covered[300:400].mean(), rel=0.1)


def test_the_p_value_is_counted_and_a_perfect_predictor_has_the_smallest():
    rng = np.random.default_rng(6)
    windows = windows_of(events_at(np.sort(rng.uniform(0, 731, 30)), rng))
    kinds, made = sg.rule_kinds(windows, DAYS), sg.make_surrogates(windows, DAYS, jitter_days=45)
    fold = np.zeros(731, int)
    told = sg.surrogate_test((kinds == sg.EVENT) * 1.0, kinds, made, statistic="pooled", fold=fold)
    assert told.auc == 1.0
    assert told.p_jitter == told.p_value == told.p_rate == 1 / 1000
    constant = sg.surrogate_test(np.ones(731), kinds, made, statistic="pooled", fold=fold)
    assert (constant.auc, constant.p_value) == (0.5, 1.0)
    leaky = sg.surrogate_test(np.ones(731), kinds, made, statistic="pooled", fold=fold, with_p_values=False)
    assert np.isnan([leaky.p_value, leaky.p_rate]).all()
    assert leaky.auc == 0.5


def test_fold_by_fold_a_surrogate_as_far_below_a_half_counts_too():
    rng = np.random.default_rng(11)
    windows = windows_of(events_at(np.sort(rng.uniform(0, 731, 30)), rng))
    kinds, made = sg.rule_kinds(windows, DAYS), sg.make_surrogates(windows, DAYS, jitter_days=30)
    fold, score = np.zeros(731, int), rng.normal(size=731) + 0.2 * (kinds == sg.EVENT)
    one = sg.surrogate_test(score, kinds, made, statistic="pooled", fold=fold)
    two = sg.surrogate_test(score, kinds, made, statistic="foldwise", fold=fold)
    mirrored = sg.surrogate_test(-score, kinds, made, statistic="foldwise", fold=fold)
    assert one.auc == two.auc > 0.5
    assert mirrored.auc == pytest.approx(1 - one.auc)
    drawn = weighted_auc(score, made.jittered == sg.EVENT, made.jittered == sg.QUIET, fold)
    assert one.p_value == (1 + (drawn >= one.auc - 1e-12).sum()) / 1000
    assert two.p_value == (1 + (np.abs(drawn - 0.5) >= one.auc - 0.5 - 1e-12).sum()) / 1000
    assert two.p_value > one.p_value
    assert mirrored.p_value == 1.0


def test_too_few_clusters_or_too_short_a_season_are_not_estimable():
    rng = np.random.default_rng(7)
    few = windows_of(events_at([50, 52, 54, 200, 300, 400], rng))
    made = sg.make_surrogates(few, DAYS, jitter_days=45)
    assert made.clusters(ALL) == 4
    assert not made.estimable(ALL)
    enough = windows_of(events_at([50, 80, 110, 140, 165], rng))
    made = sg.make_surrogates(enough, DAYS, jitter_days=45)
    assert made.estimable(np.arange(731) < 180)
    assert not made.estimable(np.arange(731) < 179)
    assert not made.estimable(np.arange(731) >= 180), "what is scored has no earthquake"
    nothing = windows_of([])
    made = sg.make_surrogates(nothing, DAYS, jitter_days=45)
    told = sg.surrogate_test(rng.normal(size=731), sg.rule_kinds(nothing, DAYS), made, statistic="pooled", fold=np.zeros(731))
    assert np.isnan([told.auc, told.p_value]).all()
    assert (told.clusters, made.longest_window) == (0, 0)


def test_a_window_longer_than_the_jitter_is_named():
    rng = np.random.default_rng(8)
    for magnitude, longest, short in ((7.0, 27, False), (8.0, 38, True)):
        windows = windows_of(events_at(np.arange(20, 700, 60), rng, magnitude))
        made = sg.make_surrogates(windows, DAYS, jitter_days=30)
        told = sg.surrogate_test(
            rng.normal(size=731), sg.rule_kinds(windows, DAYS), made, statistic="pooled", fold=np.zeros(731)
        )
        assert (told.longest_window, told.short_jitter) == (longest, short)


def test_the_day_number_is_no_skill_where_the_rate_falls():
    rng = np.random.default_rng(9)
    windows = windows_of(events_at(np.r_[rng.uniform(0, 365, 20), rng.uniform(365, 731, 3)], rng, 4.5))
    kinds, made = sg.rule_kinds(windows, DAYS), sg.make_surrogates(windows, DAYS, jitter_days=45)
    told = sg.surrogate_test(-np.arange(731.0), kinds, made, statistic="pooled", fold=np.zeros(731))
    assert told.auc > 0.6
    assert told.p_value > 0.1


def test_a_season_of_surrogates_and_twenty_predictors_takes_under_two_seconds():
    rng = np.random.default_rng(10)
    windows, fold = windows_of(events_at(np.sort(rng.uniform(0, 731, 34)), rng)), np.repeat(np.arange(5), 147)[:731]
    scores = rng.normal(size=(20, 731))
    began = time.process_time()
    kinds, made = sg.rule_kinds(windows, DAYS), sg.make_surrogates(windows, DAYS, jitter_days=30)
    told = [sg.surrogate_test(score, kinds, made, statistic="foldwise", fold=fold) for score in scores]
    assert time.process_time() - began < 2.0
    assert all(0 < one.p_value <= 1 for one in told)
