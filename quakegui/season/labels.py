"""Labels: the rule that gives days their classes from the events, and which of several labels is in force.

The rule is *retrospective*: it looks at events that happened after the days it labels. That is right for training and judging,
and never a prediction.
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
"""How the rule is named wherever its labels are shown."""
FARTHEST_DAYS = 3660
"""Days from an event beyond which a day has nothing to do with it."""


@dataclass(frozen=True, slots=True)
class LabelRule:
    """Which days around an event carry its class.

    Attributes
    ----------
    days_before_scale, days_before_exponent
        The days before an event of magnitude M number ``round(scale * 10 ** (exponent * M))``.
    flat_days_before
        Days before any event, whatever its magnitude; None for the law above.
    days_after
        Days after the event's own day, which always carries its class.
    winner
        Who takes a day that two events claim: the ``later`` event, or the one of ``larger`` magnitude (of equals, the later).
    """

    days_before_scale: float = 1.779
    days_before_exponent: float = 0.16
    flat_days_before: int | None = None
    days_after: int = 3
    winner: Literal["later", "larger"] = "later"

    def __post_init__(self) -> None:
        """Refuse negative windows and an unknown winner."""
        if self.days_before_scale < 0.0 or (self.flat_days_before or 0) < 0 or self.days_after < 0:
            raise ValueError(Said("A label rule needs 0 or more days before and after an earthquake."))
        if (
            max(self.days_before_scale, self.flat_days_before or 0, self.days_after) > FARTHEST_DAYS
            or abs(self.days_before_exponent) > 1.0
        ):
            raise ValueError(Said("A label rule is limited to 3660 days, and its exponent must be between -1 and 1."))
        if self.winner not in ("later", "larger"):
            raise ValueError(Said("Unknown precedence '{winner}': use later or larger.", winner=self.winner))

    def days_before(self, magnitude: float) -> int:
        """Return how many days before an event of `magnitude` carry its class."""
        if self.flat_days_before is not None:
            return self.flat_days_before
        return round(float(self.days_before_scale * 10.0 ** (self.days_before_exponent * magnitude)))


FLAT_RULE = LabelRule(flat_days_before=13, days_after=0, winner="larger")
"""The fortnight that ends on the event's day, larger magnitude first."""


@dataclass(frozen=True, slots=True)
class RuleLabels:
    """What the rule says of each day.

    Attributes
    ----------
    days
        Local dates, datetime64[D], shape (day,).
    classes
        0..4, uint8, shape (day,).
    event_index
        Position of the event that a day belongs to, -1 for none; int64, shape (day,).
    post
        Whether the day became known only after its event: it cannot be a prediction. Shape (day,).
    events_without_day
        Positions of the events that no day belongs to, because others won them or they lie off the season.
    """

    days: NDArray[np.datetime64]
    classes: NDArray[np.uint8]
    event_index: NDArray[np.int64]
    post: NDArray[np.bool_]
    events_without_day: tuple[int, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """Days per class, from 0 to 4."""
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
    """Give each day the class of the event whose window it lies in.

    Parameters
    ----------
    events, classes
        The declustered catalogue and the class of each event, in the same order.
    days
        Local dates, datetime64[D], shape (day,), in any order and with any gaps.
    available_at
        UTC instant at which each day becomes known, datetime64[ms], shape (day,).
    timezone
        IANA name of the zone whose calendar the days are.
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
    for i in strongest_last[end[strongest_last] > begin[strongest_last]].tolist():  # who comes last stays
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
    """Who a label comes from; the higher is in force."""

    RULE = 0
    """The retrospective rule."""
    MODEL = 1
    """A network's proposal that an analyst accepted. A proposal nobody accepted is a prediction, not a label."""
    ANALYST = 2
    """An analyst's own judgement."""
    SETTLED = 3
    """What the analysts agreed on after comparing."""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One row of the journal, which only ever grows.

    Attributes
    ----------
    day
        Local date, datetime64[D].
    cls
        Class 0..4, or None where the author takes the label of this source back.
    source, author
        Who says so; each pair has its own label of a day, the last row of the pair.
    at
        When it was written, UTC, datetime64[ms]. For reading only: the order of rows is the order of the journal.
    note
        The author's words.
    run
        The run whose proposal the label came from, "" for none. A row with a run is a model's, whatever its source.
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
        """Refuse what is not a day or not a class."""
        if self.day.dtype != np.dtype("datetime64[D]"):
            raise ValueError(Said("The day of a label must be datetime64[D]."))
        if self.cls is not None and not 0 <= self.cls < CLASS_COUNT:
            raise ValueError(
                Said("Unknown class {cls}: classes are 0 to {class_count}.", cls=self.cls, class_count=CLASS_COUNT - 1)
            )

    @property
    def from_model(self) -> bool:
        """Whether a network had a hand in the label."""
        return self.source is LabelSource.MODEL or bool(self.run)


@dataclass(frozen=True, slots=True)
class Label:
    """The label of a day that is in force.

    `row` is the journal's row it comes from; `disputed` says that analysts differ and have not settled.
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
        """Who the label comes from."""
        return self.row.source


Labels = Mapping[np.datetime64, Label]
"""Labels in force by day (datetime64[D]), in order of days; a day without any label is absent."""


def in_force(rows: Iterable[LabelRow]) -> Labels:
    """Return the label in force of each day: settled before analyst before accepted from a model before the rule.

    Within one source the last row wins; a row without a class takes back only its own author's label of that source.

    Parameters
    ----------
    rows
        The journal, oldest row first.
    """
    standing: dict[np.datetime64, dict[tuple[LabelSource, str], LabelRow]] = {}
    for row in rows:
        labels = standing.setdefault(row.day, {})
        labels.pop((row.source, row.author), None)  # so that the order within a day is that of the last word
        if row.cls is not None:
            labels[row.source, row.author] = row
    return {day: _strongest(tuple(standing[day].values())) for day in sorted(standing) if standing[day]}


def evaluation_truth(rows: Iterable[LabelRow]) -> Labels:
    """Return the labels that a network may be judged by: those in force if no model had ever proposed any.

    A day whose label was accepted from a model falls back on what people or the rule say of it, so that accepting proposals
    can neither improve a score nor remove a day from it.
    """
    return in_force(row for row in rows if not row.from_model)


def training_labels(rows: Iterable[LabelRow], *, from_models: bool = False) -> Labels:
    """Return the labels to train on: without those that came from a model unless `from_models` asks for them."""
    return in_force(rows) if from_models else evaluation_truth(rows)


def as_classes(labels: Labels, days: NDArray[np.datetime64], *, unlabelled: int = -1) -> NDArray[np.int64]:
    """Return the class of each day of `days` (datetime64[D]), int64, shape (day,); `unlabelled` where there is none."""
    found = (labels.get(day) for day in days)
    return np.array([unlabelled if label is None else label.cls for label in found], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A day on which two analysts differ."""

    day: np.datetime64
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two analysts agree on the days that both have labelled.

    Attributes
    ----------
    days
        How many days both have labelled.
    agreed
        On how many of them they agree.
    kappa
        Cohen's kappa; NaN where it is not estimable: no common day, or both gave all days one and the same class.
    table
        Days by (first analyst's class, second analyst's class), int64, shape (5, 5).
    disagreements
        In order of days.
    only_first, only_second
        Days that one of them has labelled and the other has not.
    """

    days: int
    agreed: int
    kappa: float
    table: NDArray[np.int64]
    disagreements: tuple[Disagreement, ...]
    only_first: tuple[np.datetime64, ...]
    only_second: tuple[np.datetime64, ...]


def compare(rows: Iterable[LabelRow], first: str, second: str, *, blind_only: bool = True) -> Agreement:
    """Compare the labels that two analysts gave independently.

    Parameters
    ----------
    rows
        The journal, oldest row first.
    first, second
        The authors.
    blind_only
        Count only labels given blind: kappa between analysts who saw each other's labels says nothing.
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
    """Return Cohen's kappa of tables of counts, NaN where chance alone would agree fully or nothing was counted.

    Parameters
    ----------
    tables
        Shape (..., class, class).

    Returns
    -------
    Shape (...).

    References
    ----------
    Cohen (1960), A coefficient of agreement for nominal scales.
    """
    counts = np.asarray(tables, dtype=np.float64)
    total = counts.sum(axis=(-2, -1))
    chance = (counts.sum(axis=-1) * counts.sum(axis=-2)).sum(axis=-1)  # whole numbers of counts, so that "fully" is exact
    agreed, rest = np.trace(counts, axis1=-2, axis2=-1) * total - chance, total**2 - chance
    kappa: NDArray[np.float64] = np.divide(agreed, rest, out=np.full(rest.shape, np.nan), where=rest > 0)
    return kappa


def _strongest(rows: tuple[LabelRow, ...]) -> Label:
    source = max(row.source for row in rows)
    said = [row for row in rows if row.source is source]
    return Label(said[-1], disputed=source is LabelSource.ANALYST and len({row.cls for row in said}) > 1)
