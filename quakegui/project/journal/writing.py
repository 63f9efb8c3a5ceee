"""Writing to the journal: labels, notes and labels from files; they are on disk when a call returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from quakegui.project import chain, schema
from quakegui.project.domains import JOURNAL
from quakegui.project.flag_rows import FLAG, utc_days_of
from quakegui.project.journal.keeping import Keeper
from quakegui.project.journal.row import (
    LABEL,
    NOTE,
    NOTHING,
    Key,
    RowContent,
    completion,
    content_of,
    day_numbers,
    standing_rows,
)
from quakegui.project.nights import mark_days_stale
from quakegui.project.store import ProjectError
from quakegui.season.events import CLASS_COUNT
from quakegui.season.labels import LabelSource
from quakegui.season.localtime import never_was, skipped_days, wall_clock_ms
from quakegui.words import Said


class UnseenError(ProjectError):
    """Another writer changed a label or note after the author last saw it."""


@dataclass(frozen=True, slots=True)
class GivenLabel:
    """A label from a file: day (datetime64[D]), class or None, its source, author and note; None keeps the present note."""

    day: np.datetime64
    cls: int | None
    source: LabelSource
    author: str
    note: str | None = ""


def write_labels(
    project: Keeper,
    days: NDArray[np.datetime64],
    cls: int | Sequence[int] | None,
    *,
    source: LabelSource,
    author: str,
    note: str | None = None,
    run: str = "",
    blind: bool = False,
    behind: int | None = None,
) -> int:
    """Set the class of days; on disk when this returns.

    Parameters
    ----------
    project, days
        The project, and local dates, datetime64[D], shape (day,).
    cls
        0 to 4 for all days, a sequence of them for each day, or None to clear the author's labels of this source.
    source
        Source of the labels.
    author
        Name of the person.
    note
        Reason; None keeps the note of a label with the same class.
    run
        The run whose prediction is accepted.
    blind
        Whether other labels were hidden from the author.
    behind
        The last row of the journal that the author has seen; a later label of these days prevents the step.

    Returns
    -------
    int
        The step; 0 if every day had this class already and nothing was written.

    Raises
    ------
    ProjectError
        If the class, the author or a day is invalid or the project cannot be written.
    UnseenError
        If one of the days has a label later than `behind`; nothing was written.
    """
    numbers = day_numbers(days)
    classes = [cls] * numbers.size if cls is None or isinstance(cls, int | np.integer) else cls
    wanted = {
        (LABEL, int(day), int(source), _valid_author(author)): RowContent(_valid_class(one), note, run, int(blind))
        for day, one in zip(numbers, classes, strict=True)
    }
    _refuse_skipped(project, wanted)
    return add(project, wanted, author, behind=behind)


def write_label_list(project: Keeper, entries: Sequence[GivenLabel]) -> tuple[int, int]:
    """Import labels as one step of each author; a label equal to the present one keeps its run and blind mark.

    Parameters
    ----------
    project
        Where the journal is kept; must be writable.
    entries
        Of several with the same day, source and author, the last one counts.

    Returns
    -------
    tuple of int
        Number of new or changed labels, and how many of them cleared a label.

    Raises
    ------
    ProjectError
        If a class, an author or a day is invalid or the project cannot be written.
    """
    by_author: dict[str, dict[Key, RowContent]] = {}
    for label in entries:
        owner = _valid_author(label.author)
        key = (LABEL, int(day_numbers([label.day])[0]), int(label.source), owner)
        by_author.setdefault(owner, {})[key] = RowContent(_valid_class(label.cls), label.note, None, None)
    for wanted in by_author.values():
        _refuse_skipped(project, wanted)
    table = schema.journal.c
    with project.write(JOURNAL) as connection:
        last = connection.scalar(select(func.max(table.id))) or 0
        for author, wanted in by_author.items():
            append(connection, wanted, author)
        new = connection.execute(select(table.old, table.new).where(table.id > last)).all()
    return len(new), sum(row.old is not None and row.new is None for row in new)


def write_note(project: Keeper, day: np.datetime64, text: str, author: str) -> int:
    """Set the author's note on a day, in place of an earlier one. Returns the step, 0 if nothing changed.

    Parameters
    ----------
    project
        Where the journal is kept; must be writable.
    day
        Local date, datetime64[D].
    text
        The whole note; "" clears it.
    author
        The person who has this note; those of others stay.

    Raises
    ------
    ProjectError
        If the author or the day is invalid or the project cannot be written.
    """
    wanted = {(NOTE, int(day_numbers([day])[0]), 0, _valid_author(author)): RowContent(note=text)}
    _refuse_skipped(project, wanted)
    return add(project, wanted, author)


def add(project: Keeper, contents: dict[Key, RowContent], author: str, *, behind: int | None = None) -> int:
    """Write one step of labels or notes, as `append` in a transaction of its own; returns the step.

    Parameters
    ----------
    project
        Where the journal is kept; must be writable.
    contents, author
        As for `append`.
    behind
        The last row of the journal that the author has seen; None for any.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    UnseenError
        If one of the days has a row later than `behind`; nothing was written.
    """
    if project.is_shared:
        rows = [{**_place(key), **_said(content)} for key, content in contents.items()]
        step, late = project.add_step(author, rows, at_ms=wall_clock_ms(), seen=behind)
        if late:
            raise _unseen()
        if step is not None:
            return step
    with project.write(JOURNAL) as connection:
        if behind is not None:
            require_seen(connection, contents, behind)
        return append(connection, contents, author)


def _place(key: Key) -> dict[str, Any]:
    return dict(zip(("kind", "day", "source", "owner"), key, strict=True))


def _said(content: RowContent) -> dict[str, Any]:
    return {"new": content.cls, "note": content.note, "run": content.run, "blind": content.blind}


def _refuse_skipped(project: Keeper, contents: Mapping[Key, RowContent]) -> None:
    """Raise ProjectError for days that do not exist in the time zone; an older program's entry on such a day can be cleared."""
    days = np.array([key[1] for key, content in contents.items() if content != NOTHING], dtype="datetime64[D]")
    never = days[np.isin(days, skipped_days(project.timezone))]
    if never.size:
        raise ProjectError(never_was(never[0], project.timezone))


def append(
    connection: Connection,
    contents: dict[Key, RowContent],
    author: str,
    *,
    undoes: int | None = None,
    redoes: int | None = None,
) -> int:
    """Append a row for each key whose content changes (or, walking through history, for each key); return the step.

    Where flags change, the nights that they reach are stale then.

    Parameters
    ----------
    connection
        Connection within a transaction that writes the journal, and the inputs as well if there are flags.
    contents
        New content by key; what is None in it is completed (see `completion`).
    author
        The person whose step it is.
    undoes, redoes
        The step that is undone or redone; default none.

    Returns
    -------
    int
        The step; 0 if nothing changed and nothing was written.
    """
    standing = standing_rows(connection, sorted({key[1] for key in contents}))
    contents = {key: completion(content, standing.get(key)) for key, content in contents.items()}
    walking = undoes is not None or redoes is not None
    changed = [key for key, content in contents.items() if walking or content != content_of(standing.get(key))]
    if not changed:
        return 0
    end = chain.journal_end(connection)
    step = end.step + 1
    # The clock may be set back; the order of the journal must not.
    at_ms = max(wall_clock_ms(), end.at_ms)
    alike = {"at_ms": at_ms, "step": step, "author": author, "undoes": undoes, "redoes": redoes}
    values = []
    for key in changed:
        before, content = standing.get(key), contents[key]
        former = {"old": None, "replaces": None} if before is None else {"old": before.new, "replaces": before.id}
        values.append({**alike, **_place(key), **_said(content), **former})
    chain.append(connection, schema.journal, values, end=end)
    flagged = [key[3] for key in changed if key[0] == FLAG]
    if flagged:
        mark_days_stale(connection, utc_days_of(flagged))
    return step


def require_seen(connection: Connection, keys: Iterable[Key], behind: int, *, author: str = "") -> None:
    """Raise UnseenError if the day of a key has a label (or note, for a note) later than row `behind` of the journal.

    Parameters
    ----------
    connection
        Connection within the transaction that is to write.
    keys
        What is to be written; only kind and day matter.
    behind
        The last row of the journal that the author has seen.
    author
        The person whose rows do not count; "" for nobody.

    Raises
    ------
    UnseenError
        With a sentence for the user.
    """
    table = schema.journal.c
    later = connection.execute(select(table.kind, table.day).where(table.id > behind, table.author != author))
    if not {key[:2] for key in keys}.isdisjoint(map(tuple, later)):
        raise _unseen()


def _unseen() -> UnseenError:
    return UnseenError(
        Said("Somebody has labelled one of these days or added a note to it since you last saw it; nothing was overwritten.")
    )


def _valid_class(cls: int | None) -> int | None:
    if cls is not None and not 0 <= cls < CLASS_COUNT:
        raise ProjectError(Said("Unknown class {cls}: classes are 0 to {class_count}.", cls=cls, class_count=CLASS_COUNT - 1))
    return cls if cls is None else int(cls)


def _valid_author(author: str) -> str:
    if not author.strip():
        raise ProjectError(Said("A label needs an author; set the analyst's name."))
    return author
