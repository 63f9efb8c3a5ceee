"""A screen of 1280x720 pixels: the day card of a review; what each workspace is for: `test_workspaces`."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from quakegui.app import walking
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
