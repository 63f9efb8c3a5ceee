"""The meaning of the columns of a table."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass, replace
from typing import Literal

from quakegui.formats.errors import shown
from quakegui.formats.namepattern import check_pattern
from quakegui.formats.numerals import cell
from quakegui.formats.records import Stamp
from quakegui.season.json_values import built, parse_json
from quakegui.season.readings import DataType
from quakegui.words import Said

LONGEST_CODE = 32
"""Maximum number of characters of a station code, as in the tables of a project."""


@dataclass(frozen=True, slots=True)
class TableMapping:
    """The meaning of the columns of a table.

    Attributes
    ----------
    layout
        "wide": one column of total intensity per station; "long": one row per station and time (or a single station).
    time
        The column of the time, or the columns of its parts in the order of `time_format`.
    columns
        Pairs. Wide: (station code, column). Long: (component, column), such as ("F", "total"), or three components.
    station_column
        Long: the column of the station code; empty if all rows belong to `station`.
    station
        Long: the code of the only station.
    timezone
        Time zone of the table, such as "Asia/Shanghai" or "UTC+8"; timestamps with an offset ignore it.
    time_format
        As for strptime, for the time cells joined with blanks; "iso" or empty for ISO 8601, "unix" and "unix_ms" for seconds
        and milliseconds since 1970, "excel" and "matlab" for serial days.
    unit
        One of `elements.UNITS`.
    stamp
        Part of the sampling interval that a timestamp marks: "start", "centre" or "end"; "auto" as in `records.make_readings`.
    missing
        Missing-value codes, in addition to everything from 88888 on.
    data_type
        Publication state of the data.
    sheet
        Sheet of the workbook; the first if empty.
    skip_lines
        Number of lines above the heading of the table; None to detect them.
    station_pattern
        Pattern of file names that contain the code of the only station, see `namepattern`; takes precedence over `station`.
    """

    layout: Literal["wide", "long"]
    time: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    station_column: str = ""
    station: str = ""
    timezone: str = "UTC"
    time_format: str = ""
    unit: str = "nT"
    stamp: Stamp = "auto"
    missing: tuple[float, ...] = ()
    data_type: DataType = DataType.UNKNOWN
    sheet: str = ""
    skip_lines: int | None = None
    station_pattern: str = ""

    @property
    def uses(self) -> frozenset[str]:
        """Names of the columns that the mapping uses."""
        return frozenset({*self.time, *(name for _, name in self.columns), self.station_column} - {""})

    def to_json(self) -> str:
        """Return the mapping as one JSON object."""
        facts = {**dataclasses.asdict(self), "data_type": self.data_type.name}
        for key, unsaid in (("skip_lines", None), ("station_pattern", "")):
            if facts[key] == unsaid:  # as every mapping was written before there were these
                del facts[key]
        return json.dumps(facts, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> TableMapping:
        """Return the mapping that `to_json` wrote; raises ValueError for any other text."""
        try:
            fields = parse_json(text)
            kind = DataType[fields.pop("data_type", "UNKNOWN")] if isinstance(fields, dict) else DataType.UNKNOWN
            found: TableMapping = replace(built(cls, fields, what=Said("column mapping's value")), data_type=kind)
            check_pattern(found.station_pattern)
        except (KeyError, TypeError) as error:
            raise ValueError(Said("This is not a column mapping: {error} is not a data type.", error=error)) from error
        except ValueError as error:
            raise ValueError(Said("This is not a column mapping: {error}", error=error)) from error
        return found


def station_code(value: object) -> str:
    """Return the station code in capitals, or an empty string if the cell is empty; too long codes are left to the caller."""
    return shown(re.sub(r"\.0$", "", cell(value)), 200).strip().upper()
