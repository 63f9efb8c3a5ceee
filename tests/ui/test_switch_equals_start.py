"""A window that was switched to a theme or a language while it was open shows what one shows that was started in it."""

from __future__ import annotations

import dataclasses
from itertools import combinations, pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSizeF
from PySide6.QtGui import QCursor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QComboBox, QStyle, QStyleFactory, QTabBar, QTableWidget, QWidget

from quakegui.ui import theme
from quakegui.ui.dock_plan import WORKSPACES
from quakegui.ui.panels.series_panel import SeriesPanel
from quakegui.ui.panels.timeline_panel import timeline_data
from quakegui.ui.plots import timeline_rows
from quakegui.ui.plots.map_camera import Camera
from quakegui.ui.plots.station_layers import paint_ground
from quakegui.ui.plots.time_axis import DayAxis

PAINTED = ("timeline", "stations", "map alone", "tool bar")
"""What is painted pixel for pixel alike, wherever the docks around it have been before."""

WORDLESS = ("stations", "map alone")
"""What may have no word of a language in it."""

NO_PROGRESS = "0%"
"""A bar that has been shown says so."""


def settled(qtbot, session) -> None:
    """Let everything be worded, placed and painted."""
    for _ in range(3):
        QApplication.processEvents()
    qtbot.waitUntil(lambda: not session.jobs.busy)
    QApplication.processEvents()


def words_of(widget: QWidget) -> list[str]:
    """Return every text that is seen in a widget, with its tooltips and the names for screen readers."""
    texts = []
    for one in (one for one in widget.findChildren(QWidget) if one.isVisible()):
        texts += [one.toolTip(), one.statusTip(), one.accessibleName(), one.accessibleDescription()]
        if callable(text := getattr(one, "text", None)):
            texts.append(str(text()))
        if isinstance(one, QComboBox):
            texts += [one.itemText(row) for row in range(one.count())]
        if isinstance(one, QTabBar):
            texts += [one.tabText(row) for row in range(one.count())]
        if isinstance(one, QTableWidget):
            heads = (one.horizontalHeaderItem(column) for column in range(one.columnCount()))
            texts += [head.text() for head in heads if head is not None]
    return texts


def seen(window, qtbot) -> dict[tuple[str, str], tuple[list[str], QImage | None]]:
    """Return the texts of what is shown in each workspace, and of some parts the pixels."""
    found = {}
    for workspace in WORKSPACES:
        window.layouts.use(workspace.id)
        settled(qtbot, window.session)
        parts = {name: dock.widget() for name, dock in window.docks.items() if dock.isVisible()}
        parts |= {
            "day map": window.day_map_panel,
            "map alone": window.day_map_panel.view,
            "tool bar": window.menus.toolbar,
            "status line": window.statusBar(),
        }
        for name, part in parts.items():
            found[workspace.id, name] = words_of(part), part.grab().toImage() if name in PAINTED else None
    window.layouts.use(WORKSPACES[0].id)
    return found


@pytest.mark.parametrize("choice", [{"theme": "dark"}, {"language": "zh"}, {"theme": "dark", "language": "zh"}])
def test_a_switched_window_shows_what_one_shows_that_was_started_so(session, open_window, qtbot, choice):
    usual = {name: getattr(session.settings, name) for name in choice}
    QCursor.setPos(QApplication.primaryScreen().geometry().bottomRight())  # away from buttons, which would be lit
    open_window(session).hide()  # other tests have had this one before
    switched = open_window(session)
    before = seen(switched, qtbot)
    session.set_settings(**choice)
    settled(qtbot, session)
    after = seen(switched, qtbot)
    switched.hide()
    started = seen(open_window(session), qtbot)
    assert set(after) == set(started) == set(before)
    for part, (words, picture) in started.items():
        said, former = set(after[part][0]), set(before[part][0])
        assert set(words) <= said | {""}, part
        assert (said & former) - set(words) <= {NO_PROGRESS}, "what a new window does not say is not left from before"
        assert after[part][1] == picture, part
        unchanged = part[1] in WORDLESS and "theme" not in choice
        assert picture is None or unchanged or picture != before[part][1], "it has been switched at all"
    session.set_settings(**usual)


def test_series_in_other_colours_and_text_sizes_are_those_made_in_them(session, qtbot):
    session.pick(session.season.network.codes[:2])

    def picture(*looks: str | float) -> QImage:
        apply(looks[0])
        panel = SeriesPanel(session)
        qtbot.addWidget(panel)
        panel.resize(600, 420)
        panel.show()
        qtbot.waitUntil(lambda: all(panel.curves.of("raw", place).getOriginalDataset()[0] is not None for place in range(2)))
        for look in looks:
            apply(look)
            QApplication.processEvents()
            pictures = [panel.graphics.grab().toImage()]
            while len(pictures) < 3 or pictures[-1] != pictures[-2]:  # pyqtgraph fits its plots while they are painted
                QApplication.processEvents()
                pictures.append(panel.graphics.grab().toImage())
        shown = pictures[-1]
        panel.close()
        return shown

    def apply(look: str | float) -> None:
        theme.apply(look) if isinstance(look, str) else theme.apply("light", text_scale=look)

    dark, light, large = picture("dark"), picture("light"), picture(1.5)
    assert picture("light", "dark") == dark != light
    assert picture("light", 1.5) == large != light
    assert picture("dark", "light") == light
    assert picture("light", "dark", "light", "dark") == dark


def test_the_graticule_in_other_colours_and_views_is_the_one_of_a_first_look(session):
    frame = session.season.network.frame()
    usual = Camera.fitting(frame.x_km, frame.y_km, frame.half_width_km, QSizeF(420, 420))
    views = (usual, usual.moved(QPointF(31.0, -17.0)), dataclasses.replace(usual, size=QSizeF(420, 300)))

    def picture(camera: Camera, colours: theme.ThemeColours) -> QImage:
        image = QImage(420, 420, QImage.Format.Format_RGB32)
        image.fill(colours.background)
        with QPainter(image) as painter:
            paint_ground(painter, camera, frame, colours)
        return image

    looks = [(view, colours) for colours in (theme.DARK, theme.LIGHT) for view in views]
    first = [picture(*look) for look in looks]
    assert all(one != other for one, other in combinations(first, 2))
    assert [picture(*look) for look in reversed(looks)] == first[::-1]


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("span", [(0.0, 40.0), (3.3, 9.1)])
def test_a_line_drawn_in_strips_is_the_line_drawn_at_once(session, monkeypatch, ratio, span):
    data = timeline_data(session)
    here = np.arange(data.days.size)
    data = dataclasses.replace(data, peak_z=np.where(here % 17 == 4, np.nan, 3.0 * np.sin(1.7 * here)))
    axis = DayAxis(data.days.size, *span, 60.4, 899.2)

    def picture(strip: int) -> QImage:
        monkeypatch.setattr(timeline_rows, "STRIP", strip)
        image = QImage(round(1000 * ratio), round(200 * ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(theme.colours().background)
        with QPainter(image) as painter:
            timeline_rows.paint_rows(painter, axis, 200.0, data, theme.colours())
        return image

    pictures = [picture(strip) for strip in (100_000, timeline_rows.STRIP, 30)]
    assert all(one == other for one, other in pairwise(pictures))


def test_icons_that_the_style_keeps_are_those_of_the_plain_style(qapp):
    theme.apply("light")
    plain, kept = QStyleFactory.create("Fusion"), qapp.style()
    for which in (QStyle.StandardPixmap.SP_TitleBarCloseButton, QStyle.StandardPixmap.SP_TitleBarNormalButton):
        for _again in range(2):
            ours, theirs = (style.standardIcon(which) for style in (kept, plain))
            assert ours.availableSizes() == theirs.availableSizes()
            assert not ours.isNull()
            assert ours.pixmap(16).toImage() == theirs.pixmap(16).toImage()
