"""An open project: a folder with `project.sqlite`, `cache/` (can be deleted at any time) and `runs/`.

The folder of a shared project has the address of its database instead (see `shared`); all else is the same.

The database is written in short transactions that are on disk when they return, so if the program is killed or the power
fails, nothing that was confirmed is lost.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, func, select

from quakegui.project import chain, making, opening, run_folders, schema, setting_rows, soundness
from quakegui.project.database import (
    BUSY_S,
    DATABASE,
    consolidate,
    engine_of,
    sentences,
    writable_engine,
    writing,
)
from quakegui.project.domains import EVERYTHING, INPUTS, JOURNAL
from quakegui.project.errors import ProjectError, UnreachableError
from quakegui.project.setting_rows import require_zone
from quakegui.project.shared.address import is_shared_folder
from quakegui.project.shared.connecting import add_step, commit, rows_of
from quakegui.project.shared.rights import login_of, rights_of
from quakegui.season.config import SeasonConfig
from quakegui.season.localtime import wall_clock_ms
from quakegui.season.network import Network
from quakegui.words import Said

__all__ = ["DATABASE", "Project", "ProjectError", "require_zone", "writing"]  # users of a project need no more of `database`

LOG = logging.getLogger(__name__)
WINDOW_BUSY_S = 2.0
"""Seconds that the thread of a window waits: longer, and the window would seem frozen."""


Note = Callable[[Connection | chain.End], None]
"""Called at the beginning and the end of a transaction, with its connection or the end of the journal."""


def _unwatched(_domains: tuple[str, ...]) -> AbstractContextManager[Note]:
    return nullcontext(lambda _state: None)


class Project:
    """An open project folder. All methods are thread-safe.

    Attributes
    ----------
    folder
        The folder of the project.
    name, timezone, synthetic
        As given when the project was created; `timezone` is an IANA name.
    read_only
        Whether nothing can be written, by request or because the folder does not allow it.
    warnings
        Sentences about how the project was opened, including `findings`.
    findings
        Sentences on parts of the record that this program did not write.
    rights
        The domains that can be written (see `domains`).
    login
        The only name under which the server of a shared project lets this login write; "" for any name.
    own_step
        Context manager around each transaction in some domains, which receives the changes of this object, or None. It yields
        a `Note` (see `lookout`).
    """

    own_step: Callable[[tuple[str, ...]], AbstractContextManager[Note]] | None = None

    def __init__(
        self, folder: Path, engine: Engine, *, read_only: bool, warnings: tuple[str, ...] = (), findings: tuple[str, ...] = ()
    ) -> None:
        self.folder = folder
        self.read_only = read_only
        self.warnings = (*findings, *warnings)
        self.findings = findings
        self._engine = engine
        self.is_shared = is_shared_folder(folder)
        # SQLite has one lock for everything.
        self._writing = {domain: threading.RLock() for domain in (EVERYTHING if self.is_shared else ("",))}
        self._window: int | None = None
        self._unconsolidated: float | None = None if read_only else time.monotonic()
        self._file = _identity(folder)
        self.rights = frozenset(() if read_only else EVERYTHING)
        self.login = ""
        if self.is_shared:
            with self.read() as connection:
                self.rights &= rights_of(connection)
                self.login = login_of(connection)
            self.read_only = not self.rights
        self.refresh()

    @classmethod
    def create(cls, folder: Path | str, *, timezone: str = "Asia/Shanghai", name: str = "", synthetic: bool = False) -> Project:
        """Create an empty project in a new or empty folder, and open it.

        Parameters
        ----------
        folder
            Created if missing, with the folders above it.
        timezone
            IANA name of the time zone.
        name
            Name of the project; default that of the folder.
        synthetic
            Whether its data are synthetic.

        Raises
        ------
        ProjectError
            If the time zone is unknown, or the folder is not empty, has too long a path or cannot be created.
        """
        folder = Path(os.path.abspath(folder))  # noqa: PTH100 - "new/.." is the folder around it, not one of that name
        require_zone(timezone)
        opening.require_length(folder)
        facts = {
            "schema": str(schema.SCHEMA),
            "name": name or _readable(folder.name),
            "timezone": timezone,
            "synthetic": str(int(synthetic)),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            setting_rows.REVISION: "0",
        }
        try:
            making.clear(folder)
            for part in making.FOLDERS:
                (folder / part).mkdir(parents=True, exist_ok=True)
            opening.make_database(folder, facts)
        except OSError as error:
            raise ProjectError(
                Said("The folder {folder} cannot be created: {strerror}.", folder=folder, strerror=error.strerror or error)
            ) from error
        engine, warnings = writable_engine(folder)
        return cls(folder, engine, read_only=False, warnings=warnings)

    @classmethod
    def open(cls, folder: Path | str, *, read_only: bool = False, now_ms: int | None = None) -> Project:
        """Open a project; a project of an older version is migrated, after a backup of its database.

        Parameters
        ----------
        folder
            The folder of the project, or the database in it.
        read_only
            Whether to open it without writing.
        now_ms
            The present time, in milliseconds since 1970 UTC; default from the clock.

        Raises
        ------
        ProjectError
            If there is no project, it was created by a newer program, is damaged or locked, or its drive is missing.
        """
        folder = Path(os.path.abspath(folder))  # noqa: PTH100 - "new/.." is the folder around it, not one of that name
        if folder.name == DATABASE:
            folder = folder.parent
        opening.require_there(folder)
        why = None if read_only else opening.unwritable(folder)
        warnings: tuple[str, ...] = () if why is None else (why,)
        read_only = read_only or why is not None
        with sentences(folder):
            opening.look_first(folder)
            if read_only:
                engine = engine_of(folder, read_only=True)
            else:
                engine, warnings = writable_engine(folder)
            try:
                opening.bring_forward(engine, folder, read_only=read_only)
                moment = wall_clock_ms() if now_ms is None else now_ms
                findings, notes = opening.require_content(engine, folder, read_only=read_only, now_ms=moment)
                project = cls(folder, engine, read_only=read_only, warnings=(*warnings, *notes), findings=findings)
                project.take_in_runs()
                return project
            except BaseException:
                engine.dispose()
                raise

    def close(self) -> None:
        """Close the database; nothing needs saving."""
        try:
            self.consolidate()
        except ProjectError:  # for example if the drive is gone: the log beside the database contains the rest
            LOG.warning("The database's log stays beside it", exc_info=True)
        self._engine.dispose()

    @property
    def runs_folder(self) -> Path:
        """Folder of its runs, which exists once there is one."""
        return self.folder / "runs"

    @property
    def quiet_s(self) -> float | None:
        """Seconds since the last change that is not in the database file yet, None if all are."""
        return None if self._unconsolidated is None else time.monotonic() - self._unconsolidated

    def consolidate(self) -> bool:
        """Write all changes to the database file, so that a copy of it alone is complete; see `database.consolidate`.

        Raises
        ------
        ProjectError
            If the database cannot be reached or written; no data is lost.
        """
        since = self._unconsolidated
        if since is None:
            return True
        with sentences(self.folder):
            whole = consolidate(self._engine)
        if whole and self._unconsolidated == since:  # otherwise something was written meanwhile
            self._unconsolidated = None
        return whole

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- transactions ----------------------------------------------------------------------------------------------

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection that sees one consistent state of the database."""
        with sentences(self.folder), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, *domains: str, act: UUID | None = None) -> Iterator[Connection]:
        """Yield a connection whose changes are on disk when the block ends, or rolled back if it raises.

        Parameters
        ----------
        *domains
            The domains that are written (see `domains`); default `INPUTS`. Their other writers wait meanwhile.
        act
            Number of the change in a shared project, which makes it only once; default a new one.

        Raises
        ------
        ProjectError
            If the project is read-only, or the database cannot be written within `BUSY_S` (in the thread of a window
            `WINDOW_BUSY_S`); nothing was changed.
        """
        patience = self._require_writable()
        taken = tuple(domain for domain in EVERYTHING if domain in (domains or (INPUTS,)))
        if self.is_shared and act is None:
            act = uuid4()
        with (
            sentences(self.folder),
            self._turns(taken, patience),
            (self.own_step or _unwatched)(taken) as note,
            self._engine.connect().execution_options(write=True, domains=taken, patience=patience, act=act) as connection,
        ):
            with connection.begin() as transaction:
                soundness.require_room(connection, self.name)
                note(connection)
                yield connection
                note(connection)
                if act is not None:
                    commit(self._engine, transaction, act, taken)
            self._unconsolidated = time.monotonic()

    def add_step(
        self, author: str, rows: Sequence[Mapping[str, Any]], *, at_ms: int, seen: int | None = None, act: UUID | None = None
    ) -> tuple[int | None, bool]:
        """Write one step of labels or notes to a shared project in one round trip; see `shared.connecting.add_step`.

        Parameters
        ----------
        author, rows
            Who writes it, and kind, day, source, owner and content of each row.
        at_ms
            The present time, in milliseconds since 1970 UTC.
        seen
            The last row of the journal that the author has seen; None for any.
        act
            Number of the change, which makes it only once; default a new one.

        Returns
        -------
        tuple
            The step (0 if nothing changed, None if the server leaves it to the caller), and whether a row later than `seen`
            prevented it.

        Raises
        ------
        ProjectError
            If the project is read-only, a row cannot be stored, or the server cannot be reached or refuses.
        """
        patience_s = self._require_writable()
        with (
            sentences(self.folder),
            self._turns((JOURNAL,), patience_s),
            (self.own_step or _unwatched)((JOURNAL,)) as note,
        ):
            given = ({"author": author} | {name: value for name, value in row.items() if value is not None} for row in rows)
            soundness.require_storable(schema.journal, given)
            number = act or uuid4()
            done = add_step(self._engine, number, author, rows, seen=seen, at_ms=at_ms, patience_s=patience_s)
            for last in (done.first, done.last):
                note(chain.End(last))
        known = (
            done.step != 0 and not done.late and done.first == done.last and self.claim(number)
        )  # its answer was lost before
        return 0 if known and done.step is None else done.step, done.late

    def claim(self, act: UUID) -> bool:
        """Take the rows of a change whose answer was lost for own; returns whether the server of the shared project has it."""
        with (self.own_step or _unwatched)((JOURNAL,)) as note, self.read() as connection:
            found = rows_of(connection, act)
            for last in found or ():
                note(chain.End(last))
        return found is not None

    def tell(self, channel: str, words: str) -> None:
        """Send words to all programs that listen to a channel of the server of a shared project; nothing is stored.

        Parameters
        ----------
        channel
            Name of the channel, such as `listening.PRESENCE`.
        words
            Less than 8000 bytes, the limit of PostgreSQL.

        Raises
        ------
        ProjectError
            If the server cannot be reached or refuses.
        """
        with sentences(self.folder), self._engine.connect().execution_options(plain=True) as connection:
            connection.execute(select(func.pg_notify(channel, words)))

    def _require_writable(self) -> float:
        """Return how many seconds to wait for another writer; raises ProjectError if nothing can be written."""
        if self.read_only:
            raise ProjectError(Said("The project {name} is read-only; nothing was changed.", name=self.name))
        if _identity(self.folder) != self._file:  # a system may continue to write to a file that was deleted or replaced
            raise UnreachableError(
                Said(
                    "The project folder {folder} is missing or has been replaced; this change was not saved. "
                    "Reconnect its drive or restore the folder, then open the project again.",
                    folder=self.folder,
                )
            )
        return WINDOW_BUSY_S if threading.get_ident() == self._window else BUSY_S

    @contextmanager
    def _turns(self, domains: tuple[str, ...], patience: float) -> Iterator[None]:
        with ExitStack() as taken:
            for domain in domains if self.is_shared else ("",):
                if not self._writing[domain].acquire(timeout=patience):
                    raise UnreachableError(
                        Said(
                            "Another operation, such as an import, is writing to the project {name}; this change was not "
                            "saved. Try again when that operation has finished.",
                            name=self.name,
                        )
                    )
                taken.callback(self._writing[domain].release)
            yield

    def answer_here(self) -> None:
        """Register the calling thread as that of a window, which waits only a short time for another writer."""
        self._window = threading.get_ident()

    def take_in_runs(self) -> None:
        """Move the run folders of an import to their final folder; one interrupted by a crash is completed at reopening."""
        if INPUTS not in self.rights or self.setting(run_folders.KEY) is None:
            return
        try:
            with self.write() as connection:
                run_folders.take_in(connection, self.folder)
        except OSError as error:
            raise ProjectError(
                Said(
                    "Everything was imported into {folder} except the folders of its runs: {strerror}. They are "
                    "added when the project is next opened.",
                    folder=self.folder,
                    strerror=error.strerror or error,
                )
            ) from error

    # -- settings --------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Reload name, time zone and the synthetic mark."""
        with self.read() as connection:
            facts: dict[str, str] = {row.key: row.value for row in connection.execute(select(schema.setting))}
        self.name = facts.get("name", _readable(self.folder.name))
        self.timezone = facts["timezone"]
        self.synthetic = facts.get("synthetic") == "1"

    def setting(self, key: str) -> str | None:
        """Return a setting, or None."""
        with self.read() as connection:
            return setting_rows.get_setting(connection, key)

    def network(self) -> Network:
        """Return all stations, with and without coordinates, by code."""
        with self.read() as connection:
            return setting_rows.network_of(connection)

    def config(self) -> SeasonConfig:
        """Return all parameters of the season."""
        with self.read() as connection:
            return setting_rows.config_of(connection)

    def set_config(self, config: SeasonConfig) -> None:
        """Store new parameters.

        Raises
        ------
        ProjectError
            If their time zone is unknown.
        """
        require_zone(config.timezone)
        with self.write() as connection:
            setting_rows.put_setting(connection, "config", config.to_json())
            setting_rows.put_setting(connection, "timezone", config.timezone)
            setting_rows.raise_revision(connection)
        self.refresh()

    def revision(self) -> int:
        """Return a number that increases with every change of readings, stations, Kp or parameters."""
        return int(self.setting(setting_rows.REVISION) or 0)


def _readable(name: str) -> str:
    """Return the name of a folder as text; undecodable bytes are replaced by marks."""
    return os.fsencode(name).decode("utf-8", errors="replace")


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return device and inode of the database, which identify the file, or None if it is missing."""
    try:
        found = (folder / (making.ADDRESS if is_shared_folder(folder) else DATABASE)).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def default_author(project: Project) -> str:
    """Return the name under which the current user writes to a project, for labels set on the command line."""
    return project.login or os.environ.get("USERNAME") or os.environ.get("USER") or "analyst"
