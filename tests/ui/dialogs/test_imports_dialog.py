"""Imports in the window: who brought what, undone and redone, and a station's readings removed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from shown import shown
from small_season import wait

from quakegui.project.acts import acts
from quakegui.project.nights import load_nights
from quakegui.ui.dialogs.imports_dialog import ImportsDialog
from quakegui.ui.dialogs.stations_dialog import CODE, StationsDialog

dialog = shown(ImportsDialog)


def cells(dialog: ImportsDialog) -> list[tuple[object, ...]]:
    model = dialog.table.model()
    return [tuple(model.index(row, column).data() for column in range(5)) for row in range(model.rowCount())]


def nights_of(session, code: str) -> int:
    """Return how many nights of a station have a mean."""
    night = load_nights(session.project)
    return int(np.isfinite(night.values[:, night.codes.index(code)]).sum())


def test_the_latest_import_is_listed_first_and_selected(dialog, session):
    listed = acts(session.project)
    shown = cells(dialog)
    assert len(shown) == len(listed)
    assert "earthquakes from" in shown[0][4]
    assert "readings from readings.csv" in shown[-1][4]
    assert {row[3] for row in shown} == {"active"}
    assert dialog.undo.isEnabled()
    assert not dialog.redo.isEnabled()


def test_an_import_is_undone_and_redone_with_the_season_following(qtbot, dialog, session):
    days, events = session.days.size, session.events
    assert events
    qtbot.mouseClick(dialog.undo, Qt.MouseButton.LeftButton)
    wait(qtbot, session)
    assert session.events == ()
    assert dialog.redo.isEnabled()
    assert "undone by" in cells(dialog)[0][3]
    qtbot.mouseClick(dialog.redo, Qt.MouseButton.LeftButton)
    wait(qtbot, session)
    assert session.events == events
    dialog.table.choose(len(cells(dialog)) - 1)
    qtbot.mouseClick(dialog.undo, Qt.MouseButton.LeftButton)
    wait(qtbot, session)
    assert session.season is None
    dialog.table.choose(len(cells(dialog)) - 1)
    qtbot.mouseClick(dialog.redo, Qt.MouseButton.LeftButton)
    wait(qtbot, session)
    assert session.days.size == days


def test_the_readings_of_a_station_are_removed_and_brought_back(qtbot, session):
    stations = StationsDialog(session)
    qtbot.addWidget(stations)
    stations.show()
    assert not stations.remove.isEnabled()
    stations.table.selectRow(0)
    code = stations.table.item(0, CODE).text()
    said = []
    session.message.connect(lambda text, _level: said.append(text))
    qtbot.waitUntil(stations.remove.isEnabled)
    qtbot.mouseClick(stations.remove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(said))
    wait(qtbot, session)
    assert said[0] == f"The readings of {code} are no longer used; Edit › Imports restores them."
    assert nights_of(session, code) == 0
    dialog = ImportsDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    assert cells(dialog)[0][4] == f"readings of {code} removed"
    qtbot.mouseClick(dialog.undo, Qt.MouseButton.LeftButton)
    wait(qtbot, session)
    assert nights_of(session, code) > 0
