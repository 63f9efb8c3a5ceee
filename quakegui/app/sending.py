"""Changes of the journal by the analyst: into the project, or on their way to the server of a shared one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quakegui.app import others
from quakegui.app.change import Change
from quakegui.app.post import Post
from quakegui.app.presence import Place, Presence
from quakegui.app.session import Session
from quakegui.project.errors import ProjectError

if TYPE_CHECKING:
    from quakegui.project.lookout import Lookout
    from quakegui.project.outbox.courier import Found, Report
    from quakegui.project.outbox.letters import Letter
    from quakegui.project.store import Project


@dataclass(frozen=True, slots=True)
class Beginning:
    """What has to be read of a shared project before it is shown, in a thread that may wait for its server.

    Attributes
    ----------
    lookout
        What watches the project.
    journal
        All rows of its journal, with their end and the label rule.
    blind
        Whether the login labels blind.
    """

    lookout: Lookout
    journal: Found
    blind: bool


def prepare(project: Project) -> Beginning:
    """Read what `begin` needs; raises ProjectError if the server cannot be reached."""
    from quakegui.project.lookout import Lookout
    from quakegui.project.outbox.courier import read_rows
    from quakegui.project.shared.tables import is_blind

    lookout = Lookout(project)
    try:
        with project.read() as connection:
            blind = is_blind(connection)
        return Beginning(lookout, read_rows(project, 0), blind)
    except ProjectError:
        lookout.close()
        raise


def begin(session: Session, beginning: Beginning) -> None:
    """Begin to send what the open shared project has for its server, and to show what comes from there.

    Parameters
    ----------
    session
        Must just have taken the project; its journal is from now on the copy of that of the server.
    beginning
        What `prepare` read of this project.
    """
    project = session.project
    assert project is not None
    post = Post(
        project,
        beginning.lookout,
        lambda letter: refuse_other_classes(project, letter),
        session,
        journal=beginning.journal,
    )
    session.post, session.journal = post, post.follower
    post.message.connect(session.message)
    post.reported.connect(lambda report: _show(session, report))
    post.greet()
    _begin_presence(session, beginning)


def _begin_presence(session: Session, beginning: Beginning) -> None:
    """Begin to tell other windows where the analyst is, except during blind labelling, and to hear of them."""
    listener = beginning.lookout.listener
    assert session.post is not None
    assert listener is not None

    def place() -> Place | None:
        return (
            None if beginning.blind or session.display.blind or session.day is None else (session.settings.analyst, session.day)
        )

    presence = Presence(session.post, listener, place, session.post)
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

    Parameters
    ----------
    session
        Its open project must be writable.
    letter
        The change.

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
    """Raise ProjectError for an accepted prediction if another program has changed the classes of the project since.

    Parameters
    ----------
    project
        Its present classes, and its folder of runs.
    letter
        A change of the journal; one that accepts no prediction, or one of a run that is missing here, is not refused.
    """
    from quakegui.learn.run_classes import class_mismatch_by_id

    run = letter.content.get("run")
    refusal = class_mismatch_by_id(project, run) if run else ""
    if refusal:
        raise ProjectError(refusal)
