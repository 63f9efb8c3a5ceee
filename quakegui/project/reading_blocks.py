"""Readings as stored in a project: small blocks of one station, UTC day, sampling interval and file, exact to 0.001 nT.

Every file keeps its own blocks. Overlapping records are resolved slot by slot when they are read, by the properties of the
files (`Issue`) and never by the order of import.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.season.readings import DataType, Readings
from quakegui.words import Said

DAY_MS = 86_400_000
PER_NT = 1000.0
"""Stored steps per nT."""

MOST_READINGS = DAY_MS
"""Maximum number of readings in one block: one per millisecond."""
_LARGEST = 1_000_000_000
"""Thousandths of a nT above every reading: a million nT."""

_FARTHEST_DAY = 400_000
_LONGEST_CADENCE = 400 * DAY_MS

_HEAD = struct.Struct("<qqIB")


class DamagedReadingsError(ValueError):
    """Stored readings are not a result of `pack`."""


@dataclass(frozen=True, slots=True, order=True)
class Issue:
    """Precedence between readings of several files of the same data type: the larger one is used.

    Attributes
    ----------
    issued_ms
        Date of issue stated in the file, in milliseconds since 1970 UTC; a file without one counts as the oldest.
    modified_ms
        When the file was last modified; for several copies, the earliest time.
    sha256
        Fingerprint of its content: resolves a tie, always in the same way.
    """

    issued_ms: float = -math.inf
    modified_ms: float = -math.inf
    sha256: str = ""

    @classmethod
    def of(cls, issued_ms: int | None, modified_ms: int | None, sha256: str) -> Issue:
        """Return the issue of a file.

        Parameters
        ----------
        issued_ms, modified_ms
            Milliseconds since 1970 UTC; None if unknown, which counts as the oldest.
        sha256
            Fingerprint of its content.
        """
        issued, modified = (-math.inf if time is None else float(time) for time in (issued_ms, modified_ms))
        return cls(issued, modified, sha256)


@dataclass(frozen=True, slots=True)
class Block:
    """Readings of one station, UTC day, sampling interval and file, packed.

    Attributes
    ----------
    station
        Station code.
    utc_day
        Days since 1970.
    cadence_ms
        Sampling interval in milliseconds.
    data_type
        A `DataType`, as a number.
    derived
        Whether F was computed from components.
    count
        Number of readings; 0 if the file marks the whole day as missing.
    times, values
        Packed milliseconds since the start of the day, and thousandths of a nT (`pack`).
    file
        Number of the file in order of import.
    missing
        Packed milliseconds that the file marks as missing; empty if there are none.
    names
        The names, without folders, of the content; only needed if times are marked as missing.
    issue
        Precedence between files of the same data type.
    live
        Whether it arrived live, not in a file.
    """

    station: str
    utc_day: int
    cadence_ms: int
    data_type: int
    derived: bool
    count: int
    times: bytes
    values: bytes
    file: int = 0
    missing: bytes = b""
    names: frozenset[str] = frozenset()
    issue: Issue = Issue()
    live: bool = False


def pack(numbers: NDArray[np.int64]) -> bytes:
    """Pack integers, shape (time,): first value, largest common step, and differences as compressed byte planes."""
    first = int(numbers[0]) if numbers.size else 0
    change = np.diff(numbers)
    step = int(np.gcd.reduce(change)) if change.size else 1
    change = change // (step or 1)
    folded = ((change << 1) ^ (change >> 63)).astype(np.uint64)  # small negative numbers become small positive ones
    largest = int(folded.max(initial=0))
    width = next(width for width in (1, 2, 4, 8) if largest < 1 << 8 * width)
    planes = folded.astype(f"<u{width}").view(np.uint8).reshape(-1, width).T
    return _HEAD.pack(first, step, numbers.size, width) + zlib.compress(planes.tobytes(), 6)


def unpack(block: bytes) -> NDArray[np.int64]:
    """Return the integers that were packed with `pack`.

    Raises
    ------
    DamagedReadingsError
        If the bytes are not a result of `pack`; an untrusted block never unpacks to more than its declared, limited size.
    """
    if len(block) < _HEAD.size:
        raise DamagedReadingsError(Said("a block is truncated"))
    first, step, count, width = _HEAD.unpack_from(block)
    if count == 0:
        return np.zeros(0, dtype=np.int64)
    size = (count - 1) * width
    if count > MOST_READINGS or width not in (1, 2, 4, 8):
        raise DamagedReadingsError(Said("a block declares {count} numbers of {width} bytes", count=count, width=width))
    try:
        stream = zlib.decompressobj()
        plain = stream.decompress(block[_HEAD.size :], size + 1)
    except zlib.error as error:
        raise DamagedReadingsError(Said("a block cannot be unpacked: {error}", error=error)) from error
    if len(plain) != size:
        raise DamagedReadingsError(Said("a block unpacks to a different size than declared"))
    planes = np.frombuffer(plain, dtype=np.uint8).reshape(width, -1)
    folded = np.ascontiguousarray(planes.T).view(f"<u{width}").ravel().astype(np.int64)
    numbers = np.empty(count, dtype=np.int64)
    numbers[0] = first
    np.cumsum(((folded >> 1) ^ -(folded & 1)) * step, out=numbers[1:])
    numbers[1:] += first
    return numbers


def _check(block: Block) -> None:
    """Raise DamagedReadingsError if fields of a block have the wrong type, which the database does not check."""
    whole = (block.utc_day, block.cadence_ms, block.data_type, block.derived, block.count, block.file)
    if not all(isinstance(number, int) for number in whole) or block.data_type not in set(DataType):
        raise DamagedReadingsError(Said("a block's metadata are not valid numbers"))
    if not 1 <= block.cadence_ms <= _LONGEST_CADENCE or abs(block.utc_day) > _FARTHEST_DAY:
        raise DamagedReadingsError(
            Said(
                "a block has an impossible day number ({utc_day}) or sampling interval ({cadence_ms} ms)",
                utc_day=block.utc_day,
                cadence_ms=block.cadence_ms,
            )
        )
    if not all(isinstance(packed, bytes) for packed in (block.times, block.values, block.missing)):
        raise DamagedReadingsError(Said("a block contains something other than packed numbers"))


def instants(block: Block) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return milliseconds since the start of the day and thousandths of a nT, each of shape (time,).

    Raises
    ------
    DamagedReadingsError
        If the block is not what was stored.
    """
    _check(block)
    time, value = unpack(block.times), unpack(block.values)
    if not time.size == value.size == block.count or not (time.size or block.missing):
        raise DamagedReadingsError(Said("a block has different numbers of times and values"))
    if not time.size:
        return time, value
    ordered = bool(time[0] >= 0 and time[-1] < DAY_MS and (time[1:] > time[:-1]).all())
    if not ordered or int(value.min()) < -_LARGEST or int(value.max()) > _LARGEST:
        raise DamagedReadingsError(Said("a block contains times outside its day, or impossible field values"))
    return time, value


def blocks_of(readings: Readings) -> tuple[Block, ...]:
    """Split a record at UTC midnights and pack the pieces; values are rounded to 0.001 nT.

    A day with nothing but times marked as missing is a piece as well: it withdraws readings of an earlier issue.
    """
    time = readings.time.astype(np.int64)
    value = np.rint(readings.values * PER_NT).astype(np.int64)
    missing = readings.missing.astype(np.int64)
    days = np.unique(np.concatenate([time, missing]) // DAY_MS)
    starts, ends = np.searchsorted(time, days * DAY_MS), np.searchsorted(time, (days + 1) * DAY_MS)
    cadence_ms = max(round(readings.cadence_s * 1000.0), 1)
    return tuple(
        Block(
            readings.station,
            day,
            cadence_ms,
            int(readings.data_type),
            readings.derived,
            int(end - start),
            pack(time[start:end] - day * DAY_MS),
            pack(value[start:end]),
            missing=_packed_of(missing, day),
        )
        for day, start, end in zip(days.tolist(), starts, ends, strict=True)
    )


def merged(blocks: Iterable[Block]) -> tuple[Readings, ...]:
    """Return one record per sampling interval, finest first, from blocks of one station.

    Where blocks overlap, definitive readings take precedence over quasi-definitive, provisional and variation ones, then those
    of the larger `Issue`; two readings overlap if they are in the same slot of one sampling interval, whatever their exact
    timestamps. Times that a file marks as missing withdraw the readings of an earlier issue of the same name and data type.

    Raises
    ------
    DamagedReadingsError
        If a block is not what was stored.
    """
    by_cadence: dict[int, list[Block]] = {}
    for block in blocks:
        _check(block)
        by_cadence.setdefault(block.cadence_ms, []).append(block)
    return tuple(_merge(here) for _, here in sorted(by_cadence.items()) if any(block.count for block in here))


def missing_of(block: Block) -> NDArray[np.int64]:
    """Return the milliseconds since the start of its day that the file of a block marks as missing.

    Raises
    ------
    DamagedReadingsError
        If the block is not what was stored.
    """
    if not block.missing:
        return np.zeros(0, dtype=np.int64)
    time = unpack(block.missing)
    if time.size and not (time[0] >= 0 and time[-1] < DAY_MS and (time[1:] > time[:-1]).all()):
        raise DamagedReadingsError(Said("a block marks readings outside its day as missing"))
    return time


def _packed_of(time: NDArray[np.int64], day: int) -> bytes:
    """Pack those of increasing milliseconds since 1970 that are on a UTC day."""
    first, last = np.searchsorted(time, [day * DAY_MS, (day + 1) * DAY_MS])
    return pack(time[first:last] - day * DAY_MS) if last > first else b""


def by_place(blocks: Iterable[Block]) -> dict[tuple[int, int], list[Block]]:
    """Return blocks of one station by sampling interval (ms) and UTC day; blocks in the same list may overlap."""
    places: dict[tuple[int, int], list[Block]] = {}
    for block in blocks:
        places.setdefault((block.cadence_ms, block.utc_day), []).append(block)
    return places


def standing(blocks: Iterable[Block]) -> list[Block]:
    """Return those blocks of a station that affect the result; all others may be omitted.

    Raises
    ------
    DamagedReadingsError
        If a block is not what was stored.
    """
    found: list[Block] = []
    for here in by_place(blocks).values():
        found += here if len(here) == 1 else [each.block for each in weighed(here) if each.counts.any() or each.block.missing]
    return found


@dataclass(frozen=True, slots=True)
class Weighed:
    """One of several blocks of a station, UTC day and sampling interval, unpacked, with its readings in force.

    Attributes
    ----------
    block
        The block.
    time, value
        Milliseconds since the start of the day and thousandths of a nT, each of shape (time,).
    slot
        Index of the sampling interval within the day, shape (time,).
    counts
        Whether each reading is in force, shape (time,): no block of higher precedence has a reading in its slot or withdraws
        it.
    """

    block: Block
    time: NDArray[np.int64]
    value: NDArray[np.int64]
    slot: NDArray[np.int64]
    counts: NDArray[np.bool_]


def weighed(blocks: Sequence[Block]) -> list[Weighed]:
    """Unpack the blocks of one station, UTC day and sampling interval and resolve overlaps; lowest precedence first.

    Raises
    ------
    DamagedReadingsError
        If a block is not what was stored.
    """
    ordered = sorted(blocks, key=lambda block: (block.data_type, block.issue, block.file))
    unpacked = [instants(block) for block in ordered]
    slots = [time // block.cadence_ms for block, (time, _) in zip(ordered, unpacked, strict=True)]
    best = best_ranks(ordered, slots, slots_of(slots))
    return [
        Weighed(block, time, value, slot, best[slot] == rank)
        for rank, (block, (time, value), slot) in enumerate(zip(ordered, unpacked, slots, strict=True))
    ]


def slots_of(slots: Iterable[NDArray[np.int64]]) -> int:
    """Return the number of slots of a day up to the last reading, given the slots of each block."""
    return max((int(slot.max()) + 1 for slot in slots if slot.size), default=0)


def best_ranks(blocks: Sequence[Block], slots: Sequence[NDArray[np.int64]], size: int) -> NDArray[np.int64]:
    """Return for each slot of a day the index of the block in force, -1 for none, shape (slot,).

    Parameters
    ----------
    blocks
        Blocks of one station, UTC day and sampling interval, lowest precedence first.
    slots
        The slots of the readings of each block.
    size
        Number of slots.
    """
    best = np.full(size, -1)
    for rank, slot in enumerate(_not_withdrawn(blocks, slots, size)):
        best[slot] = rank
    return best


def _not_withdrawn(ordered: Sequence[Block], slots: Sequence[NDArray[np.int64]], size: int) -> list[NDArray[np.int64]]:
    """Return the slots of each block without those that a later issue of the same file marks as missing."""
    gone: dict[tuple[str, int], NDArray[np.bool_]] = {}
    kept: list[NDArray[np.int64]] = []
    for block, slot in zip(reversed(ordered), reversed(slots), strict=True):
        keys = [(name, block.data_type) for name in block.names]
        for key in keys:
            slot = slot[~gone[key][slot]] if key in gone else slot  # noqa: PLW2901 - what is left of it
        kept.append(slot)
        missing = missing_of(block) // block.cadence_ms
        for key in keys if missing.size else ():
            gone.setdefault(key, np.zeros(size, dtype=bool))[missing[missing < size]] = True
    return kept[::-1]


def _merge(blocks: Sequence[Block]) -> Readings:
    places = by_place(blocks)
    times, values = zip(*(_one_day(places[place]) for place in sorted(places)), strict=True)
    return Readings(
        blocks[0].station,
        np.concatenate(times).astype("datetime64[ms]"),
        np.concatenate(values) / PER_NT,
        blocks[0].cadence_ms / 1000.0,
        DataType(max(block.data_type for block in blocks)),
        any(block.derived for block in blocks),
    )


def _one_day(blocks: Sequence[Block]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return times (ms since 1970) and values (0.001 nT) from the blocks of one station, UTC day and sampling interval."""
    start = blocks[0].utc_day * DAY_MS
    if len(blocks) == 1:
        time, value = instants(blocks[0])
        return time + start, value
    found = weighed(blocks)
    time = np.concatenate([each.time[each.counts] for each in found])
    value = np.concatenate([each.value[each.counts] for each in found])
    order = np.argsort(time, kind="stable")
    return time[order] + start, value[order]


def block_row(block: Block, file: int) -> dict[str, object]:
    """Return a block as a row of the table of blocks.

    Parameters
    ----------
    block
        Its own `file` is ignored.
    file
        Number of the file to which it belongs.
    """
    facts = {
        name: getattr(block, name) for name in ("station", "utc_day", "cadence_ms", "data_type", "count", "times", "values")
    }
    return {**facts, "derived": int(block.derived), "file": file, "missing": block.missing or None}
