"""The labels and earthquakes of an evaluation: those of the training, or today's.

Each is one consistent set. All scores of an evaluation come from one of them, and the evaluation states which.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from quakegui.words import Said, counted, joined, mark

AsOf = Literal["training", "today"]


@dataclass(frozen=True, slots=True)
class Basis:
    """The labels and earthquakes with which a run was evaluated.

    Attributes
    ----------
    as_of
        "training": those of the training; "today": those current at the time of the evaluation.
    moment
        Local date of the training, or local date and time of the evaluation.
    days_differ
        Number of days of the run whose labels differ between the two sets; None if there is only one set, as for days after the
        training.
    events_differ
        Number of earthquakes that differ between the two sets; None if the run does not contain the earthquakes of its
        training, so that today's are used with either set of labels.
    maps
        Whether the run uses a folder of ready maps: these have classes, but no earthquakes.
    days_since
        Number of days whose label has changed since the evaluation; only for an evaluation with today's labels.
    """

    as_of: AsOf
    moment: str
    days_differ: int | None
    events_differ: int | None
    maps: bool = False
    days_since: int = 0

    def text(self) -> Said:
        """Return a sentence on the set, and a second one if labels have changed since."""
        words = _MAPS if self.maps else _SEASON
        if self.days_differ is None:
            return Said(words["later"], moment=self.moment)
        of = self.as_of if self.maps or self.events_differ is not None else f"{self.as_of}-labels"
        said = Said(words[of], moment=self.moment, differing=self._differing(words))
        return joined(" ", [said, Said(words["since"], days=_count("day", self.days_since))]) if self.days_since else said

    def _differing(self, words: Mapping[str, str]) -> Said:
        counts = {"map" if self.maps else "day": self.days_differ or 0, "earthquake": self.events_differ or 0}
        named = [_count(what, count) for what, count in counts.items() if count]
        if not named:
            return Said(words[f"{self.as_of}-same"])
        one = list(counts.values()) in ([1, 0], [0, 1])
        return Said(words[f"{self.as_of}-differ{'s' if one else ''}"], what=joined(" and ", named))


def moment_of(instant: dt.datetime, timezone: str | None = None) -> str:
    """Return a time as local date and time.

    Parameters
    ----------
    instant
        Aware datetime.
    timezone
        IANA name. Default: the zone of the computer.
    """
    return f"{_local(instant, timezone):%Y-%m-%d %H:%M}"


def training_day(start: str, timezone: str | None = None) -> str:
    """Return the local date on which a run was started, which is the date of its labels and earthquakes.

    Parameters
    ----------
    start
        Start of the run as ISO date and time; any other text is returned unchanged.
    timezone
        See `moment_of`.
    """
    try:
        begun = dt.datetime.fromisoformat(start)
        return f"{_local(begun if begun.tzinfo else begun.replace(tzinfo=dt.UTC), timezone):%Y-%m-%d}"
    except (ValueError, OverflowError):  # an imported run may contain any text
        return start


def _local(instant: dt.datetime, timezone: str | None) -> dt.datetime:
    return instant.astimezone(None if timezone is None else ZoneInfo(timezone))


def _count(what: str, count: int) -> Said:
    if what == "earthquake":
        return counted("{count} earthquake", "{count} earthquakes", count=count)
    return (
        counted("{count} map", "{count} maps", count=count)
        if what == "map"
        else counted("{count} day", "{count} days", count=count)
    )


_SEASON: Mapping[str, str] = {
    "training": mark(
        "Evaluated with the labels and the catalogue as they stood on {moment}, when the run was created; {differing}."
    ),
    "training-labels": mark(
        "Evaluated with the labels as they stood on {moment}, when the run was created, and with today's catalogue, because "
        "that of the training was not saved with the run; {differing}."
    ),
    "training-same": mark("they have not changed since"),
    "training-differs": mark("{what} has changed since"),
    "training-differ": mark("{what} have changed since"),
    "today": mark("Evaluated with today's labels and catalogue ({moment}); {differing}."),
    "today-labels": mark("Evaluated with today's labels and catalogue ({moment}); {differing}."),
    "today-same": mark("the run was trained with the same ones"),
    "today-differs": mark("{what} differs from those used in training"),
    "today-differ": mark("{what} differ from those used in training"),
    "later": mark("Evaluated with today's labels and catalogue ({moment}); these days came after the training."),
    "since": mark("The labels of {days} have changed since then."),
}
_MAPS: Mapping[str, str] = {
    "training": mark("Evaluated with the classes of the maps on {moment}, when the run was created; {differing}."),
    "training-same": mark("they have not changed since"),
    "training-differs": mark("{what} has a different class today"),
    "training-differ": mark("{what} have different classes today"),
    "today": mark("Evaluated with the classes of the maps today, {moment}; {differing}."),
    "today-same": mark("the run was trained with the same ones"),
    "today-differs": mark("{what} had a different class when the run was created"),
    "today-differ": mark("{what} had a different class when the run was created"),
}
