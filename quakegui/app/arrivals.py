"""Changes by other programs in the open project, as counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from quakegui.season.labels import LabelSource

if TYPE_CHECKING:
    from quakegui.project.journal import JournalRow
    from quakegui.project.lookout import News
    from quakegui.season.season import Season


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Changes by other programs.

    Attributes
    ----------
    labels, removals
        Number of days on which each author set or cleared a label, by name.
    by_rule
        Number of days that the label rule changed.
    notes
        Number of notes on days.
    events, runs
        Whether earthquakes or training runs changed.
    predictions
        Number of new rows of the ledger.
    readings
        Whether the season has to be computed again.
    new_days, other_days
        Number of new days in the season, and of its days with changed readings.
    """

    labels: dict[str, int] = field(default_factory=dict)
    removals: dict[str, int] = field(default_factory=dict)
    by_rule: int = 0
    notes: int = 0
    events: bool = False
    runs: bool = False
    predictions: int = 0
    readings: bool = False
    new_days: int = 0
    other_days: int = 0


def arrivals_of(news: News, *, only: str | None) -> Arrivals:
    """Count the changes in `news`.

    Parameters
    ----------
    news
        Changes since the last check; of several rows about the same label or note, the last counts.
    only
        Counts labels and notes of this author only, and none of the rule, since others' work is hidden; None for all.
    """
    last = list({row.key: row for row in news.rows}.values())
    if only is not None:
        last = [row for row in last if row.owner == only and row.source != LabelSource.RULE]
    labels = [row for row in last if row.kind == "label" and row.source != LabelSource.RULE]
    return Arrivals(
        labels=_days_by_author([row for row in labels if row.new is not None]),
        removals=_days_by_author([row for row in labels if row.new is None]),
        by_rule=len({row.day for row in last if row.kind == "label" and row.source == LabelSource.RULE}),
        notes=sum(row.kind == "note" for row in last),
        events=news.events,
        runs=news.runs and not news.predictions,
        predictions=news.predictions,
        readings=news.readings,
    )


def _days_by_author(rows: Sequence[JournalRow]) -> dict[str, int]:
    days: dict[str, set[int]] = {}
    for row in rows:
        days.setdefault(row.author, set()).add(row.day)
    return {author: len(found) for author, found in sorted(days.items())}


def arrivals_between(before: Season | None, after: Season) -> Arrivals:
    """Return how many days a newly computed season has gained, and on how many the readings changed.

    Parameters
    ----------
    before
        The former season; if None, all days are new.
    after
        The new season. With another number of stations, all days that both seasons have count as changed.
    """
    old = before.days if before is not None else after.days[:0]
    new_days, other_days = int((~np.isin(after.days, old)).sum()), 0
    if before is not None:
        _, there, here = np.intersect1d(before.days, after.days, return_indices=True)
        if before.z.shape[1] == after.z.shape[1]:
            same = np.isclose(before.z[there], after.z[here], rtol=0.0, atol=1e-9, equal_nan=True).all(axis=1)
            other_days = int((~same).sum())
        else:
            other_days = there.size
    return Arrivals(new_days=new_days, other_days=other_days)
