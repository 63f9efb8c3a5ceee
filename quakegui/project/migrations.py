"""Migrations of a project's tables from older versions, step by step, and what older versions' rows stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, func, select

from quakegui.project.dialects import has_table
from quakegui.project.schema import (
    SCHEMA,
    act,
    brought,
    chosen_event,
    event_table,
    flag_index,
    imported_file,
    journal,
    kp,
    kp_value,
    live_batch,
    live_station,
    metadata,
    prediction,
    registration,
    setting,
    sighting,
    stale_night,
    station_fact,
)

FORMER_KP = "Kp of an earlier version"
"""Name of the file that stands for Kp imported before version 3."""

FORMER_FILES = "former_files"
"""Setting: number of the last file imported before version 3. Undoing an act does not affect these files."""

Migration = Callable[[Connection], None]


ADDED: Mapping[int, Mapping[str, tuple[str, ...]]] = {
    3: {
        "station": ("absent",),
        "imported_file": ("issued_ms", "modified_ms"),
        "block": ("missing",),
        "journal": ("chain",),
        "prediction": ("chain",),
    }
}
"""Columns that a version added to earlier tables."""


def _with_acts_and_chains(connection: Connection) -> None:
    """Migrate to version 3: imports can be undone, and rows of the journal and of the ledger have hashes.

    Existing rows are not changed.
    """
    for fresh in (act, brought, sighting, station_fact, kp_value, chosen_event):
        fresh.create(connection)
    for table, names in ADDED[3].items():
        for name in names:
            kind = metadata.tables[table].c[name].type.compile(connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
    for chained in (journal, prediction):
        last = connection.scalar(select(func.max(chained.c.id)))
        if last is not None:
            connection.execute(setting.insert().values(key=f"unchained_{chained.name}", value=str(last)))
    adopt(connection)


def adopt(connection: Connection) -> None:
    """Assign origins to the content of a project or an export from before version 3."""
    # As if each file had been written when it was imported: the same readings stay in force.
    connection.exec_driver_sql("UPDATE imported_file SET modified_ms = imported_ms")
    facts = "code, name, latitude, longitude, elevation_m, typed"
    connection.exec_driver_sql(f"INSERT INTO station_fact ({facts}) SELECT {facts} FROM station")  # noqa: S608
    if connection.scalar(select(kp.c.time_ms).limit(1)) is not None:
        number = (connection.scalar(select(func.max(imported_file.c.id))) or 0) + 1
        row = {"id": number, "name": FORMER_KP, "base": FORMER_KP, "sha256": "0" * 64, "format": "kp", "imported_ms": 0}
        connection.execute(imported_file.insert().values(**row, readings=0, notes="[]"))
        connection.exec_driver_sql(
            "INSERT INTO kp_value (file, time_ms, value, definitive) SELECT ?, time_ms, value, 0 FROM kp", (number,)
        )
    last = connection.scalar(select(func.max(imported_file.c.id)))
    if last is not None:
        connection.exec_driver_sql("INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)", (FORMER_FILES, str(last)))
    if connection.scalar(select(event_table.c.id).limit(1)) is not None:
        keys = ("event_selection", "declustering", "event_origins")
        rows = connection.execute(select(setting.c.key, setting.c.value).where(setting.c.key.in_(keys)))
        summary = "{" + ", ".join(f'"{row.key}": {row.value}' for row in rows) + "}"
        connection.execute(act.insert().values(id=1, at_ms=0, author="", kind="events", summary=summary))
        names = ", ".join(column.name for column in chosen_event.columns if column is not chosen_event.c.act)
        connection.exec_driver_sql(f"INSERT INTO chosen_event (act, {names}) SELECT 1, {names} FROM event")  # noqa: S608


def _with_live_arrival(connection: Connection) -> None:
    for fresh in (live_batch, live_station):
        fresh.create(connection, checkfirst=True)  # a server has them already, with its own limits


MIGRATIONS: Mapping[int, Migration] = {
    1: stale_night.create,
    2: _with_acts_and_chains,
    3: registration.create,
    4: flag_index.create,
    5: _with_live_arrival,
}
"""From a version to the next, each within the transaction of the whole way: since version 2 night means are brought up to date
after the readings are stored, since version 4 runs can be registered before the days that they predict, since version 5 the
journal has flags, which earlier programs would take for notes, since version 6 readings arrive live."""


def version(connection: Connection) -> int | None:
    """Return the schema version of a database, or None if it is not a project."""
    if not has_table(connection, setting.name):
        return None
    value = connection.exec_driver_sql("SELECT value FROM setting WHERE key = 'schema'").scalar()
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 10 else None


def migrate(
    connection: Connection, *, migrations: Mapping[int, Migration] = MIGRATIONS, target: int = SCHEMA
) -> tuple[int, ...]:
    """Migrate a database step by step; returns the earlier versions.

    Parameters
    ----------
    connection
        Connection within a writing transaction on the database of a project.
    migrations
        From a version to the next, by version.
    target
        Version that the tables have then; a later version is left unchanged.
    """
    found = version(connection)
    assert found is not None
    for step in range(found, target):
        migrations[step](connection)
        connection.execute(setting.update().where(setting.c.key == "schema").values(value=str(step + 1)))
    return tuple(range(found, target))
