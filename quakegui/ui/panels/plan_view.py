"""The data of the training, below the form: days per class, and each fold as a ribbon over the season."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from quakegui.app.change import Change
from quakegui.app.run_rows import RunRow
from quakegui.app.session import Session
from quakegui.app.training_plan import LEFT_OUT, TEST, TRAINED, VALIDATION, TrainingPlan, seconds_to_train, training_plan
from quakegui.learn.runs.own_facts import own_facts_of
from quakegui.learn.runs.runconfig import BLOCKS, RunConfig
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.ui import theme
from quakegui.ui.boxes import filled
from quakegui.ui.i18n import tr, worded
from quakegui.ui.language_follower import LanguageFollower
from quakegui.ui.plots.label_row import runs_of
from quakegui.ui.theme import ThemeColours
from quakegui.words import Said, counted, joined

PLANNING: Final = "planning"
RIBBON: Final = 0.9
"""Height of a fold, in lines of text."""


class PlanView(LanguageFollower, QWidget):
    """Follows the settings while it is visible."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._config: RunConfig | None = None
        self._stale = True
        self.plan: TrainingPlan | None = None
        self._of: RunConfig | None = None
        """The settings to which the plan belongs."""
        self._why_none = ""
        self.words = QLabel(wordWrap=True)
        self.ribbons = _Ribbons()
        filled(QVBoxLayout(self), self.words, self.ribbons, 1, margins=(0, 6, 0, 0))
        session.changed.connect(self.refresh)
        session.jobs.failed.connect(self._fail)

    def show_recipe(self, config: RunConfig) -> None:
        """Show the training data for some settings."""
        if config != self._config:
            self._config = config
            if self._why_none:
                self._show(None, None)  # a reason of the former settings
            self._ask()

    def refresh(self, change: Change) -> None:
        """Update from the session."""
        if change & (Change.PROJECT | Change.SEASON):
            self._show(None, None)
        if change & (Change.SEASON | Change.LABELS | Change.EVENTS):
            self._ask()
        elif Change.RUNS in change:
            self.retranslate()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Update after changes while hidden."""
        super().showEvent(event)
        if self._stale:
            self._ask()

    def _ask(self) -> None:
        project, season, config = self._session.project, self._session.season, self._config
        labelled = bool((self._session.labels.classes >= 0).any())
        self._stale = not self.isVisible()
        if self._stale:
            return
        blind = self._session.display.blind  # the days of a class and the folds follow others' labels
        if project is None or season is None or config is None or not labelled or blind:
            self._show(None, None, "Hidden during blind labelling" if blind else "")
            return
        if config.zero_shot:
            self._show(None, config, _without_labels(config, self._session.runs))
            return

        def work(_progress: ProgressCallback, _cancelled: CancelCheck) -> TrainingPlan | str:
            from quakegui.learn.evidence import EvidenceError

            try:
                return training_plan(project, season, config)
            except (EvidenceError, ValueError) as error:  # settings with which training on these days is impossible
                return str(error)

        def take(plan: TrainingPlan | str) -> None:
            if config != self._config or season is not self._session.season or self._stale or self._session.display.blind:
                self._ask()
            elif isinstance(plan, str):
                self._show(None, config, plan)
            else:
                self._show(plan, config)

        if not self._session.jobs.has(PLANNING):
            self._session.jobs.start(PLANNING, work, take, stoppable=False)
        else:
            self._stale = True

    def _fail(self, title: str, _error: object) -> None:
        if title == PLANNING:
            asked_since = self._stale
            self._show(None, None)
            if asked_since:
                self._ask()

    def _show(self, plan: TrainingPlan | None, of: RunConfig | None, why_none: str = "") -> None:
        self.plan, self._of, self._why_none = plan, of, why_none
        self.ribbons.show_plan(plan)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        plan, config = self.plan, self._of
        if plan is None or config is None:
            self.words.setText(worded(self._why_none))
            return
        counts = " · ".join(
            tr("class {cls}: {count}").format(cls=cls, count=count) for cls, count in enumerate(plan.counts.tolist())
        )
        seconds = seconds_to_train(plan, config, self._session.runs)
        lines = [tr("Labelled days with a map: {counts}").format(counts=counts)]
        folds = counted("{count} fold", "{count} folds", count=len(plan.roles))
        per_epoch = (
            Said(
                "Training maps per epoch, summed over all fits ({folds} and the final fit): {images:,}",
                folds=folds,
                images=plan.images,
            )
            if config.final_fit
            else Said("Training maps per epoch, summed over all fits ({folds}): {images:,}", folds=folds, images=plan.images)
        )
        lines.append(worded(per_epoch))
        if seconds is None:
            lines.append(tr("The time left is shown after the first epoch."))
        else:
            lines.append(
                tr("About {minutes:.0f} min, based on the latest run of this kind").format(minutes=max(seconds / 60.0, 1.0))
            )
        self.words.setText("\n".join(lines))
        self.ribbons.update()


def _without_labels(config: RunConfig, rows: Sequence[RunRow]) -> str:
    """Return what a pre-trained model is trained on, and whether the last one of own nights is better than the supplied one."""
    if not config.own_nights:
        return Said("No days from this season are used; the model is trained on synthetic seasons.")
    told = [
        Said(
            "Simulated signals before random earthquakes are added to the nights of this season. Each of {blocks} members is "
            "trained without the nights that it predicts; labels and earthquakes of the season are not used.",
            blocks=BLOCKS,
        )
    ]
    facts = next((found for row in rows if (found := own_facts_of(row.run.card)) is not None), None)
    return joined("\n", [*told, *(() if facts is None else (facts.decision(),))])


class _Ribbons(QWidget):
    """One ribbon per fold: dark is training, hatched is validation, coloured is test, empty is left out."""

    def __init__(self) -> None:
        super().__init__()
        self._plan: TrainingPlan | None = None

    def show_plan(self, plan: TrainingPlan | None) -> None:
        self._plan = plan
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        line = QFontMetricsF(self.font()).height()
        folds = 0 if self._plan is None else len(self._plan.roles)
        return QSize(200, round((folds * RIBBON + 1.5) * line) if folds else 0)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        if self._plan is None:
            return
        colours = theme.colours()
        with QPainter(self) as painter:
            painter.setFont(self.font())
            metrics = QFontMetricsF(painter.font())
            tall, days = metrics.height() * RIBBON, self._plan.roles.shape[1]
            for number, roles in enumerate(self._plan.roles):
                for role, first, end in runs_of(roles.astype(np.int8), range(days)):
                    if role != LEFT_OUT:
                        wide = self.width() / days
                        box = QRectF(first * wide, number * tall + 1.0, (end - first) * wide, tall - 3.0)
                        painter.fillRect(box, _ink(role, colours))
            x, top = 0.0, len(self._plan.roles) * tall + 2.0
            key = ((TRAINED, tr("training")), (VALIDATION, tr("validation")), (TEST, tr("test")), (LEFT_OUT, tr("unused")))
            heading = tr("Folds (rows) over the season:")
            painter.setPen(colours.text)
            painter.drawText(QPointF(x, top + metrics.ascent() + 1.0), heading)
            x += metrics.horizontalAdvance(heading) + 14.0
            for role, text in (one for one in key if (self._plan.roles == one[0]).any()):
                box = QRectF(x, top + 3.0, 16.0, metrics.height() - 5.0)
                painter.setPen(colours.grid)
                painter.setBrush(_ink(role, colours) if role != LEFT_OUT else Qt.BrushStyle.NoBrush)
                painter.drawRect(box)
                painter.setPen(colours.text)
                wide = metrics.horizontalAdvance(text)
                painter.drawText(QRectF(x + 20.0, top, wide + 4.0, metrics.height() + 2.0), Qt.AlignmentFlag.AlignVCenter, text)
                x += wide + 34.0


def _ink(role: int, colours: ThemeColours) -> QBrush:
    if role == TEST:
        return QBrush(colours.series[1])
    return QBrush(colours.series[0], Qt.BrushStyle.SolidPattern if role == TRAINED else Qt.BrushStyle.BDiagPattern)
