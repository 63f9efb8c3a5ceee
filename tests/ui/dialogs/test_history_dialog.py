"""The label history: every step with author, source and days, and the way back to any of them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from quakegui.app import labelling
from quakegui.app.change import Change
from quakegui.app.label_history import days_changed_since, entries
from quakegui.project import journal
from quakegui.project.store import ProjectError
from quakegui.season.labels import LabelRule, LabelSource
from quakegui.ui.dialogs.history_dialog import HistoryDialog


@pytest.fixture
def dialog(session, qtbot):
    session.set_settings(analyst="Li")
    labelling.label(session, 3, [2, 3, 4])
    labelling.label(session, None, [3])
    labelling.note(session, "windy", day=session.days[7])
    journal.apply_rule(session.project, LabelRule(), author="Wang")
    made = HistoryDialog(session)
    qtbot.addWidget(made)
    made.show()
    return made


def cells(dialog, row):
    return [dialog.table.item(row, column).text() for column in range(dialog.table.columnCount())]


def test_every_step_is_listed_with_who_when_and_what(dialog, session):
    days, listed = session.days, [cells(dialog, row) for row in range(dialog.table.rowCount())]
    assert [row[1:] for row in listed[1:4]] == [
        ["Li", "", str(days[7]), "note"],
        ["Li", "by an analyst", str(days[3]), "cleared"],
        ["Li", "by an analyst", f"{days[2]} to {days[4]} (3 days)", f"3 {session.class_names[3]}"],
    ]
    assert listed[0][1:3] == ["Wang", "by rule (retrospective)"]
    at = entries(journal.journal_rows(session.project))[0].at.astype("datetime64[s]") + np.timedelta64(8, "h")
    assert listed[0][0] == str(at).replace("T", " "), "in the project's time zone"


def test_a_step_back_is_told_before_it_is_done_and_can_be_undone(dialog, session, qtbot):
    session.reload(Change.LABELS)
    before = session.labels.classes.copy()
    dialog.table.selectRow(2)
    count = days_changed_since(journal.rows(session.project), dialog.entry.at)
    assert count > 0
    assert dialog.effect.text() == f"Days whose label would change: {count}"
    go_back = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Revert to this entry")
    qtbot.mouseClick(go_back, Qt.MouseButton.LeftButton)
    assert int((session.labels.classes != before).sum()) == count
    assert session.labels.classes[[2, 3, 4]].tolist() == [3, -1, 3]
    labelling.undo(session)
    np.testing.assert_array_equal(session.labels.classes, before)


def test_a_journal_that_cannot_be_read_is_told(session, qtbot, monkeypatch):
    def gone(_project):
        raise ProjectError("The project cannot be read.")

    said = []
    session.message.connect(lambda text, kind: said.append((text, kind)))
    monkeypatch.setattr(journal, "journal_rows", gone)
    made = HistoryDialog(session)
    qtbot.addWidget(made)
    assert made.table.rowCount() == 0
    assert said == [("The project cannot be read.", "error")]


def test_a_blind_analyst_sees_the_own_steps_alone(session, qtbot):
    journal.write_labels(session.project, session.days[:2], 1, source=LabelSource.ANALYST, author="Wang")
    session.set_settings(analyst="Li")
    labelling.label(session, 3, [2])
    session.set_display(blind=True)
    made = HistoryDialog(session)
    qtbot.addWidget(made)
    assert [cells(made, row)[1] for row in range(made.table.rowCount())] == ["Li"]
    made.table.selectRow(0)
    assert made.effect.text() == "The labels are the same as after this entry."
