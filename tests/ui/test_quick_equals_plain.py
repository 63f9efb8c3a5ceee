"""What was made quick shows the same as the plain way."""

from __future__ import annotations

import qtawesome
import tiny_season
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon

from quakegui.app import labelling, walking
from quakegui.project import journal
from quakegui.ui.icons import SIZES, icon


def test_histories_read_in_blocks_are_those_of_single_days(session):
    for index, day in enumerate(session.days):
        assert session.history(index) == journal.history(session.project, day)
        assert session.notes(index) == journal.notes(session.project, day)
    assert len(session.history(tiny_season.EVENT_DAY)) == 1


def test_a_label_and_a_note_are_in_the_history_at_once(session):
    walking.go_to(session, 3)
    before = session.history()
    labelling.label(session, 2)
    assert [row.cls for row in session.history(3)] == [*(row.cls for row in before), 2]
    labelling.note(session, "a quiet night", day=session.days[3])
    assert [note.text for note in session.notes(3)] == ["a quiet night"]
    labelling.undo(session)
    assert session.notes(3) == journal.notes(session.project, session.days[3])
    assert session.history(3) == journal.history(session.project, session.days[3])


def test_icons_of_pixels_are_what_qtawesome_paints(qapp):
    red, grey = QColor("#c03020"), QColor("#909090")
    drawn, plain = icon("mdi6.play", red, grey), qtawesome.icon("mdi6.play", color="#c03020", color_disabled="#909090")
    for size in SIZES:
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled):
            ours, theirs = (which.pixmap(QSize(size, size), 1.0, mode).toImage() for which in (drawn, plain))
            assert not ours.isNull()
            assert ours == theirs
