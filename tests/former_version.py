"""Projects as a former version of the program left them."""

from __future__ import annotations

import sqlite3

from quakegui.project import migrations


def turn_back(database: sqlite3.Connection, version: int = 2) -> None:
    """Turn a project's tables into those of version 4 (no flags), 3 (no registrations) or 2 (no acts and no chains either)."""
    for table in ("live_station", "live_batch"):
        database.execute(f"DROP TABLE {table}")
    database.execute("DROP INDEX journal_flag")
    if version < 4:
        database.execute("DROP TABLE registration")
    if version < 3:
        for table in ("brought", "sighting", "station_fact", "kp_value", "chosen_event", "act"):
            database.execute(f"DROP TABLE {table}")
        for table, columns in migrations.ADDED[3].items():
            for column in columns:
                database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    database.execute("UPDATE setting SET value = ? WHERE key = 'schema'", (str(version),))
