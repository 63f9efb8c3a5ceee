"""The deciding test by other choices, on a season whose signal is known."""

import dataclasses

import numpy as np
import pytest

from quakegui.judge import study
from quakegui.judge.alarms import AlarmRule, Catalogue, Series, judged_period
from quakegui.judge.robustness import Score
from quakegui.season.events import Declustering, Event
from quakegui.season.labels import FLAT_RULE, LabelRule
from quakegui.season.localtime import NightWindow

DAYS = np.datetime64("2021-01-01") + np.arange(600)
CENTRE = (28.0, 102.0)
EVENT_DAYS = np.sort(np.random.default_rng(0).choice(np.arange(40, 590), 24, replace=False))


def event(day, *, magnitude=4.0, north_km=10.0, hour=12):
    time = DAYS[day].astype("datetime64[ms]") + np.timedelta64(hour - 8, "h")
    return Event(f"{day}-{hour}", time, magnitude, CENTRE[0] + north_km / 111.195, CENTRE[1])


def choice(events, **more):
    return study.Choice(tuple(events), LabelRule(), Declustering("none"), **more)


def case(probability, fold=None):
    p = np.asarray(probability, float)
    return study.Case(
        days=DAYS,
        probability=p,
        fold=np.zeros(600, int) if fold is None else fold,
        statistic="pooled",
        timezone="Asia/Shanghai",
        night=NightWindow(),
        centre=CENTRE,
        surrogates=199,
    )


def noise(seed=1):
    return np.random.default_rng(seed).normal(size=600)


def test_a_signal_is_found_by_the_windows_it_lies_in():
    p = noise()
    for day in EVENT_DAYS:
        p[day - 11 : day - 4] += 1.5  # seven days, the last of them five days before
    found = study.lead_window_map(case(p), choice(map(event, EVENT_DAYS)), leads=(0, 5, 20), lengths=(3, 7))
    assert np.unravel_index(np.argmax(found.statistic), (3, 2)) == (1, 1)
    assert found.p_value[1].tolist() == [0.005, 0.005]
    assert found.p_value[2].min() > 0.05
    assert found.events.tolist() == [[24, 24]] * 3


def test_events_that_are_far_or_small_do_not_count():
    near = [event(day, magnitude=4.0 + 0.1 * (k % 10), north_km=50 + k) for k, day in enumerate(EVENT_DAYS)]
    far = [event(day, magnitude=6.5, north_km=800) for day in EVENT_DAYS + 3]
    both = choice([*near, *far])
    assert len(study.chosen_events(both, CENTRE)) == 48
    assert len(study.chosen_events(dataclasses.replace(both, reach_km=100.0), CENTRE)) == 24
    assert len(study.chosen_events(dataclasses.replace(both, least_magnitude=6.0), CENTRE)) == 24
    assert len(study.chosen_events(dataclasses.replace(both, least_magnitude=4.3), CENTRE)) == 24 + 15


def test_a_larger_event_reaches_farther():
    # 10 ** (0.43 * 4) = 52.5 km, 10 ** (0.43 * 5) = 141.3 km
    events = [event(50, magnitude=4.0, north_km=52), event(60, magnitude=4.0, north_km=53)]
    events += [event(70, magnitude=5.0, north_km=141), event(80, magnitude=5.0, north_km=142)]
    assert study.chosen_events(choice(events, strain=True), CENTRE) == (events[0], events[2])


def test_aftershocks_are_dropped_among_what_counts():
    pair = choice([event(100, magnitude=5.0), event(101, magnitude=4.0)])
    window = dataclasses.replace(pair, declustering=Declustering("window", 50, 5))
    assert len(study.chosen_events(pair, CENTRE)) == 2
    assert [one.magnitude for one in study.chosen_events(window, CENTRE)] == [5.0]


def test_axes_change_one_thing_at_a_time():
    events = [event(day, magnitude=4.0 + 0.2 * (k % 8), north_km=20.0 * k) for k, day in enumerate(EVENT_DAYS)]
    base = choice(events)
    axes = study.choice_axes(base, CENTRE, {"another": events[:10]})
    assert axes["as it is"] == {"": base}
    for axis, field in (("label rule", "rule"), ("declustering", "declustering"), ("catalogue", "events")):
        for other in axes[axis].values():
            assert dataclasses.replace(other, **{field: getattr(base, field)}) == base
            assert other != base
    assert list(axes["least magnitude"]) == ["M 4.3", "M 4.6", "M 5.0"]
    assert list(axes["distance"]) == ["250 km", "350 km", "10^(0.43 M) km"]
    flat = study.choice_axes(dataclasses.replace(base, rule=FLAT_RULE), CENTRE)["label rule"]
    assert "a fortnight" not in flat
    assert flat["half the days before"].rule.flat_days_before == 6
    assert study.choice_axes(choice([]), CENTRE)["least magnitude"] == {}


def test_a_verdict_that_holds_under_every_choice_and_one_that_holds_under_none():
    events = [event(day, magnitude=4.0 + 0.2 * (k % 8), north_km=20.0 * k) for k, day in enumerate(EVENT_DAYS)]
    p = noise(2)
    for day in EVENT_DAYS:
        p[day - 8 : day + 1] += 2
    good = study.study_robustness(case(p), choice(events))
    assert good.significant == good.tested == len(good.variants) - 1  # the project's own choice is no alternative
    assert good.variants[0].score.events == 24
    bad = study.study_robustness(case(noise(3)), choice(events), alarms={"0.5": lambda: Score(24, 0.1, 0.2)})
    assert bad.significant_corrected == 0
    assert bad.variants[-1].axis == "alarm threshold"
    assert bad.tested == good.tested + 1


def test_too_few_events_are_not_tested():
    found = study.distance_magnitude_map(case(noise()), choice(map(event, EVENT_DAYS)), [100], [4.0, 5.0])
    assert found.events.tolist() == [[24, 0]]
    assert np.isfinite(found.p_value[0, 0])
    assert np.isnan(found.p_value[0, 1])


def test_the_alarms_p_is_binomial():
    p = np.zeros(600)
    for day in EVENT_DAYS[:12]:
        p[day - 1] = 0.9
    known = DAYS.astype("datetime64[ms]") - np.timedelta64(5, "h")
    series = Series(DAYS, known, np.column_stack([1 - p, p, np.zeros((600, 3))]))
    times = np.array([event(day).time for day in EVENT_DAYS])
    found = study.alarm_score(series, AlarmRule(0.5, 1, 2), Catalogue(times, np.ones(24, int)), judged_period(series))
    assert found.events == 24
    assert found.statistic > 0.4
    assert found.p_value < 1e-6
    nothing = Catalogue(times[:0], np.ones(0, int))
    assert np.isnan(study.alarm_score(series, AlarmRule(0.5), nothing, judged_period(series)).p_value)


def test_epochs_of_a_season():
    series = noise(4)
    series[EVENT_DAYS - 1] += 3
    found = study.study_epochs(case(noise()), choice(map(event, EVENT_DAYS)), series)
    assert found.extreme_before == -1
    assert found.p_before == 0.005
    assert found.p_after > 0.05
    assert found.events.max() == 24
    expected = np.median(series[EVENT_DAYS - 1])
    assert found.median[found.lags == -1] == pytest.approx(expected)
