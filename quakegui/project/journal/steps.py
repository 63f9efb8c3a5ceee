"""Steps back and forth: undo, redo and the return to a moment, each by appending the opposite rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, func, select

from quakegui.project import schema
from quakegui.project.journal.row import COLUMNS, LABEL, content_of, row_of, select_rows, standing_rows
from quakegui.project.journal.writing import append
from quakegui.project.store import Project


@dataclass(frozen=True, slots=True)
class Step:
    """What one undo takes back, in short.

    Attributes
    ----------
    kind
        "label" or "note".
    classes
        The classes that it gave, in order; None for a label taken away. Empty for notes.
    first, last
        The days that it spoke about, datetime64[D].
    days
        How many they are.
    number
        The journal's number of the step.
    """

    kind: str
    classes: tuple[int | None, ...]
    first: np.datetime64
    last: np.datetime64
    days: int
    number: int


def undo(project: Project, author: str) -> int | None:
    """Take back the author's latest step that stands, by appending the opposite rows; returns the step taken back, or None."""
    return _walk(project, author, back=True)


def redo(project: Project, author: str) -> int | None:
    """Do again the step that the author last took back; returns it, or None. A new step ends what can be redone."""
    return _walk(project, author, back=False)


def revert_to(project: Project, moment: np.datetime64, author: str) -> int:
    """Bring back every label and note as it stood at a moment (UTC), as one step of `author`; returns it, or 0."""
    until = int(moment.astype("datetime64[ms]").astype(np.int64))
    with project.write() as connection:
        now, then = standing_rows(connection), standing_rows(connection, until_ms=until)
        wanted = {key: content_of(then.get(key)) for key in now}
        return append(connection, wanted, author)


def step_to_undo(project: Project, author: str) -> Step | None:
    """Return what `undo` would take back, for a menu."""
    return _step(project, author, back=True)


def step_to_redo(project: Project, author: str) -> Step | None:
    """Return what `redo` would do again, for a menu."""
    return _step(project, author, back=False)


def _walk(project: Project, author: str, *, back: bool) -> int | None:
    with project.write() as connection:
        step = _next_step(connection, author, back=back)
        if step is None:
            return None
        done = select_rows(connection, select(*COLUMNS).where(schema.journal.c.step == step))
        first = {row.key: row for row in reversed(done)}
        last = {row.key: row for row in done}
        before = {key: content_of(row_of(connection, row.replaces)) for key, row in first.items()}
        after = {key: content_of(row) for key, row in last.items()}
        source, target = (after, before) if back else (before, after)
        standing = standing_rows(connection, sorted({key[1] for key in last}))
        # What somebody else has changed since stays as it is now.
        wanted = {
            key: target[key] if content_of(standing.get(key)) == source[key] else content_of(standing.get(key)) for key in last
        }
        append(connection, wanted, author, undoes=step if back else None, redoes=None if back else step)
        return step


def _next_step(connection: Connection, author: str, *, back: bool) -> int | None:
    """Replay the author's steps and return the one to take back, or to do again."""
    table = schema.journal.c
    steps = connection.execute(
        select(table.step, func.max(table.undoes), func.max(table.redoes))
        .where(table.author == author)
        .group_by(table.step)
        .order_by(table.step)
    )
    done: list[int] = []
    undone: list[int] = []
    for step, undoes, redoes in steps:
        if undoes is not None or redoes is not None:
            taken, given, which = (done, undone, undoes) if undoes is not None else (undone, done, redoes)
            if which in taken:  # it is, but in a journal that lost rows
                taken.remove(which)
                given.append(which)
        else:
            done.append(step)
            undone.clear()
    stack = done if back else undone
    return stack[-1] if stack else None


def _step(project: Project, author: str, *, back: bool) -> Step | None:
    with project.read() as connection:
        step = _next_step(connection, author, back=back)
        found = select_rows(connection, select(*COLUMNS).where(schema.journal.c.step == step)) if step is not None else ()
    if not found:
        return None
    days = np.unique([row.day for row in found]).astype("datetime64[D]")
    given = {row.new for row in found if row.kind == LABEL}
    classes = tuple(sorted(given, key=lambda cls: -1 if cls is None else cls))
    return Step(found[-1].kind, classes, days[0], days[-1], days.size, found[-1].step)
