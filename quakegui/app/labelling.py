"""What the analyst does to labels and notes. Each action is on disk when it returns, then shown."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import numpy as np

from quakegui.app import computing, others, walking
from quakegui.app.change import Change
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
    """What a write beyond the day shown did, and whether that was to take a step back: redo then stands for undo."""

    step: Step
    undone: bool = False
    outweighed: int = 0
    """On how many of the days another label stays in force."""

    def stands(self, session: Session) -> bool:
        """Say whether this is still what undo (or redo) would take."""
        back, forth = steps(session)
        next_one = forth if self.undone else back
        return next_one is not None and next_one.number == self.step.number


def target(session: Session) -> list[int]:
    """Return the indices that a label would go to: the chosen days, of which the day shown is one, else the day shown."""
    if session.chosen:
        return list(session.chosen)
    if session.selection is not None:
        return list(range(session.selection[0], session.selection[1] + 1))
    return [session.index] if session.index >= 0 else []


def _refusable(act: Callable[Concatenate[Session, P], bool]) -> Callable[Concatenate[Session, P], bool]:
    """Return the action with a refusal of the project told instead of raised; the panels then show what stands."""

    @functools.wraps(act)
    def telling(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> bool:
        from quakegui.project.store import ProjectError

        try:
            return act(session, *args, **kwargs)
        except ProjectError as error:
            session.said.emit(str(error), "error")
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
    """Give days a class (None takes the label away); kept in the journal before this returns.

    Parameters
    ----------
    cls
        0..4, or None.
    days
        Indices; default the chosen range, else the day shown.
    source
        Who says so: the analyst, an accepted model's proposal, or a settled disagreement.
    step
        Goes on from the day shown where the analyst has it so; default to the next date.

    Returns
    -------
    bool
        Whether it was written.
    """
    from quakegui.project import journal

    indices = list(days) if days is not None else target(session)
    project = _writable(session)
    if project is None or not indices:
        return False
    before = latest(session) if len(indices) > 1 else None
    author, blind = session.settings.analyst, session.display.blind

    def write(behind: int | None) -> int:
        return journal.write_labels(project, there, cls, source=source, author=author, blind=blind, behind=behind)

    there = session.days[indices]
    written = _over_what_was_seen(session, dict.fromkeys(there, cls), source, write)
    if written is None:
        return False
    if not written and cls is None:
        session.said.emit(Said("You have not labelled this day, so there is nothing to clear."), "info")
    session.reload(Change.LABELS)
    _answer_label(session, dict.fromkeys(indices, cls), before)
    if len(indices) == 1 and session.settings.auto_advance and days is None and session.selection is None:
        (step or functools.partial(walking.step, session, 1))()
    return True


@_refusable
def accept(session: Session) -> bool:
    """Take the prediction of the chosen days, or of the day shown, as their label; one undoable step."""
    from quakegui.learn.season_runs import class_mismatch_by_id
    from quakegui.project import journal
    from quakegui.project.store import ProjectError

    project = _writable(session)
    if project is None:
        return False
    if session.display.blind:
        session.said.emit(Said("Predictions are hidden during blind labelling and cannot be accepted."), "info")
        return False
    others.look(session)
    if session.predictions is None:
        if session.refusal:
            session.said.emit(session.refusal, "warning")
        return False
    guess = session.predictions.classes
    wanted = {index: int(guess[index]) for index in target(session) if guess[index] != UNLABELLED}
    if not wanted:
        session.said.emit(Said("No prediction for these days."), "info")
        return False
    before = latest(session) if len(wanted) > 1 else None
    author, run, classes = session.settings.analyst, session.predictions.run, list(wanted.values())
    there = session.days[list(wanted)]

    def write(behind: int | None) -> int:
        refusal = class_mismatch_by_id(project, run)  # another program may give the project other classes meanwhile
        if refusal:
            raise ProjectError(refusal)
        return journal.write_labels(project, there, classes, source=LabelSource.MODEL, author=author, run=run, behind=behind)

    step = _over_what_was_seen(session, dict(zip(there, classes, strict=True)), LabelSource.MODEL, write)
    session.reload(Change.LABELS)
    if step:
        _answer_label(session, wanted, before)
    return bool(step)


@_refusable
def note(session: Session, text: str, *, day: np.datetime64 | None = None, former: str | None = None) -> bool:
    """Keep a note on a local date.

    Parameters
    ----------
    text
        The analyst's words, in place of the former ones; "" takes them away.
    day
        Default the day shown.
    former
        What the note said when it was begun to be written; what another program has written since, in the same name, is kept
        above the new words.

    Returns
    -------
    bool
        Whether it was written.
    """
    from quakegui.project import journal

    day = session.day if day is None else day
    project = _writable(session)
    if day is None or project is None:
        return False
    stands = "\n".join(one.text for one in journal.notes(project, day) if one.author == session.settings.analyst)
    if former is not None and stands not in ("", former, text):
        text = f"{stands}\n{text}".strip()
        session.said.emit(
            Said("Another program has written a note on this day under your name; your note was added to it."), "warning"
        )
    journal.write_note(project, day, text, author=session.settings.analyst)
    session.reload(Change.LABELS)
    return True


@_refusable
def undo(session: Session) -> bool:
    """Take back the analyst's latest step; works across restarts, because the journal is the history."""
    from quakegui.project import journal

    return _walk_history(session, journal.undo, Said("Nothing to undo."), back=True)


@_refusable
def redo(session: Session) -> bool:
    """Do again what was last undone."""
    from quakegui.project import journal

    return _walk_history(session, journal.redo, Said("Nothing to redo."), back=False)


def _behind(session: Session) -> int | None:
    """Return the last row of the journal that is shown, after a look at what other programs wrote."""
    others.look(session)
    return session.lookout.position if session.lookout is not None else None


def _over_what_was_seen(
    session: Session, wanted: Mapping[np.datetime64, int | None], source: LabelSource, write: Callable[[int | None], int]
) -> int | None:
    """Write labels, asking first where they would replace labels of other writers that the analyst has not seen.

    Parameters
    ----------
    wanted
        The class that each day is to be given.
    source
        In whose name.
    write
        Writes them, behind the last row of the journal that is shown; returns the step.

    Returns
    -------
    int or None
        The step; None where the analyst keeps what the others gave.
    """
    from quakegui.project.journal import UnseenError

    while True:
        behind = _behind(session)
        if not others.may_label(session, wanted, source):
            return None
        with contextlib.suppress(UnseenError):  # another one came in while the analyst was asked
            return write(behind)


def steps(session: Session) -> tuple[Step | None, Step | None]:
    """Return what undo would take back and what redo would do again."""
    from quakegui.project import journal
    from quakegui.project.store import ProjectError

    if session.project is None:
        return None, None
    author = session.settings.analyst
    try:
        return journal.next_step(session.project, author, back=True), journal.next_step(session.project, author, back=False)
    except ProjectError as error:
        session.said.emit(str(error), "error")
        return None, None


def latest(session: Session) -> Step | None:
    """Return the analyst's latest step that stands, None without one."""
    return steps(session)[0]


def answer(session: Session, before: Step | None, outweighed: int = 0) -> None:
    """Let what the analyst has written since the step `before` be answered, if it was of more than one day."""
    step = latest(session)
    if step is not None and (before is None or step.number != before.number) and step.days > 1:
        session.answered.emit(Answer(step, outweighed=outweighed))


def _answer_label(session: Session, wanted: Mapping[int, int | None], before: Step | None) -> None:
    """Answer labels given to days, by index; of one day alone only that another label stays in force there."""
    outweighed = sum(cls is not None and session.labels.classes[index] != cls for index, cls in wanted.items())
    if len(wanted) > 1:
        answer(session, before, outweighed)
    elif outweighed:
        session.said.emit(
            Said(
                "Your label was saved, but another label takes precedence: an analyst's label overrides an accepted "
                "prediction, and a resolved label overrides both."
            ),
            "info",
        )


@_refusable
def revert_to(session: Session, moment: np.datetime64) -> bool:
    """Bring back every label as it was at a moment (UTC), as one undoable step; returns whether it could be done."""
    from quakegui.project import journal

    project = _writable(session)
    if project is None:
        return False
    before = latest(session)
    while True:
        behind = _behind(session)
        if not others.may_revert(session, moment):
            return False
        with contextlib.suppress(journal.UnseenError):  # another one came in while the analyst was asked
            journal.revert_to(project, moment, author=session.settings.analyst, behind=behind)
            break
    session.reload(Change.LABELS)
    answer(session, before)
    return True


def _walk_history(session: Session, walk: Callable[..., Any], nothing: str, *, back: bool) -> bool:
    project = _writable(session)
    if project is None:
        return False
    from quakegui.project import journal

    others.look(session)
    step = journal.next_step(project, session.settings.analyst, back=back)
    if step is None:
        session.said.emit(nothing, "info")
        return False
    if not others.may_walk(session, step, back=back):
        return False
    walk(project, session.settings.analyst, only=step.number)
    session.reload(Change.LABELS)
    if step.kind == "flag":
        computing.recompute(session)
    done = steps(session)[1 if back else 0]  # the step as it stands now: the rows that its way back wrote are part of it
    if done is not None and (step.days > 1 or step.first != session.day):  # what is not looked at is told
        session.answered.emit(Answer(done, undone=back))
    return True


def _writable(session: Session) -> Project | None:
    """Return the project if labels can be kept in it; a project open for reading only is told."""
    if session.project is not None and not session.can_write:
        session.said.emit(Said("This project is read-only, so days cannot be labelled."), "warning")
    return session.project if session.can_write else None
