"""Above the evaluation: which predictions of the run are evaluated.

There are three kinds of predictions. Out-of-fold and prospective ones are evaluated, each separately; in-sample ones never are.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QPainter, QPixmap
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QRadioButton, QWidget

from quakegui.app.evaluation import SCORED
from quakegui.judge.names import kind_shown
from quakegui.ui import theme
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.i18n import mark, tr
from quakegui.ui.language_follower import COLOURS, LanguageFollower

TEXTS = {
    "out-of-fold": (
        mark("not used in training: {days}"),
        mark("Out-of-fold predictions, by models not trained on these days; these are evaluated"),
    ),
    "zero-shot": (
        mark("for a season not used in training: {days}"),
        mark("Predictions by a model that was not trained on this season; evaluated"),
    ),
    "prospective": (
        mark("issued in advance: {days}"),
        mark("Prospective predictions, issued each day by the frozen model before later data were known; these are evaluated"),
    ),
    "in-sample": (
        mark("used in training, not evaluated: {days}"),
        mark("In-sample predictions: the model was trained on these days, so correct predictions prove nothing"),
    ),
}
KINDS = ("out-of-fold", "prospective", "in-sample")
SWATCH = 14


class RecordStrip(LanguageFollower, QWidget):
    """Two records to choose from, and the third for information."""

    follows = COLOURS

    chosen = Signal(str)
    """One of `quakegui.app.evaluation.SCORED`, selected by the analyst."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: dict[str, int] = dict.fromkeys(KINDS, 0)
        self._zero_shot = False
        self.swatches = {kind: QLabel() for kind in KINDS}
        self._choices = {kind: QRadioButton() for kind in SCORED}
        self.in_sample, self._heading = QLabel(), QLabel()
        group = QButtonGroup(self)
        row = filled(QHBoxLayout(self), self._heading, margins=FLUSH)
        for kind in KINDS:
            row.addWidget(self.swatches[kind])
            row.addWidget(self._choices.get(kind, self.in_sample))
            row.addSpacing(12)
        for choice in self._choices.values():
            group.addButton(choice)
        self._choices["out-of-fold"].setChecked(True)
        group.buttonClicked.connect(lambda _button: self.chosen.emit(self.record))
        row.addStretch(1)
        self.retranslate()

    @property
    def record(self) -> str:
        """The kind of predictions to evaluate."""
        return next(kind for kind, choice in self._choices.items() if choice.isChecked())

    def show_counts(self, counts: Mapping[str, int], *, zero_shot: bool) -> None:
        """Show the number of predicted days of each kind; a record without days cannot be selected.

        Parameters
        ----------
        counts
            Days by kind.
        zero_shot
            Whether the model was not trained on this season: its predictions are stored as out-of-fold.
        """
        self._counts = {kind: counts.get(kind, 0) for kind in KINDS}
        self._zero_shot = zero_shot
        if not self._counts[self.record]:
            self._choices["out-of-fold"].setChecked(True)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self._heading.setText(tr("Predictions (days):"))
        for kind in KINDS:
            text, tip = TEXTS[kind_shown(kind, zero_shot=self._zero_shot)]
            self.swatches[kind].setPixmap(_swatch(kind))
            self.swatches[kind].setToolTip(tr("How the timeline shows these predictions"))
            widget = self._choices.get(kind, self.in_sample)
            widget.setText(tr(text).format(days=self._counts[kind]))
            widget.setToolTip(tr(tip))
            widget.setEnabled(self._counts[kind] > 0)


def _swatch(kind: str) -> QPixmap:
    """Return the symbol of a kind as in the timeline: filled, filled and underlined, or outlined."""
    colours = theme.colours()
    pixmap = QPixmap(SWATCH, SWATCH)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    bar = QRectF(2.0, 1.0, SWATCH - 4.0, SWATCH - 5.0)
    if kind == "in-sample":
        painter.fillRect(bar, QBrush(colours.text, Qt.BrushStyle.Dense5Pattern))
        painter.fillRect(QRectF(bar.left(), bar.top(), bar.width(), 1.5), colours.text)
    else:
        painter.fillRect(bar, colours.text)
    if kind == "prospective":
        painter.fillRect(QRectF(0.0, SWATCH - 3.0, float(SWATCH), 2.0), colours.accent)
    painter.end()
    return pixmap
