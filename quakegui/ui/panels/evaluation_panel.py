"""Evaluation: the verdict in words first, then what it rests on. A score never stands alone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTabWidget, QVBoxLayout, QWidget

from quakegui.app import deeds
from quakegui.app.change import Change
from quakegui.app.evaluation import Evaluation
from quakegui.app.session import Session
from quakegui.app.training import Training
from quakegui.app.training_labels import TrainingLabels, labels_of_training
from quakegui.judge.judged_by import AsOf
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.ui import sentences, theme
from quakegui.ui.i18n import mark, tr
from quakegui.ui.panels.basis_line import BasisLine
from quakegui.ui.panels.limit_page import TITLE, LimitPage
from quakegui.ui.panels.matrix_tab import MatrixTab
from quakegui.ui.panels.record_strip import RecordStrip
from quakegui.ui.panels.result_tables import ResultTable, report_words, show_alarms, show_classes
from quakegui.ui.panels.study_pages import TITLES, StudyPages, TextPage
from quakegui.ui.plots.drawings_view import DrawingsView
from quakegui.ui.tall_scroll import TallScroll

if TYPE_CHECKING:
    from quakegui.judge.judgement import Judgement
    from quakegui.learn.runs.registry import RunFolder

JUDGING: Final = mark("Judging the run")


class EvaluationPanel(QWidget):
    """Judges the run in use in a job, and shows everything that came of it."""

    def __init__(self, session: Session, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._training = session, training
        self._judged: dict[tuple[str, AsOf], Evaluation] = {}
        self._training_labels: TrainingLabels | None = None
        self.strip = RecordStrip()
        self.strip.chosen.connect(lambda _record: self._show())
        self._basis = BasisLine(session)
        self._basis.other.connect(self._judge_by_the_other)
        self._basis.retrain.connect(self._retrain)
        self.judge = QPushButton()
        self.judge.clicked.connect(self._start)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.stamp = QLabel()
        self._matrix = MatrixTab(session)
        self.matrix, self.days = self._matrix.matrix, self._matrix.days
        self.scores, self.classes, self._alarms = ResultTable(), ResultTable(), ResultTable()
        self.reliability, self.molchan = DrawingsView(), DrawingsView()
        self._reliability, self._molchan = TextPage(self.reliability), TextPage(self.molchan)
        self._skill = TextPage(self.scores, below=True)
        self.limit = LimitPage(session)
        self.studies = StudyPages(session, self)
        self._tabs = QTabWidget()
        self._build()
        session.changed.connect(self.refresh)
        session.jobs.failed.connect(self._failed)
        training.changed.connect(self._show_basis)
        self.retranslate()

    @property
    def evaluation(self) -> Evaluation | None:
        """The judgement of the record that is chosen by the labels that are chosen, None while it has not been judged."""
        return self._judged.get((self.strip.record, self._as_of))

    @property
    def _run(self) -> RunFolder | None:
        """The finished run in use."""
        return None if self._training_labels is None else self._training_labels.run

    @property
    def _as_of(self) -> AsOf:
        """By which labels the chosen record is judged; days that came after the training only by today's."""
        return "today" if self.strip.record == "prospective" else self._session.judged_by

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.judge)
        head.addWidget(self.studies.button)
        head.addWidget(self.stamp)
        head.addWidget(self.verdict, 1)
        judged = (self._skill, self._matrix, self.classes, self._reliability, self._molchan, self._alarms)
        for widget in (*judged, self.limit, *self.studies.pages):
            self._tabs.addTab(widget, "")
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(8, 2, 8, 4)
        column.setSpacing(4)
        column.addWidget(self.strip)
        column.addLayout(head)
        column.addWidget(self._basis)
        column.addWidget(self._tabs, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(TallScroll(inner))

    # -- judging ---------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        project, season, record, as_of = self._session.project, self._session.season, self.strip.record, self._as_of
        if project is None or season is None:
            return

        def work(_progress: ProgressCallback, _cancelled: CancelCheck) -> Evaluation:
            import quakegui.report.results  # noqa: F401 - a third of a second, here beside the window

            return Evaluation.of(project, season, record, as_of)

        judged = self._judged

        def done(found: Evaluation) -> None:
            if found.project is self._session.project:
                prospective = found.kind == "prospective"
                self._session.deed = deeds.judging(project.folder, found.run, as_of, prospective=prospective)
            self._take(found, as_of, judged)

        self._session.jobs.start(JUDGING, work, done, stoppable=False)
        self._show()

    def _take(self, evaluation: Evaluation, as_of: AsOf, judged: dict[tuple[str, AsOf], Evaluation]) -> None:
        judged[evaluation.kind, as_of] = evaluation  # which nobody looks at any more where the figures are stale by now
        self._show()

    def _failed(self, title: str, _error: object) -> None:
        if title == JUDGING:
            self._show()

    # -- labels that moved on ----------------------------------------------------------------------------------------

    def _show_basis(self) -> None:
        """Say by which labels and earthquakes the run is judged, and offer others where there are others."""
        self._basis.show_basis(
            self._training_labels,
            self.evaluation,
            self._as_of,
            later=self.strip.record == "prospective",
            can_judge=self.judge.isEnabled(),
            can_train=self._session.can_write and self._session.season is not None and not self._training.busy,
        )

    def _judge_by_the_other(self) -> None:
        self._session.judged_by = "training" if self._session.judged_by == "today" else "today"
        if self.evaluation is None:
            self._start()
        else:
            self._show()

    def _retrain(self) -> None:
        if self._training_labels is not None:
            self._training.start(self._training_labels.run.config)

    # -- refreshing ------------------------------------------------------------------------------------------------

    def refresh(self, change: Change) -> None:
        """Follow the session; another run, other earthquakes or another project make the figures stale.

        Labels do not: the figures say which ones they come from.
        """
        if change & (Change.PROJECT | Change.SEASON | Change.PREDICTIONS | Change.EVENTS | Change.RUNS):
            self._training_labels = labels_of_training(self._session)
        if change & (Change.PROJECT | Change.SEASON | Change.PREDICTIONS | Change.EVENTS):
            self._judged = {}
            self._show()
            self.limit.follow(self._run)
            self.studies.follow(self._run)
        elif change & (Change.RUNS | Change.LABELS | Change.DISPLAY):
            self._show_basis()
            self.limit.keep_up(self._run)
            self.studies.keep_up(self._run)
        if Change.DAY in change:
            self._matrix.mark_day_shown()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow a switch of language or colours."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set every text in the language in force."""
        self.judge.setText(tr("Judge the run"))
        self.judge.setToolTip(tr("Judge the run in use beside every baseline, on the same days"))
        self._matrix.retranslate()
        self.limit.retranslate()
        self.studies.retranslate()
        judged = (tr("Skill"), tr("Matrix"), tr("Classes"), tr("Reliability"), tr("Molchan diagram"), tr("Alarms"))
        for number, title in enumerate((*judged, *(tr(title) for title in (TITLE, *TITLES)))):
            self._tabs.setTabText(number, title)
        self._show()

    def _show(self) -> None:
        said = self._session.predictions
        self.strip.show_counts(Counter() if said is None else Counter(said.kind.tolist()))
        found = self.evaluation
        judgement = None if found is None else found.judgement
        judging = self._session.jobs.has(JUDGING)
        refusal = self._training_labels.refusal if self._training_labels is not None else ""
        can_judge = self._session.season is not None and self._session.predictions is not None
        self.judge.setEnabled(can_judge and not judging and not refusal)
        stamps = [tr("SYNTHETIC")] if self._session.synthetic else []
        if judgement is not None and judgement.leaky:
            stamps.append("LEAKY")
        if judgement is not None and judgement.protocol == "prospective":
            stamps.append(tr("PROSPECTIVE"))
        self.stamp.setText(" · ".join(stamps))
        theme.tint(self.stamp, theme.colours().alarm, bold=True)
        if judging:
            self.verdict.setText(tr("Judging…"))
        elif refusal:
            self.verdict.setText(sentences.translate(refusal))
        elif found is None:
            none = self._session.predictions is None
            self.verdict.setText(tr("Train a network first.") if none else tr("Not judged yet."))
        else:
            from quakegui.report.results import verdict_text

            sentence = verdict_text(found.judgement, report_words())
            late = tr("{count} days were answered more than a day late.").format(count=found.late)
            self.verdict.setText(f"{sentence} {late}" if found.late else sentence)
        self._show_basis()
        self._matrix.show_evaluation(found)
        show_classes(self.classes, judgement)
        show_alarms(self._alarms, judgement)
        self._show_pictures(judgement, " · ".join(stamps))

    def _show_pictures(self, judgement: Judgement | None, stamp: str) -> None:
        if judgement is None:
            for page in (self._skill, self._reliability, self._molchan):
                page.show_text("", empty=True)
            return
        from quakegui.report import results

        say = report_words()
        rows = results.predictors(judgement, say)
        self.scores.show_rows(rows.head, rows.rows)
        self._skill.show_text(results.test_text(judgement.surrogate, say), empty=False)
        for page, view, picture, text in (
            (self._reliability, self.reliability, results.reliability, results.reliability_text),
            (self._molchan, self.molchan, results.molchan, results.molchan_text),
        ):
            found = picture(judgement, say, stamp)
            view.show_figures(() if found is None else (found,))
            page.show_text(text(judgement, say), empty=found is None)
