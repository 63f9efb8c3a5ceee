"""Magnetic storms of the synthetic season: depression and activity in nT from Kp."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quakegui.season.kp import KP_STEP, Kp
from quakegui.words import Said

KP_TO_AP = np.array(
    [0, 2, 3, 4, 5, 6, 7, 9, 12, 15, 18, 22, 27, 32, 39, 48, 56, 67, 80, 94, 111, 132, 154, 179, 207, 236, 300, 400],
    dtype=float,
)
"""Equivalent amplitude ap for each third of Kp, 0o to 9o (Bartels 1957)."""

# fmt: off
KP_SHARES_2022 = np.array([
    0.0522, 0.1367, 0.2380, 0.3228, 0.4167, 0.5135, 0.6124, 0.7007, 0.7744, 0.8498, 0.8920, 0.9219,
    0.9516, 0.9680, 0.9818, 0.9891, 0.9933, 0.9968, 0.9977, 0.9988, 0.9994, 0.9997, 0.9997,
])
# fmt: on
"""Fraction of 3-hour intervals with Kp up to 0, 1/3, 2/3 ... from November 2021 to December 2022 (GFZ); none reached 8."""

QUIET_AP = 5.0
DEPRESSION_NT = 0.13
"""Depression of F in nT per 3 hours and unit of ap above the quiet level."""
RECOVERY_HOURS = 24.0
ACTIVITY_NT = 0.08
"""Standard deviation of hourly fluctuations in nT per unit of ap, in addition to 0.3 nT."""


def storm_depression(kp: Kp, origin: np.datetime64, minute: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the depression of the field by storms, nT, not positive, same shape as `minute`.

    The disturbance grows with ap and recovers exponentially, the simplest balance of the ring current.

    Parameters
    ----------
    kp
        The index.
    origin
        UTC time of minute 0.
    minute
        Minutes after `origin`.
    """
    at, ap = _ap(kp, origin, minute)
    kept = float(np.exp(-3.0 / RECOVERY_HOURS))
    pushed = recursive_filter(np.maximum(ap - QUIET_AP, 0.0), gain=DEPRESSION_NT, retention=kept)
    return -np.interp(minute, at + 180.0, pushed)


def activity(kp: Kp, origin: np.datetime64, minute: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard deviation of the field's fluctuations, nT, same shape as `minute`.

    Parameters as in `storm_depression`.
    """
    at, ap = _ap(kp, origin, minute)
    return 0.3 + ACTIVITY_NT * np.interp(minute, at + 90.0, ap)


def require_kp(kp: Kp, origin: np.datetime64, minutes: int) -> None:
    """Check that the index covers a time span.

    Parameters
    ----------
    kp
        The index.
    origin
        UTC start.
    minutes
        Length in minutes.

    Raises
    ------
    ValueError
        If intervals are missing, with their number and the first of them.
    """
    _ap(kp, origin, np.array([float(minutes)]))


def random_kp(seed: int, start: np.datetime64, end: np.datetime64) -> Kp:
    """Draw an index with the values of 2022 and its memory: correlation 0.74 after 3 hours, 0.25 after a day.

    Parameters
    ----------
    seed
        Seed of the season.
    start, end
        UTC time span; whole days are drawn.
    """
    from scipy.special import ndtr  # imported late, as in `layouts`

    first, last = start.astype("datetime64[D]"), end.astype("datetime64[D]") + np.timedelta64(1, "D")
    time = np.arange(first, last, KP_STEP).astype("datetime64[ms]")
    rng = np.random.default_rng(np.random.SeedSequence([seed, 81]))
    short = recursive_filter(rng.standard_normal(time.size), gain=np.sqrt(1.0 - 0.60**2), retention=0.60)
    long = recursive_filter(rng.standard_normal(time.size), gain=np.sqrt(1.0 - 0.94**2), retention=0.94)
    thirds = np.searchsorted(KP_SHARES_2022, ndtr(np.sqrt(0.6) * short + np.sqrt(0.4) * long))
    return Kp(time, thirds / 3.0)


def _ap(kp: Kp, origin: np.datetime64, minute: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return start (minutes after `origin`) and ap of each 3-hour interval from two days before `origin` to the last minute.

    Raises
    ------
    ValueError
        If the index misses an interval of the season; unknown intervals before it count as quiet.
    """
    first = (origin - 2 * np.timedelta64(1, "D")).astype("datetime64[D]").astype("datetime64[ms]")
    last = origin + np.timedelta64(int(minute[-1]) * 60_000, "ms")
    wanted = np.arange(first, last, KP_STEP)
    at = np.minimum(np.searchsorted(kp.time, wanted), max(kp.time.size - 1, 0))
    known = kp.time[at] == wanted if kp.time.size else np.zeros(wanted.size, dtype=bool)
    lacking = wanted[~known & (wanted + KP_STEP > origin)]
    if lacking.size:
        raise ValueError(
            Said(
                "Kp is missing for {lacking_size} intervals of the synthetic season; the first starts at {lacking} UTC.",
                lacking_size=lacking.size,
                lacking=lacking[0],
            )
        )
    thirds = np.zeros(wanted.size, dtype=np.int64)
    thirds[known] = np.round(3.0 * kp.value[at[known]]).astype(np.int64)
    ap = np.where(known, KP_TO_AP[thirds], QUIET_AP)
    return (wanted - origin) / np.timedelta64(60_000, "ms"), ap


def recursive_filter(values: NDArray[np.float64], *, gain: float, retention: float) -> NDArray[np.float64]:
    """Return a first-order recursive filter along the first axis: `gain` times the value plus `retention` times the last.

    Parameters
    ----------
    values
        Shape (time,) or (time, column).
    gain
        Factor on the values.
    retention
        Fraction of a result that remains in the next one.
    """
    from scipy.signal import lfilter  # takes a second to import, only when needed

    # Columns whose values lie one after the other are filtered in a third of the time, to the same bits.
    found: NDArray[np.float64] = lfilter([gain], [1.0, -retention], np.ascontiguousarray(values.T)).T
    return found
