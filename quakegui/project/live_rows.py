"""Readings that arrive live, as they are stored: batches in the order of arrival, then one block per station and UTC day.

A batch is one row for all stations, so that storing ten seconds of a network is one small transaction. `fold` turns batches
into blocks of one file per UTC day (format `LIVE`), whose act can be undone like an import. Later readings of a slot replace
earlier ones at the same level.
"""

from __future__ import annotations

import json
import struct
import time as clock
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, select, update

from quakegui.progress import ProgressCallback, silent
from quakegui.project import schema
from quakegui.project.acts import READINGS, add_act
from quakegui.project.database import sentences
from quakegui.project.dialects import insert_into
from quakegui.project.domains import INPUTS
from quakegui.project.reading_blocks import DAY_MS, Block, DamagedReadingsError, block_row, instants, pack
from quakegui.project.store import Project
from quakegui.season.localtime import wall_clock_ms
from quakegui.words import Said

LIVE = "live"
"""Format of the file that stands for all readings that arrived live on one UTC day."""
STATIONS_AT_ONCE = 5
"""Stations stored in one transaction, for which labels wait."""
PAUSE_S = 0.05
"""Seconds between two such transactions: without a pause, SQLite would give the turn to the same program again."""
_LARGEST = 32 * 1024**2
_LENGTH = struct.Struct("<I")

Key = tuple[str, int, int, bool]
"""Station, sampling interval in ms, data type, and whether F was derived."""


@dataclass(frozen=True, slots=True)
class LiveReadings:
    """Readings of one station from one message.

    Attributes
    ----------
    station
        Station code.
    cadence_ms
        Sampling interval in milliseconds.
    data_type
        A `DataType`, as a number.
    derived
        Whether F was computed from components, by the station or here.
    time, value
        Milliseconds since 1970 UTC and thousandths of a nT, int64, shape (time,).
    latitude, longitude
        Coordinates stated in the message, or None.
    note
        A sentence on values that were not used, "" if there are none.
    """

    station: str
    cadence_ms: int
    data_type: int
    derived: bool
    time: NDArray[np.int64]
    value: NDArray[np.int64]
    latitude: float | None = None
    longitude: float | None = None
    note: str = ""

    @property
    def key(self) -> Key:
        """What distinguishes its record from others."""
        return self.station, self.cadence_ms, self.data_type, self.derived


Batch = Mapping[Key, tuple[NDArray[np.int64], NDArray[np.int64]]]
"""Times since the start of a UTC day in ms, and values in thousandths of a nT, in the order of arrival."""


def by_day(arrived: Iterable[LiveReadings]) -> dict[int, Batch]:
    """Return readings in the order of arrival by UTC day (days since 1970), ready for `pack_batch`."""
    parts: dict[int, dict[Key, list[tuple[NDArray[np.int64], NDArray[np.int64]]]]] = {}
    for one in arrived:
        first, last = int(one.time[0]) // DAY_MS, int(one.time[-1]) // DAY_MS
        if first == last:
            parts.setdefault(first, {}).setdefault(one.key, []).append((one.time - first * DAY_MS, one.value))
            continue
        day = one.time // DAY_MS
        for each in np.unique(day).tolist():
            mine = day == each
            parts.setdefault(each, {}).setdefault(one.key, []).append((one.time[mine] - each * DAY_MS, one.value[mine]))
    return {
        day: {
            key: (np.concatenate([time for time, _ in some]), np.concatenate([value for _, value in some]))
            for key, some in series.items()
        }
        for day, series in parts.items()
    }


def pack_batch(batch: Batch) -> bytes:
    """Pack a batch: its keys with their counts as JSON, then all times and values as 32-bit integers, compressed."""
    head = json.dumps([(*key, time.size) for key, (time, _) in batch.items()]).encode()
    columns = [np.concatenate(column).astype("<i4").tobytes() for column in zip(*batch.values(), strict=True)]
    return zlib.compress(b"".join((_LENGTH.pack(len(head)), head, *columns)), 1)


def unpack_batch(packed: bytes) -> Batch:
    """Return the batch that was packed with `pack_batch`.

    Raises
    ------
    DamagedReadingsError
        If the bytes are not a result of `pack_batch`.
    """
    try:
        plain = zlib.decompressobj().decompress(packed, _LARGEST)
        (length,) = _LENGTH.unpack_from(plain)
        head = json.loads(plain[_LENGTH.size : _LENGTH.size + length])
        counts = [int(row[4]) for row in head]
        times, values = np.frombuffer(plain[_LENGTH.size + length :], "<i4").astype(np.int64).reshape(2, sum(counts))
        keys = [(str(row[0]), int(row[1]), int(row[2]), bool(row[3])) for row in head]
        whole = min(counts, default=0) > 0 and bool(((times >= 0) & (times < DAY_MS)).all())
    except (zlib.error, struct.error, ValueError, TypeError, IndexError) as error:
        raise DamagedReadingsError(Said("a live batch cannot be unpacked: {error}", error=error)) from error
    if not whole or not all(cadence_ms > 0 and 0 <= data_type <= 4 for _, cadence_ms, data_type, _ in keys):
        raise DamagedReadingsError(Said("a live batch has impossible times, or no readings"))
    ends = np.cumsum(counts)[:-1]
    return dict(zip(keys, zip(np.split(times, ends), np.split(values, ends), strict=True), strict=True))


def live_name(utc_day: int) -> str:
    """Return the name of the file that stands for the live readings of a UTC day (days since 1970)."""
    return f"live {np.datetime64(utc_day, 'D')}"


def live_file(connection: Connection, utc_day: int, at_ms: int, author: str = LIVE) -> int:
    """Return the number of the file of live readings of a UTC day; a new one comes with its act.

    Parameters
    ----------
    connection
        Connection within a writing transaction.
    utc_day
        Days since 1970.
    at_ms
        Time of arrival of its first readings, in milliseconds since 1970 UTC.
    author
        In whose name it is recorded.
    """
    file = schema.imported_file.c
    name = live_name(utc_day)
    found: int | None = connection.scalar(select(file.id).where(file.format == LIVE, file.base == name))
    if found is not None:
        return found
    number: int = (connection.scalar(select(func.max(file.id))) or 0) + 1
    texts = {"name": name, "base": name, "sha256": "0" * 64, "format": LIVE}
    connection.execute(schema.imported_file.insert().values(id=number, **texts, imported_ms=at_ms, readings=0, notes="[]"))
    act = add_act(connection, READINGS, author, summary={"files": 1, "names": [name], "live": True})
    connection.execute(schema.brought.insert().values(act=act, file=number))
    connection.execute(schema.sighting.insert().values(act=act, file=number, base=name, modified_ms=None))
    return number


def fold(project: Project, *, progress: ProgressCallback = silent) -> int:
    """Turn the batches that have arrived into blocks, a few stations in each transaction; returns the number of batches.

    It can be interrupted at any point, and others can add batches or fold meanwhile: until its batches are deleted, a station
    is folded again with the same result.

    Parameters
    ----------
    project
        Open project; if its inputs cannot be written, nothing is folded.
    progress
        Called between two transactions with stations done, stations in all and a text.

    Raises
    ------
    ProjectError
        If a batch or a block is damaged, or the project cannot be written; the batches are kept.
    """
    if INPUTS not in project.rights:
        return 0
    known = _read_batches(project)
    if not known:
        return 0
    codes = sorted({key[0] for _, batch in known.values() for key in batch})
    for at in range(0, len(codes), STATIONS_AT_ONCE):
        clock.sleep(PAUSE_S if at else 0.0)
        progress(at, len(codes), Said("live readings"))
        _fold_stations(project, codes[at : at + STATIONS_AT_ONCE], known)
    with project.write() as connection:
        connection.execute(delete(schema.live_batch).where(schema.live_batch.c.id <= max(known)))
        for day in {day for day, _ in known.values()}:
            number = live_file(connection, day, wall_clock_ms())
            count = select(func.coalesce(func.sum(schema.block.c.count), 0)).where(schema.block.c.file == number)
            file = schema.imported_file
            connection.execute(update(file).where(file.c.id == number).values(readings=int(connection.scalar(count) or 0)))
    return len(known)


def _read_batches(project: Project) -> dict[int, tuple[int, Batch]]:
    """Return UTC day and content of the batches that are not folded yet, by number, oldest first."""
    table = schema.live_batch.c
    with project.read() as connection:
        rows = connection.execute(select(table.id, table.utc_day, table.readings).order_by(table.id)).all()
    with sentences(project.folder):  # unpacked outside the transaction, which others may wait for
        return {row.id: (row.utc_day, unpack_batch(row.readings)) for row in rows}


def _fold_stations(project: Project, codes: Sequence[str], known: Mapping[int, tuple[int, Batch]]) -> None:
    """Fold some stations: computed before the transaction, and once more within it if another program folded meanwhile."""
    with project.read() as connection:
        before = _found(connection, codes, known)
    with sentences(project.folder):
        rows = _folded(before, codes, known)
    with project.write() as connection:
        now = _found(connection, codes, known)
        if now != before:
            rows = _folded(now, codes, known)
        table = schema.block
        for block, row in rows:
            number = live_file(connection, block.utc_day, wall_clock_ms())
            query = table.insert() if row is None else table.update().where(table.c.id == row)
            connection.execute(query, [block_row(block, number)])
        mark_stale(connection, {code: [block.utc_day for block, _ in rows if block.station == code] for code in codes})


_Found = tuple[tuple[int, ...], dict[tuple[int, Key], tuple[int, Block]]]
"""The batches that nobody has folded yet, and the live blocks with their numbers, by UTC day and key."""


def _found(connection: Connection, codes: Sequence[str], known: Mapping[int, tuple[int, Batch]]) -> _Found:
    """Return the state of the database on which the result of folding some stations depends."""
    table, file = schema.block.c, schema.imported_file.c
    batches = connection.scalars(select(schema.live_batch.c.id).where(schema.live_batch.c.id <= max(known))).all()
    names = ("station", "utc_day", "cadence_ms", "data_type", "derived", "count", "times", "values")
    rows = connection.execute(
        select(table.id, *(table[name] for name in names))
        .join_from(schema.block, schema.imported_file, table.file == file.id)
        .where(table.station.in_(codes), table.utc_day.in_({day for day, _ in known.values()}), file.format == LIVE)
    )
    blocks = {}
    for row in rows:
        block = Block(**dict(zip(names, row[1:], strict=True)))
        key = block.station, block.cadence_ms, block.data_type, bool(block.derived)
        blocks[block.utc_day, key] = row.id, block
    return tuple(sorted(batches)), blocks


def _folded(found: _Found, codes: Sequence[str], known: Mapping[int, tuple[int, Batch]]) -> list[tuple[Block, int | None]]:
    """Return the blocks of some stations with their batches, each with the number of the one that it replaces, if any."""
    batches, blocks = found
    parts: dict[tuple[int, Key], list[tuple[NDArray[np.int64], NDArray[np.int64]]]] = {}
    for day, batch in (known[number] for number in batches):
        for key, series in batch.items():
            if key[0] in codes:
                parts.setdefault((day, key), []).append(series)
    rows = []
    for (day, key), some in parts.items():
        number, block = blocks.get((day, key), (None, None))
        if block is not None:
            some.insert(0, instants(block))
        time, value = latest(*(np.concatenate(column) for column in zip(*some, strict=True)), cadence_ms=key[1])
        code, cadence_ms, data_type, derived = key
        rows.append((Block(code, day, cadence_ms, data_type, derived, time.size, pack(time), pack(value)), number))
    return rows


def mark_stale(connection: Connection, utc_days: Mapping[str, Iterable[int]]) -> None:
    """Record the changed UTC days of each station.

    Parameters
    ----------
    connection
        Connection within the transaction that changes readings.
    utc_days
        Days since 1970, by station; may be repeated, or recorded already.
    """
    rows = [{"station": code, "utc_day": day} for code, days in utc_days.items() for day in set(days)]
    if rows:
        connection.execute(insert_into(connection, schema.stale_night).on_conflict_do_nothing(), rows)


def latest(
    time: NDArray[np.int64], value: NDArray[np.int64], *, cadence_ms: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the last arrival in each slot, in order of time.

    Parameters
    ----------
    time, value
        Readings in the order of arrival, shape (time,).
    cadence_ms
        Sampling interval in milliseconds.
    """
    last = time.size - 1 - np.unique(time[::-1] // cadence_ms, return_index=True)[1]
    return time[last], value[last]


def end_of_files(blocks: Iterable[Block]) -> dict[int, int]:
    """Return, by UTC day, the time in ms since its start up to which files are the record of a station.

    A file that was last modified after its day, or at an unknown time, is the record of the whole day, its gaps included. One
    that was modified earlier ends with its last reading: what the station sent after that still counts.

    Parameters
    ----------
    blocks
        Blocks in force of one station.
    """
    ends: dict[int, int] = {}
    for block in blocks:
        if not block.live and ends.get(block.utc_day) != DAY_MS:
            modified = block.issue.modified_ms
            whole = modified == -np.inf or modified >= (block.utc_day + 1) * DAY_MS
            end = DAY_MS if whole else int(instants(block)[0][-1]) + 1 if block.count else 0
            ends[block.utc_day] = max(end, ends.get(block.utc_day, 0))
    return ends


def without_overruled(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks of one station without the live readings that do not count.

    These are readings of a time for which files are the record (`end_of_files`), and derived ones on a day with recorded ones:
    the two differ by a few nT. A scalar instrument with less than half the readings of the vector is taken as out of order.

    Parameters
    ----------
    blocks
        Blocks in force of one station.
    """
    if not any(block.live for block in blocks):
        return list(blocks)
    ends = end_of_files(blocks)
    found = [block for block in blocks if not block.live]
    live = [_after(block, ends.get(block.utc_day, 0)) for block in blocks if block.live]
    counts: dict[tuple[int, bool], int] = {}
    for block in live:
        place = block.utc_day, bool(block.derived)
        counts[place] = counts.get(place, 0) + block.count
    for block in live:
        recorded, derived = counts.get((block.utc_day, False), 0), counts.get((block.utc_day, True), 0)
        if block.count and bool(block.derived) == (2 * recorded < derived):
            found.append(block)
    return found


def _after(block: Block, end: int) -> Block:
    """Return the readings of a block from a time of its day on."""
    if end in (0, DAY_MS):
        return replace(block, count=0) if end else block
    time, value = instants(block)
    kept = time >= end
    return replace(block, count=int(kept.sum()), times=pack(time[kept]), values=pack(value[kept]))
