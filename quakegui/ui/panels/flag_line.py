"""Beside the verdict: the verdict that the run would have without the analysts' flags."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from quakegui.app.environment import environment_of
from quakegui.app.evaluation import SCORED, Evaluation, words_unflagged
from quakegui.app.session import Session
from quakegui.judge.judged_by import AsOf
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.ui.i18n import tr, worded
from quakegui.ui.quiet_labels import WrappedLabel

JUDGING: Final = "judging-without-flags"


class FlagLine(WrappedLabel):
    """A sentence, computed in a job when an evaluation is shown; hidden if nothing is flagged."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._of: object = None
        """Run, labels and season of the sentence."""
        self._sentence: str | None = None
        session.jobs.failed.connect(self._fail)

    def show_for(self, evaluation: Evaluation | None, as_of: AsOf) -> None:
        """Show the verdict without the flags, or compute it first.

        Parameters
        ----------
        evaluation
            The evaluation with the flags, None if there is none.
        as_of
            Its labels and earthquakes.
        """
        season = self._session.season
        if (
            evaluation is None
            or evaluation.kind != SCORED[0]
            or season is None
            or not season.flags
            or evaluation.judgement.leaky
        ):
            self.setVisible(False)
            return
        if self._of != (of := (evaluation.run, as_of, id(season))):
            self._of, self._sentence = of, None
            self._compute(evaluation, as_of)
        self.retranslate()
        self.setVisible(self._sentence != "")

    def retranslate(self) -> None:
        """Set the text in the current language."""
        waiting = tr("Evaluating the run without the flags…")
        self.setText(waiting if self._sentence is None else worded(self._sentence))

    def _compute(self, evaluation: Evaluation, as_of: AsOf) -> None:
        season, of = self._session.season, self._of
        assert season is not None
        environment = environment_of(self._session.settings)

        def work(progress: ProgressCallback, cancelled: CancelCheck) -> str:
            run = evaluation.run
            return words_unflagged(evaluation.project, season, run, as_of, environment, progress=progress, cancelled=cancelled)

        def take(sentence: str) -> None:
            if of == self._of:
                self._sentence = sentence
                self.retranslate()
                self.setVisible(self._sentence != "")

        self._session.jobs.start(JUDGING, work, take)

    def _fail(self, job: str, _error: object) -> None:
        if job == JUDGING:
            self._sentence = ""  # the window reports the error
            self.setVisible(False)
