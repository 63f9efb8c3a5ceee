"""The window follows a switch of language, and words what lower rooms say without touching the values."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QEvent, QObject
from PySide6.QtWidgets import QCalendarWidget, QLabel, QToolButton

from quakegui.app.session import Session
from quakegui.learn.runs.registry import RunError, disk_errors
from quakegui.project.database import ProjectError
from quakegui.ui import i18n
from quakegui.ui.dialogs.dialog_parts import year_first
from quakegui.ui.status_line import StatusLine
from quakegui.words import Said


@pytest.fixture
def english_again(qapp):
    yield
    i18n.set_language("en")


def test_language_switches_at_run_time_and_widgets_hear_of_it(qtbot, english_again):
    class Listener(QObject):
        heard = 0

        def eventFilter(self, _, event):  # noqa: N802
            self.heard += event.type() == QEvent.Type.LanguageChange
            return False

    label, listener = QLabel(), Listener()
    qtbot.addWidget(label)
    label.installEventFilter(listener)
    assert i18n.tr("Timeline") == "Timeline"
    i18n.set_language("zh")
    qtbot.waitUntil(lambda: listener.heard > 0)
    assert (i18n.tr("Timeline"), i18n.language()) == ("时间轴", "zh")
    i18n.set_language("en")
    assert (i18n.tr("Timeline"), i18n.language()) == ("Timeline", "en")


def test_an_unknown_language_is_refused(qapp):
    with pytest.raises(ValueError, match="does not exist"):
        i18n.set_language("fr")


@pytest.mark.usefixtures("english_again")
def test_a_full_disk_is_told_in_chinese_with_the_path_as_it_is(qtbot, empty_session: Session) -> None:
    line = StatusLine(empty_session)
    qtbot.addWidget(line)
    i18n.set_language("zh")
    with pytest.raises(RunError) as refused, disk_errors(Path("/data/Obs. Kunming")):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    empty_session.message.emit(str(refused.value), "error")
    assert line.currentMessage() == f"/data/Obs. Kunming 无法写入：{os.strerror(errno.ENOSPC)}。"


@pytest.mark.usefixtures("english_again")
def test_a_project_named_stations_keeps_its_name(qtbot, empty_session: Session) -> None:
    line = StatusLine(empty_session)
    qtbot.addWidget(line)
    i18n.set_language("zh")
    for name in ("Stations", "Timeline", "The file contains no readings."):
        said = Said("The project {name} is read-only; nothing was changed.", name=name)
        empty_session.message.emit(str(ProjectError(said)), "error")
        assert line.currentMessage() == i18n.tr(said.template).format(name=name)
        assert name in line.currentMessage()
    empty_session.message.emit("Stations", "info")
    assert line.currentMessage() == "Stations"


def test_a_chinese_calendar_has_year_and_month_in_figures(qtbot, english_again):
    i18n.set_language("zh")
    calendar = QCalendarWidget()
    qtbot.addWidget(calendar)
    calendar.setSelectedDate(QDate(2022, 5, 29))
    year_first(calendar)
    year, month = (calendar.findChild(QToolButton, f"qt_calendar_{part}button") for part in ("year", "month"))
    assert (year.text(), month.text()) == ("2022年", "5月")
    calendar.showNextMonth()
    assert (year.text(), month.text()) == ("2022年", "6月")
    assert calendar.selectedDate() == QDate(2022, 5, 29)
