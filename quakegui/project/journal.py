"""The label journal: who gave which day which class, when, in place of what, and why. It only ever grows.

Each (day, source, owner) has its own label; which of them is in force is derived (`quakegui.season.labels`). Undo appends the
opposite rows, so it works across a restart, and what was undone can still be read. A step is what one undo takes back.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, func, select

from quakegui.project import catalogue, nights, schema
from quakegui.project.store import Project, ProjectError, put_setting
from quakegui.season import labels
from quakegui.season.events import CLASS_COUNT
from quakegui.season.labels import LabelRow, LabelRule, Labels, RuleLabels, Source
from quakegui.season.localtime import available_at

LABEL = "label"
NOTE = "note"

Key = tuple[str, int, int, str]
"""Kind, day, source and owner: what a row speaks about."""


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One row of the journal as it lies in the project.

    Attributes
    ----------
    id
        Position in the journal; later rows have larger ones.
    at_ms
        When it was written, milliseconds since 1970 UTC; never decreasing.
    step
        What one undo takes back together.
    author
        Who wrote the row.
    kind
        "label" or "note".
    day
        Days since 1970, a local date.
    source
        A `Source`, as a number.
    owner
        Whose label it is: the author's own, or the rule's.
    old, new
        Class before and after, None for no label.
    note
        The author's words; of a row of kind "note" all of its content.
    run
        The run whose proposal was accepted, else "".
    blind
        Whether the author could not see other labels.
    replaces
        The row that this one takes the place of.
    undoes, redoes
        The step that this row takes back, or does again.
    """

    id: int
    at_ms: int
    step: int
    author: str
    kind: str
    day: int
    source: int
    owner: str
    old: int | None
    new: int | None
    note: str
    run: str
    blind: int
    replaces: int | None
    undoes: int | None
    redoes: int | None

    @property
    def key(self) -> Key:
        """What the row speaks about."""
        return self.kind, self.day, self.source, self.owner

    @property
    def label(self) -> LabelRow:
        """The row as a label of its owner."""
        return LabelRow(
            np.datetime64(self.day, "D"),
            self.new,
            Source(self.source),
            self.owner,
            np.datetime64(self.at_ms, "ms"),
            self.note,
            self.run,
            bool(self.blind),
        )


@dataclass(frozen=True, slots=True)
class Note:
    """What an author remarked on a day; the last one of each author stands. `at` is UTC, datetime64[ms]."""

    day: np.datetime64
    text: str
    author: str
    at: np.datetime64


@dataclass(frozen=True, slots=True)
class GivenLabel:
    """A label that comes from a file: day (datetime64[D]), class or None, who says so, and why."""

    day: np.datetime64
    cls: int | None
    source: Source
    author: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Content:
    """What a row says about its key."""

    cls: int | None = None
    note: str = ""
    run: str = ""
    blind: int = 0


_NOTHING = _Content()
_COLUMNS = tuple(schema.journal.c[name] for name in JournalRow.__dataclass_fields__)


# -- writing -------------------------------------------------------------------------------------------------------


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

    Returns
    -------
    int
        The step; 0 where every day said this already and nothing was written.

    Raises
    ------
    ProjectError
        If the class or author is impossible or the project cannot be written.
    """
    content = _Content(_checked_class(cls), note, run, int(blind))
    wanted = {(LABEL, int(day), int(source), _checked_author(author)): content for day in _numbers(days)}
    with project.write() as connection:
        return _append(connection, wanted, author, step=group)


def write_given(project: Project, given: Sequence[GivenLabel]) -> int:
    """Take labels in, as one step of each author; the last of several for one day, source and author counts.

    Returns
    -------
    int
        How many were new or changed.
    """
    by_author: dict[str, dict[Key, _Content]] = {}
    for label in given:
        owner = _checked_author(label.author)
        key = (LABEL, int(_numbers([label.day])[0]), int(label.source), owner)
        by_author.setdefault(owner, {})[key] = _Content(_checked_class(label.cls), label.note)
    count = select(func.count()).select_from(schema.journal)
    with project.write() as connection:
        before = connection.scalar(count) or 0
        for author, wanted in by_author.items():
            _append(connection, wanted, author)
        return (connection.scalar(count) or 0) - before


def write_note(project: Project, day: np.datetime64, text: str, author: str) -> int:
    """Keep a remark on a day, in place of the author's earlier one; "" takes it away. Returns the step, 0 if none."""
    wanted = {(NOTE, int(_numbers([day])[0]), 0, _checked_author(author)): _Content(note=text)}
    with project.write() as connection:
        return _append(connection, wanted, author)


def write_rule(project: Project, found: RuleLabels, *, author: str, note: str = "") -> int:
    """Record what the label rule says of each day, in place of what it said before, as one step of `author`."""
    with project.write() as connection:
        before = _standing(connection)
        wanted = {key: _NOTHING for key in before if key[0] == LABEL and key[2] == Source.RULE and before[key].new is not None}
        for day, cls in zip(_numbers(found.days), found.classes, strict=True):
            wanted[LABEL, int(day), int(Source.RULE), labels.RULE_NAME] = _Content(int(cls), note)
        return _append(connection, wanted, author)


def apply_rule(project: Project, rule: LabelRule | None = None, *, author: str = labels.RULE_NAME) -> RuleLabels:
    """Label every day of the season by the rule, and keep the rule; one step of `author`.

    Classes are derived from the project's events first where that has not been done.

    Raises
    ------
    ProjectError
        If there are no days or no events to label by.
    """
    rule = rule if rule is not None else LabelRule()
    if not nights.season_days(project).size:
        raise ProjectError("There are no days to label yet; import readings first.")
    if not catalogue.events(project):
        raise ProjectError("There are no events to label by; import a catalogue first.")
    if catalogue.class_scheme(project) is None:
        catalogue.make_class_scheme(project)
    found = _by_rule(project, rule)
    with project.write() as connection:
        put_setting(connection, "label_rule", json.dumps(asdict(rule)))
    write_rule(project, found, author=author)
    return found


def label_rule(project: Project) -> LabelRule | None:
    """Return the rule that was applied last, or None."""
    text = project.setting("label_rule")
    return LabelRule(**json.loads(text)) if text is not None else None


def rule_labels(project: Project) -> RuleLabels | None:
    """Return what the rule applied last says of each day of the season now, with its events and `post` marks, or None."""
    rule = label_rule(project)
    if rule is None or not catalogue.event_classes(project):
        return None
    return _by_rule(project, rule)


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
        now, then = _standing(connection), _standing(connection, until_ms=until)
        wanted = {key: _content(then.get(key)) for key in now}
        return _append(connection, wanted, author)


def restore(project: Project, rows: Iterable[JournalRow]) -> None:
    """Fill an empty journal with the rows of an exported one, as they are.

    Raises
    ------
    ProjectError
        If the journal holds rows already.
    """
    with project.write() as connection:
        if connection.scalar(select(func.count()).select_from(schema.journal)):
            raise ProjectError("The project has labels already; a whole journal can only be brought into an empty project.")
        fields = JournalRow.__dataclass_fields__
        values = [{name: getattr(row, name) for name in fields} for row in rows]
        if values:
            connection.execute(schema.journal.insert(), values)


# -- reading -------------------------------------------------------------------------------------------------------


def journal_rows(project: Project) -> tuple[JournalRow, ...]:
    """Return the whole journal, oldest row first."""
    with project.read() as connection:
        return _rows(connection, select(*_COLUMNS))


def rows(project: Project) -> tuple[LabelRow, ...]:
    """Return every label ever given or taken back, oldest first; `quakegui.season.labels` derives from them what counts."""
    return _labels(project, select(*_COLUMNS).where(schema.journal.c.kind == LABEL))


def history(project: Project, day: np.datetime64) -> tuple[LabelRow, ...]:
    """Return every label a day ever had, oldest first."""
    table = schema.journal.c
    return _labels(project, select(*_COLUMNS).where(table.kind == LABEL, table.day == int(_numbers([day])[0])))


def histories(project: Project, days: NDArray[np.datetime64]) -> dict[np.datetime64, tuple[LabelRow, ...]]:
    """Return every label that each of some days ever had, oldest first, as `history` does for one; one query for all."""
    table = schema.journal.c
    found: dict[np.datetime64, list[LabelRow]] = {day: [] for day in days}
    numbers = _numbers(days).tolist()
    for row in _labels(project, select(*_COLUMNS).where(table.kind == LABEL, table.day.in_(numbers))):
        found[row.day].append(row)
    return {day: tuple(rows) for day, rows in found.items()}


def in_force(project: Project, *, author: str | None = None) -> dict[np.datetime64, LabelRow]:
    """Return the label in force of each labelled day.

    Parameters
    ----------
    author
        Only this person's own analyst labels, as in a blind labelling.
    """
    given = _last_words(project)
    if author is not None:
        given = tuple(row for row in given if row.author == author and row.source is Source.ANALYST)
    return {day: label.row for day, label in labels.in_force(given).items()}


def in_force_with_disputes(project: Project) -> Labels:
    """Return the label in force of each labelled day, with the mark of a dispute between analysts."""
    return labels.in_force(_last_words(project))


def notes(project: Project, day: np.datetime64 | None = None) -> tuple[Note, ...]:
    """Return the notes that stand, of one day or of all, oldest first."""
    wanted = None if day is None else [int(_numbers([day])[0])]
    with project.read() as connection:
        standing = [row for row in _standing(connection, wanted).values() if row.kind == NOTE and row.note]
    return tuple(
        Note(np.datetime64(row.day, "D"), row.note, row.owner, np.datetime64(row.at_ms, "ms"))
        for row in sorted(standing, key=lambda row: row.id)
    )


def undo_text(project: Project, author: str) -> str:
    """Return what `undo` would take back, for a menu; "" where there is nothing."""
    return _text(project, author, back=True)


def redo_text(project: Project, author: str) -> str:
    """Return what `redo` would do again, for a menu; "" where there is nothing."""
    return _text(project, author, back=False)


def _by_rule(project: Project, rule: LabelRule) -> RuleLabels:
    days, config = nights.season_days(project), project.config()
    known_at = available_at(days, config.timezone, config.night.window)
    found, classes = catalogue.events(project), catalogue.event_classes(project)
    return labels.apply(rule, found, classes, days, known_at, timezone=config.timezone)


# -- inside a transaction ------------------------------------------------------------------------------------------


def _append(
    connection: Connection,
    wanted: dict[Key, _Content],
    author: str,
    *,
    step: int | None = None,
    undoes: int | None = None,
    redoes: int | None = None,
) -> int:
    """Append a row for each key whose content changes (or, walking through history, for each key); return the step."""
    standing = _standing(connection, sorted({key[1] for key in wanted}))
    walking = undoes is not None or redoes is not None
    changed = [key for key, content in wanted.items() if walking or content != _content(standing.get(key))]
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
    connection.execute(schema.journal.insert(), values)
    return step


def _walk(project: Project, author: str, *, back: bool) -> int | None:
    with project.write() as connection:
        step = _next_step(connection, author, back=back)
        if step is None:
            return None
        done = _rows(connection, select(*_COLUMNS).where(schema.journal.c.step == step))
        first = {row.key: row for row in reversed(done)}
        last = {row.key: row for row in done}
        before = {key: _content(_row(connection, row.replaces)) for key, row in first.items()}
        after = {key: _content(row) for key, row in last.items()}
        source, target = (after, before) if back else (before, after)
        standing = _standing(connection, sorted({key[1] for key in last}))
        # What somebody else has changed since stays as it is now.
        wanted = {
            key: target[key] if _content(standing.get(key)) == source[key] else _content(standing.get(key)) for key in last
        }
        _append(connection, wanted, author, undoes=step if back else None, redoes=None if back else step)
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
        if undoes is not None:
            done.remove(undoes)
            undone.append(undoes)
        elif redoes is not None:
            undone.remove(redoes)
            done.append(redoes)
        else:
            done.append(step)
            undone.clear()
    stack = done if back else undone
    return stack[-1] if stack else None


def _standing(
    connection: Connection, days: Sequence[int] | None = None, *, until_ms: int | None = None
) -> dict[Key, JournalRow]:
    """Return the last row of each key, of the given days (sorted) or of all, now or at a moment."""
    table = schema.journal.c
    query = select(*_COLUMNS)
    if days is not None:
        query = query.where(table.day.between(days[0], days[-1])) if days else query.where(table.day < table.day)
    if until_ms is not None:
        query = query.where(table.at_ms <= until_ms)
    return {row.key: row for row in _rows(connection, query)}


def _rows(connection: Connection, query: Select[Any]) -> tuple[JournalRow, ...]:
    values: Iterable[tuple[Any, ...]] = map(tuple, connection.execute(query.order_by(schema.journal.c.id)))
    return tuple(JournalRow(*row) for row in values)


def _row(connection: Connection, number: int | None) -> JournalRow | None:
    found = _rows(connection, select(*_COLUMNS).where(schema.journal.c.id == number)) if number is not None else ()
    return found[0] if found else None


def _labels(project: Project, query: Select[Any]) -> tuple[LabelRow, ...]:
    with project.read() as connection:
        return tuple(row.label for row in _rows(connection, query))


def _last_words(project: Project) -> tuple[LabelRow, ...]:
    """Return the last row of each day, source and owner, in order: all that decides which label is in force."""
    table = schema.journal.c
    last = select(func.max(table.id)).where(table.kind == LABEL).group_by(table.day, table.source, table.owner)
    return _labels(project, select(*_COLUMNS).where(table.id.in_(last)))


def _text(project: Project, author: str, *, back: bool) -> str:
    with project.read() as connection:
        step = _next_step(connection, author, back=back)
        found = _rows(connection, select(*_COLUMNS).where(schema.journal.c.step == step)) if step is not None else ()
    if not found:
        return ""
    days = sorted({row.day for row in found})
    first = np.datetime64(days[0], "D")
    return f"{found[0].kind} {first}" if len(days) == 1 else f"{found[0].kind} {first} … {np.datetime64(days[-1], 'D')}"


def _content(row: JournalRow | None) -> _Content:
    return _NOTHING if row is None else _Content(row.new, row.note, row.run, row.blind)


def _numbers(days: NDArray[np.datetime64] | Sequence[np.datetime64]) -> NDArray[np.int64]:
    return np.atleast_1d(np.asarray(days, dtype="datetime64[D]")).astype(np.int64)


def _checked_class(cls: int | None) -> int | None:
    if cls is not None and not 0 <= cls < CLASS_COUNT:
        raise ProjectError(f"There is no class {cls}: classes are 0 to {CLASS_COUNT - 1}.")
    return cls if cls is None else int(cls)


def _checked_author(author: str) -> str:
    if not author.strip():
        raise ProjectError("A label needs the name of who gives it; set the analyst's name.")
    return author
