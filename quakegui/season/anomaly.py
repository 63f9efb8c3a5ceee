"""How a field becomes an anomaly: night means less the common mode and the station's own baseline, in nT and in z.

For every day the pipeline looks back only. The *window* of a station is its last 27 calendar days (one solar rotation) that are
not held back, at most 30 days further back than that. A day whose abs(z) passes `hold_z` is *held back*: it enters no later
baseline of its station for 30 days, so that a lasting anomaly neither fades nor leaves its mirror image behind. Past that age
it may return, but only where a window would otherwise have too few nights. When nights of one sign have been held for 30 days
on end, the step is accepted as the station's new level, all of them are released, and that day is flagged `LEVEL_CHANGE`.

Stormy nights do enter baselines. The storm is what the stations share: it is what the regression on the common mode takes out,
and those nights, far from the others, carry most of what is known about each station's slope; on null seasons, leaving them
out made what is left of stormy nights 2 % larger. That remainder is judged by the same hold as any other night.
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
    """The night before, at the same station (Zhang Suqin et al. 2015)."""
    REFERENCE_STATION = "reference-station"
    """The same night at one reference station (as along the San Andreas fault at Parkfield)."""
    FIRST_COMPONENT = "first-component"
    """The first principal component of the window's nights."""


LONGEST_WINDOW = 3660
"""Days that a baseline's window may have."""


@dataclass(frozen=True, slots=True)
class AnomalyConfig:
    """How anomalies are computed and judged; kept with the results.

    Attributes
    ----------
    method
        One of `Method`.
    window_days
        Calendar days in a baseline: one solar rotation.
    at_least
        Valid nights that a baseline needs.
    hold_z
        A day beyond this abs(z) is held back from later baselines.
    hold_days
        For how long at most, and how long a step lasts before it is accepted.
    run_gap_days
        Days without a held night that do not end a run of them.
    smallest_scale_nt
        Least station scale in nT. Proton magnetometers are good to about 0.2 nT, and rounding alone spreads the mean of three
        whole-nT hourly values by 1 / sqrt(12 x 3) = 0.17 nT: a smaller spread over 27 nights is an accident, not knowledge, and
        must not blow z up. The quietest real stations tried (Japan, 2005-2006) have scales near 0.5 nT.
    threshold_z, map_threshold_z
        A larger abs(z) at any of 25 stations, or anywhere on their map, is found on 1 % of days without a signal. Set by
        ``python -m quakegui.simulate.calibration --seasons 150``: seeds 0 to 149, 50,100 days; seeds 500000 to 500149 pass
        them on 1.0 % of days. They hold for the method "regression" with the other defaults.
    reference_station
        Code, for the method of that name.
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
        """Refuse what cannot be computed."""
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
    """Anomalies of a network, day by day.

    Attributes
    ----------
    days
        Local dates without a gap, datetime64[D], shape (day,).
    codes
        Station codes, one per column.
    night_nt, anomaly_nt, z, scale_nt
        Night mean, anomaly, anomaly over scale, and scale; shape (day, station), NaN where there is none.
    quality
        `Quality` bits, uint16, shape (day, station). A recorded night that had too little to be compared with (warm-up, no
        night before, no reference, the reference station itself) is `WARM_UP`: z is finite exactly where no bit of
        `NO_VALUE` is set.
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
    known: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    tell: Callable[[int], object] = lambda _day: None,
) -> DailyAnomaly:
    """Compute each station's anomaly of each day from that day's and earlier nights alone.

    With two stations the common mode of each is the other one. A station with none to compare with, because the network has
    no second one or because none was recorded on that night or on enough nights before it, is judged by its plain baseline:
    night mean less its window's median, over the scale of exactly that.

    Parameters
    ----------
    night
        Night means of consecutive days.
    config
        Method and limits.
    timezone
        IANA name of the zone whose calendar the days are: a day that it skipped is not missing.
    kp_night
        Largest Kp of each night, NaN where unknown, shape (day,). Only flags nights `STORMY`.
    known
        `anomaly_nt` and `scale_nt` of the first days, shapes (known day, station), as an earlier call found them for the same
        nights and config. They are taken as they are: no later night changes them.
    tell
        Told the number of each day before it is computed.

    Raises
    ------
    ValueError
        If days are missing between the first and the last, or the reference station is not among the stations.

    References
    ----------
    Founding paper, section 3.1, says "magnetic anomaly analysis" and no more; the robust regression is that of
    scikit-learn's `HuberRegressor`.
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
    anomaly, scale, accepted = _all_days(night.values, night.codes, networks, config, known=known, tell=tell)
    return _with_quality(night, anomaly, scale, accepted, kp_night=kp_night)


def daily_together(nights: Sequence[NightMeans], config: AnomalyConfig) -> tuple[DailyAnomaly, ...]:
    """Compute the anomalies of several networks side by side, each the same as `daily` finds for it alone.

    Many short columns cost little more than a few, so that sixteen seasons take a third of the time of one after another.

    Parameters
    ----------
    nights
        Of equally many days, each consecutive.
    config
        Its method is the regression; the others look at stations by name or at all of them at once.

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
    """Return anomaly and scale in nT, and where a step was accepted, shapes (day, station); `networks` says whose each is."""
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
    """Which station-days are held back; grows with the days and never looks ahead."""

    def __init__(self, config: AnomalyConfig, shape: tuple[int, ...]) -> None:
        self.config = config
        self.held = np.zeros(shape, dtype=bool)
        self.accepted = np.zeros(shape, dtype=bool)
        self._run_start = np.zeros(shape[1], dtype=np.int64)
        self._last = np.full(shape[1], -shape[0] - config.run_gap_days - 2, dtype=np.int64)
        self._sign = np.zeros(shape[1])

    def judge(self, day: int, z: NDArray[np.float64]) -> None:
        """Hold the stations beyond the threshold on `day`; accept the step of those held long enough."""
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
        """Return each station's window as rows counted from day `first`, ascending, shape (window, station); -1 for no day."""
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
    """Return each column's last `number` rows that are not held, ascending, -1 before them, shape (number, column)."""
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
    """Return anomaly and scale of one day in nT, shapes (station,)."""
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
    """Return each station's values on its own window's days, NaN where the window has none, shape (window, station)."""
    return np.where(rows >= 0, values[rows, np.arange(values.shape[1])], np.nan)


def _residuals(
    centred: NDArray[np.float64], rows: NDArray[np.intp], networks: NDArray[np.intp], at_least: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what the common mode leaves of the window's nights and of today's, shapes (window, station) and (station,)."""
    common = _common_mode(centred, networks)
    x, y = _window_values(common, rows), _window_values(centred, rows)
    comparable = np.isfinite(common[-1]) & ((np.isfinite(x) & np.isfinite(y)).sum(axis=0) >= at_least)
    intercept, slope = huber_lines(np.where(comparable, x, np.nan), y)
    before = np.where(comparable, y - intercept - slope * x, y)
    today = np.where(comparable, centred[-1] - intercept - slope * common[-1], centred[-1])
    return before, today


def _common_mode(centred: NDArray[np.float64], networks: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return, for each entry of (day, station), the median of that day's other stations of the same network."""
    days, count = centred.shape[0], int(networks[-1]) + 1 if networks.size else 0
    if count < 2:
        return leave_one_out_median(centred)
    size = np.bincount(networks)
    place = np.arange(networks.size) - np.repeat(np.cumsum(size) - size, size)
    padded = np.full((days, count, int(size.max())), np.nan)  # a station that is not there is one that recorded nothing
    padded[:, networks, place] = centred
    return leave_one_out_median(padded.reshape(days * count, -1)).reshape(padded.shape)[:, networks, place]


def _without_first_component(centred: NDArray[np.float64], held: NDArray[np.bool_], window_days: int) -> NDArray[np.float64]:
    """Return all nights less their first principal component, shape (day, station).

    The component's pattern comes from the last `window_days` nights before today, held and missing ones left out (alternating
    least squares, which is the plain singular vector where none are); each night's amplitude from its present stations.
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
    """Return the quotient, 0 where there is nothing to divide by."""
    return np.divide(over, under, out=np.zeros_like(over), where=under > 0.0)
