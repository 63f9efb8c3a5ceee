"""The confusion matrix, and the days of the clicked cell as a strip of small maps."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from quakegui.app import walking
from quakegui.app.evaluation import Answers, days_in_cell
from quakegui.app.session import Session
from quakegui.ui.boxes import filled
from quakegui.ui.i18n import tr, worded
from quakegui.ui.plots.map_sheet import MapSheet
from quakegui.ui.plots.matrix_view import MatrixView
from quakegui.ui.texts import days_text
from quakegui.words import joined


class CellDays(QWidget):
    """The days of one cell, most certain first: arrow keys move between them, label keys relabel the framed one.

    Parameters
    ----------
    session, matrix
        The session and the confusion matrix.
    """

    def __init__(self, session: Session, matrix: MatrixView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._matrix = session, matrix
        self._answers: Answers | None = None
        self._of: tuple[str, str] | None = None
        self._cell: tuple[int, int] | None = None
        self._title = QLabel(wordWrap=True)
        self.sheet = MapSheet(session)
        filled(QVBoxLayout(self), self._title, (self.sheet, 1), margins=(4, 0, 0, 0), spacing=2)
        matrix.asked.connect(self._show_cell)

    def title(self) -> str:
        """Return the title above the maps."""
        return self._title.text()

    def show_answers(self, answers: Answers | None, of: tuple[str, str]) -> None:
        """Show the matrix of predictions, or none.

        Parameters
        ----------
        answers
            The predictions, or None.
        of
            Id of the run, and kind of its predictions; the selected cell is kept while these are the same.
        """
        if of != self._of:
            self._of, self._cell = of, None
        self._answers = answers
        self._fill()
        self.retranslate()

    def _fill(self) -> None:
        """Show the days of the selected cell, unless they are shown already."""
        days: list[int] = []
        if self._answers is not None and self._cell is not None:
            days = [index for index, _ in days_in_cell(self._answers, self._session.days, *self._cell)]
        if days != self.sheet.days:
            self.sheet.show_days(days)

    def retranslate(self) -> None:
        """Set every text in the current language and colours."""
        self.sheet.retranslate()
        if self._answers is None:
            self._matrix.clear_matrix()
        else:
            self._matrix.show_matrix(self._answers.confusion(), [worded(name) for name in self._session.class_names])
        if self._cell is None or self._answers is None:
            self._title.setText(worded(joined(" ", (self._scored(), tr("Click a matrix cell to see its days here.")))))
        else:
            truth, answer = (worded(self._session.class_names[cls]) for cls in self._cell)
            self._title.setText(
                tr(
                    "{days}: label {truth}, predicted class {answer}; most certain prediction first. Use the arrow keys "
                    "to step, 0 to 4 to relabel the framed day."
                ).format(days=days_text(len(self.sheet.days)), truth=truth, answer=answer)
            )

    def _scored(self) -> str:
        """Return how many of the predicted days the matrix contains: days without a known class are not scored."""
        table = self._session.predictions
        if self._answers is None or self._of is None or table is None:
            return ""
        predicted = int((table.kind == self._of[1]).sum())
        return tr(
            "{scored} of {predicted} predicted days were evaluated. The others have no label, or their map became available "
            "only after the earthquake. The bottom right cell of the matrix contains the number of evaluated days and the "
            "accuracy over the five classes."
        ).format(scored=len(self._answers.days), predicted=predicted)

    def _show_cell(self, truth: int, answer: int) -> None:
        if self._answers is None:
            return
        self._cell = truth, answer
        self._fill()
        if self.sheet.days:
            walking.go_to_alone(self._session, self.sheet.days[0])
            self.sheet.setFocus()
        self.retranslate()
