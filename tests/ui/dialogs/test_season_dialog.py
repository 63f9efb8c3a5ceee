from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QDialogButtonBox
from shown import shown
from small_season import wait

from quakegui.project.nights import load_nights
from quakegui.season.config import SeasonConfig
from quakegui.ui.dialogs.season_dialog import SeasonDialog

dialog = shown(SeasonDialog)


def test_untouched_it_says_exactly_what_the_project_has(dialog, session):
    assert dialog.config() == session.project.config()


def test_the_window_is_kept_and_the_season_computed_anew(qtbot, dialog, session):
    dialog.first_on.setChecked(True)
    dialog.first.setDate(QDate(2022, 1, 30))
    dialog.save()
    wait(qtbot, session)
    assert session.project.config().first_day == np.datetime64("2022-01-30")
    assert session.days[0] == np.datetime64("2022-01-30")


def test_a_combination_that_cannot_be_is_said_and_not_saved(dialog, session):
    dialog.controls["night", "window", "start_hour"].setValue(5.0)
    assert "start < end" in dialog.sentence.text()
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled()
    dialog.controls["night", "window", "end_hour"].setValue(8.0)
    assert dialog.buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled()
    assert session.project.config().night.window.start_hour == 0.0


def test_another_map_style_warns_of_the_runs(dialog):
    dialog.controls["style", "levels"].setValue(16)
    assert "one map style" in dialog.sentence.text()
    assert dialog.config().style.levels == 16


def test_defaults_come_back_by_the_button_and_the_window_stays(qtbot, dialog, session):
    dialog.controls["anomaly", "window_days"].setValue(40)
    dialog.controls["grid", "extend_to_square"].setChecked(True)
    dialog.first_on.setChecked(True)
    dialog.buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults).click()
    config, plain = dialog.config(), SeasonConfig("Asia/Shanghai")
    assert (config.anomaly, config.grid, config.style) == (plain.anomaly, plain.grid, plain.style)
    assert config.first_day is not None


def test_the_reference_station_is_asked_for_where_the_method_needs_it(dialog):
    assert not dialog.reference.isEnabled()
    dialog.method.setCurrentIndex(dialog.method.findData("reference-station"))
    assert dialog.reference.isEnabled()
    assert "reference station" in dialog.sentence.text()
    dialog.reference.setCurrentIndex(dialog.reference.findData("BBB"))
    assert dialog.config().anomaly.reference_station == "BBB"


@pytest.mark.qt_log_ignore("This plugin does not support")  # the screen of the tests knows no pop-up windows
def test_another_time_zone_says_what_it_changes_and_computes_the_nights_anew(qtbot, dialog, session):
    before = load_nights(session.project).values.copy()
    line = dialog.zone.lineEdit()
    line.selectAll()
    qtbot.keyClicks(line, "Asia/Tok")
    assert "Unknown time zone 'Asia/Tok'" in dialog.sentence.text()
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Save).isEnabled()
    qtbot.keyClicks(line, "yo")
    assert "Labels and notes keep their dates" in dialog.sentence.text()
    qtbot.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Save), Qt.MouseButton.LeftButton)
    wait(qtbot, session)
    assert session.project.timezone == "Asia/Tokyo"
    after = load_nights(session.project).values
    both = min(len(before), len(after))
    assert not np.array_equal(before[:both], after[:both], equal_nan=True)  # the night begins an hour earlier
    assert session.season.config.timezone == "Asia/Tokyo"
