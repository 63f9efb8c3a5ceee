"""The confusion matrix; a click on a cell lists its days, and each of them can be gone to and relabelled."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from quakegui.app import walking
from quakegui.app.evaluation import Evaluation, days_in_cell
from quakegui.app.session import Session
from quakegui.season.names import CLASS_NAMES
from quakegui.ui.i18n import tr
from quakegui.ui.plots.matrix_view import MatrixView

ROLE: Final = Qt.ItemDataRole.UserRole
"""Of an item of the list of days: the day's index."""


class MatrixTab(QWidget):
    """Days by true and by predicted class."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._evaluation: Evaluation | None = None
        self._rates = QCheckBox()
        self._rates.toggled.connect(lambda _on: self._show_matrix())
        self.matrix = MatrixView()
        self.matrix.asked.connect(self._list_days)
        self.days = QListWidget()
        self.days.itemClicked.connect(lambda item: walking.go_to_alone(session, item.data(ROLE)))
        self.days.currentItemChanged.connect(self._step_to)
        self._days_title = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 0)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self._rates)
        left.addWidget(self.matrix)
        right.addWidget(self._days_title)
        right.addWidget(self.days)
        row.addLayout(left, 3)
        row.addLayout(right, 2)

    def retranslate(self) -> None:
        """Set the texts that stand whatever is shown."""
        self._rates.setText(tr("Rates instead of counts"))
        self._rates.setToolTip(tr("Share of each true class, instead of days"))
        self.days.setAccessibleName(tr("Days of the chosen cell"))

    def show_evaluation(self, evaluation: Evaluation | None) -> None:
        """Show the matrix of an evaluation, or none; no cell is chosen then."""
        self._evaluation = evaluation
        self.days.clear()
        self._days_title.setText(tr("Click a cell: its days are listed here, by margin."))
        self._show_matrix()

    def mark_day_shown(self) -> None:
        """Let the list mark the day shown, and no day while it is elsewhere: a key labels what is marked, or so one thinks."""
        rows = range(self.days.count())
        shown = next((row for row in rows if self.days.item(row).data(ROLE) == self._session.index), -1)
        self.days.blockSignals(True)  # nobody picked this row
        self.days.setCurrentRow(shown)
        self.days.blockSignals(False)

    def _show_matrix(self) -> None:
        if self._evaluation is None:
            self.matrix.clear_matrix()
            return
        counts = self._evaluation.judgement.of("class").figures.confusion
        self.matrix.show_matrix(counts, [tr(name) for name in CLASS_NAMES], rates=self._rates.isChecked())

    def _list_days(self, truth: int, answer: int) -> None:
        assert self._evaluation is not None
        found = days_in_cell(self._evaluation, self._session.days, truth, answer)
        self._days_title.setText(
            tr("{count} days: {truth}, predicted {answer}; click to go there, 0 to 4 relabels").format(
                count=len(found), truth=tr(CLASS_NAMES[truth]), answer=tr(CLASS_NAMES[answer])
            )
        )
        self.days.clear()
        for index, margin in found:
            item = QListWidgetItem(tr("{day} · margin {margin:.2f}").format(day=self._session.days[index], margin=margin))
            item.setData(ROLE, index)
            self.days.addItem(item)

    def _step_to(self, item: QListWidgetItem | None) -> None:
        if item is not None and self.days.hasFocus():
            walking.go_to_alone(self._session, item.data(ROLE))
