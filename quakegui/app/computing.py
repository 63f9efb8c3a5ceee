"""Recomputing the season after readings, stations or parameters changed, here or in another program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from quakegui.app.arrivals import Arrivals, arrivals_between
from quakegui.app.day_kinds import draw_ahead
from quakegui.app.session import Session
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project.errors import ProjectError
from quakegui.words import Said

if TYPE_CHECKING:
    from quakegui.project.store import Project
    from quakegui.season.season import Season

COMPUTING: Final = "computing"


def recompute(session: Session) -> None:
    """Recompute the season in a job, and show it."""
    project, labels = session.project, session.journal
    if project is None or labels is None:
        return
    author = session.whose()

    def work(progress: ProgressCallback, _cancelled: CancelCheck) -> tuple[Season | None, str, int]:
        from quakegui.learn import season_runs
        from quakegui.project import clock, seasons

        while True:
            revision, now_ms = project.revision(), session.clock()
            season = seasons.load_season(project, progress=progress, now_ms=now_ms)
            session.ahead = clock.ahead_of_clock(project, now_ms)
            if season is not None:
                season_runs.complete_runs(project, season)
                # Read here, so that the thread of the window finds them ready.
                labels.in_force(author=author)
                session.in_use_reader.prepare(project, season)
                return season, "", season.revision
            if project.revision() == revision:  # otherwise something changed meanwhile
                return None, "coordinates" if seasons.days_with_data(project).size else "readings", revision

    session.jobs.start(COMPUTING, work, lambda found: show_season(session, project, *found), stoppable=False)


def show_season(session: Session, project: Project, season: Season | None, lacks: str, revision: int) -> None:
    """Show a computed season of the open project, and report days gained through other programs.

    Parameters
    ----------
    session
        The session.
    project
        The project of the season; if it is no longer open, the season is dropped.
    season, lacks
        The season, or why there is none.
    revision
        Revision of the project when it was computed.
    """
    if project is not session.project:
        return
    former = session.season
    session.show_season(season, lacks, revision)
    draw_ahead(session)
    if session.awaits_days:
        session.awaits_days = False
        gain = arrivals_between(former, season) if season is not None else Arrivals()
        if gain != Arrivals():
            session.arrived.emit(gain)
    if not is_computing(session) and is_behind(session):
        follow_readings(session)


def is_computing(session: Session) -> bool:
    """Return whether a job to recompute the season is running or waiting."""
    return session.jobs.has(COMPUTING)


def follow_readings(session: Session) -> None:
    """Recompute the season after other programs imported readings, and report the days gained."""
    session.awaits_days = True
    if not is_computing(session) and is_behind(session):
        recompute(session)


def is_of_now(session: Session) -> bool:
    """Return whether the season shown is current; if not, recompute it and report that."""
    if not is_behind(session):
        return True
    follow_readings(session)
    session.message.emit(
        Said("The readings have changed. quakegui is recomputing the season; try again when the season is shown."), "warning"
    )
    return False


def is_behind(session: Session) -> bool:
    """Return whether the project has other readings than the season shown: a job may store some and then fail."""
    try:
        return session.project is not None and session.project.revision() != session.computed_revision
    except ProjectError:  # for example if the drive is gone, which also made the job fail
        return False
