"""The session: the one mutable state of the window, and reading of what it shows.

The analyst's actions are plain functions of the session: `opening`, `walking`, `labelling`, `computing`, `others`, `runs`,
`explaining`, `taking_in`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from quakegui.app import consent
from quakegui.app.change import Change
from quakegui.app.consolidating import Consolidator
from quakegui.app.dayindex import NO_DAYS, as_day, first_map, nearest, same_days
from quakegui.app.display import Display
from quakegui.app.in_use import InUseReader
from quakegui.app.job_titles import title_of
from quakegui.app.jobs import Jobs
from quakegui.app.journal_pages import JournalPages
from quakegui.app.maps import MapCache
from quakegui.app.settings import Settings, SettingsFile
from quakegui.app.tables import UNLABELLED, LabelTable, places_on
from quakegui.app.unseen import Unseen
from quakegui.judge.folds import ZERO_SHOT
from quakegui.project.errors import ProjectError
from quakegui.season.labels import LabelRow
from quakegui.season.localtime import local_date, wall_clock_ms
from quakegui.season.names import class_names
from quakegui.words import Said

# Database, tables and science are imported on use: an empty window responds before any of them is loaded.
if TYPE_CHECKING:
    from quakegui.app.deeds import Deed
    from quakegui.app.post import Post
    from quakegui.app.presence import Presence
    from quakegui.app.run_rows import RunRow
    from quakegui.judge.judged_by import AsOf
    from quakegui.project.journal import Follower, Note
    from quakegui.project.journal.keeping import Keeper
    from quakegui.project.lookout import Lookout
    from quakegui.project.run_archives import StoredRun
    from quakegui.project.runs import PredictionTable
    from quakegui.project.store import Project
    from quakegui.season.daymap import DayMap
    from quakegui.season.events import Event
    from quakegui.season.extrema import DayFeatures
    from quakegui.season.season import Season

LONGEST_TRAIL: Final = 100
KEEP_DAY_MS: Final = 2000
"""Maximum delay in ms after a step until the day shown is saved: saving takes longer than a step of the walk."""


class Session(QObject):
    """The open project, its season, the day shown, and the selected days.

    Actions on it return when their effect is on disk; `changed` then names what to refresh. Errors are emitted by `message`.
    """

    changed = Signal(object)
    message = Signal(object, str)
    answered = Signal(object)
    """A `labelling.Answer` after a write to more than one day."""
    closing = Signal()
    """The project is about to be closed: work on it must end now."""
    arrived = Signal(object)
    """`Arrivals`: changes by other programs, which are shown by now or being computed."""
    waited = Signal()
    """Other changes than before are on their way to the server of a shared project."""

    def __init__(
        self, file: SettingsFile | None = None, parent: QObject | None = None, *, clock: Callable[[], int] = wall_clock_ms
    ) -> None:
        super().__init__(parent)
        self.clock = clock
        self.file = file if file is not None else SettingsFile()
        self.settings: Settings = self.file.load()
        self.display = Display()
        self.ask: consent.Ask = consent.refuse
        """Answers questions about the work of others; the window asks the analyst."""
        self._keeper = QTimer(self)
        self._keeper.setSingleShot(True)
        self._keeper.setInterval(KEEP_DAY_MS)
        self._keeper.timeout.connect(self._keep_day)
        self.may_close: Callable[[], bool] = lambda: True
        """Whether the open project may be closed for another one; the window asks the analyst if that would stop work."""
        self.unseen = Unseen(lambda: self.day, self)
        self.jobs = Jobs(self)
        self.jobs.failed.connect(self._job_failed)
        self.consolidator = Consolidator(lambda: self.project, self)
        self.changed.connect(self.consolidator.wait)
        self.closing.connect(self.consolidator.end)
        self._forget()

    # -- state -----------------------------------------------------------------------------------------------------

    def _forget(self) -> None:
        self.project: Project | None = None
        self.season: Season | None = None
        self.deed: Deed | None = None
        """The last export, rule, training or evaluation of this project, which can be copied as a command."""
        self.ahead: dict[str, np.datetime64] = {}
        """Latest timestamps of the stations whose readings are ahead of the clock of this machine."""
        self.lacks = ""
        """Why a project has no season: "readings" or "coordinates"; empty if it has one."""
        self.days = NO_DAYS
        self.index = -1
        self.labels = LabelTable.of(NO_DAYS, {})
        self.truth: NDArray[np.int8] = self.labels.classes
        """The class of each day for the evaluation, -1 for none: from the labels of all people, and none of a model."""
        self.events: tuple[Event, ...] = ()
        self.event_classes: tuple[int, ...] = ()
        self.split: float | None = None
        """Magnitude split of the project; None if its earthquakes are not classified."""
        self.event_days = NO_DAYS
        self.predictions: PredictionTable | None = None
        self.alarms: tuple[tuple[int, int], ...] = ()
        self.refusal = ""
        """Why the predictions of the current run are not shown, because the project has other classes; empty if they are."""
        self.runs: tuple[RunRow, ...] = ()
        self.stored_runs: tuple[StoredRun, ...] = ()
        """The runs that the server of a shared project has."""
        self.heat: dict[int, NDArray[np.float32]] = {}
        """Saliency maps by index of the day; only of days for which they were requested."""
        self.inputs: dict[int, dict[int, NDArray[np.float32]]] = {}
        """For the same days, the maps that a pre-trained model is given, by the number of nights in each."""
        self.judged_by: AsOf = "training"
        """Labels and earthquakes for the evaluation of the current run, in the window and in its report."""
        self.computed_revision = -1
        """Revision of the project when its season was last computed."""
        self.awaits_days = False
        """Whether to report the days that the season gains through other programs."""
        self.lookout: Lookout | None = None
        self.opener: QObject | None = None
        """What is opening a shared project at present."""
        self.post: Post | None = None
        """What is on its way to the server of a shared project; None for other projects, which are on disk."""
        self.presence: Presence | None = None
        self.journal: Follower | None = None
        self._pages = JournalPages()
        self.in_use_reader = InUseReader()
        self.maps: MapCache | None = None
        self._forget_others()
        self._forget_way()

    def _forget_others(self) -> None:
        self.unseen.forget()
        self.unreachable = False
        """Whether the project could not be read at the last check for changes by other programs."""
        self.missed_readings = False
        """Whether other programs changed the readings while the project could not be read, so that the season is outdated."""
        self.runs_stamp = 0

    def _forget_way(self) -> None:
        self.direction = 1
        self.trail: list[np.datetime64] = []
        """Days from which a jump started, the latest last; a step, however far, is not a jump."""
        self.selected_codes: tuple[str, ...] = ()
        self.only = ""
        """The kind of days that the walk goes through (see `day_kinds`), empty for all days."""
        self.walk: NDArray[np.intp] | None = None
        self.selection: tuple[int, int] | None = None
        """First and last index of the selected days; the day shown is one of them."""
        self.chosen: tuple[int, ...] = ()
        """Indices of individually selected days, including the day shown; empty while a range or nothing is selected."""

    @property
    def day(self) -> np.datetime64 | None:
        """The local date shown, or None."""
        return self.days[self.index] if self.index >= 0 else None

    @property
    def keeper(self) -> Keeper:
        """Where the journal is read: the project, or the copy of that of a shared one."""
        assert self.project is not None
        return self.project if self.post is None else self.post.replica

    @property
    def can_write(self) -> bool:
        """Whether labels and notes can be saved."""
        return self.project is not None and not self.project.read_only

    @property
    def synthetic(self) -> bool:
        """Whether the data shown is synthetic."""
        return self.project is not None and self.project.synthetic

    @property
    def zero_shot(self) -> bool:
        """Whether the current predictions are those of a model that was not trained on this season."""
        return any(row.in_use and row.run.config.protocol == ZERO_SHOT for row in self.runs)

    @property
    def class_names(self) -> tuple[Said, ...]:
        """The names of the classes 0 to 4, with the magnitude split of the project."""
        return class_names(self.split)

    def day_map(self, index: int | None = None) -> DayMap | None:
        """Return the map of a day (default: the day shown), or None without a season."""
        at = self.index if index is None else index
        return self.maps.get(at) if self.maps is not None and at >= 0 else None

    def features(self, index: int | None = None) -> DayFeatures | None:
        """Return the extremum features of a day (default: the day shown), or None without a season."""
        at = self.index if index is None else index
        return self.season.features[self.season.shown.start + at] if self.season is not None and at >= 0 else None

    def kp(self, index: int | None = None) -> float:
        """Return the largest Kp of the night of a day, NaN if unknown."""
        at = self.index if index is None else index
        return float(self.season.kp_night[self.season.shown.start + at]) if self.season is not None and at >= 0 else np.nan

    def history(self, index: int | None = None) -> tuple[LabelRow, ...]:
        """Return every journal row of a day (default: the day shown), oldest first."""
        at = self.index if index is None else index
        if self.project is None or at < 0:
            return ()
        try:
            return self._pages.history(self.keeper, self.days, at)
        except ProjectError as error:  # for example if the drive is gone: data that was read before remains visible
            self.message.emit(str(error), "error")
            return ()

    def notes(self, index: int | None = None) -> tuple[Note, ...]:
        """Return the current notes on a day (default: the day shown), oldest first."""
        at = self.index if index is None else index
        return tuple(note for note in self.all_notes() if note.day == self.days[at]) if at >= 0 else ()

    def all_notes(self) -> tuple[Note, ...]:
        """Return the current notes on all days, including those outside the season, oldest first."""
        return self._pages.notes

    # -- project ---------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the project; the day shown is saved for the next start."""
        self.closing.emit()
        self.jobs.close()
        if self.maps is not None:
            self.maps.close()
        self._keeper.stop()
        self._keep_day()
        if self.post is not None:
            self.post.close()  # and the lookout
        elif self.lookout is not None:
            self.lookout.close()
        if self.project is not None:
            self.project.close()
        self._forget()
        self.changed.emit(Change.ALL)

    def _keep_day(self) -> None:
        """Save the day shown, so that the next start returns to it, also after a crash."""
        if self.project is not None and self.day is not None:
            self.file.save_day(self.project.folder, str(self.day))

    # -- what is shown ---------------------------------------------------------------------------------------------

    def take(self, project: Project, lookout: Lookout) -> None:
        """Set a project that was just opened, and what watches it, without its season; no other may be open.

        Parameters
        ----------
        project, lookout
            The project, and what watches it; from now on the session closes both.
        """
        from quakegui.project.journal import Follower

        self.project, self.journal, self.lookout = project, Follower(project), lookout

    def show_season(self, season: Season | None, lacks: str, revision: int) -> None:
        """Show a computed season of the project, on the day that was shown.

        Parameters
        ----------
        season
            The season, or None if there is none.
        lacks
            Why there is none: "readings" or "coordinates"; empty if there is one.
        revision
            Revision of the project when it was computed.
        """
        assert self.project is not None
        self.computed_revision = revision
        if self.maps is not None:
            self.maps.close()
        before = self.day
        wanted = before if before is not None else as_day(self.file.load_day(self.project.folder))
        self.season, self.lacks = season, lacks
        self.maps = MapCache(season) if season is not None else None
        ends = self.days[list(self.selection)] if self.selection is not None else NO_DAYS
        self.days = season.days if season is not None else NO_DAYS
        self.selection, self.chosen = same_days(self.days, ends), ()
        self.index = nearest(self.days, wanted) if wanted is not None else first_map(season)
        if self.selection is not None and not self.selection[0] <= self.index <= self.selection[1]:
            self.selection = None
        self.labels, self.predictions, self.alarms = LabelTable.of(self.days, {}), None, ()
        self.heat, self.inputs = {}, {}
        self.truth = self.labels.classes
        self._read(Change.ALL)
        self.changed.emit(Change.ALL & ~Change.PROJECT)

    def show_day(
        self, index: int, selection: tuple[int, int] | None, others: tuple[int, ...] = (), *, jump: bool = True
    ) -> bool:
        """Show a day and select days, which must include it: only visible days can be labelled.

        Parameters
        ----------
        index
            Index of the day.
        selection, others
            The selected days.
        jump
            Whether the way back to the former day is saved; never for a neighbouring day.

        Returns
        -------
        bool
            Whether it is another day.
        """
        moves = index != self.index
        if jump and abs(index - self.index) > 1 and self.day is not None:
            self.trail = [*self.trail[1 - LONGEST_TRAIL :], self.day]
        other = selection != self.selection or others != self.chosen
        change = (Change.DAY if moves else Change.NOTHING) | (Change.RANGE if other else Change.NOTHING)
        if moves:
            self.direction = 1 if index > self.index else -1
        self.index, self.selection, self.chosen = index, selection, others
        if moves:
            self.unseen.see()
            if not self._keeper.isActive():
                self._keeper.start()
        if change:
            self.changed.emit(change)
        return moves

    def pick(self, codes: Sequence[str]) -> None:
        """Select stations, whose series are then shown."""
        if tuple(codes) != self.selected_codes:
            self.selected_codes = tuple(codes)
            self.changed.emit(Change.PICK)

    # -- settings --------------------------------------------------------------------------------------------------

    def set_display(self, **choices: Any) -> None:
        """Change some of the `Display` options."""
        new = replace(self.display, **choices)
        if new != self.display:
            blind_changed = new.blind != self.display.blind
            self.display = new
            if blind_changed:
                self._read(Change.LABELS)
            if not new.blind:
                self.unseen.show_hidden(self.labels.rows)
            self.changed.emit(Change.DISPLAY | (Change.LABELS | Change.PREDICTIONS if blind_changed else Change.NOTHING))

    def set_settings(self, **choices: Any) -> None:
        """Change some of the `Settings`; saved at once."""
        new = replace(self.settings, **choices)
        if new != self.settings:
            self.settings = new
            self.file.save(new)
            self.changed.emit(Change.SETTINGS)

    # -- reading the project ---------------------------------------------------------------------------------------

    def reload(self, change: Change) -> None:
        """Reload earthquakes, labels, predictions or runs after a dialog or a job changed them in the project."""
        if Change.EVENTS in change:  # earthquakes decide whether predictions are shown, and their alarms
            change |= Change.PREDICTIONS
        self._read(change)
        self.changed.emit(change)

    def _read(self, change: Change) -> None:
        """Read what the flags name from the project; data that cannot be read is reported and unchanged."""
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
            self.message.emit(str(error), "error")

    def _load_events(self) -> None:
        if self.project is not None:
            from quakegui.project import catalogue

            self.events = catalogue.events(self.project)
            self.event_classes = catalogue.event_classes(self.project)
            scheme = catalogue.class_scheme(self.project)
            self.split = None if scheme is None else scheme.split_magnitude
            times = np.array([event.time for event in self.events], dtype="datetime64[ms]")
            self.event_days = local_date(times, self.project.timezone)

    def _load_labels(self) -> None:
        self._pages = JournalPages(self._pages.notes)
        if self.journal is not None:
            standing = self.journal.standing(author=self.whose())
            self._pages = JournalPages(standing.notes)
            self.labels = LabelTable.of(self.days, standing.in_force)
            places = places_on(self.days, standing.truth)
            self.truth = np.full(len(self.days), UNLABELLED, dtype=np.int8)
            self.truth[places[places >= 0]] = np.fromiter(standing.truth.values(), np.int8, places.size)[places >= 0]

    def whose(self) -> str | None:
        """Return the person whose labels are shown, None for all people."""
        return self.settings.analyst if self.display.blind else None

    def _load_predictions(self) -> None:
        if self.project is None:
            return
        in_use = self.in_use_reader.read(self.project, self.season)
        self.heat, self.inputs = {}, {}
        former = self.refusal
        self.predictions, self.alarms, self.refusal = None, (), ""
        if in_use is not None:
            self.predictions, self.alarms, self.refusal = in_use.predictions, in_use.alarms, in_use.refusal
        if self.refusal not in ("", former):
            self.message.emit(self.refusal, "warning")

    def _load_runs(self) -> None:
        if self.project is not None:
            from quakegui.app.run_rows import read_runs

            self.runs, problems = read_runs(self.project)
            for sentence in problems:
                self.message.emit(sentence, "warning")

    def _job_failed(self, job: str, error: object) -> None:
        self.message.emit(Said("{title}: {error}", title=title_of(job), error=error), "error")
