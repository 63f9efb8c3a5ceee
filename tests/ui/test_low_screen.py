"""A screen of 1280x720 pixels at 150 % and at 200 %: the day map keeps its room, and nothing lies over anything else."""

from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QApplication, QScrollArea, QTabBar, QToolButton, QWidget

from quakegui.app import walking
from quakegui.ui.dock_plan import DOCKS
from quakegui.ui.main_window import MainWindow, fit_of

SCREENS = (QSize(853, 480), QSize(640, 360))
LEAST_HEIGHT = 0.42
"""Of the window's height, for the day map with its head and foot."""
LEAST_AREA = 0.17
"""Of the window's area, for the same."""


@pytest.fixture(params=SCREENS, ids=lambda size: f"{size.width()}x{size.height()}")
def window(request, session, qtbot):
    shown = MainWindow(session, fit=fit_of(request.param))
    qtbot.addWidget(shown)
    shown.resize(request.param)
    with qtbot.waitExposed(shown):
        shown.show()
    while not shown.day_map_panel.notice_bar.isHidden():
        shown.day_map_panel.notice_bar.dismiss.click()  # what is the matter with this project is read, and put away
    settle(shown, session, "en")
    return shown


def settle(window, session, language):
    """Let the window follow a language, and every layout what was asked of it."""
    session.set_settings(language=language)
    for _ in range(10):
        QApplication.processEvents()


def place(widget: QWidget, window: MainWindow) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def parts(window: MainWindow) -> dict[str, QRect]:
    """Return where everything lies that may lie over nothing else."""
    shown = {dock.objectName(): dock for dock in window.docks.values() if not dock.visibleRegion().isEmpty()}
    shown |= {"middle": window.centralWidget(), "tools": window.menus.toolbar, "status": window.statusBar()}
    # Qt keeps the tab bars that it no longer uses, off the window's corner
    bars = [
        bar for bar in window.findChildren(QTabBar) if bar.parent() is window and window.rect().intersects(place(bar, window))
    ]
    shown |= {f"tabs of {bar.tabText(0)}": bar for bar in bars}
    return {name: place(widget, window) for name, widget in shown.items()} | {"menus": place(window.menuBar(), window)}


def overlaps(boxes: dict[str, QRect]) -> list[tuple[str, str]]:
    return [(one, other) for one, other in combinations(boxes, 2) if boxes[one].intersects(boxes[other])]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_day_map_keeps_its_room_and_nothing_overlaps(window, session, language):
    asked = window.size()
    settle(window, session, language)
    window.layouts.reset()
    settle(window, session, language)
    assert window.size() == asked
    view = window.day_map_panel.view
    assert view.height() >= LEAST_HEIGHT * window.height()
    assert view.width() * view.height() >= LEAST_AREA * window.width() * window.height()
    boxes = parts(window)
    assert {"stations", "day", "timeline"} <= set(boxes)
    assert overlaps(boxes) == [], boxes
    whole = window.rect()
    assert [name for name, box in boxes.items() if not whole.contains(box)] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_panel_has_its_room_when_it_is_raised(window, session, language):
    settle(window, session, language)
    for spec in DOCKS:
        window.layouts.show(spec.id)
        settle(window, session, language)
        boxes = parts(window)
        assert spec.id in boxes
        assert overlaps(boxes) == [], spec.id
        assert not [name for name, box in boxes.items() if not window.rect().contains(box)], spec.id
        panel = window.docks[spec.id].widget()
        assert panel.width() >= panel.minimumSizeHint().width()
        for area in panel.findChildren(QScrollArea):
            assert area.widget().width() >= area.widget().minimumSizeHint().width(), spec.id


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_play_bar_keeps_in_a_menu_what_it_has_no_room_for(window, session, language):
    settle(window, session, language)
    bar = window.day_map_panel.play_bar
    for width in (bar.minimumSizeHint().width(), 320, 420, 560, 800):
        bar.setFixedWidth(width)
        settle(window, session, language)
        shown = {one.accessibleName() or one.text(): one.geometry() for one in bar.findChildren(QWidget) if one.isVisibleTo(bar)
                 and one.parent() is bar}  # fmt: skip
        assert overlaps(shown) == [], width
        assert all(bar.rect().contains(box) for box in shown.values()), width
        assert bar.more.isHidden() != bar.speed.isHidden()
        assert bar.speed.isHidden() == bar.only.isHidden() == bar.buttons["loop"].isHidden()
    assert bar.more.isHidden()


def test_the_play_bars_menu_does_what_the_controls_do(window, session):
    bar = window.day_map_panel.play_bar
    bar.menu.aboutToShow.emit()
    kinds, speeds = bar.parts[bar.only].actions(), bar.parts[bar.speed].actions()
    speeds[0].trigger()
    assert session.settings.days_per_second == 1.0
    kinds[1].trigger()
    assert session.only == "event"
    before = session.settings.loop
    bar.loops.trigger()
    assert session.settings.loop is not before
    bar.menu.aboutToShow.emit()
    assert [action.isChecked() for action in bar.parts[bar.speed].actions()].index(True) == 0
    assert [action.isChecked() for action in bar.parts[bar.only].actions()].index(True) == 1


def test_every_tool_has_its_place_at_the_side(window):
    tools = [
        window.menus.toolbar.widgetForAction(action) for action in window.menus.toolbar.actions() if not action.isSeparator()
    ]
    buttons = [tool for tool in tools if tool is not window.menus.range_count]  # which is there while days are chosen
    assert len(tools) == len(buttons) + 1
    assert all(isinstance(button, QToolButton) and button.isVisible() for button in buttons)
    assert all(window.menus.toolbar.rect().contains(button.geometry()) for button in buttons)


def test_how_many_days_are_chosen_is_to_be_read(window, session, qtbot):
    walking.select(session, (3, 25))
    qtbot.waitUntil(lambda: window.menus.range_count.seen or window.bench.day_panel.count.seen)


def test_a_small_screen_keeps_a_layout_of_its_own(window, session, qtbot):
    window.docks["day"].hide()
    window.layouts.remember()
    large = MainWindow(session)
    qtbot.addWidget(large)
    large.resize(1500, 900)
    with qtbot.waitExposed(large):
        large.show()
    settle(large, session, "en")
    assert large.docks["day"].isVisible()
    large.docks["regions"].hide()
    large.layouts.remember()
    again = MainWindow(session, fit=window.layouts.fit)
    qtbot.addWidget(again)
    again.resize(window.size())
    with qtbot.waitExposed(again):
        again.show()
    settle(again, session, "en")
    assert again.docks["day"].isHidden()
    assert not again.docks["regions"].isHidden()
