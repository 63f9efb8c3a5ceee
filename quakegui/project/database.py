"""Access to the database of a project: its address, its connections and their journal mode, and its errors as sentences."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Dialect, Engine, Insert, Table, Update, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import LRUCache

from quakegui.project import making, schema, soundness
from quakegui.project.errors import ProjectError
from quakegui.project.filesystem import has_room, is_network_folder, is_writable
from quakegui.project.reading_blocks import DamagedReadingsError
from quakegui.project.shared.address import is_shared_folder, read_address
from quakegui.project.shared.connecting import engine_to
from quakegui.project.shared.sentences import sentences_of
from quakegui.words import Said, mark

DATABASE = making.DATABASE
MOST_COMPILED = 500
"""Number of compiled statements that are kept, as in SQLAlchemy."""
UNCHECKED = frozenset({schema.block, schema.night, schema.stale_night, schema.live_station})
"""Tables of results computed from checked values; they have their own limits, and many rows for which labels wait."""
BUSY_S = 30.0
"""Seconds that a writer waits for the short transaction of another one."""
_NETWORK = mark("{folder} is on a network drive: labels are safe, but only one program at a time can use the project.")
_UNSHARED = mark(
    "{folder} does not allow shared memory between programs: labels are safe, but only one program at a time can use the "
    "project."
)


def writable_engine(folder: Path) -> tuple[Engine, tuple[str, ...]]:
    """Return an engine for writing, in WAL mode, or with a rollback journal and a warning where WAL is unreliable."""
    if is_shared_folder(folder):
        return engine_of(folder), ()
    reason = _NETWORK if is_network_folder(folder) else ""
    with sentences(folder):
        if not reason:
            engine = engine_of(folder)
            if _journal(engine, "WAL"):
                return engine, ()
            engine.dispose()
            reason = _UNSHARED
        engine = engine_of(folder)
        _journal(engine, "TRUNCATE")
    return engine, (Said(reason, folder=folder),)


def _journal(engine: Engine, mode: str) -> bool:
    """Set the journal mode of SQLite and test a transaction; returns whether it works."""
    try:
        with engine.connect().execution_options(plain=True) as connection:
            got = connection.exec_driver_sql(f"PRAGMA journal_mode={mode}").scalar()
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql("COMMIT")
    except DBAPIError as error:
        if mode == "WAL" and not any(word in str(error.orig) for word in ("locked", "not a database", "malformed")):
            return False
        raise
    return str(got).lower() == mode.lower()


def consolidate(engine: Engine) -> bool:
    """Copy the content of the write-ahead log into the database file, without blocking anybody.

    Returns
    -------
    bool
        Whether the file is now complete; False while somebody reads an older state of it. No data is lost in that case.
    """
    if engine.dialect.name != "sqlite":
        return True  # a server has no files of ours
    with engine.connect().execution_options(plain=True) as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        try:
            # Writers and readers continue during this; without a log, both numbers are -1.
            busy, logged, copied = connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").one()
            if busy or logged != copied:
                return False
            if logged > 0:
                # The log is copied completely. Emptying it prevents that a copy of the folder pairs the log with a later file.
                # If somebody is reading or writing now, the log stays, and the file is complete nevertheless.
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={round(BUSY_S * 1000)}")
    return True


def address(path: str) -> str:
    """Return the SQLite URI of a file, given as an absolute path with forward slashes.

    The host is empty, also for a network share: SQLite would take //server for a host, and rejects every host.
    """
    return f"file://{'' if path.startswith('/') else '/'}{quote(os.fsencode(path))}"


def engine_of(folder: Path, *, read_only: bool = False, name: str = DATABASE) -> Engine:
    """Return an engine for the database of a project, hardened against untrusted files.

    Parameters
    ----------
    folder
        Folder of the project; that of a shared project leads to its server, and the other parameters are ignored.
    read_only
        Whether the file is opened only for reading; one that cannot be written, and was closed cleanly, is taken as immutable.
    name
        Name of the database file in the folder.

    Raises
    ------
    ProjectError
        If the address of a shared project cannot be used, or the driver for its server is not installed.
    """
    if is_shared_folder(folder):
        return checked(engine_to(read_address(folder)))
    path = folder / name
    uri = address(path.as_posix())
    if read_only:
        # Without write access for the shared memory of WAL, a database that was closed cleanly can be opened as immutable.
        frozen = not _was_left_open(folder) and not (is_writable(path) and has_room(folder))
        uri += "?mode=ro" + ("&immutable=1" if frozen else "")

    def connect() -> Any:  # SQLAlchemy's types do not know that sqlite3 has its connections
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        soundness.harden(connection)
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")  # a confirmed label survives a power failure
        return connection

    dialect, url, compiled = _sqlite()
    pool = QueuePool(connect, pool_size=4, max_overflow=16, dialect=dialect)
    # hidden parameters keep names and notes out of the log
    engine = Engine(pool, dialect, url, hide_parameters=True, execution_options={"compiled_cache": compiled})

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("write"):
            connection.exec_driver_sql(f"PRAGMA busy_timeout={round(1000 * options.get('patience', BUSY_S))}")
        if not options.get("plain"):
            # A writer acquires its lock at the start: a reader that becomes a writer could be refused.
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("write") else "BEGIN")

    return checked(engine)


def checked(engine: Engine) -> Engine:
    """Let an engine check every row before it is written."""

    @event.listens_for(engine, "before_execute")
    def check(
        _connection: Connection, statement: object, rows: list[dict[str, Any]], row: dict[str, Any], _options: object
    ) -> None:
        if isinstance(statement, Insert | Update) and isinstance(statement.table, Table) and statement.table not in UNCHECKED:
            written = rows or [row or _values(statement)]
            soundness.require_storable(statement.table, written)

    return engine


@cache
def _sqlite() -> tuple[Dialect, URL, LRUCache[Any, Any]]:
    """Return the dialect of all projects, its address, and the statements compiled for it.

    Each engine of `create_engine` has its own and compiles every statement anew, which is a third of opening a project.
    """
    engine = create_engine("sqlite://")
    with engine.connect():
        pass  # asks SQLite once what it can do
    engine.dispose()
    return engine.dialect, engine.url, LRUCache(MOST_COMPILED)


def _values(statement: Insert | Update) -> dict[str, Any]:
    """Return the values that a statement sets; None may stand for a default and is checked by the database."""
    return {name: value for name, value in statement.compile().params.items() if value is not None}


def _was_left_open(folder: Path) -> bool:
    """Return whether confirmed data is in a log beside the database, or another program has the database open."""
    wal = folder / f"{DATABASE}-wal"
    return wal.exists() and (wal.stat().st_size > 0 or (folder / f"{DATABASE}-shm").exists())


@contextmanager
def sentences(folder: Path) -> Iterator[None]:
    """Convert errors of the database to ProjectError with one sentence."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        if isinstance(error, DBAPIError) and is_shared_folder(folder):
            with sentences_of(read_address(folder)):
                raise
        raise ProjectError(sentence(folder, str(getattr(error, "orig", None) or error))) from error
    except UnicodeDecodeError as error:  # the driver decodes the messages of a damaged database
        raise ProjectError(sentence(folder, "malformed")) from error
    except DamagedReadingsError as error:
        raise ProjectError(
            Said(
                "Readings stored in {folder} are damaged ({error}). Restore the folder from a backup, or import the "
                "files again.",
                folder=folder,
                error=error,
            )
        ) from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Convert errors of writing a file or folder to ProjectError with one sentence."""
    try:
        yield
    except OSError as error:
        raise ProjectError(
            Said("{path} cannot be written: {strerror}.", path=path, strerror=error.strerror or error)
        ) from error


def sentence(folder: Path, error_text: str) -> str:
    """Return an error of the database as one sentence for the user.

    Parameters
    ----------
    folder
        Folder of the project, whose files and disk are looked at for the cause.
    error_text
        Message of SQLite; if no known words are in it, the sentence quotes it.
    """
    if "unable to open" in error_text and _was_left_open(folder) and not is_writable(folder / DATABASE):
        return Said(
            "The project in {folder} was not closed properly, and part of it can be read only in a writable folder. "
            "Copy the whole folder, including {database}-wal, to such a place and open the copy. Nothing is lost.",
            folder=folder,
            database=DATABASE,
        )
    if "unable to open" in error_text and (folder / DATABASE).is_file() and not os.access(folder / DATABASE, os.R_OK):
        return Said(
            "The file {path} is not readable for this user; nothing was changed. Change its permissions and try again.",
            path=folder / DATABASE,
        )
    if "disk I/O" in error_text and folder.is_dir() and not has_room(folder):
        error_text = "full"
    known = {
        "locked": Said(
            "The project in {folder} is in use by another program. Close it there and try again.",
            folder=folder,
        ),
        "full": Said("The disk of {folder} is full; this change was not saved. Free some space and try again.", folder=folder),
        "readonly": Said("The project in {folder} is read-only; nothing was changed.", folder=folder),
        "unable to open": Said(
            "The project in {folder} cannot be reached. Check that its drive is connected. What was saved before is kept.",
            folder=folder,
        ),
        "disk I/O": Said("The drive of {folder} is not responding properly; this change was not saved.", folder=folder),
        "too big": Said(
            "The database in {folder} contains a larger value than quakegui ever stores; restore the folder from a backup.",
            folder=folder,
        ),
        "malformed": Said("The database in {folder} is damaged; restore the folder from a backup.", folder=folder),
        "not a database": Said("{folder} is not a project's database.", folder=folder / DATABASE),
        "never changed": Said(
            "Rows of append-only tables, such as the label journal and the ledger, are never "
            "changed or deleted; nothing was done."
        ),
    }
    for word, sentence in known.items():
        if word in error_text:
            return sentence
    return Said(
        "The database of {folder} rejected the change ({error_text}); nothing was saved.",
        folder=folder,
        error_text=error_text,
    )
