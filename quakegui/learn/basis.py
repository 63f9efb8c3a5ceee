"""By which labels and earthquakes a run is judged: those that it was trained with, or those in force now.

Both are one set each. All figures of a judgement come from one of them, and the judgement names it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.alarms import DAY_MS, Catalogue
from quakegui.learn.registry import RunFolder
from quakegui.learn.verdict import Language

AsOf = Literal["training", "today"]
EARTHQUAKES = "earthquakes"
"""Under this name a run's account of its project holds the earthquakes of its days."""


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


def training_day(run: RunFolder, timezone: str | None = None) -> str:
    """Return the local date on which a run was begun, that of its labels and earthquakes; see `moment_of`."""
    try:
        begun = dt.datetime.fromisoformat(run.created)
        return f"{_local(begun if begun.tzinfo else begun.replace(tzinfo=dt.UTC), timezone):%Y-%m-%d}"
    except (ValueError, OverflowError):  # a stranger's run may say anything
        return run.created


def _local(instant: dt.datetime, timezone: str | None) -> dt.datetime:
    return instant.astimezone(None if timezone is None else ZoneInfo(timezone))


def earthquakes_kept(catalogue: Catalogue, available_at: NDArray[np.datetime64]) -> dict[str, Any]:
    """Return the earthquakes that a run on these days can ever be judged by, as plain values to keep with it.

    Parameters
    ----------
    available_at
        UTC instants at which the days become known, shape (day,).
    """
    first, last = _span(available_at)
    times = catalogue.times.astype("datetime64[ms]").astype(np.int64)
    inside = (times >= first) & (times <= last)
    return {
        "first_ms": first,
        "last_ms": last,
        "times_ms": times[inside].tolist(),
        "classes": catalogue.classes[inside].tolist(),
    }


def earthquakes_learnt(run: RunFolder, today: Catalogue) -> Catalogue | None:
    """Return the catalogue as it was when a run was trained, None where the run does not hold it.

    An earthquake keeps its position in today's catalogue. One that was not there at the training has no time (NaT), so that it
    lies in no judged period; those that are gone since follow at the end. After the run's days today's are taken.

    Parameters
    ----------
    today
        The project's.
    """
    kept = run.about.get(EARTHQUAKES)
    if kept is None:
        return None
    first, last = kept["first_ms"], kept["last_ms"]
    left: dict[int, list[int]] = {}
    for time, cls in zip(kept["times_ms"], kept["classes"], strict=True):
        left.setdefault(time, []).append(cls)
    times = today.times.astype("datetime64[ms]").astype(np.int64)
    found, classes = times.astype("datetime64[ms]"), today.classes.copy()
    for place in np.flatnonzero((times >= first) & (times <= last)):
        known = left.get(int(times[place]))
        if known:
            classes[place] = known.pop(0)
        else:
            found[place] = np.datetime64("NaT", "ms")
    gone = [(time, cls) for time, group in left.items() for cls in group]
    return Catalogue(
        np.concatenate([found, np.array([time for time, _cls in gone], dtype="datetime64[ms]")]),
        np.concatenate([classes, np.array([cls for _time, cls in gone], dtype=np.int64)]),
    )


def earthquakes_differing(run: RunFolder, today: Catalogue) -> int | None:
    """Return how many earthquakes of a run's days are others today than at its training, None where it does not hold those.

    One that is gone, one that is new, and one of another class count as one each.
    """
    kept = run.about.get(EARTHQUAKES)
    if kept is None:
        return None
    times = today.times.astype("datetime64[ms]").astype(np.int64)
    inside = (times >= kept["first_ms"]) & (times <= kept["last_ms"])
    now = Counter(zip(times[inside].tolist(), today.classes[inside].tolist(), strict=True))
    then = Counter(zip(kept["times_ms"], kept["classes"], strict=True))
    gone, new = Counter[int](), Counter[int]()
    for counted, pairs in ((gone, then - now), (new, now - then)):
        for (time, _cls), count in pairs.items():
            counted[time] += count
    return sum((gone | new).values())


def _span(available_at: NDArray[np.datetime64]) -> tuple[int, int]:
    """Return the first and the last instant that any judged period of the days may have, milliseconds since 1970 UTC."""
    known = available_at.astype("datetime64[ms]").astype(np.int64)
    return int(known[0]), int(known[-1]) + DAY_MS


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
