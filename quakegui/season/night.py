"""Night means: the mean of one station's readings in the quiet local night of each day.

The original paper does not describe its daily values; midnight means are usual in geomagnetism, since the solar quiet variation
is smallest then.

References
----------
Zhang Suqin et al. (2015), midnight means of total intensity mapped over a network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from quakegui.season.localtime import NightWindow, night_bounds
from quakegui.season.quality import Quality
from quakegui.season.readings import Readings
from quakegui.season.robust import MAD_TO_SD
from quakegui.words import Said

_BLOCK = 2_000_000
"""Readings processed at a time: limits the memory for a station's year of one-second data to about 100 MB."""


@dataclass(frozen=True, slots=True)
class NightConfig:
    """How a night mean is computed.

    Attributes
    ----------
    window
        Local hours of the night.
    coverage
        Minimum data coverage of the window, 0..1; below it there is no night mean.
    longest_instant_s
        Up to this sampling interval in seconds, a reading belongs to the night in which its timestamp lies. A reading of a
        longer interval is weighted by its overlap with the night. Spikes and jumps are searched only up to this interval.
    spike_readings
        Width of the running median in readings, odd; a spike may last up to half of it.
    spike_nt, spike_deviations
        A spike is further from the running median than both limits: in nT, and in robust standard deviations of the distances
        of that night.
    step_nt, step_deviations
        A jump between two readings separates medians that differ by at least both limits: in nT, and in robust standard
        deviations of such differences in that night.
    """

    window: NightWindow = field(default_factory=NightWindow)
    coverage: float = 0.8
    longest_instant_s: float = 300.0
    spike_readings: int = 11
    spike_nt: float = 5.0
    spike_deviations: float = 10.0
    step_nt: float = 5.0
    step_deviations: float = 10.0

    def __post_init__(self) -> None:
        """Raise ValueError for limits that cannot be met."""
        if not 0.0 < self.coverage <= 1.0:
            raise ValueError(Said("The minimum data coverage of a night must be above 0 and no more than 1."))
        if not 3 <= self.spike_readings <= 10_001 or self.spike_readings % 2 == 0:
            raise ValueError(Said("The running median needs an odd number of readings, from 3 to 10,001."))


@dataclass(frozen=True, slots=True)
class NightMeans:
    """Night means of several stations over several days.

    Attributes
    ----------
    days
        Local dates, datetime64[D], shape (day,).
    codes
        Station codes, one per column.
    values
        nT, shape (day, station); NaN where the data coverage is too low.
    coverage
        Recorded fraction of the night, 0..1, without spikes, shape (day, station).
    quality
        `Quality` bits, uint16, shape (day, station).
    """

    days: NDArray[np.datetime64]
    codes: tuple[str, ...]
    values: NDArray[np.float64]
    coverage: NDArray[np.float64]
    quality: NDArray[np.uint16]

    def __post_init__(self) -> None:
        """Raise ValueError if the shapes of the arrays do not agree."""
        shape = (self.days.size, len(self.codes))
        if {self.values.shape, self.coverage.shape, self.quality.shape} != {shape}:
            raise ValueError(Said("Night means need arrays of shape (day, station) = {shape}.", shape=shape))


def recorded_days(readings: Readings, *, timezone: str) -> NDArray[np.datetime64]:
    """Return the local dates on which anything was recorded, datetime64[D], shape (day,), increasing.

    Parameters
    ----------
    readings
        Readings of one station.
    timezone
        IANA name of the project's time zone.
    """
    if not len(readings):
        return np.array([], dtype="datetime64[D]")
    first, last = readings.time[0].astype("datetime64[D]"), readings.time[-1].astype("datetime64[D]")
    days = np.arange(first - np.timedelta64(1, "D"), last + np.timedelta64(2, "D"))
    start, end = night_bounds(days, timezone, NightWindow(0.0, 24.0))
    held: NDArray[np.bool_] = np.searchsorted(readings.time, end) > np.searchsorted(readings.time, start)
    return days[held]


def night_means(readings: Readings, days: NDArray[np.datetime64], *, timezone: str, config: NightConfig) -> NightMeans:
    """Mean total intensity of one station over the quiet local night of each day.

    Parameters
    ----------
    readings
        Total intensity of one station in nT, UTC timestamps.
    days
        Local dates, datetime64[D], shape (day,), in any order.
    timezone
        IANA name of the project's time zone; daylight saving time moves and resizes the night.
    config
        Window, coverage and limits.

    Returns
    -------
    NightMeans
        One column. A night without readings is `MISSING`, one with too little coverage `SHORT`; both are NaN. In `SPIKY` nights
        single deviating readings were removed; `STEPPED` nights contain a jump and keep their value.

    References
    ----------
    Zhang Suqin et al. (2015), midnight means of total intensity.
    """
    start, end = night_bounds(days, timezone, config.window)
    length_s = (end - start) / np.timedelta64(1, "s")
    if readings.cadence_s <= config.longest_instant_s:
        values, recorded_s, quality = _by_stamp(readings, start, end, config)
    else:
        values, recorded_s, quality = _by_overlap(readings, start, end)
    coverage = np.minimum(np.divide(recorded_s, length_s, out=np.zeros_like(length_s), where=length_s > 0), 1.0)
    missing = coverage == 0.0
    # a tolerance of half a millisecond per hour: the limit itself (144 of 180 minutes) is sufficient
    short = ~missing & (coverage < config.coverage - 1e-7)
    quality[missing] |= np.uint16(Quality.MISSING)
    quality[short] |= np.uint16(Quality.SHORT)
    if readings.derived:
        quality[~missing] |= np.uint16(Quality.DERIVED)
    values[missing | short] = np.nan
    column = (slice(None), np.newaxis)
    return NightMeans(days, (readings.station,), values[column], coverage[column], quality[column])


def stack(columns: Sequence[NightMeans], codes: Sequence[str]) -> NightMeans:
    """Combine night means of several stations side by side.

    Parameters
    ----------
    columns
        Night means of the same days, each station once.
    codes
        Station codes in the order of the result; a station without a column is `MISSING` throughout.

    Raises
    ------
    ValueError
        If there are no columns, the columns cover different days, or a station occurs twice.
    """
    if not columns:
        raise ValueError(Said("Night means cannot be combined: there are no stations."))
    days = columns[0].days
    place = {code: index for index, code in enumerate(codes)}
    shape = (days.size, len(place))
    values, coverage = np.full(shape, np.nan), np.zeros(shape)
    quality = np.full(shape, int(Quality.MISSING), dtype=np.uint16)
    filled: set[str] = set()
    for column in columns:
        if not np.array_equal(column.days, days):
            raise ValueError(
                Said(
                    "The night means of {codes} and {codes2} cover different days.",
                    codes=", ".join(column.codes),
                    codes2=columns[0].codes[0],
                )
            )
        twice = filled.intersection(column.codes)
        if twice:
            raise ValueError(Said("The night means of {twice} occur more than once.", twice=", ".join(sorted(twice))))
        filled.update(column.codes)
        kept = [index for index, code in enumerate(column.codes) if code in place]
        target = [place[column.codes[index]] for index in kept]
        values[:, target], coverage[:, target] = column.values[:, kept], column.coverage[:, kept]
        quality[:, target] = column.quality[:, kept]
    return NightMeans(days, tuple(codes), values, coverage, quality)


def _by_stamp(
    readings: Readings, start: NDArray[np.datetime64], end: NDArray[np.datetime64], config: NightConfig
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.uint16]]:
    """Return mean, recorded seconds and quality of each night, from the readings with timestamps in [start, end)."""
    first, behind = np.searchsorted(readings.time, start), np.searchsorted(readings.time, end)
    count = np.maximum(behind - first, 0)
    shape = (start.size,)
    values, kept, quality = np.full(shape, np.nan), np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.uint16)
    filled = np.flatnonzero(count)
    step = max(1, _BLOCK // max(int(count.max(initial=0)), 1))
    for at in range(0, filled.size, step):
        block = filled[at : at + step]
        values[block], kept[block], quality[block] = _block(readings.values, first[block], count[block], config)
    recorded_s: NDArray[np.float64] = kept * np.float64(readings.cadence_s)
    return values, recorded_s, quality


def _block(
    record: NDArray[np.float64], first: NDArray[np.intp], count: NDArray[np.intp], config: NightConfig
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.uint16]]:
    """Return mean, number of readings used and quality of each night.

    The nights are the rows of an array, mirrored at their last reading to equal length.
    """
    column = np.arange(int(count.max()))
    last = count[:, np.newaxis] - 1
    position = np.where(column <= last, column, np.maximum(2 * last - column, 0))
    rows = record[first[:, np.newaxis] + position]
    inside = column <= last
    from scipy.ndimage import median_filter  # imported late: an import-free start is faster

    level = median_filter(rows, size=(1, config.spike_readings), mode="mirror")
    distance = np.abs(rows - level)
    limit = np.maximum(config.spike_nt, config.spike_deviations * MAD_TO_SD * _row_median(distance, inside))
    kept = inside & (distance <= limit[:, np.newaxis])
    base = level[:, :1]  # differences are small, so that the mean is exact to 1e-12 nT for fields of 5e4 nT
    number = kept.sum(axis=1)
    total = np.where(kept, rows - base, 0.0).sum(axis=1)
    mean = base[:, 0] + np.divide(total, number, out=np.full(total.size, np.nan), where=number > 0)
    quality = np.where(number < count, int(Quality.SPIKY), 0).astype(np.uint16)
    quality[_stepped(np.where(kept, rows, level), level, inside, config)] |= np.uint16(Quality.STEPPED)
    return mean, number.astype(np.int64), quality


def _stepped(
    rows: NDArray[np.float64], level: NDArray[np.float64], inside: NDArray[np.bool_], config: NightConfig
) -> NDArray[np.bool_]:
    """Return whether the level of each row jumps between two readings, shape (day,).

    To tell jumps from fast natural changes (a storm's onset takes minutes), one pair of readings must bridge at least half of
    the difference between the medians before and after.
    """
    half = config.spike_readings // 2
    if rows.shape[1] <= 2 * half + 1:
        return np.zeros(rows.shape[0], dtype=bool)
    change = level[:, 2 * half + 1 :] - level[:, : -2 * half - 1]
    jump = (rows[:, 1:] - rows[:, :-1])[:, half:-half]
    here = inside[:, 2 * half + 1 :]
    typical = _row_median(np.abs(change), here)
    limit = np.maximum(config.step_nt, config.step_deviations * MAD_TO_SD * typical)[:, np.newaxis]
    sharp = jump * np.sign(change) >= 0.5 * np.abs(change)
    stepped: NDArray[np.bool_] = np.any(here & sharp & (np.abs(change) >= limit), axis=1)
    return stepped


def _row_median(values: NDArray[np.float64], inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the upper median of the values inside each row, shape (day,); 0 for an empty row."""
    ordered = np.sort(np.where(inside, values, np.inf), axis=1)
    number = inside.sum(axis=1)
    middle = ordered[np.arange(values.shape[0]), np.minimum(number // 2, values.shape[1] - 1)]
    return np.where(number > 0, middle, 0.0)


def _by_overlap(
    readings: Readings, start: NDArray[np.datetime64], end: NDArray[np.datetime64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.uint16]]:
    """Return mean, recorded seconds and quality of each night, weighting each reading by its overlap with the night."""
    origin = readings.time[0] if len(readings) else np.datetime64(0, "ms")
    second = np.timedelta64(1, "s")
    centre, night_start, night_end = (readings.time - origin) / second, (start - origin) / second, (end - origin) / second
    half = readings.cadence_s / 2.0
    first = np.searchsorted(centre, night_start - half)
    behind = np.searchsorted(centre, night_end + half)
    longest = int((behind - first).max(initial=0))
    if longest == 0:
        return np.full(start.size, np.nan), np.zeros(start.size), np.zeros(start.size, dtype=np.uint16)
    position = first[:, np.newaxis] + np.arange(longest)
    here = position < behind[:, np.newaxis]
    position = np.minimum(position, max(len(readings) - 1, 0))
    overlap = np.minimum(centre[position] + half, night_end[:, np.newaxis]) - np.maximum(
        centre[position] - half, night_start[:, np.newaxis]
    )
    weight = np.where(here, np.maximum(overlap, 0.0), 0.0)
    recorded = weight.sum(axis=1)
    base = readings.values[position[:, :1]]
    total = (weight * (readings.values[position] - base)).sum(axis=1)
    mean = base[:, 0] + np.divide(total, recorded, out=np.full(total.size, np.nan), where=recorded > 0)
    return mean, recorded, np.zeros(start.size, dtype=np.uint16)
