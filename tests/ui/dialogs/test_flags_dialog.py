"""Flags in the window: readings flagged with a reason, undone by Ctrl+Z like a label, and removed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QDate, QDateTime, QPointF, Qt, QTime
from shown import shown
from small_season import wait

from quakegui.app import labelling, walking
from quakegui.app.season_view import station_day
from quakegui.project import flags
from quakegui.season.quality import Quality
from quakegui.ui.dialogs.flags_dialog import FlagsDialog
from quakegui.ui.panels.series_panel import SeriesPanel
from quakegui.ui.texts import quality_text, step_words

dialog = shown(FlagsDialog)


def rows(dialog: FlagsDialog) -> list[tuple[str, ...]]:
    model = dialog.table.model()
    return [tuple(model.index(row, column).data() for column in (0, 1, 2, 4)) for row in range(model.rowCount())]


def flag_night(qtbot, dialog, session, reason: str = "cow beside the sensor") -> tuple[str, str]:
    dialog.reason.setText(reason)
    qtbot.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    wait(qtbot, session)
    return dialog.station.currentText(), str(session.day)


def test_the_night_of_the_day_shown_is_flagged_and_undone_like_a_label(qtbot, dialog, session):
    assert not dialog.add.isEnabled()
    before = session.season.z[session.index].copy()
    code, day = flag_night(qtbot, dialog, session)
    author = session.settings.analyst
    assert rows(dialog) == [(code, day, author, "cow beside the sensor")]
    station = session.season.network.index(code)
    shown_day = station_day(session)
    assert np.isnan(shown_day.night_nt[station])
    words = quality_text(shown_day.reasons(station), shown_day.flags[station])
    assert words == f"no readings in the night, flagged by {author}: cow beside the sensor"
    assert step_words(labelling.latest(session)) == f"flag on {day}"
    assert labelling.undo(session)
    wait(qtbot, session)
    assert flags.standing(session.project) == ()
    assert np.array_equal(session.season.z[session.index], before, equal_nan=True)
    assert labelling.redo(session)
    wait(qtbot, session)
    assert Quality.FLAGGED in station_day(session).reasons(station)


def test_a_selected_flag_is_removed(qtbot, dialog, session):
    flag_night(qtbot, dialog, session)
    assert not dialog.remove.isEnabled()
    dialog.table.choose(0)
    qtbot.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    wait(qtbot, session)
    assert rows(dialog) == []
    assert session.season.flags == ()


def test_an_interval_the_wrong_way_round_is_refused_in_the_dialog(qtbot, dialog, session):
    dialog.kind.setCurrentIndex(1)
    assert dialog.since.displayFormat() == "yyyy-MM-dd HH:mm:ss"
    day = session.day.astype(object)
    dialog.until.setDateTime(QDateTime(QDate(day.year, day.month, day.day), QTime(0, 0)))
    flag_night(qtbot, dialog, session)
    assert "not after its start" in dialog.sentence.text()
    dialog.until.setDateTime(QDateTime(QDate(day.year, day.month, day.day), QTime(1, 0)))
    flag_night(qtbot, dialog, session)
    ((_, when, _, _),) = rows(dialog)
    assert when == f"{session.day} 00:00:00 – {session.day} 01:00:00"


def test_flagged_time_is_hatched_in_the_series_and_its_reason_is_told(qtbot, dialog, session):
    code, _ = flag_night(qtbot, dialog, session)
    session.pick([code])
    panel = SeriesPanel(session)
    qtbot.addWidget(panel)
    panel.resize(700, 400)
    panel.show()
    wait(qtbot, session)
    walking.step(session, 3)  # the night of the day shown is marked in another way
    panel.graphics.repaint()
    flagged = panel.grab().toImage()
    box = panel.plots["night"].getViewBox()
    since, until = session.season.flagged_time[code][0] / 1000.0
    at = box.mapViewToScene(QPointF((since + until) / 2.0, 0.0))
    panel.graphics.scene().sigMouseMoved.emit(QPointF(at.x(), box.sceneBoundingRect().center().y()))
    assert "cow beside the sensor" in panel.readout.text()
    assert labelling.undo(session)
    wait(qtbot, session)
    panel.graphics.repaint()
    assert panel.grab().toImage() != flagged
