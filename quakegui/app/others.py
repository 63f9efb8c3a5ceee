"""Other writers of the open project: their changes are shown and reported, with a question before unseen work is replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from quakegui.app import computing, run_exchange
from quakegui.app.arrivals import Arrivals, arrivals_of
from quakegui.app.change import Change
from quakegui.app.consent import ForeignStep, Replacement
from quakegui.app.session import Session
from quakegui.project.errors import ProjectError
from quakegui.season.labels import LabelRow, LabelSource
from quakegui.words import Said

if TYPE_CHECKING:
    from quakegui.project.journal import Step
    from quakegui.project.lookout import News


def look(session: Session) -> None:
    """Show and report changes by other programs since the last check; without changes, it costs microseconds."""
    lookout = session.lookout
    if lookout is None or session.post is not None:  # whose thread looks
        return
    try:
        news = lookout.look()
    except ProjectError as error:
        if not session.unreachable:  # reported once, not every two seconds
            session.unreachable = True
            session.message.emit(str(error), "error")
        return
    session.unreachable = False
    if news:
        take_in(session, news)


def poll(session: Session) -> None:
    """Check like `look`, and also the folder of runs, which other programs can change without touching the database.

    Readings that came in while the project could not be read are taken in as soon as it can.
    """
    look(session)
    if session.project is None:
        return
    if session.missed_readings and _take_in_readings(session):
        session.arrived.emit(Arrivals(readings=True))
    stamp = runs_stamp(session)
    if stamp != session.runs_stamp:
        session.runs_stamp = stamp
        session.reload(Change.RUNS)


def runs_stamp(session: Session) -> int:
    """Return a value that changes when a run folder is added or removed, 0 if the folder cannot be read."""
    assert session.project is not None
    try:
        return (session.project.folder / "runs").stat().st_mtime_ns
    except OSError:
        return 0


def take_in(session: Session, news: News) -> None:
    """Show and report changes by other programs.

    Parameters
    ----------
    session
        Must have an open project.
    news
        The changes since the last check.
    """
    assert session.project is not None
    change = Change.NOTHING
    if news.rows:
        change |= Change.LABELS
    if news.events:
        change |= Change.EVENTS
    if news.predictions or news.runs:
        change |= Change.PREDICTIONS | Change.RUNS
    arrivals = arrivals_of(news, only=session.whose())
    if change:
        shown = session.labels.rows
        session.reload(change)
        session.unseen.add(news.rows, shown, session.labels.rows)
        if session.display.blind:
            session.unseen.hidden += news.rows
    if news.runs:
        run_exchange.exchange(session)
    if news.readings and not _take_in_readings(session):
        arrivals = replace(arrivals, readings=False)
    if arrivals != Arrivals():
        session.arrived.emit(arrivals)


def _take_in_readings(session: Session) -> bool:
    """Compute the season after other programs changed the readings; returns whether to report that now."""
    assert session.project is not None
    try:
        session.project.refresh()
    except ProjectError as error:
        if not session.missed_readings:  # reported once
            session.message.emit(str(error), "error")
        session.missed_readings = True
        return False
    session.missed_readings = False
    reported = computing.is_computing(session)  # when it began; the season is computed once more if necessary
    computing.follow_readings(session)
    return not reported


def may_label(session: Session, classes: Mapping[np.datetime64, int | None], source: LabelSource) -> bool:
    """Ask before labels of other writers that were not on the screen are replaced; returns whether to continue.

    Parameters
    ----------
    session, classes
        The session, and the new class of each day, None to clear the analyst's own label.
    source
        Source of the new labels; a label of a higher source takes precedence and is not asked about.
    """
    unseen = sorted(session.unseen.labels & classes.keys())
    in_force = dict(zip(session.days, session.labels.rows, strict=True)) if unseen else {}
    rows: dict[int | None, list[LabelRow]] = {}
    for day in unseen:
        row, cls = in_force.get(day), classes[day]
        if row is None or row.cls == cls or row.source > source:
            continue
        if cls is not None or row.author == session.settings.analyst:
            rows.setdefault(cls, []).append(row)
    if not all(session.ask(Replacement(tuple(found), cls)) for cls, found in rows.items()):
        session.message.emit(Said("Nothing was changed."), "info")
        return False
    session.unseen.labels -= classes.keys()
    return True


def may_revert(session: Session, moment: np.datetime64) -> bool:
    """Ask before a revert removes labels and notes of others that were not on the screen; returns whether to continue.

    Parameters
    ----------
    session
        Asks the analyst; after consent, the labels and notes count as seen.
    moment
        Time to which labels and notes are reverted, UTC, datetime64; only later ones are asked about.
    """
    in_force = zip(session.days, session.labels.rows, strict=True)
    rows = tuple(row for day, row in in_force if day in session.unseen.labels and row is not None and row.at > moment)
    standing = session.journal.notes() if session.journal is not None else ()
    notes = tuple(note for note in standing if note.day in session.unseen.notes and note.at > moment)
    if (rows or notes) and not session.ask(Replacement(rows, None, notes)):
        session.message.emit(Said("Nothing was changed."), "info")
        return False
    session.unseen.labels -= {row.day for row in rows}
    session.unseen.notes -= {note.day for note in notes}
    return True


def may_walk(session: Session, step: Step, *, back: bool) -> bool:
    """Ask before undo or redo of a step that another program wrote in the analyst's name; returns whether to continue.

    Parameters
    ----------
    session
        Asks the analyst.
    step
        The step that undo or redo would take.
    back
        True for undo, False for redo.
    """
    on_the_way = session.post is not None and step.row > session.post.replica.position
    if session.lookout is None or on_the_way or not session.lookout.is_foreign(step.row):
        return True
    if session.ask(ForeignStep(step, session.settings.analyst, back)):
        return True
    session.message.emit(Said("Nothing was changed."), "info")
    return False
