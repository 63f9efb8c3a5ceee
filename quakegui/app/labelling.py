"""The analyst's actions on labels and notes. Each action is on disk when it returns, then shown."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Concatenate, ParamSpec

import numpy as np

from quakegui.app import computing, others, walking
from quakegui.app.change import Change
from quakegui.app.dayindex import nearest
from quakegui.app.sending import send
from quakegui.app.session import Session
from quakegui.app.tables import UNLABELLED
from quakegui.season.labels import LabelSource
from quakegui.words import Said

if TYPE_CHECKING:
    from quakegui.project.journal import Step
    from quakegui.project.store import Project


P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of writing to more than the day shown; `undone` if it was an undo, so that redo is offered."""

    step: Step
    undone: bool = False
    outweighed: int = 0
    """Number of days on which another label takes precedence."""

    def stands(self, session: Session) -> bool:
        """Return whether this is still the step that undo (or redo) would take."""
        next_one = _next_step(session, back=not self.undone)
        return next_one is not None and next_one.number == self.step.number


def target(session: Session) -> list[int]:
    """Return the indices of the days that would be labelled: the selected days, or else the day shown."""
    if session.chosen:
        return list(session.chosen)
    if session.selection is not None:
        return list(range(session.selection[0], session.selection[1] + 1))
    return [session.index] if session.index >= 0 else []


def _refusable(act: Callable[Concatenate[Session, P], bool]) -> Callable[Concatenate[Session, P], bool]:
    """Wrap an action so that a ProjectError is shown instead of raised, and the panels are refreshed."""

    @functools.wraps(act)
    def telling(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> bool:
        from quakegui.project.store import ProjectError

        try:
            return act(session, *args, **kwargs)
        except ProjectError as error:
            session.message.emit(str(error), "error")
            session.changed.emit(Change.LABELS)
            return False

    return telling


@_refusable
def label(
    session: Session,
    cls: int | None,
    days: Sequence[int] | None = None,
    *,
    source: LabelSource = LabelSource.ANALYST,
    step: Callable[[], object] | None = None,
) -> bool:
    """Set the class of days (None clears the label); stored in the journal before this returns.

    Parameters
    ----------
    session
        The session.
    cls
        0 to 4, or None.
    days
        Indices; default the selected range, or else the day shown.
    source
        Source of the label: the analyst, an accepted prediction, or a resolved disagreement.
    step
        Called to leave the day shown if the analyst chose automatic advance; default to the next date.

    Returns
    -------
    bool
        Whether it was written.
    """
    from quakegui.project.outbox.letters import label_letter

    indices = list(days) if days is not None else target(session)
    project = _writable(session)
    if project is None or not indices:
        return False
    before = latest(session) if len(indices) > 1 else None
    author, blind = session.settings.analyst, session.display.blind

    def write(behind: int | None) -> int:
        return send(session, label_letter(there, cls, source=source, author=author, blind=blind, behind=behind))

    there = session.days[indices]
    written = _over_what_was_seen(session, dict.fromkeys(there, cls), source, write)
    if written is None:
        return False
    if not written and cls is None:
        session.message.emit(Said("You have not labelled this day, so there is nothing to clear."), "info")
    session.reload(Change.LABELS)
    _answer_label(session, dict.fromkeys(indices, cls), before)
    if len(indices) == 1 and session.settings.auto_advance and days is None and session.selection is None:
        (step or functools.partial(walking.step, session, 1))()
    return True


@_refusable
def accept(session: Session) -> bool:
    """Accept the prediction of the selected days, or of the day shown, as their label; one step that can be undone."""
    from quakegui.project.outbox.letters import label_letter

    if _writable(session) is None:
        return False
    if session.display.blind:
        session.message.emit(Said("Predictions are hidden during blind labelling and cannot be accepted."), "info")
        return False
    others.look(session)
    if session.predictions is None:
        if session.refusal:
            session.message.emit(session.refusal, "warning")
        return False
    guess = session.predictions.classes
    wanted = {index: int(guess[index]) for index in target(session) if guess[index] != UNLABELLED}
    if not wanted:
        session.message.emit(Said("No prediction for these days."), "info")
        return False
    before = latest(session) if len(wanted) > 1 else None
    author, run, classes = session.settings.analyst, session.predictions.run, list(wanted.values())
    there = session.days[list(wanted)]

    def write(behind: int | None) -> int:
        return send(session, label_letter(there, classes, source=LabelSource.MODEL, author=author, run=run, behind=behind))

    step = _over_what_was_seen(session, dict(zip(there, classes, strict=True)), LabelSource.MODEL, write)
    session.reload(Change.LABELS)
    if step:
        _answer_label(session, wanted, before)
    return bool(step)


@_refusable
def note(session: Session, text: str, *, day: np.datetime64 | None = None, former: str | None = None) -> bool:
    """Save a note on a local date.

    Parameters
    ----------
    session
        The session.
    text
        The note, in place of the former one; "" clears it.
    day
        Default the day shown.
    former
        The note when editing began; text that another program has written since, under the same name, is kept above the new
        one.

    Returns
    -------
    bool
        Whether it was written.
    """
    from quakegui.project import journal
    from quakegui.project.outbox.letters import note_letter

    day = session.day if day is None else day
    if day is None or _writable(session) is None:
        return False
    stands = "\n".join(one.text for one in journal.notes(session.keeper, day) if one.author == session.settings.analyst)
    if former is not None and stands not in ("", former, text):
        text = f"{stands}\n{text}".strip()
        session.message.emit(
            Said("Another program has written a note on this day under your name; your note was added to it."), "warning"
        )
    send(session, note_letter(day, text, session.settings.analyst))
    session.reload(Change.LABELS)
    return True


@_refusable
def undo(session: Session) -> bool:
    """Undo the analyst's latest step; works across restarts, because the journal is the history."""
    return _walk_history(session, Said("Nothing to undo."), back=True)


@_refusable
def redo(session: Session) -> bool:
    """Redo what was last undone."""
    return _walk_history(session, Said("Nothing to redo."), back=False)


def _behind(session: Session) -> int | None:
    """Return the last row of the journal that is shown, after a check for changes by other programs."""
    others.look(session)
    if session.post is not None:
        return session.post.replica.position
    return session.lookout.position if session.lookout is not None else None


def _over_what_was_seen(
    session: Session, wanted: Mapping[np.datetime64, int | None], source: LabelSource, write: Callable[[int | None], int]
) -> int | None:
    """Write labels, with a question if they would replace labels of other writers that the analyst has not seen.

    Parameters
    ----------
    session
        The session.
    wanted
        The new class of each day.
    source
        Source of the labels.
    write
        Function that writes them, given the last row of the journal that is shown; returns the step.

    Returns
    -------
    int or None
        The step; None if the analyst keeps the labels of the others.
    """
    from quakegui.project.journal import UnseenError

    while True:
        behind = _behind(session)
        if not others.may_label(session, wanted, source):
            return None
        with contextlib.suppress(UnseenError):  # another label was written while the question was shown
            return write(behind)


def steps(session: Session) -> tuple[Step | None, Step | None]:
    """Return the steps that undo and redo would take."""
    return _next_step(session, back=True), _next_step(session, back=False)


def latest(session: Session) -> Step | None:
    """Return the analyst's latest step, or None."""
    return _next_step(session, back=True)


def _next_step(session: Session, *, back: bool) -> Step | None:
    from quakegui.project import journal
    from quakegui.project.store import ProjectError

    if session.project is None:
        return None
    try:
        return journal.next_step(session.keeper, session.settings.analyst, back=back)
    except ProjectError as error:
        session.message.emit(str(error), "error")
        return None


def answer(session: Session, before: Step | None, hidden: int = 0) -> None:
    """Report what the analyst has written since the step `before`, if it covers more than one day.

    Parameters
    ----------
    session
        Emits `answered`.
    before
        What `latest` returned before the writing, or None.
    hidden
        Number of days on which another label takes precedence.
    """
    step = latest(session)
    if step is not None and (before is None or step.number != before.number) and step.days > 1:
        session.answered.emit(Answer(step, outweighed=hidden))


def _answer_label(session: Session, wanted: Mapping[int, int | None], before: Step | None) -> None:
    """Report labels of days, by index; for a single day only that another label takes precedence."""
    outweighed = sum(cls is not None and session.labels.classes[index] != cls for index, cls in wanted.items())
    if len(wanted) > 1:
        answer(session, before, outweighed)
    elif outweighed:
        session.message.emit(
            Said(
                "Your label was saved, but another label takes precedence: an analyst's label overrides an accepted "
                "prediction, and a resolved label overrides both."
            ),
            "info",
        )


@_refusable
def revert_to(session: Session, moment: np.datetime64) -> bool:
    """Restore every label and note as it was at a time, as one step that can be undone; returns whether this was possible.

    Parameters
    ----------
    session
        Asks before unseen work of others is undone; an error is reported.
    moment
        The time, UTC, datetime64.
    """
    from quakegui.project import journal
    from quakegui.project.outbox.letters import revert_letter

    if _writable(session) is None:
        return False
    before = latest(session)
    while True:
        behind = _behind(session)
        if not others.may_revert(session, moment):
            return False
        with contextlib.suppress(journal.UnseenError):  # another label was written while the question was shown
            send(session, revert_letter(moment, session.settings.analyst, behind=behind))
            break
    session.reload(Change.LABELS)
    answer(session, before)
    return True


def _walk_history(session: Session, nothing: str, *, back: bool) -> bool:
    if _writable(session) is None:
        return False
    from quakegui.project import journal
    from quakegui.project.outbox.letters import walk_letter

    others.look(session)
    step = journal.next_step(session.keeper, session.settings.analyst, back=back)
    if step is None:
        session.message.emit(nothing, "info")
        return False
    if not others.may_walk(session, step, back=back):
        return False
    number = step.number if session.post is None else session.post.replica.reference(step.number)
    send(session, walk_letter(number, session.settings.analyst, back=back))
    session.reload(Change.LABELS)
    if step.kind == "flag":
        computing.recompute(session)
    tell = step.days > 1 or step.first != session.day  # what was not looked at
    if session.day is not None and not step.first <= session.day <= step.last and step.first in session.days:
        walking.go_to_alone(session, nearest(session.days, step.first))
    # The step as it stands now: the rows that its way back wrote are part of it.
    if tell and (done := _next_step(session, back=not back)) is not None:
        session.answered.emit(Answer(done, undone=back))
    return True


def _writable(session: Session) -> Project | None:
    """Return the project if labels can be saved in it; reports a read-only project."""
    if session.project is not None and not session.can_write:
        session.message.emit(Said("This project is read-only, so days cannot be labelled."), "warning")
    return session.project if session.can_write else None
