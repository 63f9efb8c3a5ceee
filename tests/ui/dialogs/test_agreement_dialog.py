from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from shown import shown

from quakegui.app import labelling
from quakegui.project import journal
from quakegui.season.labels import LabelSource
from quakegui.ui.dialogs.agreement_dialog import AgreementDialog

LI = (0, 0, 0, 1, 1, 1, 2, 2, 3, 4)
WANG = (0, 0, 0, 1, 1, 2, 2, 2, 3, 0)


@pytest.fixture
def session(session):
    """Return the session with blind labels of two analysts."""
    for author, classes in (("Li", LI), ("Wang", WANG)):
        journal.write_labels(session.project, session.days[:3], 0, source=LabelSource.ANALYST, author=author, blind=True)
        for number, cls in enumerate(classes[3:], start=3):
            journal.write_labels(
                session.project, session.days[[number]], cls, source=LabelSource.ANALYST, author=author, blind=True
            )
    journal.write_labels(session.project, session.days[[12]], 1, source=LabelSource.ANALYST, author="Li")
    journal.write_labels(session.project, session.days[[12]], 1, source=LabelSource.ANALYST, author="Wang")
    return session


dialog = shown(AgreementDialog)


def test_kappa_and_table_of_blind_labels(dialog):
    agreement = dialog.agreement
    assert (agreement.days, agreement.agreed) == (10, 8)
    # Cohen (1960): observed 0.8, chance (3x4 + 3x2 + 2x3 + 1x1 + 1x0) / 100 = 0.25.
    assert agreement.kappa == pytest.approx((0.8 - 0.25) / 0.75)
    assert "kappa 0.73; agreement corrected for chance: substantial" in dialog.kappa.text()
    assert [dialog.table.item(row, row).text() for row in range(5)] == ["3", "2", "2", "1", "·"]


def test_all_labels_on_request(dialog):
    dialog.blind.setChecked(False)
    assert (dialog.agreement.days, dialog.agreement.agreed) == (11, 9)


def test_a_click_on_a_disagreement_goes_to_its_day(qtbot, dialog, session):
    assert len(dialog.list.rows.rows) == 2
    index = dialog.list.model().index(1, 0)
    qtbot.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=dialog.list.visualRect(index).center())
    assert session.index == 9


def test_settling_writes_a_settled_label_and_goes_on(qtbot, dialog, session):
    dialog.list.choose(0)
    qtbot.mouseClick(dialog.classes[2], Qt.MouseButton.LeftButton)
    row = session.labels.rows[5]
    assert (row.cls, row.source, row.author) == (2, LabelSource.SETTLED, "Li")
    assert dialog.list.rows.rows[0].cells[3].startswith("2")
    assert session.index == 9  # the next one that is open
    labelling.undo(session)
    assert dialog.list.rows.rows[0].cells[3] == ""


def test_blind_labelling_keeps_everything_hidden(dialog, session):
    session.set_display(blind=True)
    assert dialog.agreement is None
    assert "blind" in dialog.kappa.text()
    assert dialog.list.rows.rows == ()
    dialog.unhide.click()
    assert dialog.agreement.days == 10


def test_the_same_analyst_twice_is_a_sentence(dialog):
    dialog.second.setCurrentText("Li")
    assert "two different" in dialog.kappa.text()
