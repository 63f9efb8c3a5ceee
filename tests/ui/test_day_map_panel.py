"""The day map: the network's own pixels, what is said under the cursor, clicks, flashing and playing."""

import numpy as np
import pytest
import tiny_season as tiny
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from shown import shown

from quakegui.app import walking
from quakegui.app.change import Change
from quakegui.season.daymap import to_rgb
from quakegui.season.hull import why_no_map
from quakegui.ui import i18n, theme
from quakegui.ui.panels.day_map_panel import DayMapPanel
from quakegui.ui.plots.map_painting import paint_image
from quakegui.ui.plots.map_scene import NO_MAP, region_at, scene_of

QUIET_DAY, REGION_DAY = 5, 21


panel = shown(DayMapPanel, 700, 640)


def at_pixel(panel, row, column) -> QPoint:
    image = panel.view.layout_now().image
    scale = image.width() / panel.view.scene.map.field.shape[0]
    return QPointF(image.left() + (column + 0.5) * scale, image.top() + (row + 0.5) * scale).toPoint()


def test_the_picture_is_the_network_s_own_pixels(session, qapp):
    session.set_display(threshold=False, outlines=False, stations=False)
    walking.go_to(session, REGION_DAY)
    picture = QImage(480, 480, QImage.Format.Format_RGB32)
    for factor, box in ((1, QRectF(0, 0, 480, 480)), (2, QRectF(0, 0, 960, 960))):
        with QPainter(picture) as painter:
            paint_image(painter, box, session.day_map())
        seen = np.frombuffer(picture.constBits(), np.uint8).reshape(480, 480, 4)[:, :, 2::-1]
        whole = (
            to_rgb(session.day_map().index, session.day_map().style).repeat(factor, axis=0).repeat(factor, axis=1)[:480, :480]
        )
        np.testing.assert_array_equal(seen, whole)


def test_between_whole_sizes_the_picture_keeps_its_colours(panel, session):
    session.set_display(threshold=False, outlines=False, stations=False)
    walking.go_to(session, REGION_DAY)
    grabbed = panel.view.grab().toImage()
    flat = session.day_map().index
    colours = to_rgb(flat, session.day_map().style)
    shown = 0
    for row in range(20, 460, 20):
        for column in range(20, 460, 20):
            if (flat[row - 3 : row + 4, column - 3 : column + 4] == flat[row, column]).all():
                colour = QColor(grabbed.pixel(at_pixel(panel, row, column)))
                assert (colour.red(), colour.green(), colour.blue()) == tuple(colours[row, column])
                shown += 1
    assert shown > 200


def test_overlays_change_the_picture_and_can_be_switched_off(panel, session, qtbot):
    walking.go_to(session, REGION_DAY)
    everything = panel.view.grab().toImage()
    for overlay in ("threshold", "outlines", "stations"):
        session.set_display(**{overlay: False})
        assert panel.view.grab().toImage() != everything
        session.set_display(**{overlay: True})
    assert panel.view.grab().toImage() == everything


def test_the_cursor_reads_place_z_and_nt(panel, session, qtbot):
    walking.go_to(session, REGION_DAY)
    place = panel.view.scene.places[session.season.network.index(tiny.STRONG)]
    row, column = (int(v) for v in np.rint(place))
    qtbot.mouseMove(panel.view, at_pixel(panel, row, column))
    z = session.day_map().field[row, column]
    text = panel.readout.text()
    assert f"z +{z:.2f}" in text
    assert "nT" in text
    assert "28.10" in text
    assert "102.1" in text
    region = region_at(session.day_map(), session.season.config.extrema.threshold_z, row, column)
    assert f"region {region.id}" in text
    qtbot.mouseMove(panel.view, at_pixel(panel, 2, 2))
    assert "outside the stations' convex hull" in panel.readout.text()


def test_a_click_picks_a_station_and_control_adds_one(panel, session, qtbot):
    walking.go_to(session, QUIET_DAY)
    for code, modifier, picked in (
        ("AAA", Qt.KeyboardModifier.NoModifier, ("AAA",)),
        ("BBB", Qt.KeyboardModifier.ControlModifier, ("AAA", "BBB")),
        ("AAA", Qt.KeyboardModifier.ControlModifier, ("BBB",)),
    ):
        place = panel.view.scene.places[session.season.network.index(code)]
        qtbot.mouseClick(panel.view, Qt.MouseButton.LeftButton, modifier, at_pixel(panel, *place))
        assert session.selected_codes == picked


def test_a_click_on_a_region_lets_it_flash_and_ends(panel, session, qtbot):
    walking.go_to(session, REGION_DAY)
    region = session.features().regions[0]
    still = panel.view.grab().toImage()
    with qtbot.waitSignal(panel.region_picked) as caught:
        point = at_pixel(panel, region.peak_row + 25, region.peak_col + 12)
        qtbot.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=point)
    assert caught.args == [region.id]
    qtbot.waitUntil(lambda: panel.view.grab().toImage() != still, timeout=1000)
    qtbot.waitUntil(lambda: not panel.view.flashing, timeout=5000)
    assert panel.view.grab().toImage() == still


def test_a_day_without_a_map_says_why(panel, session):
    walking.go_to(session, tiny.SILENT_DAY)
    assert panel.view.scene.map.sentence == NO_MAP[0]
    assert not panel.view.scene.stations.present.any()
    panel.view.grab()


@pytest.mark.parametrize(("count", "number"), [(0, 0), (1, 1), (2, 2)])
def test_the_season_s_sentences_are_the_translated_ones(count, number):
    assert why_no_map(np.array([[0.0, 0.0], [50.0, 0.0]])[:count].reshape(-1, 2)) == NO_MAP[number]
    assert why_no_map(np.array([[0.0, 0.0], [50.0, 0.0], [100.0, 0.0]])) == NO_MAP[3]


def test_leave_one_out_error_is_the_gridder_s(session):
    walking.go_to(session, QUIET_DAY)
    scene = scene_of(session)
    errors = session.season.gridder.leave_one_out(session.season.z[QUIET_DAY])
    assert scene.error_z == pytest.approx(np.sqrt(np.nanmean(errors**2)))
    assert scene.worst == scene.stations.codes[int(np.nanargmax(np.abs(errors)))]


def test_the_unit_changes_the_scale_only(panel, session):
    walking.go_to(session, QUIET_DAY)
    before = panel.view.grab().toImage()
    session.set_display(unit="nT")
    after = panel.view.grab().toImage()
    image = panel.view.layout_now().image.toAlignedRect().adjusted(2, 2, -2, -2)
    assert before.copy(image) == after.copy(image)
    assert before != after


def test_buttons_and_slider_walk_through_the_days(panel, session, qtbot):
    bar = panel.play_bar
    for name, index in (("on", 1), ("on", 2), ("back", 1), ("last", 42), ("first", 0)):
        qtbot.mouseClick(bar.buttons[name], Qt.MouseButton.LeftButton)
        assert session.index == index
        assert bar.slider.value() == index
    bar.slider.setFocus()
    qtbot.keyClick(bar.slider, Qt.Key.Key_End)
    assert session.index == 42
    middle = QPoint(bar.slider.width() // 2, bar.slider.height() // 2)
    qtbot.mouseClick(bar.slider, Qt.MouseButton.LeftButton, pos=middle)
    assert abs(session.index - 21) <= 1


def test_playing_walks_loops_and_stops(panel, session, qtbot):
    session.set_settings(days_per_second=60.0, loop=True)
    walking.go_to(session, 40)
    seen = []
    session.changed.connect(lambda change: seen.append(session.index) if Change.DAY in change else None)
    qtbot.mouseClick(panel.play_bar.buttons["play"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(seen) >= 5, timeout=5000)
    qtbot.mouseClick(panel.play_bar.buttons["play"], Qt.MouseButton.LeftButton)
    assert seen[:5] == [41, 42, 0, 1, 2]
    assert not panel.play_bar.playing
    session.set_settings(loop=False)
    walking.go_to(session, 41)
    panel.toggle_play()
    qtbot.waitUntil(lambda: not panel.play_bar.playing, timeout=5000)
    assert session.index == 42


def test_without_a_project_the_panel_stands(empty_session, qtbot):
    panel = DayMapPanel(empty_session)
    qtbot.addWidget(panel)
    panel.resize(400, 300)
    panel.grab()
    assert not panel.play_bar.buttons["play"].isEnabled()


def test_theme_and_language_switch_at_run_time(panel, session, qtbot):
    light = panel.grab().toImage()
    theme.apply("dark")
    qtbot.waitUntil(lambda: panel.grab().toImage() != light)
    i18n.set_language("zh")
    qtbot.waitUntil(lambda: panel.play_bar.buttons["play"].accessibleName() == "播放")
    assert panel.readout.text() == "将光标移到图上，即可读取数值和坐标。"


def test_what_a_pretrained_model_is_given_stands_below_while_its_saliency_is_shown(panel, session):
    row = panel.input_maps
    assert not row.isVisible()
    heat = np.zeros((480, 480), np.float32)
    heat[:240] = 1.0
    session.heat[session.index] = heat
    fields = {nights: np.full((32, 32), nights / 2.0, np.float32) for nights in (1, 3, 7)}
    session.inputs[session.index] = fields
    session.set_display(explain=True)
    assert row.isVisible()
    assert row.captions() == ["z of the night", "Mean z of 3 nights", "Mean z of 7 nights"]
    for nights, field in fields.items():
        np.testing.assert_array_equal(row.maps[nights].field, field)
    grabbed, column = row.grab().toImage(), row.width() // 6
    lightness = [QColor(grabbed.pixel(column, row.height() * part // 10)).lightness() for part in (3, 9)]
    assert lightness[0] > 2 * lightness[1], "the lower half is veiled"
    session.set_display(blind=True)
    assert not row.isVisible()
    session.set_display(blind=False)
    walking.go_to(session, session.index + 1)
    assert not row.isVisible(), "this day was not asked for"
