"""Preparation of the database of a project: creation, checks before it is trusted, and migration."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, create_mock_engine
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from quakegui.project import making, migrations, run_folders, schema, soundness, verifying
from quakegui.project.database import DATABASE, engine_of, sentence, sentences
from quakegui.project.errors import ProjectError
from quakegui.project.filesystem import has_room, is_link, is_writable, replacing
from quakegui.project.shared.address import is_shared_folder, read_address
from quakegui.words import Said, counted

LONGEST_PATH = 511
"""Maximum length in bytes of a path that SQLite opens (MAX_PATHNAME of its os_unix.c, without the terminating zero)."""
_OWN_FILES = (making.ADDRESS, DATABASE, *(f"{DATABASE}-{part}" for part in ("wal", "shm", "journal")))
_OWN_FOLDERS = (*making.FOLDERS, making.OUTBOX, "runs/trash", run_folders.PLACE)
"""Folders in which the program writes, moves and deletes freely: links in an untrusted project could lead elsewhere."""


def make_database(folder: Path, facts: dict[str, str]) -> None:
    """Write a new database under a temporary name, then rename it: a project is complete or absent.

    Parameters
    ----------
    folder
        The folder of the project, which exists.
    facts
        All its settings, by key.

    Raises
    ------
    OSError
        From the disk.
    ProjectError
        If the database cannot be written.
    """
    with replacing(folder / DATABASE, part=folder / making.PART):
        engine = engine_of(folder, name=making.PART)
        try:
            with sentences(folder), engine.connect().execution_options(write=True) as connection, connection.begin():
                for statement in _tables():
                    connection.exec_driver_sql(statement)
                connection.execute(schema.setting.insert(), [{"key": key, "value": value} for key, value in facts.items()])
        finally:
            engine.dispose()


@cache
def _tables() -> tuple[str, ...]:
    """Return the statements that create all tables in SQLite; to word them takes longer than to execute them."""
    worded: list[str] = []
    dialect = sqlite.dialect()
    engine = create_mock_engine("sqlite://", lambda ddl, *_: worded.append(str(ddl.compile(dialect=dialect))))
    schema.metadata.create_all(engine, checkfirst=False)
    return tuple(worded)


def require_length(folder: Path) -> None:
    """Raise ProjectError for a path too long for SQLite; Windows has an extended form for long paths."""
    length = len(os.fsencode(folder / f"{DATABASE}-journal"))
    if sys.platform != "win32" and length > LONGEST_PATH:
        raise ProjectError(
            counted(
                "The path of {folder} is {length} byte too long for a database (a Chinese character takes three). "
                "Use shorter folder names, or fewer nested folders.",
                "The path of {folder} is {length} bytes too long for a database (a Chinese character takes three). "
                "Use shorter folder names, or fewer nested folders.",
                length=length - LONGEST_PATH,
                folder=folder,
            )
        )


def require_there(folder: Path) -> None:
    """Raise ProjectError if the folder is unreachable or has no project, or if its database or one of its folders is a link."""
    require_length(folder)
    try:
        if not folder.is_dir():
            raise ProjectError(
                Said(
                    "The folder {folder} does not exist; if it is on another drive or a network share, connect that first.",
                    folder=folder,
                )
            )
        if not making.is_project(folder):
            raise ProjectError(
                Said(
                    "{folder} is not a project: it does not contain {database}. Choose the folder of a project, or create one.",
                    folder=folder,
                    database=DATABASE,
                )
            )
        for name in _OWN_FILES:
            if is_link(folder / name):
                raise ProjectError(
                    Said(
                        "{folder} is a link to another file and was not opened. Open the project at its actual location.",
                        folder=folder / name,
                    )
                )
        for name in _OWN_FOLDERS:
            if is_link(folder / name):
                raise ProjectError(
                    Said(
                        "{folder} is a link to another folder; the project was not opened, and nothing was changed. "
                        "Replace the link with the folder itself, or remove the link.",
                        folder=folder / name,
                    )
                )
    except OSError as error:
        raise ProjectError(
            Said("{folder} cannot be reached: {strerror}.", folder=folder, strerror=error.strerror or error)
        ) from error


def unwritable(folder: Path) -> Said | None:
    """Return why a project can be opened only for reading, None if it can be written; a server knows by itself."""
    if is_shared_folder(folder):
        return None
    if not is_writable(folder / DATABASE):
        return Said("{folder} cannot be written: the project is read-only, so days cannot be labelled.", folder=folder)
    if not has_room(folder):
        return Said(
            "The disk of {folder} is full, so the project is read-only. Free some space and open the project "
            "again to label days.",
            folder=folder,
        )
    return None


def look_first(folder: Path) -> None:
    """Raise ProjectError for a database that is not a project or has unknown triggers, before it is executed or changed."""
    if is_shared_folder(folder):
        return  # a server runs nothing in this program
    engine = engine_of(folder, read_only=True)
    try:
        with engine.connect() as connection, connection.begin():
            soundness.require_project(connection, folder)
    except DBAPIError as error:
        if any(word in str(error.orig) for word in ("not a database", "malformed", "locked")):
            raise
        # Some drives do not allow reading before the journal mode is set; `bring_forward` checks again.
    finally:
        engine.dispose()


def require_content(engine: Engine, folder: Path, *, read_only: bool, now_ms: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Raise ProjectError for values that no project contains, and restore missing triggers of this program.

    Parameters
    ----------
    engine
        The engine of the project.
    folder
        Its folder, for sentences; in that of a shared project, no triggers are restored.
    read_only
        Whether missing triggers are only reported.
    now_ms
        The present time, in milliseconds since 1970 UTC.

    Returns
    -------
    tuple
        Sentences on changes by other programs, and notes, as from `verifying.glance`.

    Raises
    ------
    ProjectError
        With the location of the value.
    """
    with engine.connect() as connection, connection.begin():
        soundness.require_values(connection, folder)
        said = verifying.glance(connection, now_ms=now_ms)
        whole = not soundness.lost_triggers(connection)
    if not whole and not read_only and not is_shared_folder(folder):  # on a server, its owner does so: 'quakegui migrate'
        with engine.connect().execution_options(write=True) as connection, connection.begin():
            for sql in soundness.lost_triggers(connection).values():
                connection.exec_driver_sql(sql)
    return said


def bring_forward(engine: Engine, folder: Path, *, read_only: bool) -> None:
    """Migrate the database of an older version, after a backup copy was written.

    Parameters
    ----------
    engine
        The engine of the project.
    folder
        Its folder, in which the copy is written.
    read_only
        Whether a database of an older version is refused.

    Raises
    ------
    ProjectError
        If it is not the database of a project, has an older version but is shared or opened only for reading, or the copy
        cannot be written.
    """
    with engine.connect() as connection, connection.begin():
        found = soundness.require_project(connection, folder)
    if found == schema.SCHEMA:
        return
    if is_shared_folder(folder):
        raise ProjectError(
            Said(
                "The shared project {place} has an older format; nothing was changed. Its owner upgrades it for everybody with "
                "'quakegui migrate'.",
                place=read_address(folder).place,
            )
        )
    if read_only:
        raise ProjectError(
            Said(
                "The project in {folder} has an older format and must be upgraded once, in a writable place: copy "
                "the folder there and open the copy.",
                folder=folder,
            )
        )
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        found = migrations.version(connection) or schema.SCHEMA
        if found >= schema.SCHEMA:
            return  # another program has just migrated it
        _keep_copy(folder, found)
        migrations.migrate(connection)


def _keep_copy(folder: Path, version: int) -> None:
    """Copy the database before its migration; nobody else can change it meanwhile."""
    copy = folder / f"project.version{version}.sqlite"
    try:
        with (
            replacing(copy) as part,
            closing(sqlite3.connect(folder / DATABASE)) as source,
            closing(sqlite3.connect(part)) as target,
        ):
            source.backup(target)
    except (OSError, sqlite3.Error) as error:
        why = sentence(folder, str(error)) if isinstance(error, sqlite3.Error) else f"{error.strerror or error}."
        raise ProjectError(
            Said(
                "The project in {folder} has an older format. It is upgraded only after its database has been backed "
                "up, and the backup cannot be written: {why}",
                folder=folder,
                why=why,
            )
        ) from error
