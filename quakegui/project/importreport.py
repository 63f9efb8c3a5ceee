"""The result of an import: the imported files, and notes for the analyst."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from quakegui.project.parsing import KnownFile, SkippedFile


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """An imported file.

    Attributes
    ----------
    file, format
        Its name, and its format.
    stations
        Codes of the stations with readings in it.
    readings
        Number of readings.
    first, last
        UTC timestamps of the first and last reading, datetime64[ms]; None without readings.
    overwritten
        Number of readings that replaced different values of another file.
    unused
        Number of readings that are not used, because different values of another file take precedence.
    withdrawn
        Number of readings of an earlier file of the same name that this one marks as missing; they are no longer used.
    remainder
        Number of readings of an earlier file of the same name on the same days that this one lacks; they are still used.
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
    """The result of an import.

    Attributes
    ----------
    imported, unchanged, skipped
        Files that were imported, that had known content, and that were skipped, with the reason.
    notes
        Sentences on what was corrected, derived or found missing, with the name of the file.
    stations_added
        Codes of new stations.
    days_changed
        Number of local dates whose night means are new or changed.
    cancelled
        Whether the import was cancelled; then nothing was stored.
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
    """The report of an import in progress."""

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
        """Return the report; `days_changed` is the number of local dates whose night means are new or changed."""
        skipped, notes, added = tuple(self.skipped), tuple(self.notes), tuple(self.stations_added)
        return ImportReport(tuple(self.imported), tuple(self.unchanged), skipped, notes, added, days_changed)
