"""Beside an open window another program writes: the window's own clock finds it, a line tells it, a question guards it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPlainTextEdit

from quakegui.app import labelling, others, walking
from quakegui.app.arrivals import Arrivals
from quakegui.project import journal, runs
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource
from quakegui.ui import i18n, questions


@pytest.fixture
def other(session):
    with Project.open(session.project.folder) as project:
        yield project


def label(project, days, cls, author="Bo"):
    journal.write_labels(project, np.atleast_1d(days), cls, source=LabelSource.ANALYST, author=author)


def answer(key):
    """Press a key in the next question; returns a list that its words come into."""
    said = []

    def press():
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(20, press)
            return
        said.append(box.text())
        default = box.defaultButton().text()
        said.append(default)
        if key == Qt.Key.Key_Escape:
            QTest.keyClick(box, key)
        else:
            next(button for button in box.buttons() if button.text() != default).click()

    QTimer.singleShot(20, press)
    return said


def test_the_windows_own_clock_finds_what_another_program_labelled(window, session, other, qtbot):
    label(other, session.days[12:14], 4)
    qtbot.waitUntil(lambda: session.labels.classes[12:14].tolist() == [4, 4], timeout=6000)
    assert window.status_line.currentMessage() == "2 labels by Bo arrived from another program."


def test_the_windows_own_clock_finds_readings_and_shows_the_season_anew(window, session, other, qtbot):
    other.set_config(replace(other.config(), last_day=session.days[-3]))
    last = session.days[-3]
    qtbot.waitUntil(lambda: session.days[-1] == last, timeout=30_000)


def test_a_window_that_comes_to_the_front_looks_at_once_and_a_hidden_one_not_at_all(window, session, other, qtbot):
    window.hide()
    label(other, session.days[12:14], 4)
    QTest.qWait(2500)
    assert session.labels.classes[12] == -1
    window.show()
    assert session.labels.classes[12] == 4


@pytest.mark.parametrize(("key", "stays"), [(Qt.Key.Key_Escape, 3), (Qt.Key.Key_Return, 1)])
def test_a_label_key_over_a_label_that_was_not_shown_asks(window, session, other, key, stays):
    walking.go_to(session, 12)
    label(other, session.days[12], 3)
    said = answer(key)
    QTest.keyClick(window, Qt.Key.Key_1)
    day = session.days[12]
    assert said == [
        f"Bo labelled {day} as class 3 just now. You have not seen this change yet.\nReplace this label with class 1?",
        "Keep",
    ]
    assert session.labels.classes[12] == stays
    assert journal.in_force(other)[day].cls == stays


@pytest.mark.parametrize(("key", "stays"), [(Qt.Key.Key_Escape, ["a truck"]), (Qt.Key.Key_Return, [])])
def test_a_return_over_a_note_that_was_not_shown_asks(window, session, other, key, stays):
    said = answer(key)
    journal.write_note(other, session.days[12], "a truck", "Bo")
    labelling.revert_to(session, np.datetime64("2000-01-01", "ms"))
    assert said[0] == f"Bo wrote a note on {session.days[12]} just now. You have not seen this note yet.\nDiscard this work?"
    assert [note.text for note in journal.notes(other)] == stays


def test_undo_of_another_programs_step_says_whose_and_asks(window, session, other, qtbot):
    session.set_settings(analyst="Li")
    label(other, session.days[12:14], 3, author="Li")
    said = answer(Qt.Key.Key_Escape)
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    first, last = session.days[12:14]
    assert said == [
        f"Another program wrote the last step in the name of Li just now: label 3 on 2 days, {first} to {last}.\n"
        "Undo this step?",
        "Keep",
    ]
    assert session.labels.classes[12:14].tolist() == [3, 3]


def test_predictions_come_in_for_the_season_shown_while_another_one_is_computed(window, session, other, qtbot):
    shown = session.days.size
    other.set_config(replace(other.config(), last_day=session.days[-3]))
    others.look(session)
    qtbot.waitUntil(lambda: session.jobs.has("computing"))
    days = session.days[:2]
    said = runs.LedgerPredictions(days, np.full((2, 5), 0.2), "prospective", ("m", "m"), np.zeros(2, np.int64), "c")
    season = session.season
    session.in_use_reader.prepare(session.project, replace(season, shown=slice(season.shown.start, season.shown.stop - 2)))
    runs.append_predictions(other, "run-1", said)
    others.look(session)
    assert session.predictions.probabilities.shape == (shown, 5)
    qtbot.waitUntil(lambda: not session.jobs.busy)
    assert session.predictions.probabilities.shape == (shown - 2, 5)
    np.testing.assert_allclose(session.predictions.probabilities[:2], 0.2)


def test_a_note_that_is_being_typed_outlives_readings_of_another_program(window, session, other, qtbot):
    walking.go_to(session, 5)
    window.layouts.show("day")
    window.bench.day_panel.edit_note()
    box = window.bench.day_panel.findChild(QPlainTextEdit)
    qtbot.keyClicks(box, "a road ")
    label(other, session.days[5], 3)
    other.set_config(replace(other.config(), last_day=session.days[-3]))
    others.look(session)
    qtbot.waitUntil(lambda: not session.jobs.busy)
    qtbot.keyClicks(box, "works")
    assert box.toPlainText() == "a road works"
    window.bench.day_panel.keep_note()
    assert [note.text for note in session.notes()] == ["a road works"]


TOLD = [
    (Arrivals(new_days=2, labels={"Bo": 14}), "2 new days and 14 labels by Bo arrived from another program."),
    (Arrivals(new_days=1), "One new day arrived from another program."),
    (Arrivals(readings=True), "Changed readings or parameters arrived from another program. Recomputing the season."),
    (
        Arrivals(labels={"Bo": 1, "Wang": 3}, removals={"Wang": 2}, notes=1),
        "One label by Bo, 3 labels by Wang, 2 labels cleared by Wang and one note arrived from another program.",
    ),
    (
        Arrivals(by_rule=184, events=True),
        "184 labels by the label rule and a changed earthquake catalogue arrived from another program.",
    ),
    (Arrivals(predictions=12, runs=True), "12 predictions and changed runs arrived from another program."),
]


@pytest.mark.parametrize(("arrivals", "line"), TOLD)
def test_what_came_in_is_one_line(arrivals, line):
    assert questions.arrival_words(arrivals) == line


def test_what_came_in_is_told_in_chinese(qapp):
    i18n.set_language("zh")
    assert (
        questions.arrival_words(Arrivals(new_days=2, labels={"Bo": 14})) == "收到其他程序的更改：2 个新日期和 Bo 的 14 个标注。"
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(20, "just now"), (70, "a minute ago"), (300, "5 minutes ago"), (7300, "2 hours ago")],
)
def test_how_long_ago(seconds, words):
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert questions.ago_words(np.datetime64("2026-05-01T12:00:00.000") - np.timedelta64(seconds, "s"), now) == words
