"""Kp of the project, which distinguishes storms from anomalies."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection, bindparam, delete, select

from quakegui.project import schema
from quakegui.project.acts import hidden_files
from quakegui.project.dialects import insert_into
from quakegui.project.reading_blocks import Issue
from quakegui.project.setting_rows import raise_revision
from quakegui.project.store import Project
from quakegui.season.kp import Kp


def kp(project: Project) -> Kp | None:
    """Return the Kp of the project, or None if it has none."""
    with project.read() as connection:
        rows = connection.execute(select(schema.kp).order_by(schema.kp.c.time_ms)).all()
    if not rows:
        return None
    time = np.array([row.time_ms for row in rows], dtype=np.int64).astype("datetime64[ms]")
    return Kp(time, np.array([row.value for row in rows], dtype=np.float64))


def record_kp(connection: Connection, index: Kp, file: int) -> None:
    """Record the Kp of an imported file; `refresh_kp` applies it.

    Parameters
    ----------
    connection
        Connection within a writing transaction.
    index
        Content of the file; values of which it is not known whether they are definitive count as a nowcast.
    file
        Its number; what was recorded for it before is kept.
    """
    definitive = index.definitive if index.definitive.size else np.zeros(index.time.size, dtype=bool)
    columns = (index.time.astype(np.int64), index.value, definitive.astype(np.int64))
    rows = [
        {"file": file, "time_ms": time, "value": value, "definitive": final}
        for time, value, final in zip(*(column.tolist() for column in columns), strict=True)
    ]
    if rows:
        connection.execute(insert_into(connection, schema.kp_value).on_conflict_do_nothing(), rows)


def refresh_kp(connection: Connection) -> int:
    """Derive Kp from the files in force; returns the number of intervals that are new, changed or removed.

    If files differ, a definitive value takes precedence over a nowcast, then the file modified last (`reading_blocks.Issue`).
    """
    file = schema.imported_file.c
    value = schema.kp_value.c
    hidden = hidden_files(connection)
    query = select(file.id, file.issued_ms, file.modified_ms, file.sha256).where(file.id.in_(select(value.file).distinct()))
    files = sorted(
        (row for row in connection.execute(query) if row.id not in hidden),
        key=lambda row: Issue.of(row.issued_ms, row.modified_ms, row.sha256),
    )
    after: dict[int, float] = {}
    for definitive in (0, 1):
        for row in files:
            mine = (value.file == row.id) & (value.definitive == definitive)
            after |= {one.time_ms: one.value for one in connection.execute(select(value.time_ms, value.value).where(mine))}
    before = {one.time_ms: one.value for one in connection.execute(select(schema.kp.c.time_ms, schema.kp.c.value))}
    fresh = [{"time_ms": time, "value": kp} for time, kp in after.items() if before.get(time) != kp]
    gone = [{"gone": time} for time in before.keys() - after.keys()]
    if gone:
        connection.execute(delete(schema.kp).where(schema.kp.c.time_ms == bindparam("gone")), gone)
    if fresh:
        put = insert_into(connection, schema.kp)
        connection.execute(put.on_conflict_do_update(index_elements=["time_ms"], set_={"value": put.excluded.value}), fresh)
    if fresh or gone:
        raise_revision(connection)
    return len(fresh) + len(gone)
