"""Event by event: the highest P(event) before each earthquake, compared with quiet days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.alarms import Instants, Series


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event.

    Attributes
    ----------
    event
        Position in the catalogue.
    days
        Number of days of its label window that were predicted and known before it.
    largest
        Maximum P(event) on these days; NaN if there are none.
    day
        The day of the maximum; NaT if there is none.
    rank
        1 plus the number of quiet days with P at least as high; None without a P or a quiet day.
    quiet_days
        Number of predicted days labelled as quiet.
    by_chance
        Fraction of equally long sequences of quiet days whose maximum P is at least as high, since the maximum of ten days
        exceeds most single days; NaN if there are none.
    """

    event: int
    days: int
    largest: float
    day: np.datetime64
    rank: int | None
    quiet_days: int
    by_chance: float


def event_table(series: Series, labels: ArrayLike, times: Instants, windows: ArrayLike) -> tuple[EventRow, ...]:
    """Return one row per event, in the order of the catalogue.

    Parameters
    ----------
    series
        Daily predictions.
    labels
        Class 0..4, -1 for none, shape (day,).
    times
        Origin times of the events, UTC, datetime64[ms], shape (event,).
    windows
        First and last day of each event's label window, datetime64[D], shape (event, 2).
    """
    p = series.event_probability
    quiet = (np.asarray(labels, np.int64) == 0) & np.isfinite(p)
    spans = np.asarray(windows, "datetime64[D]").reshape(-1, 2)
    rows = []
    for event, (time, (first, last)) in enumerate(zip(times, spans, strict=True)):
        inside = np.flatnonzero((series.days >= first) & (series.days <= last) & (series.available_at < time) & np.isfinite(p))
        if not len(inside):
            nothing = np.datetime64("NaT", "D")
            rows.append(EventRow(event, 0, np.nan, nothing, None, int(quiet.sum()), np.nan))
            continue
        best = inside[np.argmax(p[inside])]
        rows.append(
            EventRow(
                event=event,
                days=len(inside),
                largest=float(p[best]),
                day=series.days[best],
                rank=1 + int((p[quiet] >= p[best]).sum()) if quiet.any() else None,
                quiet_days=int(quiet.sum()),
                by_chance=_reached(np.where(quiet, p, np.nan), len(inside), float(p[best])),
            )
        )
    return tuple(rows)


def _reached(quiet: NDArray[np.float64], days: int, largest: float) -> float:
    """Return the fraction of sequences of `days` quiet days whose maximum P reaches `largest`."""
    if days > len(quiet):
        return np.nan
    tops = sliding_window_view(quiet, days).max(axis=1)  # NaN if one of the days is not quiet
    tops = tops[np.isfinite(tops)]
    return float((tops >= largest).mean()) if len(tops) else np.nan
