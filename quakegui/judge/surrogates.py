"""Surrogate catalogues: the score of a predictor if the earthquakes had occurred at other, equally likely times.

Shifting the labels cyclically assumes stationarity, but earthquake rates drift, and so does everything that depends on the
date. A surrogate catalogue keeps slow changes and destroys short-term ones: earthquakes are shifted by up to `jitter_days`,
clusters together, and the label rule is applied again to the unchanged predictions. A second kind, shown for comparison, draws
as many earthquakes from the smoothed rate of the catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.judge.auc import auc, weighted_auc
from quakegui.season.events import Event
from quakegui.season.labels import LabelRule
from quakegui.season.localtime import NightWindow, available_at, local_date

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Kinds = NDArray[np.int8]
Statistic = Literal["pooled", "foldwise"]

#: Maximum shift of the earthquakes, by statistic; see tests/power/README.md for the choice.
JITTER_DAYS: dict[Statistic, int] = {"pooled": 45, "foldwise": 30}
#: Successive earthquakes no more than this apart are shifted together.
CLUSTER_DAYS = 5
#: Standard deviation of the Gaussian that smooths the rate, in days.
RATE_DAYS = 60.0
SURROGATES = 999
LEAST_CLUSTERS = 5
#: Minimum length of a season, as a multiple of the jitter.
LEAST_SPANS = 4

#: Kinds of days: without an event, with one, or known only after its event and therefore not scored.
QUIET, EVENT, POST = 0, 1, 2


@dataclass(frozen=True, slots=True)
class EventWindows:
    """Earthquakes with their label windows, by time.

    Attributes
    ----------
    day
        Local date of each, datetime64[D], shape (event,).
    clock_ms
        Milliseconds from the midnight of that date, up to a constant, shape (event,); only orders events of one day.
    magnitude
        Shape (event,).
    before, after
        Days of the label window before and after the day of the event, shape (event,).
    foreknown
        Whether the day of the event became known before the event, shape (event,).
    winner
        Precedence where two windows overlap, see `LabelRule`.
    """

    day: NDArray[np.datetime64]
    clock_ms: Indices
    magnitude: Floats
    before: Indices
    after: Indices
    foreknown: NDArray[np.bool_]
    winner: Literal["later", "larger"]

    @property
    def longest(self) -> int:
        """Length of the longest label window in days, including the day of the event; 0 without an event."""
        return int((self.before + self.after).max(initial=-1)) + 1

    @property
    def cluster(self) -> Indices:
        """Cluster number of each event, shape (event,)."""
        return np.cumsum(np.r_[False, np.diff(self.day.astype(np.int64)) > CLUSTER_DAYS][: len(self.day)])

    def part(self, subset: ArrayLike) -> EventWindows:
        """Return a subset of the events, selected by a mask or positions."""
        of = np.asarray(subset)
        return EventWindows(
            self.day[of],
            self.clock_ms[of],
            self.magnitude[of],
            self.before[of],
            self.after[of],
            self.foreknown[of],
            self.winner,
        )


@dataclass(frozen=True, slots=True)
class Surrogates:
    """Kinds of the days of a season under surrogate catalogues.

    Attributes
    ----------
    jittered, redrawn
        `QUIET`, `EVENT` or `POST`, int8, shape (day, surrogate), with shifted and with redrawn earthquakes; the latter may be
        none.
    jitter_days
        Maximum shift in days.
    cluster
        Number of the cluster of earthquakes on each day, -1 for none, shape (day,).
    longest_window
        Length of the longest label window in days.
    """

    jittered: Kinds
    redrawn: Kinds
    jitter_days: int
    cluster: Indices
    longest_window: int

    def clusters(self, test_days: ArrayLike) -> int:
        """Return the number of independent clusters from the first to the last scored day; `test_days`: mask, shape (day,)."""
        within = self.cluster[_span(test_days)]
        return len(np.unique(within[within >= 0]))

    def estimable(self, test_days: ArrayLike) -> bool:
        """Return whether enough clusters and days are scored for a test; `test_days` is a mask, shape (day,)."""
        span = _span(test_days)
        return self.clusters(test_days) >= LEAST_CLUSTERS and span.stop - span.start >= LEAST_SPANS * self.jitter_days


def _span(scored: ArrayLike) -> slice:
    days = np.flatnonzero(scored)
    return slice(int(days[0]), int(days[-1]) + 1) if len(days) else slice(0, 0)


@dataclass(frozen=True, slots=True)
class SurrogateTest:
    """Test of a predictor's AUC against surrogate catalogues.

    Attributes
    ----------
    statistic
        ``pooled`` over all days, or ``foldwise``.
    auc
        AUC of P(event), days with an event against days without, from the label rule.
    p_jitter, p_rate
        (1 + k) / (1 + n) for each kind: k of n surrogates have at least this AUC or, for the fold-wise statistic, are at least
        as far from 0.5. NaN if not estimable, or without such surrogates.
    jitter_days, longest_window
        See `Surrogates`.
    clusters
        Number of independent clusters of earthquakes from the first to the last scored day.
    """

    statistic: Statistic
    auc: float
    p_jitter: float
    p_rate: float
    jitter_days: int
    clusters: int
    longest_window: int

    @property
    def p_value(self) -> float:
        """The p-value of the verdict."""
        return self.p_jitter

    @property
    def short_jitter(self) -> bool:
        """Whether the longest label window exceeds the shift, which makes the test weak."""
        return self.longest_window > self.jitter_days


def event_windows(events: Sequence[Event], rule: LabelRule, *, timezone: str, night: NightWindow) -> EventWindows:
    """Return the label windows of a declustered catalogue.

    Parameters
    ----------
    events
        Earthquakes in and around the season.
    rule
        Label windows.
    timezone, night
        Calendar of the project, and the hours after which a day is known.
    """
    times = np.array([event.time for event in events], dtype="datetime64[ms]")
    order = np.argsort(times, kind="stable")
    times = times[order]
    magnitude = np.array([event.magnitude for event in events], float)[order]
    day = local_date(times, timezone)
    return EventWindows(
        day=day,
        clock_ms=(times - day.astype("datetime64[ms]")).astype(np.int64),
        magnitude=magnitude,
        before=np.array([rule.days_before(m) for m in magnitude], np.int64),
        after=np.full(len(day), rule.days_after, np.int64),
        foreknown=np.asarray(available_at(day, timezone, night) <= times, bool),
        winner=rule.winner,
    )


def statistic_of(protocol: str) -> Statistic:
    """Return the statistic of a protocol: fold-wise for models trained in blocks, pooled for zero-shot and prospective."""
    return "foldwise" if protocol in {"blocked", "chronological"} else "pooled"


def kinds_of_days(windows: EventWindows, event_days: ArrayLike, days: ArrayLike) -> Kinds:
    """Return the kinds of days after applying the label rule to earthquakes on other days.

    Parameters
    ----------
    windows
        The earthquakes with their windows.
    event_days
        Day of each event in each surrogate, days since 1970, shape (surrogate, event).
    days
        Days of the season, datetime64[D], ascending, shape (day,).

    Returns
    -------
    numpy.ndarray
        `QUIET`, `EVENT` or `POST`, int8, shape (day, surrogate).
    """
    at, calendar = np.asarray(event_days, np.int64), np.asarray(days, "datetime64[D]").astype(np.int64)
    when, size = at * 86_400_000 + windows.clock_ms, np.broadcast_to(windows.magnitude, at.shape)
    strength = (size, when) if windows.winner == "later" else (when, size)
    order = np.lexsort(strength, axis=-1)  # later assignments overwrite
    offset = len(calendar) * np.arange(len(at))[:, None]
    first, late, end = (
        np.take_along_axis(np.searchsorted(calendar, at + shift) + offset, order, axis=1).ravel()
        for shift in (-windows.before, windows.foreknown.astype(np.int64), windows.after + 1)
    )
    # Bytes, since the many short stretches take half as long there as in an array; few of them are of different lengths.
    lengths, which = np.unique((late - first) * (len(calendar) + 1) + end - late, return_inverse=True)
    stretches = [
        bytes([EVENT]) * before + bytes([POST]) * after
        for before, after in (divmod(length, len(calendar) + 1) for length in lengths.tolist())
    ]
    kind = bytearray(len(at) * len(calendar))
    for begin, stop, number in zip(first.tolist(), end.tolist(), which.tolist(), strict=True):
        kind[begin:stop] = stretches[number]
    return np.ascontiguousarray(np.frombuffer(kind, np.int8).reshape(len(at), len(calendar)).T)


def rule_kinds(windows: EventWindows, days: ArrayLike) -> Kinds:
    """Return the kind of each day from the label rule, `QUIET`, `EVENT` or `POST`, int8, shape (day,).

    Parameters
    ----------
    windows
        The earthquakes with their windows.
    days
        Days of the season, datetime64[D], ascending, shape (day,).
    """
    return kinds_of_days(windows, windows.day.astype(np.int64)[None], days)[:, 0]


def make_surrogates(
    windows: EventWindows,
    days: ArrayLike,
    *,
    jitter_days: int,
    surrogates: int = SURROGATES,
    seed: int = 0,
    redrawn: bool = True,
) -> Surrogates:
    """Return the kinds of a season's days under surrogates of its catalogue.

    Parameters
    ----------
    windows
        Windows of the whole catalogue; earthquakes too far from the season to reach it are ignored.
    days
        Days of the season, datetime64[D], ascending, shape (day,).
    jitter_days
        Maximum shift of the earthquakes in days.
    surrogates, seed
        Number of surrogates, and seed of the random generator.
    redrawn
        Whether to redraw earthquakes from the rate, too, which only `SurrogateTest.p_rate` needs.
    """
    calendar = np.asarray(days, "datetime64[D]")
    first, last = (int(day) for day in calendar[[0, -1]].astype(np.int64)) if len(calendar) else (0, -1)
    reach = jitter_days + windows.longest
    at = windows.day.astype(np.int64)
    near = windows.part((at >= first - reach) & (at <= last + reach))
    cluster = np.full(len(calendar), -1, np.int64)
    place = np.searchsorted(calendar, near.day)
    inside = (place < len(calendar)) & (calendar[np.minimum(place, len(calendar) - 1)] == near.day) if len(calendar) else []
    cluster[place[inside]] = near.cluster[inside]
    rng = np.random.default_rng(seed)
    return Surrogates(
        jittered=kinds_of_days(near, jittered_days(near, jitter_days, surrogates, rng), calendar),
        redrawn=kinds_of_days(near, _redrawn(near, (first, last), surrogates if redrawn else 0, rng), calendar),
        jitter_days=jitter_days,
        cluster=cluster,
        longest_window=near.longest,
    )


def surrogate_test(
    score: ArrayLike,
    kinds: ArrayLike,
    surrogates: Surrogates,
    *,
    statistic: Statistic,
    fold: ArrayLike,
    with_p_values: bool = True,
) -> SurrogateTest:
    """Test a predictor's AUC against surrogate catalogues.

    Parameters
    ----------
    score
        P(event), higher for days with an event, NaN where missing, shape (day,).
    kinds
        `QUIET`, `EVENT` or `POST` from the label rule, shape (day,).
    surrogates
        Kinds of the days under surrogate catalogues.
    statistic
        ``pooled`` or ``foldwise``.
    fold
        Fold of each day, -1 for a day that cannot be scored, shape (day,). The pooled statistic uses only whether a day is
        scored.
    with_p_values
        Whether to compute p-values, which are meaningless for a leaky protocol.
    """
    x = np.asarray(score, float)
    number = np.asarray(fold, np.int64)
    if statistic == "pooled":
        number = np.where(number >= 0, 0, -1)
    observed = auc(x, np.asarray(kinds), number)
    scored = (number >= 0) & np.isfinite(x)
    possible = with_p_values and surrogates.estimable(scored) and bool(np.isfinite(observed))
    p_jitter, p_rate = (
        _p_value(observed, weighted_auc(x, drawn == EVENT, drawn == QUIET, number), statistic) if possible else np.nan
        for drawn in (surrogates.jittered, surrogates.redrawn)
    )
    return SurrogateTest(
        statistic, observed, p_jitter, p_rate, surrogates.jitter_days, surrogates.clusters(scored), surrogates.longest_window
    )


def _p_value(observed: float, drawn: Floats, statistic: Statistic) -> float:
    """Return the p-value of an AUC, two-sided for a model trained in blocks.

    Such a model learns the sign of its input from these very earthquakes, and chance agreement with them in one block persists
    in the next; its AUC therefore exceeds 0.5 twice as often as with labels that it never saw.
    """
    others = drawn[np.isfinite(drawn)]
    if statistic == "foldwise":
        others, observed = np.abs(others - 0.5), observed - 0.5
    return float((1 + (others >= observed - 1e-12).sum()) / (1 + len(others))) if len(others) else np.nan


def jittered_days(windows: EventWindows, jitter_days: int, surrogates: int, rng: np.random.Generator) -> Indices:
    """Return the days of the events, shifted by clusters, as days since 1970, shape (surrogate, event).

    Parameters
    ----------
    windows, jitter_days
        The earthquakes, and the maximum shift in days.
    surrogates
        Number of surrogates.
    rng
        Random generator.
    """
    cluster = windows.cluster
    shift = rng.integers(-jitter_days, jitter_days + 1, size=(surrogates, int(cluster.max(initial=-1)) + 1))
    return windows.day.astype(np.int64) + shift[:, cluster]


def _redrawn(windows: EventWindows, span: tuple[int, int], surrogates: int, rng: np.random.Generator) -> Indices:
    """Return days of as many events drawn from the smoothed rate, shape (surrogate, event).

    The rate is a sum of Gaussians around the events, each scaled to one event within the span of days (Jones 1993).
    """
    from scipy.special import ndtr, ndtri

    n, at = len(windows.day), windows.day.astype(np.int64)
    if not n:
        return np.empty((surrogates, 0), np.int64)
    low, high = min(span[0], int(at[0])), max(span[1], int(at[-1]))
    centre = at[rng.integers(n, size=(surrogates, n))]
    below, above = ndtr((low - centre) / RATE_DAYS), ndtr((high + 1 - centre) / RATE_DAYS)
    drawn = centre + RATE_DAYS * ndtri(below + rng.random((surrogates, n)) * (above - below))
    return np.clip(np.floor(drawn), low, high).astype(np.int64)
