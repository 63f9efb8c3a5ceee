"""The operating day: new files come in, a frozen run predicts the new days, the ledger grows, an alarm is told when it opens.

A prediction is *prospective* when the run that made it knew nothing of the day or of anything after it: the day became known
only after the last day that the run was trained on, and after the last event whose label it learned. Rows are never changed.
A day that is corrected later gets a further row, and the first one stands in every score.
"""

from __future__ import annotations

import contextlib
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.alarm_days import season_alarms
from quakegui.learn.alarms import Alarm
from quakegui.learn.dataset import map_hashes
from quakegui.learn.environments import THIS, Environment
from quakegui.learn.evidence import maps_to_draw, style_name
from quakegui.learn.following import Listen, answer
from quakegui.learn.registry import RunError, RunFolder
from quakegui.learn.season_runs import find_run, record_run, refuse_foreign
from quakegui.project import runs, seasons
from quakegui.project.importing import ImportReport, import_paths
from quakegui.project.progress import Progress
from quakegui.project.store import Project, ProjectError, SupersededError
from quakegui.season.season import Season

MOST_MAPS = 512
"""Maps that a worker is given at once, 120 MB: a season is one portion, ten years are seven."""
ATTEMPTS = 3
"""So often the season is computed anew where other programs change its readings while it is predicted."""
LATE_HOURS = 24.0
"""A prediction that was issued so long after its day became known is told as late."""


@dataclass(frozen=True, slots=True)
class Issued:
    """One new row of the ledger.

    Attributes
    ----------
    day
        Local date.
    probabilities
        Of the five classes.
    kind
        "prospective" or "in-sample".
    late_hours
        From the day's becoming known to the row's being issued.
    corrected
        Whether the day had a row already, for another map; the first one stands.
    """

    day: np.datetime64
    probabilities: tuple[float, ...]
    kind: str
    late_hours: float
    corrected: bool

    @property
    def cls(self) -> int:
        """The most probable class."""
        return int(np.argmax(self.probabilities))

    @property
    def late(self) -> bool:
        """Whether it came too late to be of use."""
        return self.late_hours > LATE_HOURS


@dataclass(frozen=True, slots=True)
class Predicted:
    """What a run said anew.

    Attributes
    ----------
    run
        Id of the run.
    issued
        New rows, by day.
    unchanged
        Days whose map was predicted before and is still the same.
    without_map
        Days after the run's knowledge that have no map, with the reason.
    """

    run: str
    issued: tuple[Issued, ...]
    unchanged: int
    without_map: tuple[tuple[np.datetime64, str], ...]


@dataclass(frozen=True, slots=True)
class Update:
    """One round of the operating day.

    Attributes
    ----------
    imported
        What came in; None where only the ledger was brought up to date.
    predicted
        What the run said of new days.
    opened
        Alarms that were not there before.
    open_now
        Whether an alarm is open when the last day with a prediction has become known.
    notes
        Sentences on what is out of the ordinary.
    """

    imported: ImportReport | None
    predicted: Predicted
    opened: tuple[Alarm, ...]
    open_now: bool
    notes: tuple[str, ...]


def update(
    project: Project,
    paths: Sequence[Path] = (),
    *,
    run_id: str | None = None,
    listen: Listen,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    environment: Environment = THIS,
    now_ms: int | None = None,
) -> Update:
    """Take in new files, compute the season anew, let the frozen run predict what is new, and tell of alarms that open.

    Parameters
    ----------
    paths
        Files or folders; files that are there already change nothing.
    run_id
        The frozen run, default the one in use.
    listen
        Told what the worker says.
    progress
        Told of the import and of the season.
    cancelled
        Asked now and then; what was imported and predicted by then stays.
    now_ms
        When the predictions are issued, milliseconds since 1970 UTC; default now.

    Raises
    ------
    ProjectError
        If there is no season yet, or the import was cancelled.
    RunError
        If there is no run, or it was trained on maps of another style or for other classes.
    SupersededError
        If other programs keep changing the readings while their days are predicted.
    """
    run = find_run(project, run_id)
    imported = import_paths(project, list(paths), progress=progress, cancelled=cancelled) if paths else None
    if imported is not None and imported.cancelled:
        raise ProjectError("The import was cancelled; nothing was changed.")
    season, before, predicted = _predicted_anew(
        project, run, progress, listen=listen, cancelled=cancelled, environment=environment, now_ms=now_ms
    )
    after = _alarms(project, season, run)
    told = {alarm.opened for alarm in before}
    notes = (*_notes(predicted), *_beyond_the_window(project, season))
    opened = tuple(alarm for alarm in after if alarm.opened not in told)
    return Update(imported, predicted, opened, _open_now(project, season, run, after), notes)


def _predicted_anew(
    project: Project, run: RunFolder, progress: Progress | None, **how: Any
) -> tuple[Season, tuple[Alarm, ...], Predicted]:
    """Return the season as it is now, the alarms that its known predictions raise, and what was predicted of it."""
    attempt = 0
    while True:
        attempt += 1
        season = seasons.load_season(project, progress=progress, features=False)
        if season is None:
            raise ProjectError("There are no readings or no located stations yet, so there is no day to predict.")
        before = _alarms(project, season, run)
        try:
            return season, before, predict_days(project, season, run, only_later=True, **how)
        except SupersededError:  # another program brought readings in meanwhile: the days are predicted by them, too
            if attempt == ATTEMPTS:
                raise


def predict_days(
    project: Project,
    season: Season,
    run: RunFolder,
    *,
    only_later: bool = False,
    in_sample: bool = False,
    listen: Listen,
    cancelled: Callable[[], bool] | None = None,
    environment: Environment = THIS,
    now_ms: int | None = None,
) -> Predicted:
    """Let a frozen run predict every day whose map it has not answered yet, and add the answers to the ledger.

    Parameters
    ----------
    only_later
        Leave out days that the run may know something of: they could only be in-sample.
    in_sample
        Mark every answer as in-sample, whatever the run says that it knows.

    Raises
    ------
    RunError
        If the run is not finished, or was trained on maps of another style or for other classes.
    SupersededError
        If the season is not the project's any more, before or after the run was asked; nothing was kept.
    """
    if run.card is None:
        raise RunError(f"The run “{run.title}” is not finished: resume it before predicting with it.")
    refuse_foreign(project, season, run)
    seasons.require_current(project, season)
    cutoff = season.available_at[season.shown].astype("datetime64[ms]")
    later = (cutoff > known_until(run)) & (not in_sample)
    wanted = np.flatnonzero(season.has_map & (later if only_later else True))
    said = _said(project, run.id)
    found: list[tuple[NDArray[np.intp], list[str], NDArray[np.float64]]] = []
    for start in range(0, max(len(wanted), 1), MOST_MAPS):
        part = wanted[start : start + MOST_MAPS]
        every = map_hashes(maps_to_draw(season, run.config, part), style_name(season.config))
        fresh = [k for k, name in enumerate(every) if name not in said.get(season.days[part[k]], ())]
        told = answer(
            run, maps_to_draw(season, run.config, part[fresh]), listen=listen, cancelled=cancelled, environment=environment
        )
        found.append((part[fresh], [every[k] for k in fresh], told))
    rows, shares = (np.concatenate([piece[k] for piece in found]) for k in (0, 2))
    names = [name for piece in found for name in piece[1]]
    issued_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    record_run(project, run)
    said_now = [
        runs.Predictions(
            days=season.days[rows[mask]],
            probabilities=shares[mask],
            kind=kind,
            map_hash=tuple(names[k] for k in np.flatnonzero(mask)),
            cutoff_ms=cutoff[rows[mask]].astype(np.int64),
            config_hash=season.config.hash,
        )
        for kind, mask in (("in-sample", ~later[rows]), ("prospective", later[rows]))
    ]
    runs.append_predictions(project, run.id, *said_now, issued_ms=issued_ms, revision=season.revision)
    issued = tuple(
        Issued(
            day=season.days[row],
            probabilities=tuple(float(p) for p in share),
            kind="prospective" if later[row] else "in-sample",
            late_hours=(issued_ms - int(cutoff[row].astype(np.int64))) / 3_600_000,
            corrected=season.days[row] in said,
        )
        for row, share in zip(rows, shares, strict=True)
    )
    without = tuple((season.days[k], season.why_no_map(int(k))) for k in np.flatnonzero(~season.has_map & later))
    return Predicted(run.id, issued, len(wanted) - len(rows), without)


def known_until(run: RunFolder) -> np.datetime64:
    """Return the instant up to which a run's training knows anything, UTC, datetime64[ms].

    A run that does not say so counts as knowing its last day and a label's reach beyond it.
    """
    told = run.about.get("knows_until")
    if told is None:
        told = run.predictions().days[-1] + np.timedelta64(31, "D")
    return np.datetime64(str(told), "ms")


class Watch:
    """What appears or changes in a folder, from the moment of making this on.

    Parameters
    ----------
    folder
        Looked at with everything below it.
    pause_s
        Seconds between two looks. A file counts once it looked the same twice, so that none is taken half-written.
    again_s
        Seconds after which files that could not be taken come again by themselves.
    """

    def __init__(self, folder: Path, *, pause_s: float = 5.0, again_s: float = 600.0) -> None:
        self._folder, self._pause_s, self._again_s = folder, pause_s, again_s
        self._taken = self._listing()
        self._again: tuple[Path, ...] = ()
        self._again_at = 0.0

    def again(self, paths: Sequence[Path]) -> None:
        """Have files come again that could not be taken: with the next ones, or after a while."""
        self._again, self._again_at = tuple(paths), time.monotonic() + self._again_s

    def changes(self, cancelled: Callable[[], bool]) -> Iterator[tuple[Path, ...]]:
        """Yield the files that are new or changed, each time there are some, until `cancelled` says so."""
        before = self._taken
        while not self._cancelled_within_pause(cancelled):
            try:
                now = self._listing()
            except OSError:  # a share that does not answer: it is looked at again
                continue
            settled = {
                path: stamp for path, stamp in now.items() if before.get(path) == stamp and self._taken.get(path) != stamp
            }
            before = now
            left: tuple[Path, ...] = ()
            if settled or time.monotonic() >= self._again_at:
                left, self._again = self._again, ()
            found = {*settled, *(path for path in left if path in now)}
            if found:
                self._taken |= settled
                yield tuple(sorted(found))

    def _cancelled_within_pause(self, cancelled: Callable[[], bool]) -> bool:
        end = time.monotonic() + self._pause_s
        while not cancelled():
            left = end - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(left, 0.2))
        return True

    def _listing(self) -> dict[Path, tuple[int, int]]:
        """Return size and time of every file; one that goes while it is looked at, or cannot be reached, is left out."""
        found = {}
        for path in self._folder.rglob("*"):
            with contextlib.suppress(OSError):
                status = path.stat()
                if stat.S_ISREG(status.st_mode):
                    found[path] = (status.st_size, status.st_mtime_ns)
        return found


def _said(project: Project, run_id: str) -> dict[np.datetime64, set[str]]:
    """Return the maps that the run has answered, by day."""
    said: dict[np.datetime64, set[str]] = {}
    for row in runs.ledger(project, run_id):
        said.setdefault(row.day, set()).add(row.map_hash)
    return said


def _alarms(project: Project, season: Season, run: RunFolder) -> tuple[Alarm, ...]:
    return season_alarms(project, season, runs.predictions(project, run.id, season.days))


def _open_now(project: Project, season: Season, run: RunFolder, alarms: Sequence[Alarm]) -> bool:
    said = np.flatnonzero(runs.predictions(project, run.id, season.days).classes >= 0)
    if not said.size or not alarms:
        return False
    moment = season.available_at[season.shown][said[-1]]
    return bool(alarms[-1].opened <= moment <= alarms[-1].closed)


def _notes(predicted: Predicted) -> tuple[str, ...]:
    notes = []
    late = [one for one in predicted.issued if one.late and not one.corrected]
    corrected = [one for one in predicted.issued if one.corrected]
    if late:
        most = max(one.late_hours for one in late) / 24
        notes.append(
            f"{_days(late)} came late, up to {most:.1f} days after {'it was' if len(late) == 1 else 'they were'} known; "
            "the ledger holds when each was issued."
        )
    if corrected:
        notes.append(
            f"The map of {_days(corrected)} has changed since it was predicted; the new answer is in the ledger, "
            "the first one stands in every score."
        )
    notes += [f"{day} has no map and no prediction: {why}" for day, why in predicted.without_map]
    return tuple(notes)


def _days(issued: Sequence[Issued]) -> str:
    if len(issued) == 1:
        return str(issued[0].day)
    return f"{len(issued)} days ({issued[0].day} to {issued[-1].day})"


def _beyond_the_window(project: Project, season: Season) -> tuple[str, ...]:
    days: NDArray[np.datetime64] = seasons.days_with_data(project)
    beyond = int((days > season.days[-1]).sum()) if season.days.size else 0
    if not beyond:
        return ()
    return (
        f"{beyond} days with readings lie after the season window, which ends on {season.days[-1]}, and are not predicted; "
        "move the window's end to take them in.",
    )
