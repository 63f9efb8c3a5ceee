"""The confusion matrix with its sums; a click on a cell shows its days."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from quakegui.ui import theme
from quakegui.ui.i18n import tr
from quakegui.ui.texts import days_text

CELL_LINES: Final = 2.3
"""Height of a cell in lines of text: a count, its share, and the margins."""
CORNER_LINES: Final = 3.5
"""The same of the last cell with the name of its share."""
CELL_EDGES: Final = 8
"""Width of the margins of a cell, in pixels."""
DEEPEST: Final = 0.75
"""Share of the colour in a cell with all days of its row."""
LEAST_TEXT: Final = 0.7
"""Smaller text is unreadable."""


def _over(heading: str) -> str:
    """Return a heading in two lines, like its cells."""
    return re.sub(r" / |／", "\n", heading)


class MatrixView(QTableWidget):
    """Rows are true classes, columns predicted ones; deeper colour for a larger share of the row. It is always shown whole."""

    asked = Signal(int, int)
    """True and predicted class of the clicked cell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setMinimumSectionSize(8)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
            header.setSectionsClickable(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._all_days, self._accuracy = "", ""
        """Texts of the last cell."""
        self.cellClicked.connect(self._ask)
        self.cellActivated.connect(self._ask)

    def _ask(self, row: int, column: int) -> None:
        if max(row, column) < self.rowCount() - 1:  # the sums have no days to show
            self.asked.emit(row, column)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Let the text of the cells fit their rows: an ellipsis would hide the shares."""
        super().resizeEvent(event)
        self._fit_text()

    def _fit_text(self) -> None:
        """Set the text size of the cells; the headings keep theirs."""
        rows = self.rowCount()
        if not rows:
            return
        whole, line = QFont(self.font()), QFontMetricsF(self.font()).height()
        whole.setPointSizeF(
            whole.pointSizeF() * min(max(self.viewport().height() / rows / (CELL_LINES * line), LEAST_TEXT), 1.0)
        )
        for row, column in np.ndindex(rows, self.columnCount()):
            item = self.item(row, column)
            if item is not None:
                item.setFont(whole)
        self._fit_corner()

    def _fit_corner(self) -> None:
        """Name the share in the corner if there is room: by its row it would be a precision, by its column a recall."""
        corner = self.item(self.rowCount() - 1, self.columnCount() - 1)
        if corner is None:
            return
        font, metrics = QFont(self.font()), QFontMetricsF(self.font())
        wide = (self.columnWidth(self.columnCount() - 1) - CELL_EDGES) / metrics.horizontalAdvance(tr("accuracy"))
        tall = self.rowHeight(self.rowCount() - 1) / (CORNER_LINES * metrics.height())
        named = min(wide, tall) >= LEAST_TEXT
        corner.setText("\n".join((self._all_days, *([tr("accuracy")] if named else []), self._accuracy)))
        if named:
            font.setPointSizeF(font.pointSizeF() * min(wide, tall, 1.0))
            corner.setFont(font)

    def clear_matrix(self) -> None:
        """Show nothing."""
        self.setRowCount(0)
        self.setColumnCount(0)

    def show_matrix(self, counts: NDArray[np.int64], names: list[str]) -> None:
        """Show a matrix.

        Parameters
        ----------
        counts
            Number of days by true class (row) and predicted class (column).
        names
            Names of the classes.
        """
        self.setAccessibleName(tr("Confusion matrix"))
        size = len(names)
        self.setRowCount(size + 1)
        self.setColumnCount(size + 1)
        numbered = [f"{number} {name}" for number, name in enumerate(names)]
        self.setVerticalHeaderLabels([*numbered, _over(tr("Days predicted, / precision"))])
        self.setHorizontalHeaderLabels([*map(str, range(size)), _over(tr("Days, / recall"))])
        for column, name in enumerate(numbered):
            across, down = self.horizontalHeaderItem(column), self.verticalHeaderItem(column)
            assert across is not None
            assert down is not None
            across.setToolTip(tr("predicted: {name}").format(name=name))
            down.setToolTip(tr("label: {name}").format(name=name))
        rows, columns, colours = counts.sum(axis=1), counts.sum(axis=0), theme.colours()
        for row, column in np.ndindex(counts.shape):
            share = counts[row, column] / rows[row] if rows[row] else np.nan
            item = self._put(row, column, int(counts[row, column]), share)
            ground = theme.mixed(
                colours.background, colours.good if row == column else colours.warning, DEEPEST * float(np.nan_to_num(share))
            )
            item.setBackground(ground)
            item.setForeground(theme.ink_on(ground))
            item.setToolTip(tr("{days}; click to see the maps").format(days=days_text(int(counts[row, column]))))
        for number in range(size):
            right = counts[number, number]
            recall = right / rows[number] if rows[number] else np.nan
            precision = right / columns[number] if columns[number] else np.nan
            self._put(number, size, int(rows[number]), recall).setToolTip(tr("days with this label; recall"))
            self._put(size, number, int(columns[number]), precision).setToolTip(tr("days predicted as this class; precision"))
        whole = int(counts.sum())
        corner = self._put(size, size, whole, np.trace(counts) / whole if whole else np.nan)
        corner.setToolTip(tr("all days; accuracy"))
        self._all_days, self._accuracy = corner.text().split("\n")
        self._fit_text()

    def _put(self, row: int, column: int, count: int, share: float) -> QTableWidgetItem:
        item = QTableWidgetItem(f"{count}\n{share:.0%}" if np.isfinite(share) else f"{count}\n–")
        item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setItem(row, column, item)
        return item
