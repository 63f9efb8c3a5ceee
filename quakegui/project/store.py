"""One open project: a folder with `project.sqlite`, `cache/` (can be deleted at any time) and `runs/`.

The database is written in short transactions that are on disk when they return, so a program that is killed, or a machine
that loses power, loses nothing that was confirmed.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from quakegui.project import incoming, making, schema, soundness
from quakegui.project.filesystem import has_room, is_network_folder, is_writable
from quakegui.project.record import DamagedReadingsError
from quakegui.season.config import SeasonConfig
from quakegui.season.network import Network, Station

DATABASE = making.DATABASE
LONGEST_PATH = 511
"""Bytes of the longest path that SQLite opens (MAX_PATHNAME of its os_unix.c, less the end of the text)."""
BUSY_S = 30.0
"""Seconds that a writer waits for another one to finish its short transaction."""
WINDOW_BUSY_S = 2.0
"""Seconds that a window's own thread waits: longer, and the window would seem to be dead."""


class ProjectError(Exception):
    """Something about a project cannot be done; the text is one sentence for the screen."""


class Project:
    """One open project folder. All methods may be called from any thread.

    Attributes
    ----------
    folder
        Where everything of the project lies.
    name, timezone, synthetic
        As the project was made; `timezone` is an IANA name.
    read_only
        Whether nothing can be written, by wish or because the place does not allow it.
    warnings
        Sentences about how the project was opened.
    """

    def __init__(self, folder: Path, engine: Engine, *, read_only: bool, warnings: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.read_only = read_only
        self.warnings = warnings
        self._engine = engine
        self._writing = threading.RLock()
        self._window: int | None = None
        self._file = _identity(folder)
        self.refresh()

    @classmethod
    def create(cls, folder: Path | str, *, timezone: str = "Asia/Shanghai", name: str = "", synthetic: bool = False) -> Project:
        """Make an empty project in a new or empty folder, and open it.

        Raises
        ------
        ProjectError
            If the time zone is unknown, the folder holds something already, or cannot be made.
        """
        folder = Path(folder).absolute()
        _check_zone(timezone)
        _check_length(folder)
        facts = {
            "schema": str(schema.SCHEMA),
            "name": name or folder.name,
            "timezone": timezone,
            "synthetic": str(int(synthetic)),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "revision": "0",
        }
        try:
            making.clear(folder)
            for part in making.FOLDERS:
                (folder / part).mkdir(parents=True, exist_ok=True)
            _make_database(folder, facts)
        except making.NotFreeError as error:
            raise ProjectError(str(error)) from error
        except OSError as error:
            raise ProjectError(f"The folder {folder} cannot be made: {error.strerror or error}.") from error
        engine, warnings = _writable_engine(folder)
        return cls(folder, engine, read_only=False, warnings=warnings)

    @classmethod
    def open(cls, folder: Path | str, *, read_only: bool = False) -> Project:
        """Open a project; one of an older version is brought forward, after a copy of its database was kept.

        Raises
        ------
        ProjectError
            If there is no project, it was made by a newer program, is damaged or locked, or its drive is gone.
        """
        folder = Path(folder).absolute()
        if folder.name == DATABASE:
            folder = folder.parent
        _check_there(folder)
        warnings: tuple[str, ...] = ()
        if not read_only and not is_writable(folder / DATABASE):
            read_only = True
            warnings = (f"{folder} cannot be written here: the project is open for reading only, and labels cannot be given.",)
        elif not read_only and not has_room(folder):
            read_only = True
            warnings = (
                f"The disk that holds {folder} is full: the project is open for reading only. Make room and open it again to "
                "give labels.",
            )
        with _sentences(folder):
            _look_first(folder)
            if read_only:
                engine = _engine(folder, read_only=True)
            else:
                engine, warnings = _writable_engine(folder)
            try:
                _bring_forward(engine, folder, read_only=read_only)
                _check_content(engine, folder, read_only=read_only)
                project = cls(folder, engine, read_only=read_only, warnings=warnings)
                project.take_in_runs()
                return project
            except BaseException:
                engine.dispose()
                raise

    def close(self) -> None:
        """Let go of the database; nothing needs saving."""
        self._engine.dispose()

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- transactions ----------------------------------------------------------------------------------------------

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one consistent state of the database."""
        with _sentences(self.folder), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose changes are on disk when the block ends, or gone if it raises.

        Raises
        ------
        ProjectError
            If the project is open for reading only, or the database cannot be written, or not within `BUSY_S`, in a window's
            thread `WINDOW_BUSY_S`; nothing was changed then.
        """
        if self.read_only:
            raise ProjectError(f"The project {self.name} is open for reading only; nothing was changed.")
        if _identity(self.folder) != self._file:  # a system may let go on writing into a file that nobody will find again
            raise ProjectError(
                f"The project's folder {self.folder} is not there any more, or another one is in its place; nothing of this "
                "step was kept. Connect its drive again or put the folder back, and open the project anew."
            )
        patience = WINDOW_BUSY_S if threading.get_ident() == self._window else BUSY_S
        with (
            _sentences(self.folder),
            self._turn(patience),
            self._engine.connect().execution_options(write=True) as connection,
        ):
            connection.connection.cursor().execute(f"PRAGMA busy_timeout={round(patience * 1000)}")
            with connection.begin():
                yield connection

    @contextmanager
    def _turn(self, patience: float) -> Iterator[None]:
        if not self._writing.acquire(timeout=patience):
            raise ProjectError(
                f"Another step is being written into the project {self.name}, such as an import; this one was not kept. Try "
                "again when that one is done."
            )
        try:
            yield
        finally:
            self._writing.release()

    def answer_here(self) -> None:
        """Let the thread that calls this, a window's, wait a short time only where another writer is at work."""
        self._window = threading.get_ident()

    def take_in_runs(self) -> None:
        """Move the run folders of an import to their place; what a crash left undone is done at the next opening."""
        if self.read_only or self.setting(incoming.KEY) is None:
            return
        try:
            with self.write() as connection:
                incoming.take_in(connection, self.folder)
        except OSError as error:
            raise ProjectError(
                f"Everything came into {self.folder} but the folders of its training runs: {error.strerror or error}. "
                "They follow when the project is opened the next time."
            ) from error

    # -- facts -----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read name, time zone and the synthetic mark again."""
        with self.read() as connection:
            facts = {row.key: row.value for row in connection.execute(select(schema.setting))}
        self.name = facts.get("name", self.folder.name)
        self.timezone = facts["timezone"]
        self.synthetic = facts.get("synthetic") == "1"

    def setting(self, key: str) -> str | None:
        """Return a stored fact, or None."""
        with self.read() as connection:
            return get_setting(connection, key)

    def network(self) -> Network:
        """Return all stations, with and without coordinates, by code."""
        with self.read() as connection:
            return network_of(connection)

    def config(self) -> SeasonConfig:
        """Return every parameter of the season's computation."""
        with self.read() as connection:
            return config_of(connection)

    def set_config(self, config: SeasonConfig) -> None:
        """Keep new parameters.

        Raises
        ------
        ProjectError
            If their time zone is unknown.
        """
        _check_zone(config.timezone)
        with self.write() as connection:
            put_setting(connection, "config", config.to_json())
            put_setting(connection, "timezone", config.timezone)
            raise_revision(connection)
        self.refresh()

    def revision(self) -> int:
        """Return a number that grows with every change of readings, stations, Kp or parameters."""
        return int(self.setting("revision") or 0)


def get_setting(connection: Connection, key: str) -> str | None:
    """Return a stored fact, or None."""
    return connection.scalar(select(schema.setting.c.value).where(schema.setting.c.key == key))


def put_setting(connection: Connection, key: str, value: str) -> None:
    """Store a fact, in place of an earlier one."""
    row = insert(schema.setting).values(key=key, value=value)
    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def raise_revision(connection: Connection) -> None:
    """Record that an input of the season changed."""
    put_setting(connection, "revision", str(int(get_setting(connection, "revision") or 0) + 1))


def network_of(connection: Connection) -> Network:
    """Return all stations by code."""
    table = schema.station.c
    rows = connection.execute(select(table.code, table.name, table.latitude, table.longitude, table.elevation_m))
    return Network.of(Station(*row) for row in rows)


def config_of(connection: Connection) -> SeasonConfig:
    """Return the stored parameters, or the default ones in the project's time zone."""
    text = get_setting(connection, "config")
    if text is not None:
        return SeasonConfig.from_json(text)
    return SeasonConfig(timezone=get_setting(connection, "timezone") or "UTC")


def _check_zone(timezone: str) -> None:
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ProjectError(f"'{timezone}' is not a known time zone; use a name such as Asia/Shanghai.") from error


def _check_length(folder: Path) -> None:
    """Refuse a path that SQLite cannot open a database at; Windows has a longer way for it."""
    length = len(os.fsencode(folder / f"{DATABASE}-journal"))
    if sys.platform != "win32" and length > LONGEST_PATH:
        raise ProjectError(
            f"The path of {folder} is too long for a database, by {length - LONGEST_PATH} bytes (a Chinese character has "
            "three): use shorter folder names, or fewer folders within each other."
        )


def _check_there(folder: Path) -> None:
    _check_length(folder)
    try:
        if not folder.is_dir():
            raise ProjectError(f"There is no folder {folder}; if it lies on another drive or a share, connect it first.")
        if not (folder / DATABASE).is_file():
            raise ProjectError(f"{folder} is not a project: it holds no {DATABASE}. Make one with 'quakegui new'.")
        for name in (DATABASE, *(f"{DATABASE}-{part}" for part in ("wal", "shm", "journal"))):
            if (folder / name).is_symlink():
                raise ProjectError(
                    f"{folder / name} is a link to another file; it was not opened. Open the project where it lies."
                )
    except OSError as error:
        raise ProjectError(f"{folder} cannot be reached: {error.strerror or error}.") from error


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a project's database from every other file, None where it cannot be found."""
    try:
        found = (folder / DATABASE).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _make_database(folder: Path, facts: dict[str, str]) -> None:
    """Write a new database under another name, then give it its own: a project is there whole, or not at all."""
    part = folder / making.PART
    engine = _engine(folder, name=making.PART)
    try:
        with _sentences(folder), engine.connect().execution_options(write=True) as connection, connection.begin():
            schema.metadata.create_all(connection)
            connection.execute(schema.setting.insert(), [{"key": key, "value": value} for key, value in facts.items()])
        engine.dispose()
        part.replace(folder / DATABASE)
    except BaseException:
        engine.dispose()
        part.unlink(missing_ok=True)
        raise


def _look_first(folder: Path) -> None:
    """Refuse a database that is not a project's, or holds what acts by itself, before anything of it is run or changed."""
    engine = _engine(folder, read_only=True)
    try:
        with engine.connect() as connection, connection.begin():
            soundness.require_project(connection, folder)
    except DBAPIError as error:
        if any(word in str(error.orig) for word in ("not a database", "malformed", "locked")):
            raise
        # Some drives let nobody read before the journal's mode is set; `_bring_forward` looks again.
    finally:
        engine.dispose()


def _check_content(engine: Engine, folder: Path, *, read_only: bool) -> None:
    with engine.connect() as connection, connection.begin():
        soundness.require_values(connection, folder)
        whole = soundness.has_triggers(connection)
    if not whole and not read_only:
        with engine.connect().execution_options(write=True) as connection, connection.begin():
            soundness.restore_triggers(connection)


def _bring_forward(engine: Engine, folder: Path, *, read_only: bool) -> None:
    with engine.connect() as connection, connection.begin():
        found = soundness.require_project(connection, folder)
    if found == schema.SCHEMA:
        return
    if read_only:
        raise ProjectError(
            f"The project in {folder} is of an older version and must be brought forward once, which needs a place that can "
            "be written: copy the folder there and open the copy."
        )
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        found = schema.version(connection) or schema.SCHEMA
        if found >= schema.SCHEMA:
            return  # another program has just brought it forward
        _keep_copy(folder, found)
        schema.migrate(connection)


def _keep_copy(folder: Path, found: int) -> None:
    """Copy the database, which nobody else can change meanwhile, as it is before it is brought forward."""
    copy = folder / f"project.version{found}.sqlite"
    part = folder / f"{copy.name}.part"
    try:
        part.unlink(missing_ok=True)
        source, target = sqlite3.connect(folder / DATABASE), sqlite3.connect(part)
        try:
            source.backup(target)
        finally:
            target.close()
            source.close()
        part.replace(copy)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        why = _sentence(folder, str(error)) if isinstance(error, sqlite3.Error) else f"{error.strerror or error}."
        raise ProjectError(
            f"The project in {folder} is of an older version. It is brought forward only when a copy of its database was kept, "
            f"and the copy cannot be written: {why}"
        ) from error


# -- the engine ----------------------------------------------------------------------------------------------------


def _writable_engine(folder: Path) -> tuple[Engine, tuple[str, ...]]:
    """Return an engine in WAL mode or, where that cannot be relied on, with a rollback journal, and a warning for that."""
    reason = "lies on a network drive" if is_network_folder(folder) else ""
    with _sentences(folder):
        if not reason:
            engine = _engine(folder)
            if _journal(engine, "WAL"):
                return engine, ()
            engine.dispose()
            reason = "does not allow shared memory between programs"
        engine = _engine(folder)
        _journal(engine, "TRUNCATE")
    return engine, (f"{folder} {reason}: labels are kept safely, but only one program at a time can use the project.",)


def _journal(engine: Engine, mode: str) -> bool:
    """Set SQLite's journal mode and prove that a transaction works in it."""
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


def address(path: str) -> str:
    """Return the address by which SQLite finds a file, given as an absolute path with forward slashes.

    It has an empty host, also for a share: SQLite would take //server for a host, and refuses every host.
    """
    return f"file://{'' if path.startswith('/') else '/'}{quote(os.fsencode(path))}"


def _engine(folder: Path, *, read_only: bool = False, name: str = DATABASE) -> Engine:
    path = folder / name
    uri = address(path.as_posix())
    if read_only:
        # Without a place for the shared memory of WAL, a database that was closed cleanly can be read as it lies.
        frozen = not _was_left_open(folder) and not (is_writable(path) and has_room(folder))
        uri += "?mode=ro" + ("&immutable=1" if frozen else "")

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        soundness.harden(connection)
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")  # a confirmed label survives a loss of power
        return connection

    pool = {"poolclass": QueuePool, "pool_size": 4, "max_overflow": 16}
    engine = create_engine("sqlite://", creator=connect, hide_parameters=True, **pool)  # names and notes stay out of the log

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("plain"):
            # A writer takes its turn at the start: a reader that turns writer half-way could be refused.
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("write") else "BEGIN")

    return engine


def _was_left_open(folder: Path) -> bool:
    """Return whether some of what was confirmed lies beside the database, or another program has it open."""
    wal = folder / f"{DATABASE}-wal"
    return wal.exists() and (wal.stat().st_size > 0 or (folder / f"{DATABASE}-shm").exists())


@contextmanager
def _sentences(folder: Path) -> Iterator[None]:
    """Turn what the database says into one sentence."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        raise ProjectError(_sentence(folder, str(getattr(error, "orig", None) or error))) from error
    except UnicodeDecodeError as error:  # the driver reads what a damaged database says of its own damage
        raise ProjectError(_sentence(folder, "malformed")) from error
    except soundness.UnsoundError as error:
        raise ProjectError(str(error)) from error
    except DamagedReadingsError as error:
        raise ProjectError(
            f"Readings stored in {folder} are damaged ({error}). Restore a copy of the folder, or import the files anew."
        ) from error


def _sentence(folder: Path, said: str) -> str:
    if "unable to open" in said and _was_left_open(folder) and not is_writable(folder / DATABASE):
        return (
            f"The project in {folder} was not closed the last time, and a part of it can only be read where its folder can be "
            f"written: copy the whole folder, {DATABASE}-wal included, to such a place and open the copy. Nothing is lost."
        )
    if "disk I/O" in said and folder.is_dir() and not has_room(folder):
        said = "full"
    known = {
        "locked": f"The project in {folder} is in use by another program that does not let go; close it there and try again.",
        "full": f"The disk that holds {folder} is full; nothing of this step was kept. Make room and try again.",
        "readonly": f"The project in {folder} cannot be written here; nothing was changed.",
        "unable to open": f"The project in {folder} cannot be reached; is its drive there? What was saved before is kept.",
        "disk I/O": f"The drive of {folder} does not answer properly; nothing of this step was kept.",
        "too big": f"The database in {folder} holds a larger value than quakegui stores; restore a copy of the folder.",
        "malformed": f"The database in {folder} is damaged; restore a copy of the folder.",
        "not a database": f"{folder / DATABASE} is not a project's database.",
        "never changed": "Rows of the journal are never changed or removed; nothing was done.",
    }
    for word, sentence in known.items():
        if word in said:
            return sentence
    return f"The database of {folder} refused the step ({said}); nothing of it was kept."


def default_author() -> str:
    """Return the name of the person at this machine, for labels given on the command line."""
    return os.environ.get("USERNAME") or os.environ.get("USER") or "analyst"
