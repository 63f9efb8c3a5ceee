"""From daily probabilities to alarms, and from alarms to hits.

The founding paper (section 5.2) reads several consecutive days as one prediction. Here that is: an alarm opens when P(not 0)
reaches the threshold p* on some consecutive days (two), at the instant the last becomes known; it stays open for some days (15)
after the last positive day; and every moment it is open counts as alarm time. All three numbers are an `AlarmRule`. Truth is
the declustered catalogue, never the labels.

A day without a prediction is not positive and breaks a run of consecutive days; it does not close an open alarm.
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
    """Daily predictions in the order of time.

    Attributes
    ----------
    days
        Local calendar days, ascending, datetime64[D], shape (day,).
    available_at
        UTC instant at which each day becomes known, datetime64[ms], shape (day,).
    probabilities
        Of the five classes, shape (day, class); a row of NaN where the day has no prediction.
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
    """When an alarm opens, and how long it stays open; each one number, or one per day, shape (day,).

    Attributes
    ----------
    threshold
        p*: a day is positive whose P(not 0) reaches it.
    run_days
        Consecutive positive days that open an alarm, by the rule of the last.
    open_days
        How long an alarm stays open after its last positive day, by the rule of that day.
    """

    threshold: ArrayLike
    run_days: ArrayLike = CONSECUTIVE_DAYS
    open_days: ArrayLike = OPEN_DAYS


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The events that alarms are judged by: declustered, of the network's own region and magnitudes.

    Attributes
    ----------
    times
        UTC, datetime64[ms], shape (event,).
    classes
        1..4, shape (event,).
    """

    times: Instants
    classes: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hit:
    """An event inside an open alarm.

    Attributes
    ----------
    event
        Position in the catalogue.
    lead_days
        From the opening to the event.
    direction, full_class
        Whether the alarm, as it stood just before the event, named the event's direction, and its class.
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
        UTC; closed the rule's days after the last positive day, which may lie after the judged period.
    positive_days
        Positions of its positive days in the series, the first of the opening run included.
    probabilities
        Mean of the five classes' over its positive days, shape (class,).
    hits
        In the order of time.
    undecided
        No hit so far, but still open at the end of the judged period.
    """

    opened: np.datetime64
    closed: np.datetime64
    positive_days: tuple[int, ...]
    probabilities: tuple[float, ...]
    hits: tuple[Hit, ...] = ()
    undecided: bool = False

    @property
    def full_class(self) -> int:
        """The likeliest of the classes 1 to 4 over its positive days."""
        return _full_class(np.asarray(self.probabilities))

    @property
    def direction(self) -> str:
        """N or S, the likelier over its positive days."""
        return "N" if _is_north(np.asarray(self.probabilities)) else "S"

    @property
    def false(self) -> bool:
        """Whether it closed without an event."""
        return not self.hits and not self.undecided


@dataclass(frozen=True, slots=True)
class AlarmRecord:
    """All alarms of a judged period.

    Attributes
    ----------
    alarms
        In the order of time.
    events
        Positions of the catalogue's events inside the judged period.
    missed
        Those of them in no alarm.
    hits, direction_hits, class_hits
        Events inside an alarm; those whose direction it named; those whose class it named.
    false_alarms, undecided
        Alarms that closed without an event; alarms without one yet that were open at the end.
    alarm_days, period_days
        Time with an open alarm, and time judged.
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
        """Share of the judged time with an open alarm."""
        return self.alarm_days / self.period_days

    @property
    def lead_days(self) -> tuple[float, ...]:
        """From the opening of the alarm to each event hit."""
        return tuple(hit.lead_days for alarm in self.alarms for hit in alarm.hits)


def catalogue_of(events: Sequence[Event], classes: Sequence[int]) -> Catalogue:
    """Catalogue of declustered events and their classes 1..4, in the same order."""
    times = np.array([event.time for event in events], dtype="datetime64[ms]")
    return Catalogue(times, np.asarray(classes, np.int64))


def judged_period(series: Series, covered: ArrayLike | None = None) -> Instants:
    """Spans of time in which events count, datetime64[ms], shape (span, 2).

    Each unbroken run of covered days gives one span, from the instant its first day is known until a day after its last one is.

    Parameters
    ----------
    covered
        Days that belong to the test, whether or not they have a prediction, shape (day,). Default: all.
    """
    inside = np.ones(len(series.days), bool) if covered is None else np.asarray(covered, bool)
    place = np.flatnonzero(inside)
    if not len(place):
        return np.empty((0, 2), "datetime64[ms]")
    breaks = np.flatnonzero(np.diff(series.days[place]) > np.timedelta64(1, "D"))
    first, last = place[np.r_[0, breaks + 1]], place[np.r_[breaks, len(place) - 1]]
    day = np.timedelta64(DAY_MS, "ms")
    return np.stack([series.available_at[first], series.available_at[last] + day], axis=1).astype("datetime64[ms]")


def raise_alarms(series: Series, rule: AlarmRule | ArrayLike) -> tuple[Alarm, ...]:
    """Alarms of a series, without regard to events.

    Parameters
    ----------
    rule
        When they open and close; p* alone stands for the rule of two days and 15.
    """
    made = []
    for opened, closed, members in open_spans(series, rule):
        mean = series.probabilities[members].mean(axis=0)
        made.append(Alarm(_instant(opened), _instant(closed), tuple(members), tuple(float(p) for p in mean)))
    return tuple(made)


def record_alarms(
    series: Series, rule: AlarmRule | ArrayLike, catalogue: Catalogue, period: Instants | None = None
) -> AlarmRecord:
    """Raise the alarms of a series and judge them by the catalogue.

    A hit is an event strictly after the opening and not after the closing. Direction and class are judged by the mean
    probabilities of those positive days that were known before the event, so that no later day can mend an alarm.

    Parameters
    ----------
    rule
        See `raise_alarms`.
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
    """Days with P(not 0) at or above p*, shape (day,); a day without a prediction is not."""
    probability = series.event_probability
    return np.asarray(np.isfinite(probability) & (np.nan_to_num(probability) >= np.asarray(threshold, float)), bool)


def open_spans(series: Series, rule: AlarmRule | ArrayLike) -> list[tuple[int, int, list[int]]]:
    """Return opening and closing of each alarm in milliseconds since 1970, with the positions of its positive days."""
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
        # By the instants, not the dates: a zone may have skipped the day between two nights that are 24 hours apart.
        unbroken = run[0] >= 0 and round((known[i] - known[run[0]]) / DAY_MS) == run_days[i] - 1
        if unbroken and bool(positive[run[0] : i].all()):
            closes = known[i] + open_ms[i]
            spans.append((known[i], closes, list(run)))
    return spans


def inside_period(times: Instants, period: Instants) -> Mask:
    """Which instants lie in the judged period, after its start and not after its end; shape (event,)."""
    given = np.asarray(times, "datetime64[ms]")[:, None]
    return np.asarray(((given > period[:, 0]) & (given <= period[:, 1])).any(axis=1), bool)


def open_milliseconds(alarms: list[tuple[int, int]], period: Instants) -> int:
    """Time within the judged period during which an alarm is open; alarms do not overlap each other."""
    spans = period.astype(np.int64).tolist()
    return sum(max(0, min(closed, stop) - max(opened, start)) for opened, closed in alarms for start, stop in spans)


def period_milliseconds(period: Instants) -> int:
    """Length of the judged period."""
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
