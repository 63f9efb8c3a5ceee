"""Hints: what the user states about files that lack it, such as station, day and time zone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date

from quakegui.formats import sheet
from quakegui.formats.columns import TableMapping, station_code
from quakegui.formats.elements import UNITS
from quakegui.formats.errors import FormatError
from quakegui.formats.namepattern import check_pattern, station_by
from quakegui.formats.source import Source
from quakegui.formats.timecolumns import GENERATED
from quakegui.words import Said


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """The mapping of an earlier table, for tables with exactly the same columns."""

    columns: tuple[str, ...]
    mapping: TableMapping


@dataclass(frozen=True, slots=True)
class Hints:
    """What the user states about files. For an empty hint, the file itself decides, or a guess if it is unambiguous.

    Attributes
    ----------
    mapping
        Meaning of the columns of tables; with it, every file is read as a table.
    station
        Code of the only station.
    station_pattern
        Pattern of file names in which "{code}" stands for the station code and "*" for anything: "mag_{code}_*.csv".
    day
        Date of a log that has only times of day, or the first of several such days.
    timezone
        Zone of timestamps that do not name one, such as "UTC+8" or "Asia/Shanghai".
    skip_lines
        Number of lines above the heading of a table.
    unit
        Unit of the values, one of `elements.UNITS`.
    saved
        Mappings of earlier tables, for tables with exactly the same columns.
    """

    mapping: TableMapping | None = None
    station: str = ""
    station_pattern: str = ""
    day: date | None = None
    timezone: str = ""
    skip_lines: int | None = None
    unit: str = ""
    saved: tuple[SavedMapping, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError if the unit is unknown or the pattern lacks its placeholder."""
        if self.unit and self.unit not in UNITS:
            raise ValueError(Said("Unknown unit {unit}; use one of {units}.", unit=self.unit, units=", ".join(UNITS)))
        check_pattern(self.station_pattern)

    def to_json(self) -> str:
        """Return everything that affects how a file is read as one JSON object, or an empty string if there are no hints."""
        facts = {
            key: value for key, value in asdict(replace(self, mapping=None, saved=())).items() if value not in ("", None, ())
        }
        if self.mapping is not None:
            facts["mapping"] = self.mapping.to_json()
        if set(facts) <= {"mapping"}:
            return str(facts.get("mapping", ""))
        return json.dumps(facts, default=str)

    def station_of(self, source: Source) -> str:
        """Return the station code that the hints give for a file, or an empty string if there is none.

        Raises
        ------
        FormatError
            If the name of the file does not match the pattern.
        """
        if not self.station_pattern:
            return station_code(self.station)
        return station_by(self.station_pattern, source)


NO_HINTS = Hints()


def hints_of(manner: TableMapping | Hints | None) -> Hints:
    """Return hints unchanged, a mapping as hints, and empty hints for None."""
    if isinstance(manner, Hints):
        return manner
    return NO_HINTS if manner is None else Hints(mapping=manner)


def kept_mapping(source: Source, mappings: Iterable[SavedMapping], skip: int | None = None) -> TableMapping | None:
    """Return the first saved mapping that fits the columns of a table, on its sheet and below its skipped lines.

    None if none fits, or if the columns have no headings, since these do not identify their content.

    Parameters
    ----------
    source
        The table.
    mappings
        Mappings of earlier tables.
    skip
        Number of lines above the heading, if the user states it; otherwise as in each mapping.
    """
    seen: dict[tuple[str, int | None], tuple[str, ...]] = {}
    for one in mappings:
        place = one.mapping.sheet, one.mapping.skip_lines if skip is None else skip
        if place not in seen:
            try:
                seen[place] = sheet.preview(source, sheet=place[0], rows=1, skip=place[1]).columns
            except FormatError:
                seen[place] = ()  # such as a workbook without that sheet
        if one.columns == seen[place] and not all(GENERATED.fullmatch(name) for name in one.columns):
            return one.mapping
    return None


def complete(mapping: TableMapping, hints: Hints, source: Source) -> TableMapping:
    """Return a mapping completed with the hints for a file.

    Parameters
    ----------
    mapping
        Meaning of the columns; its own pattern of file names gives the station if the hints do not.
    hints
        What the user states about the file; takes precedence over the mapping.
    source
        The file, whose name may contain the station.

    Raises
    ------
    FormatError
        If the name of the file does not match the pattern that is used.
    """
    station = hints.station_of(source)
    if not station and mapping.station_pattern and not mapping.station_column:
        station = station_by(mapping.station_pattern, source)
    if station and mapping.layout == "wide" and len(mapping.columns) == 1:
        mapping = replace(mapping, columns=((station, mapping.columns[0][1]),))
    return replace(
        mapping,
        station=station if station and mapping.layout == "long" and not mapping.station_column else mapping.station,
        timezone=hints.timezone or mapping.timezone,
        unit=hints.unit or mapping.unit,
        skip_lines=hints.skip_lines if hints.skip_lines is not None else mapping.skip_lines,
    )
