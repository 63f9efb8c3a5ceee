"""Alarms and hits on timelines made by hand."""

import numpy as np
import pytest

from quakegui.judge import alarms

START = np.datetime64("2022-03-01")
NORTH_LARGE = [0.1, 0.6, 0.1, 0.1, 0.1]
SOUTH_SMALL = [0.1, 0.1, 0.1, 0.1, 0.6]
QUIET = [0.9, 0.025, 0.025, 0.025, 0.025]
DAY = np.timedelta64(1, "D")


def series(n_days, positive, row=NORTH_LARGE, missing=()):
    """Return `n_days` quiet days but for the positive ones, each known at 03:00."""
    probabilities = np.tile(np.array(QUIET), (n_days, 1))
    probabilities[list(positive)] = row
    probabilities[list(missing)] = np.nan
    days = START + np.arange(n_days)
    return alarms.Series(days, days.astype("datetime64[ms]") + np.timedelta64(3, "h"), probabilities)


def at(day, hour=12.0):
    """Return the instant `day` days after the start, at an hour of that day."""
    return START.astype("datetime64[ms]") + np.timedelta64(round((24 * day + hour) * 3_600_000), "ms")


def catalogue(*events):
    """Return events as pairs (instant, class)."""
    return alarms.Catalogue(np.array([time for time, _ in events], "datetime64[ms]"), np.array([cls for _, cls in events], int))


def test_two_consecutive_days_open_and_the_fifteenth_day_closes():
    (alarm,) = alarms.raise_alarms(series(60, [10, 11]), 0.5)
    assert alarm.opened == at(11, 3)
    assert alarm.closed == at(26, 3)
    assert alarm.positive_days == (10, 11)
    assert alarm.full_class == 1
    assert alarm.direction == "N"


def test_one_day_opens_nothing():
    assert alarms.raise_alarms(series(60, [10, 12, 20]), 0.5) == ()


def test_every_positive_day_inside_extends_the_alarm():
    (alarm,) = alarms.raise_alarms(series(60, [10, 11, 20, 35]), 0.5)
    assert alarm.closed == at(50, 3)  # day 35 is known at the very instant that closes day 20's fifteen days
    (alarm,) = alarms.raise_alarms(series(60, [10, 11, 20, 36]), 0.5)
    assert alarm.closed == at(35, 3)


def test_a_closed_alarm_opens_again_only_with_two_days():
    first, second = alarms.raise_alarms(series(80, [10, 11, 30, 31, 32]), 0.5)
    assert (first.closed, second.opened, second.closed) == (at(26, 3), at(31, 3), at(47, 3))


def test_a_day_without_prediction_breaks_the_run_but_not_an_open_alarm():
    assert alarms.raise_alarms(series(60, [10, 12], missing=[11]), 0.5) == ()
    (alarm,) = alarms.raise_alarms(series(60, [10, 11, 14], missing=[12, 13]), 0.5)
    assert alarm.closed == at(29, 3)


def test_days_apart_in_the_calendar_are_not_consecutive():
    made = series(60, [10, 11])
    gap = alarms.Series(*(np.delete(a, 10, axis=0) for a in (made.days, made.available_at, made.probabilities)))
    both = alarms.Series(gap.days, gap.available_at, np.where(np.arange(59)[:, None] == 9, NORTH_LARGE, gap.probabilities))
    assert both.days[10] - both.days[9] == 2 * DAY
    assert alarms.raise_alarms(both, 0.5) == ()


def test_a_day_that_the_zone_skipped_does_not_part_two_days():
    made = series(60, [10, 11])
    days = np.where(np.arange(60) > 10, made.days + DAY, made.days)  # the nights are 24 hours apart all the same
    (alarm,) = alarms.raise_alarms(alarms.Series(days, made.available_at, made.probabilities), 0.5)
    assert (alarm.opened, alarm.positive_days) == (at(11, 3), (10, 11))


def test_the_threshold_itself_is_positive_and_may_differ_by_day():
    made = series(60, [10, 11])
    made.probabilities[[10, 11]] = [0.5, 0.5, 0.0, 0.0, 0.0]
    assert len(alarms.raise_alarms(made, 0.5)) == 1
    assert alarms.raise_alarms(made, np.nextafter(0.5, 1)) == ()
    assert alarms.raise_alarms(made, np.where(np.arange(60) == 11, 0.6, 0.5)) == ()


def test_an_event_inside_is_hit_with_its_lead_time():
    told = alarms.record_alarms(series(60, [10, 11]), 0.5, catalogue((at(20, 15), 1)))
    assert (told.hits, told.direction_hits, told.class_hits) == (1, 1, 1)
    assert told.lead_days == (9.5,)
    assert told.false_alarms == told.undecided == 0
    assert told.missed == ()
    assert told.alarm_days == 15.0
    assert told.period_days == 60.0
    assert told.alarm_fraction == 0.25


def test_an_event_before_or_at_the_opening_is_missed():
    for event in (at(10, 20), at(11, 3)):
        told = alarms.record_alarms(series(60, [10, 11]), 0.5, catalogue((event, 1)))
        assert (told.hits, told.missed, told.false_alarms) == (0, (0,), 1)
    told = alarms.record_alarms(series(60, [10, 11]), 0.5, catalogue((at(11, 3) + np.timedelta64(1, "ms"), 1)))
    assert told.hits == 1


def test_an_event_after_the_closing_is_missed():
    inside = alarms.record_alarms(series(60, [10, 11]), 0.5, catalogue((at(26, 3), 1)))
    after = alarms.record_alarms(series(60, [10, 11]), 0.5, catalogue((at(26, 3) + np.timedelta64(1, "ms"), 1)))
    assert (inside.hits, after.hits) == (1, 0)


def test_one_alarm_may_hit_two_events():
    told = alarms.record_alarms(series(60, [10, 11]), 0.5, catalogue((at(22), 4), (at(15), 2)))
    assert told.hits == 2
    assert [hit.event for hit in told.alarms[0].hits] == [1, 0]  # in the order of time
    assert (told.direction_hits, told.class_hits) == (1, 0)


def test_no_alarm_misses_every_event():
    told = alarms.record_alarms(series(60, []), 0.5, catalogue((at(22), 4), (at(15), 2)))
    assert (told.hits, told.missed, told.alarm_days, told.alarms) == (0, (0, 1), 0.0, ())


def test_no_event_makes_every_alarm_false():
    told = alarms.record_alarms(series(60, [10, 11]), 0.5, catalogue())
    assert (told.events, told.hits, told.false_alarms) == ((), 0, 1)


def test_an_alarm_open_at_the_end_is_undecided():
    told = alarms.record_alarms(series(60, [10, 11, 54, 55]), 0.5, catalogue((at(3), 1)))
    assert (told.false_alarms, told.undecided) == (1, 1)
    assert told.alarm_days == 15.0 + 5.0  # the second one counts until the period ends at day 60, 03:00


def test_direction_and_class_are_judged_by_what_was_known_before_the_event():
    made = series(60, [10, 11])
    made.probabilities[12:18] = SOUTH_SMALL
    (alarm,) = told = alarms.record_alarms(made, 0.5, catalogue((at(12, 1), 1), (at(25), 4))).alarms
    assert len(told) == 1
    assert alarm.direction == "S"
    assert alarm.full_class == 4
    early, late = alarm.hits
    assert (early.direction, early.full_class) == (True, True)  # before day 12 was known, the alarm said north
    assert (late.direction, late.full_class) == (True, True)


def test_events_outside_the_judged_period_do_not_count():
    made = series(60, [10, 11])
    told = alarms.record_alarms(made, 0.5, catalogue((at(0, 2), 1), (at(20), 1), (at(60, 4), 1)))
    assert told.events == (1,)


def test_a_period_in_parts_counts_alarm_time_and_events_in_them_only():
    made = series(60, [10, 11])
    covered = np.ones(60, bool)
    covered[16:36] = False
    period = alarms.judged_period(made, covered)
    assert period.tolist() == [[at(0, 3).item(), at(16, 3).item()], [at(36, 3).item(), at(60, 3).item()]]
    told = alarms.record_alarms(made, 0.5, catalogue((at(14), 1), (at(20), 1), (at(40), 1)), period)
    assert told.events == (0, 2)
    assert (told.hits, told.alarm_days, told.period_days) == (1, 5.0, 40.0)


def test_a_series_without_any_prediction_raises_nothing():
    told = alarms.record_alarms(series(30, [], missing=range(30)), 0.5, catalogue((at(5), 1)))
    assert (told.alarms, told.missed) == ((), (0,))


@pytest.mark.parametrize("seed", range(5))
def test_a_lower_threshold_never_shortens_the_alarm(seed):
    rng = np.random.default_rng(seed)
    made = series(200, [])
    made.probabilities[:] = rng.dirichlet([4, 1, 1, 1, 1], 200)
    spent = [alarms.record_alarms(made, p, catalogue()).alarm_days for p in np.linspace(0, 1, 21)]
    assert spent == sorted(spent, reverse=True)
    assert spent[0] == 199.0  # the opening needs a second day
