"""How much of the present day has arrived from the stations that send live. A day in progress has no z and no prediction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from quakegui.project import schema
from quakegui.project.acts import hidden_files
from quakegui.project.live_rows import LIVE, live_name, unpack_batch
from quakegui.project.reading_blocks import DAY_MS, unpack
from quakegui.project.store import Project
from quakegui.season.localtime import NightWindow, local_date, night_bounds

LONGEST_DAY_MS = DAY_MS + 3_600_000
"""When summer time ends, a local day has 25 hours."""


@dataclass(frozen=True, slots=True)
class DayProgress:
    """Readings of a station on the present local day.

    Attributes
    ----------
    day
        Local date.
    arrived, due
        Number of readings that have arrived, and that were due by now, since local midnight.
    """

    day: np.datetime64
    arrived: int
    due: int

    @property
    def share(self) -> float:
        """Share of the readings due that have arrived, 0 to 1."""
        return self.arrived / self.due


class Today:
    """Counts readings that arrive live; each is unpacked once.

    Parameters
    ----------
    project
        The project.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._start_ms = 0
        self._seen: set[tuple[str, int, int]] = set()
        self._slots: dict[tuple[str, int], NDArray[np.bool_]] = {}
        """Whether a reading arrived in each sampling interval of the local day, by station and sampling interval in ms."""

    def progress(self, now_ms: int, *, at_once: int | None = None) -> dict[str, DayProgress] | None:
        """Return how much of the present local day has arrived, by station; of several records, that with the largest share.

        Parameters
        ----------
        now_ms
            The present time in milliseconds since 1970 UTC.
        at_once
            Number of blocks that are unpacked in this call, each in a few milliseconds; None is returned if more are left.

        Raises
        ------
        ProjectError
            If the project cannot be read.
        """
        day = local_date(np.array([now_ms], dtype="datetime64[ms]"), self._project.timezone)
        start = night_bounds(day, self._project.timezone, NightWindow(0.0, 1.0))[0][0]
        start_ms = int(start.astype("datetime64[ms]").astype(np.int64))
        if start_ms != self._start_ms:
            self._start_ms, self._seen, self._slots = start_ms, set(), {}
        with self._project.read() as connection:
            self._read_batches(connection)  # first: what is folded between the two queries would be missed otherwise
            if not self._read_blocks(connection, now_ms, at_once):
                return None
        found: dict[str, DayProgress] = {}
        for (code, cadence_ms), slots in self._slots.items():
            due = (now_ms - start_ms) // cadence_ms
            if due > 0:
                here = DayProgress(day[0], int(np.count_nonzero(slots[:due])), due)
                found[code] = max(found.get(code, here), here, key=lambda one: one.share)
        return found

    def _read_blocks(self, connection: Connection, now_ms: int, at_once: int | None) -> bool:
        """Unpack blocks that are new or have changed; returns whether all are known."""
        table, file = schema.block.c, schema.imported_file.c
        names = [live_name(day) for day in range(self._start_ms // DAY_MS, now_ms // DAY_MS + 1)]
        rows = connection.execute(
            select(table.id, table.count.label("readings"), table.file)
            .join_from(schema.block, schema.imported_file, table.file == file.id)
            .where(file.format == LIVE, file.base.in_(names))
        ).all()
        undone = hidden_files(connection)
        fresh = [row for row in rows if row.file not in undone and ("block", row.id, row.readings) not in self._seen]
        columns = (table.station, table.cadence_ms, table.utc_day, table.times)
        for row in fresh[:at_once]:
            self._seen.add(("block", row.id, row.readings))
            block = connection.execute(select(*columns).where(table.id == row.id)).one()
            self._mark(block.station, block.cadence_ms, block.utc_day * DAY_MS + unpack(block.times))
        return at_once is None or len(fresh) <= at_once

    def _read_batches(self, connection: Connection) -> None:
        table = schema.live_batch.c
        present = connection.scalars(select(table.id)).all()
        for number in [each for each in present if ("batch", each, 0) not in self._seen]:
            self._seen.add(("batch", number, 0))
            row = connection.execute(select(table.utc_day, table.readings).where(table.id == number)).one()
            for (code, cadence_ms, *_), (time, _) in unpack_batch(row.readings).items():
                self._mark(code, cadence_ms, row.utc_day * DAY_MS + time)

    def _mark(self, code: str, cadence_ms: int, time_ms: NDArray[np.int64]) -> None:
        slots = self._slots.setdefault((code, cadence_ms), np.zeros(LONGEST_DAY_MS // cadence_ms + 1, dtype=bool))
        at = (time_ms - self._start_ms) // cadence_ms
        slots[at[(at >= 0) & (at < slots.size)]] = True
