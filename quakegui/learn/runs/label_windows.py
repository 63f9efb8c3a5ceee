"""The label windows of a run's training as plain values, so that its verdict does not depend on later catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.alarms import DAY_MS
from quakegui.judge.surrogates import EventWindows
from quakegui.words import Said

LABEL_WINDOWS = "label_windows"
"""Name of the label windows in a run's information on its project."""
_MOST_DAYS = 10_000
"""Maximum length of a label window."""
_LAST_DAY = 400_000
"""Maximum day number since 1970 of a project."""


def window_facts(windows: EventWindows) -> dict[str, Any]:
    """Return label windows as plain values."""
    facts = {name: getattr(windows, name).tolist() for name in ("clock_ms", "magnitude", "before", "after", "foreknown")}
    return {**facts, "day": windows.day.astype(np.int64).tolist(), "winner": windows.winner}


def windows_of(facts: Mapping[str, Any]) -> EventWindows:
    """Return the label windows from the result of `window_facts`.

    Raises
    ------
    ValueError
        If the values are not label windows.
    """
    try:
        numbers = {name: np.array(facts[name], np.int64) for name in ("day", "clock_ms", "before", "after")}
        magnitude, foreknown, winner = np.array(facts["magnitude"], float), np.array(facts["foreknown"], bool), facts["winner"]
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError(Said("These are not label windows: {error}.", error=error)) from error
    day, clock, before, after = numbers.values()
    sound = all(one.shape == (len(day),) for one in (day, clock, before, after, magnitude, foreknown))
    sound = sound and bool(np.isfinite(magnitude).all()) and winner in ("later", "larger")
    sound = sound and bool((np.diff(day) >= 0).all()) and _below(day, _LAST_DAY) and _below(clock, 2 * DAY_MS)
    if not sound or any((one < 0).any() or (one > _MOST_DAYS).any() for one in (before, after)):
        raise ValueError(Said("These are not label windows: some of their numbers are not valid days."))
    return EventWindows(day.astype("datetime64[D]"), clock, magnitude, before, after, foreknown, winner)


def _below(numbers: NDArray[np.int64], most: int) -> bool:
    return bool(((numbers > -most) & (numbers < most)).all())
