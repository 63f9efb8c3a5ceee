"""The project's Kp: what tells a storm from an anomaly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from quakegui import formats
from quakegui.formats.source import expand
from quakegui.project import schema
from quakegui.project.store import Project, raise_revision
from quakegui.season.kp import Kp


def kp(project: Project) -> Kp | None:
    """Return Kp as far as the project knows it, or None."""
    with project.read() as connection:
        rows = connection.execute(select(schema.kp).order_by(schema.kp.c.time_ms)).all()
    if not rows:
        return None
    time = np.array([row.time_ms for row in rows], dtype=np.int64).astype("datetime64[ms]")
    return Kp(time, np.array([row.value for row in rows], dtype=np.float64))


def import_kp(project: Project, path: Path | str) -> int:
    """Take Kp from a file; returns how many intervals are new or changed.

    Raises
    ------
    FormatError
        If the file cannot be read; nothing was changed.
    """
    found = [formats.read_kp(source) for source in expand(path)]
    with project.write() as connection:
        return sum(put_kp(connection, index) for index in found)


def put_kp(connection: Connection, index: Kp) -> int:
    """Store Kp in place of what was known of the same intervals; returns how many are new or changed."""
    known = {row.time_ms: row.value for row in connection.execute(select(schema.kp))}
    pairs = zip(index.time.astype(np.int64).tolist(), index.value.tolist(), strict=True)
    fresh = [{"time_ms": time, "value": value} for time, value in pairs if known.get(time) != value]
    if fresh:
        row = insert(schema.kp)
        connection.execute(row.on_conflict_do_update(index_elements=["time_ms"], set_={"value": row.excluded.value}), fresh)
        raise_revision(connection)
    return len(fresh)
