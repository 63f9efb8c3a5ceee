"""The day's card: earthquakes, alarm, and where a jump came from."""

from __future__ import annotations

import numpy as np
import pytest
import tiny_season as tiny
from PySide6.QtCore import Qt

from quakegui.app import labelling, walking
from quakegui.app.day_events import earthquakes_ahead
from quakegui.app.day_kinds import days_of_kind
from quakegui.app.training_plan import TEST, TRAINED, VALIDATION, seconds_to_train, training_plan
from quakegui.learn.runs.presets import PRESETS
from quakegui.ui.quiet_labels import ElidedLabel


def test_the_days_and_the_next_earthquake_are_told_with_their_distances(window, session):
    card = window.bench.day_panel
    walking.go_to(session, tiny.EVENT_DAY)
    here, later = earthquakes_ahead(session)
    assert [one.event.magnitude for one in here] == [4.6]
    assert (later.event.magnitude, later.days) == (3.4, 8)
    frame = session.season.gridder.basis.frame
    assert here[0].centre_km == pytest.approx(100.0, rel=0.15), "0.8 degrees north and 0.15 east of the middle"
    assert here[0].edge_km == pytest.approx((28.9 - 28.6) * 111.2, rel=0.05), "the northern edge runs along 28.6 degrees"
    assert frame.half_width_km > 0
    away = f"33 km outside the network; {here[0].centre_km:.0f} km from the network centre"
    assert card.today.text() == f"Earthquake on this day: M 4.6; {away}; place (from the catalogue): north of here"
    later_day = session.days[tiny.EVENT_DAY] + 8
    assert card.next_one.text().startswith(f"Next earthquake: M 3.4 on {later_day}, 8 days later; "), "not as a forecast"
    walking.go_to(session, 5)
    assert card.today.text() == "No earthquake on this day"
    session.set_display(blind=True)
    assert card.today.text() == "Earthquakes are hidden during blind labelling"
    assert card.next_one.text() == ""


def test_an_open_alarm_is_told_with_its_day(window, session):
    card = window.bench.day_panel
    session.alarms = ((20, 24),)
    walking.go_to(session, 22)
    assert card.alarm.text() == f"Alarm open since {session.days[20]} (day 3)"
    walking.go_to(session, 25)
    assert card.alarm.text() == "No alarm"


def test_alt_left_goes_back_from_a_jump_and_not_from_a_step(window, session, qtbot):
    walking.go_to(session, 5)
    walking.step(session, 1)
    walking.go_to(session, 30)
    walking.step(session, 1)
    walking.go_to(session, 2)
    for expected in (31, 6):
        qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
        assert session.index == expected


def test_the_walk_goes_through_days_of_more_kinds(session):
    session.set_settings(analyst="me")
    labelling.label(session, 2, [11, 12])
    labelling.note(session, "windy", day=session.days[14])
    session.alarms = ((20, 22),)

    def days(kind):
        return np.flatnonzero(days_of_kind(session, kind)).tolist()

    assert days("mine") == [11, 12]
    assert days("noted") == [14]
    assert days("alarm") == [20, 21, 22]
    assert days("class-2") == [11, 12]
    assert days("uncertain") == []
    # labelled 1, predicted none or South, larger by a network that had not seen the day
    assert days("suspect") == list(range(18, 28))
    session.set_display(blind=True)
    assert days("alarm") == days("suspect") == []


def test_a_plan_says_what_each_fold_trains_on(session):
    config = PRESETS["compact"]
    plan = training_plan(session.project, session.season, config)
    assert plan.counts.tolist() == np.bincount(session.labels.classes[(session.labels.classes >= 0) & session.season.has_map],
                                               minlength=5).tolist()  # fmt: skip
    for roles in plan.roles:
        tested, taught = np.flatnonzero(roles == TEST), np.flatnonzero((roles == TRAINED) | (roles == VALIDATION))
        assert not np.isin(taught, range(tested.min(initial=99), tested.max(initial=-1) + 1)).any()
    assert (np.isin(plan.roles, TEST).sum(axis=0) <= 1).all(), "no day is tested twice"
    assert seconds_to_train(plan, config, ()) is None


def test_only_from_a_jump_is_there_a_way_back(session):
    walking.go_to(session, 3)
    walking.go_to(session, 20)
    walking.walk_only(session, "unlabelled")
    walking.step(session, 1)
    walking.step(session, 7)
    assert session.index > 21
    walking.go_back(session)
    assert session.index == 3


def test_without_a_day_nothing_asks_for_a_label(empty_session, open_window):
    window = open_window(empty_session)
    assert window.bench.day_panel.findChild(ElidedLabel, "class").text() == ""
