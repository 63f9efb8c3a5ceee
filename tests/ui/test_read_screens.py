"""What two readers of every screen, one per language, stumbled over: texts that were cut, squeezed, or about something else."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QStyle, QStyleOptionComboBox, QWidget

from quakegui.formats import FORMATS
from quakegui.project import journal
from quakegui.season.labels import LabelSource
from quakegui.ui import theme
from quakegui.ui.dialogs.history_dialog import HistoryDialog
from quakegui.ui.dialogs.import_report import format_text
from quakegui.ui.panels.day_pair import difference
from quakegui.ui.panels.result_tables import ResultTable
from quakegui.ui.panels.start_page import StartPage, Way
from quakegui.ui.panels.study_pages import TextPage
from quakegui.ui.plots.map_scene import scene_of
from quakegui.ui.plots.matrix_view import MatrixView

LONG = "How to read these figures, in a sentence that goes on. " * 20
NAMES = ["No earthquake", "North, M > 4.0", "North, M ≤ 4.0", "South, M > 4.0", "South, M ≤ 4.0"]


def test_a_way_to_start_uses_its_whole_height_when_it_is_first_shown(empty_session, qtbot):
    page = StartPage(empty_session)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    for way in page.findChildren(Way):
        assert way.layout().geometry() == way.rect()
        for label in way.findChildren(QLabel):
            assert label.height() >= label.fontMetrics().height() - 1, label.text()


def test_a_low_matrix_shows_the_share_in_every_cell(qtbot):
    matrix = MatrixView()
    qtbot.addWidget(matrix)
    matrix.show_matrix(np.full((5, 5), 156), NAMES)
    matrix.show()
    for height in (520, 250):
        matrix.resize(390, height)
        room = matrix.viewport().height() / 6
        assert 2 * QFontMetricsF(matrix.item(0, 0).font()).height() <= room, height


def test_the_corner_of_a_matrix_names_its_share_where_there_is_room(qtbot):
    matrix = MatrixView()
    qtbot.addWidget(matrix)
    matrix.show_matrix(np.full((5, 5), 10), NAMES)
    matrix.show()
    shown = []
    for width, height in ((900, 520), (900, 200), (240, 200)):
        matrix.resize(width, height)
        corner = matrix.item(5, 5)
        widest = max(map(QFontMetricsF(corner.font()).horizontalAdvance, corner.text().split("\n")))
        assert widest <= matrix.columnWidth(5), width
        shown.append(corner.text().split("\n"))
    assert shown == [["250", "accuracy", "20%"], ["250", "20%"], ["250", "20%"]]


def test_a_long_text_of_a_page_scrolls_and_leaves_the_room_to_its_figures(qtbot):
    content = QWidget()
    page = TextPage(content, below=True)
    qtbot.addWidget(page)
    page.resize(380, 240)
    page.show()
    page.show_text(LONG, empty=False)
    assert page.height() == 240
    assert content.height() >= 120
    page.show_text("Train a model first.", empty=True)
    assert page.text() == "Train a model first."


def test_the_last_column_of_a_table_of_results_is_not_cut(qtbot):
    table = ResultTable()
    qtbot.addWidget(table)
    table.show()
    for width in (390, 1400):
        table.resize(width, 200)
        table.show_rows(("Opened", "Closed", "Outcome"), [("2022-03-29 03:00", "2022-04-03 03:00", LONG[:90])])
        room = QRect(0, 0, table.columnWidth(2) - 8, 1000)
        needed = table.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, LONG[:90])
        assert needed.width() <= room.width(), width
        assert needed.height() <= table.rowHeight(0), width
    assert sum(map(table.columnWidth, range(3))) == table.viewport().width()


def test_no_choice_of_the_training_form_is_cut(session, open_window):
    window = open_window(session, (1440, 900))
    window.layouts.use("model")
    QApplication.processEvents()
    cut = []
    for box in window.docks["training"].widget().findChildren(QComboBox):
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        field = box.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box
        )
        texts = [box.itemText(row) for row in range(box.count())]
        assert texts
        cut += [text for text in texts if box.fontMetrics().horizontalAdvance(text) > field.width()]
    assert cut == []


def test_the_difference_of_two_days_is_not_called_a_day(session):
    made = difference(scene_of(session, 20), scene_of(session, 24))
    assert made.title == "Difference"
    assert np.isnan(made.error_z)  # the error of interpolation is that of one day's map


def test_formats_are_named_as_everywhere_else():
    assert format_text("iaga2002") == FORMATS["iaga2002"].title == "IAGA-2002"
    assert format_text("table") == "data table"
    assert format_text("magpy") == "magpy"


def test_an_entry_with_several_classes_lists_their_numbers(session, qtbot):
    journal.write_labels(session.project, session.days[[20, 21]], [0, 2], source=LabelSource.ANALYST, author="Wang")
    dialog = HistoryDialog(session)
    qtbot.addWidget(dialog)
    assert dialog.table.item(0, 4).text() == "0, 2"


def test_an_error_does_not_colour_what_stands_beside_it(session, open_window):
    line = open_window(session).status_line
    session.message.emit("The folder is not a project.", "error")
    assert line.palette().color(QPalette.ColorRole.WindowText) == theme.colours().error
    for label in (line.project, line.device):
        assert label.palette().color(QPalette.ColorRole.WindowText) == theme.colours().text
