"""Kinds of days to which browsing can be restricted, and the days that remain."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from quakegui.app.session import Session
from quakegui.app.small_maps import suspicion
from quakegui.app.tables import UNLABELLED
from quakegui.season.kp import STORM_KP
from quakegui.season.labels import LabelRow, LabelSource
from quakegui.words import Said

if TYPE_CHECKING:
    from quakegui.project.runs import PredictionTable

MAPS_AHEAD = 12
LEAST_SURE = 0.5
"""Probability of the predicted class below which a prediction is uncertain."""
NOTHING_FURTHER = {
    "event": Said("No more earthquakes in this direction."),
    "unlabelled": Said("No more unlabelled days in this direction."),
    "disagreement": Said("No more days in this direction on which label and prediction differ."),
    "region": Said("No more days with an extremum region in this direction."),
    "storm": Said("No more storm nights in this direction."),
    "mine": Said("No more days of this kind in this direction."),
    "noted": Said("No more days of this kind in this direction."),
    "alarm": Said("No more days of this kind in this direction."),
    "uncertain": Said("No more days of this kind in this direction."),
    "suspect": Said("No more days of this kind in this direction."),
    "class-0": Said("No more days of this kind in this direction."),
    "class-1": Said("No more days of this kind in this direction."),
    "class-2": Said("No more days of this kind in this direction."),
    "class-3": Said("No more days of this kind in this direction."),
    "class-4": Said("No more days of this kind in this direction."),
}
"""The kinds, with the message if there is no further day of this kind."""


def walk_days(session: Session) -> NDArray[np.intp]:
    """Return the indices of the days to browse, in order."""
    if session.walk is None:
        every = np.arange(session.days.size)
        session.walk = every[days_of_kind(session, session.only)] if session.only else every
    return session.walk


def days_of_kind(session: Session, kind: str) -> NDArray[np.bool_]:
    """Return which days of the season are of a kind, shape (day,).

    Parameters
    ----------
    session
        Its season, labels, notes and predictions, as they are shown.
    kind
        One of `NOTHING_FURTHER`. No day is of a kind that blind labelling hides, or that needs predictions while there are
        none.
    """
    if kind.startswith("class-"):
        return np.asarray(session.labels.classes == int(kind.removeprefix("class-")), dtype=bool)
    if kind in _OF_A_DAY:
        return np.array([_OF_A_DAY[kind](session, index) for index in range(session.days.size)], dtype=bool)
    if kind == "noted":
        whose = session.whose()
        noted = [note.day for note in session.all_notes() if whose in (None, note.author)]
        return np.isin(session.days, np.array(noted, dtype=session.days.dtype))
    if kind == "unlabelled":
        return np.asarray(session.labels.classes == UNLABELLED, dtype=bool)
    if session.display.blind:
        return np.zeros(session.days.size, dtype=bool)
    if kind == "event":
        return np.isin(session.days, session.event_days)
    if session.predictions is None:
        return np.zeros(session.days.size, dtype=bool)
    return _OF_PREDICTIONS[kind](session, session.predictions)


def _is_mine(session: Session, row: LabelRow | None) -> bool:
    return row is not None and row.author == session.settings.analyst and row.source is not LabelSource.RULE


def _has_region(session: Session, index: int) -> bool:
    day = session.features(index)
    return day is not None and bool(day.regions)


def _disagree(session: Session, table: PredictionTable) -> NDArray[np.bool_]:
    guess, labels = table.classes, session.labels.classes
    return np.asarray((guess != UNLABELLED) & (labels != UNLABELLED) & (guess != labels), dtype=bool)


def _alarmed(session: Session, _table: PredictionTable) -> NDArray[np.bool_]:
    found = np.zeros(session.days.size, dtype=bool)
    for first, last in session.alarms:
        found[first : last + 1] = True
    return found


def _uncertain(_session: Session, table: PredictionTable) -> NDArray[np.bool_]:
    likeliest = np.nan_to_num(np.asarray(table.probabilities, dtype=np.float64)).max(axis=1)
    return np.asarray((table.classes != UNLABELLED) & (likeliest < LEAST_SURE), dtype=bool)


def _suspect(session: Session, table: PredictionTable) -> NDArray[np.bool_]:
    chances = np.asarray(table.probabilities, dtype=np.float64)
    return np.asarray(suspicion(chances, session.labels.classes, table.kind != "in-sample") > 0.0, dtype=bool)


_OF_A_DAY: Final[dict[str, Callable[[Session, int], bool]]] = {
    "region": _has_region,
    "storm": lambda session, index: session.kp(index) >= STORM_KP,
    "mine": lambda session, index: _is_mine(session, session.labels.rows[index]),
}
_OF_PREDICTIONS: Final[dict[str, Callable[[Session, PredictionTable], NDArray[np.bool_]]]] = {
    "disagreement": _disagree,
    "alarm": _alarmed,
    "uncertain": _uncertain,
    "suspect": _suspect,
}
"""No days of these kinds during blind labelling."""


def draw_ahead(session: Session) -> None:
    """Draw the maps of the next days of the walk in advance."""
    there, way = walk_days(session), session.direction
    if session.maps is not None and there.size:
        at = int(np.searchsorted(there, session.index))
        ahead = [at + way * k for k in range(1, MAPS_AHEAD + 1)] + [at - way, at - 2 * way]
        session.maps.want(int(there[k % there.size]) for k in ahead if session.settings.loop or 0 <= k < there.size)
