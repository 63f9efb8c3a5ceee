"""Evaluation: the verdict in words first, then its basis. A score is never shown alone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QTabWidget, QToolButton, QVBoxLayout, QWidget

from quakegui.app import deeds, walking
from quakegui.app.change import Change
from quakegui.app.computing import COMPUTING
from quakegui.app.dayindex import nearest
from quakegui.app.evaluation import Answers, Evaluation, answers_of
from quakegui.app.season_view import zone_name
from quakegui.app.session import Session
from quakegui.app.training import Training
from quakegui.app.training_labels import TrainingLabels, labels_of_training
from quakegui.judge.judged_by import AsOf
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.season.localtime import local_date
from quakegui.ui import theme
from quakegui.ui.board import Board
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.i18n import tr, worded
from quakegui.ui.language_follower import COLOURS, LanguageFollower
from quakegui.ui.late_refresh import LateRefresh
from quakegui.ui.panels.basis_line import BasisLine
from quakegui.ui.panels.cell_days import CellDays
from quakegui.ui.panels.class_rows import ClassRows
from quakegui.ui.panels.flag_line import FlagLine
from quakegui.ui.panels.limit_page import TITLE, LimitPage
from quakegui.ui.panels.record_strip import RecordStrip
from quakegui.ui.panels.result_tables import ResultTable, alarms_text, classes_text, report_words, show_alarms, show_classes
from quakegui.ui.panels.study_pages import TITLES, StudyPages, TextPage
from quakegui.ui.plots.drawings_view import DrawingsView
from quakegui.ui.plots.matrix_view import MatrixView
from quakegui.ui.quiet_labels import WrappedLabel
from quakegui.ui.tall_scroll import TallScroll

if TYPE_CHECKING:
    from quakegui.judge.judgement import Judgement
    from quakegui.learn.runs.registry import RunFolder

JUDGING: Final = "judging"


class EvaluationPanel(LanguageFollower, QWidget):
    """Evaluates the current run in a job, and shows all results."""

    follows = COLOURS

    def __init__(self, session: Session, training: Training, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._training = session, training
        self._judged: dict[tuple[str, AsOf], Evaluation] = {}
        self._training_labels: TrainingLabels | None = None
        self.strip = RecordStrip()
        self.strip.chosen.connect(self._choose)
        self._basis = BasisLine(session)
        self._basis.other.connect(self._judge_by_the_other)
        self._basis.retrain.connect(self._retrain)
        self.judge = QPushButton()
        self.judge.clicked.connect(self._start)
        self.verdict, self.why = QLabel(), WrappedLabel()
        """A short sentence, and its basis line by line, shown on request."""
        self.unflagged = FlagLine(session)
        self._asks_why = QToolButton()
        self._asks_why.setCheckable(True)
        self._asks_why.toggled.connect(lambda _on: self._show_why())
        self.stamp = QLabel()
        self.matrix = MatrixView()
        self.cell = CellDays(session, self.matrix)
        self.scores, self.classes, self.alarms = ResultTable(), ResultTable(), ResultTable()
        self.alarms.cellClicked.connect(self._go_to_alarm)
        self.alarms.cellActivated.connect(self._go_to_alarm)
        self.forest, self.reliability, self.molchan = (DrawingsView(whole=True) for _ in range(3))
        self._forest, self._reliability, self._molchan = (
            TextPage(view, brief=True) for view in (self.forest, self.reliability, self.molchan)
        )
        self._skill = TextPage(self.scores, below=True)
        self._classes, self._alarms = (TextPage(table, below=True) for table in (self.classes, self.alarms))
        self.limit = LimitPage(session)
        self.studies = StudyPages(session, self)
        self.pages, self.rows = QTabWidget(), ClassRows(session)
        self._tried: set[tuple[str, AsOf]] = set()
        """Evaluations that were made or tried already: they are not repeated automatically."""
        self._build()
        LateRefresh(self, session, self.refresh)
        session.jobs.failed.connect(self._failed)
        training.changed.connect(self._show_basis)
        self.retranslate()
        self.refresh(Change.ALL)

    @property
    def evaluation(self) -> Evaluation | None:
        """The evaluation of the selected record with the selected labels; None if there is none, or during blind labelling."""
        return None if self._session.display.blind else self._judged.get((self.strip.record, self._as_of))

    @property
    def _run(self) -> RunFolder | None:
        """The current run, if finished."""
        return None if self._training_labels is None else self._training_labels.run

    @property
    def _as_of(self) -> AsOf:
        """The labels for the selected record; days after the training are evaluated with the present ones only."""
        return "today" if self.strip.record == "prospective" else self._session.judged_by

    def _build(self) -> None:
        head = filled(QHBoxLayout(), self.verdict, self._asks_why, self.stamp, 1, self.judge, self.studies.button)
        self.board = Board(((self.matrix, self._forest, self._alarms), (self._reliability, self._molchan, self.studies.brief)))
        overview = QSplitter(childrenCollapsible=False)
        overview.addWidget(self.board)
        overview.addWidget(self.cell)
        overview.setStretchFactor(0, 1)
        overview.setSizes([1000, 190])
        for page in (overview, self._skill, self._classes, *self.studies.pages, self.limit):
            self.pages.addTab(page, "")
        inner = QWidget()
        filled(
            QVBoxLayout(inner),
            head,
            self.why,
            self.unflagged,
            self.strip,
            self._basis,
            (self.pages, 1),
            self.rows,
            margins=(8, 2, 8, 4),
            spacing=4,
        )
        filled(QVBoxLayout(self), TallScroll(inner), margins=FLUSH)

    @property
    def day_seen(self) -> bool:
        """Return whether the day shown is on the screen here, framed."""
        return self.cell.sheet.shows_day

    # -- evaluating ------------------------------------------------------------------------------------------------

    def _start(self, *, unasked: bool = False) -> None:
        project, season, record, as_of = self._session.project, self._session.season, self.strip.record, self._as_of
        if project is None or season is None or self._session.display.blind:
            return
        self._tried.add((record, as_of))

        def work(_progress: ProgressCallback, cancelled: CancelCheck) -> Evaluation:
            import quakegui.report.results  # noqa: F401 - a third of a second, here beside the window

            return Evaluation.of(project, season, record, as_of, cancelled)

        judged = self._judged

        def done(result: Evaluation) -> None:
            if result.project is self._session.project and not unasked:
                prospective = result.kind == "prospective"
                self._session.deed = deeds.judging(project.folder, result.run, as_of, prospective=prospective)
            self._take(result, as_of, judged)

        self._session.jobs.start(JUDGING, work, done, stoppable=False)
        self._show()

    def _judge_unasked(self) -> None:
        """Evaluate the current run when its results are first shown."""
        key = self.strip.record, self._as_of
        possible = self._run is not None and self.judge.isEnabled()
        if possible and self.isVisible() and self.evaluation is None and key not in self._tried:
            self._start(unasked=True)

    def _choose(self, _record: str) -> None:
        self._show()
        self._judge_unasked()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Evaluate if necessary."""
        super().showEvent(event)
        self._judge_unasked()

    def _go_to_alarm(self, row: int, _column: int) -> None:
        """Go to the day on which an alarm opened."""
        day = self.day_of_alarm(row)
        if day >= 0:
            walking.go_to(self._session, day)

    def day_of_alarm(self, row: int) -> int:
        """Return the index of the day on which the alarm of a row opened, or of the nearest one; -1 for the sum."""
        found = self.evaluation
        alarms = None if found is None or found.judgement.alarms is None else found.judgement.alarms.alarms
        if alarms is None or row >= len(alarms):
            return -1
        return nearest(self._session.days, local_date(np.array([alarms[row].opened]), zone_name(self._session))[0])

    def _take(self, evaluation: Evaluation, as_of: AsOf, judged: dict[tuple[str, AsOf], Evaluation]) -> None:
        judged[evaluation.kind, as_of] = evaluation  # not shown any more if the scores are outdated by now
        self._show()
        self._judge_unasked()

    def _failed(self, job: str, _error: object) -> None:
        if job == JUDGING:
            self._show()
            self._judge_unasked()

    # -- labels that changed since the training --------------------------------------------------------------------

    def _show_basis(self) -> None:
        """Show the labels and earthquakes of the evaluation, and offer others if they differ."""
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
        """Update from the session; the scores are outdated by another run, other earthquakes or another project.

        Labels do not make them outdated: the scores name the labels that they are based on.
        """
        if change & (Change.PROJECT | Change.SEASON | Change.PREDICTIONS | Change.EVENTS | Change.RUNS):
            self._training_labels = labels_of_training(self._session)
        if change & (Change.PROJECT | Change.SEASON | Change.PREDICTIONS | Change.EVENTS):
            self._judged, self._tried = {}, set()
            self._show()
            self.limit.follow(self._run)
            self.studies.follow(self._run)
            self._judge_unasked()
        elif change & (Change.RUNS | Change.LABELS | Change.DISPLAY):
            self._show_basis()
            self.limit.keep_up(self._run)
            self.studies.keep_up(self._run)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.judge.setText(tr("Evaluate"))
        self.judge.setToolTip(tr("Evaluate the current model and every other predictor on the same days"))
        self._asks_why.setText(tr("Why"))
        self._asks_why.setToolTip(tr("Show the values behind the verdict"))
        self.cell.retranslate()
        self.limit.retranslate()
        self.studies.retranslate()
        studies = [tr(title) for title in (*TITLES, TITLE)]
        for number, title in enumerate((tr("Overview"), tr("Predictors"), tr("Classes"), *studies)):
            self.pages.setTabText(number, title)
        matrix = tr("Confusion matrix (rows: label, columns: uncalibrated prediction)")
        pictures = tr("Reliability"), tr("Molchan diagram"), tr("Superposed epochs of P(earthquake)")
        self.board.set_titles((matrix, tr("AUC of the predictors"), tr("Alarms"), *pictures))
        self._show()

    def _show(self) -> None:
        said = self._session.predictions
        counts = Counter[str]() if said is None else Counter(said.kind.tolist())
        self.strip.show_counts(counts, zero_shot=self._session.zero_shot)
        found = self.evaluation
        judgement = None if found is None else found.judgement
        judging = self._session.jobs.has(JUDGING)
        refusal = self._training_labels.refusal if self._training_labels is not None else ""
        can_judge = self._session.season is not None and said is not None and not self._session.display.blind
        self.judge.setEnabled(can_judge and not judging and not refusal)
        stamps = [tr("SYNTHETIC")] if self._session.synthetic else []
        if judgement is not None and judgement.leaky:
            stamps.append(tr("LEAKY"))
        if judgement is not None and judgement.protocol == "prospective":
            stamps.append(tr("PROSPECTIVE"))
        self.stamp.setText(" · ".join(stamps))
        theme.tint(self.stamp, theme.colours().alarm, bold=True)
        self._show_verdict(found, refusal)
        self._show_basis()
        of = "" if self._run is None else self._run.id, self.strip.record
        answers = found.answers if found is not None else self._counted()
        self.cell.show_answers(answers, of)
        show_classes(self.classes, {} if answers is None else answers.figures, self._session.split)
        self._classes.show_text(classes_text(), empty=False)
        show_alarms(self.alarms, judgement, zone_name(self._session), self._session.split)
        self._alarms.show_text(alarms_text(), empty=False)
        self._show_pictures(judgement, " · ".join(stamps))

    def _show_verdict(self, found: Evaluation | None, refusal: str) -> None:
        """Show the verdict as a badge, with the scores behind it."""
        colours, words, why = theme.colours(), self._nothing(), ""
        colour = colours.muted
        if self._session.jobs.has(JUDGING):
            words = tr("Evaluating…")
        elif refusal:
            words = worded(refusal)
        elif found is not None:
            from quakegui.report.results import verdict_lines

            verdict = found.judgement.verdict
            words = worded(verdict.text())
            late = (
                tr("Predictions for {count} days were issued more than a day late.").format(count=found.late)
                if found.late
                else ""
            )
            why = "\n".join(f"• {line}" for line in (*verdict_lines(found.judgement, report_words()), late) if line)
            good = colours.good if verdict.better_than_chance else colours.warning
            colour = colours.alarm if found.judgement.leaky else good
        self.verdict.setText(words)
        theme.tint(self.verdict, colour, bold=True, scale=1.25)
        self.why.setText(why)
        self.unflagged.show_for(found, self._as_of)
        self._show_why()

    def _show_why(self) -> None:
        self._asks_why.setVisible(bool(self.why.text()))
        self.why.setVisible(bool(self.why.text()) and self._asks_why.isChecked())

    def _counted(self) -> Answers | None:
        """Return the predictions for counts, which need no evaluation."""
        honest = self.strip.record == "out-of-fold" and self._as_of == "training" and not self._session.display.blind
        run = self._run if honest and self._session.predictions is not None else None
        return None if run is None else answers_of(run)

    def _nothing(self) -> str:
        if self._session.display.blind:
            return tr("Hidden during blind labelling")
        if self._session.jobs.has(COMPUTING):
            return tr("Reading the season…")
        return tr("Train a model first.") if self._session.predictions is None else tr("Not evaluated yet.")

    def _show_pictures(self, judgement: Judgement | None, stamp: str) -> None:
        if judgement is None:
            for page in (self._skill, self._forest, self._reliability, self._molchan):
                page.show_text("", empty=True)
            return
        from quakegui.report import results

        say = report_words()
        rows = results.predictors(judgement, say)
        self.scores.show_rows(rows.head, rows.rows)
        told = results.test_text(judgement.surrogate, say)
        self._skill.show_text(told, empty=False)
        self.forest.show_figures((results.forest(judgement, say, stamp),))
        self._forest.show_text(told, empty=False)
        for page, view, picture, text in (
            (self._reliability, self.reliability, results.reliability, results.reliability_text),
            (self._molchan, self.molchan, results.molchan, results.molchan_text),
        ):
            found = picture(judgement, say, stamp)
            view.show_figures(() if found is None else (found,))
            page.show_text(text(judgement, say), empty=found is None)
