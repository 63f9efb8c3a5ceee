"""What the user says of files that do not say it themselves: their station, their day, their clock."""

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
    """What the columns of an earlier table mean, for tables with the very same columns."""

    columns: tuple[str, ...]
    mapping: TableMapping


@dataclass(frozen=True, slots=True)
class Hints:
    """What the user says of files; what a hint leaves open is as the file says, or as is guessed where that is sure.

    Attributes
    ----------
    mapping
        What the columns of tables mean; with it every file is read as a table.
    station
        Code of the only station.
    station_pattern
        Form of the files' names in which "{code}" stands for the station's code and "*" for anything: "mag_{code}_*.csv".
    day
        Date of a log that has only times of day, or the first of several such days.
    timezone
        Zone of stamps that name none, such as "UTC+8" or "Asia/Shanghai".
    skip_lines
        Lines above a table's heading.
    unit
        Unit of the values, one of `elements.UNITS`.
    saved
        Mappings of earlier tables, for tables with the very same columns.
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
        """Refuse what no file could be read by."""
        if self.unit and self.unit not in UNITS:
            raise ValueError(Said("Unknown unit {unit}; use one of {units}.", unit=self.unit, units=", ".join(UNITS)))
        check_pattern(self.station_pattern)

    def to_json(self) -> str:
        """Return what decides how a file is read, as one JSON object; an empty text where nothing is said."""
        facts = {
            key: value for key, value in asdict(replace(self, mapping=None, saved=())).items() if value not in ("", None, ())
        }
        if self.mapping is not None:
            facts["mapping"] = self.mapping.to_json()
        if set(facts) <= {"mapping"}:
            return str(facts.get("mapping", ""))
        return json.dumps(facts, default=str)

    def station_of(self, source: Source) -> str:
        """Return the station's code that is said of a file, an empty string where none is.

        Raises
        ------
        FormatError
            If the file's name does not have the form that is said.
        """
        if not self.station_pattern:
            return station_code(self.station)
        return station_by(self.station_pattern, source)


NO_HINTS = Hints()


def hints_of(manner: TableMapping | Hints | None) -> Hints:
    """Return hints, a mapping as a hint, or that nothing is said."""
    if isinstance(manner, Hints):
        return manner
    return NO_HINTS if manner is None else Hints(mapping=manner)


def kept_mapping(source: Source, saved: Iterable[SavedMapping], skip: int | None = None) -> TableMapping | None:
    """Return the kept mapping that fits the columns of a table, on the sheet and below the lines that it names.

    None for columns without headings, which say nothing of what they hold.

    Parameters
    ----------
    source
        The table.
    saved
        Mappings of earlier tables.
    skip
        Lines above its heading, where they are said; else as each mapping says.
    """
    seen: dict[tuple[str, int | None], tuple[str, ...]] = {}
    for one in saved:
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
    """Return a mapping with what is said besides of a file."""
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
