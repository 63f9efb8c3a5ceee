"""Problems of the project: one sentence above the day map with the command that fixes it; closed by a click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.project.errors import ProjectError
from quakegui.ui.i18n import tr, worded
from quakegui.ui.sentence_bar import SentenceBar
from quakegui.words import joined

if TYPE_CHECKING:
    from quakegui.project.store import Project
    from quakegui.season.season import Season

CODES_NAMED = 6
"""Maximum number of stations named in a sentence; of more, the first."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that the analyst should know about the project.

    Attributes
    ----------
    id
        Its subject; a closed notice stays hidden until another project is opened.
    sentence
        The problem and what to do, in the current language.
    remedy
        Id of the action that fixes it, or empty.
    """

    id: str
    sentence: str
    remedy: str = ""


def notices(session: Session) -> tuple[Notice, ...]:
    """Return the notices on the open project, the most important first."""
    if session.project is None or session.jobs.busy:
        return ()
    found = []
    if session.project.findings:
        found.append(Notice("record", worded(joined(" ", session.project.findings))))
    if session.ahead:
        text = tr(
            "Readings from {codes} have timestamps up to {time} UTC, later than this computer's clock. Check the "
            "station clocks, this computer's clock and the time zones."
        )
        newest = max(session.ahead.values()).astype("datetime64[s]")
        found.append(Notice("ahead", text.format(codes=_named(list(session.ahead)), time=newest)))
    if session.season is not None:
        found += _of_season(session, session.season)
    elif session.lacks == "coordinates":
        text = tr("No station has coordinates yet, so no maps can be drawn. Enter the stations' coordinates.")
        found.append(Notice("coordinates", text, "stations"))
    elif session.lacks == "readings":
        found.append(Notice("readings", tr("This project has no readings yet. Import readings to begin."), "import"))
    if session.project.read_only:
        text = tr("This project is read-only: you can view everything, but not label or change anything.")
        found.append(Notice("read-only", text))
    if session.season is not None and not session.events:
        text = tr(
            "This project has no earthquakes: days can be labelled by hand, but not by rule. Import an earthquake catalogue."
        )
        found.append(Notice("events", text, "catalogue"))
    if session.season is not None and session.project.synthetic:
        found += _of_demo(_strength(session.project))
    return tuple(found)


def _strength(project: Project) -> float | None:
    """Return the strength of the signals in a demo season; None for another synthetic project, or if it cannot be read."""
    try:
        return float(project.setting("strength") or "")
    except (ProjectError, ValueError):  # the notice is optional; other code reports the error
        return None


def _of_demo(strength: float | None) -> list[Notice]:
    """Return a notice on the signals of the synthetic season and on its counterpart; none for another synthetic project."""
    if strength is None:
        return []
    if strength == 0:
        text = tr(
            "This synthetic season contains no signals: the model's predictions show what chance alone produces. Compare "
            "them with those for the season with signals."
        )
        return [Notice("null", text, "demo")]
    text = tr(
        "This synthetic season contains signals before most earthquakes, as do the seasons on which the model was "
        "trained. Compare the predictions for this season with those for the null season, which contains no signals."
    )
    return [Notice("demo", text, "null-season")]


def _of_season(session: Session, season: Season) -> list[Notice]:
    codes, located = season.network.codes, season.network.located
    without = [code for code, placed in zip(codes, located, strict=True) if not placed]
    places = int(located.sum())
    found = []
    if places < 3:
        text = tr(
            "{count} of {all} stations have coordinates; a day map needs at least three at different locations. "
            "Series, timeline and labels do not need coordinates."
        ).format(count=places, all=len(codes))
        found.append(Notice("few", text, "stations" if without else "import"))
    elif not np.isfinite(season.z).any():
        text = tr(
            "No day in this season has a map: an anomaly needs at least {nights} earlier nights. Import earlier "
            "readings, or change the season's dates."
        ).format(nights=season.config.anomaly.at_least)
        found.append(Notice("warm-up", text, "season"))
    elif not season.has_map.any():
        found.append(Notice("no map", worded(season.why_no_map(0)), "stations"))
    if without and places >= 3:
        text = tr("{count} of {all} stations have no coordinates and are not included in the maps: {codes}.")
        found.append(Notice("unlocated", text.format(count=len(without), all=len(codes), codes=_named(without)), "stations"))
    if session.days.size == 1:
        text = tr("This season has only one day. Import more readings, or change the season's dates.")
        found.append(Notice("one-day", text, "season"))
    return found


def _named(codes: list[str]) -> str:
    return tr(", ").join(codes[:CODES_NAMED]) + ("…" if len(codes) > CODES_NAMED else "")


class NoticeBar(SentenceBar):
    """Shows the most important notice that was not closed."""

    asked = Signal(str)
    """Id of the action that fixes the problem shown."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("notice", parent)
        self._session = session
        self._put_away: set[str] = set()
        self._shown: Notice | None = None
        self.mend = self.act
        self.mend.clicked.connect(self._ask)
        self.dismiss.clicked.connect(self._dismiss)
        session.changed.connect(self.refresh)
        session.jobs.idle.connect(self.retranslate)
        self.retranslate()

    @property
    def sentence(self) -> str:
        """The sentence shown; empty without a notice."""
        return self._shown.sentence if self._shown is not None else ""

    def refresh(self, change: Change) -> None:
        """Update from the session."""
        if Change.PROJECT in change:
            self._put_away = set()
        if change & (Change.PROJECT | Change.SEASON | Change.EVENTS):
            self.retranslate()

    def _ask(self) -> None:
        if self._shown is not None:
            self.asked.emit(self._shown.remedy)

    def _dismiss(self) -> None:
        if self._shown is not None:
            self._put_away.add(self._shown.id)
            self.retranslate()

    def retranslate(self) -> None:
        """Show the current notice in the current language."""
        self._shown = next((one for one in notices(self._session) if one.id not in self._put_away), None)
        self.words.setText(self.sentence)
        remedies = {
            "import": tr("Import readings…"),
            "stations": tr("Stations…"),
            "season": tr("Season and parameters…"),
            "catalogue": tr("Earthquake catalogue…"),
            "null-season": tr("Open the null season"),
            "demo": tr("Open the season with signals"),
        }
        remedy = self._shown.remedy if self._shown is not None else ""
        self.mend.setText(remedies.get(remedy, ""))
        self.mend.setToolTip(self.mend.text().rstrip("…"))
        self.mend.setVisible(bool(remedy))
        self.setAccessibleName(tr("Project notices"))
        self.name_cross()
        self.setVisible(self._shown is not None)
