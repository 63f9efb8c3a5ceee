"""Labels: the rule that labels days by earthquakes, and the precedence among several labels of a day.

The rule is *retrospective*: it uses earthquakes after the days that it labels. That is right for training and evaluation, but
never a prediction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quakegui.season.events import CLASS_COUNT, NO_EVENT, Event
from quakegui.season.localtime import local_date
from quakegui.words import Said

RULE_NAME = "retrospective"
"""Name of the rule wherever its labels are shown."""
FARTHEST_DAYS = 3660
"""Maximum length of a label window, in days."""


@dataclass(frozen=True, slots=True)
class LabelRule:
    """Which days around an earthquake carry its class.

    Attributes
    ----------
    days_before_scale, days_before_exponent
        ``round(scale * 10 ** (exponent * M))`` days before an event of magnitude M.
    flat_days_before
        Days before every event, whatever its magnitude; None for the formula above.
    days_after
        Days after the day of the event, which itself always carries the class.
    winner
        Precedence where two windows overlap: the ``later`` event, or the ``larger`` magnitude (of equals, the later).
    """

    days_before_scale: float = 1.779
    days_before_exponent: float = 0.16
    flat_days_before: int | None = None
    days_after: int = 3
    winner: Literal["later", "larger"] = "later"

    def __post_init__(self) -> None:
        """Raise ValueError for window lengths out of range and an unknown precedence."""
        if self.days_before_scale < 0.0 or (self.flat_days_before or 0) < 0 or self.days_after < 0:
            raise ValueError(Said("A label rule needs 0 or more days before and after an earthquake."))
        if (
            max(self.days_before_scale, self.flat_days_before or 0, self.days_after) > FARTHEST_DAYS
            or abs(self.days_before_exponent) > 1.0
        ):
            raise ValueError(
                Said("A label rule is limited to 3660 days, and its magnitude coefficient must be between -1 and 1.")
            )
        if self.winner not in ("later", "larger"):
            raise ValueError(Said("Unknown precedence '{winner}': use later or larger.", winner=self.winner))

    def days_before(self, magnitude: float) -> int:
        """Return the number of days before an event of `magnitude` that carry its class."""
        if self.flat_days_before is not None:
            return self.flat_days_before
        return round(float(self.days_before_scale * 10.0 ** (self.days_before_exponent * magnitude)))


FLAT_RULE = LabelRule(flat_days_before=13, days_after=0, winner="larger")
"""The two weeks that end on the day of the event; the larger magnitude has precedence."""


@dataclass(frozen=True, slots=True)
class RuleLabels:
    """The labels of the rule.

    Attributes
    ----------
    days
        Local dates, datetime64[D], shape (day,).
    classes
        0..4, uint8, shape (day,).
    event_index
        Position of the event that labels the day, -1 for none; int64, shape (day,).
    post
        Whether the day became known only after its event, so that it cannot be a prediction, shape (day,).
    events_without_day
        Positions of the events that label no day, because others have precedence or they lie outside the season.
    """

    days: NDArray[np.datetime64]
    classes: NDArray[np.uint8]
    event_index: NDArray[np.int64]
    post: NDArray[np.bool_]
    events_without_day: tuple[int, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """Number of days per class, from 0 to 4."""
        return tuple(int(n) for n in np.bincount(self.classes, minlength=CLASS_COUNT))


def apply(
    rule: LabelRule,
    events: Sequence[Event],
    classes: Sequence[int],
    days: NDArray[np.datetime64],
    available_at: NDArray[np.datetime64],
    *,
    timezone: str,
) -> RuleLabels:
    """Return for each day the class of the event in whose label window it lies.

    Parameters
    ----------
    rule
        Label windows and precedence.
    events, classes
        The declustered catalogue and the class of each event, in the same order.
    days
        Local dates, datetime64[D], shape (day,), in any order and with any gaps.
    available_at
        UTC time at which each day becomes known, datetime64[ms], shape (day,).
    timezone
        IANA name of the time zone of the days.
    """
    if len(events) != len(classes) or days.shape != available_at.shape:
        raise ValueError(Said("Labels need one class per earthquake and one time per day."))
    times = np.array([event.time for event in events], dtype="datetime64[ms]")
    event_day = local_date(times, timezone)
    before = np.array([rule.days_before(event.magnitude) for event in events], dtype="timedelta64[D]")
    order = np.argsort(days, kind="stable")
    begin = np.searchsorted(days[order], event_day - before)
    end = np.searchsorted(days[order], event_day + np.timedelta64(rule.days_after, "D"), side="right")
    claims = np.full(days.shape, -1, dtype=np.int64)
    magnitude = np.array([event.magnitude for event in events], dtype=np.float64)
    strength = (times, magnitude) if rule.winner == "larger" else (magnitude, times)
    strongest_last = np.lexsort(strength)
    for i in strongest_last[end[strongest_last] > begin[strongest_last]].tolist():  # later assignments overwrite
        claims[begin[i] : end[i]] = i
    owner = np.empty_like(claims)
    owner[order] = claims
    owned = owner >= 0
    labels = np.full(days.shape, NO_EVENT, dtype=np.uint8)
    labels[owned] = np.asarray(classes, dtype=np.uint8)[owner[owned]]
    post = np.zeros(days.shape, dtype=bool)
    post[owned] = available_at[owned] > times[owner[owned]]
    without = tuple(sorted(set(range(len(events))) - set(owner[owned].tolist())))
    return RuleLabels(days, labels, owner, post, without)


class LabelSource(IntEnum):
    """Source of a label, in order of precedence: the highest value is current."""

    RULE = 0
    """The retrospective rule."""
    MODEL = 1
    """A prediction that an analyst accepted. Before it is accepted it is not a label."""
    ANALYST = 2
    """An analyst's own label."""
    SETTLED = 3
    """The label that the analysts resolved after comparing."""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One row of the append-only label journal.

    Attributes
    ----------
    day
        Local date, datetime64[D].
    cls
        Class 0..4, or None if the author clears the label of this source.
    source, author
        Each pair has one label per day, the last row of the pair.
    at
        Time of writing, UTC, datetime64[ms]. Information only: the order of rows is that of the journal.
    note
        The author's note.
    run
        The run whose prediction was accepted, "" for none. A row with a run counts as a model's, whatever its source.
    blind
        Whether the author could not see the other labels.
    """

    day: np.datetime64
    cls: int | None
    source: LabelSource
    author: str
    at: np.datetime64
    note: str = ""
    run: str = ""
    blind: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError if the day or the class is not valid."""
        if self.day.dtype != np.dtype("datetime64[D]"):
            raise ValueError(Said("The day of a label must be datetime64[D]."))
        if self.cls is not None and not 0 <= self.cls < CLASS_COUNT:
            raise ValueError(
                Said("Unknown class {cls}: classes are 0 to {class_count}.", cls=self.cls, class_count=CLASS_COUNT - 1)
            )

    @property
    def from_model(self) -> bool:
        """Whether the label comes from a model's prediction."""
        return self.source is LabelSource.MODEL or bool(self.run)


@dataclass(frozen=True, slots=True)
class Label:
    """The current label of a day.

    `row` is its row of the journal; `disputed` is whether the analysts differ and have not resolved the difference.
    """

    row: LabelRow
    disputed: bool = False

    @property
    def cls(self) -> int:
        """Class 0..4."""
        assert self.row.cls is not None
        return self.row.cls

    @property
    def source(self) -> LabelSource:
        """Source of the label."""
        return self.row.source


Labels = Mapping[np.datetime64, Label]
"""Current labels by day (datetime64[D]), in order of days; a day without a label is absent."""


def in_force(rows: Iterable[LabelRow]) -> Labels:
    """Return the current label of each day: resolved before analyst before accepted prediction before rule.

    Within one source the last row counts; a row without a class clears only its own author's label of that source.

    Parameters
    ----------
    rows
        The journal, oldest row first.
    """
    standing: dict[np.datetime64, dict[tuple[LabelSource, str], LabelRow]] = {}
    for row in rows:
        labels = standing.setdefault(row.day, {})
        labels.pop((row.source, row.author), None)  # so that the last row written comes last
        if row.cls is not None:
            labels[row.source, row.author] = row
    return {day: _strongest(tuple(standing[day].values())) for day in sorted(standing) if standing[day]}


def evaluation_truth(rows: Iterable[LabelRow]) -> Labels:
    """Return the labels for training and evaluating a model: the current labels as if no prediction had ever been accepted.

    A day whose label was accepted from a model gets its label from analysts or the rule instead, so that accepting predictions
    can neither improve a score nor remove a day from it.
    """
    return in_force(row for row in rows if not row.from_model)


def as_classes(labels: Labels, days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return the class of each day, -1 for none, int64, shape (day,).

    Parameters
    ----------
    labels
        Current labels by day.
    days
        Local dates, datetime64[D], shape (day,).
    """
    found = (labels.get(day) for day in days)
    return np.array([-1 if label is None else label.cls for label in found], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A day to which two analysts gave different classes."""

    day: np.datetime64
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of two analysts on the days that both have labelled.

    Attributes
    ----------
    days, agreed
        Number of days that both have labelled, and on how many of them they agree.
    kappa
        Cohen's kappa; NaN if undefined: no common day, or both gave one and the same class to all days.
    table
        Days by (first analyst's class, second analyst's class), int64, shape (5, 5).
    disagreements
        In order of days.
    only_first, only_second
        Days that only one of them has labelled.
    """

    days: int
    agreed: int
    kappa: float
    table: NDArray[np.int64]
    disagreements: tuple[Disagreement, ...]
    only_first: tuple[np.datetime64, ...]
    only_second: tuple[np.datetime64, ...]


def compare(rows: Iterable[LabelRow], first: str, second: str, *, blind_only: bool = True) -> Agreement:
    """Compare the independent labels of two analysts.

    Parameters
    ----------
    rows
        The journal, oldest row first.
    first, second
        Names of the analysts.
    blind_only
        Count only labels given blind; kappa is meaningless if the analysts saw each other's labels.
    """
    journal = tuple(row for row in rows if row.source is LabelSource.ANALYST and not row.run and (row.blind or not blind_only))
    mine, theirs = (in_force(row for row in journal if row.author == author) for author in (first, second))
    both = [day for day in mine if day in theirs]
    table = np.zeros((CLASS_COUNT, CLASS_COUNT), dtype=np.int64)
    for day in both:
        table[mine[day].cls, theirs[day].cls] += 1
    apart = tuple(Disagreement(day, mine[day].cls, theirs[day].cls) for day in both if mine[day].cls != theirs[day].cls)
    return Agreement(
        days=len(both),
        agreed=len(both) - len(apart),
        kappa=float(cohen_kappa(table)),
        table=table,
        disagreements=apart,
        only_first=tuple(day for day in mine if day not in theirs),
        only_second=tuple(day for day in theirs if day not in mine),
    )


def cohen_kappa(tables: ArrayLike) -> NDArray[np.float64]:
    """Return Cohen's kappa of tables of counts, shape (...); NaN if the table is empty or agreement by chance is complete.

    Parameters
    ----------
    tables
        Shape (..., class, class).

    References
    ----------
    Cohen (1960), A coefficient of agreement for nominal scales.
    """
    counts = np.asarray(tables, dtype=np.float64)
    total = counts.sum(axis=(-2, -1))
    chance = (counts.sum(axis=-1) * counts.sum(axis=-2)).sum(axis=-1)  # in whole counts, so that complete agreement is exact
    agreed, rest = np.trace(counts, axis1=-2, axis2=-1) * total - chance, total**2 - chance
    kappa: NDArray[np.float64] = np.divide(agreed, rest, out=np.full(rest.shape, np.nan), where=rest > 0)
    return kappa


def _strongest(rows: tuple[LabelRow, ...]) -> Label:
    source = max(row.source for row in rows)
    said = [row for row in rows if row.source is source]
    return Label(said[-1], disputed=source is LabelSource.ANALYST and len({row.cls for row in said}) > 1)
