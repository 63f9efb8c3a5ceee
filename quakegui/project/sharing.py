"""Shared projects: a new one on a server, a folder for one that exists, and the upgrade of its tables."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import inspect, select, text

from quakegui.project import making, migrations, schema
from quakegui.project.database import sentences, writing
from quakegui.project.domains import EVERYTHING
from quakegui.project.errors import ProjectError
from quakegui.project.setting_rows import get_setting
from quakegui.project.shared.address import Address, is_shared_folder, parse_address, read_address, write_address
from quakegui.project.shared.connecting import engine_to
from quakegui.project.shared.roles import standing_roles
from quakegui.project.shared.sentences import sentences_of
from quakegui.project.shared.tables import add_tables, create_tables, install_rules, setting_act
from quakegui.project.store import Project, require_zone
from quakegui.words import Said

_IS_OWNER = "SELECT pg_has_role(session_user, datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()"


@dataclass(frozen=True, slots=True)
class Survey:
    """What a server says of a database, before a project is created or joined.

    Attributes
    ----------
    address
        Where the database is.
    project
        Name of the project in it, None if it has none.
    is_owner
        Whether the login owns the database.
    roles
        Logins in each role of the project that exists (see `shared.roles`).
    """

    address: Address
    project: str | None
    is_owner: bool
    roles: Mapping[str, tuple[str, ...]]


def survey(url: str) -> Survey:
    """Ask a server what it has, without changing anything.

    Raises
    ------
    ProjectError
        If the address cannot be used, or the server cannot be reached or refuses.
    """
    address = parse_address(url)
    engine = engine_to(address)
    try:
        with sentences_of(address), engine.connect() as connection, connection.begin():
            name = None
            if inspect(connection).has_table(schema.setting.name):
                name = get_setting(connection, "name") or address.database
            return Survey(address, name, bool(connection.scalar(text(_IS_OWNER))), standing_roles(connection, address.database))
    finally:
        engine.dispose()


def create_shared(
    folder: Path | str, url: str, *, timezone: str = "Asia/Shanghai", name: str = "", synthetic: bool = False
) -> Project:
    """Create an empty project in an empty database of a server, with a folder for it here, and open it.

    Parameters
    ----------
    folder
        A new or empty folder.
    url
        Address of the database, without a password.
    timezone
        IANA name of the time zone.
    name
        Name of the project; default that of the folder.
    synthetic
        Whether its data are synthetic.

    Raises
    ------
    ProjectError
        If the address, the time zone or the folder cannot be used, the server cannot be reached or refuses, or the database
        already contains a project.
    """
    folder, address = Path(folder).absolute(), parse_address(url)
    require_zone(timezone)
    facts = {
        "schema": str(schema.SCHEMA),
        "name": name or folder.name,
        "timezone": timezone,
        "synthetic": str(int(synthetic)),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": "0",
    }
    with _new_folder(folder, address) as settle:
        engine = engine_to(address)
        try:
            with engine.connect().execution_options(write=True, domains=EVERYTHING) as connection, connection.begin():
                if inspect(connection).has_table(schema.setting.name):
                    raise ProjectError(
                        Said("{place} already contains a project. Use it with 'quakegui join'.", place=address.place)
                    )
                create_tables(connection)
                connection.execute(schema.setting.insert(), [{"key": key, "value": value} for key, value in facts.items()])
        finally:
            engine.dispose()
        settle()
        return Project.open(folder)


def join(folder: Path | str, url: str) -> Project:
    """Create a folder for a project that exists on a server, and open it.

    Parameters
    ----------
    folder
        A new or empty folder.
    url
        Address of the database, without a password.

    Raises
    ------
    ProjectError
        If the address or the folder cannot be used, the server cannot be reached or refuses, or there is no project.
    """
    folder, address = Path(folder).absolute(), parse_address(url)
    with _new_folder(folder, address) as settle:
        settle()
        return Project.open(folder)


def migrate(folder: Path | str) -> tuple[int, ...]:
    """Upgrade the tables of a shared project and the rules on its server, as its owner.

    Parameters
    ----------
    folder
        The folder of the project.

    Returns
    -------
    tuple of int
        The earlier versions; empty if the tables were up to date.

    Raises
    ------
    ProjectError
        If the project is not shared, was created by a newer program, or the server cannot be reached or refuses.
    """
    folder = Path(folder).absolute()
    if not is_shared_folder(folder):
        raise ProjectError(
            Said("{folder} is not a shared project. Other projects are upgraded when they are opened.", folder=folder)
        )
    engine = engine_to(read_address(folder))
    try:
        with (
            sentences(folder),
            engine.connect().execution_options(write=True, domains=EVERYTHING) as connection,
            connection.begin(),
        ):
            found = migrations.version(connection)
            if found is None or found > schema.SCHEMA:
                raise ProjectError(
                    Said("The shared project was created by a newer quakegui; nothing was changed. Use the newer program.")
                )
            add_tables(connection)
            former = migrations.migrate(connection)
            install_rules(connection)
            return former
    finally:
        engine.dispose()


def last_change(project: Project, key: str) -> tuple[str, np.datetime64] | None:
    """Return which login last changed a setting of a shared project, and when (UTC); None if the server has not noted it.

    Parameters
    ----------
    project
        Open project, which is only read; for one that is not shared the result is None.
    key
        Key of the setting.
    """
    if not project.is_shared:
        return None
    table = setting_act.c
    with project.read() as connection:
        if not inspect(connection).has_table(setting_act.name):
            return None  # a server with the rules of an earlier version
        row = connection.execute(select(table.author, table.at).where(table.key == key)).first()
    return None if row is None else (row.author, np.datetime64(row.at.astimezone(UTC).replace(tzinfo=None), "ms"))


@contextmanager
def _new_folder(folder: Path, address: Address) -> Iterator[Callable[[], None]]:
    """Make a folder with an address under a temporary name; it is removed again if the block raises.

    Yields the function that renames the address, which makes the folder that of a project. A program that ended before that
    leaves a free folder, and the disk has room for the address before the server is changed.
    """
    part = folder / making.ADDRESS_PART

    def settle() -> None:
        with writing(folder / making.ADDRESS):
            part.replace(folder / making.ADDRESS)

    try:
        making.clear(folder)
        for name in making.FOLDERS:
            (folder / name).mkdir()
        write_address(part, address)
    except making.NotFreeError as error:
        raise ProjectError(str(error)) from error
    except OSError as error:
        _remove(folder)
        raise ProjectError(
            Said("The folder {folder} cannot be created: {strerror}.", folder=folder, strerror=error.strerror or error)
        ) from error
    try:
        with sentences_of(address):
            yield settle
    except BaseException:
        _remove(folder)
        raise


def _remove(folder: Path) -> None:
    """Remove what a new folder contains; it stays itself."""
    for name in (making.ADDRESS_PART, making.ADDRESS):
        (folder / name).unlink(missing_ok=True)
    for name in making.FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
