"""Anomalies: night means minus the common mode and the station's own background, in nT and in z.

Each day is computed from that day and earlier ones only. The background *window* of a station is its last 27 calendar days (one
solar rotation) that are not excluded, reaching at most 30 days further back. A day with abs(z) above `hold_z` is *excluded* for
30 days, so that a lasting anomaly neither fades nor leaves its mirror image behind; after that it is used only where a window
would otherwise have too few nights. When nights of one sign have been excluded for 30 days in a row, the step is accepted as
the station's new level: all of them count again, and that day is flagged `LEVEL_CHANGE`.
Storm nights do enter the background: the regression on the common mode removes the storm, and storm nights, far from the
others, determine most of each station's slope. On null seasons, leaving them out made their residuals 2% larger.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from quakegui.season.kp import is_stormy
from quakegui.season.localtime import calendar
from quakegui.season.night import NightMeans
from quakegui.season.quality import Quality
from quakegui.season.robust import column_deviation, column_median, huber_lines, leave_one_out_median
from quakegui.words import Said

_COMPONENT_ROUNDS = 200
_COMPONENT_CLOSE = 1e-9


class Method(StrEnum):
    """What a night mean is compared with."""

    REGRESSION = "regression"
    """Robust regression on the median of the other stations."""
    DAY_DIFFERENCE = "day-difference"
    """The previous night at the same station (Zhang Suqin et al. 2015)."""
    REFERENCE_STATION = "reference-station"
    """The same night at one reference station (as along the San Andreas fault at Parkfield)."""
    FIRST_COMPONENT = "first-component"
    """The first principal component of the window's nights."""


LONGEST_WINDOW = 3660
"""Maximum length of the background window, in days."""


@dataclass(frozen=True, slots=True)
class AnomalyConfig:
    """Parameters of the anomalies and their thresholds, stored with the results.

    Attributes
    ----------
    method
        One of `Method`.
    window_days, at_least
        Calendar days in the background window (default: one solar rotation), and minimum number of valid nights.
    hold_z
        Days with abs(z) above this are excluded from later backgrounds.
    hold_days, run_gap_days
        Maximum length of an exclusion, after which a step is accepted; and days without an excluded night that do not interrupt
        a sequence of them.
    smallest_scale_nt
        Minimum scatter of a station in nT. Proton magnetometers are accurate to about 0.2 nT, and rounding alone scatters the
        mean of three whole-nT hourly values by 1 / sqrt(12 x 3) = 0.17 nT: a smaller scatter over 27 nights is accidental and
        must not inflate z. The quietest real stations tried (Japan, 2005-2006) have scatters near 0.5 nT.
    threshold_z, map_threshold_z
        abs(z) that is exceeded at any of 25 stations, or anywhere on their map, on 1% of days without a signal. Set by ``python
        tests/power/thresholds.py --seasons 150``: seeds 0 to 149, 50,100 days; with seeds 500000 to 500149 the
        thresholds are exceeded on 1.0% of days. They apply to the method "regression" with the other defaults.
    reference_station
        Station code, for the method "reference-station".
    """

    method: str = Method.REGRESSION
    window_days: int = 27
    at_least: int = 20
    hold_z: float = 3.5
    hold_days: int = 30
    run_gap_days: int = 3
    smallest_scale_nt: float = 0.2
    threshold_z: float = 7.19
    map_threshold_z: float = 5.75
    reference_station: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for parameters that cannot be used."""
        if self.method not in list(Method):
            raise ValueError(
                Said(
                    "Unknown anomaly method {method}; use one of {method2}.",
                    method=repr(self.method),
                    method2=", ".join(Method),
                )
            )
        if not 3 <= self.at_least <= self.window_days:
            raise ValueError(Said("The background needs 3 or more nights, and no more nights than its window has days."))
        if self.window_days > LONGEST_WINDOW or self.hold_days > LONGEST_WINDOW or abs(self.run_gap_days) > LONGEST_WINDOW:
            raise ValueError(
                Said(
                    "The background window, the exclusion days and the gap days are limited to {longest_window} days.",
                    longest_window=LONGEST_WINDOW,
                )
            )
        if self.method == Method.REFERENCE_STATION and self.reference_station is None:
            raise ValueError(Said("The reference-station method needs the code of the reference station."))
        if not (self.hold_z > 0 and self.hold_days >= 1 and self.smallest_scale_nt > 0):
            raise ValueError(Said("The exclusion threshold, the exclusion days and the minimum scatter must be positive."))


@dataclass(frozen=True, slots=True)
class DailyAnomaly:
    """Daily anomalies of a network.

    Attributes
    ----------
    days, codes
        Consecutive local dates, datetime64[D], shape (day,), and the station codes, one per column.
    night_nt, anomaly_nt, z, scale_nt
        Night mean, anomaly, anomaly divided by scatter, and scatter; shape (day, station), NaN where missing.
    quality
        `Quality` bits, uint16, shape (day, station). A recorded night without a background (warm-up, no previous night, no
        reference, the reference station itself) is `WARM_UP`: z is finite exactly where no bit of `NO_VALUE` is set.
    """

    days: NDArray[np.datetime64]
    codes: tuple[str, ...]
    night_nt: NDArray[np.float64]
    anomaly_nt: NDArray[np.float64]
    z: NDArray[np.float64]
    scale_nt: NDArray[np.float64]
    quality: NDArray[np.uint16]


def daily(
    night: NightMeans,
    config: AnomalyConfig,
    *,
    timezone: str = "UTC",
    kp_night: NDArray[np.float64] | None = None,
    earlier: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    tell: Callable[[int], object] = lambda _day: None,
) -> DailyAnomaly:
    """Compute each station's anomaly of each day from that day's and earlier nights alone.

    With two stations, the common mode of each is the other one. A station without a common mode (the only station of its
    network, or the only one recorded on that night or on enough nights before) is compared with its own background: night mean
    minus the median of its window, divided by the scatter of that difference.

    Parameters
    ----------
    night, config
        Night means of consecutive days; method and limits.
    timezone
        IANA name of the time zone of the days: a day that its calendar skipped is not missing.
    kp_night
        Largest Kp of each night, NaN where unknown, shape (day,). Used only to flag nights as `STORMY`.
    earlier
        `anomaly_nt` and `scale_nt` of the first days, shapes (known day, station), from an earlier call with the same nights
        and config. They are used unchanged, since no later night affects them.
    tell
        Called with the number of each day before that day is computed.

    Raises
    ------
    ValueError
        If days are missing between the first and the last, or the reference station is not in the network.

    References
    ----------
    The robust regression is that of scikit-learn's `HuberRegressor`; the original paper (section 3.1) gives no details.
    """
    if night.days.size and not np.array_equal(night.days, calendar(night.days[0], night.days[-1], timezone)):
        raise ValueError(Said("Anomalies need night means for consecutive days; enter days without data as missing."))
    if config.method == Method.REFERENCE_STATION and config.reference_station not in night.codes:
        raise ValueError(
            Said(
                "The reference station {reference_station} is not in the network.",
                reference_station=config.reference_station,
            )
        )
    networks = np.zeros(len(night.codes), dtype=np.intp)
    anomaly, scale, accepted = _all_days(night.values, night.codes, networks, config, known=earlier, tell=tell)
    return _with_quality(night, anomaly, scale, accepted, kp_night=kp_night)


def daily_together(nights: Sequence[NightMeans], config: AnomalyConfig) -> tuple[DailyAnomaly, ...]:
    """Compute the anomalies of several networks together; each result equals that of `daily` for the network alone.

    The cost grows slowly with the number of columns: sixteen seasons together take a third of the time of sixteen calls.

    Parameters
    ----------
    nights
        Night means, all of the same number of consecutive days.
    config
        Must use the regression; the other methods need station codes or all stations at once.

    Raises
    ------
    ValueError
        For another method, or for seasons of different lengths.
    """
    if config.method != Method.REGRESSION or len({night.days.size for night in nights}) > 1:
        raise ValueError(
            Said(
                "To compute the anomalies of several networks together, use the regression method and "
                "the same number of days for each network."
            )
        )
    sizes = [len(night.codes) for night in nights]
    networks = np.repeat(np.arange(len(nights)), sizes)
    anomaly, scale, accepted = _all_days(np.hstack([night.values for night in nights]), (), networks, config)
    parts = [slice(end - size, end) for size, end in zip(sizes, np.cumsum(sizes).tolist(), strict=True)]
    return tuple(
        _with_quality(night, anomaly[:, part], scale[:, part], accepted[:, part], kp_night=None)
        for night, part in zip(nights, parts, strict=True)
    )


def _all_days(
    nights: NDArray[np.float64],
    codes: tuple[str, ...],
    networks: NDArray[np.intp],
    config: AnomalyConfig,
    *,
    known: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    tell: Callable[[int], object] = lambda _day: None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return anomaly and scatter in nT and accepted steps, shapes (day, station); `networks` numbers each column's network."""
    anomaly, scale = np.full(nights.shape, np.nan), np.full(nights.shape, np.nan)
    holds = _Holds(config, nights.shape)
    given = 0 if known is None else len(known[0])
    if known is not None:
        anomaly[:given], scale[:given] = known
    for day in range(nights.shape[0]):
        if day >= config.at_least and np.isfinite(nights[day]).any():
            if day >= given:
                tell(day)
                anomaly[day], scale[day] = one_day(nights, codes, networks, day=day, holds=holds, config=config)
            holds.judge(day, anomaly[day] / scale[day])
    return anomaly, scale, holds.accepted


def _with_quality(
    night: NightMeans,
    anomaly: NDArray[np.float64],
    scale: NDArray[np.float64],
    accepted: NDArray[np.bool_],
    *,
    kp_night: NDArray[np.float64] | None,
) -> DailyAnomaly:
    quality = night.quality.copy()
    quality[accepted] |= np.uint16(Quality.LEVEL_CHANGE)
    quality[np.isfinite(night.values) & ~np.isfinite(anomaly)] |= np.uint16(Quality.WARM_UP)
    if kp_night is not None:
        quality[is_stormy(kp_night)] |= np.uint16(Quality.STORMY)
    return DailyAnomaly(night.days, night.codes, night.values, anomaly, anomaly / scale, scale, quality)


class _Holds:
    """Station-days excluded from the background; filled day by day, from past values only."""

    def __init__(self, config: AnomalyConfig, shape: tuple[int, ...]) -> None:
        self.config = config
        self.held = np.zeros(shape, dtype=bool)
        self.accepted = np.zeros(shape, dtype=bool)
        self._run_start = np.zeros(shape[1], dtype=np.int64)
        self._last = np.full(shape[1], -shape[0] - config.run_gap_days - 2, dtype=np.int64)
        self._sign = np.zeros(shape[1])

    def judge(self, day: int, z: NDArray[np.float64]) -> None:
        """Exclude the stations above the threshold on `day`, and accept the steps that have lasted long enough.

        Parameters
        ----------
        day
            Position of the day; days come in order, and those without data may be left out.
        z
            Anomalies of the day in z, NaN where missing, shape (station,).
        """
        beyond = np.abs(z) > self.config.hold_z  # NaN is not beyond
        self.held[day] = beyond
        new_run = beyond & ((day - self._last > self.config.run_gap_days + 1) | (np.sign(z) != self._sign))
        self._run_start[new_run] = day
        self._last[beyond] = day
        self._sign[beyond] = np.sign(z[beyond])
        for station in np.flatnonzero(beyond & (day - self._run_start + 1 >= self.config.hold_days)):
            self.held[self._run_start[station] : day + 1, station] = False
            self.accepted[day, station] = True
            self._sign[station] = 0.0

    def window(self, day: int, first: int, values: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return each station's window as rows relative to day `first`, ascending, -1 for no day, shape (window, station).

        Parameters
        ----------
        day, first
            Position of the day, and of the earliest day that its window may contain.
        values
            Night means of the days from `first` on, NaN where missing, shape (day, station); only tells where nights are too
            few.
        """
        config, held = self.config, self.held[first:day]
        rows = _last_free(held, config.window_days)
        if held.any():
            column = np.arange(held.shape[1])
            valid = ((rows >= 0) & np.isfinite(values[rows, column])).sum(axis=0)
            starved = valid < config.at_least
            if starved.any():
                old = np.arange(held.shape[0]) < held.shape[0] - config.hold_days
                rows[:, starved] = _last_free(held[:, starved] & ~old[:, np.newaxis], config.window_days)
        return rows


def _last_free(held: NDArray[np.bool_], number: int) -> NDArray[np.intp]:
    """Return each column's last `number` rows that are not held, ascending, padded with -1 in front, shape (number, column)."""
    rows = np.where(held, -1, np.arange(held.shape[0])[:, np.newaxis])
    if held.any():
        rows = np.sort(rows, axis=0)
    filled = np.full((number, held.shape[1]), -1, dtype=np.intp)
    kept = rows[-number:]
    filled[number - kept.shape[0] :] = kept
    return filled


def one_day(
    values: NDArray[np.float64],
    codes: tuple[str, ...],
    networks: NDArray[np.intp],
    *,
    day: int,
    holds: _Holds,
    config: AnomalyConfig,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return anomaly and scatter of one day in nT, shapes (station,).

    Parameters
    ----------
    values
        Night means in nT, NaN where missing, shape (day, station); later days are not used.
    codes
        Station codes, of which only the method "reference-station" needs any.
    networks
        Number of each station's network, ascending from 0, shape (station,).
    day
        Position of the day.
    holds
        The exclusions of all earlier days; is not changed.
    config
        Method and limits.
    """
    first = max(0, day - config.window_days - config.hold_days)
    nights = values[first : day + 1]
    rows = holds.window(day, first, nights)
    centred = nights - column_median(_window_values(nights, rows))
    if config.method == Method.REGRESSION:
        before, today = _residuals(centred, rows, networks, config.at_least)
    else:
        if config.method == Method.DAY_DIFFERENCE:
            left = np.diff(nights, axis=0, prepend=np.nan)
        elif config.method == Method.REFERENCE_STATION:
            reference = codes.index(str(config.reference_station))
            left = nights - nights[:, [reference]]
            left[:, reference] = np.nan
        else:
            left = _without_first_component(centred, holds.held[first:day], config.window_days)
        before, today = _window_values(left, rows), left[-1]
    baseline = column_median(before)
    spread = column_deviation(before, baseline)
    enough = np.isfinite(before).sum(axis=0) >= config.at_least
    anomaly = np.where(enough, today - baseline, np.nan)
    return anomaly, np.where(np.isfinite(anomaly), np.maximum(spread, config.smallest_scale_nt), np.nan)


def _window_values(values: NDArray[np.float64], rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return each station's values on the days of its window, NaN for no day, shape (window, station)."""
    return np.where(rows >= 0, values[rows, np.arange(values.shape[1])], np.nan)


def _residuals(
    centred: NDArray[np.float64], rows: NDArray[np.intp], networks: NDArray[np.intp], at_least: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the residuals from the common mode: of the window's nights, shape (window, station), and of today, (station,)."""
    common = _common_mode(centred, networks)
    x, y = _window_values(common, rows), _window_values(centred, rows)
    comparable = np.isfinite(common[-1]) & ((np.isfinite(x) & np.isfinite(y)).sum(axis=0) >= at_least)
    intercept, slope = huber_lines(np.where(comparable, x, np.nan), y)
    before = np.where(comparable, y - intercept - slope * x, y)
    today = np.where(comparable, centred[-1] - intercept - slope * common[-1], centred[-1])
    return before, today


def _common_mode(centred: NDArray[np.float64], networks: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return, for each (day, station), the median of that day's other stations of the same network."""
    days, count = centred.shape[0], int(networks[-1]) + 1 if networks.size else 0
    if count < 2:
        return leave_one_out_median(centred)
    size = np.bincount(networks)
    place = np.arange(networks.size) - np.repeat(np.cumsum(size) - size, size)
    padded = np.full((days, count, int(size.max())), np.nan)  # padding counts as a station without data
    padded[:, networks, place] = centred
    return leave_one_out_median(padded.reshape(days * count, -1)).reshape(padded.shape)[:, networks, place]


def _without_first_component(centred: NDArray[np.float64], held: NDArray[np.bool_], window_days: int) -> NDArray[np.float64]:
    """Return all nights minus their first principal component, shape (day, station).

    The pattern of the component comes from the last `window_days` nights before today, without excluded and missing ones
    (alternating least squares, which equals the singular vector where none are). Each night's amplitude comes from the stations
    that have data.
    """
    window = np.where(held, np.nan, centred[:-1])[-window_days:]
    here = np.isfinite(window)
    filled = np.where(here, window, 0.0)
    pattern = np.ones(centred.shape[1])
    for _ in range(_COMPONENT_ROUNDS):
        former = pattern
        amplitude = _ratio(filled @ pattern, here @ (pattern * pattern))
        pattern = _ratio(amplitude @ filled, (amplitude * amplitude) @ here)
        pattern = _ratio(pattern, np.sqrt(np.mean(pattern * pattern)))
        if np.abs(pattern - former).max() < _COMPONENT_CLOSE:
            break
    present = np.isfinite(centred)
    amplitude = _ratio(np.where(present, centred, 0.0) @ pattern, present @ (pattern * pattern))
    return centred - amplitude[:, np.newaxis] * pattern


def _ratio(over: NDArray[np.float64], under: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the quotient, 0 where the denominator is not positive."""
    return np.divide(over, under, out=np.zeros_like(over), where=under > 0.0)
