"""What an analyst at a real display stumbled over once, each of it for good."""

from __future__ import annotations

import dataclasses
import html
import math
import re

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLabel, QPlainTextEdit
from shown import shown

from quakegui.app import opening, walking
from quakegui.app.change import Change
from quakegui.app.computing import COMPUTING
from quakegui.app.jobs import Jobs
from quakegui.judge.verdict import Verdict
from quakegui.learn import messages
from quakegui.project.importreport import ImportedFile, ImportReport
from quakegui.report.result_drawings import ForestRow, PlotWords, forest
from quakegui.ui import theme
from quakegui.ui.dialogs.import_report import ImportReportPage
from quakegui.ui.panels.start_page import StartPage, Way
from quakegui.ui.panels.station_map_panel import StationMapPanel
from quakegui.ui.plots.curves import Curves
from quakegui.ui.plots.day_map_view import DayMapView
from quakegui.ui.plots.map_scene import layout, scene_of
from quakegui.ui.plots.station_layers import legend_height
from quakegui.ui.plots.time_axis import DayAxis
from quakegui.ui.plots.timeline_rows import ROWS
from quakegui.words import worded

station_map = shown(StationMapPanel, 340, 250)


def turn(widget):
    """Turn the wheel over the middle of a widget, as the window system does."""
    at = QPointF(widget.rect().center())
    for angle in (120, -120, -120):
        event = QWheelEvent(
            at, QPointF(widget.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, angle), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, event)


def test_the_wheel_turns_no_field_without_the_focus(window):
    window.layouts.show("training")
    panel = window.docks["training"].widget()
    spins, boxes = panel.findChildren(QAbstractSpinBox), panel.findChildren(QComboBox)
    assert len(spins) == 2
    assert len(boxes) == 5
    window.day_map_panel.setFocus()
    before = panel.recipe()
    for field in (*spins, *boxes):
        turn(field)
        assert not field.hasFocus()
    assert panel.recipe() == before
    spins[0].setFocus()
    turn(spins[0])
    assert panel.recipe() != before


def test_escape_leaves_a_field_and_drops_what_was_typed_into_the_note(window, session, qtbot):
    walking.select(session, (3, 6))
    window.bench.day_panel.edit_note()
    note = window.docks["day"].findChild(QPlainTextEdit)
    qtbot.waitUntil(note.hasFocus)
    qtbot.keyClicks(note, "windy")
    qtbot.keyClick(note, Qt.Key.Key_Escape)
    assert not note.hasFocus()
    assert note.toPlainText() == ""
    assert session.selection == (3, 6), "the key left the note and did nothing else"
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert session.selection is None
    window.layouts.show("training")
    spin = window.docks["training"].findChild(QAbstractSpinBox)
    spin.setFocus()
    qtbot.keyClick(spin, Qt.Key.Key_Escape)
    assert not spin.hasFocus()


def test_a_new_project_shows_nothing_of_the_series_before(window, session, qtbot, tmp_path):
    session.pick(["AAA", "EEE"])
    series = window.docks["series"].widget()
    assert series.graphics.isVisible()
    assert opening.create_project(session, tmp_path / "new", timezone="Asia/Shanghai")
    qtbot.waitUntil(lambda: not session.jobs.busy)
    assert not series.graphics.isVisible()
    drawn = [curve for plot in series.plots.values() for curve in plot.listDataItems() if curve.isVisible()]
    assert drawn == []


def epochs(phases, validation):
    return [
        messages.Epoch(phase, number, 1.0 / number, 0.5, validation / number, 0.4, True, 1.0, 0.0)
        for phase in range(phases)
        for number in (1, 2)
    ]


@pytest.fixture
def curves(qtbot):
    made = Curves()
    qtbot.addWidget(made)
    made.resize(700, 240)
    made.show()
    return made


def test_without_a_validation_part_no_epoch_is_the_best(curves):
    for epoch in epochs(2, math.nan):
        curves.add(epoch)
    stars = [item for item in curves.loss.getPlotItem().listDataItems() if item.opts["symbol"] == "star"]
    assert [star.getOriginalDataset()[0] for star in stars] == [None], "nothing is marked"
    curves.add(messages.Epoch(1, 3, 0.5, 0.5, 0.6, 0.4, True, 1.0, 0.0))
    assert stars[0].getOriginalDataset()[0].tolist() == [5.0]


def test_the_curve_of_one_fold_does_not_run_into_the_next(curves):
    for epoch in epochs(3, 2.0):
        curves.add(epoch)
    trained = curves.loss.getPlotItem().listDataItems()[0]
    x, y = trained.getOriginalDataset()
    assert np.isnan(y).nonzero()[0].tolist() == [2, 5], "a gap behind each fold"
    assert x[np.isfinite(y)].tolist() == [1, 2, 3, 4, 5, 6]


def test_the_legend_of_the_curves_covers_none_of_them(curves, qtbot):
    qtbot.waitUntil(lambda: curves.loss.getViewBox().height() > 50)
    for plot in curves.findChildren(pg.PlotWidget):
        title, view = plot.getPlotItem().titleLabel, plot.getViewBox()
        assert not title.sceneBoundingRect().intersects(view.sceneBoundingRect().adjusted(2, 2, -2, -2))
        assert [name in title.text for name in ("training", "validation", "best")] == [True] * 3


def test_the_maps_legend_covers_no_station(station_map, session):
    places = [station_map.camera.transform().map(QPointF(mark.x_km, mark.y_km)) for mark in station_map.stations]
    edge = station_map.height() - legend_height(QFontMetricsF(station_map.font()))
    assert len(places) == 8
    assert max(at.y() for at in places) < edge - 4
    station_map.resize(500, 200)
    lowest = max(station_map.camera.transform().map(QPointF(m.x_km, m.y_km)).y() for m in station_map.stations)
    assert lowest < 200 - legend_height(QFontMetricsF(station_map.font())) - 4


@pytest.mark.parametrize("points", [9, 13, 18])
def test_a_class_has_its_letter_in_large_type_and_in_a_low_row(window, points):
    view = window.docks["timeline"].widget().view
    row = next(row for row in ROWS if row.name == "Label")
    axis = DayAxis(view.data.days.size, 0.0, float(view.data.days.size), 0.0, 900.0, 20.0)

    def painted(letter):
        image = QImage(900, 12, QImage.Format.Format_RGB32)
        image.fill(theme.colours().background)
        painter = QPainter(image)
        font = QFont(window.font())
        font.setPointSize(points)
        painter.setFont(font)
        colours = theme.colours() if letter else dataclasses.replace(theme.colours(), text=theme.colours().background)
        row.paint(painter, QRectF(0, 0, 900, 12), axis, view.data, colours)
        painter.end()
        return image

    assert painted(True) != painted(False)


@pytest.mark.parametrize(("r", "r0", "told"), [
    (0.1841, 0.1812, ("0.184", "0.181")), (0.31, 0.18, ("0.31", "0.18")), (0.18, 0.18, ("0.18", "0.18")),
    (0.180004, 0.180001, ("0.180004", "0.180001")),
])  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_scores_of_alarms_have_digits_that_tell_them_apart(r, r0, told, language):
    known = {"events": 7, "hits": 3, "alarm_fraction": 0.2, "r": r, "r0": r0}
    unknown = dict.fromkeys(("p_value", "p_corrected", "short_jitter", "tries"))
    words = worded(Verdict("chance", False, (), {**unknown, **known}).figures(), language)
    assert [f"R = {told[0]}" in words, f"R0 = {told[1]}" in words] == [True, True]


def test_while_a_season_is_computed_nothing_is_advised(window, session, monkeypatch):
    panels = [window.docks[name].widget() for name in ("training", "evaluation", "day")]
    session.show_season(None, "readings", -1)
    monkeypatch.setattr(Jobs, "has", lambda _jobs, title: title == COMPUTING)
    session.changed.emit(Change.ALL & ~Change.PROJECT)
    training, results, day = panels
    assert training.state.text() == "Reading the season…"
    assert results.verdict.text() == "Reading the season…"
    assert day.date.text() == ""
    assert {page.text() for page in results.studies.pages} == {"Reading the season…"}


def test_the_stamp_and_the_veils_legend_cover_no_figure_of_the_colour_bar(window, session, qtbot):
    session.heat = {20: np.linspace(0.0, 1.0, 480 * 480, dtype=np.float32).reshape(480, 480)}
    walking.go_to(session, 20)
    view = DayMapView()
    qtbot.addWidget(view)
    view.resize(420, 380)
    scene = scene_of(session)
    assert scene.heat is None
    view.show_scene(scene)
    parts = layout(QRectF(view.rect()).adjusted(10, 4, -10, -4), view.font())
    plain = view.grab().toImage()
    session.set_display(explain=True)
    view.show_scene(scene_of(session))
    veiled = view.grab().toImage()
    assert scene_of(session).heat_name == session.class_names[session.predictions.classes[20]]
    beside = parts.bar.adjusted(-10, -10, 60, 10).toRect().intersected(view.rect())
    assert plain.copy(beside) == veiled.copy(beside)
    corner = QRectF(parts.image.left() + 6, parts.image.bottom() - 20, 40, 12).toRect()
    assert plain.copy(corner) != veiled.copy(corner)


def test_a_training_that_loads_says_so(window, session, monkeypatch, qtbot):
    panel = window.docks["training"].widget()
    window.training.spoke.emit(messages.Hello("tensorflow", "2", "cpu", "", 0, "float32", "because"))
    assert panel.state.text() == "Reading the maps and building the model…"


def test_ones_own_data_takes_one_press(empty_session, qtbot):
    page, asked = StartPage(empty_session), []
    qtbot.addWidget(page)

    def do(name):
        asked.append(name)
        if name == "new":
            empty_session.project = object()

    page.asked.connect(do)
    page.begin_with_own_data()
    empty_session.project = None
    assert asked == ["new", "import"]


def test_each_way_to_start_keeps_the_height_of_its_description(empty_session, open_window):
    for button in open_window(empty_session).start_page.findChildren(Way):
        button.resize(900, 40)
        flat = button.minimumHeight()
        button.resize(200, 40)
        assert button.minimumHeight() > flat  # its description takes more lines


def test_the_ways_to_start_follow_the_text_size(empty_session, open_window):
    page = open_window(empty_session).start_page
    heights = []
    for scale in (1.0, 1.5):
        empty_session.set_settings(text_scale=scale)
        QApplication.processEvents()
        labels = [label for way in page.findChildren(Way) for label in way.findChildren(QLabel) if label.text()]
        heights.append([label.fontMetrics().height() for label in labels])
    assert len(heights[0]) == 6  # a title and a description each
    assert all(large > 1.3 * small for small, large in zip(*heights, strict=True))


def test_one_imported_file_is_not_told_in_the_plural(qtbot):
    page = ImportReportPage()
    qtbot.addWidget(page)
    file = ImportedFile("a.csv", "csv", ("A",), 1, None, None)
    for report, told in (
        (ImportReport(imported=(file,), days_changed=1), "1 file imported, 0 already imported, 0 skipped. 1 day new"),
        (ImportReport(imported=(file, file)), "2 files imported, 0 already imported, 0 skipped. 0 days new"),
    ):
        page.show_report(report)
        assert f"{told} or changed." in [label.text() for label in page.findChildren(QLabel)]


def test_the_key_of_the_predictor_chart_does_not_overprint_itself():
    key = "AUC of the predictor", "Residual AUC: what the predictor does not explain (80% interval)", "chance"
    row = ForestRow("Model", 0.7, (0.6, 0.8), (math.nan, math.nan, math.nan))
    drawn = forest([row], PlotWords("AUC", "", key, "", "")).data.decode()
    found = [re.search(rf'x="([\d.]+)" y="([\d.]+)"[^>]*>{re.escape(html.escape(text))}', drawn) for text in key]
    own, beyond, constant = ((float(one[1]), float(one[2])) for one in found)
    assert own[1] == constant[1] < beyond[1] - 10
    assert own[0] + 6 * len(key[0]) < constant[0]
