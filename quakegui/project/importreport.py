"""What an import did: the files that came in, and what an analyst should know of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from quakegui.project.parsing import KnownFile, SkippedFile


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file that came in.

    Attributes
    ----------
    file, format
        Its name, and what it was read as.
    stations
        Codes of the stations with readings in it.
    readings
        How many readings.
    first, last
        UTC stamps of the first and last reading, datetime64[ms]; None without readings.
    overwritten
        How many of its readings took the place of another file's that differ.
    unused
        How many of its readings do not count, because another file's that differ go before them.
    withdrawn
        How many readings of an earlier file of the same name this one marks as missing; they do not count any more.
    remainder
        How many readings of an earlier file of the same name lie on the same days and are not in this one: they stay.
    """

    file: str
    format: str
    stations: tuple[str, ...]
    readings: int
    first: np.datetime64 | None
    last: np.datetime64 | None
    overwritten: int = 0
    unused: int = 0
    withdrawn: int = 0
    remainder: int = 0


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Attributes
    ----------
    imported, unchanged, skipped
        Files that came in, whose content was there already, and that were left out, each with its reason.
    notes
        Sentences: what was corrected, derived or found missing, with the file's name.
    stations_added
        Codes of stations that were new.
    days_changed
        Local dates whose night means are new or changed.
    cancelled
        Whether it was cancelled; then nothing of it was kept.
    """

    imported: tuple[ImportedFile, ...] = ()
    unchanged: tuple[str, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
    notes: tuple[str, ...] = ()
    stations_added: tuple[str, ...] = ()
    days_changed: int = 0
    cancelled: bool = False


@dataclass(slots=True)
class Tally:
    """An import's report while it grows."""

    imported: list[ImportedFile] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    stations_added: list[str] = field(default_factory=list)
    known_files: list[KnownFile] = field(default_factory=list)
    kp_intervals: int = 0
    empty: list[str] = field(default_factory=list)

    def report(self, days_changed: int) -> ImportReport:
        """Return the report; `days_changed` counts the local dates whose night means are new or changed."""
        skipped, notes, added = tuple(self.skipped), tuple(self.notes), tuple(self.stations_added)
        return ImportReport(tuple(self.imported), tuple(self.unchanged), skipped, notes, added, days_changed)
