"""Changes of the journal by the analyst: into the project, or on their way to the server of a shared one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quakegui.app import others
from quakegui.app.change import Change
from quakegui.app.post import Post
from quakegui.app.presence import Place, Presence
from quakegui.app.session import Session

if TYPE_CHECKING:
    from quakegui.project.lookout import Lookout
    from quakegui.project.outbox.courier import Report
    from quakegui.project.outbox.letters import Letter
    from quakegui.project.store import Project


def begin(session: Session) -> None:
    """Begin to send what the open project has for its server, and to show what comes from there; nothing for other projects."""
    project, lookout = session.project, session.lookout
    if project is None or lookout is None or not project.is_shared:
        return
    post = Post(project, lookout, lambda letter: refuse_other_classes(project, letter), session)
    session.post, session.journal = post, post.follower
    post.message.connect(session.message)
    post.reported.connect(lambda report: _show(session, report))
    post.greet()
    _begin_presence(session, project, lookout)


def _begin_presence(session: Session, project: Project, lookout: Lookout) -> None:
    """Begin to tell other windows where the analyst is, except during blind labelling, and to hear of them."""
    from quakegui.project.shared.tables import is_blind

    assert session.post is not None
    assert lookout.listener is not None
    with project.read() as connection:
        blind = is_blind(connection)

    def place() -> Place | None:
        return None if blind or session.display.blind or session.day is None else (session.settings.analyst, session.day)

    presence = Presence(session.post, lookout.listener, place, session.post)
    session.presence = presence
    session.closing.connect(presence.leave)
    session.changed.connect(presence.follow)
    presence.changed.connect(session.waited)


def _show(session: Session, report: Report) -> None:
    if report.news:
        others.take_in(session, report.news)
    if (report.end is not None or report.refused) and not report.news.rows:
        session.reload(Change.LABELS)
    session.waited.emit()


def send(session: Session, letter: Letter) -> int:
    """Make a change of the journal of the open project; returns the step, 0 if nothing changed.

    It is on disk when this returns: in the project, or in the outbox of a shared one.

    Raises
    ------
    ProjectError
        If it is refused or cannot be saved; nothing was changed.
    """
    if session.post is not None:
        return session.post.send(letter)
    from quakegui.project.outbox.letters import perform

    assert session.project is not None
    refuse_other_classes(session.project, letter)
    return perform(letter, session.project, lambda _letter: None)


def refuse_other_classes(project: Project, letter: Letter) -> None:
    """Raise ProjectError for an accepted prediction if another program has changed the classes of the project since."""
    from quakegui.learn.run_classes import class_mismatch_by_id
    from quakegui.project.store import ProjectError

    run = letter.content.get("run")
    refusal = class_mismatch_by_id(project, run) if run else ""
    if refusal:
        raise ProjectError(refusal)
