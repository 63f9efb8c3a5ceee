"""The station map: stations where they stand, picking, zooming, and words for what is missing."""

from dataclasses import replace

import numpy as np
import pytest
import tiny_season as tiny
from PySide6.QtCore import QPoint, QPointF, QRect, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication
from shown import shown

from quakegui.app import walking
from quakegui.season.palette import MapStyle
from quakegui.ui import i18n, theme
from quakegui.ui.panels.station_map_panel import StationMapPanel
from quakegui.ui.plots import station_layers
from quakegui.ui.plots.map_camera import Camera, scale_bar_km
from quakegui.ui.plots.station_layers import StationMark, event_radius, station_colour

NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


panel = shown(StationMapPanel, 420, 420)


def on_screen(panel, code) -> QPointF:
    mark = next(mark for mark in panel.stations if mark.code == code)
    return panel.camera.transform().map(QPointF(mark.x_km, mark.y_km))


def test_north_is_up_and_east_is_right(panel):
    assert on_screen(panel, "AAA").y() < on_screen(panel, "CCC").y()
    assert on_screen(panel, "BBB").x() > on_screen(panel, "AAA").x()


def test_a_station_takes_the_colour_of_the_map(panel, session):
    walking.go_to(session, 21)
    at = on_screen(panel, tiny.STRONG)
    z = session.season.z[21, session.season.network.index(tiny.STRONG)]
    wanted = station_colour(float(z), session.season.config.style)
    # on a quiet map nothing else is drawn at the middle of the symbol
    assert QColor(panel.grab().toImage().pixel(at.toPoint())).rgb() == wanted.rgb()


def test_colours_are_the_palette_s_levels():
    style = MapStyle()
    levels = [station_colour(z, style).getRgb()[:3] for z in (-99.0, -0.01, 0.01, 99.0)]
    expected = [tuple(int(v) for v in style.colours[level]) for level in (0, 9, 10, 19)]
    assert levels == expected


def test_click_picks_and_control_adds(panel, session, qtbot):
    qtbot.mouseClick(panel, LEFT, NONE, on_screen(panel, "AAA").toPoint())
    assert session.selected_codes == ("AAA",)
    qtbot.mouseClick(panel, LEFT, CONTROL, on_screen(panel, "DDD").toPoint())
    assert session.selected_codes == ("AAA", "DDD")
    qtbot.mouseClick(panel, LEFT, CONTROL, on_screen(panel, "AAA").toPoint())
    assert session.selected_codes == ("DDD",)
    qtbot.mouseClick(panel, LEFT, NONE, QPoint(5, 200))
    assert session.selected_codes == ("DDD",)


def test_dragging_moves_the_map_and_picks_nothing(panel, session, qtbot):
    before = on_screen(panel, "AAA")
    start = before.toPoint()
    qtbot.mousePress(panel, LEFT, NONE, start)
    qtbot.mouseMove(panel, start + QPoint(30, 20))
    qtbot.mouseRelease(panel, LEFT, NONE, start + QPoint(30, 20))
    moved = on_screen(panel, "AAA") - before
    assert (moved.x(), moved.y()) == pytest.approx((30.0, 20.0), abs=1.0)
    assert session.selected_codes == ()
    qtbot.mouseDClick(panel, LEFT, NONE, QPoint(5, 400))
    assert on_screen(panel, "AAA").x() == pytest.approx(before.x(), abs=1e-6)


def test_the_wheel_zooms_about_the_cursor(panel):
    at = on_screen(panel, "EEE")
    before = panel.camera.km_per_px
    wheel = QWheelEvent(
        at, panel.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(panel, wheel)
    assert panel.camera.km_per_px < before
    assert on_screen(panel, "EEE").x() == pytest.approx(at.x(), abs=1e-6)


def test_buttons_zoom_and_show_the_epicentres(panel, qtbot):
    before = panel.camera.km_per_px
    qtbot.mouseClick(panel.buttons["closer"], LEFT)
    assert panel.camera.km_per_px == pytest.approx(before / 1.5)
    qtbot.mouseClick(panel.buttons["events"], LEFT)
    assert panel.camera.km_per_px > before
    assert all(panel.rect().contains(panel.camera.transform().map(QPointF(m.x_km, m.y_km)).toPoint()) for m in panel.events)
    qtbot.mouseClick(panel.buttons["network"], LEFT)
    assert panel.camera.km_per_px == pytest.approx(before)


def test_words_for_a_station_and_for_a_missing_one(panel, session):
    walking.go_to(session, 21)
    words = panel.words_at(on_screen(panel, tiny.STRONG))
    assert words.startswith("EEE  EEE station\nz +")
    assert "Night mean 50" in words
    code, day = tiny.SHORT
    walking.go_to(session, day)
    assert panel.words_at(on_screen(panel, code)).endswith("Anomaly not computed: too little data during the night")
    walking.go_to(session, tiny.SILENT_DAY)
    assert panel.words_at(on_screen(panel, "AAA")).endswith("Anomaly not computed: no readings in the night")


def test_epicentres_age_and_the_future_is_hidden_while_blind(panel, session):
    walking.go_to(session, tiny.EVENT_DAY + 3)
    assert [mark.age_days for mark in panel.events] == [3, -5]
    assert [mark.cls for mark in panel.events] == [1, 4]
    panel.show_events()
    later = panel.camera.transform().map(QPointF(panel.events[1].x_km, panel.events[1].y_km))
    assert "M 3.4" in panel.words_at(later)
    open_map = panel.grab().toImage()
    session.set_display(blind=True)
    assert panel.words_at(later) == ""
    assert panel.grab().toImage() != open_map


def test_an_event_says_time_and_zone(panel, session):
    walking.go_to(session, tiny.EVENT_DAY)
    panel.show_events()
    at = panel.camera.transform().map(QPointF(panel.events[0].x_km, panel.events[0].y_km))
    assert panel.words_at(at) == "M 4.6  north of here\n2022-02-26 12:00:00 UTC+08:00\nDepth 12 km"


def test_a_missing_station_is_hollow(panel, session):
    code, day = tiny.SHORT
    walking.go_to(session, day)
    there = on_screen(panel, code).toPoint() + QPoint(1, 1)  # beside the meridian that runs through it
    assert QColor(panel.grab().toImage().pixel(there)).rgb() == theme.LIGHT.land.rgb()
    walking.go_to(session, day + 1)
    assert QColor(panel.grab().toImage().pixel(there)).rgb() != theme.LIGHT.land.rgb()


def test_larger_events_are_wider_and_bars_are_round():
    assert event_radius(5.0) / event_radius(4.0) == pytest.approx(1.6)
    assert [scale_bar_km(k, longest_px=100.0) for k in (0.5, 0.19, 3.0)] == [50.0, 10.0, 200.0]


def test_another_language_is_seen_in_the_legend_alone(panel, session, qtbot):
    walking.go_to(session, 21)
    panel.stations = tuple(replace(mark, z=np.nan) for mark in panel.stations)

    def picture() -> QImage:
        return panel.grab().toImage()

    before = picture()
    i18n.set_language("zh")
    qtbot.waitUntil(lambda: panel.accessibleName() == "台站分布图")
    after, legend = picture(), round(station_layers.legend_height(QFontMetricsF(panel.font())))
    above = QRect(0, 0, before.width(), before.height() - legend)
    assert after != before
    assert after.copy(above) == before.copy(above)
    i18n.set_language("en")
    qtbot.waitUntil(lambda: panel.accessibleName() != "台站分布图")
    assert picture() == before


def test_it_stands_without_a_project_and_in_chinese(empty_session, qtbot):
    panel = StationMapPanel(empty_session)
    qtbot.addWidget(panel)
    panel.resize(300, 200)
    panel.grab()
    i18n.set_language("zh")
    qtbot.waitUntil(lambda: panel.accessibleName() == "台站分布图")
    assert np.isfinite(panel.sizeHint().width())


def test_a_code_stays_clear_of_its_neighbour_and_of_the_square_of_the_map(panel, session, monkeypatch):
    frame, drawn = session.season.gridder.basis.frame, {}
    monkeypatch.setattr(station_layers, "_draw_haloed", lambda _painter, at, text, *_colours: drawn.update({text: at}))
    camera = Camera.fitting(frame.x_km, frame.y_km, 1.1 * frame.half_width_km, QSizeF(400.0, 400.0))
    per_px, near_edge = camera.km_per_px, frame.x_km + frame.half_width_km
    image = QImage(400, 400, QImage.Format.Format_ARGB32)
    with QPainter(image) as painter:
        wide = painter.fontMetrics().horizontalAdvance("AAA")
        marks = (
            StationMark("AAA", frame.x_km, frame.y_km, 0.0, False),
            # its symbol begins half a pixel beside the code of the first
            StationMark("BBB", frame.x_km + (wide + 2 * station_layers.STATION_RADIUS + 3.5) * per_px, frame.y_km, 0.0, False),
            StationMark("CCC", near_edge - 20.0 * per_px, frame.y_km - 60.0 * per_px, 0.0, False),
        )
        station_layers.paint_codes(painter, camera, marks, frame, theme.LIGHT)
    to_screen = camera.transform()
    for mark in marks:
        drawn_left = drawn[mark.code].x() < to_screen.map(QPointF(mark.x_km, mark.y_km)).x()
        assert drawn_left == (mark.code != "BBB"), mark.code
