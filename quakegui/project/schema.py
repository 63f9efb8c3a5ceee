"""The tables of a project and their version; `migrations` has the way from older versions.

Times are milliseconds since 1970 UTC, days are days since 1970 (local dates, except `block.utc_day`), both as integers.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.types import TypeEngine

SCHEMA = 6
"""Version of the tables below. A change of a table adds a step to `migrations.MIGRATIONS` and one to this number."""

metadata = MetaData()

WHOLE = Integer().with_variant(BigInteger(), "postgresql")
"""Type of all integers: milliseconds do not fit into 32 bits, which SQLite does not care about and PostgreSQL does."""


def _required(kind: type[TypeEngine[Any]] | TypeEngine[Any], *names: str) -> list[Column[Any]]:
    """Return columns of one type that are never NULL."""
    return [Column(name, kind, nullable=False) for name in names]


setting = Table("setting", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))
"""One row per setting of the project: schema, name, timezone, synthetic, revision, config and others."""

station = Table(
    "station",
    metadata,
    Column("code", String(32), primary_key=True),
    Column("name", Text, nullable=False, default=""),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("elevation_m", Float),
    Column("typed", WHOLE, nullable=False, default=0),
    Column("absent", WHOLE),
)
"""Stations derived from `station_fact`. `typed` is 1 if a person entered the coordinates; `absent` is 1 if nothing in force has
readings of the station or names it explicitly.
"""

imported_file = Table(
    "imported_file",
    metadata,
    Column("id", WHOLE, primary_key=True),
    *_required(Text, "name", "base"),
    Column("sha256", String(64), nullable=False, index=True),
    Column("format", String(32), nullable=False),
    *_required(WHOLE, "imported_ms", "readings"),
    Column("notes", Text, nullable=False, default="[]"),
    Column("replaced_by", WHOLE, ForeignKey("imported_file.id", deferrable=True, initially="DEFERRED")),
    Column("issued_ms", WHOLE),
    Column("modified_ms", WHOLE),
    sqlite_autoincrement=True,
)
"""Every imported file, in order of import. `issued_ms` is its stated date of issue, `modified_ms` the earliest modification
time of its content in the acts in force (`sighting`). `replaced_by` is only set in projects created before version 3, which
deleted the readings of that file.
"""

act = Table(
    "act",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("at_ms", WHOLE, nullable=False),
    Column("author", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("target", WHOLE, index=True),
    Column("station", String(32)),
    Column("summary", Text, nullable=False, default="{}"),
    sqlite_autoincrement=True,
)
"""Imports and their undoing (see `acts`): rows are added, never changed and never removed. `target` is the act to which a row
of kind "undo" or "redo" refers.
"""

brought = Table(
    "brought",
    metadata,
    Column("act", WHOLE, ForeignKey("act.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("file", WHOLE, ForeignKey("imported_file.id"), primary_key=True),
    Index("brought_file", "file"),
)
"""The files of each act. Those imported before version 3 (`FORMER_FILES`) are in force in addition."""

sighting = Table(
    "sighting",
    metadata,
    Column("act", WHOLE, ForeignKey("act.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    Column("file", WHOLE, ForeignKey("imported_file.id"), primary_key=True),
    Column("base", Text, primary_key=True),
    Column("modified_ms", WHOLE),
    Index("sighting_file", "file"),
)
"""Names and modification times of the contents in an act: of each new one, and of copies of known ones that add something."""

station_fact = Table(
    "station_fact",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("code", String(32), nullable=False, index=True),
    Column("name", Text, nullable=False, default=""),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("elevation_m", Float),
    Column("typed", WHOLE, nullable=False),
    Column("file", WHOLE, ForeignKey("imported_file.id"), index=True),
    Column("act", WHOLE, ForeignKey("act.id", deferrable=True, initially="DEFERRED"), index=True),
)
"""Facts on a station from one file, or one act of a person; rows from before version 3 have neither."""

block = Table(
    "block",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("station", String(32), ForeignKey("station.code"), nullable=False),
    *_required(WHOLE, "utc_day", "cadence_ms", "data_type", "derived"),
    Column("file", WHOLE, ForeignKey("imported_file.id"), nullable=False),
    Column("count", WHOLE, nullable=False),
    *_required(LargeBinary, "times", "values"),
    Column("missing", LargeBinary),
    Index("block_place", "station", "utc_day"),
    Index("block_file", "file"),
)
"""Readings of one station, UTC day, sampling interval and file (see `reading_blocks`)."""

night = Table(
    "night",
    metadata,
    Column("station", String(32), ForeignKey("station.code"), primary_key=True),
    Column("day", WHOLE, primary_key=True),
    Column("value", Float),
    Column("coverage", Float, nullable=False),
    Column("quality", WHOLE, nullable=False),
)
"""Night mean of a station on a local date. A row exists for every local date with a reading, and for every night with one."""

stale_night = Table(
    "stale_night",
    metadata,
    Column("station", String(32), ForeignKey("station.code"), primary_key=True),
    Column("utc_day", WHOLE, primary_key=True),
)
"""UTC days whose readings have changed since the night means were computed: work that remains, also after a crash."""

live_batch = Table(
    "live_batch",
    metadata,
    Column("id", WHOLE, primary_key=True),
    *_required(WHOLE, "utc_day", "received_ms"),
    Column("readings", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
"""Readings of all stations as they arrived, until they are folded into blocks (see `live_rows`)."""

live_station = Table(
    "live_station",
    metadata,
    Column("station", String(32), ForeignKey("station.code"), primary_key=True),
    *_required(WHOLE, "last_ms", "received_ms", "messages", "refused"),
    Column("reason", Text, nullable=False, default=""),
)
"""Newest reading of each station that sends live, when it arrived, and how many messages were stored and refused; `reason` is
the sentence of the last refusal, as JSON.
"""

kp = Table("kp", metadata, Column("time_ms", WHOLE, primary_key=True), Column("value", Float, nullable=False))

kp_value = Table(
    "kp_value",
    metadata,
    Column("file", WHOLE, ForeignKey("imported_file.id"), primary_key=True),
    Column("time_ms", WHOLE, primary_key=True),
    Column("value", Float, nullable=False),
    Column("definitive", WHOLE, nullable=False),
)
"""Kp of each file; `kp` is derived from it."""

event_table = Table(
    "event",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("time_ms", WHOLE, nullable=False),
    Column("magnitude", Float, nullable=False),
    Column("magnitude_type", String(16), nullable=False, default=""),
    *_required(Float, "latitude", "longitude"),
    Column("depth_km", Float),
    Column("place", Text, nullable=False, default=""),
    Column("kept", WHOLE, nullable=False),
)
"""Earthquakes derived from the acts of kind "events"; `kept` is 0 for those removed by declustering."""

chosen_event = Table(
    "chosen_event",
    metadata,
    Column("act", WHOLE, ForeignKey("act.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    *(
        Column(column.name, column.type, primary_key=column.primary_key, nullable=column.nullable)
        for column in event_table.columns
        if column.name != "kept"
    ),
)
"""The earthquakes that one act selected from a catalogue."""

journal = Table(
    "journal",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("at_ms", WHOLE, nullable=False),
    Column("step", WHOLE, nullable=False, index=True),
    Column("author", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("day", WHOLE, nullable=False, index=True),
    Column("source", WHOLE, nullable=False),
    Column("owner", Text, nullable=False),
    Column("old", WHOLE),
    Column("new", WHOLE),
    Column("note", Text, nullable=False, default=""),
    Column("run", String(64), nullable=False, default=""),
    Column("blind", WHOLE, nullable=False, default=0),
    Column("replaces", WHOLE, ForeignKey("journal.id")),
    Column("undoes", WHOLE),
    Column("redoes", WHOLE),
    Column("chain", String(64)),
    sqlite_autoincrement=True,
)
"""The journal of labels, notes and flags (see `quakegui.project.journal`): rows are added, never changed and never removed.

`chain` is the hash of the row and of the one before it (see `chain`), NULL in rows from before version 3.
"""

_FLAGS = text("kind = 'flag'")
flag_index = Index("journal_flag", journal.c.owner, sqlite_where=_FLAGS, postgresql_where=_FLAGS)
"""Finds the flags of a station (see `flag_rows`) in a long journal of labels."""

run = Table(
    "run",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("created_ms", WHOLE, nullable=False),
    Column("status", String(16), nullable=False),
    Column("config", Text, nullable=False),
    Column("card", Text, nullable=False, default="{}"),
)

prediction = Table(
    "prediction",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("run", String(64), ForeignKey("run.id"), nullable=False),
    Column("day", WHOLE, nullable=False),
    Column("kind", String(16), nullable=False),
    *_required(Float, "p0", "p1", "p2", "p3", "p4"),
    Column("map_hash", String(64), nullable=False),
    *_required(WHOLE, "issued_ms", "cutoff_ms"),
    Column("config_hash", String(64), nullable=False),
    Column("chain", String(64)),
    Index("prediction_place", "run", "day"),
    sqlite_autoincrement=True,
)
"""Predictions of a run for a day, with the times of issue and cutoff: rows are added, never changed and never removed; chained
like the journal.
"""

registration = Table(
    "registration",
    metadata,
    Column("id", WHOLE, primary_key=True),
    Column("at_ms", WHOLE, nullable=False),
    Column("author", Text, nullable=False),
    Column("run", String(64), ForeignKey("run.id"), nullable=False),
    Column("terms", Text, nullable=False),
    Column("chain", String(64)),
    sqlite_autoincrement=True,
)
"""Terms of the evaluation of a run in the future (see `registrations`): rows are added, never changed and never removed;
chained like the journal.
"""

APPEND_ONLY = (journal, prediction, act, registration)
"""Tables whose rows are added, never changed and never removed."""

for _table in APPEND_ONLY:
    for _verb in ("UPDATE", "DELETE"):
        event.listen(
            _table,
            "after_create",
            DDL(  # type: ignore[no-untyped-call,unused-ignore]
                f"CREATE TRIGGER {_table.name}_no_{_verb.lower()} BEFORE {_verb} ON {_table.name} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of the {_table.name} are never changed'); END"
            ).execute_if(dialect="sqlite"),
        )
