"""The question before a project is closed during a job or training, so that no work is lost by accident."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from quakegui.app.job_titles import title_of
from quakegui.app.session import Session
from quakegui.app.training import Training
from quakegui.ui.dialogs.buttons import ask
from quakegui.ui.i18n import tr, worded
from quakegui.words import counted

FLUSH_S: Final = 0.5
"""Seconds that the window waits, when it is closed, until the last labels are on the server."""


def may_close(window: QWidget, session: Session, training: Training) -> bool:
    """Return whether the open project may be closed; if that would stop work, ask the analyst."""
    job = session.jobs.asked_about
    if training.running:
        text = tr(
            "Training is in progress. Stop it and close the project? Completed work is saved, and training can "
            "be resumed later."
        )
        return ask(window, tr("Close project"), text, yes=tr("Stop and close"), no=tr("Keep training"))
    if job:
        text = tr("“{work}” is still running. Stop it and close the project?").format(work=worded(title_of(job)))
        return ask(window, tr("Close project"), text, yes=tr("Stop and close"), no=tr("Keep running"))
    unsent = 0 if session.post is None else session.post.flush(FLUSH_S)
    if unsent:
        kept = counted(
            "{count} change is not on the server yet. It is saved on this computer, and sent when the project is next "
            "opened here. Close the project?",
            "{count} changes are not on the server yet. They are saved on this computer, and sent when the project is next "
            "opened here. Close the project?",
            count=unsent,
        )
        return ask(window, tr("Close project"), worded(kept), yes=tr("Close"), no=tr("Keep open"))
    return True
