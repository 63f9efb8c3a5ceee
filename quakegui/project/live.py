"""Live arrival as a project keeps it: batches, the state of each station, and the gaps of its record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import Connection, select

from quakegui.project import schema
from quakegui.project.dialects import insert_into
from quakegui.project.live_rows import LIVE, LiveReadings, by_day, fold, live_file, pack_batch
from quakegui.project.nights import mark_stale, read_blocks
from quakegui.project.reading_blocks import DAY_MS, merged
from quakegui.project.stations import make_room_for, record_stations, refresh_stations
from quakegui.project.store import Project, network_of
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
    """Store what arrived, in one transaction that is on disk when this returns.

    A station that is new appears in the project, with its coordinates if its messages give them.

    Raises
    ------
    ProjectError
        If the project cannot be written; nothing was stored.
    """
    days = by_day(arrival.readings)
    rows = [{"utc_day": day, "received_ms": arrival.received_ms, "readings": pack_batch(batch)} for day, batch in days.items()]
    with project.write() as connection:
        numbers = {day: live_file(connection, day, arrival.received_ms, project.login or LIVE) for day in days}
        _name_stations(connection, arrival.readings, numbers)
        if rows:
            connection.execute(schema.live_batch.insert(), rows)
        touched: dict[str, set[int]] = {}
        for day, batch in days.items():
            for code, *_ in batch:
                touched.setdefault(code, set()).add(day)
        mark_stale(connection, touched)
        _record_states(connection, arrival)


def _name_stations(connection: Connection, readings: Iterable[LiveReadings], numbers: Mapping[int, int]) -> None:
    """Add new stations, and coordinates of those without."""
    known = {station.code: station for station in network_of(connection).stations}
    fresh: dict[str, tuple[Station, int]] = {}
    for one in readings:
        station = known.get(one.station)
        if station is None or (not station.located and one.latitude is not None):
            file = numbers[int(one.time[-1]) // DAY_MS]
            if one.station not in fresh or one.latitude is not None:
                fresh[one.station] = Station(one.station, "", one.latitude, one.longitude, None), file
    if fresh:
        record_stations(connection, fresh.values())
        refresh_stations(connection, fresh)


def _record_states(connection: Connection, arrival: Arrival) -> None:
    table = schema.live_station
    former = {row.station: row._asdict() for row in connection.execute(select(table))}
    changed: dict[str, dict[str, object]] = {}
    for one in arrival.readings:
        state = former.setdefault(
            one.station, {"last_ms": -DAY_MS, "received_ms": 0, "messages": 0, "refused": 0, "reason": ""}
        )
        last_ms = int(one.time.max())
        if last_ms > state["last_ms"]:
            state |= {"last_ms": last_ms, "received_ms": arrival.received_ms}
        state["messages"] += 1
        changed[one.station] = state
    for code, (count, reason) in arrival.refusals.items():
        if code in former:  # others have no readings, and no row
            former[code] |= {"refused": former[code]["refused"] + count, "reason": json.dumps(text_to_json(reason))}
            changed[code] = former[code]
    rows = [{**state, "station": code} for code, state in changed.items()]
    if rows:
        make_room_for(connection, changed)
        query = insert_into(connection, table)
        names = ("last_ms", "received_ms", "messages", "refused", "reason")
        update = {name: query.excluded[name] for name in names}
        connection.execute(query.on_conflict_do_update(index_elements=["station"], set_=update), rows)


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


def gaps(project: Project, code: str, *, days: int = GAP_DAYS) -> tuple[Gap, ...]:
    """Return the gaps in the record of a station that sends live, oldest first; what a file has filled is none.

    Parameters
    ----------
    project
        The project; what has just arrived is folded first, unless it is read-only.
    code
        Station code.
    days
        Number of UTC days, counted back from the newest one with live readings.
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
        records = merged(read_blocks(connection, code, last - days + 1, last))
    if not records:
        return ()
    record = max(records, key=len)
    step = np.timedelta64(round(1000 * record.cadence_s), "ms")
    wide = np.flatnonzero(np.diff(record.time) >= 1.5 * step)
    return tuple(
        Gap(record.time[at] + step, record.time[at + 1] - step, round((record.time[at + 1] - record.time[at]) / step) - 1)
        for at in wide
    )
