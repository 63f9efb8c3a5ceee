"""Parsed files into the database, in batches, within one writing transaction."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

from sqlalchemy import Connection, Select, func, select, update

from quakegui.project import schema
from quakegui.project.acts import hidden_in_part, undone_acts
from quakegui.project.kpindex import record_kp
from quakegui.project.parsing import ParsedFile
from quakegui.project.record import block_row
from quakegui.project.stations import make_room_for, record_stations
from quakegui.season.network import Station

_BATCH = 2000
Content = tuple[str, frozenset[str]]
"""Fingerprint of a file, and the stations of its readings: the same bytes under another name may be another station's."""


class FileWriter:
    """Adds the files of one import.

    Attributes
    ----------
    brought
        Numbers of the files that this import brings, in order.
    touched
        UTC days whose readings change, by station.
    stations
        Codes of the stations that the files name.
    named
        Each of them with the name of the file that says so.
    listed
        Codes in each station list, by the list's name.
    sighted
        Numbers of known files of which this import brings a copy that was modified earlier, with its name.
    with_kp
        Names of the files with Kp.
    kp_touched
        Whether Kp may have changed.
    """

    def __init__(self, connection: Connection) -> None:
        file = schema.imported_file.c
        self.brought: list[int] = []
        self.touched: dict[str, set[int]] = {}
        self.stations: dict[str, None] = {}
        self.named: list[tuple[str, Station]] = []
        self.listed: dict[str, tuple[str, ...]] = {}
        self.sighted: dict[int, str] = {}
        self.with_kp: list[str] = []
        self.kp_touched = False
        self._connection = connection
        self._next = (connection.scalar(select(func.max(file.id))) or 0) + 1
        self._hidden = hidden_in_part(connection)
        rows = connection.execute(
            select(file.id, file.sha256, file.modified_ms).where(file.replaced_by.is_(None)).order_by(file.id)
        )
        self._by_sha256: dict[str, list[int]] = {}
        self._modified: dict[int, int | None] = {}
        for row in rows:
            self._by_sha256.setdefault(row.sha256, []).append(row.id)
            self._modified[row.id] = row.modified_ms
        self._fresh: dict[Content, int] = {}
        self._sightings: dict[int, dict[str, int | None]] = {}
        self._files: list[dict[str, object]] = []
        self._facts: list[tuple[Station, int]] = []
        self._blocks: list[dict[str, object]] = []

    def add(self, parsed: ParsedFile) -> int | None:
        """Add a file; returns its number, None where the same content is in force already and nothing changes."""
        number = self._number_of(parsed)
        if number is not None:
            self.see(parsed.name, parsed.sha256, parsed.modified_ms)
        if number is not None and number not in self._hidden:
            return None
        if number is None:
            number = self._insert(parsed)
        else:
            self._hidden -= {number}
        self.brought.append(number)
        for block in parsed.blocks:
            self.touched.setdefault(block.station, set()).add(block.utc_day)
        self.stations |= dict.fromkeys((*(station.code for station in parsed.stations), *sorted(parsed.codes)))
        if parsed.format == "stations":
            self.listed[parsed.name] = tuple(station.code for station in parsed.stations)
        self.named += [(parsed.name, station) for station in parsed.stations]
        if parsed.kp is not None:
            self.with_kp.append(parsed.name)
            self.kp_touched = True
        if len(self._files) + len(self._blocks) > _BATCH:
            self.flush()
        return number

    def see(self, name: str, sha256: str, modified_ms: int | None) -> None:
        """Take note of a copy of a content: of all copies the earliest time of modification decides.

        Parameters
        ----------
        name
            The copy's, for messages.
        sha256
            Fingerprint of the content.
        modified_ms
            When the copy was modified, milliseconds since 1970 UTC; None where unknown.
        """
        file = schema.imported_file.c
        for number in self._by_sha256.get(sha256, ()):
            known = self._modified[number]
            if modified_ms is None or (known is not None and known <= modified_ms):
                continue
            self.flush()
            one = self._sightings.setdefault(number, {"file": number, "before_ms": known})
            one["modified_ms"] = self._modified[number] = modified_ms
            self.sighted[number] = name
            self._connection.execute(update(schema.imported_file).where(file.id == number).values(modified_ms=modified_ms))
            if self._touch(number):
                self.with_kp.append(name)

    def bring_again(self, sha256: str, base: str) -> None:
        """Bring a content that was in force when its file was looked at, and was undone by somebody else since then.

        Parameters
        ----------
        sha256, base
            Its fingerprint, and its file's name without the folder: under another name it may be another station's.
        """
        hidden = self._hidden.intersection(self._by_sha256.get(sha256, ()))
        file = schema.imported_file.c
        for number in self._connection.scalars(select(file.id).where(file.id.in_(hidden), file.base == base)).all():
            self._hidden -= {number}
            self.brought.append(number)
            self._touch(number)

    def record_act(self, act: int) -> None:
        """Record what an act brought, and of which known contents it met an earlier copy."""
        if self.brought:
            self._connection.execute(schema.brought.insert(), [{"act": act, "file": file} for file in self.brought])
        if self._sightings:
            self._connection.execute(schema.sighting.insert(), [{"act": act, **one} for one in self._sightings.values()])

    def _touch(self, number: int) -> bool:
        """Note that what a stored file says may count in another way now; returns whether it holds Kp."""
        for row in self._connection.execute(days_of_file(number)):
            self.touched.setdefault(row.station, set()).add(row.utc_day)
        fact, file = schema.station_fact.c, schema.imported_file.c
        self.stations |= dict.fromkeys(self._connection.scalars(select(fact.code).where(fact.file == number)))
        is_kp = self._connection.scalar(select(file.format).where(file.id == number)) == "kp"
        self.kp_touched |= is_kp
        return is_kp

    def flush(self) -> None:
        """Write what has gathered."""
        if self._files:
            self._connection.execute(schema.imported_file.insert(), self._files)
            record_stations(self._connection, self._facts)
        if self._blocks:
            make_room_for(self._connection, (str(row["station"]) for row in self._blocks))
            self._connection.execute(schema.block.insert(), self._blocks)
        self._files, self._facts, self._blocks = [], [], []

    def _number_of(self, parsed: ParsedFile) -> int | None:
        """Return the number of the file of the same content and stations, None where there is none."""
        fresh = self._fresh.get((parsed.sha256, parsed.codes))
        if fresh is not None:
            return fresh
        block = schema.block.c
        for number in self._by_sha256.get(parsed.sha256, ()):
            codes = self._connection.scalars(select(block.station).where(block.file == number).distinct())
            if frozenset(codes) == parsed.codes:
                return number
        return None

    def _insert(self, parsed: ParsedFile) -> int:
        number, self._next = self._next, self._next + 1
        self._fresh[parsed.sha256, parsed.codes] = number
        self._files.append(
            {
                "id": number,
                "name": parsed.name,
                "base": parsed.base,
                "sha256": parsed.sha256,
                "format": parsed.format,
                "imported_ms": time.time_ns() // 1_000_000,
                "readings": sum(block.count for block in parsed.blocks),
                "notes": json.dumps(parsed.notes, ensure_ascii=False),
                "replaced_by": None,
                "issued_ms": parsed.issued_ms,
                "modified_ms": parsed.modified_ms,
            }
        )
        self._blocks += [block_row(block, number) for block in parsed.blocks]
        self._facts += [(station, number) for station in {each.code: each for each in parsed.stations}.values()]
        self._by_sha256.setdefault(parsed.sha256, []).append(number)
        self._modified[number] = parsed.modified_ms
        if parsed.kp is not None:
            self.flush()
            record_kp(self._connection, parsed.kp, number)
        return number


def refresh_modified(connection: Connection, files: Iterable[int]) -> None:
    """Derive when files were modified anew, from the sightings in force and from what was known before any."""
    table, undone = schema.sighting, undone_acts(connection)
    for file in files:
        rows = connection.execute(select(table).where(table.c.file == file).order_by(table.c.act)).all()
        times = [rows[0].before_ms, *(row.modified_ms for row in rows if row.act not in undone)]
        first = min((time for time in times if time is not None), default=None)
        connection.execute(update(schema.imported_file).where(schema.imported_file.c.id == file).values(modified_ms=first))


def days_of_file(number: int) -> Select[str, int]:
    """Return the query for the stations and UTC days that a file holds readings of."""
    block = schema.block.c
    return select(block.station, block.utc_day).where(block.file == number).distinct()
