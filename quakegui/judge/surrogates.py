"""Surrogate catalogues: what a predictor would score if the earthquakes had come at other, equally likely times.

Shifting the labels as one ring assumes that nothing drifts. Earthquake rates do, and so does everything that knows the date. A
surrogate catalogue keeps what is slow and destroys what is near: the earthquakes are moved by up to `jitter_days`, those close
to each other together, and the label rule is applied again, the predictions unchanged. A second kind, shown beside, draws as
many earthquakes from the catalogue's own smoothed rate.
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

#: How far earthquakes are moved, by statistic; see tests/power/README.md for the sizes that led here.
JITTER_DAYS: dict[Statistic, int] = {"pooled": 45, "foldwise": 30}
#: Earthquakes at most this far apart, one after the other, move together.
CLUSTER_DAYS = 5
#: Standard deviation of the Gaussian that smooths the rate.
RATE_DAYS = 60.0
SURROGATES = 999
LEAST_CLUSTERS = 5
#: A span has to be this many times as long as the jitter.
LEAST_SPANS = 4

#: What a day is under a catalogue: without an event, with one, or known only after its event and therefore not scored.
QUIET, EVENT, POST = 0, 1, 2


@dataclass(frozen=True, slots=True)
class EventWindows:
    """Earthquakes as the label rule sees them, by time.

    Attributes
    ----------
    day
        Local date of each, datetime64[D], shape (event,).
    clock_ms
        Milliseconds from that date's midnight, up to a constant; it only orders events of one day. Shape (event,).
    magnitude
        Shape (event,).
    before, after
        Days of its label window before and after its own, shape (event,).
    foreknown
        Whether its own day became known before it, shape (event,).
    winner
        Who takes a day that two windows claim, see `LabelRule`.
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
        """Days of the longest label window, the event's own included; 0 without an event."""
        return int((self.before + self.after).max(initial=-1)) + 1

    @property
    def cluster(self) -> Indices:
        """Number of the cluster of each event, shape (event,)."""
        return np.cumsum(np.r_[False, np.diff(self.day.astype(np.int64)) > CLUSTER_DAYS][: len(self.day)])

    def part(self, kept: ArrayLike) -> EventWindows:
        """Return some of the events: a mask or positions."""
        of = np.asarray(kept)
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
        `QUIET`, `EVENT` or `POST`, int8, shape (day, surrogate): earthquakes moved, and earthquakes drawn from the rate.
    jitter_days
        How far they were moved.
    cluster
        Number of the cluster of earthquakes on each day, -1 for a day without, shape (day,).
    longest_window
        Days of the longest label window.
    """

    jittered: Kinds
    redrawn: Kinds
    jitter_days: int
    cluster: Indices
    longest_window: int

    def clusters(self, scored: ArrayLike) -> int:
        """Independent clusters of earthquakes from the first to the last scored day; `scored` is a mask, shape (day,)."""
        within = self.cluster[_span(scored)]
        return len(np.unique(within[within >= 0]))

    def estimable(self, scored: ArrayLike) -> bool:
        """Whether clusters and days enough are scored to test anything; `scored` is a mask, shape (day,)."""
        span = _span(scored)
        return self.clusters(scored) >= LEAST_CLUSTERS and span.stop - span.start >= LEAST_SPANS * self.jitter_days


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
        Of P(event), days with an event against days without by the label rule.
    p_jitter, p_rate
        (1 + k) / (1 + n): n surrogates of each kind, k of them with at least this AUC; by the fold-wise statistic, k of them at
        least as far from 0.5. NaN where not estimable.
    jitter_days, longest_window
        See `Surrogates`.
    clusters
        Independent clusters of earthquakes from the first to the last scored day.
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
        """The p-value that decides."""
        return self.p_jitter

    @property
    def short_jitter(self) -> bool:
        """Whether the longest label window is longer than the earthquakes were moved, so that the test is a weak one."""
        return self.longest_window > self.jitter_days


def event_windows(events: Sequence[Event], rule: LabelRule, *, timezone: str, night: NightWindow) -> EventWindows:
    """Label windows of a declustered catalogue.

    Parameters
    ----------
    events
        In the season and around it.
    timezone, night
        The project's: its calendar, and the hours after which a day is known.
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
    """Statistic of a protocol: fold by fold for what was trained in blocks, pooled for what never saw the season."""
    return "foldwise" if protocol in {"blocked", "chronological"} else "pooled"


def kinds_of_days(windows: EventWindows, event_days: ArrayLike, days: ArrayLike) -> Kinds:
    """Apply the label rule to earthquakes on other days.

    Parameters
    ----------
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
    order = np.lexsort(strength, axis=-1)  # the strongest claim comes last and stays
    offset = len(calendar) * np.arange(len(at))[:, None]
    first, late, end = (
        np.take_along_axis(np.searchsorted(calendar, at + shift) + offset, order, axis=1).ravel().tolist()
        for shift in (-windows.before, windows.foreknown.astype(np.int64), windows.after + 1)
    )
    kind = np.zeros(len(at) * len(calendar), np.int8)
    for begin, known, stop in zip(first, late, end, strict=True):
        kind[begin:known] = EVENT
        kind[known:stop] = POST
    return np.ascontiguousarray(kind.reshape(len(at), len(calendar)).T)


def rule_kinds(windows: EventWindows, days: ArrayLike) -> Kinds:
    """`QUIET`, `EVENT` or `POST`: what each day is by the label rule, int8, shape (day,)."""
    return kinds_of_days(windows, windows.day.astype(np.int64)[None], days)[:, 0]


def make_surrogates(
    windows: EventWindows, days: ArrayLike, *, jitter_days: int, surrogates: int = SURROGATES, seed: int = 0
) -> Surrogates:
    """Kinds of a season's days under surrogates of its catalogue.

    Parameters
    ----------
    windows
        Of the whole catalogue; earthquakes too far from the season to reach it are left out.
    days
        Of the season, datetime64[D], ascending, shape (day,).
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
        redrawn=kinds_of_days(near, _redrawn(near, (first, last), surrogates, rng), calendar),
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
    tested: bool = True,
) -> SurrogateTest:
    """Test a predictor's AUC against surrogate catalogues.

    Parameters
    ----------
    score
        P(event), higher for days with an event, NaN for a day without a prediction, shape (day,).
    kinds
        `QUIET`, `EVENT` or `POST` by the label rule, shape (day,).
    fold
        Fold of each day, -1 for a day that cannot be scored, shape (day,). The pooled statistic only asks which are scored.
    tested
        Whether a p-value is asked for: one of a leaky protocol would say nothing.
    """
    x = np.asarray(score, float)
    number = np.asarray(fold, np.int64)
    if statistic == "pooled":
        number = np.where(number >= 0, 0, -1)
    observed = auc(x, np.asarray(kinds), number)
    scored = (number >= 0) & np.isfinite(x)
    possible = tested and surrogates.estimable(scored) and bool(np.isfinite(observed))
    p_jitter, p_rate = (
        _p_value(observed, weighted_auc(x, drawn == EVENT, drawn == QUIET, number), statistic) if possible else np.nan
        for drawn in (surrogates.jittered, surrogates.redrawn)
    )
    return SurrogateTest(
        statistic, observed, p_jitter, p_rate, surrogates.jitter_days, surrogates.clusters(scored), surrogates.longest_window
    )


def _p_value(observed: float, drawn: Floats, statistic: Statistic) -> float:
    """P-value of an AUC, two-sided for a model trained in blocks.

    Such a model learnt from these very earthquakes which way round its input goes, and what luck they have in common with it
    in one block they have in the next; so its AUC leaves 0.5 upwards twice as often as that of labels it never saw.
    """
    others = drawn[np.isfinite(drawn)]
    if statistic == "foldwise":
        others, observed = np.abs(others - 0.5), observed - 0.5
    return float((1 + (others >= observed - 1e-12).sum()) / (1 + len(others))) if len(others) else np.nan


def jittered_days(windows: EventWindows, jitter_days: int, surrogates: int, rng: np.random.Generator) -> Indices:
    """Days of the events moved by clusters, shape (surrogate, event)."""
    cluster = windows.cluster
    shift = rng.integers(-jitter_days, jitter_days + 1, size=(surrogates, int(cluster.max(initial=-1)) + 1))
    return windows.day.astype(np.int64) + shift[:, cluster]


def _redrawn(windows: EventWindows, span: tuple[int, int], surrogates: int, rng: np.random.Generator) -> Indices:
    """Days of as many events drawn from the smoothed rate, shape (surrogate, event).

    The rate is a sum of Gaussians about the events, each scaled to hold one event within the span of days (Jones 1993).
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
