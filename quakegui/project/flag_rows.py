"""Analysts' flags as stored in the journal, and which of them are in force.

A flag is a row of kind "flag". Its column `owner` contains what it refers to: the station and the night ("KAK 2022-01-15"),
or the station and the interval in UTC ("KAK 2022-01-15T00:10:00.000/2022-01-15T00:20:00.000"); `note` contains the
reason. A row without a class removes the flag. Of several rows with the same key, the last one counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import numpy as np
from sqlalchemy import Connection, text

from quakegui.season.flags import Flag
from quakegui.season.localtime import FIRST_DAY, LAST_DAY

FLAG: Final = "flag"
"""Kind of a row of the journal."""
FLAGGED: Final = 1
"""Class of a row that flags; one that takes a flag back has none."""

_DATE: Final = r"\d{4}-\d\d-\d\d"
_INSTANT: Final = rf"{_DATE}T\d\d:\d\d:\d\d\.\d{{3}}"
_SUBJECT: Final = re.compile(rf"(.+) ({_DATE}|{_INSTANT}/{_INSTANT})", re.ASCII | re.DOTALL)
_REACH: Final = (str(FIRST_DAY), str(LAST_DAY + 1))

_IN_FORCE: Final = (
    "SELECT id, owner, author, note, at_ms FROM journal WHERE new IS NOT NULL AND id IN "
    "(SELECT max(id) FROM journal WHERE kind = 'flag' AND owner >= :first AND owner < :end GROUP BY owner) ORDER BY id"
)
"""The kind stands there literally, so that the database sees that the index of the flags answers it."""


def subject_of(owner: str) -> tuple[str, str] | None:
    """Return the station and the night or interval that a row of the journal is about; None where this program wrote none."""
    found = _SUBJECT.fullmatch(owner)
    if found is None:
        return None
    station, when = found.groups()
    try:
        for text in when.split("/"):
            datetime.fromisoformat(text)  # a thirteenth month, say, by whoever wrote this
    except ValueError:
        return None
    return (station, when) if all(_REACH[0] <= text < _REACH[1] for text in when.split("/")) else None


def flags_in_force(connection: Connection, station: str | None = None) -> tuple[Flag, ...]:
    """Return the flags that count, oldest first.

    Parameters
    ----------
    connection
        Connection within a transaction.
    station
        Code of the only station whose flags are returned; default all stations.
    """
    # "!" follows the blank. Straight from the driver: there may be half a million.
    first, end = ("", "\U0010ffff") if station is None else (f"{station} ", f"{station}!")
    rows = connection.execute(text(_IN_FORCE), {"first": first, "end": end}).cursor.fetchall()
    found = []
    for number, owner, author, reason, at_ms in rows:
        subject = subject_of(owner)
        if subject is not None and station in (None, subject[0]):
            found.append(Flag(number, *subject, author, reason, at_ms))
    return tuple(found)


def utc_days_of(owners: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
    """Return the first and last UTC day whose readings rows of the journal can be about, by station."""
    found: dict[str, list[tuple[int, int]]] = {}
    for owner in owners:
        subject = subject_of(owner)
        if subject is not None:
            days = [int(np.datetime64(text[:10], "D").astype(np.int64)) for text in subject[1].split("/")]
            found.setdefault(subject[0], []).append((days[0] - 1, days[-1] + 1))
    return found
