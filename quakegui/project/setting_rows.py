"""Settings of a project, and what is read with them, within a transaction: rows of a key and a value."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, bindparam, func, select

from quakegui.project import schema
from quakegui.project.dialects import insert_into, is_shared
from quakegui.project.errors import ProjectError
from quakegui.season.config import SeasonConfig
from quakegui.season.network import Network, Station
from quakegui.words import Said

REVISION = "revision"
"""Setting that counts changes of the inputs of the season."""
EVENT_REVISION = "event_revision"
"""Setting that counts changes of the earthquakes."""


_SETTING = select(schema.setting.c.value).where(schema.setting.c.key == bindparam("key"))  # asked for in almost every step


class SupersededError(ProjectError):
    """A result was computed from a season that is no longer current."""


def get_setting(connection: Connection, key: str) -> str | None:
    """Return a setting, or None.

    Parameters
    ----------
    connection
        Connection within a transaction.
    key
        Its key, such as `REVISION`.
    """
    return connection.scalar(_SETTING, {"key": key})


def put_setting(connection: Connection, key: str, value: str) -> None:
    """Store a setting, in place of an earlier one.

    Parameters
    ----------
    connection
        Connection within a writing transaction.
    key, value
        Its key, and the text that is stored.
    """
    insert = insert_into(connection, schema.setting)
    replace = insert.on_conflict_do_update(index_elements=["key"], set_={"value": insert.excluded.value})
    connection.execute(replace, {"key": key, "value": value})


def raise_revision(connection: Connection, which: str = REVISION) -> None:
    """Record a change of the inputs of the season, or of the earthquakes.

    Parameters
    ----------
    connection
        Connection within the transaction that makes the change.
    which
        `REVISION` or `EVENT_REVISION`.
    """
    if is_shared(connection):
        connection.execute(select(func.raise_revision(which)))  # also by those who may not change other settings
    else:
        put_setting(connection, which, str(int(get_setting(connection, which) or 0) + 1))


def require_revision(connection: Connection, revision: int) -> None:
    """Raise an error, within a transaction, if a result was computed from inputs that are no longer current.

    Parameters
    ----------
    connection
        Connection within the transaction that stores the result.
    revision
        Revision of the project when the inputs were read.

    Raises
    ------
    SupersededError
        If an input of the season has changed since `revision`.
    """
    if int(get_setting(connection, REVISION) or 0) != revision:
        raise SupersededError(
            Said(
                "Readings, stations or parameters have changed since this season was computed; the result was not "
                "saved. Repeat the step with the current season."
            )
        )


def network_of(connection: Connection) -> Network:
    """Return all stations by code."""
    table = schema.station.c
    rows = connection.execute(
        select(table.code, table.name, table.latitude, table.longitude, table.elevation_m).where(table.absent.is_(None))
    )
    return Network.of(Station(*row) for row in rows)


def config_of(connection: Connection) -> SeasonConfig:
    """Return the stored parameters, or the defaults with the time zone of the project."""
    text = get_setting(connection, "config")
    if text is not None:
        return SeasonConfig.from_json(text)
    return SeasonConfig(timezone=get_setting(connection, "timezone") or "UTC")


def require_zone(timezone: str) -> None:
    """Raise ProjectError for a time zone that is not known."""
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ProjectError(
            Said("'{timezone}' is not a known time zone; use a name such as Asia/Shanghai.", timezone=timezone)
        ) from error
