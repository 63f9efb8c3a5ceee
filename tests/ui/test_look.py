"""What stands on the screen is whole: nothing is cut off silently, sizes follow the text, small screens are fitted."""

import pytest
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from quakegui.learn.messages import Hello
from quakegui.ui import theme
from quakegui.ui.elided_label import ElidedLabel
from quakegui.ui.main_window import MainWindow, fit_of
from quakegui.ui.plots.time_axis import DayAxis
from quakegui.ui.plots.timeline_rows import LEAST_ROWS, ROWS, _beside, row_boxes


@pytest.fixture
def window(session, qtbot):
    shown = MainWindow(session)
    qtbot.addWidget(shown)
    shown.resize(1600, 1000)
    shown.show()
    qtbot.waitExposed(shown)
    return shown


def test_a_line_without_room_ends_in_dots_and_tells_all(qtbot):
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.setText("A sentence that is far too long for a label of so few pixels")
    label.resize(120, 20)
    label.show()
    assert label.toolTip() == label.text()
    label.resize(2000, 20)
    assert label.toolTip() == ""
    assert label.minimumSizeHint().width() == 1


def test_a_low_timeline_keeps_the_most_pressing_rows():
    axis = DayAxis(100, 0.0, 100.0, 80.0, 900.0, 20.0)
    assert [row.name for row, _ in row_boxes(axis, 400.0)] == [row.name for row in ROWS]
    low = row_boxes(axis, 100.0)
    assert [row.name for row, _ in low] == ["Events", "Label", "Prediction", "Alarms"]
    assert len(low) == LEAST_ROWS
    assert [row.name for row, _ in row_boxes(axis, 125.0)][-1] == "Data", "rows stand in their usual order"


def test_magnitudes_cover_neither_each_other_nor_a_head(qapp):
    heads = [QPointF(100.0, 10.0), QPointF(106.0, 14.0), QPointF(300.0, 10.0)]
    metrics = QFontMetricsF(qapp.font())
    placed = _beside([(at, "6.1") for at in heads], heads, QRectF(0.0, 0.0, 400.0, 40.0), metrics)
    boxes = [
        QRectF(at.x(), at.y() - metrics.ascent(), metrics.horizontalAdvance(text), metrics.ascent()) for at, text in placed
    ]
    assert len(boxes) == 3
    assert placed[0][0].x() < 100.0, "there is no room to its right"
    for number, box in enumerate(boxes):
        assert not any(box.intersects(other) for other in boxes[:number])
        assert not any(box.contains(head) for head in heads)


def test_review_enlarges_titles_icons_stamp_and_date(window, qtbot):
    day = window.docks["day"]

    def sizes():
        return (
            day.font().pointSizeF(), window.day_panel._date.font().pointSizeF(), window.day_panel._stamp.font().pointSizeF(),
            window.status_line._season.font().pointSizeF(), window._toolbar.iconSize().width(),
        )  # fmt: skip

    before = sizes()
    window.use_layout("review")
    QApplication.processEvents()
    for small, large in zip(before, sizes(), strict=True):
        assert large == pytest.approx(1.35 * small, rel=0.06)
    assert day.width() >= day.minimumSizeHint().width()
    window.use_layout("work")
    QApplication.processEvents()
    assert sizes() == before


def test_text_is_smaller_on_a_screen_that_the_window_would_not_fit():
    assert fit_of(QSize(1920, 1080)) == 1.0
    assert fit_of(QSize(853, 480)) == pytest.approx(0.75)
    assert fit_of(QSize(320, 200)) == 0.6


def test_the_day_panel_is_never_cut_off_at_the_right(window, qtbot):
    inner = window.day_panel._scroll.widget()
    window.resizeDocks([window.docks["day"]], [10], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    assert inner.width() >= inner.minimumSizeHint().width()


def test_tints_follow_the_theme(window, session):
    session.set_settings(theme="dark")
    QApplication.processEvents()
    assert window.day_panel._stamp.palette().windowText().color() == theme.DARK.alarm
    session.said.emit("Something failed.", "error")
    assert window.status_line.palette().windowText().color() == theme.DARK.error
    assert window.status_line._project.palette().windowText().color() == theme.DARK.text
    session.set_settings(theme="light")
    QApplication.processEvents()
    assert window.day_panel._stamp.palette().windowText().color() == theme.LIGHT.alarm


def test_the_status_line_names_the_device(window):
    hello = Hello("jax", "0.7", "Some card", "", 0, "float32", "the fastest measured")
    window.training.spoke.emit(hello)
    assert window.status_line._device.text() == "Some card"
    assert "jax 0.7, float32" in window.status_line._device.toolTip()
