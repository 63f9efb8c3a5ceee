"""What an action changed, so that each panel refreshes only what it must."""

from __future__ import annotations

from enum import Flag, auto


class Change(Flag):
    """Flags that the session sends after each action."""

    NOTHING = 0
    PROJECT = auto()
    """Another project was opened, or none is open."""
    SEASON = auto()
    """The season was computed anew: maps, features, quality, the days themselves."""
    DAY = auto()
    """Another day is shown."""
    PICK = auto()
    """Other stations are picked."""
    RANGE = auto()
    """Other days are chosen."""
    LABELS = auto()
    EVENTS = auto()
    PREDICTIONS = auto()
    """Predictions, their alarms, or the run that they come from."""
    RUNS = auto()
    DISPLAY = auto()
    """Unit or overlays."""
    SETTINGS = auto()
    FILTER = auto()
    """The walk goes through days of another kind."""
    ALL = PROJECT | SEASON | DAY | PICK | RANGE | LABELS | EVENTS | PREDICTIONS | RUNS | DISPLAY | SETTINGS | FILTER
