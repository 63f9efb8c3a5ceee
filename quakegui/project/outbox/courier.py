"""The thread that sends letters to the server of a shared project and brings what others have written; nobody waits for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, select

from quakegui.project import chain, schema
from quakegui.project.errors import ProjectError, UnreachableError
from quakegui.project.journal.row import COLUMNS, JournalRow
from quakegui.project.journal.ruling import RULE, rule_of
from quakegui.project.lookout import NOTHING, Lookout, News
from quakegui.project.outbox.letters import REDO, UNDO, Letter, Outbox, VoidError, perform
from quakegui.project.setting_rows import get_setting
from quakegui.project.shared.connecting import step_of
from quakegui.project.shared.listening import PRESENCE
from quakegui.project.store import Project
from quakegui.season.labels import LabelRule

LOG = logging.getLogger(__name__)
AGAIN_S: Final = 2.0
"""Seconds until the next attempt to reach a server that does not respond."""
LEAVING_S: Final = 0.3
"""Seconds that `close` waits for the thread; one that waits for a server ends by itself later."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the thread has to tell.

    Attributes
    ----------
    trouble
        Why the server cannot be used at present, "" if it responds.
    sent
        Letters that the server has.
    refused
        Letters that it refused, each with the reason; "" if it was about a step that was refused itself.
    rows
        All rows of the journal after those of the last report that had some.
    end
        End of the journal then; None if it was not read.
    rule
        The label rule that was applied last, if the journal was read.
    news
        What other programs have changed.
    """

    trouble: str = ""
    sent: tuple[Letter, ...] = ()
    refused: tuple[tuple[Letter, str], ...] = ()
    rows: tuple[JournalRow, ...] = ()
    end: chain.End | None = None
    rule: LabelRule | None = None
    news: News = NOTHING


class Courier:
    """Runs until it is closed.

    Parameters
    ----------
    project, lookout, outbox
        The shared project, what it hears of others, and what is to be sent. The lookout is closed at the end.
    position
        Last known row of the journal.
    report
        Called in the thread with each `Report`.
    check
        Called in the thread before a letter is sent; raises ProjectError to refuse it.
    """

    def __init__(
        self,
        project: Project,
        lookout: Lookout,
        outbox: Outbox,
        position: int,
        *,
        report: Callable[[Report], object],
        check: Callable[[Letter], object],
    ) -> None:
        self._project, self._lookout, self._outbox, self._position = project, lookout, outbox, position
        self._report, self._check = report, check
        self._wake, self._end = threading.Event(), threading.Event()
        assert lookout.listener is not None
        self._listener = lookout.listener
        self._listener.told = self.wake
        self._heard, self._due = -1, True
        self._words = ""
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Have the thread look for letters and news now."""
        self._wake.set()

    def tell(self, words: str) -> None:
        """Have the thread tell other windows something, in place of what it has not told yet (see `listening.PRESENCE`)."""
        self._words = words
        self.wake()

    def close(self) -> None:
        """End the thread; letters that are not sent by then stay in the outbox."""
        self._report = lambda _report: None
        self._end.set()
        self._wake.set()
        self._thread.join(LEAVING_S)

    def _run(self) -> None:
        while not self._end.is_set():
            self._wake.clear()
            pause_s = None
            try:
                self._go()
            except UnreachableError as error:
                LOG.info("The server cannot be used at present", exc_info=True)
                self._report(Report(str(error)))
                pause_s = AGAIN_S
            except ProjectError as error:
                LOG.warning("News could not be read", exc_info=True)
                self._report(Report(str(error)))
            self._wake.wait(pause_s)
        try:
            self._speak()
        except ProjectError:
            LOG.info("Other windows were not told of the end of this one", exc_info=True)
        self._lookout.close()

    def _go(self) -> None:
        """Send all letters, then read what there is."""
        refused = []
        try:
            while (letter := next(iter(self._outbox.letters), None)) is not None and not self._end.is_set():
                reason = self._deliver(letter)
                self._outbox.remove(letter)
                self._due = True
                if reason is None:
                    self._report(Report(sent=(letter,)))
                else:
                    refused.append((letter, reason))
            if self._due or self._heard != self._listener.count:
                heard, news = self._listener.count, self._lookout.look()
                rows, end, rule = read_rows(self._project, self._position)
                self._position = rows[-1].id if rows else self._position
                self._heard, self._due = heard, False
                told, refused = tuple(refused), []
                self._report(Report(refused=told, rows=rows, end=end, rule=rule, news=news))
            self._speak()
        finally:
            if refused:  # the rest was not reached
                self._report(Report(refused=tuple(refused)))

    def _speak(self) -> None:
        words, self._words = self._words, ""
        if words:
            self._project.tell(PRESENCE, words)

    def _deliver(self, letter: Letter) -> str | None:
        """Send a letter; returns why it was refused, None if the server has it now."""
        attempt = _Attempt(self._project, letter.id)
        try:
            if letter.verb not in (UNDO, REDO) or not self._project.claim(letter.id):  # the server itself knows the others
                self._check(letter)
                perform(letter, attempt, attempt.step_of)
        except UnreachableError:
            raise
        except VoidError:
            return ""
        except ProjectError as error:
            return str(error)
        return None


Found = tuple[tuple[JournalRow, ...], chain.End, LabelRule | None]
"""Rows of a journal, its end, and the label rule."""


def read_rows(project: Project, position: int) -> Found:
    """Return the later rows of a shared journal, its end, which the login may not see, and the label rule.

    Parameters
    ----------
    project
        Open shared project; is only read.
    position
        Id of the last known row, 0 for none.

    Raises
    ------
    ProjectError
        If it cannot be read; an `UnreachableError` if the server does not respond.
    """
    end = func.journal_end().table_valued("id", "chain", "step", "at_ms", name="journal_end")
    table = schema.journal.c
    query = select(end, *COLUMNS).select_from(end.outerjoin(schema.journal, table.id > position)).order_by(table.id)
    with project.read() as connection:
        found = connection.execute(query).all()
        rule = rule_of(get_setting(connection, RULE))
    rows = tuple(JournalRow(*row[4:]) for row in found if row[4] is not None)
    return rows, chain.End(*found[0][:4]), rule


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A project in which one change is made, under the number of its letter."""

    project: Project
    act: UUID
    is_shared = True

    @property
    def timezone(self) -> str:
        return self.project.timezone

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.project.read() as connection:
            yield connection

    @contextmanager
    def write(self, *domains: str) -> Iterator[Connection]:
        with self.project.write(*domains, act=self.act) as connection:
            yield connection

    def add_step(
        self, author: str, rows: Sequence[Mapping[str, Any]], *, at_ms: int, seen: int | None = None
    ) -> tuple[int | None, bool]:
        return self.project.add_step(author, rows, at_ms=at_ms, seen=seen, act=self.act)

    def step_of(self, letter: UUID) -> int | None:
        """Return the step of a letter that the server has, None or 0 if it made none."""
        with self.read() as connection:
            return step_of(connection, letter)
