"""What the run in use learnt, so that the window can tell how far the labels have moved on since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quakegui.app.tables import UNLABELLED
from quakegui.season.labels import Source

if TYPE_CHECKING:
    from quakegui.app.session import Session
    from quakegui.learn.registry import RunFolder


@dataclass(frozen=True, slots=True)
class Learnt:
    """The run in use and the labels that it was trained on.

    Attributes
    ----------
    run
        The run.
    days, labels
        Its season's local dates and their classes, -1 for none, shape (day,).
    """

    run: RunFolder
    days: NDArray[np.datetime64]
    labels: NDArray[np.int8]

    def relabelled(self, session: Session) -> int:
        """Return on how many days of the season the label in force is another now.

        Labels accepted from a model are left out, since they are not learnt from. In a blind labelling, where the labels of
        others are hidden, nothing can be told and the answer is 0.
        """
        if session.display.blind:
            return 0
        place = np.minimum(np.searchsorted(self.days, session.days), len(self.days) - 1)
        before = np.where(self.days[place] == session.days, self.labels[place], UNLABELLED)
        rows = (session.labels.rows[k] for k in np.flatnonzero(before != session.labels.classes))
        return sum(row is None or row.source is not Source.MODEL for row in rows)


def learnt_by_run_in_use(session: Session) -> Learnt | None:
    """Return what the run in use learnt, None where no finished run is in use or its answers cannot be read."""
    from quakegui.learn.registry import RunError

    run = next((row.run for row in session.runs if row.in_use and row.run.card is not None), None)
    if run is None:
        return None
    try:
        said = run.predictions()
    except RunError as error:
        session.said.emit(str(error), "warning")
        return None
    return Learnt(run, said.days, said.labels)
