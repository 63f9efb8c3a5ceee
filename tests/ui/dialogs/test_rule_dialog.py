from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox
from shown import shown
from small_season import small_session, wait

from quakegui.app import labelling, opening
from quakegui.app.change import Change
from quakegui.project import journal
from quakegui.season.events import Event
from quakegui.season.labels import FLAT_RULE, LabelRule, LabelSource
from quakegui.ui.actions import ACTIONS
from quakegui.ui.dialogs.rule_dialog import RuleDialog


def at(day: str, magnitude: float, latitude: float) -> Event:
    return Event(day, np.datetime64(f"{day}T04:00", "ms"), magnitude, latitude, 102.0)


@pytest.fixture
def session(session):
    """Return the session with four earthquakes."""
    from quakegui.project import catalogue
    from quakegui.season.events import Declustering

    events = (
        at("2022-01-20", 5.0, 29.6),
        at("2022-02-04", 3.5, 27.2),
        at("2022-02-05", 3.6, 27.3),
        at("2022-06-01", 5.0, 29.6),
    )
    catalogue.store_events(session.project, events, declustering=Declustering("none"))
    session.reload(Change.EVENTS)
    return session


dialog = shown(RuleDialog)


def test_counts_follow_the_parameters_at_once(dialog, session):
    dialog.show_rule(LabelRule(flat_days_before=2, days_after=0))
    # 18-20 January north and large; 2-4 February south and small, of which the later event takes all but the first.
    assert dialog.labels.counts == (len(session.days) - 7, 3, 0, 0, 4)
    assert [label.text().split()[0] for label in dialog.counts] == [str(len(session.days) - 7), "3", "0", "0", "4"]
    dialog.flat.setValue(0)
    assert dialog.labels.counts == (len(session.days) - 3, 1, 0, 0, 2)


def test_days_known_after_their_event_are_counted(dialog):
    dialog.show_rule(LabelRule(flat_days_before=0, days_after=2))
    post = int(dialog.labels.post.sum())
    assert post > 0
    assert dialog.post.text().startswith(f"{post} of the ")


def test_events_without_a_day_are_marked_with_the_reason(dialog):
    dialog.show_rule(LabelRule(flat_days_before=3, days_after=3, winner="larger"))
    rows = dialog.events.rows.rows
    assert [row.level for row in rows] == ["", "", "", "warning"]
    assert "outside the season" in rows[3].cells[-1]


@pytest.mark.parametrize("begun", [False, True])
def test_a_dialog_closed_before_the_rule_has_its_turn_labels_nothing_and_later_shows_what_it_labelled(
    qtbot, dialog, session, monkeypatch, begun
):
    go_on, reached = threading.Event(), threading.Event()
    apply_rule = journal.apply_rule

    def held(*given, **named):
        reached.set()
        go_on.wait(60)
        return apply_rule(*given, **named)

    monkeypatch.setattr(journal, "apply_rule", held)
    if not begun:
        session.jobs.start("Held", lambda _report, _cancelled: go_on.wait(60), lambda _done: None)
    dialog.show_rule(FLAT_RULE)
    expected = dialog.labels.classes.tolist()
    dialog.buttons.button(QDialogButtonBox.StandardButton.Apply).click()
    assert not begun or reached.wait(60)
    dialog.reject()
    go_on.set()
    wait(qtbot, session)
    if begun:
        qtbot.waitUntil(lambda: session.labels.classes.tolist() == expected)
    else:
        session.reload(Change.LABELS)
        assert set(session.labels.classes.tolist()) == {-1}
        assert journal.label_rule(session.project) is None


def test_apply_is_one_step_that_undo_takes_back(qtbot, dialog, session):
    dialog.show_rule(FLAT_RULE)
    expected = dialog.labels.classes.tolist()
    dialog.buttons.button(QDialogButtonBox.StandardButton.Apply).click()
    wait(qtbot, session)
    assert not dialog.isVisible()
    assert session.labels.classes.tolist() == expected
    assert {row.source for row in session.labels.rows} == {LabelSource.RULE}
    assert journal.label_rule(session.project) == FLAT_RULE
    labelling.undo(session)
    assert set(session.labels.classes.tolist()) == {-1}


def test_the_rule_applied_last_is_shown_again(qtbot, dialog, session):
    dialog.show_rule(LabelRule(days_after=5))
    dialog.apply()
    wait(qtbot, session)
    again = RuleDialog(session)
    qtbot.addWidget(again)
    assert again.rule() == LabelRule(days_after=5)


def test_without_days_it_says_why_and_cannot_be_applied(qtbot, tmp_path):
    session = small_session(tmp_path)
    opening.create_project(session, tmp_path / "empty", timezone="UTC")
    wait(qtbot, session)
    dialog = RuleDialog(session)
    qtbot.addWidget(dialog)
    assert "import readings" in dialog.sentence.text()
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Apply).isEnabled()
    session.close()


def test_a_rule_that_was_applied_can_be_copied(qtbot, dialog, session):
    dialog.show_rule(LabelRule(flat_days_before=2, days_after=1))
    assert session.deed is None
    dialog.apply()
    wait(qtbot, session)
    assert "--days-before 2" in session.deed.command
    assert str(session.project.folder) in session.deed.words
    bench = SimpleNamespace(session=session)
    for name in ("copy-command", "copy-python"):
        next(action for action in ACTIONS if action.id == name).run(bench)
    assert QGuiApplication.clipboard().text() == session.deed.python
