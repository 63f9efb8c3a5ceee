"""The kinds of days that the walk can be narrowed to, and the days that it goes through."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quakegui.app.session import Session
from quakegui.app.tables import UNLABELLED
from quakegui.season.kp import STORM_KP
from quakegui.words import Said

MAPS_AHEAD = 12
NOTHING_FURTHER = {
    "event": Said("No further event in this direction."),
    "unlabelled": Said("No further unlabelled day in this direction."),
    "disagreement": Said("No further day on which label and prediction differ in this direction."),
    "region": Said("No further day with an extremum region in this direction."),
    "storm": Said("No further stormy night in this direction."),
}
"""The kinds, and what is said where no further day of one is found."""


def walk_days(session: Session) -> NDArray[np.intp]:
    """Return the indices of the days that the walk goes through, in order."""
    if session.walk is None:
        every = np.arange(session.days.size)
        session.walk = every[days_of_kind(session, session.only)] if session.only else every
    return session.walk


def days_of_kind(session: Session, kind: str) -> NDArray[np.bool_]:
    """Return which days of the season are of one of the kinds, shape (day,)."""
    if kind == "event":
        return np.isin(session.days, session.event_days)
    if kind == "unlabelled":
        return np.asarray(session.labels.classes == UNLABELLED, dtype=bool)
    if kind == "disagreement":
        if session.predictions is None or session.display.blind:
            return np.zeros(session.days.size, dtype=bool)
        guess, labels = session.predictions.classes, session.labels.classes
        return np.asarray((guess != UNLABELLED) & (labels != UNLABELLED) & (guess != labels), dtype=bool)
    count = range(session.days.size)
    if kind == "region":
        found = [session.features(index) for index in count]
        return np.array([day is not None and bool(day.regions) for day in found], dtype=bool)
    if kind == "storm":
        return np.array([session.kp(index) >= STORM_KP for index in count], dtype=bool)
    raise KeyError(kind)


def draw_ahead(session: Session) -> None:
    """Have the maps of the days that the walk comes to next drawn before they are asked for."""
    there, way = walk_days(session), session.direction
    if session.maps is not None and there.size:
        at = int(np.searchsorted(there, session.index))
        ahead = [at + way * k for k in range(1, MAPS_AHEAD + 1)] + [at - way, at - 2 * way]
        session.maps.want(int(there[k % there.size]) for k in ahead if session.settings.loop or 0 <= k < there.size)
