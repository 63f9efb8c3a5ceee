"""What the columns of a table mean, and how their cells become times and numbers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.errors import shown
from quakegui.formats.records import Stamp
from quakegui.season.json_values import built, parse_json
from quakegui.season.readings import DataType

if TYPE_CHECKING:
    import pandas as pd

UNITS = {"nT": 1.0, "uT": 1e3, "µT": 1e3, "mT": 1e6, "T": 1e9, "G": 1e5}
"""nT in one unit."""
TIME_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y%m%d %H%M%S",
    "%Y%m%d %H:%M:%S",
    "%Y%m%d %H:%M",
    "%Y%m%d %H%M",
    "%Y%m%d%H%M%S",
    "%Y%m%d%H%M",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y%m%d",
)
_SPECIAL_FORMATS = ("", "iso", "unix", "unix_ms")
_COMMA = re.compile(r"\s*-?\d+,\d+\s*")
_UNIX_RANGE = (-5e9, 7e9)
_LETTERS = "FSXYZHDEG"


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What the columns of a table mean.

    Attributes
    ----------
    layout
        "wide": one column of total intensity per station; "long": one row per station and time (or a single station).
    time
        The column with the time, or those of date and time of day.
    columns
        Pairs. Wide: (station code, column). Long: (letter of the element, column), such as ("F", "total") or three components.
    station_column
        Long: the column with the station's code; empty if all rows are of `station`.
    station
        Long: the code of the only station.
    timezone
        IANA name of the zone that the table's clock keeps; stamps with an offset of their own ignore it.
    time_format
        As for strptime; "iso" or empty for ISO 8601, "unix" and "unix_ms" for seconds and milliseconds since 1970.
    unit
        "nT", "uT", "mT", "T" or "G".
    stamp
        What a stamp marks of its interval: "start", "centre" or "end"; "auto" as in `records.make_readings`.
    missing
        Numbers that stand for no value, besides everything from 88888 on.
    data_type
        How final the record is.
    sheet
        The workbook's sheet; the first if empty.
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

    def to_json(self) -> str:
        """Return the mapping as one JSON object."""
        return json.dumps({**dataclasses.asdict(self), "data_type": self.data_type.name}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> TableMapping:
        """Return the mapping that `to_json` wrote; raises ValueError for anything else."""
        try:
            fields = parse_json(text)
            kind = DataType[fields.pop("data_type", "UNKNOWN")] if isinstance(fields, dict) else DataType.UNKNOWN
            found: TableMapping = replace(built(cls, fields, what="column mapping's value"), data_type=kind)
        except (KeyError, TypeError) as error:
            raise ValueError(f"This is no table mapping: {error} is not the name of a data type.") from error
        except ValueError as error:
            raise ValueError(f"This is no table mapping: {error}") from error
        return found


def parse_times(parts: list[pd.Series[Any]], time_format: str) -> pd.Series[Any]:
    """Return the instants in one column, or in those of date and time of day together, NaT where unreadable."""
    import pandas as pd

    if time_format.startswith("unix"):
        number = pd.Series(numbers(parts[0]))
        seconds = number / (1000.0 if time_format == "unix_ms" else 1.0)
        ms = (seconds.where(seconds.between(*_UNIX_RANGE)) * 1000.0).round()
        return pd.to_datetime(ms, unit="ms", errors="coerce")
    if len(parts) == 1 and parts[0].map(lambda value: isinstance(value, (dt.datetime, dt.date))).mean() > 0.5:
        return pd.to_datetime(parts[0], errors="coerce")
    joined = parts[0].map(cell)
    for part in parts[1:]:
        joined = joined + " " + part.map(cell)
    text = joined.str.strip()
    if time_format in _SPECIAL_FORMATS:
        has_offset = text.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", regex=True).any()
        return _instants(text, "ISO8601", utc=bool(has_offset))
    return _instants(text, time_format, utc=False)


def _instants(text: pd.Series[Any], time_format: str, *, utc: bool) -> pd.Series[Any]:
    import pandas as pd

    try:
        return pd.to_datetime(text, format=time_format, errors="coerce", utc=utc)
    except ValueError:  # stamps of several zones, which pandas takes together in UTC only
        return pd.to_datetime(text, format=time_format, errors="coerce", utc=True)


def cell(value: object) -> str:
    """Return a cell as text; a workbook's date loses the midnight that it carries along."""
    import pandas as pd

    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    return str(value).strip()


def numbers(column: pd.Series[Any]) -> NDArray[np.float64]:
    """Return a column's numbers, NaN where there is none, shape (row,)."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    point = column.map(lambda value: value.replace(",", ".") if isinstance(value, str) and _COMMA.fullmatch(value) else value)
    try:
        return np.asarray(pd.to_numeric(point, errors="coerce"), dtype=np.float64)
    except OverflowError:  # among the cells is a whole number of hundreds of digits
        return np.array([_number(value) for value in point], dtype=np.float64)


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return np.nan


def station_code(value: object) -> str:
    """Return a cell as a station's code in capitals, empty where the cell is."""
    return shown(re.sub(r"\.0$", "", cell(value)), 200).strip().upper()[:16]
