"""Readings: total intensity as recorded by a magnetometer and read from a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from quakegui.words import Said

TIME_DTYPE = np.dtype("datetime64[ms]")
"""Type and resolution of all UTC timestamps."""


class DataType(IntEnum):
    """How final a record is; where two records overlap, the higher value has precedence."""

    UNKNOWN = 0
    VARIATION = 1
    PROVISIONAL = 2
    QUASI_DEFINITIVE = 3
    DEFINITIVE = 4


@dataclass(frozen=True, slots=True)
class Readings:
    """Total intensity of one station.

    Attributes
    ----------
    station
        Station code.
    time
        UTC, datetime64[ms], shape (time,), strictly increasing. A value represents one sampling interval *centred* on its
        timestamp: an hourly mean of 00:00-01:00 has the timestamp 00:30.
    values
        Total intensity in nT, shape (time,), all finite: a missing reading has no timestamp.
    cadence_s
        Sampling interval: seconds between successive readings of an uninterrupted record.
    data_type
        How final the record is.
    derived
        Whether F was computed from components, because the file had none.
    missing
        Timestamps between the first and the last reading that the file marks as not recorded, UTC, datetime64[ms], shape
        (missing,), increasing. A correction removes a reading in this way.
    """

    station: str
    time: NDArray[np.datetime64]
    values: NDArray[np.float64]
    cadence_s: float
    data_type: DataType = DataType.UNKNOWN
    derived: bool = False
    missing: NDArray[np.datetime64] = field(default_factory=lambda: np.zeros(0, dtype=TIME_DTYPE))

    def __post_init__(self) -> None:
        """Check shapes, types and order; raise ValueError if one is not valid."""
        if self.time.shape != self.values.shape or self.time.ndim != 1:
            raise ValueError(Said("Readings need one timestamp per value."))
        if self.time.dtype != TIME_DTYPE:
            raise ValueError(Said("Readings need datetime64[ms] timestamps, not {dtype}.", dtype=self.time.dtype))
        if self.time.size > 1 and not bool((np.diff(self.time) > np.timedelta64(0, "ms")).all()):
            raise ValueError(Said("Readings need strictly increasing timestamps."))
        if not bool(np.isfinite(self.values).all()):
            raise ValueError(Said("Readings must be finite; omit missing values."))
        if not self.cadence_s > 0:
            raise ValueError(Said("The sampling interval of the readings must be positive."))

    def __len__(self) -> int:
        """Return the number of readings."""
        return int(self.time.size)
