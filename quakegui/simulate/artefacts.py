"""Artefacts at the stations of synthetic seasons: spikes, gaps, outages and steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.simulate.precursors import DAY_MINUTES
from quakegui.simulate.randomness import generator

SPIKES_PER_DAY = 0.3
SHORT_GAPS_PER_DAY = 0.08
OUTAGES_PER_DAY = 0.004
STEPS_PER_YEAR = 0.1

Spans = tuple[NDArray[np.int64], NDArray[np.int64]]
"""First minutes of intervals, and the minutes after their last ones, int64, shapes (span,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Artefacts:
    """Artefacts of one station; minutes since the first midnight of the season, all arrays one-dimensional and increasing.

    Attributes
    ----------
    spike_minute, spike_nt
        Minute and height of each spike in nT, shape (spike,).
    gap_start, gap_end
        First minute of each gap and the one after its last, shape (gap,).
    step_minute, step_nt
        Minute and height of each step in nT, shape (step,).
    """

    spike_minute: NDArray[np.int64]
    spike_nt: NDArray[np.float64]
    gap_start: NDArray[np.int64]
    gap_end: NDArray[np.int64]
    step_minute: NDArray[np.int64]
    step_nt: NDArray[np.float64]

    def is_recorded(self, minute: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of some increasing minutes are in no gap, same shape."""
        kept = np.ones(minute.size, dtype=bool)
        for first, end in np.searchsorted(minute, np.column_stack([self.gap_start, self.gap_end])).tolist():
            kept[first:end] = False
        return kept

    def spikes_at(self, minute: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the positions of spikes in an increasing array of minutes, and their heights in nT, shapes (spike,)."""
        at = np.searchsorted(minute, self.spike_minute)
        hit = (at < minute.size) & (minute[np.minimum(at, minute.size - 1)] == self.spike_minute)
        return at[hit], self.spike_nt[hit]

    def steps_nt(self, minute: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the sum of all steps up to each of some increasing minutes, nT, same shape."""
        begin = np.searchsorted(minute, self.step_minute)
        return np.repeat(np.append(0.0, np.cumsum(self.step_nt)), np.diff(begin, prepend=0, append=minute.size))


def draw_artefacts(seed: int, station: int, length: int, *, steps: bool, off: Spans) -> Artefacts:
    """Draw the artefacts of one station.

    Parameters
    ----------
    seed, station
        Seed of the season, and number of the station.
    length
        Length of the season in minutes.
    steps
        Whether there are steps.
    off
        Additional gaps, as intervals of minutes.
    """
    rng = generator(seed, 4, station)
    days = length / DAY_MINUTES
    spike = np.unique(rng.integers(0, length, rng.poisson(SPIKES_PER_DAY * days)))
    spike_nt = rng.choice([-1.0, 1.0], spike.size) * rng.uniform(15.0, 150.0, spike.size)
    short, long = rng.poisson(SHORT_GAPS_PER_DAY * days), rng.poisson(OUTAGES_PER_DAY * days)
    start = rng.integers(0, length, short + long)
    lasts = np.append(np.exp(rng.normal(np.log(40.0), 1.0, short)), rng.uniform(360.0, 5.0 * DAY_MINUTES, long))
    end = start + np.maximum(lasts.astype(np.int64), 1)
    begin, end = _union(np.append(start, off[0]), np.append(end, off[1]))
    step = np.sort(rng.integers(0, length, rng.poisson(STEPS_PER_YEAR * days / 365.25)))
    step_nt = rng.choice([-1.0, 1.0], step.size) * rng.uniform(4.0, 12.0, step.size)
    if not steps:
        step, step_nt = step[:0], step_nt[:0]
    return Artefacts(spike, spike_nt, begin, end, step, step_nt)


def _union(start: NDArray[np.int64], end: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the union of intervals as intervals that do not overlap, in order."""
    order = np.argsort(start)
    start, reach = start[order], np.maximum.accumulate(end[order]) if start.size else end
    first = np.append(True, start[1:] > reach[:-1])[: start.size]
    last = np.append(first[1:], True)[: start.size]
    return start[first], reach[last]
