"""Whether night means are due, for programs that run all the time: analysts of a shared project flag, and may not compute."""

from __future__ import annotations

from quakegui.project.nights import has_stale_nights
from quakegui.project.setting_rows import REVISION, get_setting
from quakegui.project.store import Project


class NightsDue:
    """Notices each change of flags or readings after which night means have to be computed.

    Parameters
    ----------
    project
        The project.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._noticed: str | None = None

    def look(self) -> bool:
        """Return whether there is a change that was not noticed before; two short queries."""
        with self._project.read() as connection:
            revision = get_setting(connection, REVISION)
            due = revision != self._noticed and has_stale_nights(connection)
        self._noticed = revision
        return due
