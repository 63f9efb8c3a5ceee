"""The walk through the days: step by step, through the days of one kind only, and jumps to the next day of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quakegui.app.change import Change
from quakegui.app.tables import UNLABELLED
from quakegui.season.kp import STORM_KP

if TYPE_CHECKING:
    from quakegui.app.session import Session

MAPS_AHEAD = 12
NOTHING_FURTHER = {
    "event": "No further event in this direction.",
    "unlabelled": "No further unlabelled day in this direction.",
    "disagreement": "No further day on which label and prediction differ in this direction.",
    "region": "No further day with an extremum region in this direction.",
    "storm": "No further stormy night in this direction.",
}
"""The kinds, and what is said where no further day of one is found."""


def step(session: Session, days: int) -> None:
    """Go so many days on, or back; days that the filter leaves out are not counted."""
    if not session.only:
        session.go_to(session.index + days)
        return
    there = walked(session)
    ahead = there[there > session.index] if days > 0 else there[there < session.index][::-1]
    if ahead.size == 0:
        session.said.emit(NOTHING_FURTHER[session.only], "info")
    else:
        session.go_to(int(ahead[min(abs(days), ahead.size) - 1]))


def walked(session: Session) -> NDArray[np.intp]:
    """Return the indices of the days that the walk goes through, in order."""
    if session.walk is None:
        every = np.arange(session.days.size)
        session.walk = every[days_of_kind(session, session.only)] if session.only else every
    return session.walk


def go_to_end(session: Session, direction: int) -> None:
    """Show the last (+1) or the first (-1) day that the walk goes through."""
    there = walked(session)
    if there.size:
        session.go_to(int(there[-1 if direction > 0 else 0]))


def walk_only(session: Session, kind: str) -> None:
    """Walk only through days of a kind that `jump` knows, or through all days ("")."""
    if kind != session.only:
        session.only, session.walk = kind, None
        draw_ahead(session)
        session.changed.emit(Change.FILTER)


def jump(session: Session, kind: str, direction: int) -> bool:
    """Go to the next (+1) or former (-1) day of a kind.

    Parameters
    ----------
    kind
        "event", "unlabelled", "disagreement" (label against prediction), "region" or "storm".
    direction
        +1 or -1.

    Returns
    -------
    bool
        Whether there was such a day; if not, the day stays and the session says so.
    """
    there = np.flatnonzero(days_of_kind(session, kind))
    there = there[there > session.index] if direction > 0 else there[there < session.index][::-1]
    if there.size == 0:
        session.said.emit(NOTHING_FURTHER[kind], "info")
        return False
    session.go_to(int(there[0]))
    return True


def days_of_kind(session: Session, kind: str) -> NDArray[np.bool_]:
    """Return which days of the season are of a kind that `jump` knows, shape (day,)."""
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
    there, way = walked(session), session.direction
    if session.maps is not None and there.size:
        at = int(np.searchsorted(there, session.index))
        ahead = [at + way * k for k in range(1, MAPS_AHEAD + 1)] + [at - way, at - 2 * way]
        session.maps.want(int(there[k % there.size]) for k in ahead if session.settings.loop or 0 <= k < there.size)
