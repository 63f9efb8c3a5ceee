"""A screen of 1280x720 pixels: the map has 480 of them in Days and more in Review, and nothing is cut that has its own tab."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QScrollArea

from quakegui.app import walking
from quakegui.ui.dock_plan import WORKSPACES
from quakegui.ui.main_window import MainWindow, fit_of
from quakegui.ui.quiet_labels import ElidedLabel

SCREEN = QSize(1280, 720)
CLIENT = QSize(1280, 697)
"""What a title bar of usual height leaves of it."""


@pytest.fixture
def window(session, qtbot):
    shown = MainWindow(session, fit=fit_of(SCREEN))
    qtbot.addWidget(shown)
    shown.resize(CLIENT)
    with qtbot.waitExposed(shown):
        shown.show()
    while not shown.day_map_panel.notice_bar.isHidden():
        shown.day_map_panel.notice_bar.dismiss.click()
    return shown


def show(window, workspace):
    window.layouts.use(workspace)
    for _ in range(10):
        QApplication.processEvents()


def map_side(window):
    return window.day_map_panel.view.layout_now().image.width()


def test_the_map_has_480_pixels_in_days_and_is_largest_in_review(window):
    show(window, "days")
    in_days = map_side(window)
    assert in_days >= 480.0
    sizes = {}
    for workspace in WORKSPACES:
        show(window, workspace.id)
        sizes[workspace.id] = map_side(window) if window.day_map_panel.view.isVisible() else 0.0
        assert window.size() == CLIENT
    assert max(sizes, key=sizes.get) == "review"
    assert sizes["review"] > sizes["days"] == in_days


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_day_card_of_a_review_is_not_cut(window, session, language):
    session.set_settings(language=language)
    walking.go_to(session, 25)
    show(window, "review")
    card = window.bench.day_panel
    assert card.scroll_area.verticalScrollBar().maximum() == 0
    assert card.scroll_area.horizontalScrollBar().maximum() == 0
    labels = [label for label in card.findChildren(ElidedLabel) if label.isVisible() and label.text()]
    assert labels
    for label in labels:
        assert label.fontMetrics().horizontalAdvance(label.text()) <= label.contentsRect().width(), label.text()


@pytest.mark.parametrize("workspace", [one.id for one in WORKSPACES])
def test_every_panel_of_a_workspace_is_whole_in_its_tab(window, workspace, qtbot):
    show(window, workspace)
    places = next(one for one in WORKSPACES if one.id == workspace).places
    for place in places:
        dock = window.docks[place.dock]
        dock.raise_()
        for _ in range(10):
            QApplication.processEvents()
        qtbot.waitUntil(lambda dock=dock: window.rect().contains(dock.geometry()), timeout=5000)  # what is behind lies outside
        panel = dock.widget()
        assert dock.isVisible()
        for area in panel.findChildren(QScrollArea):
            assert not area.isVisible() or area.horizontalScrollBar().maximum() == 0, place.dock
