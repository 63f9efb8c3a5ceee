"""A temporary file of parsed files before they are stored, so that memory does not grow with the season.

Each parsed file is one line of JSON after its length, followed by the packed readings of its blocks.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import astuple
from typing import IO, Any

import numpy as np

from quakegui.project.parsing import ParsedFile
from quakegui.project.reading_blocks import Block
from quakegui.season.kp import Kp
from quakegui.season.network import Station
from quakegui.words import text_from_json, text_to_json

_LENGTH = struct.Struct("<Q")
_AS_THEY_ARE = ("name", "base", "sha256", "format", "issued_ms", "modified_ms")
_OF_BLOCK = ("station", "utc_day", "cadence_ms", "data_type", "derived", "count")
_PACKED = ("times", "values", "missing")


def put(spool: IO[bytes], file: ParsedFile) -> None:
    """Write one parsed file to the spool.

    Parameters
    ----------
    spool
        Open for writing in binary mode, at its end.
    file
        Content that is not in a project yet; what its blocks only get there is not written.
    """
    kp = file.kp
    facts = {
        "plain": {name: getattr(file, name) for name in _AS_THEY_ARE},
        "notes": [text_to_json(note) for note in file.notes],
        "stations": [astuple(station) for station in file.stations],
        "kp": None if kp is None else [kp.time.astype(np.int64).tolist(), kp.value.tolist(), kp.definitive.tolist()],
        "blocks": [
            ({name: getattr(one, name) for name in _OF_BLOCK}, [len(getattr(one, name)) for name in _PACKED])
            for one in file.blocks
        ],
    }
    head = json.dumps(facts).encode()
    spool.writelines((_LENGTH.pack(len(head)), head))
    spool.writelines(getattr(block, name) for block in file.blocks for name in _PACKED)


def take(spool: IO[bytes], count: int) -> Iterator[ParsedFile]:
    """Yield the first files of the spool, from the beginning.

    Parameters
    ----------
    spool
        Filled by `put`, and open for reading; its position is changed.
    count
        Number of files, at most as many as were put.
    """
    spool.seek(0)
    for _ in range(count):
        (length,) = _LENGTH.unpack(spool.read(_LENGTH.size))
        facts = json.loads(spool.read(length))
        blocks = tuple(
            Block(**plain, **dict[str, Any](zip(_PACKED, map(spool.read, sizes), strict=True)))
            for plain, sizes in facts["blocks"]
        )
        stations = tuple(Station(*station) for station in facts["stations"])
        kp = None if facts["kp"] is None else _kp(*facts["kp"])
        yield ParsedFile(
            **facts["plain"], blocks=blocks, stations=stations, kp=kp, notes=tuple(map(text_from_json, facts["notes"]))
        )


def _kp(times: list[int], values: list[float], definitive: list[bool]) -> Kp:
    return Kp(np.array(times, dtype=np.int64).astype("datetime64[ms]"), np.array(values), np.array(definitive, dtype=bool))
