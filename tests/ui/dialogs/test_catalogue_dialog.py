from __future__ import annotations

import threading
from datetime import date

import numpy as np
import pytest
from PySide6.QtWidgets import QDialogButtonBox
from shown import shown
from small_season import CATALOGUE, wait

from quakegui.app.catalogue_choice import choose
from quakegui.project import catalogue
from quakegui.season.events import Declustering, Event, Selection
from quakegui.ui import i18n
from quakegui.ui.dialogs.catalogue_dialog import CatalogueDialog
from quakegui.ui.dialogs.catalogue_form import AROUND, BOX, EVERYWHERE
from quakegui.ui.plots.cluster_map import area_outline

shown_dialog = shown(CatalogueDialog)


@pytest.fixture
def dialog(shown_dialog, qtbot, session):
    wait(qtbot, session)
    return shown_dialog


def event(number: int, day: str, magnitude: float, latitude: float = 28.0, longitude: float = 102.0) -> Event:
    return Event(str(number), np.datetime64(day, "ms"), magnitude, latitude, longitude)


def test_each_event_left_out_has_its_reason():
    events = (
        event(1, "2022-02-01", 5.0),
        event(2, "2022-02-02", 4.0),  # a day after 1, at its place
        event(3, "2022-03-01", 4.0, 29.5),
        event(4, "2022-03-02", 3.0, 29.5),
        event(5, "2022-03-03", 5.0, 40.0),
        event(6, "2023-01-01", 5.0),
    )
    selection = Selection(box=(26, 31, 100, 104), min_magnitude=3.1, until=date(2022, 12, 31))
    found = choose(events, selection, Declustering(), split_magnitude=4.0, timezone="Asia/Shanghai")
    assert [one.id for one in found.mainshocks] == ["1", "3"]
    assert {key: main.id for key, main in found.after.items()} == {"2": "1"}
    assert found.outside == {"4": "magnitude", "5": "area", "6": "dates"}
    assert found.classes == (3, 2)


def test_too_few_places_for_directions_is_a_sentence_and_no_error():
    found = choose((event(1, "2022-02-01", 5.0),), Selection(), Declustering(), split_magnitude=None, timezone="UTC")
    assert (found.scheme, found.classes) == (None, ())
    assert "two or more places" in found.warning


def test_the_projects_own_events_are_shown_with_their_directions(dialog):
    assert len(dialog.choice.mainshocks) == 18
    assert dialog.choice.scheme.north_centre == pytest.approx((29.6811, 102.3667), abs=1e-4)
    assert [dialog.choice.classes.count(cls) for cls in range(1, 5)] == [6, 3, 5, 4]
    assert len(dialog.list.rows.rows) == 18


def test_what_the_choice_warns_of_is_said_in_chinese(qtbot, dialog, session):
    i18n.set_language("zh")
    dialog.read_file(CATALOGUE)
    wait(qtbot, session)
    dialog.form.magnitude.setValue(9.0)
    qtbot.waitUntil(lambda: dialog.choice.mainshocks == ())
    assert dialog.choice.warning.isascii()
    assert dialog.warning.isVisible()
    assert not any(letter.isascii() and letter.isalpha() for letter in dialog.warning.text())


def test_a_change_is_shown_at_once_and_kept_by_apply_only(qtbot, dialog, session):
    dialog.read_file(CATALOGUE)
    wait(qtbot, session)
    dialog.form.magnitude.setValue(4.1)
    wait(qtbot, session)
    assert len(dialog.choice.mainshocks) == 11
    assert len(catalogue.events(session.project)) == 18
    assert len(session.events) == 18
    dialog.events.setCurrentIndex(2)
    assert sum(row.level == "muted" for row in dialog.list.rows.rows) == 7
    dialog.apply()
    wait(qtbot, session)
    assert not dialog.isVisible()
    assert len(catalogue.events(session.project)) == 11
    assert len(session.events) == len(session.event_classes) == 11
    assert catalogue.selection_facts(session.project)["event_selection"]["min_magnitude"] == 4.1
    assert [file.name for file in catalogue.origins(session.project)] == [CATALOGUE.name]


def test_a_box_that_holds_nothing_says_so_and_cannot_be_kept(qtbot, dialog, session):
    dialog.form.area.setCurrentIndex(BOX)
    wait(qtbot, session)
    dialog.form.box[0].setValue(40.0)
    wait(qtbot, session)
    assert "south < north" in dialog.sentence.text()
    dialog.apply()
    assert dialog.isVisible()
    assert len(catalogue.events(session.project)) == 18


def test_a_radius_keeps_what_lies_within(qtbot, dialog, session):
    dialog.form.area.setCurrentIndex(AROUND)
    for control, value in zip(dialog.form.around, (29.68, 102.37, 100.0), strict=True):
        control.setValue(value)
    wait(qtbot, session)
    assert 0 < len(dialog.choice.mainshocks) < 18
    dialog.form.area.setCurrentIndex(EVERYWHERE)
    wait(qtbot, session)
    assert len(dialog.choice.mainshocks) == 18


def test_a_file_that_is_no_catalogue_is_a_sentence(qtbot, dialog, session, tmp_path):
    path = tmp_path / "no.csv"
    path.write_text("a,b\n1,2\n")
    dialog.read_file(path)
    wait(qtbot, session)
    assert "not an earthquake catalogue" in dialog.sentence.text()
    assert len(dialog.choice.mainshocks) == 18


def test_the_map_paints_events_and_area(dialog):
    picture = dialog.map.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)}
    assert len(colours) > 3


def test_the_outline_of_a_radius_lies_at_that_distance():
    outline = area_outline(Selection(centre=(28.0, 102.0), radius_km=111.2))
    assert outline[:, 0].max() == pytest.approx(29.0, abs=0.01)
    assert area_outline(Selection()) is None


def test_a_catalogue_that_cannot_be_read_leaves_the_choice_that_is_shown(qtbot, dialog, session, tmp_path):
    """What is chosen by could be changed while a file was read; where that failed, the former choice was kept as chosen so."""
    go_on = threading.Event()
    before = dialog.choice
    session.jobs.start("Held", lambda _report, _cancelled: go_on.wait(60), lambda _done: None)
    dialog.read_file(tmp_path / "nothing.csv")
    assert not dialog.form.isEnabled()
    go_on.set()
    wait(qtbot, session)
    qtbot.waitUntil(dialog.form.isEnabled)
    assert "nothing.csv" in dialog.sentence.text()
    assert dialog.choice is before


def test_a_choice_that_fails_leaves_nothing_to_keep(qtbot, dialog, session, monkeypatch):
    def refused(*_given, **_named):
        raise ValueError("These cannot be chosen.")

    monkeypatch.setattr("quakegui.ui.dialogs.catalogue_dialog.choose", refused)
    dialog.rechoose()
    wait(qtbot, session)
    qtbot.waitUntil(lambda: dialog.sentence.text() == "These cannot be chosen.")
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Apply).isEnabled()


def test_a_catalogue_with_a_clock_of_no_name_is_read_by_the_zone_that_is_said(qtbot, dialog, session, tmp_path):
    path = tmp_path / "local.csv"
    path.write_text("time (local),latitude,longitude,depth,mag\n2022-09-05 12:52:18,29.59,102.08,16,6.8\n")
    dialog.read_file(path)
    wait(qtbot, session)
    qtbot.waitUntil(lambda: "gives local time" in dialog.sentence.text())
    dialog.zone.setText("UTC+8")
    dialog.zone.editingFinished.emit()
    wait(qtbot, session)
    qtbot.waitUntil(lambda: len(dialog.choice.inside) == 1)
    assert dialog.choice.inside[0].time == np.datetime64("2022-09-05T04:52:18", "ms")
