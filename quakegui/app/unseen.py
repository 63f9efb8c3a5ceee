"""Days on which other programs wrote something that the analyst has not seen yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, QTimer

from quakegui.season.labels import LabelRow

if TYPE_CHECKING:
    from quakegui.project.journal import JournalRow

SEEN_AFTER_MS: Final = 1000
"""Time in ms after which a label of another writer on the day shown counts as seen."""


class Unseen(QObject):
    """Collects such days until they are shown.

    Attributes
    ----------
    labels
        Days whose current label was written by another program.
    notes
        Days on which another program wrote a note.
    hidden
        Rows that other programs wrote to the journal during blind labelling.
    """

    def __init__(self, day: Callable[[], np.datetime64 | None], parent: QObject) -> None:
        super().__init__(parent)
        self._day = day
        self.labels: set[np.datetime64] = set()
        self.notes: set[np.datetime64] = set()
        self.hidden: list[JournalRow] = []
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(SEEN_AFTER_MS)
        self._look.timeout.connect(self.see)

    def see(self) -> None:
        """Mark labels and notes on the day shown as seen."""
        day = self._day()
        if day is not None:
            self.labels.discard(day)
            self.notes.discard(day)

    def forget(self) -> None:
        """Clear everything."""
        self._look.stop()
        self.labels, self.notes, self.hidden = set(), set(), []

    def add(self, rows: Sequence[JournalRow], before: Sequence[LabelRow | None], in_force: Sequence[LabelRow | None]) -> None:
        """Add the days on which rows changed the current label compared to the screen, or added a note.

        The new current label may be one of these rows, or one of lower precedence.

        Parameters
        ----------
        rows
            Rows that other programs wrote.
        before, in_force
            The current label of each day of the season, as on the screen and at present.
        """
        given = {row.label for row in rows if row.kind == "label"}
        touched = {row.day for row in given}
        self.labels |= {
            row.day
            for row, shown in zip(in_force, before, strict=True)
            if row is not None and row.day in touched and (row in given or row != shown)
        }
        self.notes |= {np.datetime64(row.day, "D") for row in rows if row.kind == "note"}
        if self._day() in self.labels | self.notes:
            self._look.start()

    def show_hidden(self, in_force: Sequence[LabelRow | None]) -> None:
        """Add the rows that were written while others' labels were hidden, now that they are shown."""
        rows, self.hidden = self.hidden, []
        self.add(rows, [None] * len(in_force), in_force)
