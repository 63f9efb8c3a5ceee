from __future__ import annotations

import re
import threading

import numpy as np
import pytest
from PySide6.QtWidgets import QDialogButtonBox
from shown import shown
from small_season import wait

from quakegui.project import stations
from quakegui.project.live import Arrival, store_arrival
from quakegui.project.live_rows import LiveReadings
from quakegui.season.localtime import wall_clock_ms
from quakegui.ui.dialogs.stations_dialog import CODE, LATITUDE, LIGHT, LONGITUDE, NAME, StationsDialog

dialog = shown(StationsDialog)


def save_button(dialog: StationsDialog):
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Save)


def test_a_corrected_coordinate_is_kept_and_the_season_follows(qtbot, dialog, session):
    dialog.table.item(0, LATITUDE).setText("29.75")
    dialog.save()
    wait(qtbot, session)
    assert session.project.network().stations[0].latitude == 29.75
    assert session.season.network.stations[0].latitude == 29.75


def test_the_season_follows_also_where_the_dialog_was_closed_meanwhile(qtbot, dialog, session, monkeypatch):
    go_on, begun = threading.Event(), threading.Event()
    set_stations = stations.set_stations

    def held(*given, **named):
        begun.set()
        go_on.wait(60)
        set_stations(*given, **named)

    monkeypatch.setattr(stations, "set_stations", held)
    dialog.table.item(0, LATITUDE).setText("29.75")
    dialog.save()
    assert begun.wait(60)
    dialog.reject()
    go_on.set()
    qtbot.waitUntil(lambda: not session.jobs.busy and session.season.network.stations[0].latitude == 29.75, timeout=30_000)


@pytest.mark.parametrize(
    ("column", "text", "word"),
    [(LATITUDE, "91", "latitude"), (LATITUDE, "north", "latitude"), (LONGITUDE, "361", "longitude"), (LATITUDE, "", "both")],
)
def test_impossible_entries_are_said_and_cannot_be_saved(dialog, session, column, text, word):
    dialog.table.item(1, column).setText(text)
    assert word in dialog.sentence.text()
    assert not save_button(dialog).isEnabled()
    dialog.table.item(1, column).setText("28.5" if column == LATITUDE else "102.6")
    assert dialog.sentence.text() == ""
    assert save_button(dialog).isEnabled()


def test_known_coordinates_cannot_be_taken_away(dialog):
    for column in (LATITUDE, LONGITUDE):
        dialog.table.item(0, column).setText("")
    assert "not removed" in dialog.sentence.text()


def test_a_list_fills_the_table_and_saves_nothing_by_itself(qtbot, dialog, session, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("code,name,latitude,longitude\nAAA,New name,29.9,102.1\nEEE,Fifth,28.2,102.2\n")
    dialog.import_list(path)
    wait(qtbot, session)
    assert dialog.table.rowCount() == 5
    assert dialog.table.item(0, NAME).text() == "New name"
    assert "EEE" not in session.project.network().codes
    dialog.save()
    wait(qtbot, session)
    stations = {station.code: station for station in session.project.network().stations}
    assert (stations["AAA"].latitude, stations["EEE"].name) == (29.9, "Fifth")


def test_stations_without_coordinates_are_named(dialog):
    dialog.add_row(type(dialog.stations()[0])("FFF"))
    assert "FFF" in dialog.unlocated.text()
    assert dialog.table.item(4, CODE).text() == "FFF"


def test_a_list_that_cannot_be_read_leaves_the_table(qtbot, dialog, session, tmp_path):
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    dialog.import_list(tmp_path / "bad.csv")
    wait(qtbot, session)
    assert "latitude" in dialog.sentence.text()
    assert dialog.table.rowCount() == 4


def test_stations_that_send_live_have_a_light_and_say_how_old_their_newest_reading_is(qtbot, session):
    def readings(code, age_s):
        return LiveReadings(code, 1000, 1, False, np.array([now - 1000 * age_s]), np.array([46_000_000]))

    now = wall_clock_ms()
    arrival = Arrival([readings("AAA", 3), readings("BBB", 7200)], now, {"AAA": (2, "AAA: the message is not text.")})
    store_arrival(session.project, arrival)
    dialog = StationsDialog(session)
    qtbot.addWidget(dialog)
    texts = [dialog.table.item(row, LIGHT).text() for row in range(3)]
    assert re.fullmatch(r"● live, \d+ s ago, today \d+%", texts[0])
    assert texts[1].startswith("● silent, 2 h ago")
    assert texts[2] == ""
    assert re.search(r" is in progress: 1 of the [\d,]+ readings due since midnight", dialog.table.item(0, LIGHT).toolTip())
    assert "2 messages were refused. AAA: the message is not text." in dialog.table.item(0, LIGHT).toolTip()
    assert dialog.buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled()
