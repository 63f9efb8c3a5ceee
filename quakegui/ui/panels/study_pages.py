"""Further studies of the run: single earthquakes, series around them, other choices, skill maps; saved with the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from quakegui.app import evaluation, walking
from quakegui.app.computing import COMPUTING
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.ui.boxes import filled
from quakegui.ui.i18n import mark, tr
from quakegui.ui.no_markup import as_text
from quakegui.ui.panels.result_tables import ResultTable, report_words
from quakegui.ui.plots.drawings_view import DrawingsView
from quakegui.ui.tall_scroll import TallScroll

if TYPE_CHECKING:
    from quakegui.learn.run_study import RunStudy
    from quakegui.learn.runs.registry import RunFolder

STUDYING: Final = "studying"
READING: Final = "reading-studies"
MOST_TEXT: Final = 0.4
"""Part of a page for its text; more of it scrolls, so that a long text does not shrink the figures beside the page."""
TITLES: Final = (mark("Earthquake by earthquake"), mark("Superposed epochs"), mark("Robustness"), mark("Skill by setting"))


class StudyPages(QObject):
    """Four pages of one study, and the button that computes it."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run: RunFolder | None = None
        self._study: RunStudy | None = None
        self._rule: object = None
        self.button = QPushButton()
        self.button.clicked.connect(self._start)
        self.events, self.choices = ResultTable(), ResultTable()
        self.events.cellClicked.connect(self._go_to_event)
        self.events.cellActivated.connect(self._go_to_event)
        self.epochs, self.maps, self.probability = DrawingsView(), DrawingsView(), DrawingsView(whole=True)
        self.pages = (
            TextPage(self.events, below=True),
            TextPage(self.epochs, below=True),
            TextPage(self.choices),
            TextPage(self.maps, below=True),
        )
        self.brief = TextPage(self.probability, brief=True)
        """The series of the run's own P(earthquake) around the earthquakes."""
        session.jobs.failed.connect(self._fail)

    @property
    def study(self) -> RunStudy | None:
        """The study shown; None if there is none, or during blind labelling."""
        return None if self._session.display.blind else self._study

    def follow(self, run: RunFolder | None) -> None:
        """Show the studies saved with a run, or none for None."""
        self._run, self._study = run, None
        self._rule = evaluation.rule_in_force(self._session)
        if self._possible() and run is not None and evaluation.has_study(run):
            self._compute(READING)
        self.show_study()

    def keep_up(self, run: RunFolder | None) -> None:
        """Update if the run or the label rule has changed."""
        former = None if self._run is None else self._run.id
        if former != (None if run is None else run.id) or self._rule != evaluation.rule_in_force(self._session):
            self.follow(run)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.button.setText(tr("Run further analyses"))
        self.button.setToolTip(
            tr(
                "Compute “Earthquake by earthquake”, “Superposed epochs”, “Robustness” and “Skill by setting”, and save "
                "them with the run"
            )
        )
        self.events.setAccessibleName(tr("Largest P(earthquake) before each earthquake"))
        self.choices.setAccessibleName(tr("Test with other settings"))
        self.show_study()

    def show_study(self) -> None:
        """Show the study, or a sentence on why there is none."""
        self.button.setEnabled(self._possible() and self._study is None and not self._busy())
        found = self.study
        if found is None:
            for page in (*self.pages, self.brief):
                page.show_text(self._nothing(), empty=True)
            return
        from quakegui.report import study_results

        say, stamp = report_words(), tr("SYNTHETIC") if self._session.synthetic else ""
        zone = "UTC" if self._session.project is None else self._session.project.timezone
        events, choices = study_results.events(found.events, zone, say), study_results.robustness(found.robustness, say)
        self.events.show_rows(events.head, events.rows)
        self.epochs.show_figures(tuple(study_results.epochs(found.epochs, say, stamp)))
        self.probability.show_figures(self.epochs.figures[-1:])
        self.brief.show_text(study_results.epochs_text(say), empty=False)
        self.choices.show_rows(choices.head, choices.rows)
        self.maps.show_figures(study_results.skill_maps(found.skill_maps, say, stamp))
        texts = (
            study_results.events_text(say), study_results.epochs_text(say),
            study_results.robustness_text(found.robustness, say), study_results.skill_maps_text(say),
        )  # fmt: skip
        for page, text in zip(self.pages, texts, strict=True):
            page.show_text(text, empty=False)

    def _possible(self) -> bool:
        return self._session.season is not None and self._run is not None and not self._run.config.leaky

    def _busy(self) -> bool:
        return self._session.jobs.has(STUDYING) or self._session.jobs.has(READING)

    def _nothing(self) -> str:
        if self._session.display.blind:
            return tr("Hidden during blind labelling")
        if self._session.jobs.has(COMPUTING):
            return tr("Reading the season…")
        if self._run is None:
            return tr("Train a model first.")
        if self._run.config.leaky:
            return tr("LEAKY: the model was trained on the days that it predicts, so the run cannot be analysed.")
        if self._busy():
            return tr("Analysing the run…")
        return tr(
            "Not computed yet. Press “Run further analyses”: it takes a few seconds, and the results are saved with the run."
        )

    def _start(self) -> None:
        self._compute(STUDYING)
        self.show_study()

    def _compute(self, job: str) -> None:
        project, season, run = self._session.project, self._session.season, self._run
        if project is None or season is None or run is None:
            return

        def work(progress: ProgressCallback, cancelled: CancelCheck) -> RunStudy | None:
            import quakegui.report.results  # noqa: F401 - a third of a second, here beside the window

            if job == READING:
                return evaluation.kept_study(project, season, run)
            return evaluation.study(project, season, run, progress, cancelled)

        def take(result: RunStudy | None) -> None:
            if season is self._session.season and run is self._run:
                self._study = result
            elif job == STUDYING and evaluation.is_run_of(self._session, self._run, project, run):
                self.follow(self._run)  # the run or the season was reloaded meanwhile: check again for saved studies
            self.show_study()

        self._session.jobs.start(job, work, take)

    def _fail(self, job: str, _error: object) -> None:
        if job in (STUDYING, READING):
            self.show_study()

    def _go_to_event(self, row: int, _column: int) -> None:
        day = self.day_of_event(row)
        if day >= 0:
            walking.go_to_alone(self._session, day)

    def day_of_event(self, row: int) -> int:
        """Return the index of the day of a row; -1 for an earthquake before which nothing was predicted."""
        found, days = self.study, self._session.days
        if found is None:
            return -1
        day = found.events[row][1].day
        index = int(days.searchsorted(day))
        return index if index < days.size and days[index] == day else -1


class TextPage(QWidget):
    """A table or drawings with a text above (their numbers), or below (how to read them)."""

    def __init__(self, content: QWidget, *, below: bool = False, brief: bool = False) -> None:
        """Show the text above or `below`; with `brief`, as a tooltip unless the content is empty."""
        super().__init__()
        self._brief = brief
        self._text = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop)
        self._words = TallScroll(self._text)
        for part in (self._words.viewport(), self._text):
            part.setAutoFillBackground(False)
        self._content = content
        parts = ((content, 1), self._words) if below else (self._words, (content, 1))
        filled(QVBoxLayout(self), *parts, 0, margins=(0, 4, 0, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give the text its part of the height."""
        super().resizeEvent(event)
        self._keep_height()

    def _keep_height(self) -> None:
        most = self.height() if self._content.isHidden() else round(self.height() * MOST_TEXT)
        wanted = self._text.heightForWidth(max(self.contentsRect().width(), 1))  # the area itself has its width later
        self._words.setFixedHeight(max(min(wanted, max(most, self._text.fontMetrics().height())), 0))

    def text(self) -> str:
        """Return the text."""
        return self._text.text()

    def show_text(self, text: str, *, empty: bool) -> None:
        """Show a text; with `empty`, the content is hidden."""
        self._text.setText(text)
        self._words.setVisible(empty or not self._brief)
        self.setToolTip("" if empty or not self._brief else as_text(text))
        self.setAccessibleDescription(text)
        self._content.setVisible(not empty)
        self._keep_height()
