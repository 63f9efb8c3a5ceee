"""The confusion matrix; every cell is a question that a click answers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from quakegui.ui import theme
from quakegui.ui.i18n import tr


class MatrixView(QTableWidget):
    """Rows are true classes, columns answers; deeper colour for a larger share of the row."""

    asked = Signal(int, int)
    """Carries the true class and the answered class of the cell that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.cellClicked.connect(self.asked)
        self.cellActivated.connect(self.asked)

    def clear_matrix(self) -> None:
        """Show nothing."""
        self.setRowCount(0)
        self.setColumnCount(0)

    def show_matrix(self, counts: NDArray[np.int64], names: list[str], *, rates: bool) -> None:
        """Show a matrix.

        Parameters
        ----------
        counts
            Days by true class (row) and answer (column).
        names
            One per class.
        rates
            Whether to show shares of the row instead of days.
        """
        self.setAccessibleName(tr("Confusion matrix"))
        self.setRowCount(len(names))
        self.setColumnCount(len(names))
        self.setVerticalHeaderLabels([tr("true: {name}").format(name=name) for name in names])
        self.setHorizontalHeaderLabels(names)
        whole = counts.sum(axis=1, keepdims=True)
        share = np.divide(counts, whole, out=np.zeros(counts.shape), where=whole > 0)
        colours = theme.colours()
        for row, column in np.ndindex(counts.shape):
            rate = f"{share[row, column]:.0%}" if whole[row, 0] else "–"
            text = rate if rates else str(int(counts[row, column]))
            item = QTableWidgetItem(text)
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            colour = QColor(colours.good if row == column else colours.warning)
            colour.setAlphaF(0.75 * float(share[row, column]))
            item.setBackground(colour)
            item.setToolTip(tr("{count} days; click to list them").format(count=int(counts[row, column])))
            self.setItem(row, column, item)
