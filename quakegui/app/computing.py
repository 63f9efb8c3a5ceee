"""The season computed anew: after readings, stations or parameters changed, here or by another program."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from quakegui.project.progress import ProgressCallback

if TYPE_CHECKING:
    from quakegui.app.session import Session
    from quakegui.season.season import Season

COMPUTING: Final = "Computing the season"


def recompute(session: Session) -> None:
    """Compute the season anew in a job, and show it."""
    project, labels = session.project, session.journal
    if project is None or labels is None:
        return
    author = session.whose()

    def work(report: ProgressCallback, _cancelled: Callable[[], bool]) -> tuple[Season | None, str, int]:
        from quakegui.learn import season_runs
        from quakegui.project import clock, seasons

        while True:
            revision, now_ms = project.revision(), session.clock()
            season = seasons.load_season(project, progress=report, now_ms=now_ms)
            session.ahead = clock.ahead_of_clock(project, now_ms)
            if season is not None:
                season_runs.complete_runs(project, season)
                # Read here, so that the window's thread finds them ready.
                labels.in_force(author=author)
                session.prepare_predictions(project, season)
                return season, "", season.revision
            if project.revision() == revision:  # else something came in meanwhile
                return None, "coordinates" if seasons.days_with_data(project).size else "readings", revision

    session.jobs.start(COMPUTING, work, lambda made: session.show_season(project, *made), stoppable=False)


def follow_readings(session: Session) -> None:
    """Have the season computed anew, and told what days it gains, because other programs brought in readings."""
    session.awaits_days = True
    if not session.computing and is_behind(session):
        recompute(session)


def is_of_now(session: Session) -> bool:
    """Return whether the season shown is the project's; where it is not, tell that it is being computed anew."""
    if not is_behind(session):
        return True
    follow_readings(session)
    session.said.emit(
        "The readings have changed, and the season is being computed anew; try again when it is shown.", "warning"
    )
    return False


def is_behind(session: Session) -> bool:
    """Return whether the project holds other readings than the season shown: a job may keep some and then fail."""
    from quakegui.project.store import ProjectError

    try:
        return session.project is not None and session.project.revision() != session.computed_revision
    except ProjectError:  # the drive is gone, say, which is what made the job fail
        return False
