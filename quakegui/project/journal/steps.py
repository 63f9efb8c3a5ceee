"""Undo, redo and revert to an earlier time, each by appending the opposite rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, bindparam, func, select

from quakegui.project import schema
from quakegui.project.domains import INPUTS, JOURNAL
from quakegui.project.flag_rows import FLAG
from quakegui.project.journal.keeping import Keeper
from quakegui.project.journal.row import COLUMNS, LABEL, content_of, select_rows, standing_rows
from quakegui.project.journal.writing import add, append, require_seen
from quakegui.project.store import ProjectError
from quakegui.words import Said

PAGE: Final = 100
"""Number of steps that are read at a time; the next one to undo is nearly always among the last."""

# Written once: to build them costs as much as to run them.
_ROW: Final = schema.journal.c
_STEPS: Final = (
    select(_ROW.step, func.max(_ROW.undoes), func.max(_ROW.redoes))
    .where(_ROW.author == bindparam("author"))
    .group_by(_ROW.step)
    .order_by(_ROW.step.desc())
    .limit(PAGE)
    .offset(bindparam("offset"))
)
_OF_STEP: Final = select(*COLUMNS).where(_ROW.step == bindparam("number"))
_FIRST_OF_STEP: Final = select(_ROW.id).where(_ROW.step == bindparam("number")).limit(1)
_KINDS: Final = select(_ROW.kind).where(_ROW.step == bindparam("number")).distinct()
_LAST_UNDONE, _LAST_REDONE = (
    select(_ROW.id, _ROW.at_ms)
    .where((_ROW.step == bindparam("number")) | (walked == bindparam("number")))
    .order_by(_ROW.id.desc())
    .limit(1)
    for walked in (_ROW.undoes, _ROW.redoes)
)
_REPLACED: Final = select(*COLUMNS).where(_ROW.id.in_(select(_ROW.replaces).where(_ROW.step == bindparam("number"))))


@dataclass(frozen=True, slots=True)
class Step:
    """Summary of a step that one undo reverts.

    Attributes
    ----------
    kind
        "label", "note" or "flag".
    classes
        The classes that it gave, in order; None for a label taken away. Empty for notes and flags.
    first, last
        First and last day of the step, datetime64[D].
    days
        Number of days.
    number
        Number of the step in the journal.
    row
        The last row that makes it the next step: its own, or that of its last undo or redo.
    at
        When that row was written, UTC, datetime64[ms].
    """

    kind: str
    classes: tuple[int | None, ...]
    first: np.datetime64
    last: np.datetime64
    days: int
    number: int
    row: int
    at: np.datetime64


def undo(project: Keeper, author: str, *, only: int | None = None) -> int | None:
    """Undo the author's latest step by appending the opposite rows; returns the step, or None if there is none.

    Parameters
    ----------
    project, author
        The project, and the person whose steps are undone.
    only
        The expected step; a later one, by another program under the same name, is left alone.

    Raises
    ------
    ProjectError
        If `only` is not the next step to undo.
    """
    return _walk(project, author, back=True, only=only)


def redo(project: Keeper, author: str, *, only: int | None = None) -> int | None:
    """Redo the step that the author last undid; returns it, or None. A new step ends what can be redone.

    Parameters and errors are those of `undo`.
    """
    return _walk(project, author, back=False, only=only)


def revert_to(project: Keeper, moment: np.datetime64, author: str, *, behind: int | None = None) -> int:
    """Bring back every label and note as it stood at a moment, as one step; flags stay as they are.

    Parameters
    ----------
    project
        The project.
    moment
        UTC, datetime64.
    author
        The author of the step.
    behind
        The last row of the journal that the author has seen; a later label or note prevents the step.

    Returns
    -------
    int
        The step, or 0 if nothing changed.

    Raises
    ------
    UnseenError
        If there is a label or a note later than `behind`; nothing was written.
    """
    until = int(moment.astype("datetime64[ms]").astype(np.int64))
    # A server need not wait while all this is read: it refuses what became late meanwhile.
    with project.read() if project.is_shared else project.write(JOURNAL) as connection:
        now, then = (
            {key: row for key, row in standing_rows(connection, until_ms=moment_ms).items() if key[0] != FLAG}
            for moment_ms in (None, until)
        )
        if behind is not None:
            # Letters of the author may still have been on their way (see `outbox`).
            require_seen(connection, now, behind, author=author if project.is_shared else "")
        wanted = {key: content_of(then.get(key)) for key in now}
        if not project.is_shared:
            return append(connection, wanted, author)
    return add(project, wanted, author, behind=max((row.id for row in now.values()), default=0))


def _walk(project: Keeper, author: str, *, back: bool, only: int | None) -> int | None:
    with project.read() as connection:
        expected = _number_of_next(connection, author, back=back) if only is None else only
        kinds = connection.scalars(_KINDS, {"number": expected}).all()
    # The lock of the inputs comes first, so that labels do not wait while a flag waits for an import.
    with project.write(*((INPUTS, JOURNAL) if FLAG in kinds else (JOURNAL,))) as connection:
        step = _number_of_next(connection, author, back=back)
        done = select_rows(connection, _OF_STEP, {"number": step})
        if (only is not None and step != only) or (FLAG not in kinds and any(row.kind == FLAG for row in done)):
            raise ProjectError(Said("Another program has just written a step under this name; nothing was undone or redone."))
        if step is None:
            return None
        first = {row.key: row for row in reversed(done)}
        last = {row.key: row for row in done}
        replaced = {row.id: row for row in select_rows(connection, _REPLACED, {"number": step})}
        before = {key: content_of(replaced.get(row.replaces or 0)) for key, row in first.items()}
        after = {key: content_of(row) for key, row in last.items()}
        source, target = (after, before) if back else (before, after)
        standing = standing_rows(connection, sorted({key[1] for key in last}))
        # Rows that somebody else has changed since are left unchanged.
        wanted = {
            key: target[key] if content_of(standing.get(key)) == source[key] else content_of(standing.get(key)) for key in last
        }
        append(connection, wanted, author, undoes=step if back else None, redoes=None if back else step)
        return step


def _number_of_next(connection: Connection, author: str, *, back: bool) -> int | None:
    """Return the author's next step to undo or to redo: the first whose last mention, from the end back, leaves it so."""
    mentioned = set[int]()
    for step, undoes, redoes in _steps_back(connection, author):
        is_new = undoes is None and redoes is None
        number = step if is_new else undoes if undoes is not None else redoes
        if number not in mentioned and back == (undoes is None) and (is_new or _has_rows(connection, number)):
            return int(number)
        if is_new and not back:  # it ended what could be redone
            return None
        mentioned.add(number)
    return None


def _has_rows(connection: Connection, step: int) -> bool:
    """Return whether there is a step; a damaged journal may name one that it does not have."""
    return connection.scalar(_FIRST_OF_STEP, {"number": step}) is not None


def _steps_back(connection: Connection, author: str) -> Iterator[Any]:
    """Yield the number of each step of an author, latest first, and those of the steps that it undoes and redoes, if any."""
    for page in itertools.count():
        found = connection.execute(_STEPS, {"author": author, "offset": page * PAGE}).all()
        yield from found
        if len(found) < PAGE:
            return


def next_step(project: Keeper, author: str, *, back: bool) -> Step | None:
    """Return the step that `undo` or `redo` would take next, for a menu; None if there is none.

    Parameters
    ----------
    project
        Where the journal is kept; is only read.
    author
        The person whose steps are undone or redone.
    back
        Whether it is the step that `undo` would take.
    """
    with project.read() as connection:
        step = _number_of_next(connection, author, back=back)
        if step is None:
            return None
        found = select_rows(connection, _OF_STEP, {"number": step})
        row, at_ms = connection.execute(_LAST_REDONE if back else _LAST_UNDONE, {"number": step}).one()
    days = np.unique([row.day for row in found]).astype("datetime64[D]")
    given = {row.new for row in found if row.kind == LABEL}
    classes = tuple(sorted(given, key=lambda cls: -1 if cls is None else cls))
    return Step(found[-1].kind, classes, days[0], days[-1], days.size, step, row, np.datetime64(at_ms, "ms"))
