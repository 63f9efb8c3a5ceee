"""Menus where one would right-click: on maps, series, timeline, matrix, tables and small maps."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import tiny_season as tiny
from finished_run import trained
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QMenu

from quakegui.app import walking
from quakegui.app.change import Change
from quakegui.ui.dialogs.export_dialogs import FigureDialog
from quakegui.ui.dialogs.flags_dialog import FlagsDialog
from quakegui.ui.plots.timeline_rows import row_boxes

popped: list[QMenu] = []


@pytest.fixture(autouse=True)
def no_grab(monkeypatch):
    """Let no menu seize mouse and keyboard, which not every platform of Qt can."""
    popped.clear()
    monkeypatch.setattr(QMenu, "popup", lambda menu, _at: popped.append(menu))
    yield
    popped.clear()


def right_click(widget, at) -> QMenu:
    """Ask a widget for its menu at a point, as the right button and the menu key do."""
    target = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, target.mapToGlobal(at))
    QApplication.sendEvent(target, event)
    return popped[-1]


def texts(menu):
    return [action.text() for action in menu.actions() if action.text()]


def choose(menu, text, *deeper):
    action = next(action for action in menu.actions() if action.text().startswith(text))
    if deeper:
        choose(action.menu(), *deeper)
    else:
        action.trigger()


def clipboard():
    return QGuiApplication.clipboard()


def over(view, index, row):
    box = row_boxes(view.axis, float(view.height()))[row][1]
    return QPointF(view.axis.x(index + 0.5), box.center().y()).toPoint()


def test_the_timeline_goes_to_a_day_and_copies_what_it_holds(window):
    view = window.docks["timeline"].widget().view
    menu = right_click(view, over(view, 12, 4))
    assert texts(menu) == [
        "Copy value", "Copy picture", "Go to 2022-02-13", "Label 2022-02-13 as", "Filter days: Storm nights",
        "Export a figure…",
    ]  # fmt: skip
    choose(menu, "Copy value")
    assert "Kp 6.3" in clipboard().text()
    choose(right_click(view, over(view, 12, 4)), "Go to")
    assert window.session.index == 12
    choose(right_click(view, over(view, 12, 4)), "Filter days")
    assert window.session.only == "storm"


@pytest.mark.parametrize(("row", "kind"), [(0, "event"), (1, "class-1"), (2, "disagreement"), (3, "alarm"), (6, None)])
def test_a_row_of_the_timeline_offers_the_days_that_it_shows(window, row, kind):
    view = window.docks["timeline"].widget().view
    menu = right_click(view, over(view, tiny.EVENT_DAY, row))
    offered = [action for action in menu.actions() if action.text().startswith("Filter days")]
    assert len(offered) == (0 if kind is None else 1)
    if offered:
        offered[0].trigger()
        assert window.session.only == kind


def test_a_label_from_the_menu_goes_to_the_day_clicked_which_is_then_shown(window):
    session, view = window.session, window.docks["timeline"].widget().view
    before = session.labels.classes.copy()
    session.set_settings(auto_advance=False)
    choose(right_click(view, over(view, 15, 1)), "Label 2022-02-16 as", "3")
    assert session.index == 15
    changed = (session.labels.classes != before).nonzero()[0].tolist()
    assert (changed, session.labels.classes[15]) == ([15], 3)


def test_a_label_inside_a_choice_goes_to_all_chosen_days_and_outside_it_to_one(window):
    session, view = window.session, window.docks["timeline"].widget().view
    session.set_settings(auto_advance=False)
    walking.select(session, (10, 13))
    choose(right_click(view, over(view, 12, 1)), "Label 4 days as", "2")
    assert session.labels.classes[10:14].tolist() == [2] * 4
    walking.select(session, (10, 13))
    choose(right_click(view, over(view, 17, 1)), "Label 2022-02-18 as", "4")
    assert session.labels.classes[10:14].tolist() == [2] * 4
    assert (session.labels.classes[17], session.selection) == (4, None)


def test_the_day_map_copies_value_and_picture_and_shows_one_station_only(window):
    session, panel = window.session, window.day_map_panel
    walking.go_to(session, 21)
    view = panel.view
    image, pixels = view.layout_now().image, view.scene.map.field.shape[0]
    row, column = view.scene.places[view.scene.stations.codes.index("EEE")]
    scale = image.width() / pixels
    at = QPointF(image.left() + (column + 0.5) * scale, image.top() + (row + 0.5) * scale).toPoint()
    menu = right_click(view, at)
    assert texts(menu)[:3] == ["Copy value", "Copy picture", "Label 2022-02-22 as"]
    choose(menu, "Copy value")
    assert "z +" in clipboard().text()
    assert "nT" in clipboard().text()
    choose(right_click(view, at), "Show only the series of EEE")
    assert session.selected_codes == ("EEE",)
    clipboard().clear()
    choose(right_click(view, at), "Copy picture")
    assert clipboard().image().size() == view.size()


def test_the_station_map_goes_to_the_day_of_an_earthquake(window):
    session, panel = window.session, window.docks["stations"].widget()
    walking.go_to(session, 3)
    panel.show_events()
    mark = next(mark for mark in panel.events if mark.magnitude == 4.6)
    at = panel.camera.transform().map(QPointF(mark.x_km, mark.y_km)).toPoint()
    choose(right_click(panel, at), "Copy value")
    assert clipboard().text().startswith("M 4.6")
    choose(right_click(panel, at), "Go to 2022-02-26")
    assert session.index == tiny.EVENT_DAY


def test_the_series_copy_the_values_of_a_moment(window):
    session, panel = window.session, window.docks["series"].widget()
    session.pick(["EEE"])
    walking.go_to(session, 21)
    box = panel.plots["anomaly"].sceneBoundingRect()
    at = panel.graphics.mapFromScene(box.center())
    choose(right_click(panel.graphics, at), "Copy value")
    assert "EEE z " in clipboard().text()


def drag(viewport, begin, end, modifier):
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, modifier, begin)
    for at in ((begin + end) / 2, end):
        move = QMouseEvent(QMouseEvent.Type.MouseMove, at, viewport.mapToGlobal(at), Qt.MouseButton.NoButton,
                           Qt.MouseButton.LeftButton, modifier)  # fmt: skip
        QApplication.sendEvent(viewport, move)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, modifier, end)


def test_a_night_or_a_selected_interval_of_the_series_is_flagged_from_its_menu(window, monkeypatch):
    opened: list[FlagsDialog] = []
    monkeypatch.setattr(FlagsDialog, "exec", lambda dialog: opened.append(dialog))  # noqa: PLW0108 - binds the dialog
    session, panel = window.session, window.docks["series"].widget()
    session.pick(["EEE"])
    walking.go_to(session, 21)
    panel.show_days_around()
    box, viewport = panel.plots["raw"].getViewBox(), panel.graphics.viewport()
    middle = panel.graphics.mapFromScene(box.sceneBoundingRect().center())
    choose(right_click(panel.graphics, middle), "Flag this night of EEE")
    (dialog,) = opened
    assert (dialog.station.currentText(), dialog.kind.currentIndex()) == ("EEE", 0)
    assert dialog.since.date() == dialog.until.date()
    view = box.viewRange()[0]
    drag(viewport, middle - QPoint(20, 0), middle + QPoint(20, 0), Qt.KeyboardModifier.ShiftModifier)
    assert box.viewRange()[0] == view  # the plot stays
    since, until = panel.interval
    seconds = box.viewPixelSize()[0]
    assert until - since == pytest.approx(40 * seconds, abs=2 * seconds)
    choose(right_click(panel.graphics, middle), "Flag the selected readings of EEE")
    dialog = opened[-1]
    assert dialog.kind.currentIndex() == 1
    zone = ZoneInfo(session.project.timezone)
    shown = [datetime.fromtimestamp(round(end), zone).strftime("%Y-%m-%d %H:%M:%S") for end in (since, until)]
    assert [field.text() for field in (dialog.since, dialog.until)] == shown
    assert not dialog.add.isEnabled()  # it lacks the reason
    session.pick(["AAA"])
    assert panel.interval is None
    for each in opened:
        each.deleteLater()


def test_regions_are_copied_as_a_cell_and_as_a_table(window):
    walking.go_to(window.session, 21)
    table = window.docks["regions"].widget().table
    at = table.visualRect(table.model().index(0, 1)).center()
    choose(right_click(table, at), "Copy value")
    assert clipboard().text() == table.model().index(0, 1).data()
    choose(right_click(table, at), "Copy table")
    head, *rows = clipboard().text().split("\n")
    assert head.split("\t")[:4] == ["No.", "Area (km²)", "Peak (z-score)", "Peak (nT)"]
    assert len(rows) == table.model().rowCount()


def test_a_cell_of_the_matrix_shows_its_days_and_a_small_map_its_class(session, open_window, qtbot):
    _run, _said, fold = trained(session)
    window = open_window(session)
    session.reload(Change.LABELS | Change.RUNS | Change.PREDICTIONS)
    window.layouts.show("evaluation")
    panel = window.docks["evaluation"].widget()
    qtbot.waitUntil(lambda: panel.evaluation is not None and not session.jobs.busy)
    matrix = panel.matrix
    counts = panel.evaluation.answers.confusion()
    row = int(counts.diagonal().argmax())
    choose(right_click(matrix, matrix.visualRect(matrix.model().index(row, row)).center()), "Show only the days of this cell")
    assert len(panel.cell.sheet.days) == counts[row, row] > 0
    menu = right_click(matrix, matrix.visualRect(matrix.model().index(5, 5)).center())
    assert not [text for text in texts(menu) if text.startswith("Show only")]  # the sums ask nothing
    sheet = panel.cell.sheet
    qtbot.waitUntil(lambda: sheet.viewport().isVisible())
    choose(right_click(sheet, sheet.cell(0).center()), "Filter days")
    assert session.only in (f"class-{session.labels.classes[sheet.days[0]]}", "unlabelled")
    choose(right_click(panel.classes, panel.classes.visualRect(panel.classes.model().index(0, 1)).center()), "Copy value")
    assert clipboard().text() == str(counts.sum())
    assert fold.test.size


def test_export_opens_with_what_was_clicked(window):
    view, found = window.docks["timeline"].widget().view, []

    def seize():
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, FigureDialog)
        found.append(dialog.chosen)
        dialog.reject()

    QTimer.singleShot(0, window, seize)
    choose(right_click(view, QPoint(300, 20)), "Export a figure")
    assert found == ["timeline"]


def test_nothing_can_be_labelled_from_a_menu_of_a_project_that_is_read_only(window, monkeypatch):
    view = window.docks["timeline"].widget().view
    monkeypatch.setattr(type(window.session), "can_write", property(lambda _session: False))
    menu = right_click(view, over(view, 12, 1))
    label = next(action for action in menu.actions() if action.text().startswith("Label"))
    assert not label.menu().isEnabled()
