"""From daily probabilities to alarms, and from alarms to hits.

The original paper (section 5.2) takes several consecutive days as one prediction. Here, an alarm opens when P(not 0) reaches
the threshold p* on some consecutive days (default 2), at the time the last one becomes known. It stays open for some days
(default 15) after the last positive day, and all of that is time under alarm. The three numbers form an `AlarmRule`. Alarms are
compared with the declustered catalogue, never with labels.
A day without a prediction is not positive and interrupts consecutive days; it does not close an open alarm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.season.events import Event

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Instants = NDArray[np.datetime64]

CONSECUTIVE_DAYS = 2
OPEN_DAYS = 15
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Series:
    """Daily predictions in order of time.

    Attributes
    ----------
    days
        Local calendar days, ascending, datetime64[D], shape (day,).
    available_at
        UTC time at which each day becomes known, datetime64[ms], shape (day,).
    probabilities
        Probabilities of the five classes, shape (day, class); NaN for a day without a prediction.
    """

    days: Instants
    available_at: Instants
    probabilities: Floats

    @property
    def event_probability(self) -> Floats:
        """P(not 0), shape (day,)."""
        return np.asarray(self.probabilities[:, 1:].sum(axis=1), float)


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """When an alarm opens and how long it stays open; each attribute is one number, or one per day, shape (day,).

    Attributes
    ----------
    threshold
        p*: a day is positive if P(not 0) is at or above it.
    run_days
        Number of consecutive positive days that open an alarm, from the rule of the last of them.
    open_days
        Days that an alarm stays open after its last positive day, from the rule of that day.
    """

    threshold: ArrayLike
    run_days: ArrayLike = CONSECUTIVE_DAYS
    open_days: ArrayLike = OPEN_DAYS


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The earthquakes that alarms are compared with: declustered, from the network's region and magnitude range.

    Attributes
    ----------
    times
        Origin times, UTC, datetime64[ms], shape (event,).
    classes
        1..4, shape (event,).
    """

    times: Instants
    classes: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hit:
    """An event during an open alarm.

    Attributes
    ----------
    event
        Position in the catalogue.
    lead_days
        Days from the opening of the alarm to the event.
    direction, full_class
        Whether the alarm, as it was just before the event, had the event's direction, and its class.
    """

    event: int
    lead_days: float
    direction: bool
    full_class: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm.

    Attributes
    ----------
    opened, closed
        UTC. The alarm closes `open_days` after its last positive day, possibly after the evaluated period.
    positive_days
        Positions of its positive days in the series, including those that opened it.
    probabilities
        Mean class probabilities of its positive days, shape (class,).
    hits
        Events during the alarm, in order of time.
    undecided
        Whether it has no hit but was still open at the end of the evaluated period.
    """

    opened: np.datetime64
    closed: np.datetime64
    positive_days: tuple[int, ...]
    probabilities: tuple[float, ...]
    hits: tuple[Hit, ...] = ()
    undecided: bool = False

    @property
    def full_class(self) -> int:
        """The most probable of the classes 1 to 4 over its positive days."""
        return _full_class(np.asarray(self.probabilities))

    @property
    def direction(self) -> str:
        """The more probable direction over its positive days, "N" or "S"."""
        return "N" if _is_north(np.asarray(self.probabilities)) else "S"

    @property
    def false(self) -> bool:
        """Whether the alarm closed without an event."""
        return not self.hits and not self.undecided


@dataclass(frozen=True, slots=True)
class AlarmRecord:
    """All alarms of an evaluated period.

    Attributes
    ----------
    alarms
        In order of time.
    events
        Positions in the catalogue of the events in the evaluated period.
    missed
        Those of them outside every alarm.
    hits, direction_hits, class_hits
        Numbers of events during an alarm, and of those with the alarm's direction and class.
    false_alarms, undecided
        Numbers of alarms that closed without an event, and of alarms without one still open at the end.
    alarm_days, period_days
        Time under alarm and evaluated time, in days.
    """

    alarms: tuple[Alarm, ...]
    events: tuple[int, ...]
    missed: tuple[int, ...]
    hits: int
    direction_hits: int
    class_hits: int
    false_alarms: int
    undecided: int
    alarm_days: float
    period_days: float

    @property
    def alarm_fraction(self) -> float:
        """Fraction of the evaluated time under alarm."""
        return self.alarm_days / self.period_days

    @property
    def lead_days(self) -> tuple[float, ...]:
        """Days from the opening of the alarm to each event that was hit."""
        return tuple(hit.lead_days for alarm in self.alarms for hit in alarm.hits)


def catalogue_of(events: Sequence[Event], classes: Sequence[int]) -> Catalogue:
    """Return the catalogue of declustered events.

    Parameters
    ----------
    events
        The declustered events.
    classes
        Their classes 1..4, in the same order.
    """
    times = np.array([event.time for event in events], dtype="datetime64[ms]")
    return Catalogue(times, np.asarray(classes, np.int64))


def judged_period(series: Series, test_days: ArrayLike | None = None) -> Instants:
    """Return the spans of time in which events count, datetime64[ms], shape (span, 2).

    Each uninterrupted sequence of covered days is one span, from the time its first day becomes known until a day after its
    last one does.

    Parameters
    ----------
    series
        Daily predictions.
    test_days
        Days that belong to the test, with or without a prediction, shape (day,). Default: all.
    """
    inside = np.ones(len(series.days), bool) if test_days is None else np.asarray(test_days, bool)
    place = np.flatnonzero(inside)
    if not len(place):
        return np.empty((0, 2), "datetime64[ms]")
    breaks = np.flatnonzero(np.diff(series.days[place]) > np.timedelta64(1, "D"))
    first, last = place[np.r_[0, breaks + 1]], place[np.r_[breaks, len(place) - 1]]
    day = np.timedelta64(DAY_MS, "ms")
    return np.stack([series.available_at[first], series.available_at[last] + day], axis=1).astype("datetime64[ms]")


def raise_alarms(series: Series, rule: AlarmRule | ArrayLike) -> tuple[Alarm, ...]:
    """Return the alarms of a series, without comparing them with events.

    Parameters
    ----------
    series
        Daily predictions.
    rule
        The alarm rule; p* alone means the default rule of 2 consecutive and 15 open days.
    """
    made = []
    for opened, closed, members in open_spans(series, rule):
        mean = series.probabilities[members].mean(axis=0)
        made.append(Alarm(_instant(opened), _instant(closed), tuple(members), tuple(float(p) for p in mean)))
    return tuple(made)


def record_alarms(
    series: Series, rule: AlarmRule | ArrayLike, catalogue: Catalogue, period: Instants | None = None
) -> AlarmRecord:
    """Return the alarms of a series with their hits, misses and false alarms.

    A hit is an event after the opening and at or before the closing of an alarm. Direction and class are compared with the mean
    probabilities of the positive days known before the event, so that no later day can improve an alarm.

    Parameters
    ----------
    series
        Daily predictions.
    rule
        See `raise_alarms`.
    catalogue
        Declustered events.
    period
        Spans in which events and alarm time count, see `judged_period`. Default: all days of the series.
    """
    spans = judged_period(series) if period is None else period
    inside = inside_period(catalogue.times, spans)
    end = spans[-1, 1] if len(spans) else np.datetime64("NaT", "ms")
    judged = []
    for alarm in raise_alarms(series, rule):
        hits = _hits(series, alarm, catalogue, inside)
        judged.append(
            Alarm(
                alarm.opened,
                alarm.closed,
                alarm.positive_days,
                alarm.probabilities,
                hits,
                undecided=not hits and bool(alarm.closed > end),
            )
        )
    caught = [hit for alarm in judged for hit in alarm.hits]
    events = tuple(int(e) for e in np.flatnonzero(inside))
    times = [(int(a.opened.astype(np.int64)), int(a.closed.astype(np.int64))) for a in judged]
    return AlarmRecord(
        alarms=tuple(judged),
        events=events,
        hits=len(caught),
        direction_hits=sum(hit.direction for hit in caught),
        class_hits=sum(hit.full_class for hit in caught),
        false_alarms=sum(alarm.false for alarm in judged),
        undecided=sum(alarm.undecided for alarm in judged),
        alarm_days=open_milliseconds(times, spans) / DAY_MS,
        period_days=period_milliseconds(spans) / DAY_MS,
        missed=tuple(sorted(set(events) - {hit.event for hit in caught})),
    )


def positive_days(series: Series, threshold: ArrayLike) -> Mask:
    """Return which days have P(not 0) at or above p*, shape (day,); False for a day without a prediction.

    Parameters
    ----------
    series
        Daily predictions.
    threshold
        p*, one number or one per day.
    """
    probability = series.event_probability
    return np.asarray(np.isfinite(probability) & (np.nan_to_num(probability) >= np.asarray(threshold, float)), bool)


def open_spans(series: Series, rule: AlarmRule | ArrayLike) -> list[tuple[int, int, list[int]]]:
    """Return opening and closing of each alarm in milliseconds since 1970, and the positions of its positive days.

    Parameters
    ----------
    series
        Daily predictions.
    rule
        See `raise_alarms`.
    """
    rule = rule if isinstance(rule, AlarmRule) else AlarmRule(rule)
    positive = positive_days(series, rule.threshold)
    run_days = np.broadcast_to(rule.run_days, positive.shape).tolist()
    open_ms = (np.broadcast_to(rule.open_days, positive.shape) * DAY_MS).tolist()
    known = series.available_at.astype("datetime64[ms]").astype(np.int64).tolist()
    spans: list[tuple[int, int, list[int]]] = []
    closes = None
    for i in np.flatnonzero(positive).tolist():
        if closes is not None and known[i] <= closes:
            opened, _, members = spans[-1]
            closes = max(closes, known[i] + open_ms[i])
            members.append(i)
            spans[-1] = (opened, closes, members)
            continue
        run = range(i - run_days[i] + 1, i + 1)
        # Times are compared, not dates: a zone may have skipped the day between two nights that are 24 hours apart.
        unbroken = run[0] >= 0 and round((known[i] - known[run[0]]) / DAY_MS) == run_days[i] - 1
        if unbroken and bool(positive[run[0] : i].all()):
            closes = known[i] + open_ms[i]
            spans.append((known[i], closes, list(run)))
    return spans


def inside_period(times: Instants, period: Instants) -> Mask:
    """Return which times lie in the evaluated period, after its start and not after its end, shape (event,).

    Parameters
    ----------
    times
        UTC, datetime64, shape (event,).
    period
        Spans of time, shape (span, 2), see `judged_period`.
    """
    given = np.asarray(times, "datetime64[ms]")[:, None]
    return np.asarray(((given > period[:, 0]) & (given <= period[:, 1])).any(axis=1), bool)


def open_milliseconds(alarms: list[tuple[int, int]], period: Instants) -> int:
    """Return the time under alarm within the evaluated period in milliseconds.

    Parameters
    ----------
    alarms
        Opening and closing of each alarm, milliseconds since 1970, without overlap.
    period
        Spans of time, shape (span, 2), see `judged_period`.
    """
    spans = period.astype(np.int64).tolist()
    return sum(max(0, min(closed, stop) - max(opened, start)) for opened, closed in alarms for start, stop in spans)


def period_milliseconds(period: Instants) -> int:
    """Return the length of the evaluated period in milliseconds."""
    edges = period.astype(np.int64)
    return int((edges[:, 1] - edges[:, 0]).sum())


def _hits(series: Series, alarm: Alarm, catalogue: Catalogue, inside: Mask) -> tuple[Hit, ...]:
    members = np.asarray(alarm.positive_days)
    caught = np.flatnonzero(inside & (catalogue.times > alarm.opened) & (catalogue.times <= alarm.closed))
    hits = []
    for event in caught[np.argsort(catalogue.times[caught], kind="stable")]:
        time, cls = catalogue.times[event], int(catalogue.classes[event])
        before = members[series.available_at[members] < time]
        mean = series.probabilities[before].mean(axis=0)
        lead = float((time - alarm.opened) / np.timedelta64(DAY_MS, "ms"))
        hits.append(Hit(int(event), lead, _is_north(mean) == (cls in (1, 2)), _full_class(mean) == cls))
    return tuple(hits)


def _is_north(probabilities: Floats) -> bool:
    return bool(probabilities[1] + probabilities[2] >= probabilities[3] + probabilities[4])


def _full_class(probabilities: Floats) -> int:
    return 1 + int(np.argmax(probabilities[1:]))


def _instant(milliseconds: int) -> np.datetime64:
    return np.datetime64(milliseconds, "ms")
