"""Projects as a former version of the program left them."""

from __future__ import annotations

import sqlite3

from quakegui.project import schema


def turn_back(database: sqlite3.Connection) -> None:
    """Turn a project's tables into those of version 2: no acts, no chains."""
    for table in ("brought", "sighting", "station_fact", "kp_value", "chosen_event", "act"):
        database.execute(f"DROP TABLE {table}")
    for table, columns in schema.ADDED[3].items():
        for column in columns:
            database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    database.execute("UPDATE setting SET value = '2' WHERE key = 'schema'")
