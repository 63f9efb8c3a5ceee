"""Predictions and alarms of the current run for a season, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quakegui.project.runs import PredictionTable
    from quakegui.project.store import Project
    from quakegui.season.season import Season


@dataclass(frozen=True, slots=True)
class InUse:
    """Predictions of the current run.

    Attributes
    ----------
    season
        The season.
    predictions
        Calibrated predictions; None without a run, or if the run is rejected.
    alarms
        First and last index of the days of each alarm.
    refusal
        Why the run is not shown, because the project has other classes; empty if it is.
    """

    season: Season
    predictions: PredictionTable | None
    alarms: tuple[tuple[int, int], ...]
    refusal: str


def read_in_use(project: Project, season: Season) -> InUse:
    """Read the predictions of the current run for a season; takes a while, so call it in a job if one is running.

    Parameters
    ----------
    project
        Is read only.
    season
        Season of the project; predictions are returned for each of its days.
    """
    from quakegui.learn.alarm_days import alarms_of
    from quakegui.learn.calibrated import calibrated
    from quakegui.learn.run_classes import class_mismatch_by_id
    from quakegui.project import runs

    predictions = runs.predictions_in_use(project, season.days)
    refusal = class_mismatch_by_id(project, predictions.run) if predictions is not None else ""
    if predictions is None or refusal:
        return InUse(season, None, (), refusal)
    shown = calibrated(project, predictions, season.days)
    return InUse(season, shown, alarms_of(project, season, predictions), "")


class InUseReader:
    """Reads the predictions of the current run, which a job can have read ahead."""

    def __init__(self) -> None:
        self._ahead: tuple[int, InUse] | None = None
        """Predictions read ahead; valid until predictions have been read once more than the number."""
        self._reads = 0

    def prepare(self, project: Project, season: Season) -> None:
        """Read the predictions for a season in a job, so that they are ready for the next read.

        Parameters
        ----------
        project
            Is read only.
        season
            The object with which `read` will be called; for another one, what is read here is dropped.
        """
        before = self._reads
        self._ahead = before, read_in_use(project, season)

    def read(self, project: Project, season: Season | None) -> InUse | None:
        """Return the predictions for a season, None without a season.

        Parameters
        ----------
        project
            Is read only, and only if what was prepared is for another season, or older than the last read.
        season
            The season that is shown, or None.
        """
        before, found = self._ahead if self._ahead is not None else (-1, None)
        self._ahead = None
        if before != self._reads or found is None or found.season is not season:
            found = read_in_use(project, season) if season is not None else None
        self._reads += 1
        return found
