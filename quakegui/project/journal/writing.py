"""Appending to the journal: labels, notes and labels of a file, on disk when a call returns."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from quakegui.project import chain, schema
from quakegui.project.journal.row import (
    LABEL,
    NOTE,
    NOTHING,
    Content,
    Key,
    content_of,
    day_numbers,
    standing_rows,
)
from quakegui.project.store import Project, ProjectError
from quakegui.season.events import CLASS_COUNT
from quakegui.season.labels import Source


class UnseenLabelError(ProjectError):
    """A day that is to be labelled was labelled by another writer after what the author was shown."""


@dataclass(frozen=True, slots=True)
class GivenLabel:
    """A label that comes from a file: day (datetime64[D]), class or None, who says so, and why (None where the file does not say)."""

    day: np.datetime64
    cls: int | None
    source: Source
    author: str
    note: str | None = ""


def write_labels(
    project: Project,
    days: NDArray[np.datetime64],
    cls: int | None,
    *,
    source: Source,
    author: str,
    note: str = "",
    group: int | None = None,
    run: str = "",
    blind: bool = False,
    behind: int | None = None,
) -> int:
    """Give days a class; on disk when this returns.

    Parameters
    ----------
    days
        Local dates, datetime64[D], shape (day,).
    cls
        0..4, or None to take the author's label of this source back.
    source
        Who says so.
    author
        Name of the person.
    group
        The step of an earlier call that this one belongs to, so that one undo takes back both.
    run
        The run whose proposal is accepted.
    blind
        Whether the author could not see other labels.
    behind
        The last row of the journal that the author was shown; a later label of these days ends the step.

    Returns
    -------
    int
        The step; 0 where every day said this already and nothing was written.

    Raises
    ------
    ProjectError
        If the class or author is impossible or the project cannot be written.
    UnseenLabelError
        If one of the days has a label later than `behind`; nothing was written.
    """
    content = Content(_checked_class(cls), note, run, int(blind))
    wanted = {(LABEL, int(day), int(source), _checked_author(author)): content for day in day_numbers(days)}
    with project.write() as connection:
        if behind is not None:
            _require_seen(connection, {key[1] for key in wanted}, behind)
        return append(connection, wanted, author, step=group)


def write_given(project: Project, given: Sequence[GivenLabel]) -> tuple[int, int]:
    """Take labels in, as one step of each author; one that says what stands leaves the run and the blind mark of that.

    Returns
    -------
    tuple of int
        How many were new or changed, and how many of them took a label away.
    """
    for label in given:
        _checked_author(label.author)
        _checked_class(label.cls)
    days = sorted(set(day_numbers([label.day for label in given]).tolist()))
    count = select(func.count()).select_from(schema.journal)
    by_author: dict[str, dict[Key, Content]] = {}
    taken = 0
    with project.write() as connection:
        standing = standing_rows(connection, days)
        for label in given:
            key = (LABEL, int(day_numbers([label.day])[0]), int(label.source), label.author)
            before = content_of(standing.get(key))
            kept = before if before.cls == label.cls else NOTHING
            note = kept.note if label.note is None else label.note
            by_author.setdefault(label.author, {})[key] = replace(kept, cls=label.cls, note=note)
            taken += before.cls is not None and label.cls is None
        rows = connection.scalar(count) or 0
        for author, wanted in by_author.items():
            append(connection, wanted, author)
        return (connection.scalar(count) or 0) - rows, taken


def write_note(project: Project, day: np.datetime64, text: str, author: str) -> int:
    """Keep a remark on a day, in place of the author's earlier one; "" takes it away. Returns the step, 0 if none."""
    wanted = {(NOTE, int(day_numbers([day])[0]), 0, _checked_author(author)): Content(note=text)}
    with project.write() as connection:
        return append(connection, wanted, author)


def append(
    connection: Connection,
    wanted: dict[Key, Content],
    author: str,
    *,
    step: int | None = None,
    undoes: int | None = None,
    redoes: int | None = None,
) -> int:
    """Append a row for each key whose content changes (or, walking through history, for each key); return the step."""
    standing = standing_rows(connection, sorted({key[1] for key in wanted}))
    walking = undoes is not None or redoes is not None
    changed = [key for key, content in wanted.items() if walking or content != content_of(standing.get(key))]
    if not changed:
        return step or 0
    table = schema.journal.c
    if step is None:
        step = (connection.scalar(select(func.max(table.step))) or 0) + 1
    # The clock may be set back; the journal's order may not.
    at_ms = max(time.time_ns() // 1_000_000, connection.scalar(select(func.max(table.at_ms))) or 0)
    values = []
    for kind, day, source, owner in changed:
        before, content = standing.get((kind, day, source, owner)), wanted[kind, day, source, owner]
        values.append(
            {
                "at_ms": at_ms,
                "step": step,
                "author": author,
                "kind": kind,
                "day": day,
                "source": source,
                "owner": owner,
                "old": before.new if before is not None else None,
                "new": content.cls,
                "note": content.note,
                "run": content.run,
                "blind": content.blind,
                "replaces": before.id if before is not None else None,
                "undoes": undoes,
                "redoes": redoes,
            }
        )
    chain.append(connection, schema.journal, values)
    return step


def _require_seen(connection: Connection, days: set[int], behind: int) -> None:
    table = schema.journal.c
    later = connection.scalars(select(table.day).where(table.id > behind, table.kind == LABEL))
    if not days.isdisjoint(later):
        raise UnseenLabelError("Another program has labelled one of these days just now; nothing was written over it.")


def _checked_class(cls: int | None) -> int | None:
    if cls is not None and not 0 <= cls < CLASS_COUNT:
        raise ProjectError(f"There is no class {cls}: classes are 0 to {CLASS_COUNT - 1}.")
    return cls if cls is None else int(cls)


def _checked_author(author: str) -> str:
    if not author.strip():
        raise ProjectError("A label needs the name of who gives it; set the analyst's name.")
    return author
