"""Labels of a shared project: shown at once, and sent to the server without anybody waiting for it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from quakegui.words import Said, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from quakegui.project.chain import End
    from quakegui.project.journal import JournalRow
    from quakegui.project.lookout import Lookout
    from quakegui.project.outbox.courier import Found, Report
    from quakegui.project.outbox.letters import Letter
    from quakegui.project.store import Project


class Post(QObject):
    """The outbox of the open project, its copy of the journal, and the thread between them and the server.

    Parameters
    ----------
    project, lookout
        The shared project; the thread looks for what others write, and closes the lookout.
    check
        Called in the thread before a letter is sent; raises ProjectError to refuse it.
    parent
        Owner of this object.
    journal
        What `read_rows` returns for the whole journal; read here if it is not given.

    Attributes
    ----------
    replica, follower
        The journal as it is shown: the server's, and the changes that it does not have yet.
    waiting
        The changes that the server does not have yet, oldest first.
    rule
        The label rule that was applied last, or None.
    trouble
        Why it cannot be used at present; "" if it responds.
    """

    message = Signal(object, str)
    """A sentence and its level, as `Session.message`."""
    reported = Signal(object)
    """A `Report` of the thread, which the attributes reflect by now."""
    _came = Signal(object)

    def __init__(
        self,
        project: Project,
        lookout: Lookout,
        check: Callable[[Letter], object],
        parent: QObject,
        *,
        journal: Found | None = None,
    ) -> None:
        from quakegui.project.journal import Follower
        from quakegui.project.outbox.courier import Courier, read_rows
        from quakegui.project.outbox.letters import Outbox
        from quakegui.project.outbox.replica import Replica

        super().__init__(parent)
        self._outbox = Outbox(project.folder)
        self.waiting = list(self._outbox.letters)
        self.trouble = ""
        self._closed = False
        self.replica = Replica(project.timezone)
        rows, end, self.rule = journal or read_rows(project, 0)
        self.replica.settle(rows, end, self.waiting)
        self.follower = Follower(self.replica)
        self._came.connect(self._take)
        self._courier = Courier(
            project,
            lookout,
            self._outbox,
            self.replica.position,
            report=self._came.emit,
            check=check,
        )

    def greet(self) -> None:
        """Report the changes that were saved earlier and not sent."""
        if self.waiting:
            self.message.emit(
                counted(
                    "{count} change saved earlier is being sent to the server.",
                    "{count} changes saved earlier are being sent to the server.",
                    count=len(self.waiting),
                ),
                "info",
            )
        for name in self._outbox.unreadable:
            self.message.emit(
                Said("{name} in the outbox of this project is not readable, and was not sent.", name=name), "warning"
            )

    @property
    def days(self) -> set[np.datetime64]:
        """The days whose labels or notes the server does not have yet."""
        return {day for letter in self.waiting for day in letter.days}

    def send(self, letter: Letter) -> int:
        """Show a change and save it on this computer; the thread sends it. Returns the step, 0 if nothing changed.

        Raises
        ------
        ProjectError
            If it is invalid or cannot be saved; nothing was changed.
        """
        from quakegui.project.store import ProjectError

        step = self.replica.add(letter)
        if step:
            try:
                self._outbox.add(letter)
            except ProjectError:
                self._settle((), None)
                raise
            self.waiting.append(letter)
            self._courier.wake()
        return step

    def tell(self, words: str) -> None:
        """Tell other windows something (see `presence`)."""
        self._courier.tell(words)

    def flush(self, patience_s: float) -> int:
        """Wait for a short time until all changes are sent; returns how many are not."""
        due = time.monotonic() + patience_s
        while self._outbox.letters and not self.trouble and time.monotonic() < due:
            time.sleep(0.01)
        return len(self._outbox.letters)

    def close(self) -> None:
        """End the thread; changes that are not sent stay in the outbox."""
        self._closed = True
        self._courier.close()
        self.replica.close()
        self.deleteLater()

    def _take(self, report: Report) -> None:
        if self._closed:  # it was on its way
            return
        gone = {letter.id for letter in (*report.sent, *(letter for letter, _reason in report.refused))}
        self.waiting = [letter for letter in self.waiting if letter.id not in gone]
        if report.end is not None:
            self.rule = report.rule
        if report.end is not None or report.refused:
            self._settle(report.rows, report.end)
        former, self.trouble = self.trouble, report.trouble
        if self.trouble and not former:
            self.message.emit(
                Said(
                    "The server of this shared project does not respond at present. Your labels and notes are saved on this "
                    "computer, and will be sent as soon as it does."
                ),
                "warning",
            )
        elif former and not self.trouble:
            self.message.emit(Said("The server of this shared project responds again."), "info")
        for letter, reason in report.refused:
            if reason:
                self.message.emit(_taken_back(letter, reason), "warning")
        self.reported.emit(report)

    def _settle(self, rows: Sequence[JournalRow], end: End | None) -> None:
        self.follower.reread(self.replica.settle(rows, end, self.waiting))


def _taken_back(letter: Letter, reason: str) -> Said:
    days = letter.days
    if days.size == 0:
        return Said("Your last change was taken back. {reason}", reason=reason)
    if letter.verb == "note":
        return Said("Your note on {day} was taken back. {reason}", day=days[0], reason=reason)
    if days.size == 1:
        return Said("Your label on {day} was taken back. {reason}", day=days[0], reason=reason)
    return Said("Your labels on {count} days were taken back. {reason}", count=days.size, reason=reason)
