"""Evaluation: the verdict in words first, then what it rests on. A score never stands alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from quakegui.app import walking
from quakegui.app.change import Change
from quakegui.app.evaluation import Evaluation, days_in_cell
from quakegui.app.session import Session
from quakegui.app.training import Training
from quakegui.app.training_labels import TrainingLabels, labels_of_training
from quakegui.judge.judged_by import AsOf
from quakegui.judge.metrics import TARGETS, Target
from quakegui.project.progress import CancelCheck, ProgressCallback
from quakegui.ui import sentences, theme
from quakegui.ui.i18n import language, mark, tr
from quakegui.ui.panels.basis_line import BasisLine
from quakegui.ui.panels.record_strip import RecordStrip
from quakegui.ui.plots.matrix_view import MatrixView
from quakegui.ui.plots.molchan_view import MolchanView
from quakegui.ui.tall_scroll import TallScroll
from quakegui.ui.texts import CLASS_NAMES

if TYPE_CHECKING:
    from quakegui.judge.judgement import Judgement

JUDGING: Final = mark("Judging the run")
ROLE: Final = Qt.ItemDataRole.UserRole
"""Of an item of the list of days: the day's index."""
TARGET_NAMES: dict[Target, str] = {
    "event": mark("Event against none"),
    "direction": mark("Direction"),
    "class": mark("Five classes"),
}
GROUP_NAMES: dict[Target, tuple[str, ...]] = {
    "event": (mark("none"), mark("event")),
    "direction": (mark("none"), mark("north"), mark("south")),
    "class": CLASS_NAMES,
}
BASELINE_NAMES = {
    "majority": mark("Majority"),
    "kp": mark("Kp alone"),
    "traditional": mark("Traditional: four thresholds"),
    "boosting-features": mark("Boosted trees on the features"),
    "boosting-stations": mark("Boosted trees on the stations"),
}


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
        self._rates = QCheckBox()
        self._rates.toggled.connect(lambda _on: self._show_matrix())
        self.matrix = MatrixView()
        self.matrix.asked.connect(self._list_days)
        self.days = QListWidget()
        self.days.itemClicked.connect(lambda item: walking.go_to_alone(session, item.data(ROLE)))
        self.days.currentItemChanged.connect(self._step_to)
        self._days_title = QLabel()
        self.scores, self.classes, self._alarms = (_table() for _ in range(3))
        self._molchan = MolchanView()
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
    def _as_of(self) -> AsOf:
        """By which labels the chosen record is judged; days that came after the training only by today's."""
        return "today" if self.strip.record == "prospective" else self._session.judged_by

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.judge)
        head.addWidget(self.stamp)
        head.addWidget(self.verdict, 1)
        matrix = QWidget()
        row = QHBoxLayout(matrix)
        row.setContentsMargins(0, 4, 0, 0)
        left = QVBoxLayout()
        left.addWidget(self._rates)
        left.addWidget(self.matrix)
        right = QVBoxLayout()
        right.addWidget(self._days_title)
        right.addWidget(self.days)
        row.addLayout(left, 3)
        row.addLayout(right, 2)
        for widget in (self.scores, matrix, self.classes, self._molchan, self._alarms):
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
            return Evaluation.of(project, season, record, as_of)

        judged = self._judged
        self._session.jobs.start(JUDGING, work, lambda found: self._take(found, as_of, judged), stoppable=False)
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
        elif change & (Change.RUNS | Change.LABELS | Change.DISPLAY):
            self._show_basis()
        if Change.DAY in change:
            self._mark_day_shown()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow a switch of language or colours."""
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set every text in the language in force."""
        self.judge.setText(tr("Judge the run"))
        self.judge.setToolTip(tr("Judge the run in use beside every baseline, on the same days"))
        self._rates.setText(tr("Rates instead of counts"))
        self._rates.setToolTip(tr("Share of each true class, instead of days"))
        self.days.setAccessibleName(tr("Days of the chosen cell"))
        titles = (tr("Skill"), tr("Matrix"), tr("Classes"), tr("Molchan diagram"), tr("Alarms"))
        for number, title in enumerate(titles):
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
        self.days.clear()
        self._days_title.setText(tr("Click a cell: its days are listed here, by margin."))
        if judging:
            self.verdict.setText(tr("Judging…"))
        elif refusal:
            self.verdict.setText(sentences.translate(refusal))
        elif found is None:
            none = self._session.predictions is None
            self.verdict.setText(tr("Train a network first.") if none else tr("Not judged yet."))
        else:
            verdict = found.judgement.verdict
            words = verdict.text, verdict.figures
            sentence = " ".join(say("zh" if language() == "zh" else "en") for say in words).strip()
            late = tr("{count} days were answered more than a day late.").format(count=found.late)
            self.verdict.setText(f"{sentence} {late}" if found.late else sentence)
        self._show_basis()
        self._show_matrix()
        self._show_scores(judgement)
        self._show_classes(judgement)
        self._show_alarms(judgement)
        self._molchan.show_skill(judgement)

    def _show_matrix(self) -> None:
        judgement = self.evaluation.judgement if self.evaluation is not None else None
        if judgement is None:
            self.matrix.clear_matrix()
        else:
            names = [tr(name) for name in GROUP_NAMES["class"]]
            self.matrix.show_matrix(judgement.of("class").figures.confusion, names, rates=self._rates.isChecked())

    def _show_scores(self, judgement: Judgement | None) -> None:
        headings = (
            tr("Predictor"), tr("Judged on"), tr("Days"), tr("Accuracy"), tr("Macro recall"), tr("Kappa"), tr("p"),
            tr("Difference in AUC (95 %)"),
        )  # fmt: skip
        rows: list[tuple[str, ...]] = []
        for target in TARGETS if judgement is not None else ():
            assert judgement is not None
            own = judgement.of(target)
            interval = own.macro_recall
            rows.append(
                (
                    judgement.title, tr(TARGET_NAMES[target]), str(own.figures.days), percent(own.figures.accuracy),
                    f"{percent(own.figures.macro_recall)} ({percent(interval.low)} – {percent(interval.high)})",
                    number(own.figures.kappa), number(judgement.surrogate.p_value) if target == "event" else "", "",
                )
            )  # fmt: skip
            for other in judgement.comparisons:
                if other.target == target:
                    gain, gap = "", other.auc_difference
                    if gap is not None:
                        beaten = tr(" — beaten") if other.beaten else tr(" — not beaten")
                        gain = f"{number(gap.value)} ({number(gap.low)} – {number(gap.high)}){beaten}"
                    dropped = tr(" ({count} without an answer)").format(count=other.dropped) if other.dropped else ""
                    rows.append(
                        (
                            f"   {tr(BASELINE_NAMES.get(other.name, other.name))}", tr(TARGET_NAMES[target]),
                            f"{other.days}{dropped}", percent(other.figures.accuracy), percent(other.figures.macro_recall),
                            number(other.figures.kappa), "", gain,
                        )
                    )  # fmt: skip
        _fill(self.scores, headings, rows)

    def _show_classes(self, judgement: Judgement | None) -> None:
        headings = (
            tr("Class"), tr("Days"), tr("Answered"), tr("Recall"), tr("Precision"), tr("F1"),
            tr("One against the rest (the paper's “accuracy”)"), tr("Not estimable"),
        )  # fmt: skip
        rows = []
        for target in TARGETS if judgement is not None else ():
            assert judgement is not None
            for name, one in zip(GROUP_NAMES[target], judgement.of(target).figures.per_class, strict=True):
                rows.append(
                    (
                        f"{tr(TARGET_NAMES[target])}: {tr(name)}", str(one.support), str(one.answered), percent(one.recall),
                        percent(one.precision), percent(one.f1), percent(one.one_vs_rest_accuracy),
                        tr("{days} days, not in training").format(days=one.not_estimable) if one.not_estimable else "",
                    )
                )  # fmt: skip
        _fill(self.classes, headings, rows)

    def _show_alarms(self, judgement: Judgement | None) -> None:
        headings = (tr("Opened (UTC)"), tr("Closed (UTC)"), tr("Says"), tr("Outcome"))
        rows = []
        record = judgement.alarms if judgement is not None else None
        for alarm in record.alarms if record is not None else ():
            outcome = tr("still open at the end") if alarm.undecided else tr("false alarm")
            if alarm.hits:
                leads = ", ".join(f"{hit.lead_days:.1f}" for hit in alarm.hits)
                outcome = tr("{count} earthquakes, {leads} days after the opening").format(count=len(alarm.hits), leads=leads)
            says = f"{alarm.full_class} {tr(CLASS_NAMES[alarm.full_class])}"
            rows.append((str(alarm.opened)[:16], str(alarm.closed)[:16], says, outcome))
        if record is not None:
            total = tr("{hits} of {events} earthquakes in {share} of the time").format(
                hits=record.hits, events=len(record.events), share=percent(record.alarm_fraction)
            )
            rows.append((tr("In all"), "", "", total))
        _fill(self._alarms, headings, rows)

    # -- a cell is a question --------------------------------------------------------------------------------------

    def _list_days(self, truth: int, answer: int) -> None:
        assert self.evaluation is not None
        found = days_in_cell(self.evaluation, self._session.days, truth, answer)
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

    def _mark_day_shown(self) -> None:
        """Let the list mark the day shown, and no day while it is elsewhere: a key labels what is marked, or so one thinks."""
        rows = range(self.days.count())
        shown = next((row for row in rows if self.days.item(row).data(ROLE) == self._session.index), -1)
        self.days.blockSignals(True)  # nobody picked this row
        self.days.setCurrentRow(shown)
        self.days.blockSignals(False)

    def _step_to(self, item: QListWidgetItem | None) -> None:
        if item is not None and self.days.hasFocus():
            walking.go_to_alone(self._session, item.data(ROLE))


def percent(value: float) -> str:
    """Return a share as a percentage, or a dash where it could not be estimated."""
    return "–" if math.isnan(value) else f"{100 * value:.1f} %"


def number(value: float) -> str:
    """Return a figure with three digits, or a dash where it could not be estimated."""
    return "–" if math.isnan(value) else f"{value:.3f}"


def _table() -> QTableWidget:
    table = QTableWidget()
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setAlternatingRowColors(True)
    table.verticalHeader().hide()
    table.horizontalHeader().setStretchLastSection(True)
    return table


def _fill(table: QTableWidget, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    table.setColumnCount(len(headings))
    table.setHorizontalHeaderLabels(list(headings))
    table.setRowCount(len(rows))
    make: Callable[[str], QTableWidgetItem] = QTableWidgetItem
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            table.setItem(row, column, make(text))
    table.resizeColumnsToContents()
    table.horizontalHeader().setStretchLastSection(True)
