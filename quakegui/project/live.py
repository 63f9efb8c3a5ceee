"""Live arrival as a project keeps it: batches, the state of each station, and the gaps of its record."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import Connection, case, select

from quakegui.project import schema
from quakegui.project.dialects import insert_into
from quakegui.project.live_rows import (
    LIVE,
    PAUSE_S,
    STATIONS_AT_ONCE,
    LiveReadings,
    by_day,
    fold,
    live_file,
    pack_batch,
)
from quakegui.project.nights import read_blocks
from quakegui.project.reading_blocks import DAY_MS, merged
from quakegui.project.stations import record_stations, refresh_stations
from quakegui.project.store import Project
from quakegui.season.json_values import parse_json
from quakegui.season.network import Station
from quakegui.words import text_from_json, text_to_json

GAP_DAYS = 3
"""Number of UTC days, with the present one, whose gaps are listed."""
LATE_S, SILENT_S = 300.0, 900.0
"""Seconds since the newest reading after which a station is late, and silent."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What arrived between two flushes, in the order of arrival.

    Attributes
    ----------
    readings
        Readings by message.
    received_ms
        Time of arrival of the newest message, in milliseconds since 1970 UTC.
    refusals
        Number of refused messages by station, and the reason of the last one.
    """

    readings: Sequence[LiveReadings]
    received_ms: int
    refusals: Mapping[str, tuple[int, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiveState:
    """State of a station that sends live.

    Attributes
    ----------
    station
        Station code.
    last
        Timestamp of its newest reading, UTC, datetime64[ms].
    received
        Time of arrival of that reading, UTC, datetime64[ms].
    messages, refused
        Number of messages stored and refused since its first one.
    reason
        Reason of the last refusal, "" if there was none.
    """

    station: str
    last: np.datetime64
    received: np.datetime64
    messages: int
    refused: int
    reason: str

    @property
    def delay_s(self) -> float:
        """Seconds from the newest reading to its arrival."""
        return float((self.received - self.last) / np.timedelta64(1, "s"))

    def silent_s(self, now_ms: int) -> float:
        """Return the seconds since the newest reading, given the present time in milliseconds since 1970 UTC."""
        return max(float((np.datetime64(now_ms, "ms") - self.last) / np.timedelta64(1, "s")), 0.0)

    def light(self, now_ms: int) -> str:
        """Return "live", "late" or "silent", given the present time in milliseconds since 1970 UTC."""
        silent_s = self.silent_s(now_ms)
        return "live" if silent_s < LATE_S else "late" if silent_s < SILENT_S else "silent"


@dataclass(frozen=True, slots=True)
class Gap:
    """Missing readings between two others, in files as well as live.

    Attributes
    ----------
    since, until
        Timestamps of the first and the last missing reading, UTC, datetime64[ms].
    readings
        Their number.
    """

    since: np.datetime64
    until: np.datetime64
    readings: int


def store_arrival(project: Project, arrival: Arrival) -> None:
    """Store what arrived, in one short transaction that is on disk when this returns: labels wait for it.

    A station that is new appears in the project before that, with its coordinates if its messages give them.

    Parameters
    ----------
    project
        Open project; must be writable.
    arrival
        Readings of any stations and days, and the refusals of the same time.

    Raises
    ------
    ProjectError
        If the project cannot be written; no readings were stored.
    """
    days = by_day(arrival.readings)
    rows = [{"utc_day": day, "received_ms": arrival.received_ms, "readings": pack_batch(batch)} for day, batch in days.items()]
    states = _states(arrival)
    _name_stations(project, arrival)
    with project.write() as connection:
        for day in days:
            live_file(connection, day, arrival.received_ms, project.login or LIVE)
        if rows:
            connection.execute(schema.live_batch.insert(), rows)
        _record_states(connection, states)


def _name_stations(project: Project, arrival: Arrival) -> None:
    """Add new stations, and coordinates of those without, a few in each transaction: each takes several milliseconds."""
    known = {station.code: station for station in project.network().stations}
    fresh: dict[str, tuple[Station, int]] = {}
    for one in arrival.readings:
        station = known.get(one.station)
        wanted = station is None or (not station.located and one.latitude is not None)
        if wanted and (one.station not in fresh or one.latitude is not None):
            fresh[one.station] = Station(one.station, "", one.latitude, one.longitude, None), int(one.time[-1]) // DAY_MS
    stations = list(fresh.values())
    for at in range(0, len(stations), STATIONS_AT_ONCE):
        time.sleep(PAUSE_S if at else 0.0)
        some = stations[at : at + STATIONS_AT_ONCE]
        with project.write() as connection:
            numbers = {day: live_file(connection, day, arrival.received_ms, project.login or LIVE) for _, day in some}
            record_stations(connection, [(station, numbers[day]) for station, day in some])
            refresh_stations(connection, [station.code for station, _ in some])


def _states(arrival: Arrival) -> list[dict[str, object]]:
    """Return what an arrival adds to the state of each station: newest reading, messages and refusals."""
    last: dict[str, int] = {}
    messages: Counter[str] = Counter()
    for one in arrival.readings:
        last[one.station] = max(last.get(one.station, -DAY_MS), int(one.time.max()))
        messages[one.station] += 1
    found: list[dict[str, object]] = []
    for code in sorted(last.keys() | arrival.refusals.keys()):
        count, reason = arrival.refusals.get(code, (0, ""))
        facts = {"last_ms": last.get(code, -DAY_MS), "received_ms": arrival.received_ms, "messages": messages[code]}
        found.append({"station": code, **facts, "refused": count, "reason": json.dumps(text_to_json(reason)) if count else ""})
    return found


def _record_states(connection: Connection, states: Sequence[dict[str, object]]) -> None:
    """Add to the states of stations; of a station without any readings nothing is recorded."""
    table = schema.live_station
    query = insert_into(connection, table)
    new = query.excluded
    newer = new.last_ms > table.c.last_ms
    total = {
        "last_ms": case((newer, new.last_ms), else_=table.c.last_ms),
        "received_ms": case((newer, new.received_ms), else_=table.c.received_ms),
        "messages": table.c.messages + new.messages,
        "refused": table.c.refused + new.refused,
        "reason": case((new.reason != "", new.reason), else_=table.c.reason),
    }
    silent = [str(state["station"]) for state in states if not state["messages"]]
    known = set(connection.scalars(select(table.c.station).where(table.c.station.in_(silent)))) if silent else set()
    rows = [state for state in states if state["messages"] or state["station"] in known]
    if rows:
        connection.execute(query.on_conflict_do_update(index_elements=["station"], set_=total), rows)


def live_states(project: Project) -> tuple[LiveState, ...]:
    """Return the state of each station that has sent live, by code."""
    table = schema.live_station
    with project.read() as connection:
        rows = connection.execute(select(table).order_by(table.c.station)).all()
    return tuple(
        LiveState(
            row.station,
            np.datetime64(row.last_ms, "ms"),
            np.datetime64(row.received_ms, "ms"),
            row.messages,
            row.refused,
            text_from_json(parse_json(row.reason)) if row.reason else "",
        )
        for row in rows
    )


def gaps(project: Project, code: str) -> tuple[Gap, ...]:
    """Return the gaps in the record of a station that sends live, oldest first; what a file has filled is none.

    Looks back `GAP_DAYS` from the newest live reading; what has just arrived is folded first, if the inputs can be written.

    Parameters
    ----------
    project
        Open project; may be read-only.
    code
        Station code; of its sampling intervals, the one with the most readings is used.
    """
    fold(project)
    file, block = schema.imported_file.c, schema.block.c
    with project.read() as connection:
        query = select(block.utc_day).join_from(schema.block, schema.imported_file, block.file == file.id)
        last = connection.scalar(
            query.where(block.station == code, file.format == LIVE).order_by(block.utc_day.desc()).limit(1)
        )
        if last is None:
            return ()
        records = merged(read_blocks(connection, code, last - GAP_DAYS + 1, last))
    if not records:
        return ()
    record = max(records, key=len)
    step = np.timedelta64(round(1000 * record.cadence_s), "ms")
    wide = np.flatnonzero(np.diff(record.time) >= 1.5 * step)
    return tuple(
        Gap(record.time[at] + step, record.time[at + 1] - step, round((record.time[at + 1] - record.time[at]) / step) - 1)
        for at in wide
    )
