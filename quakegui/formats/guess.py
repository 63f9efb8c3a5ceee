"""Which columns of a table seem to hold the time, the stations and the total intensity: a proposal, never a decision."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quakegui.formats import sheet
from quakegui.formats.columns import TIME_FORMATS, TableMapping, cell, numbers, parse_times
from quakegui.formats.contents import content_of
from quakegui.formats.errors import FormatError
from quakegui.formats.records import MISSING_CODE, total_intensity
from quakegui.formats.source import Source

if TYPE_CHECKING:
    import pandas as pd

FIRST_ROWS = 200
"""Rows that tell what a table is; what its columns hold is told by all."""
_LETTERS = "FSXYZHDEG"
_TIME_WORDS = re.compile(
    r"(?:date|time|datetime|date_?time|timestamp|stamp|utc|ut|epoch|day|日期|时间|时刻|日期时间)", re.IGNORECASE
)
_STATION_WORDS = re.compile(
    r"(?:station|code|sta|stn|obs|observatory|site|iaga|station_?(?:id|code|name)|台站|台站代码|测点|站点)", re.IGNORECASE
)
_VALUE_WORDS = re.compile(
    r"(?:f|s|x|y|z|h|d|e|g|total|total_?(?:field|intensity|force)|intensity|field|value|column \d+|总强度|地磁总强度)",
    re.IGNORECASE,
)


def guess_mapping(source: Source) -> TableMapping | None:
    """Return a mapping that fits the table's names and rows, for the analyst to confirm; None where none is plain.

    The time is told by the first rows, what the other columns hold by all of them. Total intensity is recognised by its size,
    20,000 to 80,000 nT, so that catalogues and other tables are not mistaken for readings. A day that could as well be a month
    is not guessed.
    """
    found = guess_table(source)
    return None if found is None else found[0]


def guess_table(source: Source, *, sheet_name: str = "") -> tuple[TableMapping, pd.DataFrame] | None:
    """Return the mapping that `guess_mapping` returns and the whole table, its time and stations as text.

    Parameters
    ----------
    source
        A text table or an .xlsx workbook.
    sheet_name
        The workbook's sheet; the first if empty.

    Raises
    ------
    FormatError
        If the first rows are plain and the whole is no table.
    """
    begun = _begin(source, sheet_name)
    if begun is None:
        return None
    first, time, time_format = begun
    text = {*time, *(name for name in map(str, first.columns) if _STATION_WORDS.fullmatch(_bare(name)))}
    whole = len(first) < FIRST_ROWS and sheet.is_workbook(source)  # whose cells keep their own types
    frame = first if whole else sheet.load(source, sheet=sheet_name, text=text)[0]
    mapping = _meaning(source, frame, time, time_format, sheet_name)
    return None if mapping is None else (mapping, frame)


def is_plain(source: Source, *, sheet_name: str = "") -> bool:
    """Return whether a mapping can be guessed; all rows are looked at only where the first hold no total intensity."""
    begun = _begin(source, sheet_name)
    if begun is None:
        return False
    frame, time, time_format = begun
    if _meaning(source, frame, time, time_format, sheet_name) is not None:
        return True
    try:
        return len(frame) == FIRST_ROWS and guess_table(source, sheet_name=sheet_name) is not None
    except FormatError:
        return False


def _begin(source: Source, sheet_name: str) -> tuple[pd.DataFrame, tuple[str, ...], str] | None:
    """Return the first rows, and the time's columns and format; None where that is no table or its time is not plain."""
    try:
        frame, _ = sheet.load(source, sheet=sheet_name, most_rows=FIRST_ROWS)
    except FormatError:
        return None
    time, time_format = _guess_time(frame, [str(name) for name in frame.columns]) if len(frame) else ((), "")
    return (frame, time, time_format) if time else None


def _meaning(
    source: Source, frame: pd.DataFrame, time: tuple[str, ...], time_format: str, sheet_name: str
) -> TableMapping | None:
    """Return what the columns besides those of the time hold, judged by all rows of the frame; None where it is not plain."""
    rest = [name for name in map(str, frame.columns) if name not in time]
    found = {name: content_of(numbers(frame[name])) for name in rest}
    field = [name for name in rest if found[name].is_field]
    missing = tuple(sorted({kept for name in field if (kept := found[name].code) is not None}))
    station = next((name for name in rest if _STATION_WORDS.fullmatch(_bare(name))), "")
    letters = {_bare(name)[-1:].upper(): name for name in rest if len(_bare(name)) == 1 and _bare(name).upper() in _LETTERS}
    if station or letters or len(field) == 1:
        columns = _guess_elements(frame, letters, field)
        code = "" if station or columns is None else _guess_code(source, columns, sheet_name)
        if columns is None or not (station or code):
            return None
        return TableMapping(
            "long",
            time,
            columns,
            station_column=station,
            station=code,
            time_format=time_format,
            missing=missing,
            sheet=sheet_name,
        )
    if not field:
        return None
    codes = [_code(name) for name in field]
    pairs = zip(codes if len(set(codes)) == len(codes) else field, field, strict=True)
    return TableMapping("wide", time, tuple(pairs), time_format=time_format, missing=missing, sheet=sheet_name)


def _guess_time(frame: pd.DataFrame, names: list[str]) -> tuple[tuple[str, ...], str]:
    """Return the time's columns and format; no columns where the format is not plain."""
    named = [name for name in names if _TIME_WORDS.fullmatch(_bare(name))]
    candidates = [named[:2], *([name] for name in named), names[:2], names[:1]]
    for columns in candidates:
        if not columns:
            continue
        found = _guess_format([frame[name] for name in columns])
        if found is not None:
            return tuple(columns), found
    return (), ""


def _guess_format(parts: list[pd.Series[Any]]) -> str | None:
    """Return the one format that reads every row, None where none or several different ones do."""
    if len(parts) == 1:
        if parts[0].map(lambda value: isinstance(value, (dt.datetime, dt.date))).all():
            return "iso"
        number = numbers(parts[0])
        for name, low, high in (("unix", 3e8, 4e9), ("unix_ms", 3e11, 4e12)):
            if np.isfinite(number).all() and (number > low).all() and (number < high).all():
                return name
    elif any(not part.map(cell).str.contains(r"\d", regex=True).all() for part in parts):
        return None
    sensible = [one for one in ("iso", *TIME_FORMATS) if _reads_all(parts, one)]
    days_first = {one for one in sensible if one.startswith("%d/")}
    months_first = {one for one in sensible if one.startswith("%m/")}
    if not sensible or (days_first and months_first):
        return None
    return sensible[0]


def _reads_all(parts: list[pd.Series[Any]], time_format: str) -> bool:
    if not _reads_first(parts, time_format):
        return False
    time = parse_times(parts, time_format)
    if time.isna().any():
        return False
    # Rows of one day read with the wrong format scatter over years; a number read as a year lies far off.
    years = time.dt.year
    return bool(years.min() >= 1850 and years.max() <= 2100)


def _reads_first(parts: list[pd.Series[Any]], time_format: str) -> bool:
    """Return whether the first row fits: it tells most formats apart, a hundred times as fast as a column."""
    text = " ".join(cell(part.iloc[0]) for part in parts).strip()
    try:
        # The zone is of no interest here: only whether the text has this shape.
        dt.datetime.fromisoformat(text) if time_format == "iso" else dt.datetime.strptime(text, time_format)  # noqa: DTZ007
    except ValueError:
        return False
    return True


def _guess_elements(frame: pd.DataFrame, letters: dict[str, str], field: list[str]) -> tuple[tuple[str, str], ...] | None:
    """Return pairs of element and column that give total intensity, or None."""
    columns = dict(letters)
    if not {"F", "S"} & set(columns) and field:
        others = [name for name in field if name not in columns.values()]
        named = [name for name in others if _VALUE_WORDS.fullmatch(_bare(name))]
        if len(others) == 1 or named:
            columns["F"] = (named or others)[0]
    total = total_intensity(list(columns), lambda letter: _without_codes(numbers(frame[columns[letter]])))
    return tuple(columns.items()) if np.isfinite(total.values).any() else None


def _without_codes(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.abs(values) < MISSING_CODE, values, np.nan)


def _guess_code(source: Source, columns: tuple[tuple[str, str], ...], sheet_name: str) -> str:
    """Return the station of a table that has only one: by the column's name, the sheet's, or the start of the file's."""
    field = dict(columns).get("F", "")
    if field and not _VALUE_WORDS.fullmatch(_bare(field)):
        return _code(field)
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9]{1,4}", sheet_name):
        return sheet_name.upper()
    stem = re.match(r"[A-Za-z]{3,5}(?=[^A-Za-z]|$)", source.base)
    return stem.group().upper() if stem else ""


def _bare(name: str) -> str:
    """Return a column's name without its unit."""
    return re.sub(r"[(（\[].*?[)）\]]", "", name).strip()


def _code(name: str) -> str:
    """Return the station's code in a column's name: KAK in "KAK", "KAK_F", "F KAK (nT)"."""
    parts = [part for part in re.split(r"[\s_.:/-]+", _bare(name)) if part]
    kept = [part for part in parts if part.upper() not in ("F", "S", "NT", "TOTAL", "FIELD")]
    return "_".join(kept or parts or [name]).upper()[:16]
