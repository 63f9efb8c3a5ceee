"""Cached reading of the journal for the walk through the days: each page once, until the journal changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from quakegui.season.labels import LabelRow

if TYPE_CHECKING:
    from quakegui.project.journal import Note
    from quakegui.project.journal.keeping import Keeper

DAYS_READ: Final = 32
"""Number of days whose histories are read at once: one day takes as long, and a walk continues."""


class JournalPages:
    """Pages read from the journal of a project, with the current notes; create a new object after each change."""

    def __init__(self, notes: tuple[Note, ...] = ()) -> None:
        self.notes = notes
        self._histories: dict[np.datetime64, tuple[LabelRow, ...]] = {}

    def history(self, project: Keeper, days: NDArray[np.datetime64], index: int) -> tuple[LabelRow, ...]:
        """Return every journal row of a day, oldest first; raises `ProjectError` if the journal cannot be read.

        Parameters
        ----------
        project, days
            The project with the journal, and local dates of the season, shape (day,).
        index
            Index of the day.
        """
        day = days[index]
        if day not in self._histories:
            from quakegui.project import journal

            first = index - index % DAYS_READ
            self._histories |= journal.histories(project, days[first : first + DAYS_READ])
        return self._histories.get(day, ())
