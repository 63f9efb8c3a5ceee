"""Kinds of days that the analyst jumps between and filters by: earthquakes, unlabelled, disagreements, regions, storms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quakegui.app.tables import UNLABELLED
from quakegui.season.kp import STORM_KP

if TYPE_CHECKING:
    from quakegui.app.session import Session

NOTHING_FURTHER = {
    "event": "No further event in this direction.",
    "unlabelled": "No further unlabelled day in this direction.",
    "disagreement": "No further day on which label and prediction differ in this direction.",
    "region": "No further day with an extremum region in this direction.",
    "storm": "No further stormy night in this direction.",
}
"""The kinds, and what is said where no further day of one is found."""


def days_of_kind(session: Session, kind: str) -> NDArray[np.bool_]:
    """Return which days of the season are of a kind that `jump` knows, shape (day,)."""
    if kind == "event":
        return np.isin(session.days, session.event_days)
    if kind == "unlabelled":
        return np.asarray(session.labels.classes == UNLABELLED, dtype=bool)
    if kind == "disagreement":
        if session.predictions is None:
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
