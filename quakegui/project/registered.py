"""Checks of registrations: nothing was changed, no day omitted, and nothing predicted before its night was over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from quakegui.project import chain, schema
from quakegui.project.registrations import Registration, changes, is_elsewhere, registrations
from quakegui.project.seasons import days_with_data, load_season
from quakegui.project.store import Project, ProjectError
from quakegui.project.verifying import LATE_HOURS, visible_chains
from quakegui.words import Said

SHOWN = 5
"""Maximum number of days of a gap that are named."""
_LATE_MS = round(LATE_HOURS * 3_600_000)

Days = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class RegisteredRecord:
    """The state of one registration.

    Attributes
    ----------
    registration
        The registration.
    days
        Days of the period with a prospective prediction, datetime64[D], shape (day,).
    gaps
        Days without a prediction that could have had one: their night has been over for a day, and there is a map, or there are
        readings outside the season; datetime64[D], shape (day,).
    faults
        A sentence for each difference from what was registered, and for gaps.
    notes
        Sentences on what could not be checked.
    """

    registration: Registration
    days: Days
    gaps: Days
    faults: tuple[str, ...]
    notes: tuple[str, ...] = ()


def examine_registrations(project: Project, *, now_ms: int) -> tuple[RegisteredRecord, ...]:
    """Check every registration, oldest first.

    Parameters
    ----------
    project
        The project.
    now_ms
        The present time, in milliseconds since 1970 UTC: only days whose night has been over for a day can be gaps.
    """
    found = registrations(project)
    if not found:
        return ()
    with project.read() as connection:
        is_hidden = len(visible_chains(connection)) < len(chain.CHAINED)
    if is_hidden:
        return tuple(map(_unchecked, found))
    notes: tuple[str, ...] = ()
    try:
        possible = _possible_days(project, now_ms)
    except ProjectError as error:
        possible = np.array([], dtype="datetime64[D]")
        notes = (Said("{error} Gaps in registered predictions could therefore not be checked.", error=error),)
    return tuple(_record(project, one, possible, notes, now_ms) for one in found)


def _unchecked(one: Registration) -> RegisteredRecord:
    """Return the record for who labels blind: every day would look like a gap, and the run as if it had been removed."""
    none = np.array([], dtype="datetime64[D]")
    said = Said(
        "The registered run “{title}” was not checked: its files and predictions are hidden from a login that labels blind.",
        title=one.terms.title,
    )
    return RegisteredRecord(one, none, none, (), (said,))


def _record(project: Project, one: Registration, possible: Days, notes: tuple[str, ...], now_ms: int) -> RegisteredRecord:
    terms = one.terms
    with project.read() as connection:
        days, issued = _predictions(connection, one)
        sealed = _is_sealed(connection, one)
    due = possible[one.covers(possible)]
    due = due[terms.config.over_at(due) <= np.datetime64(now_ms - _LATE_MS, "ms")]
    gaps = np.setdiff1d(due, days)
    early = np.unique(days[issued < terms.config.over_at(days)])
    faults = list(changes(project, one))
    if is_elsewhere(project, one):
        said = Said(
            "The files of the registered run “{title}” are not on this computer, so they were not checked.", title=terms.title
        )
        notes = (*notes, said)
    if not sealed:
        faults.append(
            Said(
                "The hash of row {ledger_row} of the ledger differs from its value when the run “{terms_title}” was "
                "registered.",
                ledger_row=terms.ledger_row,
                terms_title=terms.title,
            )
        )
    if early.size:
        faults.append(
            Said(
                "The model “{terms_title}” predicted {days_text} before the night was over.",
                terms_title=terms.title,
                days_text=_days_text(early),
            )
        )
    if gaps.size:
        faults.append(
            Said(
                "The model “{terms_title}” is registered until {last_day} but has not predicted {days_text}, "
                "although the data allowed it.",
                terms_title=terms.title,
                last_day=terms.last_day,
                days_text=_days_text(gaps),
            )
        )
    return RegisteredRecord(one, np.unique(days), gaps, tuple(faults), notes)


def _predictions(connection: Connection, one: Registration) -> tuple[Days, NDArray[np.datetime64]]:
    """Return day and time of issue of each prospective prediction of a period, shape (row,)."""
    table, terms = schema.prediction.c, one.terms
    first, last = (int(day.astype("datetime64[D]").astype(np.int64)) for day in (terms.first_day, terms.last_day))
    rows = connection.execute(
        select(table.day, table.issued_ms).where(
            table.run == one.run, table.kind == "prospective", table.id > terms.ledger_row, table.day.between(first, last)
        )
    ).all()  # fmt: skip
    days = np.array([row.day for row in rows], dtype=np.int64).astype("datetime64[D]")
    return days, np.array([row.issued_ms for row in rows], dtype=np.int64).astype("datetime64[ms]")


def _is_sealed(connection: Connection, one: Registration) -> bool:
    """Return whether the ledger still contains the row that was its last at the registration."""
    row = one.terms.ledger_row
    hashes = (link.hash for link in chain.links(connection, schema.prediction, last=row) if link.id == row)
    return next(hashes, "") == one.terms.ledger_hash


def _possible_days(project: Project, now_ms: int) -> Days:
    """Return the days that can be predicted: with a map in the season, or with readings outside it."""
    season = load_season(project, features=False, now_ms=now_ms)
    if season is None:
        return np.array([], dtype="datetime64[D]")
    measured: Days = days_with_data(project)
    outside = measured[(measured < season.days[0]) | (measured > season.days[-1])] if season.days.size else measured
    return np.union1d(season.days[season.has_map], outside)


def _days_text(days: Days) -> str:
    if days.size > SHOWN:
        return Said("{days_size} days ({days} to {days2})", days_size=days.size, days=days[0], days2=days[-1])
    return ", ".join(str(day) for day in days)
