"""Analysts' flags: readings of a station that are not to count, with the reason, until the flag is taken back.

Nothing is deleted. A flag is a row of the journal (`flag_rows`), so labels and flags have one undo, one chain of hashes and one
export; which readings a night mean is formed of is derived from the flags in force (`nights`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, func, select

from quakegui.formats.errors import shown
from quakegui.progress import ProgressCallback, silent
from quakegui.project import schema
from quakegui.project.domains import INPUTS, JOURNAL
from quakegui.project.flag_rows import FLAG, FLAGGED, flags_in_force, utc_days_of
from quakegui.project.journal.row import Key, RowContent
from quakegui.project.journal.writing import append
from quakegui.project.nights import nights_after_change
from quakegui.project.setting_rows import network_of
from quakegui.project.store import Project, ProjectError
from quakegui.season.flags import Flag
from quakegui.season.localtime import FIRST_DAY, LAST_DAY, calendar
from quakegui.words import Said

LONGEST_REASON: Final = 500
MOST_NIGHTS: Final = 4000
"""Nights that one step flags: more than ten years are a station to be removed ('quakegui stations remove')."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be flagged: the code of a station, and a night or an interval as in `Flag.when`."""

    station: str
    when: str

    @property
    def key(self) -> Key:
        """Key of its rows in the journal; the day is that of the night, or the first UTC day of the interval."""
        return FLAG, int(np.datetime64(self.when[:10], "D").astype(np.int64)), 0, f"{self.station} {self.when}"


def standing(project: Project, station: str | None = None) -> tuple[Flag, ...]:
    """Return the flags in force, oldest first.

    Parameters
    ----------
    project
        Open project; is only read.
    station
        Code of the only station whose flags are returned; default all stations.
    """
    with project.read() as connection:
        return flags_in_force(connection, station)


def nights_of(station: str, first: np.datetime64, last: np.datetime64, *, timezone: str) -> tuple[Subject, ...]:
    """Return the nights of a station from one local date to another, both included.

    Parameters
    ----------
    station
        Its code, in capitals or not; it need not be in the project.
    first, last
        Local dates, datetime64[D].
    timezone
        IANA name; dates that the zone skipped are absent.

    Raises
    ------
    ProjectError
        If the dates are in the wrong order or out of reach, or there are too many.
    """
    _require_order(first, last + np.timedelta64(1, "D"), Said("The last night, {last}, is before the first.", last=last))
    nights = calendar(first, last, timezone) if int((last - first).astype(int)) < MOST_NIGHTS else ()
    if not len(nights):
        raise ProjectError(
            Said(
                "Between 1 and {most_nights} nights can be flagged in one step; nothing was changed.",
                most_nights=MOST_NIGHTS,
            )
        )
    return tuple(Subject(_code(station), str(night)) for night in nights)


def interval_of(station: str, since: np.datetime64, until: np.datetime64) -> Subject:
    """Return the interval of a station's readings from one instant to before another.

    Parameters
    ----------
    station
        Its code, in capitals or not; it need not be in the project.
    since, until
        UTC, datetime64; fractions of a millisecond are dropped.

    Raises
    ------
    ProjectError
        If the end is not after the start, or one of them is out of reach.
    """
    since, until = since.astype("datetime64[ms]"), until.astype("datetime64[ms]")
    _require_order(
        since, until, Said("The interval ends at {until} UTC, not after its start at {since} UTC.", since=since, until=until)
    )
    return Subject(_code(station), f"{since}/{until}")


def instant_of(text: str, timezone: str) -> np.datetime64:
    """Return a time as an analyst writes it, as UTC, datetime64[ms]: local in a time zone, unless it has an offset or a Z.

    Parameters
    ----------
    text
        ISO 8601, such as 2022-03-01T01:20.
    timezone
        IANA name of a known time zone.

    Raises
    ------
    ProjectError
        If it is not a time.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        local = moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(timezone))
        return np.datetime64(local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None), "ms")
    except (ValueError, OverflowError) as error:
        raise ProjectError(
            Said(
                "'{text}' is not a time; write 2022-03-01T01:20 (local time of the project), or 2022-02-28T17:20Z for UTC.",
                text=shown(text, 60),
            )
        ) from error


def flag(
    project: Project, subjects: Sequence[Subject], *, author: str, reason: str, progress: ProgressCallback = silent
) -> int:
    """Flag readings: they stay, and no night mean is formed of them any more.

    Parameters
    ----------
    project
        Where the readings are.
    subjects
        What is flagged, as one step of the journal.
    author, reason
        Who flags it, and why.
    progress
        Called while night means are recomputed.

    Returns
    -------
    int
        The step of the journal; 0 where all of it was flagged for this reason already.

    Raises
    ------
    ProjectError
        If author or reason are lacking, a station is unknown or has no readings then, or the project cannot be written.
    """
    reason = shown(reason.strip(), LONGEST_REASON)
    if not reason:
        raise ProjectError(Said("A flag needs a reason: state why these readings are not to be used. Nothing was flagged."))
    with project.write(INPUTS, JOURNAL) as connection:
        known = network_of(connection).codes
        for subject in subjects:
            if subject.station not in known:
                raise ProjectError(Said("There is no station {code} in this project.", code=shown(subject.station, 40)))
        _require_readings(connection, subjects)
        step = append(connection, {one.key: RowContent(FLAGGED, reason) for one in subjects}, _author(author))
    nights_after_change(project, progress=progress)
    return step


def unflag(project: Project, flags: Sequence[Flag], *, author: str, progress: ProgressCallback = silent) -> int:
    """Remove flags: their readings are used again, and the journal keeps who added and who removed each flag.

    Parameters and errors as for `flag`; returns the step, 0 if none of them was in force any more.
    """
    keys = [Subject(one.station, one.when).key for one in flags]
    with project.write(INPUTS, JOURNAL) as connection:
        step = append(connection, {key: RowContent() for key in keys}, _author(author))
    nights_after_change(project, progress=progress)
    return step


def within(flags: Sequence[Flag], subjects: Sequence[Subject]) -> tuple[Flag, ...]:
    """Return those of some flags that are about these nights, or lie within these intervals.

    Parameters
    ----------
    flags
        Their order is kept.
    subjects
        A night matches only flags on this night, an interval only flags on intervals that lie within it.
    """
    nights = {(one.station, one.when) for one in subjects if "/" not in one.when}
    spans = [(one.station, *one.when.split("/")) for one in subjects if "/" in one.when]
    return tuple(flag for flag in flags if (flag.station, flag.when) in nights or any(_holds(span, flag) for span in spans))


def _holds(span: tuple[str, ...], flag: Flag) -> bool:
    since, bar, until = flag.when.partition("/")  # texts of one form stand in the order of their times
    return bool(bar) and span[0] == flag.station and span[1] <= since and until <= span[2]


def _require_order(first: np.datetime64, end: np.datetime64, sentence: str) -> None:
    if not first < end:
        raise ProjectError(sentence)
    if not FIRST_DAY <= first.astype("datetime64[D]") <= end.astype("datetime64[D]") <= LAST_DAY:
        raise ProjectError(
            Said("Readings can be flagged from {first} to {last}; nothing was flagged.", first=FIRST_DAY, last=LAST_DAY)
        )


def _require_readings(connection: Connection, subjects: Sequence[Subject]) -> None:
    """Refuse what lies outside of a station's record: a slip of the pen rather than a wish."""
    table = schema.block.c
    for code in dict.fromkeys(subject.station for subject in subjects):
        first, last = connection.execute(
            select(func.min(table.utc_day), func.max(table.utc_day)).where(table.station == code)
        ).one()
        for subject in subjects:
            ((low, high),) = utc_days_of([subject.key[3]])[subject.station]
            if subject.station == code and (first is None or high < first or low > last):
                raise ProjectError(_outside(subject, first, last))


def _outside(subject: Subject, first: int | None, last: int | None) -> str:
    if first is None or last is None:
        return Said("{code} has no readings; nothing was flagged.", code=subject.station)
    return Said(
        "{subject} is outside the record of {code}, which is from {first} to {last}; nothing was flagged.",
        subject=subject.when,
        code=subject.station,
        first=np.datetime64(first, "D"),
        last=np.datetime64(last, "D"),
    )


def _author(author: str) -> str:
    if not author.strip():
        raise ProjectError(Said("A flag needs an author; set the analyst's name."))
    return author


def _code(station: str) -> str:
    return station.strip().upper()
