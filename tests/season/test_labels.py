"""The label rule, the label in force, and how far analysts agree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from quakegui.formats import usgs
from quakegui.formats.source import Source as File
from quakegui.season import labels as lb
from quakegui.season.events import ClassScheme, Event, classify, event_id
from quakegui.season.labels import LabelRow, LabelRule, LabelSource
from quakegui.season.localtime import NightWindow, available_at, to_local

CATALOGUE = Path(__file__).resolve().parents[2] / "resources" / "catalogue" / "liangshan_2022.csv"
ZONE = "Asia/Shanghai"
SEASON = np.arange("2022-02-01", "2023-01-01", dtype="datetime64[D]")
AT = np.datetime64("2023-01-01T00:00:00", "ms")


@pytest.fixture(scope="module")
def paper() -> tuple[tuple[Event, ...], tuple[int, ...]]:
    events = usgs.parse(File(CATALOGUE.name, CATALOGUE.read_bytes())).events
    return events, classify(events, ClassScheme(4.0, (29.6811, 102.3667), (27.1933, 101.9733)))


def event(time: str, magnitude: float = 4.0) -> Event:
    instant = np.datetime64(time, "ms")
    return Event(event_id(instant, 28.0, 102.0), instant, magnitude, 28.0, 102.0)


def label(rule, events, classes, days=SEASON, *, timezone=ZONE):
    return lb.apply(rule, events, classes, days, available_at(days, timezone, NightWindow()), timezone=timezone)


def test_the_default_rule_on_the_papers_events(paper):
    labels = label(LabelRule(), *paper)
    assert labels.counts == (169, 83, 18, 40, 24)
    assert sum(labels.counts) == 334
    assert (labels.event_index >= 0).sum() == 165
    assert lb.RULE_NAME == "retrospective"


def test_the_flat_fortnight_on_the_papers_events(paper):
    events, classes = paper
    assert label(lb.FLAT_RULE, events, classes).counts == (171, 82, 15, 48, 18)
    assert LabelRule(flat_days_before=13, days_after=0, winner="larger") == lb.FLAT_RULE


def test_events_that_got_no_day_are_listed(paper):
    events, classes = paper
    rule = label(LabelRule(), events, classes)
    assert [to_local(events[i].time, ZONE).strftime("%m-%d %H:%M") for i in rule.events_without_day] == ["10-04 07:19"]
    flat = label(lb.FLAT_RULE, events, classes)
    assert [events[i].magnitude for i in flat.events_without_day] == [3.2, 3.4]
    off_season = label(LabelRule(), [event("2024-01-01")], [1])
    assert off_season.events_without_day == (0,)
    assert off_season.counts == (334, 0, 0, 0, 0)


def test_days_known_only_after_their_event_are_marked(paper):
    events, classes = paper
    labels = label(LabelRule(), events, classes)
    known = available_at(SEASON, ZONE, NightWindow())
    for i in np.flatnonzero(labels.event_index >= 0):
        assert labels.post[i] == (known[i] > events[labels.event_index[i]].time)
    assert not labels.post[labels.event_index < 0].any()
    assert labels.post.sum() == 26
    # were a day known only at its end, every event's own day would be too late as well
    at_midnight = lb.apply(LabelRule(), events, classes, SEASON, known + np.timedelta64(21, "h"), timezone=ZONE)
    assert at_midnight.post.sum() == 33
    assert label(lb.FLAT_RULE, events, classes).post.sum() == 2


def test_days_around_one_event():
    # M 4: round(1.779 * 10 ** 0.64) = round(7.766) = 8 days before; 22:00 UTC is the 11th in Shanghai
    labels = label(LabelRule(), [event("2022-05-10T22:00:00", 4.0)], [3])
    days = SEASON[labels.classes == 3]
    assert days[[0, -1]].astype(str).tolist() == ["2022-05-03", "2022-05-14"]
    assert days.size == 12
    assert SEASON[labels.post].astype(str).tolist() == ["2022-05-12", "2022-05-13", "2022-05-14"]
    in_utc = label(LabelRule(), [event("2022-05-10T22:00:00")], [3], timezone="UTC")
    assert SEASON[in_utc.classes == 3][0] == np.datetime64("2022-05-02")


def test_an_event_before_the_nights_end_makes_its_own_day_post():
    early, late = "2022-05-10T18:59:59", "2022-05-10T19:00:00"  # 02:59:59 and 03:00 in Shanghai on the 11th
    own = np.datetime64("2022-05-11") == SEASON
    assert label(LabelRule(), [event(early)], [1]).post[own]
    assert not label(LabelRule(), [event(late)], [1]).post[own]


def test_who_wins_an_overlap():
    large, small = event("2022-05-10T04:00:00", 6.0), event("2022-05-12T04:00:00", 3.5)
    both = label(LabelRule(), [small, large], [4, 1])
    by_size = label(LabelRule(winner="larger"), [small, large], [4, 1])
    day = np.datetime64("2022-05-11") == SEASON
    assert (both.classes[day], by_size.classes[day]) == (4, 1)
    assert (both.event_index[day], by_size.event_index[day]) == (0, 1)
    equal = label(LabelRule(winner="larger"), [event("2022-05-12T04:00:00"), event("2022-05-10T04:00:00")], [1, 3])
    assert equal.classes[day] == 1  # of equals the later


def test_days_with_gaps_and_without_events():
    some = SEASON[[0, 50, 100]]
    assert label(LabelRule(), [], [], some).counts == (3, 0, 0, 0, 0)
    at_100 = event(f"{some[2]}T04:00:00")
    assert label(LabelRule(), [at_100], [2], some).classes.tolist() == [0, 0, 2]
    assert label(LabelRule(), [at_100], [2], SEASON[:0]).events_without_day == (0,)
    with pytest.raises(ValueError, match="one class per earthquake"):
        label(LabelRule(), [at_100], [])


def test_impossible_rules_are_refused():
    with pytest.raises(ValueError, match="0 or more days"):
        LabelRule(days_after=-1)
    with pytest.raises(ValueError, match="Unknown precedence"):
        LabelRule(winner="first")  # type: ignore[arg-type]


def row(cls, source=LabelSource.ANALYST, author="li", day="2022-05-01", **more) -> LabelRow:
    return LabelRow(np.datetime64(day, "D"), cls, source, author, AT, **more)


DAY = np.datetime64("2022-05-01", "D")


def test_order_of_sources():
    rule, model, analyst, settled = row(1, LabelSource.RULE), row(2, LabelSource.MODEL), row(3), row(4, LabelSource.SETTLED)
    journal = [settled, analyst, model, rule]  # the source decides, not who wrote last
    assert lb.in_force(journal)[DAY].row == settled
    assert lb.in_force(journal[1:])[DAY].row == analyst
    assert lb.in_force(journal[2:])[DAY].row == model
    assert lb.in_force(journal[3:])[DAY].row == rule
    assert lb.in_force([]) == {}


def test_taking_a_label_back_uncovers_the_one_below():
    journal = [row(1, LabelSource.RULE), row(3), row(4), row(None)]
    assert lb.in_force(journal)[DAY].cls == 1
    assert lb.in_force(journal[1:]) == {}
    assert lb.in_force([row(3, author="li"), row(4, author="wang"), row(None, author="wang")])[DAY].cls == 3
    assert lb.in_force([*journal, row(2)])[DAY].cls == 2


def test_a_label_of_class_none_is_a_label():
    assert lb.in_force([row(1, LabelSource.RULE), row(0)])[DAY].cls == 0


def test_the_last_word_of_differing_analysts_is_in_force_and_disputed():
    journal = [row(3, author="li"), row(4, author="wang")]
    found = lb.in_force(journal)[DAY]
    assert (found.cls, found.row.author, found.disputed) == (4, "wang", True)
    again = lb.in_force([*journal, row(1, author="li")])[DAY]
    assert (again.cls, again.row.author, again.disputed) == (1, "li", True)
    assert not lb.in_force([*journal, row(4, author="li")])[DAY].disputed
    assert not lb.in_force([*journal, row(4, LabelSource.SETTLED)])[DAY].disputed


def test_a_models_label_never_enters_the_truth():
    journal = [row(1, LabelSource.RULE), row(3, LabelSource.MODEL, run="run-7"), row(2, LabelSource.MODEL, day="2022-05-02")]
    assert {str(day): one.cls for day, one in lb.in_force(journal).items()} == {"2022-05-01": 3, "2022-05-02": 2}
    assert {str(day): one.cls for day, one in lb.evaluation_truth(journal).items()} == {"2022-05-01": 1}


def test_a_run_marks_a_row_as_a_models_whatever_its_source():
    journal = [row(1, LabelSource.RULE), row(3, LabelSource.SETTLED, run="run-7"), row(4, run="run-7")]
    assert lb.in_force(journal)[DAY].cls == 3
    assert lb.evaluation_truth(journal)[DAY].cls == 1


@given(
    st.lists(
        st.builds(
            row,
            st.sampled_from([None, 0, 1, 2, 3, 4]),
            st.sampled_from(list(LabelSource)),
            st.sampled_from(["li", "wang"]),
            st.sampled_from(["2022-05-01", "2022-05-02"]),
            run=st.sampled_from(["", "", "run-7"]),
        ),
        max_size=30,
    )
)
def test_models_leave_no_trace_in_the_truth(journal):
    truth = lb.evaluation_truth(journal)
    assert truth == lb.evaluation_truth([one for one in journal if not one.from_model])
    assert all(not one.row.from_model for one in truth.values())
    for day, one in lb.in_force(journal).items():
        assert one.row in journal
        strongest = max(other.source for other in journal if other.day == day)
        assert one.source <= strongest


def test_classes_by_day_from_the_rules_rows(paper):
    labels = label(LabelRule(), *paper)
    rows = [row(int(cls), LabelSource.RULE, day=str(day)) for day, cls in zip(labels.days, labels.classes, strict=True)]
    np.testing.assert_array_equal(lb.as_classes(lb.in_force(rows), SEASON), labels.classes)
    partial = lb.in_force([replace(rows[1], cls=2)])
    assert lb.as_classes(partial, SEASON[:3]).tolist() == [-1, 2, -1]


def blind(author, classes):
    return [row(cls, author=author, day=str(SEASON[i]), blind=True) for i, cls in enumerate(classes) if cls is not None]


def test_two_blind_analysts_are_compared():
    journal = blind("li", [0, 0, 1, 1, 2, 3, 4, None]) + blind("wang", [0, 1, 1, 1, 2, 4, None, 4])
    found = lb.compare(journal, "li", "wang")
    assert (found.days, found.agreed) == (6, 4)
    assert [(str(one.day), one.first, one.second) for one in found.disagreements] == [
        ("2022-02-02", 0, 1),
        ("2022-02-06", 3, 4),
    ]
    assert found.kappa == pytest.approx(cohen_kappa_score([0, 0, 1, 1, 2, 3], [0, 1, 1, 1, 2, 4]))
    assert (found.table.sum(), found.table[0, 1], found.table[3, 4]) == (6, 1, 1)
    assert found.only_first == (SEASON[6],)
    assert found.only_second == (SEASON[7],)


def test_only_blind_labels_of_people_are_compared():
    journal = [*blind("li", [1]), row(2, author="wang", day="2022-02-01")]
    assert lb.compare(journal, "li", "wang").days == 0
    assert np.isnan(lb.compare(journal, "li", "wang").kappa)
    assert lb.compare(journal, "li", "wang", blind_only=False).days == 1
    accepted = row(1, LabelSource.MODEL, "wang", "2022-02-01", blind=True)
    from_run = row(1, author="wang", day="2022-02-01", blind=True, run="run-7")
    assert lb.compare([*blind("li", [1]), accepted, from_run], "li", "wang").days == 0


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40))
def test_kappa_is_scikit_learns(pairs):
    table = np.zeros((5, 5), dtype=np.int64)
    np.add.at(table, tuple(np.array(pairs).T), 1)
    first, second = zip(*pairs, strict=True)
    if len({*first, *second}) == 1:
        assert np.isnan(lb.cohen_kappa(table))
    else:
        assert lb.cohen_kappa(table) == pytest.approx(cohen_kappa_score(first, second, labels=[0, 1, 2, 3, 4]))


def test_impossible_rows_are_refused():
    with pytest.raises(ValueError, match="Unknown class 5"):
        row(5)
    with pytest.raises(ValueError, match="datetime64"):
        LabelRow(AT, 1, LabelSource.ANALYST, "li", AT)
