"""Readings that an analyst has flagged: they stay in the record, and no night mean is formed of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.season.localtime import night_bounds
from quakegui.season.night import NightConfig
from quakegui.season.readings import Readings

Spans = NDArray[np.int64]
"""Disjoint stretches of time in order, milliseconds since 1970 UTC, the end excluded, shape (span, 2)."""
NO_SPANS: Spans = np.zeros((0, 2), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Flag:
    """Readings of one station that do not count, and why: those of a whole night, or of an interval.

    Attributes
    ----------
    number
        Its row in the journal.
    station
        The station's code.
    when
        A local date, "2022-01-15", whose night is flagged; or an interval in UTC, the end excluded,
        "2022-01-15T00:10:00.000/2022-01-15T00:20:00.000". There may be many, so it is parsed only when needed.
    author, reason
        Who flagged it, and why.
    at_ms
        When, milliseconds since 1970 UTC.
    """

    number: int
    station: str
    when: str
    author: str
    reason: str
    at_ms: int

    @property
    def night(self) -> np.datetime64 | None:
        """The local date, datetime64[D], whose night is flagged; None for an interval."""
        return None if "/" in self.when else np.datetime64(self.when, "D")

    @property
    def interval(self) -> tuple[np.datetime64, np.datetime64] | None:
        """Start and end of the interval, UTC, datetime64[ms], the end excluded; None for a night."""
        since, bar, until = self.when.partition("/")
        return (np.datetime64(since, "ms"), np.datetime64(until, "ms")) if bar else None

    def reaches(self, day: np.datetime64, start: np.datetime64, end: np.datetime64) -> bool:
        """Return whether this flag is about a night: by its local date, or its bounds.

        Parameters
        ----------
        day
            Local date of the night, datetime64[D]; decides for a flagged night.
        start, end
            Bounds of the night, UTC, datetime64[ms], the end excluded; decide for a flagged interval.
        """
        interval = self.interval
        return self.night == day if interval is None else bool(interval[0] < end and interval[1] > start)


def spans_of(flags: Iterable[Flag], *, timezone: str, config: NightConfig) -> Spans:
    """Return the time that flags of one station cover together.

    Parameters
    ----------
    flags
        In any order, overlapping or not.
    timezone
        IANA name of the project's time zone, by which a flagged night is found.
    config
        Says which hours are the night.
    """
    said = [flag.when for flag in flags]
    ends = [when.split("/") for when in said if "/" in when]
    pairs = np.array(ends, dtype="datetime64[ms]").reshape(-1, 2)
    if len(ends) < len(said):
        days = np.unique(np.array([when for when in said if "/" not in when], dtype="datetime64[D]"))
        pairs = np.concatenate([pairs, np.column_stack(night_bounds(days, timezone, config.window))])
    return _joined(pairs.astype(np.int64))


def is_flagged(time: NDArray[np.datetime64], spans: Spans, *, cadence_s: float, config: NightConfig) -> NDArray[np.bool_]:
    """Return which readings of a record lie in flagged time, shape (time,).

    Parameters
    ----------
    time
        Their stamps, UTC, datetime64[ms], shape (time,).
    spans
        What `spans_of` returns.
    cadence_s
        Seconds between readings: a reading longer than an instant, such as an hourly mean, counts by its interval.
    config
        Says how long an instant is at most.
    """
    half = _half_ms(cadence_s, config)
    if half:
        spans = _joined(spans + np.array([1 - half, half]))  # an interval that only touches a span has no part of it
    stamp = time.astype(np.int64)
    inside: NDArray[np.bool_] = np.searchsorted(spans[:, 0], stamp, "right") > np.searchsorted(spans[:, 1], stamp, "right")
    return inside


def has_reading(
    time: NDArray[np.datetime64],
    start: NDArray[np.datetime64],
    end: NDArray[np.datetime64],
    *,
    cadence_s: float,
    config: NightConfig,
) -> NDArray[np.bool_]:
    """Return which nights readings belong to, shape (day,).

    Parameters
    ----------
    time
        Stamps of the readings, UTC, datetime64[ms], shape (time,), increasing.
    start, end
        Bounds of the nights, UTC, datetime64[ms], shape (day,).
    cadence_s, config
        As of `is_flagged`.
    """
    half = _half_ms(cadence_s, config)
    first = np.searchsorted(time, start - np.timedelta64(max(half - 1, 0), "ms"))
    held: NDArray[np.bool_] = np.searchsorted(time, end + np.timedelta64(half, "ms")) > first
    return held


def _half_ms(cadence_s: float, config: NightConfig) -> int:
    """Return how far a reading reaches to either side of its stamp, in milliseconds: 0 for an instant."""
    return round(cadence_s * 500.0) if cadence_s > config.longest_instant_s else 0


def _joined(spans: Spans) -> Spans:
    """Return spans in order, those that overlap or touch as one."""
    spans = spans[spans[:, 1] > spans[:, 0]]
    if not len(spans):
        return NO_SPANS
    spans = spans[np.argsort(spans[:, 0], kind="stable")]
    reach = np.maximum.accumulate(spans[:, 1])
    first = np.flatnonzero(np.append(True, spans[1:, 0] > reach[:-1]))
    return np.column_stack([spans[first, 0], reach[np.append(first[1:] - 1, len(spans) - 1)]])


def without(record: Readings, flagged: NDArray[np.bool_]) -> Readings:
    """Return a record without the readings that are flagged.

    Parameters
    ----------
    record
        The record; its times of missing values are kept.
    flagged
        Which readings are flagged, see `is_flagged`, shape (time,).
    """
    kept = ~flagged
    return Readings(
        record.station,
        record.time[kept],
        record.values[kept],
        record.cadence_s,
        record.data_type,
        record.derived,
        record.missing,
    )
