"""Parsed files on their way from the readers to the database, in a temporary file: memory does not grow with the season.

Each is one line of JSON with its length before it, and the packed readings of its blocks after it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import astuple
from typing import IO

import numpy as np

from quakegui.project.parsing import ParsedFile
from quakegui.project.reading_blocks import Block
from quakegui.season.kp import Kp
from quakegui.season.network import Station
from quakegui.words import text_from_json, text_to_json

_LENGTH = struct.Struct("<Q")


def put(spool: IO[bytes], parsed: ParsedFile) -> None:
    """Write one parsed file."""
    kp = parsed.kp
    facts = {
        "name": parsed.name,
        "base": parsed.base,
        "sha256": parsed.sha256,
        "format": parsed.format,
        "notes": [text_to_json(note) for note in parsed.notes],
        "issued_ms": parsed.issued_ms,
        "modified_ms": parsed.modified_ms,
        "stations": [astuple(station) for station in parsed.stations],
        "kp": None if kp is None else [kp.time.astype(np.int64).tolist(), kp.value.tolist(), kp.definitive.tolist()],
        "blocks": [
            (
                one.station,
                one.utc_day,
                one.cadence_ms,
                one.data_type,
                one.derived,
                one.count,
                len(one.times),
                len(one.values),
                len(one.missing),
            )
            for one in parsed.blocks
        ],
    }
    head = json.dumps(facts).encode()
    spool.write(_LENGTH.pack(len(head)))
    spool.write(head)
    for block in parsed.blocks:
        spool.write(block.times)
        spool.write(block.values)
        spool.write(block.missing)


def take(spool: IO[bytes], count: int) -> Iterator[ParsedFile]:
    """Yield the first `count` files that were put, from the beginning."""
    spool.seek(0)
    for _ in range(count):
        (length,) = _LENGTH.unpack(spool.read(_LENGTH.size))
        facts = json.loads(spool.read(length))
        blocks = tuple(
            Block(code, day, cadence, kind, derived, number, *_packed(spool, packed))
            for code, day, cadence, kind, derived, number, *packed in facts["blocks"]
        )
        kp = facts["kp"]
        yield ParsedFile(
            facts["name"],
            facts["base"],
            facts["sha256"],
            facts["format"],
            blocks,
            tuple(Station(*station) for station in facts["stations"]),
            None if kp is None else _kp(*kp),
            tuple(map(text_from_json, facts["notes"])),
            facts["issued_ms"],
            facts["modified_ms"],
        )


def _kp(times: list[int], values: list[float], definitive: list[bool]) -> Kp:
    return Kp(np.array(times, dtype=np.int64).astype("datetime64[ms]"), np.array(values), np.array(definitive, dtype=bool))


def _packed(spool: IO[bytes], sizes: list[int]) -> tuple[bytes, bytes, int, bytes]:
    """Return a block's times, values, file and missing stamps."""
    times, values, missing = (spool.read(size) for size in sizes)
    return times, values, 0, missing
