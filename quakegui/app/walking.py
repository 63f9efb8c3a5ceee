"""The walk through the days: step by step, with a filter by kind, and jumps to the next day of a kind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quakegui.app import others
from quakegui.app.change import Change
from quakegui.app.day_kinds import NOTHING_FURTHER, days_of_kind, draw_ahead, walk_days
from quakegui.app.dayindex import nearest
from quakegui.app.session import Session
from quakegui.words import Said


def go_to(session: Session, index: int, *, jump: bool = True) -> None:
    """Show a day; a selection of days without it is cleared.

    Parameters
    ----------
    session
        Its day and its selection are changed.
    index
        Index of the day; one outside the season is moved to its nearest end.
    jump
        Whether `go_back` returns to the former day; False for a step, which, however far, does not change the way back.
    """
    index = _within(session, index)
    inside = session.selection is not None and session.selection[0] <= index <= session.selection[1]
    _show(session, index, session.selection if inside else None, jump=jump)


def go_to_alone(session: Session, index: int, *, jump: bool = True) -> None:
    """Show a single day picked from a list or by a click, which clears any selection of days.

    Parameters
    ----------
    session
        Its day and its selection are changed.
    index
        Index of the day; one outside the season is moved to its nearest end.
    jump
        Whether `go_back` returns to the former day.
    """
    _show(session, _within(session, index), None, jump=jump)


def go_to_day(session: Session, day: np.datetime64) -> None:
    """Show a local date, or the nearest day of the season.

    Parameters
    ----------
    session
        The session; a selection of days without the day shown is cleared.
    day
        Local date, datetime64[D].
    """
    go_to(session, nearest(session.days, day))


def go_back(session: Session) -> None:
    """Show the day from which the latest jump started."""
    if not session.trail:
        session.message.emit(Said("There is no jump to go back from."), "info")
        return
    go_to_alone(session, nearest(session.days, session.trail.pop()), jump=False)


def select(session: Session, days: tuple[int, int] | None) -> None:
    """Select a range of days, or none; the day shown is moved into it if necessary.

    Parameters
    ----------
    session
        Its day and its selection are changed.
    days
        Indices of the two ends, in any order, of which the first is shown if the day shown is outside; None clears the
        selection.
    """
    if days is None or not session.days.size:
        _show(session, session.index, None)
        return
    first, last = sorted(_within(session, end) for end in days)
    _show(session, session.index if first <= session.index <= last else _within(session, days[0]), (first, last))


def choose(session: Session, days: Sequence[int], index: int) -> None:
    """Select individual days, and show the one nearest to `index`.

    Parameters
    ----------
    session
        Its day and its selection are changed.
    days
        Indices of the days. A single day is shown but not selected; without days, the selection is cleared.
    index
        Index from which the nearest is looked for.
    """
    if not days:
        _show(session, session.index, None)
        return
    shown = min(days, key=lambda day: abs(day - index))
    _show(session, shown, None, tuple(days) if len(days) > 1 else ())


def end_choice(session: Session) -> None:
    """Clear a selection of individual days, so that only the day shown is selected; a range is kept."""
    if session.chosen:
        _show(session, session.index, None)


def _within(session: Session, index: int) -> int:
    """Return the nearest index of a day of the season; -1 without days."""
    return max(min(index, session.days.size - 1), 0 if session.days.size else -1)


def _show(
    session: Session, index: int, selection: tuple[int, int] | None, chosen: tuple[int, ...] = (), *, jump: bool = True
) -> None:
    if session.show_day(index, selection, chosen, jump=jump):
        draw_ahead(session)
        others.look(session)


def step(session: Session, days: int) -> None:
    """Go forward or back by a number of days.

    Parameters
    ----------
    session
        Reports if the filter leaves no further day in this direction.
    days
        Number of days, negative to go back; days hidden by the filter are not counted.
    """
    if not session.only:
        go_to(session, session.index + days, jump=False)
        return
    there = walk_days(session)
    ahead = there[there > session.index] if days > 0 else there[there < session.index][::-1]
    if ahead.size == 0:
        session.message.emit(NOTHING_FURTHER[session.only], "info")
    else:
        go_to(session, int(ahead[min(abs(days), ahead.size) - 1]), jump=False)


def go_to_end(session: Session, direction: int) -> None:
    """Show the last or the first of the days to browse.

    Parameters
    ----------
    session
        The session; nothing happens if the filter leaves no day.
    direction
        +1 for the last day, -1 for the first.
    """
    there = walk_days(session)
    if there.size:
        go_to(session, int(there[-1 if direction > 0 else 0]))


def walk_only(session: Session, kind: str) -> None:
    """Restrict the walk to days of one kind, or lift the restriction.

    Parameters
    ----------
    session
        The session; the day shown is unchanged.
    kind
        One of `NOTHING_FURTHER`; "" for all days.
    """
    if kind != session.only:
        session.only, session.walk = kind, None
        draw_ahead(session)
        session.changed.emit(Change.FILTER)


def jump(session: Session, kind: str, direction: int) -> bool:
    """Go to the next (+1) or previous (-1) day of a kind.

    Parameters
    ----------
    session
        The session.
    kind
        "event", "unlabelled", "disagreement" (label against prediction), "region" or "storm".
    direction
        +1 or -1.

    Returns
    -------
    bool
        Whether there is such a day; if not, the day is unchanged and the session reports it.
    """
    there = np.flatnonzero(days_of_kind(session, kind))
    there = there[there > session.index] if direction > 0 else there[there < session.index][::-1]
    if there.size == 0:
        session.message.emit(NOTHING_FURTHER[kind], "info")
        return False
    go_to(session, int(there[0]))
    return True
