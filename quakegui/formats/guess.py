"""Guesses of the columns of a table that contain time, stations and total intensity, with the doubts about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quakegui.formats import sheet
from quakegui.formats.above import NOT_CODES, station_above, station_in_name, unit_above, zone_above
from quakegui.formats.columns import TableMapping, station_code
from quakegui.formats.contents import Content, content_of
from quakegui.formats.elements import LETTERS, UNITS, bare, element_of, unit_of
from quakegui.formats.errors import FormatError, shown
from quakegui.formats.hints import NO_HINTS, Hints
from quakegui.formats.numerals import cell, is_ambiguous, numbers
from quakegui.formats.records import MISSING_CODE, total_intensity
from quakegui.formats.source import Source
from quakegui.formats.timecolumns import ONE_DAY, TimeColumns, find_time
from quakegui.words import Said

if TYPE_CHECKING:
    import pandas as pd

FIRST_ROWS = 200
"""Number of rows that identify a table and its time; the other columns are classified by all rows."""
NO_TIME = Said("It is not clear which column is the time.")
NO_FIELD = Said("No column is a total intensity of 20,000 to 80,000 nT, and no set of components yields one.")
NO_STATION = Said("The file does not identify its station: specify the station.")
SEVERAL = Said("The file contains components of several stations side by side: specify the meaning of each column.")
ONE_STATION = Said("The file contains several stations, but only one station was specified.")
SAME_STATION = Said("Several columns have headings of the same station: specify the meaning of each column.")
UNITS_DIFFER = Said("The columns are in different units: specify the meaning of each column.")
_STATION_WORDS = re.compile(
    r"(?:station|code|sta|stn|obs|observatory|site|iaga|(?:station|site|obs|iaga)[ _]?(?:id|code|name)"
    r"|台站|台站代码|测点|站点)",
    re.IGNORECASE,
)
_PLAIN_SHEET = re.compile(r"(?:sheet|data|tab|raw|blatt|hoja|mag|geomag)\d*", re.IGNORECASE)
_NO_STATION = re.compile(
    r"(?:sensor|channel|ch|probe|value|reading|column|col|series|data|raw|temp)[ _.-]?\d*|f\d+", re.IGNORECASE
)
_AROUND_CODE = re.compile(r"^(?:(?:F|S|nT|total|field)[\s_.:/-]+)+|(?:[\s_.:/-]+(?:F|S|nT|total|field))+$", re.IGNORECASE)
_VALUE_WORDS = re.compile(r"(?:value|reading|measurement|column \d+|feld|campo|champ|测值|观测值)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Guess:
    """The presumed meaning of a table.

    Attributes
    ----------
    mapping
        The presumed meaning of its columns; None if no time or no total intensity was found. Its station may be empty.
    frame
        The whole table, with times and stations as text; only the first rows if `mapping` is None.
    doubts
        Sentences on what is uncertain; the table is read only if there are none.
    """

    mapping: TableMapping | None
    frame: pd.DataFrame
    doubts: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether the table can be read without further statements of the user."""
        return self.mapping is not None and not self.doubts


def guess_mapping(source: Source, hints: Hints = NO_HINTS) -> TableMapping | None:
    """Return a mapping that fits the names and rows of the table, for the analyst to confirm, or None if none is certain.

    The time is identified by the first rows, the content of the other columns by all rows. Total intensity is recognised by its
    size, 20,000 to 80,000 nT, so that catalogues and other tables are not mistaken for readings. A date whose order of day and
    month is ambiguous is not guessed.

    Parameters
    ----------
    source
        A text table or an .xlsx workbook, of which only the first sheet is looked at.
    hints
        What the user states about it; default nothing.

    Raises
    ------
    FormatError
        If the first rows form a table but the whole does not, or if the file name does not match the pattern of the hints.
    """
    found = guess_table(source, hints)
    return found.mapping if found is not None and found.is_sure else None


def guess_table(source: Source, hints: Hints = NO_HINTS, *, sheet_name: str = "") -> Guess | None:
    """Return the presumed meaning of a table, or None if the file is not a table. The result is cached in the source.

    Parameters
    ----------
    source
        A text table or an .xlsx workbook.
    hints
        What the user states about it.
    sheet_name
        The sheet of the workbook; the first if empty.

    Raises
    ------
    FormatError
        If the first rows form a table but the whole does not.
    """
    key = f"guess {sheet_name} {hints.to_json()}"
    if key not in source.cache:
        source.cache[key] = _guess(source, hints, sheet_name)
    kept: Guess | None = source.cache[key]
    return kept


def _guess(source: Source, hints: Hints, sheet_name: str) -> Guess | None:
    def rows(most: int | None = None, text: set[str] | None = None) -> pd.DataFrame:
        return sheet.load(source, sheet=sheet_name, most_rows=most, text=text, skip=hints.skip_lines)[0]

    try:
        first = rows(FIRST_ROWS)
    except FormatError:
        return None
    time = find_time(first, rows)
    if not time.columns or not len(first):
        return Guess(None, first, (time.doubt or NO_TIME,))
    text = {*time.columns, *(name for name in map(str, first.columns) if _STATION_WORDS.fullmatch(bare(name)))}
    whole = len(first) < FIRST_ROWS and sheet.is_workbook(source)  # whose cells keep their own types
    frame = first if whole else rows(text=text)
    return _meaning(source, hints, frame, time, sheet_name)


@dataclass(frozen=True, slots=True)
class _Values:
    """The columns apart from the time: nT, NaN where a cell is not a number, shape (row,), and their classification."""

    nt: Mapping[str, NDArray[np.float64]]
    content: Mapping[str, Content]

    @property
    def field(self) -> list[str]:
        return [name for name, found in self.content.items() if found.is_field]


@dataclass(frozen=True, slots=True)
class _Elements:
    """Column pairs for a mapping, the station column, whether there is one station only, and its code if a heading names it."""

    pairs: tuple[tuple[str, str], ...]
    station_column: str = ""
    is_one: bool = False
    code: str = ""


def _meaning(source: Source, hints: Hints, frame: pd.DataFrame, time: TimeColumns, sheet_name: str) -> Guess:
    """Return the meaning of the columns apart from the time, decided from all rows of the frame."""
    lines = sheet.above(source, sheet_name, hints.skip_lines)
    rest = [name for name in map(str, frame.columns) if name not in time.columns]
    unit, units_differ = _unit(rest, hints.unit or unit_above(lines))
    nt = {name: numbers(frame[name]) * UNITS[unit] for name in rest}
    values = _Values(nt, {name: content_of(column) for name, column in nt.items()})
    zone, clock = (hints.timezone or time.zone, "") if hints.timezone or time.zone else zone_above(time.columns, lines)
    doubts = [clock] if clock else []
    grouped = [name for name in rest if _may_be_grouped(frame[name], nt[name])]
    doubts += [_grouping(name, frame[name]) for name in grouped[:1]]
    found = _elements(values)
    if found is None:
        return Guess(None, frame, (*doubts, SEVERAL if len(_groups(values, "")) > 1 else NO_FIELD))
    codes = {values.content[name].code for name in values.field}
    said = hints.station_of(source)
    code = (said or found.code or _guess_code(source, dict(found.pairs), sheet_name, lines)) if found.is_one else ""
    mapping = TableMapping(
        "long" if found.station_column or found.is_one else "wide",
        time.columns,
        found.pairs,
        station_column=found.station_column,
        station=code,
        timezone=zone or ("" if clock else "UTC"),
        time_format=time.form,
        unit=unit,
        stamp="end" if time.stamp_ends else "auto",
        missing=tuple(sorted(code / UNITS[unit] for code in codes if code is not None)),
        sheet=sheet_name,
        skip_lines=hints.skip_lines,
    )
    doubts += [UNITS_DIFFER] if units_differ else []
    doubts += _doubled(values, [name for _, name in found.pairs])
    unnamed = [name for _, name in found.pairs if mapping.layout == "wide" and _NO_STATION.fullmatch(bare(name))]
    doubts += [
        Said("The heading '{name}' is not a station: specify the meaning of each column.", name=shown(name, 60))
        for name in unnamed[:1]
    ]
    doubts += [SAME_STATION] if mapping.layout == "wide" and len(dict(found.pairs)) < len(found.pairs) else []
    doubts += [NO_STATION] if found.is_one and not code else []
    doubts += [ONE_STATION] if mapping.layout == "wide" and said and len(found.pairs) > 1 else []
    doubts += [ONE_DAY] if not found.station_column and _dates_repeat(frame, time) else []
    return Guess(mapping, frame, tuple(doubts))


def _elements(values: _Values) -> _Elements | None:
    """Return the meaning of the columns, or None if they have no total intensity or are components of several stations."""
    field = values.field
    station = next((name for name in values.nt if _STATION_WORDS.fullmatch(bare(name)) and name not in field), "")
    groups = _groups(values, station)
    several = [code for code, letters in groups.items() if code and len(letters) > 1]
    if not station and len(several) > 1:
        totals = tuple((code, groups[code].get("F", groups[code].get("S", ""))) for code in several)
        return _Elements(totals) if all(name in field for _, name in totals) else None
    if station or several or "" in groups or len(field) == 1:
        group = next(iter(several), "")
        pairs = _of_one_station(groups.get(group, {}), values)
        return None if pairs is None else _Elements(pairs, station, not station, group)
    codes = [_code(name) for name in field]
    codes = codes if len(set(codes)) == len(codes) else [station_code(name) for name in field]
    return _Elements(tuple(zip(codes, field, strict=True))) if field else None


def _groups(values: _Values, station: str) -> dict[str, dict[str, str]]:
    """Return the columns of the components by letter, for each station named in the headings."""
    groups: dict[str, dict[str, str]] = {}
    for name, column in values.nt.items():
        element = element_of(name)
        if element is not None and name != station and np.isfinite(column).any():
            groups.setdefault(element[0], {}).setdefault(element[1], name)
    return groups


def _doubled(values: _Values, used: list[str]) -> list[str]:
    """Return a doubt if an unused column has the same station and component as a used one, but different values."""
    for name in used:
        for other, column in values.nt.items():
            same = other not in used and element_of(name) is not None and element_of(other) == element_of(name)
            if same and np.isfinite(column).any() and not np.array_equal(column, values.nt[name], equal_nan=True):
                return [
                    Said(
                        "The columns '{name}' and '{other}' are the same component but have different values: "
                        "specify the meaning of each column.",
                        name=shown(name, 60),
                        other=shown(other, 60),
                    )
                ]
    return []


def _of_one_station(letters: dict[str, str], values: _Values) -> tuple[tuple[str, str], ...] | None:
    """Return (component, column) pairs that give total intensity, or None."""
    columns = dict(letters)
    if not {"F", "S"} & set(columns):
        others = [name for name in values.field if name not in columns.values() and element_of(name) is None]
        named = [name for name in others if _VALUE_WORDS.fullmatch(bare(name))]
        if len(others) == 1 or named:
            columns["F"] = (named or others)[0]
    total = total_intensity(list(columns), lambda letter: _without_codes(values.nt[columns[letter]]))
    return tuple(columns.items()) if np.isfinite(total.values).any() else None


def _without_codes(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.abs(values) < MISSING_CODE, values, np.nan)


def _guess_code(source: Source, columns: Mapping[str, str], sheet_name: str, lines: tuple[str, ...]) -> str:
    """Return the code of a single station from the name of its column or sheet, the lines above the table, or the file name."""
    field = columns.get("F", "")
    if field and element_of(field) is None and not _VALUE_WORDS.fullmatch(bare(field)):
        return _code(field)
    named = element_of(field) if field else None
    if named is not None and named[0]:
        return named[0]
    plain = _PLAIN_SHEET.fullmatch(sheet_name) or sheet_name.rstrip("0123456789").lower() in NOT_CODES
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9]{1,4}", sheet_name) and not plain:
        return sheet_name.upper()
    return station_above(lines) or station_in_name(source.base)


def _code(name: str) -> str:
    """Return the station code in the name of a column: KAK in "KAK", "KAK_F", "F KAK (nT)"."""
    return station_code(_AROUND_CODE.sub("", bare(name)).strip(" _.:/-") or name)


def _unit(names: list[str], given: str) -> tuple[str, bool]:
    """Return the unit of the values of a table, and whether its headings name several; angles are ignored.

    The unit is in the headings of the components. In a table without components, a column may be named after a station; its
    unit is not a single letter, as the units of temperature or acceleration are.
    """
    elements = {name: found[1] for name in names if (found := element_of(name)) is not None}
    named = {unit for name, letter in elements.items() if letter in LETTERS.replace("DI", "") and (unit := unit_of(name))}
    if not elements:
        named = {unit for name in names if (unit := unit_of(name)) not in ("", "T", "G")}
    return given or (min(named) if named else "nT"), not given and len(named) > 1


def _dates_repeat(frame: pd.DataFrame, time: TimeColumns) -> bool:
    """Return whether the time is a date only and dates occur in several rows."""
    if "H" in time.form or "I" in time.form or (time.form not in ("", "iso") and "%" not in time.form):
        return False
    rows = list(zip(*(frame[name].map(cell) for name in time.columns), strict=True))
    return len(set(rows)) < len(rows) and all(len("".join(row)) <= 11 for row in rows[:1])


def _may_be_grouped(column: pd.Series[Any], values: NDArray[np.float64]) -> bool:
    """Return whether a column is total intensity only if its commas group digits."""
    return is_ambiguous(column) and content_of(values * 1000.0).is_field


def _grouping(name: str, column: pd.Series[Any]) -> str:
    example = next(text for text in column if isinstance(text, str) and "," in text)
    as_point, as_group = example.replace(",", "."), example.replace(",", "")
    return Said(
        "The numbers in '{name}', such as {example}, can mean {as_point} or {as_group}: specify the meaning of each column.",
        name=shown(name, 60),
        example=example,
        as_point=as_point,
        as_group=as_group,
    )
