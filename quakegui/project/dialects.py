"""What SQLite and PostgreSQL say differently, where both can do it."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, inspect, select
from sqlalchemy.dialects import postgresql, sqlite


def is_shared(connection: Connection) -> bool:
    """Return whether a connection leads to PostgreSQL."""
    return connection.dialect.name == "postgresql"


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert statement with `on_conflict_do_nothing` and `on_conflict_do_update`.

    Parameters
    ----------
    connection
        Connection to the database for which it is; nothing is executed.
    table
        Table that receives the rows, which the caller adds.
    """
    return postgresql.insert(table) if is_shared(connection) else sqlite.insert(table)


def has_table(connection: Connection, name: str) -> bool:
    """Return whether a database has a table.

    Parameters
    ----------
    connection
        Connection within a transaction.
    name
        Name of the table, a constant of this program.
    """
    if is_shared(connection):
        return inspect(connection).has_table(name)
    # an inspection reads more, and this is asked at each opening
    query = f"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '{name}' COLLATE NOCASE"  # noqa: S608
    return connection.exec_driver_sql(query).scalar() is not None


def highest_row(connection: Connection, table: Table) -> int:
    """Return the number of rows that a table with the column `id` ever had, also if the last ones are lost.

    PostgreSQL's own counters do not return after a step that is rolled back, so only the rows count there.

    Parameters
    ----------
    connection
        Connection within a transaction.
    table
        A table of this program.
    """
    last = int(connection.exec_driver_sql(f'SELECT max(id) FROM "{table.name}"').scalar() or 0)  # noqa: S608
    if is_shared(connection):
        return last
    query = f"SELECT seq FROM sqlite_sequence WHERE name = '{table.name}'"  # noqa: S608
    return max(int(connection.exec_driver_sql(query).scalar() or 0), last)


def count_on(connection: Connection, table: Table) -> None:
    """Continue the numbers of a table after rows that were inserted with theirs; SQLite does so by itself.

    Parameters
    ----------
    connection
        Connection within the transaction that inserted the rows.
    table
        Any table; one whose `id` is not counted is left unchanged.
    """
    if is_shared(connection) and "id" in table.columns and table.c.id.autoincrement and table.c.id.type.python_type is int:
        connection.execute(
            select(func.setval(func.pg_get_serial_sequence(table.name, "id"), func.max(table.c.id))).where(table.c.id > 0)
        )
