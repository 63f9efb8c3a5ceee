"""The series: gaps stay gaps, times stand in the project's zone, and readings are fetched only when the view rests."""

import random
import threading

import numpy as np
import pytest
import tiny_season as tiny
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QWheelEvent
from PySide6.QtWidgets import QApplication, QGraphicsScene

from quakegui.app import walking
from quakegui.app.change import Change
from quakegui.project import seasons
from quakegui.project.store import ProjectError
from quakegui.ui import i18n, theme
from quakegui.ui.panels.series_panel import MOST_STATIONS, SeriesPanel
from quakegui.ui.plots.cached_graphics import CachedGraphics
from quakegui.ui.plots.local_time_axis import DAY, HOUR, LocalTimeAxis, PlainAxis

SILENT_NOON = (tiny.FIRST + tiny.SILENT_DAY).astype("datetime64[s]").astype(float) + 4 * HOUR


@pytest.fixture
def panel(session, qtbot):
    session.pick([tiny.STRONG])
    shown = SeriesPanel(session)
    qtbot.addWidget(shown)
    shown.resize(600, 480)
    shown.show()
    qtbot.waitExposed(shown)
    qtbot.waitUntil(lambda: curve(shown, "raw")[0] is not None and not shown.readings.loader.busy)
    return shown


def curve(panel, row, code=tiny.STRONG):
    return panel.curves.of(row, panel.shown.index(code)).getOriginalDataset()


def test_anomalies_are_the_season_s_with_their_gaps(panel, session):
    x, y = curve(panel, "anomaly")
    z = session.season.anomaly.z[:, session.season.network.index(tiny.STRONG)]
    np.testing.assert_array_equal(y, z)
    silent = session.season.shown.start + tiny.SILENT_DAY
    assert np.isnan(y[silent])
    assert x[silent] == (tiny.FIRST + tiny.SILENT_DAY).astype("datetime64[s]").astype(float) + (1.5 - 8.0) * HOUR
    assert panel.curves.of("anomaly", 0).opts["connect"] == "finite"


def test_the_unit_is_the_session_s(panel, session):
    session.set_display(unit="nT")
    np.testing.assert_array_equal(
        curve(panel, "anomaly")[1], session.season.anomaly.anomaly_nt[:, session.season.network.index(tiny.STRONG)]
    )
    assert not panel.thresholds[0].isVisible()
    session.set_display(unit="z")
    assert panel.thresholds[0].value() == session.season.config.anomaly.threshold_z
    assert panel.thresholds[0].isVisible()


def test_readings_are_fetched_when_the_view_rests_and_a_gap_is_a_gap(panel, session, qtbot):
    walking.go_to(session, tiny.SILENT_DAY)
    panel.show_days_around()
    qtbot.waitUntil(lambda: curve(panel, "raw")[0] is not None and curve(panel, "raw")[0][-1] > SILENT_NOON)
    x, y = curve(panel, "raw")
    assert np.isfinite(y).sum() > 300
    during = (x > SILENT_NOON - 11 * HOUR) & (x < SILENT_NOON + 11 * HOUR)
    assert not np.isfinite(y[during]).any()
    assert np.isnan(y[(x > SILENT_NOON - DAY) & (x < SILENT_NOON + DAY)]).any()


def test_the_latest_wish_wins_and_a_failure_is_said(panel, session, qtbot, monkeypatch):
    asked, began, go_on = [], threading.Event(), threading.Event()

    def slow(project, code, since, until, *, most):
        asked.append(code)
        began.set()
        assert go_on.wait(10.0)
        if code == "DDD":
            raise ProjectError("The drive is gone.")
        return np.array([since]), np.array([1.0])

    monkeypatch.setattr(seasons, "series", slow)
    session.pick(["AAA", "BBB"])
    qtbot.waitUntil(began.is_set)
    session.pick(["CCC"])
    qtbot.waitUntil(lambda: panel.readings.wish is not None and panel.readings.wish.codes == ("CCC",))
    go_on.set()
    qtbot.waitUntil(lambda: curve(panel, "raw", "CCC")[0] is not None)
    assert asked == ["AAA", "CCC"]
    with qtbot.waitSignal(session.message) as said:
        session.pick(["DDD"])
    assert said.args == ["The drive is gone.", "warning"]


def rendered_at_a_step(panel, session, monkeypatch, index):
    """Go to a day, and return how often the plots were rendered until nothing more is to be painted."""
    settle(panel)
    rendered, plain = [], panel.graphics.render
    monkeypatch.setattr(panel.graphics, "render", lambda *given: (rendered.append(True), plain(*given)))
    walking.go_to(session, index)
    settle(panel)
    monkeypatch.undo()
    return len(rendered)


def settle(panel):
    """Have all that waits be painted."""
    for _ in range(5):
        panel.graphics.grab()
        QApplication.processEvents()


def test_a_walk_finds_the_next_readings_ready_and_renders_the_plots_once_a_page(panel, session, qtbot, monkeypatch):
    walking.go_to(session, 2)
    start = panel.day_start()
    panel.plots["raw"].setXRange(start, start + 10 * DAY, padding=0)
    qtbot.waitUntil(lambda: start + 19 * DAY < reading_until(panel) < start + 21 * DAY)  # beyond the view, and no further
    drawn = curve(panel, "raw")[0]
    assert rendered_at_a_step(panel, session, monkeypatch, 12) == 0  # still in view: the marker moves
    assert rendered_at_a_step(panel, session, monkeypatch, 13) == 1
    low, high = panel.plots["raw"].getViewBox().viewRange()[0]
    assert low > start + 9 * DAY
    np.testing.assert_array_equal(curve(panel, "raw")[0], drawn)  # nothing was read for this
    assert drawn[-1] > high - HOUR
    qtbot.waitUntil(lambda: bool(panel.readings.waiting))  # the next ones are read when the view has rested,
    assert rendered_at_a_step(panel, session, monkeypatch, 14) == 0  # and kept until it moves beyond those drawn
    walking.go_to(session, 23)
    assert not panel.readings.waiting
    assert reading_until(panel) > panel.plots["raw"].getViewBox().viewRange()[0][1] - HOUR


def reading_until(panel):
    """Return the last instant that is drawn."""
    return curve(panel, "raw")[0][-1]


def test_a_closer_look_is_drawn_as_soon_as_it_is_read(panel, session, qtbot, monkeypatch):
    asked, plain = [], seasons.series
    monkeypatch.setattr(seasons, "series", lambda *given, most: (asked.append(most), plain(*given, most=most))[1])
    before = curve(panel, "raw")[0]
    middle = panel.day_start()
    panel.plots["raw"].setXRange(middle - DAY, middle + DAY, padding=0)
    qtbot.waitUntil(lambda: curve(panel, "raw")[0].size != before.size)
    assert asked == [2 * 2 * panel.graphics.width()]  # two points a pixel, and as much again ahead
    assert curve(panel, "raw")[0][0] >= middle - DAY


@pytest.mark.parametrize("width", [1, 600])
def test_whatever_is_done_in_a_hurry_the_readings_in_view_are_shown_in_the_end(session, qtbot, width):
    """Stations picked, views set, seasons lost and found again, while readings are on their way."""
    panel, drawn = SeriesPanel(session), random.Random(width)
    qtbot.addWidget(panel)
    panel.resize(width, 480)
    panel.show()
    qtbot.waitExposed(panel)
    season, codes = session.season, session.season.network.codes
    first = season.anomaly.days[0].astype(np.int64) * DAY

    def look():
        start = first + drawn.uniform(-300.0, 400.0) * DAY  # also where there is no season
        panel.plots["raw"].setXRange(start, start + 10.0 ** drawn.uniform(-3.0, 9.0), padding=0)

    def lose_season():
        for found in (None, season):
            session.season = found
            session.changed.emit(Change.ALL & ~Change.PROJECT)
            panel.grab()

    acts = (
        look, lose_season, panel.readings.fetch, panel.grab, QApplication.processEvents,
        lambda: session.pick(drawn.sample(codes, drawn.randrange(len(codes) + 1))),
        lambda: walking.go_to(session, drawn.randrange(session.days.size)),
        lambda: session.set_display(unit=drawn.choice(["nT", "z"])),
    )  # fmt: skip
    for _ in range(60):
        drawn.choice(acts)()
    session.pick(codes[:3])
    panel.show_days_around()
    panel.readings.fetch()
    wish = panel.readings.wish
    qtbot.waitUntil(lambda: len(panel.readings.drawn) == 3)
    for code in codes[:3]:
        time, _ = seasons.series(session.project, code, wish.since, wish.until, most=wish.most)
        np.testing.assert_array_equal(curve(panel, "raw", code)[0], time.astype(np.int64) / 1000.0)


def test_plots_are_painted_without_an_index_of_their_parts_as_with_one(panel, session):
    for index in (2, 30, 12):
        walking.go_to(session, index)
        settle(panel)
        shown = []
        for method in (QGraphicsScene.ItemIndexMethod.NoIndex, QGraphicsScene.ItemIndexMethod.BspTreeIndex):
            panel.graphics.scene().setItemIndexMethod(method)
            panel.graphics.draw_anew()
            shown.append(panel.graphics.grab().toImage())
        assert shown[0] == shown[1]


def turn_wheel(panel, notches):
    """Turn the wheel over the plots by so many notches, forward where positive."""
    view, at = panel.graphics.viewport(), QPointF(300.0, 100.0)
    turned, none = QPoint(0, 120 if notches > 0 else -120), QPoint(0, 0)
    for _ in range(abs(notches)):
        buttons, modifiers, phase = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
        QApplication.sendEvent(view, QWheelEvent(at, view.mapToGlobal(at), none, turned, buttons, modifiers, phase, False))
    panel.grab()  # what cannot be painted ends the process
    panel.graphics.scene().sigMouseMoved.emit(at)


def test_the_wheel_leads_neither_to_years_that_have_no_date_nor_between_readings(panel, session, qtbot):
    days = session.season.anomaly.days
    first, last = (float(day.astype(np.int64)) * DAY for day in days[[0, -1]])
    turn_wheel(panel, -200)
    low, high = panel.plots["raw"].getViewBox().viewRange()[0]
    assert (first - low, high - last) == pytest.approx((last - first, last - first), abs=DAY)
    panel.readings.fetch()
    qtbot.waitUntil(lambda: np.ptp(curve(panel, "raw")[0]) > days.size * DAY - DAY)
    turn_wheel(panel, 300)
    low, high = panel.plots["raw"].getViewBox().viewRange()[0]
    assert high - low == pytest.approx(10.0, abs=0.1)
    panel.readings.fetch()
    qtbot.waitUntil(lambda: not panel.readings.loader.busy)
    panel.grab()


def test_no_painting_begins_within_another(panel, qtbot, monkeypatch):
    """A scene that is asked what has changed has its window painted at once, also while a picture is taken of it."""
    inside, deepest, painted = [], [], CachedGraphics.paintEvent

    def paint(graphics, event):
        inside.append(None)
        deepest.append(len(inside))
        painted(graphics, event)
        inside.pop()

    panel.readings.stop()
    qtbot.waitUntil(lambda: not panel.graphics.stale)  # what was drawn at first is painted
    monkeypatch.setattr(CachedGraphics, "paintEvent", paint)
    axis, scene = panel.plots["raw"].getAxis("left"), panel.graphics.scene()
    scene.update()
    QCoreApplication.sendPostedEvents(scene, QEvent.Type.MetaCall)
    assert panel.graphics.stale
    axis.update()
    panel.grab()
    qtbot.waitUntil(lambda: len(deepest) == 2)  # the window's own painting has its turn
    assert deepest == [1, 1]


def test_without_a_season_the_wheel_moves_nothing(empty_session, qtbot):
    panel = SeriesPanel(empty_session)
    qtbot.addWidget(panel)
    panel.resize(600, 480)
    before = panel.plots["raw"].getViewBox().viewRange()[0]
    turn_wheel(panel, -200)
    assert panel.plots["raw"].getViewBox().viewRange()[0] == before


def test_nothing_is_read_once_a_project_is_being_closed(panel, session, qtbot, monkeypatch):
    """A reading begun after the project let go of its database would open it again, and keep it open."""
    asked, began, go_on = [], threading.Event(), threading.Event()
    plain, closed, project = seasons.series, type(session.project).close, session.project

    def slow(*given, most):
        asked.append(given[1])
        began.set()
        while panel.readings.loader.wish is not None and not go_on.wait(0.001):  # until the reading is given up
            pass
        return plain(*given, most=most)

    def close(it):
        closed(it)
        go_on.set()
        for thread in threading.enumerate():
            if thread.name == "readings in view":
                thread.join()

    monkeypatch.setattr(seasons, "series", slow)
    session.pick(["AAA", "BBB", "CCC"])
    qtbot.waitUntil(began.is_set)
    monkeypatch.setattr(type(project), "close", close)
    session.close()
    assert asked == ["AAA"]
    assert project._engine.pool.checkedin() == 0


def visible_curves(panel):
    return {row: sum(item.isVisible() for item in plot.listDataItems()) for row, plot in panel.plots.items()}


def test_several_stations_are_shown_about_their_medians(panel, session, qtbot):
    assert np.nanmedian(curve(panel, "night")[1]) > 50_000.0
    session.pick(["AAA", "BBB"])
    assert visible_curves(panel) == {"raw": 0, "night": 2, "anomaly": 2}
    qtbot.waitUntil(lambda: visible_curves(panel)["raw"] == 2)
    for code in ("AAA", "BBB"):
        assert np.nanmedian(curve(panel, "night", code)[1]) == pytest.approx(0.0, abs=1e-9)
    assert "AAA" in panel.legend.text()
    assert panel.titles()["night"] == "Night means minus their median, nT"


def test_no_more_stations_than_colours(panel, session):
    session.pick(session.season.network.codes)
    assert len(panel.shown) == MOST_STATIONS
    assert "and 3 more" in panel.legend.text()
    session.pick([])
    assert panel.legend.text() == "Select stations on the map or here."
    assert not panel.graphics.isVisible()
    session.pick(["AAA"])
    assert panel.graphics.isVisible()


def test_curves_are_made_once_and_take_the_colours_of_the_theme(panel, session, qtbot):
    session.pick(["AAA", "BBB"])
    qtbot.waitUntil(lambda: visible_curves(panel)["raw"] == 2)
    made = {row: plot.listDataItems() for row, plot in panel.plots.items()}
    session.pick(["CCC"])
    session.set_display(unit="nT")
    assert curve(panel, "raw", "CCC") == (None, None), "another station's readings are not shown as this one's"
    theme.apply("dark")
    qtbot.waitUntil(lambda: curve(panel, "raw", "CCC")[0] is not None)
    assert visible_curves(panel) == {"raw": 1, "night": 1, "anomaly": 1}
    assert {row: plot.listDataItems() for row, plot in panel.plots.items()} == made
    for items in made.values():
        assert [item.opts["pen"].color() for item in items] == list(theme.colours().series[:2])
    assert [item.opts["symbolBrush"] for item in made["night"]] == list(theme.colours().series[:2])


def test_what_the_series_do_not_show_draws_them_not_anew(panel, session, qtbot, monkeypatch):
    drawn = []
    monkeypatch.setattr(panel.curves, "show", lambda row, *_: drawn.append(row))
    session.set_display(outlines=not session.display.outlines)
    session.set_display(blind=not session.display.blind)
    assert drawn == []
    assert not panel.readings.timer.isActive(), "the readings in view are not fetched again"
    session.set_display(unit="nT")
    assert set(drawn) == {"night", "anomaly"}


def test_the_menu_picks_by_keyboard(panel, session):
    panel.chooser.menu().aboutToShow.emit()
    actions = panel.chooser.menu().actions()
    assert [action.isChecked() for action in actions] == [code == tiny.STRONG for code in session.season.network.codes]
    actions[0].trigger()
    assert session.selected_codes == (tiny.STRONG, "AAA")
    panel.chooser.menu().aboutToShow.emit()
    panel.chooser.menu().actions()[4].trigger()
    assert session.selected_codes == ("AAA",)


def test_the_marker_moves_without_painting_the_plots_anew(panel, session, qtbot, monkeypatch):
    panel.grab()
    qtbot.waitUntil(lambda: not panel.graphics.stale)
    before, painted = panel.graphics.grab().toImage(), []
    monkeypatch.setattr(panel.graphics, "render", lambda *_: painted.append(True))
    walking.go_to(session, 3)
    assert panel.graphics.grab().toImage() != before
    assert not painted
    night = session.season.available_at[session.season.shown.start + 3].astype("datetime64[s]").astype(float)
    assert panel.night == (night - 3 * HOUR, night)


def test_the_zone_is_said(panel):
    assert panel.readout.text() == "Asia/Shanghai, UTC+08:00; days begin at 00:00; night 00:00–03:00"


def test_hover_says_value_or_reason(panel, session, qtbot):
    def point_at(day):
        box = panel.plots["anomaly"].getViewBox()
        seconds = (tiny.FIRST + day).astype("datetime64[s]").astype(float) + 4 * HOUR
        panel.graphics.scene().sigMouseMoved.emit(box.mapViewToScene(QPointF(seconds, 0.0)))

    panel.plots["raw"].setXRange(SILENT_NOON - 20 * DAY, SILENT_NOON + 2 * DAY, padding=0)
    point_at(21)
    assert panel.readout.text().startswith("2022-02-22 12:0")
    assert "EEE z +" in panel.readout.text()
    point_at(tiny.SILENT_DAY)
    assert panel.readout.text().endswith("EEE no readings in the night")


def test_a_click_goes_to_the_day(panel, session, qtbot):
    box = panel.plots["night"].getViewBox()
    seconds = (tiny.FIRST + 8).astype("datetime64[s]").astype(float) + 4 * HOUR
    at = panel.graphics.mapFromScene(box.mapViewToScene(QPointF(seconds, box.viewRect().center().y())))
    qtbot.mouseClick(panel.graphics.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at))
    qtbot.waitUntil(lambda: session.index == 8)


def test_local_ticks():
    axis = LocalTimeAxis()
    axis.set_zone("Asia/Shanghai")
    (step, values), *_ = axis.tickValues(SILENT_NOON, SILENT_NOON + 10 * DAY, 500.0)
    assert step == DAY
    assert {(value + 8 * HOUR) % DAY for value in values} == {0.0}
    assert axis.tickStrings(values[:2], 1.0, step) == ["03-04", "03-05"]
    (step, values), *_ = axis.tickValues(SILENT_NOON, SILENT_NOON + DAY, 500.0)
    assert axis.tickStrings(values[:3], 1.0, step) == ["12:00", "15:00", "18:00"]
    (step, values), *_ = axis.tickValues(SILENT_NOON, SILENT_NOON + 3000 * DAY, 500.0)
    assert len(axis.tickStrings(values, 1.0, step)[0]) == 10
    # pyqtgraph#1345: on both sides of a change of the clocks a tick stands at its own local time
    axis.set_zone("America/New_York")
    midnight = float(np.datetime64("2022-03-12T05:00", "s").astype(np.int64))  # the clocks went forward a day later
    (step, values), *_ = axis.tickValues(midnight, midnight + 3 * DAY - HOUR, 200.0)
    assert axis.tickStrings(values, 1.0, step) == ["03-12", "03-13", "03-14", "03-15"]
    assert [(value - midnight) / HOUR for value in values] == [0.0, 24.0, 47.0, 71.0]
    (step, values), *_ = axis.tickValues(midnight + DAY, midnight + DAY + 4 * HOUR, 260.0)
    assert axis.tickStrings(values, 1.0, step) == ["03-13", "01:00", "03:00", "04:00", "05:00"]
    del axis


def test_without_a_project_and_in_chinese(empty_session, qtbot):
    panel = SeriesPanel(empty_session)
    qtbot.addWidget(panel)
    panel.grab()
    i18n.set_language("zh")
    qtbot.waitUntil(lambda: panel.chooser.text() == "台站")
    assert panel.shown == ()


@pytest.mark.parametrize("size", [18, 40, 75, 300])
def test_names_on_an_upright_axis_lie_apart(qapp, size):
    axis = PlainAxis("left")
    line = QFontMetricsF(axis.font()).height()
    for high in np.geomspace(1e-4, 1e6, 37):
        (spacing, _begins), *_finer = axis.tickSpacing(-high / 3, high, size)
        between = spacing * size / (high * 4 / 3)
        assert between >= 0.8 * line
        assert between <= max(3 * line, size / 2), "and not needlessly far"
