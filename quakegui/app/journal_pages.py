"""The journal as a walk through the days reads it: each page once, until somebody writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from quakegui.season.labels import LabelRow

if TYPE_CHECKING:
    from quakegui.project.journal import Follower, Note
    from quakegui.project.store import Project

DAYS_READ: Final = 32
"""So many days' histories are read from the journal at once: one day takes as long, and a walk goes on."""


class JournalPages:
    """What was read of a project's journal; made anew after each change of it."""

    def __init__(self) -> None:
        self._histories: dict[np.datetime64, tuple[LabelRow, ...]] = {}
        self._notes: tuple[Note, ...] | None = None

    def history(self, project: Project, days: NDArray[np.datetime64], index: int) -> tuple[LabelRow, ...]:
        """Return every journal row of a day, oldest first; raises `ProjectError` where it cannot be read.

        Parameters
        ----------
        days
            The season's local dates, shape (day,).
        index
            Which of them.
        """
        day = days[index]
        if day not in self._histories:
            from quakegui.project import journal

            first = index - index % DAYS_READ
            self._histories |= journal.histories(project, days[first : first + DAYS_READ])
        return self._histories.get(day, ())

    def notes(self, follower: Follower) -> tuple[Note, ...]:
        """Return the notes that stand on any day, oldest first; raises `ProjectError` where they cannot be read."""
        if self._notes is None:
            self._notes = follower.notes()
        return self._notes
