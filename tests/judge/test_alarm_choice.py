"""The choice of an alarm's rule, on timelines made by hand."""

from itertools import product

import numpy as np
import pytest

from quakegui.judge import alarm_choice, alarms, folds, splits
from quakegui.judge.alarms import AlarmRule
from quakegui.judge.calibration import Calibrator
from quakegui.judge.folds import class_weights
from quakegui.judge.skill import skill

DAYS = np.datetime64("2022-02-01") + np.arange(300)
KNOWN = DAYS.astype("datetime64[ms]") - np.timedelta64(5, "h")
HALF_DAY = np.timedelta64(12, "h")


def series(event_probability):
    p = np.asarray(event_probability, float)
    return alarms.Series(DAYS, KNOWN, np.column_stack([1 - p, p, np.zeros((300, 3))]))


def catalogue(days):
    return alarms.Catalogue(KNOWN[np.asarray(days, int)] + HALF_DAY, np.ones(len(days), int))


def test_the_run_length_keeps_single_days_out_and_the_hold_is_no_longer_than_it_need_be():
    p = np.full(300, 0.02)
    for event in (50, 120, 190, 260):
        p[event - 8 : event - 5] = 0.72  # three days, the last one six days before the event
    p[np.arange(5, 300, 20)] = 0.9  # single days, all over
    rule = alarm_choice.choose_rule(series(p), catalogue([50, 120, 190, 260]))
    assert (rule.threshold, rule.run_days, rule.open_days) == (0.7, 3, 7)
    record = alarms.record_alarms(series(p), rule, catalogue([50, 120, 190, 260]))
    found = skill(record)
    assert (found.hits, record.false_alarms) == (4, 0)
    assert found.r == pytest.approx(1 - (4 * 7 + 2) / 300)  # two of them meet a single day and stay open a day longer


def test_single_days_may_open_an_alarm():
    p = np.full(300, 0.02)
    p[[45, 115, 185, 255]] = 0.6
    rule = alarm_choice.choose_rule(series(p), catalogue([49, 119, 189, 259]))
    assert (rule.threshold, rule.run_days, rule.open_days) == (0.6, 1, 5)


def test_the_best_of_a_grid_is_the_best_by_trying_each():
    rng = np.random.default_rng(1)
    made, events = series(rng.random(300)), catalogue(np.sort(rng.choice(np.arange(5, 295), 12, replace=False)))
    grid = list(product(alarm_choice.THRESHOLD_GRID, alarm_choice.RUN_GRID, alarm_choice.OPEN_GRID))
    for shown in (np.ones(300, bool), np.arange(300) // 40 % 2 == 0):
        hidden = alarms.Series(DAYS, KNOWN, np.where(shown[:, None], made.probabilities, np.nan))
        period = alarms.judged_period(made, shown)
        scores = {each: skill(alarms.record_alarms(hidden, AlarmRule(*each), events, period)).r for each in grid}
        rule = alarm_choice.choose_rule(made, events, shown)
        best = max(scores.values())
        assert scores[rule.threshold, rule.run_days, rule.open_days] == pytest.approx(best)


def test_a_run_without_folds_has_no_rules_of_folds():
    assert alarm_choice.rules_by_fold(series(np.full(300, 0.5)), np.full(300, -1), catalogue([50])) == ((), ())


def test_nothing_to_choose_by():
    assert alarm_choice.choose_rule(series(np.full(300, 0.5)), catalogue([])) is None
    assert alarm_choice.choose_rule(series(np.full(300, np.nan)), catalogue([50])) is None


def test_each_folds_rule_is_chosen_on_the_others():
    p, fold = np.full(300, 0.02), np.repeat([0, 1, 2], 100)
    p[43:45], p[150], p[251] = 0.92, 0.62, 0.62
    events = catalogue([47, 152, 253])
    rules, fixed = alarm_choice.rules_by_fold(series(p), fold, events)
    assert [(rule.threshold, rule.run_days) for rule in rules] == [(0.6, 1), (0.6, 1), (0.6, 1)]
    assert fixed == ()
    p[43:45] = 0.02
    p[150] = p[251] = 0.3
    alone, fixed = alarm_choice.rules_by_fold(series(p), fold, catalogue([47]))
    assert fixed == (0,)  # the others have no event
    assert alone[0] == alarm_choice.FIXED_RULE


def test_what_a_fold_says_does_not_choose_its_own_rule():
    rng = np.random.default_rng(2)
    p, fold, events = rng.random(300), np.repeat([0, 1, 2], 100), catalogue(np.arange(20, 290, 30))
    before = alarm_choice.rules_by_fold(series(p), fold, events)[0]
    after = alarm_choice.rules_by_fold(series(np.where(fold == 1, rng.random(300), p)), fold, events)[0]
    assert before[1] == after[1]
    assert before != after


def test_no_rule_is_chosen_by_days_beside_the_test_span_that_were_kept_from_training():
    days = np.datetime64("2022-01-01") + np.arange(300)
    made = splits.blocked(folds.material(days, np.zeros(300, int)), folds=3)
    beside = np.array([folds.days_beside(fold, days, days) for fold in made.folds])
    assert (~beside).sum(axis=1).tolist() == [107, 114, 107]  # the test span, and the embargo on its inner sides
    p, fold = np.full(300, 0.02), np.repeat([0, 1, 2], 100)
    p[[103, 250]], events = (0.92, 0.62), catalogue([105, 252])
    assert alarm_choice.rules_by_fold(series(p), fold, events)[0][0].threshold == 0.6
    p[250] = 0.02
    assert alarm_choice.rules_by_fold(series(p), fold, events)[1] == ()
    assert alarm_choice.rules_by_fold(series(p), fold, catalogue([105]), beside=beside)[1] == (0, 1)


def test_the_fixed_threshold_is_what_the_network_itself_calls_even():
    assert alarm_choice.fixed_rule(None) == alarm_choice.FIXED_RULE
    weights = class_weights(np.repeat(np.arange(5), [90, 4, 2, 2, 2]))
    undone = Calibrator("none", 0, 0, np.empty(0), np.empty(0), weights)
    rule = alarm_choice.fixed_rule(undone)
    assert rule.threshold == pytest.approx(0.1)  # the share of days with an event
    assert (rule.run_days, rule.open_days) == (alarm_choice.FIXED_RULE.run_days, alarm_choice.FIXED_RULE.open_days)
    fixed = [rule, alarm_choice.FIXED_RULE, alarm_choice.FIXED_RULE]
    chosen = alarm_choice.rules_by_fold(series(np.full(300, 0.1)), np.repeat([0, 1, 2], 100), catalogue([47]), fixed=fixed)
    assert chosen[0][0] == rule


def test_days_take_the_rule_of_their_fold_and_days_of_none_are_never_positive():
    fold = np.r_[np.zeros(100, int), np.full(100, -1), np.ones(100, int)]
    rule = alarm_choice.by_day((AlarmRule(0.5, 1, 5), AlarmRule(0.9, 2, 10)), fold)
    p = np.full(300, 0.02)
    p[[20, 150, 210]], p[[230, 231]] = 0.6, 0.95
    first, second = alarms.raise_alarms(series(p), rule)
    assert (first.positive_days, first.closed - first.opened) == ((20,), np.timedelta64(5, "D"))
    assert (second.positive_days, second.closed - second.opened) == ((230, 231), np.timedelta64(10, "D"))


def test_a_short_hold_never_closes_an_alarm_earlier_than_it_was_announced():
    p = np.full(300, 0.02)
    p[[99, 100]] = 0.8
    rule = alarm_choice.by_day((AlarmRule(0.5, 1, 15), AlarmRule(0.5, 1, 5)), np.repeat([0, 1], [100, 200]))
    (alarm,) = alarms.raise_alarms(series(p), rule)
    assert alarm.closed == KNOWN[99] + np.timedelta64(15, "D")


def test_rules_of_single_days_and_of_parts():
    fold = np.repeat([0, 1], [100, 200])
    rule = alarm_choice.by_day((AlarmRule(0.5, 1, 15), AlarmRule(0.7, 2, 5)), fold)
    assert alarm_choice.at_day(rule, 99) == AlarmRule(0.5, 1, 15)
    assert alarm_choice.at_day(rule, 100) == AlarmRule(0.7, 2, 5)
    mixed = alarm_choice.rule_where(np.arange(300) < 50, AlarmRule(0.9, 3, 7), rule)
    assert alarm_choice.at_day(mixed, 49) == AlarmRule(0.9, 3, 7)
    assert alarm_choice.at_day(mixed, 50) == AlarmRule(0.5, 1, 15)
    assert alarm_choice.at_day(mixed, 200) == AlarmRule(0.7, 2, 5)


def test_a_folds_threshold_is_chosen_in_the_units_of_its_own_calibrator():
    rng = np.random.default_rng(9)
    p, fold = rng.random(300), np.repeat([0, 1, 2], 100)
    p[[48, 49, 118, 119, 188, 189, 258, 259]] = 0.97
    events = catalogue([50, 120, 190, 260])
    plain = alarm_choice.rules_by_fold(series(p), fold, events)[0]
    halved = alarm_choice.rules_by_fold(series(p), fold, events, np.stack([p, p / 2, p]))[0]
    assert (halved[0], halved[2]) == (plain[0], plain[2])
    assert halved[1].threshold == pytest.approx(plain[1].threshold / 2, abs=0.05)
