"""Other writers of the open project: what they changed is shown and told, and what the analyst has not seen is asked about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from quakegui.app.change import Change
from quakegui.season.labels import LabelRow, LabelSource

if TYPE_CHECKING:
    from quakegui.app.session import Session
    from quakegui.project.journal import JournalRow, Note, Step
    from quakegui.project.lookout import News
    from quakegui.season.season import Season


@dataclass(frozen=True, slots=True)
class Came:
    """What came in from other programs, in figures.

    Attributes
    ----------
    labels, taken
        On how many days each author gave a label, or took one away, by name.
    by_rule
        Days that the rule labelled anew.
    notes
        Notes on days.
    events, runs
        Whether earthquakes, or training runs, changed.
    predictions
        Rows of the ledger.
    readings
        Whether the season is being computed anew.
    new_days, other_days
        Days that the season shown has gained, and days of it whose readings are others now.
    """

    labels: dict[str, int] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    by_rule: int = 0
    notes: int = 0
    events: bool = False
    runs: bool = False
    predictions: int = 0
    readings: bool = False
    new_days: int = 0
    other_days: int = 0


@dataclass(frozen=True, slots=True)
class Replacing:
    """A question: labels that other writers gave meanwhile would be replaced by a class, or by none, and their notes go."""

    rows: tuple[LabelRow, ...]
    cls: int | None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Walking:
    """A question: the step that would be taken back, or done again, was written by another program in the analyst's name."""

    step: Step
    author: str
    back: bool


Question = Replacing | Walking
Ask = Callable[[Question], bool]


def keep(_question: Question) -> bool:
    """Answer every question so that nothing of others is changed."""
    return False


def look(session: Session) -> None:
    """Show and tell what other programs changed since the last look; a look at nothing new costs microseconds."""
    lookout = session.lookout
    if lookout is None:
        return
    from quakegui.project.store import ProjectError  # loaded by now; not by an empty window

    try:
        news = lookout.look()
    except ProjectError as error:
        if not session.unreachable:  # said once, not every two seconds
            session.unreachable = True
            session.said.emit(str(error), "error")
        return
    session.unreachable = False
    if news:
        _take_in(session, news)


def poll(session: Session) -> None:
    """Look as `look` does, and at the folder of the runs, which other programs empty without a word in the database."""
    look(session)
    if session.project is None:
        return
    stamp = runs_stamp(session)
    if stamp != session.runs_stamp:
        session.runs_stamp = stamp
        session.reload(Change.RUNS)


def runs_stamp(session: Session) -> int:
    """Return what changes when a run's folder comes or goes, 0 where it cannot be reached."""
    assert session.project is not None
    try:
        return (session.project.folder / "runs").stat().st_mtime_ns
    except OSError:
        return 0


def _take_in(session: Session, news: News) -> None:
    assert session.project is not None
    change = Change.NOTHING
    if news.rows:
        change |= Change.LABELS
    if news.events:
        change |= Change.EVENTS
    if news.predictions or news.runs:
        change |= Change.PREDICTIONS | Change.RUNS
    told = _counted(session, news)
    if change:
        shown = session.labels.rows
        session.reload(change)
        _note_unseen(session, news.rows, shown)
        if session.display.blind:
            session.hidden_rows += news.rows
    if news.readings:
        session.project.refresh()
        if session.computing:  # told when it began; it is computed once more if need be
            told = replace(told, readings=False)
        session.follow_readings()
    if told != Came():
        session.came.emit(told)


def _counted(session: Session, news: News) -> Came:
    """Return news in figures; in a blind labelling what others said of days stays hidden."""
    last = list({row.key: row for row in news.rows}.values())
    if session.display.blind:
        last = [row for row in last if row.owner == session.settings.analyst and row.source != LabelSource.RULE]
    labels = [row for row in last if row.kind == "label" and row.source != LabelSource.RULE]
    return Came(
        labels=_days_by_author([row for row in labels if row.new is not None]),
        taken=_days_by_author([row for row in labels if row.new is None]),
        by_rule=len({row.day for row in last if row.kind == "label" and row.source == LabelSource.RULE}),
        notes=sum(row.kind != "label" for row in last),
        events=news.events,
        runs=news.runs and not news.predictions,
        predictions=news.predictions,
        readings=news.readings,
    )


def _days_by_author(rows: Sequence[JournalRow]) -> dict[str, int]:
    days: dict[str, set[int]] = {}
    for row in rows:
        days.setdefault(row.author, set()).add(row.day)
    return {author: len(found) for author, found in sorted(days.items())}


def _note_unseen(session: Session, rows: Sequence[JournalRow], before: Sequence[LabelRow | None]) -> None:
    """Remember on which days these rows put another label in force than the one on the screen, or a note that is not there.

    The label may be one of theirs, or one below it.
    """
    given = {row.label for row in rows if row.kind == "label"}
    touched = {row.day for row in given}
    session.unseen |= {
        row.day
        for row, shown in zip(session.labels.rows, before, strict=True)
        if row is not None and row.day in touched and (row in given or row != shown)
    }
    session.unseen_notes |= {np.datetime64(row.day, "D") for row in rows if row.kind == "note"}
    if session.day in session.unseen | session.unseen_notes:
        session.being_seen.start()


def may_label(session: Session, wanted: Mapping[np.datetime64, int | None], source: LabelSource) -> bool:
    """Ask before labels of other writers are replaced that were not on the screen; returns whether to go on.

    Parameters
    ----------
    wanted
        The class that each day is to be given, None to take the analyst's own label away.
    source
        In whose name; a label of a higher one stays in force and is not asked about.
    """
    in_force = dict(zip(session.days, session.labels.rows, strict=True))
    rows: dict[int | None, list[LabelRow]] = {}
    for day in sorted(session.unseen & wanted.keys()):
        row, cls = in_force.get(day), wanted[day]
        if row is None or row.cls == cls or row.source > source:
            continue
        if cls is not None or row.author == session.settings.analyst:
            rows.setdefault(cls, []).append(row)
    if not all(session.ask(Replacing(tuple(found), cls)) for cls, found in rows.items()):
        session.said.emit("Nothing was changed.", "info")
        return False
    session.unseen -= wanted.keys()
    return True


def may_revert(session: Session, moment: np.datetime64) -> bool:
    """Ask before labels and notes of others that were not on the screen go, because all become what they were at a moment."""
    in_force = zip(session.days, session.labels.rows, strict=True)
    rows = tuple(row for day, row in in_force if day in session.unseen and row is not None and row.at > moment)
    standing = session.journal.notes() if session.journal is not None else ()
    notes = tuple(note for note in standing if note.day in session.unseen_notes and note.at > moment)
    if (rows or notes) and not session.ask(Replacing(rows, None, notes)):
        session.said.emit("Nothing was changed.", "info")
        return False
    session.unseen -= {row.day for row in rows}
    session.unseen_notes -= {note.day for note in notes}
    return True


def open_eyes(session: Session) -> None:
    """Remember what came in while others' labels were hidden as not yet seen, now that it is shown."""
    rows, session.hidden_rows = session.hidden_rows, []
    _note_unseen(session, rows, [None] * len(session.labels.rows))


def may_walk(session: Session, step: Step, *, back: bool) -> bool:
    """Ask before a step is taken back, or done again, that another program wrote in the analyst's name; returns whether to."""
    if session.lookout is None or not session.lookout.is_foreign(step.row):
        return True
    if session.ask(Walking(step, session.settings.analyst, back)):
        return True
    session.said.emit("Nothing was changed.", "info")
    return False


def tell_days(session: Session, before: Season | None, after: Season | None) -> None:
    """Tell what a season computed anew has gained, and on how many of its days the readings are others now."""
    if after is None:
        return
    old = before.days if before is not None else after.days[:0]
    new_days, other_days = int((~np.isin(after.days, old)).sum()), 0
    if before is not None:
        _, there, here = np.intersect1d(before.days, after.days, return_indices=True)
        if before.z.shape[1] == after.z.shape[1]:
            same = np.isclose(before.z[there], after.z[here], rtol=0.0, atol=1e-9, equal_nan=True).all(axis=1)
            other_days = int((~same).sum())
        else:
            other_days = there.size
    if new_days or other_days:
        session.came.emit(Came(new_days=new_days, other_days=other_days))
