"""Why a station-day is missing, doubtful or disturbed."""

from __future__ import annotations

from enum import IntFlag


class Quality(IntFlag):
    """Reasons attached to one station-day; 0 is a good night. A missing station is never zero, it has a reason."""

    GOOD = 0
    MISSING = 1
    """Nothing was recorded in the night window."""
    SHORT = 2
    """Less of the night window was recorded than the season asks for."""
    SPIKY = 4
    """Isolated readings far off the night's level were left out."""
    STEPPED = 8
    """The level jumped within the night."""
    STORMY = 16
    """Kp reached the storm level during the night."""
    LEVEL_CHANGE = 32
    """A lasting step was accepted as the station's new level on this day."""
    WARM_UP = 64
    """Too few valid nights before this day for a baseline."""
    DERIVED = 128
    """F was computed from components."""
    IN_PROGRESS = 256
    """The night is not over yet, so it has no mean whatever was recorded of it."""
    FLAGGED = 512
    """Readings of the night were dropped by an analyst's flag."""


NO_VALUE = Quality.MISSING | Quality.SHORT | Quality.WARM_UP | Quality.IN_PROGRESS
"""Any of these leaves the station-day without an anomaly."""
