"""Quality flags: why a station-day is missing, doubtful or disturbed."""

from __future__ import annotations

from enum import IntFlag


class Quality(IntFlag):
    """Flags of one station-day; 0 is a good night. A missing value is never zero: it is NaN and has a flag."""

    GOOD = 0
    MISSING = 1
    """Nothing was recorded in the night window."""
    SHORT = 2
    """The data coverage of the night window is below the minimum of the season."""
    SPIKY = 4
    """Single readings far from the level of the night were removed."""
    STEPPED = 8
    """The level jumped within the night."""
    STORMY = 16
    """Kp reached the storm level during the night."""
    LEVEL_CHANGE = 32
    """A lasting step was accepted as the station's new level on this day."""
    WARM_UP = 64
    """There are too few valid nights before this day for a background."""
    DERIVED = 128
    """F was computed from components."""
    IN_PROGRESS = 256
    """The night is not over yet, so it has no mean whatever was recorded of it."""
    FLAGGED = 512
    """Readings of the night were dropped by an analyst's flag."""


NO_VALUE = Quality.MISSING | Quality.SHORT | Quality.WARM_UP | Quality.IN_PROGRESS
"""Any of these flags means that the station-day has no anomaly."""
