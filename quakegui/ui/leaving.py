"""The question before a project is closed while something works on it: nobody loses a training by a slip of the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quakegui.ui.dialogs.buttons import ask
from quakegui.ui.i18n import tr

if TYPE_CHECKING:
    from quakegui.ui.main_window import MainWindow


def may_close(window: MainWindow) -> bool:
    """Say whether the open project may be closed; where that would stop work, the analyst is asked first."""
    job = window.session.jobs.asked_about
    if window.training.running:
        text = tr("A training is running. Stop it and close the project? What it has finished is kept, and it can be resumed.")
        return ask(window, tr("Close the project"), text, yes=tr("Stop and close"), no=tr("Keep training"))
    if job:
        text = tr("“{work}” is still running. Stop it and close the project?").format(work=tr(job))
        return ask(window, tr("Close the project"), text, yes=tr("Stop and close"), no=tr("Keep it running"))
    return True
