"""The detection limit of the current run: which signals would have been detected in these nights; saved with the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from quakegui.app import evaluation
from quakegui.app.environment import environment_of
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.ui.boxes import FLUSH, filled
from quakegui.ui.i18n import mark, tr
from quakegui.ui.panels.result_tables import ResultTable, report_words
from quakegui.ui.panels.study_pages import TextPage
from quakegui.ui.plots.drawings_view import DrawingsView

if TYPE_CHECKING:
    from quakegui.judge.limit import Limit
    from quakegui.learn.runs.registry import RunFolder

FINDING: Final = "finding-limit"
READING: Final = "reading-limit"
TITLE: Final = mark("Detection limit")


class LimitPage(QWidget):
    """The curve of power over size, its table, and the button that computes them in a worker process."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run: RunFolder | None = None
        self._limit: Limit | None = None
        self._rule: object = None
        self.button = QPushButton()
        self.button.clicked.connect(lambda: self._compute(FINDING))
        self.curve, self.sizes = DrawingsView(), ResultTable()
        both = QWidget()
        filled(QHBoxLayout(both), (self.curve, 1), (self.sizes, 1), margins=FLUSH)
        self.page = TextPage(both)
        filled(QVBoxLayout(self), (self.button, 0, Qt.AlignmentFlag.AlignLeft), (self.page, 1), margins=(0, 4, 0, 0))
        session.jobs.failed.connect(self._fail)

    @property
    def limit(self) -> Limit | None:
        """The limit shown; None if there is none, or during blind labelling."""
        return None if self._session.display.blind else self._limit

    def follow(self, run: RunFolder | None) -> None:
        """Show the limit saved with a run, or none for None."""
        self._run, self._limit = run, None
        self._rule = evaluation.rule_in_force(self._session)
        if self._possible() and run is not None and evaluation.has_limit(run):
            self._compute(READING)
        self.show_limit()

    def keep_up(self, run: RunFolder | None) -> None:
        """Update if the run or the label rule has changed."""
        former = None if self._run is None else self._run.id
        if former != (None if run is None else run.id) or self._rule != evaluation.rule_in_force(self._session):
            self.follow(run)
        else:
            self.show_limit()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.button.setText(tr("Find the detection limit"))
        self.button.setToolTip(
            tr("Add SYNTHETIC signals to the nights of this season and test which of them would be detected")
        )
        self.sizes.setAccessibleName(tr("Detection power by signal size"))
        self.show_limit()

    def show_limit(self) -> None:
        """Show the limit, or a sentence on why there is none."""
        self.button.setEnabled(self._possible() and self._session.can_write and self._limit is None and not self._busy())
        found = self.limit
        if found is None:
            self.page.show_text(self._nothing(), empty=True)
            return
        from quakegui.report import limit_parts

        say, stamp = report_words(), tr("SYNTHETIC") if self._session.synthetic else ""
        rows = limit_parts.size_table(found, say)
        self.sizes.show_rows(rows.head, rows.rows)
        self.curve.show_figures((limit_parts.power_curve(found, say, stamp),))
        self.page.show_text(limit_parts.limit_text(found, say), empty=False)

    def _possible(self) -> bool:
        return self._session.season is not None and self._run is not None and not self._run.config.leaky

    def _busy(self) -> bool:
        return self._session.jobs.has(FINDING) or self._session.jobs.has(READING)

    def _nothing(self) -> str:
        if self._session.display.blind:
            return tr("Hidden during blind labelling")
        if self._run is None:
            return tr("Train a model first.")
        if self._run.config.leaky:
            return tr("LEAKY: the model has no verdict, so no detection limit is computed.")
        if self._busy():
            return tr("Finding the detection limit…")
        return tr(
            "Detection limit: the smallest precursor signal (nT) that would be detected. Not computed yet; the computation "
            "takes a few minutes, and the result is saved with the run."
        )

    def _compute(self, job: str) -> None:
        project, season, run = self._session.project, self._session.season, self._run
        if project is None or season is None or run is None:
            return
        environment = environment_of(self._session.settings)

        def work(progress: ProgressCallback, cancelled: CancelCheck) -> Limit | None:
            import quakegui.report.limit_parts  # noqa: F401 - a third of a second, here beside the window

            if job == FINDING and not evaluation.find_limit(run, environment, progress, cancelled):
                return None
            return evaluation.kept_limit(project, season, run)

        def take(limit: Limit | None) -> None:
            if season is self._session.season and run is self._run:
                self._limit = limit
            elif job == FINDING and evaluation.is_run_of(self._session, self._run, project, run):
                self.follow(self._run)  # the run or the season was reloaded meanwhile: check again for a saved limit
            self.show_limit()

        self._session.jobs.start(job, work, take, asks=job == FINDING)
        self.show_limit()

    def _fail(self, job: str, _error: object) -> None:
        if job in (FINDING, READING):
            self.show_limit()
