"""By which labels and earthquakes a run is judged: those that it was trained with, or those in force now.

Both are one set each. All figures of a judgement come from one of them, and the judgement names it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from quakegui.judge.verdict import Language

AsOf = Literal["training", "today"]


@dataclass(frozen=True, slots=True)
class Basis:
    """By which labels and earthquakes a run was judged.

    Attributes
    ----------
    as_of
        "training": as the run was trained; "today": as in force when it was judged.
    moment
        Local date of the training, local date and time of the judging.
    days_differ
        Days of the run whose label is another in the other set; None where there is no other set, as for days that came after
        the training.
    events_differ
        Earthquakes of the run's days that are others in the other set; None where the run does not hold those of its training,
        so that it is judged by those in force whatever labels are taken.
    maps
        Whether it is about a folder of ready maps: these have classes, and no earthquakes.
    days_since
        Days whose label has changed since the judging; only where it was made by the labels in force.
    """

    as_of: AsOf
    moment: str
    days_differ: int | None
    events_differ: int | None
    maps: bool = False
    days_since: int = 0

    def text(self, language: Language = "en") -> str:
        """Say it in English or Chinese."""
        words = _MAPS[language] if self.maps else _SEASON[language]
        if self.days_differ is None:
            return words["later"].format(moment=self.moment)
        of = self.as_of if self.maps or self.events_differ is not None else f"{self.as_of}-labels"
        said = words[of].format(moment=self.moment, differing=self._differing(words, language))
        return said + (words["since"].format(days=_count(language, "day", self.days_since)) if self.days_since else "")

    def _differing(self, words: Mapping[str, str], language: Language) -> str:
        counts = {"map" if self.maps else "day": self.days_differ or 0, "earthquake": self.events_differ or 0}
        named = [_count(language, what, count) for what, count in counts.items() if count]
        if not named:
            return words[f"{self.as_of}-same"]
        one = language == "en" and list(counts.values()) in ([1, 0], [0, 1])
        return words[f"{self.as_of}-differ{'s' if one else ''}"].format(
            what=(" and " if language == "en" else "、").join(named)
        )


def moment_of(instant: dt.datetime, timezone: str | None = None) -> str:
    """Return an instant as local date and time.

    Parameters
    ----------
    timezone
        IANA name; default this machine's own.
    """
    return f"{_local(instant, timezone):%Y-%m-%d %H:%M}"


def training_day(created: str, timezone: str | None = None) -> str:
    """Return the local date on which a run was begun, that of its labels and earthquakes.

    Parameters
    ----------
    created
        ISO date and time at which the run was begun; returned as it is where it is not one.
    timezone
        See `moment_of`.
    """
    try:
        begun = dt.datetime.fromisoformat(created)
        return f"{_local(begun if begun.tzinfo else begun.replace(tzinfo=dt.UTC), timezone):%Y-%m-%d}"
    except (ValueError, OverflowError):  # a stranger's run may say anything
        return created


def _local(instant: dt.datetime, timezone: str | None) -> dt.datetime:
    return instant.astimezone(None if timezone is None else ZoneInfo(timezone))


def _count(language: Language, what: str, count: int) -> str:
    if language == "zh":
        return {"day": f"{count} 天", "map": f"{count} 张图", "earthquake": f"{count} 次地震"}[what]
    return f"{count} {what}{'' if count == 1 else 's'}"


_SEASON: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "training": "Judged by the labels and earthquakes of {moment}, when the run was trained; {differing}.",
        "training-labels": (
            "Judged by the labels of {moment}, when the run was trained, and by today's earthquakes, since the run does not "
            "hold those of its training; {differing}."
        ),
        "training-same": "today's are the same",
        "training-differs": "{what} differs today",
        "training-differ": "{what} differ today",
        "today": "Judged by the labels and earthquakes of today, {moment}; {differing}.",
        "today-labels": "Judged by the labels and earthquakes of today, {moment}; {differing}.",
        "today-same": "the run was trained with the same",
        "today-differs": "{what} differs from those that the run was trained with",
        "today-differ": "{what} differ from those that the run was trained with",
        "later": "Judged by the labels and earthquakes of today, {moment}; these days came after the training.",
        "since": " {days} changed since.",
    },
    "zh": {
        "training": "按 {moment}（训练时）的标注和地震评判；{differing}。",
        "training-labels": "按 {moment}（训练时）的标注和今天的地震评判，因为该运行未保存训练时的地震；{differing}。",
        "training-same": "今天的与之相同",
        "training-differs": "今天有 {what}不同",
        "training-differ": "今天有 {what}不同",
        "today": "按今天（{moment}）的标注和地震评判；{differing}。",
        "today-labels": "按今天（{moment}）的标注和地震评判；{differing}。",
        "today-same": "与训练时相同",
        "today-differs": "有 {what}与训练时不同",
        "today-differ": "有 {what}与训练时不同",
        "later": "按今天（{moment}）的标注和地震评判；这些日子在训练之后。",
        "since": "此后又有 {days}改变。",
    },
}
_MAPS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "training": "Judged by the classes that the maps had on {moment}, when the run was trained; {differing}.",
        "training-same": "today's are the same",
        "training-differs": "{what} has another class today",
        "training-differ": "{what} have another class today",
        "today": "Judged by the classes that the maps have today, {moment}; {differing}.",
        "today-same": "the run was trained with the same",
        "today-differs": "{what} had another class when the run was trained",
        "today-differ": "{what} had another class when the run was trained",
    },
    "zh": {
        "training": "按 {moment}（训练时）各图的类别评判；{differing}。",
        "training-same": "今天的类别与之相同",
        "training-differs": "今天有 {what}的类别不同",
        "training-differ": "今天有 {what}的类别不同",
        "today": "按今天（{moment}）各图的类别评判；{differing}。",
        "today-same": "与训练时相同",
        "today-differs": "有 {what}的类别与训练时不同",
        "today-differ": "有 {what}的类别与训练时不同",
    },
}
