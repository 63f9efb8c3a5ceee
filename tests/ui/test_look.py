"""What stands on the screen is whole: nothing is cut off silently, sizes follow the text, small screens are fitted."""

import pytest
import tiny_season
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QFontMetricsF
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from quakegui.app import walking
from quakegui.learn.messages import Hello
from quakegui.ui import theme
from quakegui.ui.main_window import fit_of
from quakegui.ui.plots.time_axis import DayAxis
from quakegui.ui.plots.timeline_rows import LEAST_ROWS, ROWS, _beside, row_boxes
from quakegui.ui.quiet_labels import ElidedLabel, SteadyLabel, WrappedLabel


@pytest.fixture
def window(session, open_window):
    return open_window(session, (1600, 1000))


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


def test_changing_words_lay_out_what_is_around_them_only_where_they_need_other_room(qtbot):
    holder = QWidget()
    qtbot.addWidget(holder)
    column = QVBoxLayout(holder)
    line, lines = ElidedLabel(), WrappedLabel()
    column.addWidget(line)
    column.addWidget(lines)
    column.addStretch(1)
    holder.resize(200, 200)
    holder.show()
    lines.setText("short")
    qtbot.waitExposed(holder)
    QApplication.processEvents()
    asked = Requests(holder)
    line.setText("A sentence that is far too long for this line, however it is turned")
    lines.setText("brief")
    QApplication.processEvents()
    assert asked.count == 0
    lines.setText("A sentence that takes several lines of a holder that is as narrow as this one is")
    QApplication.processEvents()
    assert asked.count > 0
    assert lines.height() == lines.heightForWidth(lines.width()) >= 2 * lines.fontMetrics().height()


@pytest.mark.parametrize("made", [ElidedLabel, SteadyLabel, WrappedLabel])
def test_a_screen_reader_is_told_the_words(qtbot, made):
    label = made()
    qtbot.addWidget(label)
    for words in ("24 of 25 stations have data", "25 of 25 stations have data"):
        label.setText(words)
        assert QAccessible.queryAccessibleInterface(label).text(QAccessible.Text.Description) == words


def test_a_place_in_the_walk_keeps_its_room_and_grows_with_the_text(qtbot):
    label = SteadyLabel()
    qtbot.addWidget(label)
    label.setText("334 / 334")
    wide = label.sizeHint().width()
    metrics = QFontMetricsF(label.font())
    assert metrics.elidedText("334 / 334", Qt.TextElideMode.ElideRight, wide) == "334 / 334"
    label.setText("1 / 334")
    assert label.sizeHint().width() == wide
    large = label.font()
    large.setPointSizeF(2 * large.pointSizeF())
    label.setFont(large)
    assert label.sizeHint().width() > 1.5 * wide
    assert QFontMetricsF(large).horizontalAdvance("334 / 334") <= label.sizeHint().width()
    label.resize(label.sizeHint())
    assert label.toolTip() == ""


class Requests(QObject):
    """Counts how often a widget is asked to lay out its children anew."""

    def __init__(self, widget):
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event):  # noqa: N802 - Qt's name
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_the_buttons_that_label_stand_still(window, session, qtbot):
    places, said = set(), set()
    for index in range(tiny_season.SILENT_DAY - 3, tiny_season.SILENT_DAY + 2):  # with stations that are missing, and without
        walking.go_to(session, index)
        QApplication.processEvents()
        places.add(tuple(button.mapTo(window, button.rect().topLeft()).y() for button in window.bench.day_panel.buttons))
        said.add(window.bench.day_panel.quality.text())
    assert len(said) > 1
    assert len(places) == 1


def test_a_step_between_quiet_days_lays_out_nothing_anew(window, session, qtbot):
    quiet = [index for index in range(session.days.size - 1) if not session.features(index).regions][:5]
    for index in quiet[:2]:  # what a window still has to place after it was shown
        walking.go_to(session, index)
        for _ in range(3):
            QApplication.processEvents()
    asked = Requests(window)
    for index in quiet[2:]:
        walking.go_to(session, index)
        QApplication.processEvents()
    assert asked.count == 0


def test_a_low_timeline_keeps_the_most_pressing_rows():
    axis = DayAxis(100, 0.0, 100.0, 80.0, 900.0, 20.0)
    assert [row.name for row, _ in row_boxes(axis, 400.0)] == [row.name for row in ROWS]
    low = row_boxes(axis, 100.0)
    assert [row.name for row, _ in low] == ["Earthquakes", "Label", "Prediction", "Alarms"]
    assert len(low) == LEAST_ROWS
    assert [row.name for row, _ in row_boxes(axis, 125.0)][-1] == "Stations with data", "rows stand in their usual order"


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
    day, panel = window.docks["day"], window.bench.day_panel

    def sizes():
        return (
            day.font().pointSizeF(), panel.date.font().pointSizeF(), panel.stamp.font().pointSizeF(),
            window.status_line.season.font().pointSizeF(), window.menus.toolbar.iconSize().width(),
        )  # fmt: skip

    before = sizes()
    window.layouts.use("review")
    QApplication.processEvents()
    for small, large in zip(before, sizes(), strict=True):
        assert large == pytest.approx(1.35 * small, rel=0.06)
    assert day.width() >= day.minimumSizeHint().width()
    window.layouts.use("days")
    QApplication.processEvents()
    assert sizes() == before


def test_text_is_smaller_on_a_screen_that_the_window_would_not_fit():
    assert fit_of(QSize(1920, 1080)) == 1.0
    assert fit_of(QSize(853, 480)) == pytest.approx(0.75)
    assert fit_of(QSize(320, 200)) == 0.6


def test_the_day_panel_is_never_cut_off_at_the_right(window, qtbot):
    inner = window.bench.day_panel.scroll_area.widget()
    window.resizeDocks([window.docks["day"]], [10], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    assert inner.width() >= inner.minimumSizeHint().width()


def test_tints_follow_the_theme(window, session):
    session.set_settings(theme="dark")
    QApplication.processEvents()
    assert window.bench.day_panel.stamp.palette().windowText().color() == theme.DARK.alarm
    session.message.emit("Something failed.", "error")
    assert window.status_line.palette().windowText().color() == theme.DARK.error
    assert window.status_line.project.palette().windowText().color() == theme.DARK.text
    session.set_settings(theme="light")
    QApplication.processEvents()
    assert window.bench.day_panel.stamp.palette().windowText().color() == theme.LIGHT.alarm


def test_the_status_line_names_the_device(window):
    hello = Hello("jax", "0.7", "Some card", "", 0, "float32", "the fastest measured")
    window.training.spoke.emit(hello)
    assert window.status_line.device.text() == "Some card"
    assert "jax 0.7, float32" in window.status_line.device.toolTip()
