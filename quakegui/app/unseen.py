"""Days on which other programs wrote what the analyst has not looked at yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, QTimer

from quakegui.season.labels import LabelRow

if TYPE_CHECKING:
    from quakegui.project.journal import JournalRow

SEEN_AFTER_MS: Final = 1000
"""A label of another writer that comes up on the day shown has been seen after so long."""


class Unseen(QObject):
    """Remembers such days until they are shown.

    Attributes
    ----------
    labels
        Days whose label in force another program wrote.
    notes
        Days on which another program wrote a note.
    hidden
        What other programs wrote into the journal while a blind labelling hid it.
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
        """Take what stands on the day shown for seen."""
        day = self._day()
        if day is not None:
            self.labels.discard(day)
            self.notes.discard(day)

    def forget(self) -> None:
        """Remember nothing any more."""
        self._look.stop()
        self.labels, self.notes, self.hidden = set(), set(), []

    def add(self, rows: Sequence[JournalRow], before: Sequence[LabelRow | None], in_force: Sequence[LabelRow | None]) -> None:
        """Remember on which days these rows put another label in force than the one on the screen, or a note that is not there.

        The label may be one of theirs, or one below it.

        Parameters
        ----------
        rows
            What other programs wrote.
        before, in_force
            The label in force of each day of the season, as the screen showed it and as it is now.
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
        """Remember what came in while others' labels were hidden, now that it is shown."""
        rows, self.hidden = self.hidden, []
        self.add(rows, [None] * len(in_force), in_force)
