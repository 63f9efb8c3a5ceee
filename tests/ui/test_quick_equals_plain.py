"""What was made quick shows the same as the plain way."""

from __future__ import annotations

import numpy as np
import qtawesome
import tiny_season
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QIcon, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from quakegui.app import labelling, walking
from quakegui.project import journal
from quakegui.ui.icons import SIZES, icon
from quakegui.ui.plots.map_painting import paint
from quakegui.ui.plots.map_scene import scene_of
from quakegui.ui.plots.stamps import Stamps


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


def test_symbols_copied_on_the_map_are_those_drawn(session):
    stamps = Stamps()
    session.pick([tiny_season.STRONG])
    for day in (20, 21, tiny_season.SILENT_DAY, 21):
        drawn, first, copied = (pixels(scene_of(session, day), with_) for with_ in (None, stamps, stamps))
        assert len(stamps) > 0
        np.testing.assert_array_equal(copied, first)
        assert np.abs(drawn - first).max() <= 60, "text on a clear ground has somewhat fuller edges"
        assert np.mean(np.abs(drawn - first) > 3) < 0.002


def pixels(scene, stamps):
    """Return a map as painted with or without stamps, shape (row, column, 4)."""
    picture = QImage(420, 400, QImage.Format.Format_RGB32)
    picture.fill(QColor("white"))
    with QPainter(picture) as painter:
        paint(painter, QRectF(picture.rect()), scene, stamps=stamps)
    return np.frombuffer(picture.constBits(), dtype=np.uint8).reshape(400, 420, 4).astype(int)


def test_a_step_paints_all_that_it_changes(window, session, qtbot):
    session.pick([tiny_season.STRONG])
    series = window.docks["series"].widget()
    walking.go_to(session, 18)
    qtbot.waitUntil(lambda: series.curves.of("raw", 0).getData()[0] is not None)
    for days in (1, 1, 1, 1, -2, 5):
        walking.step(session, days)
        stepped = on_screen(window)
        for widget in window.findChildren(QWidget):
            QWidget.update(widget)
        assert on_screen(window) == stepped, session.day


def on_screen(window):
    """Return the window as it was painted, part by part."""
    for _ in range(3):
        QApplication.processEvents()
    return window.screen().grabWindow(window.winId()).toImage()
