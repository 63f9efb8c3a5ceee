"""Readings with timestamps ahead of the clock of this machine: one of the two clocks is wrong."""

from __future__ import annotations

import numpy as np
from sqlalchemy import func, select

from quakegui.project import schema
from quakegui.project.nights import read_blocks
from quakegui.project.reading_blocks import DAY_MS, merged
from quakegui.project.store import Project

SLACK_MS = 5 * 60_000
"""Tolerated difference in ms between the clock of a logger and of this machine."""


def ahead_of_clock(project: Project, now_ms: int) -> dict[str, np.datetime64]:
    """Return the latest timestamp, UTC, datetime64[ms], of each station with readings later than now.

    Parameters
    ----------
    project
        The project; only its readings of today and later are read.
    now_ms
        The present time, in milliseconds since 1970 UTC.
    """
    today, block, found = now_ms // DAY_MS, schema.block.c, {}
    with project.read() as connection:
        for code in connection.scalars(select(schema.station.c.code).order_by(schema.station.c.code)).all():
            last = connection.scalar(select(func.max(block.utc_day)).where(block.station == code))
            if last is None or last < today:
                continue
            stamps = [record.time[-1] for record in merged(read_blocks(connection, code, today, last)) if len(record)]
            if stamps and max(stamps) > np.datetime64(now_ms + SLACK_MS, "ms"):
                found[code] = max(stamps)
    return found
