"""Readings that the files of an import overwrite, and readings of them that are not used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from quakegui.formats.errors import shown
from quakegui.project import schema
from quakegui.project.acts import names_of_contents
from quakegui.project.nights import read_blocks
from quakegui.project.reading_blocks import Weighed, best_ranks, by_place, missing_of, slots_of, weighed
from quakegui.words import Said

_MOST_NAMES = 3
_AT_ONCE = 500
"""Maximum number of files in one database query."""


@dataclass(slots=True)
class Overlap:
    """The readings of one file compared with those of others.

    Attributes
    ----------
    overwritten, unused, withdrawn
        See `importreport.ImportedFile`.
    remainder
        Number of readings, on the days of this file, of others of the same name that this one lacks.
    over, under, out, beside
        Names of the files to which these counts refer.
    """

    overwritten: int = 0
    unused: int = 0
    withdrawn: int = 0
    remainder: int = 0
    over: dict[str, None] = field(default_factory=dict)
    under: dict[str, None] = field(default_factory=dict)
    out: dict[str, None] = field(default_factory=dict)
    beside: dict[str, None] = field(default_factory=dict)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Sentences on the overlap for the analyst."""
        found = []
        if self.overwritten:
            found.append(
                Said(
                    "{overwritten} readings replace different values from {names}.",
                    overwritten=self.overwritten,
                    names=_names(self.over),
                )
            )
        if self.unused:
            found.append(
                Said(
                    "{unused} readings are stored but not used: different values from {names} for the same times "
                    "take precedence by data type, issue date, modification time or, if these are equal, content.",
                    unused=self.unused,
                    names=_names(self.under),
                )
            )
        if self.withdrawn:
            found.append(
                Said(
                    "{withdrawn} readings from {names} are withdrawn: this file marks them as missing.",
                    withdrawn=self.withdrawn,
                    names=_names(self.out),
                )
            )
        if self.remainder:
            found.append(
                Said(
                    "{remainder} readings from {names} on the same days are not in this file; they remain in use.",
                    remainder=self.remainder,
                    names=_names(self.beside),
                )
            )
        return tuple(found)


def overlaps_of(connection: Connection, files: Sequence[int]) -> Mapping[int, Overlap]:
    """Return, by number, the overlap of the files of an import with others of the same station, day and sampling interval.

    Parameters
    ----------
    connection
        Connection within the transaction of the import.
    files
        Numbers of its files.
    """
    found: dict[int, Overlap] = {}
    fresh = frozenset(files)
    file = schema.imported_file.c
    names: dict[int, str] = {}
    for code, day in _shared_days(connection, files):
        for here in by_place(read_blocks(connection, code, day, day)).values():
            numbers = {block.file for block in here}
            if len(numbers) > 1 and numbers & fresh:
                unknown = numbers - names.keys()
                rows = connection.execute(select(file.id, file.name).where(file.id.in_(unknown)))
                names |= {row.id: row.name for row in rows}
                _compare(weighed(here), fresh, names, names_of_contents(connection, numbers), found)
    return found


def is_shared(connection: Connection, file: int) -> bool:
    """Return whether another file has readings of the same station, day and sampling interval as a file.

    Parameters
    ----------
    connection
        Connection within a transaction.
    file
        Number of the file; one that is not in force counts as the other file too.
    """
    return next(_shared_days(connection, (file,)), None) is not None


def _shared_days(connection: Connection, brought: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Yield each station and UTC day on which one of these files and another file have readings."""
    mine, other = schema.block.alias(), schema.block.alias()
    same = (mine.c.station == other.c.station) & (mine.c.utc_day == other.c.utc_day) & (mine.c.cadence_ms == other.c.cadence_ms)
    seen: set[tuple[str, int]] = set()
    for at in range(0, len(brought), _AT_ONCE):
        numbers = brought[at : at + _AT_ONCE]
        query = select(mine.c.station, mine.c.utc_day).join_from(mine, other, same & (mine.c.file != other.c.file))
        found = query.where(mine.c.file.in_(numbers)).distinct().order_by(mine.c.utc_day, mine.c.station)
        for code, day in connection.execute(found).all():
            if (code, day) not in seen:
                seen.add((code, day))
                yield code, day


def _compare(
    here: list[Weighed],
    fresh: frozenset[int],
    names: Mapping[int, str],
    seen: Mapping[int, set[str]],
    found: dict[int, Overlap],
) -> None:
    """Add the overlaps of the new files on one station, day and sampling interval to `found`."""
    size = slots_of(each.slot for each in here)
    before, after = _winners(here, size, skip=fresh), _winners(here, size)

    def name(rank: int) -> str:
        return names[here[rank].block.file]

    for each in here:
        if each.block.file not in fresh:
            continue
        overlap = found.setdefault(each.block.file, Overlap())
        rank, value = (part[each.slot] for part in before)
        differs = each.counts & (rank >= 0) & (value != each.value)
        overlap.overwritten += int(differs.sum())
        overlap.over |= {name(k): None for k in np.unique(rank[differs])}
        rank, value = (part[each.slot] for part in after)
        differs = ~each.counts & (rank >= 0) & (value != each.value)
        overlap.unused += int(differs.sum())
        overlap.under |= {name(k): None for k in np.unique(rank[differs])}
        missing = missing_of(each.block) // each.block.cadence_ms
        missing = missing[missing < size]
        lost = before[0][missing[(before[0][missing] >= 0) & (after[0][missing] != before[0][missing])]]
        overlap.withdrawn += lost.size
        overlap.out |= {name(k): None for k in np.unique(lost)}
        for k, other in enumerate(here):
            if other.block.file not in fresh and seen.get(other.block.file, set()) & seen.get(each.block.file, set()):
                left = int((other.counts & ~np.isin(other.slot, each.slot)).sum())
                overlap.remainder += left
                overlap.beside |= {name(k): None} if left else {}


def _winners(
    here: list[Weighed], size: int, *, skip: frozenset[int] = frozenset()
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each slot the block in force (-1 for none), without those of the files `skip`, and its value."""
    ranks = np.array([k for k, each in enumerate(here) if each.block.file not in skip], dtype=np.int64)
    best, value = np.full(size, -1), np.zeros(size, dtype=np.int64)
    if ranks.size:
        local = best_ranks([here[k].block for k in ranks], [here[k].slot for k in ranks], size)
        best = np.where(local >= 0, ranks[local], -1)
    for k in ranks:
        mine = best[here[k].slot] == k
        value[here[k].slot[mine]] = here[k].value[mine]
    return best, value


def _names(files: Mapping[str, None]) -> str:
    named = ", ".join(f"'{shown(name, 200)}'" for name in list(files)[:_MOST_NAMES])
    return named if len(files) <= _MOST_NAMES else f"{named}, ..."
