"""Below the verdict: the labels and earthquakes of the evaluation, and how to use the present ones if they differ."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from quakegui.app.evaluation import Evaluation
from quakegui.app.session import Session
from quakegui.app.training_labels import TrainingLabels
from quakegui.judge.judged_by import AsOf, training_day
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.i18n import tr, worded
from quakegui.ui.language_follower import LanguageFollower
from quakegui.ui.quiet_labels import WrappedLabel
from quakegui.words import joined


class BasisLine(LanguageFollower, QWidget):
    """A sentence, a button to evaluate with the other labels, and one to train again."""

    other = Signal()
    """The analyst requests an evaluation with the other labels."""
    retrain = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._as_of: AsOf = "training"
        self._words = WrappedLabel()
        self._other, self._retrain = QPushButton(), QPushButton()
        self._other.clicked.connect(self.other)
        self._retrain.clicked.connect(self.retrain)
        filled(QHBoxLayout(self), (self._words, 1, Qt.AlignmentFlag.AlignVCenter), self._other, self._retrain, margins=FLUSH)
        self.retranslate()

    def show_basis(
        self,
        labels: TrainingLabels | None,
        evaluation: Evaluation | None,
        as_of: AsOf,
        *,
        later: bool,
        can_judge: bool,
        can_train: bool,
    ) -> None:
        """Show the basis of the scores, and the buttons that apply.

        Parameters
        ----------
        labels, evaluation
            The current run, and its evaluation, or None.
        as_of
            The labels of the evaluation.
        later
            Whether it is about days after the training, which are evaluated with the present labels only.
        can_judge, can_train
            Whether the buttons are enabled.
        """
        hidden = self._session.display.blind  # the labels of others stay hidden
        own, beyond = (0, 0) if labels is None or hidden else labels.relabelled_days(self._session)
        moved = labels is not None and not hidden and bool(own or labels.events_differ)
        self._as_of = as_of
        self._words.setText(tr("Hidden during blind labelling") if hidden else self._sentence(labels, evaluation, own, beyond))
        self._other.setVisible(not hidden and not later and (moved or as_of == "today"))
        self._other.setEnabled(can_judge)
        self._retrain.setVisible(moved or bool(beyond) or (labels is not None and bool(labels.refusal)))
        self._retrain.setEnabled(can_train)
        self.retranslate()

    def _sentence(self, labels: TrainingLabels | None, evaluation: Evaluation | None, own: int, beyond: int) -> str:
        if labels is None or labels.refusal:
            return ""
        basis = None if evaluation is None else evaluation.judgement.basis
        if evaluation is None or basis is None:
            zone = None if self._session.project is None else self._session.project.timezone
            words = tr("The model was trained on the labels of {day}; days with a different label today: {count}.")
            same = tr("The model was trained on the labels of {day}; today's labels are the same.")
            words = (words if own else same).format(day=training_day(labels.run.created, zone), count=own)
        else:
            since = evaluation.relabelled_days(self._session)
            basis = replace(basis, days_differ=own) if basis.as_of == "training" else replace(basis, days_since=since)
            words = worded(basis.text())
        more = tr("Labelled days that the run does not include: {count}.").format(count=beyond)
        return worded(joined(" ", (words, more if beyond else "")))

    def retranslate(self) -> None:
        """Set the texts of the buttons in the current language; the sentence is updated with the scores."""
        today = self._as_of == "today"
        self._other.setText(tr("Evaluate with training labels") if today else tr("Evaluate with today's labels"))
        self._other.setToolTip(tr("Switch all values, here and in the report, to the other set of labels and earthquakes"))
        self._retrain.setText(tr("Retrain"))
        self._retrain.setToolTip(tr("Train a new run with the same settings on the current labels"))
