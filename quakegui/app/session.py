"""The session: the one mutable state of the window. Views ask it, show, and forward what the analyst did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from quakegui.app import computing, explaining, labelling, opening, others, walking
from quakegui.app.change import Change
from quakegui.app.computing import COMPUTING
from quakegui.app.consolidating import Consolidator
from quakegui.app.dayindex import as_day, first_map, nearest, same_days
from quakegui.app.jobs import Jobs
from quakegui.app.maps import MapCache
from quakegui.app.nightfall import NightWatch
from quakegui.app.settings import Settings, SettingsFile
from quakegui.app.tables import UNLABELLED, LabelTable
from quakegui.season.labels import LabelRow
from quakegui.season.localtime import local_date, wall_clock_ms

# Database, tables and science are imported where they are used: an empty window answers before any of them is loaded.
if TYPE_CHECKING:
    from quakegui.app.runs import RunRow
    from quakegui.judge.judged_by import AsOf
    from quakegui.project.journal import Follower, JournalRow, Note
    from quakegui.project.lookout import Lookout
    from quakegui.project.runs import PredictionTable
    from quakegui.project.store import Project
    from quakegui.season.daymap import DayMap
    from quakegui.season.events import Event
    from quakegui.season.extrema import DayFeatures
    from quakegui.season.season import Season

NO_DAYS: NDArray[np.datetime64] = np.array([], dtype="datetime64[D]")
KEEP_DAY_MS = 500
"""How long after a step the day shown is remembered, at the latest."""
SEEN_AFTER_MS = 1000
"""A label of another writer that comes up on the day shown has been seen after so long."""
DAYS_READ = 32
"""So many days' histories are read from the journal at once: one day takes as long, and a walk goes on."""


@dataclass(frozen=True, slots=True)
class Display:
    """What the day map shows above the network's own pixels, and in which unit."""

    unit: str = "z"
    threshold: bool = True
    outlines: bool = True
    stations: bool = True
    explain: bool = False
    blind: bool = False
    """Whether other people's labels, the rule's and the predictions are hidden, for a second labelling."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """What the run in use says of a season, read beside the window; good until the window itself has read predictions anew."""

    season: Season
    read_before: int
    said: PredictionTable | None
    alarms: tuple[tuple[int, int], ...]
    refusal: str


class Session(QObject):
    """The open project, its season, the day shown, and every action on them.

    Actions return when their effect is kept on disk, then `changed` says what to refresh. What cannot be done is `said`.
    """

    changed = Signal(object)
    said = Signal(str, str)
    answered = Signal(object)
    """Carries the `labelling.Answer` to a write of more than one day."""
    closing = Signal()
    """The project is about to be closed: what works on it must end now."""
    came = Signal(object)
    """Carries `others.Came`: what other programs changed in the project, which is shown by now or being computed."""

    # Actions with a module of their own; each takes the session first, so it is a method here.
    after_start, open, create, open_demo = opening.after_start, opening.open_project, opening.create_project, opening.open_demo
    step, jump, walked, walk_only, go_to_end = (
        walking.step, walking.jump, walking.walked, walking.walk_only, walking.go_to_end
    )  # fmt: skip
    target, label, accept, note = labelling.target, labelling.label, labelling.accept, labelling.note
    undo, redo, revert_to, steps = labelling.undo, labelling.redo, labelling.revert_to, labelling.steps
    explain = explaining.explain
    look, poll = others.look, others.poll
    recompute, follow_readings = computing.recompute, computing.follow_readings
    is_of_now, is_behind = computing.is_of_now, computing.is_behind

    def __init__(
        self, file: SettingsFile | None = None, parent: QObject | None = None, *, clock: Callable[[], int] = wall_clock_ms
    ) -> None:
        super().__init__(parent)
        self.clock = clock
        self.file = file if file is not None else SettingsFile()
        self.settings: Settings = self.file.load()
        self.display = Display()
        self.ask: others.Ask = others.keep
        """Who answers questions about the work of others; the window asks the analyst."""
        self._keeper = QTimer(self)
        self._keeper.setSingleShot(True)
        self._keeper.setInterval(KEEP_DAY_MS)
        self._keeper.timeout.connect(self._keep_day)
        self.may_close: Callable[[], bool] = lambda: True
        """Whether the open project may be closed for another one; a window asks the analyst where that would end work."""
        self.being_seen = QTimer(self)
        """Runs while a label of another writer has just come up on the day shown."""
        self.being_seen.setSingleShot(True)
        self.being_seen.setInterval(SEEN_AFTER_MS)
        self.being_seen.timeout.connect(self._have_seen)
        self.jobs = Jobs(self)
        self.jobs.failed.connect(self._job_failed)
        self.consolidator = Consolidator(self)
        self._forget()
        self._night_watch = NightWatch(self)

    # -- state -----------------------------------------------------------------------------------------------------

    def _forget(self) -> None:
        self.project: Project | None = None
        self.season: Season | None = None
        self.ahead: dict[str, np.datetime64] = {}
        """Newest stamps of the stations whose readings lie ahead of this machine's clock."""
        self.lacks = ""
        """Why a project has no season: "readings" or "coordinates"; empty where it has one."""
        self.days = NO_DAYS
        self.index = -1
        self.picked: tuple[str, ...] = ()
        self.only = ""
        """The kind of days that the walk goes through (see `kinds`), empty for all days."""
        self.walk: NDArray[np.intp] | None = None
        self.chosen: tuple[int, int] | None = None
        """First and last index of the days that a label goes to; the day shown is one of them."""
        self.labels = LabelTable.of(NO_DAYS, {})
        self.truth: NDArray[np.int8] = self.labels.classes
        """The class by which a network may be judged on each day, -1 for none: everybody's labels, and no model's."""
        self.events: tuple[Event, ...] = ()
        self.event_classes: tuple[int, ...] = ()
        self.event_days = NO_DAYS
        self.predictions: PredictionTable | None = None
        self.alarms: tuple[tuple[int, int], ...] = ()
        self.refusal = ""
        """Why nothing is shown of what the run in use says, since the project has other classes; empty where it is."""
        self.runs: tuple[RunRow, ...] = ()
        self.heat: dict[int, NDArray[np.float32]] = {}
        """Where a day's map speaks for the prediction, by index; only of days that were asked about."""
        self.judged_by: AsOf = "training"
        """By which labels and earthquakes the run in use is judged, in the window and in its report."""
        self.computed_revision = -1
        """The project's revision when its season was last computed."""
        self.awaits_days = False
        """Whether it is to be told what days the season gains by what other programs brought in."""
        self.lookout: Lookout | None = None
        self.unseen: set[np.datetime64] = set()
        """Days whose label in force another program wrote, and which were not shown since."""
        self.unseen_notes: set[np.datetime64] = set()
        """Days on which another program wrote a note, and which were not shown since."""
        self.hidden_rows: list[JournalRow] = []
        """What other programs wrote into the journal while a blind labelling hid it."""
        self.unreachable = False
        self.runs_stamp = 0
        self.journal: Follower | None = None
        self._ready: _Ready | None = None
        self._predictions_read = 0
        self._forget_journal()
        self.maps: MapCache | None = None
        self.direction = 1

    def _forget_journal(self) -> None:
        """Forget what was read of the journal, so that walking through days reads each of them once."""
        self._histories: dict[np.datetime64, tuple[LabelRow, ...]] = {}
        self._notes: tuple[Note, ...] | None = None

    @property
    def day(self) -> np.datetime64 | None:
        """The local date shown, or None."""
        return self.days[self.index] if self.index >= 0 else None

    @property
    def computing(self) -> bool:
        """Whether the season is being computed anew, or will be."""
        return self.jobs.has(COMPUTING)

    @property
    def can_write(self) -> bool:
        """Whether labels and notes can be kept."""
        return self.project is not None and not self.project.read_only

    @property
    def synthetic(self) -> bool:
        """Whether what is shown was made by the generator, not measured."""
        return self.project is not None and self.project.synthetic

    def day_map(self, index: int | None = None) -> DayMap | None:
        """Return the map of a day (default: the day shown), or None without a season."""
        at = self.index if index is None else index
        return self.maps.get(at) if self.maps is not None and at >= 0 else None

    def features(self, index: int | None = None) -> DayFeatures | None:
        """Return the extremum features of a day (default: the day shown), or None without a season."""
        at = self.index if index is None else index
        return self.season.features[self.season.shown.start + at] if self.season is not None and at >= 0 else None

    def kp(self, index: int | None = None) -> float:
        """Return the largest Kp of a day's night, NaN where unknown."""
        at = self.index if index is None else index
        return float(self.season.kp_night[self.season.shown.start + at]) if self.season is not None and at >= 0 else np.nan

    def history(self, index: int | None = None) -> tuple[LabelRow, ...]:
        """Return every journal row of a day (default: the day shown), oldest first."""
        at = self.index if index is None else index
        if self.project is None or at < 0:
            return ()
        day = self.days[at]
        if day not in self._histories:
            from quakegui.project import journal
            from quakegui.project.store import ProjectError

            first = at - at % DAYS_READ
            try:
                self._histories |= journal.histories(self.project, self.days[first : first + DAYS_READ])
            except ProjectError as error:  # the drive is gone, say: what was read before can still be looked at
                self.said.emit(str(error), "error")
        return self._histories.get(day, ())

    def notes(self, index: int | None = None) -> tuple[Note, ...]:
        """Return the notes that stand on a day (default: the day shown), oldest first."""
        at = self.index if index is None else index
        if self.journal is None or at < 0:
            return ()
        if self._notes is None:
            from quakegui.project.store import ProjectError

            try:
                self._notes = self.journal.notes()
            except ProjectError as error:
                self.said.emit(str(error), "error")
                return ()
        return tuple(note for note in self._notes if note.day == self.days[at])

    # -- project ---------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the project; the day shown is remembered for the next start."""
        self.closing.emit()
        self.jobs.close()
        if self.maps is not None:
            self.maps.close()
        self._keeper.stop()
        self.being_seen.stop()
        self._keep_day()
        if self.lookout is not None:
            self.lookout.close()
        if self.project is not None:
            self.project.close()
        self._forget()
        self.changed.emit(Change.ALL)

    def _keep_day(self) -> None:
        """Remember the day shown, so that the next start comes back to it, also after a crash."""
        if self.project is not None and self.day is not None:
            self.file.save_day(self.project.folder, str(self.day))

    def _have_seen(self) -> None:
        if self.day is not None:
            self.unseen.discard(self.day)
            self.unseen_notes.discard(self.day)

    def adopt(self, project: Project) -> None:
        """Show a project that was just opened, in place of the one that is open; its season is computed in a job."""
        from quakegui.project.journal import Follower
        from quakegui.project.lookout import Lookout

        self.close()
        self.project, self.journal, self.lookout = project, Follower(project), Lookout(project)
        self.runs_stamp = others.runs_stamp(self)
        project.answer_here()
        for warning in project.warnings:
            self.said.emit(warning, "warning")
        self.set_settings(recent=self.settings.with_recent(project.folder).recent)
        self.changed.emit(Change.ALL)
        self.recompute()

    def show_season(self, project: Project, season: Season | None, lacks: str, revision: int) -> None:
        """Show a computed season of the project that is open, on the day that was shown; `lacks` says why there is none."""
        if project is not self.project:
            return
        former, self.computed_revision = self.season, revision
        if self.maps is not None:
            self.maps.close()
        before = self.day
        remembered = before if before is not None else as_day(self.file.load_day(project.folder))
        self.season, self.lacks = season, lacks
        self.maps = MapCache(season) if season is not None else None
        chosen = self.days[list(self.chosen)] if self.chosen is not None else NO_DAYS
        self.days = season.days if season is not None else NO_DAYS
        self.chosen = same_days(self.days, chosen)
        self.index = nearest(self.days, remembered) if remembered is not None else first_map(season)
        if self.chosen is not None and not self.chosen[0] <= self.index <= self.chosen[1]:
            self.chosen = None
        self.labels, self.predictions, self.alarms, self.heat = LabelTable.of(self.days, {}), None, (), {}
        self.truth = self.labels.classes
        self._read(Change.ALL)
        walking.draw_ahead(self)
        self.changed.emit(Change.ALL & ~Change.PROJECT)
        if self.awaits_days:
            self.awaits_days = False
            others.tell_days(self, former, season)
        if not self.computing and self.is_behind():
            self.follow_readings()

    # -- walking through the days ----------------------------------------------------------------------------------

    def go_to(self, index: int) -> None:
        """Show a day, which ends a choice of days that it is none of; an index outside the season is its nearest end."""
        index = self._within(index)
        inside = self.chosen is not None and self.chosen[0] <= index <= self.chosen[1]
        self._show_day(index, self.chosen if inside else None)

    def go_to_picked(self, index: int) -> None:
        """Show a day that was picked by itself, from a list or by a click, which ends any choice of days."""
        self._show_day(self._within(index), None)

    def go_to_day(self, day: np.datetime64) -> None:
        """Show a local date, or the nearest day of the season."""
        self.go_to(nearest(self.days, day))

    def pick(self, codes: Sequence[str]) -> None:
        """Pick stations, whose series are then shown."""
        if tuple(codes) != self.picked:
            self.picked = tuple(codes)
            self.changed.emit(Change.PICK)

    def choose(self, days: tuple[int, int] | None) -> None:
        """Choose a range of days by its ends' indices, or none; the day shown is one of them, else the first end given."""
        if days is None or not self.days.size:
            self._show_day(self.index, None)
            return
        first, last = sorted(self._within(end) for end in days)
        self._show_day(self.index if first <= self.index <= last else self._within(days[0]), (first, last))

    def _within(self, index: int) -> int:
        """Return the nearest index of a day of the season; -1 without one."""
        return max(min(index, self.days.size - 1), 0 if self.days.size else -1)

    def _show_day(self, index: int, chosen: tuple[int, int] | None) -> None:
        """Show a day, and let these days be chosen, of which it is one: labels go to nothing that is not looked at."""
        moves = index != self.index
        change = (Change.DAY if moves else Change.NOTHING) | (Change.RANGE if chosen != self.chosen else Change.NOTHING)
        if moves:
            self.unseen.discard(self.days[index])
            self.unseen_notes.discard(self.days[index])
            self.direction = 1 if index > self.index else -1
        self.index, self.chosen = index, chosen
        if change:
            self.changed.emit(change)
        if moves:
            if not self._keeper.isActive():
                self._keeper.start()
            walking.draw_ahead(self)
            self.look()

    # -- settings --------------------------------------------------------------------------------------------------

    def set_display(self, **choices: Any) -> None:
        """Change some of the `Display` choices."""
        new = replace(self.display, **choices)
        if new != self.display:
            blind_changed = new.blind != self.display.blind
            self.display = new
            if blind_changed:
                self._read(Change.LABELS)
            if not new.blind:
                others.open_eyes(self)
            self.changed.emit(Change.DISPLAY | (Change.LABELS | Change.PREDICTIONS if blind_changed else Change.NOTHING))

    def set_settings(self, **choices: Any) -> None:
        """Change some of the `Settings`; kept at once."""
        new = replace(self.settings, **choices)
        if new != self.settings:
            self.settings = new
            self.file.save(new)
            self.changed.emit(Change.SETTINGS)

    # -- reading the project ---------------------------------------------------------------------------------------

    def reload(self, change: Change) -> None:
        """Read events, labels, predictions or runs again after a dialog or a job changed them in the project."""
        if Change.EVENTS in change:  # by them predictions are shown or refused, and alarms raised
            change |= Change.PREDICTIONS
        self._read(change)
        self.changed.emit(change)

    def _read(self, change: Change) -> None:
        """Read what the flags name from the project; what cannot be read is told and stays as it was."""
        from quakegui.project.store import ProjectError

        readers = {
            Change.EVENTS: self._load_events,
            Change.LABELS: self._load_labels,
            Change.PREDICTIONS: self._load_predictions,
            Change.RUNS: self._load_runs,
        }
        self.walk = None
        try:
            for flag, read in readers.items():
                if flag in change:
                    read()
        except ProjectError as error:
            self.said.emit(str(error), "error")

    def _load_events(self) -> None:
        if self.project is not None:
            from quakegui.project import catalogue

            self.events = catalogue.events(self.project)
            self.event_classes = catalogue.event_classes(self.project)
            times = np.array([event.time for event in self.events], dtype="datetime64[ms]")
            self.event_days = local_date(times, self.project.timezone)

    def _load_labels(self) -> None:
        self._forget_journal()
        if self.journal is not None:
            self.labels = LabelTable.of(self.days, self.journal.in_force(author=self.whose()))
            truth = self.journal.truth()
            self.truth = np.array([truth.get(day, UNLABELLED) for day in self.days], dtype=np.int8)

    def whose(self) -> str | None:
        """Return whose labels alone are shown, None for everybody's."""
        return self.settings.analyst if self.display.blind else None

    def prepare_predictions(self, project: Project, season: Season) -> None:
        """Read in a job what the run in use says of a season, so that the next reading of predictions finds it ready."""
        from quakegui.learn.alarm_days import alarms_of
        from quakegui.learn.season_runs import said_in_other_classes
        from quakegui.project import runs

        before = self._predictions_read
        said = runs.predictions_in_use(project, season.days)
        refusal = said_in_other_classes(project, said.run) if said is not None else ""
        said = None if refusal else said
        self._ready = _Ready(season, before, said, alarms_of(project, season, said) if said is not None else (), refusal)

    def _load_predictions(self) -> None:
        if self.project is not None:
            ready = self._ready
            if ready is None or ready.season is not self.season or ready.read_before != self._predictions_read:
                self._ready = None
                if self.season is not None:
                    self.prepare_predictions(self.project, self.season)
            self.heat = {}
            self.predictions, self.alarms = (self._ready.said, self._ready.alarms) if self._ready is not None else (None, ())
            told, self.refusal = self.refusal, self._ready.refusal if self._ready is not None else ""
            self._ready = None
            self._predictions_read += 1
            if self.refusal not in ("", told):
                self.said.emit(self.refusal, "warning")

    def _load_runs(self) -> None:
        if self.project is not None:
            from quakegui.app import runs

            self.runs, problems = runs.read_runs(self.project)
            for sentence in problems:
                self.said.emit(sentence, "warning")

    def _job_failed(self, title: str, error: object) -> None:
        self.said.emit(f"{title}: {error}", "error")
        if title != COMPUTING and not self.computing and self.is_behind():
            self.recompute()
