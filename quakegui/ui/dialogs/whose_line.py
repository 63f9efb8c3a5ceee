"""Who last changed a setting of a shared project: a line in the dialog that changes it."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from quakegui.app.session import Session
from quakegui.project.sharing import last_change
from quakegui.project.store import ProjectError
from quakegui.season.localtime import to_local
from quakegui.ui import theme
from quakegui.ui.i18n import tr
from quakegui.ui.no_markup import as_text


class WhoseLine(QLabel):
    """Shows login and time; hidden in other projects, and where the server has not noted them.

    Parameters
    ----------
    session
        The session.
    key
        Name of the setting.
    """

    def __init__(self, session: Session, key: str) -> None:
        super().__init__()
        try:
            found = None if session.project is None else last_change(session.project, key)
        except ProjectError as error:
            session.message.emit(str(error), "error")
            found = None
        if found is None or session.project is None:
            self.hide()
        else:
            who, at = found
            time = to_local(at, session.project.timezone).strftime("%Y-%m-%d %H:%M")
            self.setText(as_text(tr("Last changed by {who}, {time}").format(who=who, time=time)))
            theme.tint(self, theme.colours().muted)
