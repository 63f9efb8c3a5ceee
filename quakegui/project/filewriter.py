"""Storage of parsed files in the database, in batches, within one writing transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, select, update

from quakegui.project import migrations, schema
from quakegui.project.acts import hidden_in_part, names_of_contents, undone_acts
from quakegui.project.kpindex import record_kp
from quakegui.project.parsing import KnownFile, ParsedFile
from quakegui.project.reading_blocks import block_row
from quakegui.project.setting_rows import get_setting
from quakegui.project.stations import make_room_for, record_stations
from quakegui.season.localtime import wall_clock_ms
from quakegui.season.network import Station
from quakegui.words import text_to_json

_BATCH = 2000
FileContent = tuple[str, frozenset[str]]
"""Fingerprint of a file and the stations of its readings: the same bytes under another name may be another station's."""


class FileWriter:
    """Stores the files of one import.

    Attributes
    ----------
    act_files
        Numbers of the files that this import brings into force, in order.
    touched
        UTC days with changed readings, by station.
    stations
        Codes of the stations that the files name.
    named
        Each of these stations with the name of the file.
    listed
        Codes in each station list, by the name of the list.
    earlier_copies
        Numbers of known files of which this import has a copy that was modified earlier, with its name.
    copies
        Numbers of known files of which this import has a copy with a new name or earlier time, with its name.
    with_kp
        Names of the files with Kp.
    kp_touched
        Whether Kp may have changed.
    """

    def __init__(self, connection: Connection) -> None:
        file = schema.imported_file.c
        self.act_files: list[int] = []
        self.touched: dict[str, set[int]] = {}
        self.stations: dict[str, None] = {}
        self.named: list[tuple[str, Station]] = []
        self.listed: dict[str, tuple[str, ...]] = {}
        self.copies: dict[int, str] = {}
        self.earlier_copies: dict[int, str] = {}
        self.with_kp: list[str] = []
        self.kp_touched = False
        self._connection = connection
        self._next = (connection.scalar(select(func.max(file.id))) or 0) + 1
        self._hidden = hidden_in_part(connection)
        former = int(get_setting(connection, migrations.FORMER_FILES) or 0)
        rows = connection.execute(select(schema.imported_file).where(file.replaced_by.is_(None)).order_by(file.id)).all()
        self._by_sha256: dict[str, list[int]] = {}
        for row in rows:
            self._by_sha256.setdefault(row.sha256, []).append(row.id)
        self._modified: dict[int, int | None] = {row.id: row.modified_ms for row in rows}
        self._names = names_of_contents(connection)
        self._former: dict[int, Row[Any]] = {row.id: row for row in rows if row.id <= former}
        self._fresh: dict[FileContent, int] = {}
        self._sightings: dict[tuple[int, str], int | None] = {}
        self._files: list[dict[str, object]] = []
        self._facts: list[tuple[Station, int]] = []
        self._blocks: list[dict[str, object]] = []

    def add(self, file: ParsedFile) -> int | None:
        """Add a file; returns its number, or None if the same content is already in force and nothing changes."""
        number = self._number_of(file)
        if number is not None:
            self._see(number, file.name, file.base, file.modified_ms)
        if number is not None and number not in self._hidden:
            return None
        if number is None:
            number = self._insert(file)
        else:
            self._hidden -= {number}
        self._note_sighting(number, file.base, file.modified_ms)
        self.act_files.append(number)
        for block in file.blocks:
            self.touched.setdefault(block.station, set()).add(block.utc_day)
        self.stations |= dict.fromkeys((*(station.code for station in file.stations), *sorted(file.codes)))
        if file.format == "stations":
            self.listed[file.name] = tuple(station.code for station in file.stations)
        self.named += [(file.name, station) for station in file.stations]
        if file.kp is not None:
            self.with_kp.append(file.name)
            self.kp_touched = True
        if len(self._files) + len(self._blocks) > _BATCH:
            self.flush()
        return number

    def see(self, file: KnownFile) -> None:
        """Register a file whose content was in force when the import checked it.

        Of all copies of a content, the earliest modification time is used, and all names are recorded. Content that somebody
        else has undone in the meantime is brought into force again.
        """
        for number in self._by_sha256.get(file.sha256, ()):
            if number in self._hidden and file.base in self._all_names(number):
                self._hidden -= {number}
                self.act_files.append(number)
                self._see(number, file.name, file.base, file.modified_ms)
                self._note_sighting(number, file.base, file.modified_ms)
                self._touch(number)
            elif file.base in self._names.get(number, ()):
                self._see(number, file.name, file.base, file.modified_ms)

    def _all_names(self, number: int) -> set[str]:
        """Return all names under which a content was imported, including those of undone acts."""
        seen, file = schema.sighting.c, schema.imported_file.c
        found = set(self._connection.scalars(select(seen.base).where(seen.file == number)))
        return found | set(self._connection.scalars(select(file.base).where(file.id == number)))

    def _see(self, number: int, name: str, base: str, modified_ms: int | None) -> None:
        """Register a copy of a content that may add a name or an earlier modification time."""
        former = self._modified[number]
        earlier = modified_ms is not None and (former is None or modified_ms < former)
        if not earlier and base in self._names.get(number, ()):
            return
        self.flush()
        self._note_sighting(number, base, modified_ms)
        self.copies[number] = name
        if earlier:
            self.earlier_copies[number] = name
            file = schema.imported_file.c
            self._connection.execute(update(schema.imported_file).where(file.id == number).values(modified_ms=modified_ms))
            self._modified[number] = modified_ms
        marks = exists().where(schema.block.c.missing.is_not(None))  # a further name matters only with marked times
        if (earlier or self._connection.scalar(select(marks))) and self._touch(number):
            self.with_kp.append(name)

    def _note_sighting(self, number: int, base: str, modified_ms: int | None) -> None:
        former = self._sightings.get((number, base))
        times = [time for time in (former, modified_ms) if time is not None]
        self._sightings[number, base] = min(times, default=None)
        self._names.setdefault(number, set()).add(base)

    def record_act(self, act: int) -> None:
        """Record which files an act brought into force, and of which known contents it had an earlier copy."""
        if self.act_files:
            self._connection.execute(schema.brought.insert(), [{"act": act, "file": file} for file in self.act_files])
        if self._sightings:
            rows = [{"act": act, "file": file, "base": base, "modified_ms": at} for (file, base), at in self._sightings.items()]
            self._connection.execute(schema.sighting.insert(), rows)

    @property
    def tells(self) -> bool:
        """Whether a file came into force, or something new is known of an earlier one."""
        return bool(self.act_files or self._sightings)

    def _touch(self, number: int) -> bool:
        """Record that the effect of a stored file may have changed; returns whether it contains Kp."""
        for row in self._connection.execute(days_of_file(number)):
            self.touched.setdefault(row.station, set()).add(row.utc_day)
        fact, file = schema.station_fact.c, schema.imported_file.c
        self.stations |= dict.fromkeys(self._connection.scalars(select(fact.code).where(fact.file == number)))
        is_kp = self._connection.scalar(select(file.format).where(file.id == number)) == "kp"
        self.kp_touched |= is_kp
        return is_kp

    def flush(self) -> None:
        """Write the collected rows."""
        if self._files:
            self._connection.execute(schema.imported_file.insert(), self._files)
            record_stations(self._connection, self._facts)
        if self._blocks:
            make_room_for(self._connection, (str(row["station"]) for row in self._blocks))
            self._connection.execute(schema.block.insert(), self._blocks)
        self._files, self._facts, self._blocks = [], [], []

    def _number_of(self, parsed: ParsedFile) -> int | None:
        """Return the number of the file with the same content and stations, or None."""
        fresh, block = self._fresh.get((parsed.sha256, parsed.codes)), schema.block.c
        if fresh is not None:
            return fresh
        for number in self._by_sha256.get(parsed.sha256, ()):
            codes = select(block.station).where(block.file == number).distinct()
            if not self._was_read_in_part(number, parsed) and set(self._connection.scalars(codes)) == parsed.codes:
                return number
        return None

    def _was_read_in_part(self, number: int, parsed: ParsedFile) -> bool:
        """Return whether a version before 3 stored less of a content: columns, sheets, definitive Kp, unknown stations."""
        former = self._former.get(number)
        if former is None:
            return False
        return former.format in ("kp", "stations") or former.readings != parsed.readings

    def _insert(self, parsed: ParsedFile) -> int:
        number, self._next = self._next, self._next + 1
        self._fresh[parsed.sha256, parsed.codes] = number
        self._files.append(
            {
                "id": number,
                **{name: getattr(parsed, name) for name in ("name", "base", "sha256", "format", "issued_ms", "modified_ms")},
                "imported_ms": wall_clock_ms(),
                "readings": parsed.readings,
                "notes": json.dumps([text_to_json(note) for note in parsed.notes], ensure_ascii=False),
                "replaced_by": None,
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


def refresh_modification_times(connection: Connection, files: Iterable[int]) -> None:
    """Derive the modification times of files from the sightings in force.

    Parameters
    ----------
    connection
        Connection within a writing transaction.
    files
        Numbers of the files; each gets the earliest time of its copies, or none if no copy has one.
    """
    table, file, undone = schema.sighting.c, schema.imported_file.c, undone_acts(connection)
    former = int(get_setting(connection, migrations.FORMER_FILES) or 0)
    for number in files:
        rows = connection.execute(select(table.act, table.modified_ms).where(table.file == number)).all()
        times = [row.modified_ms for row in rows if row.act not in undone and row.modified_ms is not None]
        if number <= former:
            times.append(connection.scalar(select(file.imported_ms).where(file.id == number)))
        first = min(times, default=None)
        connection.execute(update(schema.imported_file).where(file.id == number).values(modified_ms=first))


def days_of_file(number: int) -> Select[str, int]:
    """Return the query for the stations and UTC days of the readings of a file."""
    block = schema.block.c
    return select(block.station, block.utc_day).where(block.file == number).distinct()
