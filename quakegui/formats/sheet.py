"""Rows and columns of a text table or a workbook, before their meaning is known."""

from __future__ import annotations

import csv
import io
import operator
import re
import warnings
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from quakegui.formats.bounds import MOST_SHEETS
from quakegui.formats.elements import unit_of
from quakegui.formats.errors import FormatError
from quakegui.formats.packed import is_opendocument
from quakegui.formats.source import Source, decode
from quakegui.formats.timecolumns import is_time_heading

# pandas and openpyxl are imported only where a table is read: 40 MB and half a second that the window and the observatory
# formats do not need.
if TYPE_CHECKING:
    import pandas as pd

DELIMITERS = ("\t", ";", ",", "|", " ")
"""Tried in this order; the first that splits the first lines into equally many fields is used. A blank is any run of blanks."""
MOST_ABOVE = 60
"""Maximum number of lines skipped above a table, such as titles and settings of the instrument."""
_SAMPLE_LINES = 30
_LINES_LOOKED_AT = 400
_FEWEST_BELOW = 3
"""Minimum number of lines of a table below lines that do not belong to it."""
_MOST_BELOW = 3
"""Maximum number of rows below a heading that describe its columns further."""
_ABOVE = "lines above the table that was loaded last"
_ABOVE_TEXT = "lines above a table of text"
_CUT = "last line of the table, cut off"
_LONGEST_NAME = 100
_LONGEST_LINE = 100_000
_MOST_COLUMNS = 2_000
_XLS = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a table as text, for an import wizard.

    Attributes
    ----------
    columns
        Names of the columns; "column 1", "column 2" if the table has none.
    rows
        The first rows, each as long as `columns`.
    sheets
        Names of the sheets of a workbook; empty for text.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sheets: tuple[str, ...] = ()


def is_workbook(source: Source) -> bool:
    """Return whether the bytes are a workbook of Excel 2007 or later."""
    return source.data[:4] == b"PK\x03\x04" and b"[Content_Types].xml" in source.data


def refuse_other_workbooks(source: Source) -> None:
    """Raise `FormatError` for .xls and .ods.

    Their readers have no limits: python-calamine creates every cell when it opens a file. From a thousand bytes of .ods with
    "repeated" cells it creates 20 million, 600 MB, and it ends the process if memory runs out.
    """
    kinds = {"Excel 97-2003 (.xls)": source.data[:4] == _XLS, "OpenDocument (.ods)": is_opendocument(source.data)}
    for kind, is_it in kinds.items():
        if is_it:
            raise source.fault("This workbook is in {kind} format; save it as .xlsx or .csv and import that file.", kind=kind)


def preview(source: Source, *, sheet: str = "", rows: int = 50, skip: int | None = None) -> Preview:
    """Return the first rows of a table.

    Parameters
    ----------
    source
        A text table or an .xlsx workbook.
    sheet
        The sheet of the workbook; the first if empty.
    rows
        Maximum number of rows.
    skip
        As in `load`.

    Raises
    ------
    FormatError
        If the file is not a table.
    """
    import pandas as pd

    frame, sheets = load(source, sheet=sheet, most_rows=rows, skip=skip)
    text = tuple(tuple("" if pd.isna(value) else str(value) for value in row) for row in frame.itertuples(index=False))
    return Preview(tuple(frame.columns), text, sheets)


def load(
    source: Source,
    *,
    sheet: str = "",
    most_rows: int | None = None,
    text: Collection[str] | None = None,
    skip: int | None = None,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a table with unique column names, and the names of the sheets of the workbook.

    Parameters
    ----------
    source
        A text table or an .xlsx workbook.
    sheet
        The sheet of the workbook; the first if empty.
    most_rows
        Maximum number of rows.
    text
        Columns that stay text, such as dates written as digits; None for all. The others are converted if they contain only
        numbers. Cells of a workbook keep their own types.
    skip
        Number of lines above the heading; None to detect them, up to `MOST_ABOVE`.

    Raises
    ------
    FormatError
        If the bytes are not a table of at least two columns, or a line has more fields than the first.
    """
    refuse_other_workbooks(source)
    if is_workbook(source):
        return _workbook(source, sheet, most_rows, skip)
    return _text(source, most_rows, text, skip), ()


@dataclass(frozen=True, slots=True)
class Sheets:
    """Names of the sheets of a workbook: those that are read, the hidden ones, and those beyond the limit."""

    looked_at: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()


def sheets_of(source: Source) -> Sheets:
    """Return the sheets of a workbook; for a text table or a workbook of one sheet, one sheet with an empty name.

    Raises
    ------
    FormatError
        If it is a workbook that cannot be opened.
    """
    if not is_workbook(source):
        return Sheets(("",))
    from quakegui.formats import workbook

    found = workbook.sheets(source)
    if len(found) == 1:
        return Sheets(("",))
    shown, rest = found[:MOST_SHEETS], found[MOST_SHEETS:]
    return Sheets(
        tuple(one.name for one in shown if not one.hidden),
        tuple(one.name for one in shown if one.hidden),
        tuple(one.name for one in rest),
    )


def above(source: Source, sheet: str = "", skip: int | None = None) -> tuple[str, ...]:
    """Return the lines above a table, including comments; empty if the file is not a table.

    Parameters
    ----------
    source
        A text table or an .xlsx workbook.
    sheet
        The sheet of the workbook; the first if empty. A text table has none, and is read whatever is given.
    skip
        As in `load`.
    """
    known: tuple[str, ...] | None = source.cache.get(f"{_ABOVE_TEXT} {skip}")
    if known is not None:
        return known
    try:
        load(source, sheet=sheet, most_rows=1, skip=skip)
    except FormatError:
        return ()
    kept: tuple[str, ...] = source.cache[_ABOVE]
    return kept


def cut_line(source: Source) -> str:
    """Return the last line of a text table that was read, where it ends before the last column; else an empty string."""
    kept: str = source.cache.get(_CUT, "")
    return kept


@dataclass(frozen=True, slots=True)
class _Head:
    """The part above the rows of a table: column names, number of lines before the rows, and the lines above the heading."""

    names: list[str]
    length: int
    above: tuple[str, ...]


def _text(source: Source, most_rows: int | None, as_text: Collection[str] | None, skip: int | None) -> pd.DataFrame:
    import pandas as pd

    if b"\x00" in source.data[:4096] and source.data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise source.fault("This is not a text file.")
    text, _ = decode(source.data)
    lines = text.lstrip("\ufeff").splitlines()
    places = [place for place, line in enumerate(lines[: _LINES_LOOKED_AT + (skip or 0)]) if _counts(line)]
    places = [place for place in places if place >= skip] if skip is not None else places
    if skip and not places:
        raise source.fault("The file has no table below the first {skip} lines.", skip=skip)
    cut = lines[-1] if lines and text[-1] not in "\r\n" and _counts(lines[-1]) else ""
    if cut and len(places) > _FEWEST_BELOW:  # a line that may be cut off does not tell what separates the fields
        places = [place for place in places if place < len(lines) - 1]
    begin, delimiter = _beginning([lines[place] for place in places], MOST_ABOVE if skip is None else 0)
    if delimiter is None:
        raise source.fault("The lines have different numbers of columns, so this is not a table.")
    rows = [list(_split(lines[place], delimiter)) for place in places[begin : begin + MOST_ABOVE + _SAMPLE_LINES]]
    head = _head(rows, fixed=skip is not None)
    if cut and len(_split(cut, delimiter)) < len(head.names):
        source.cache[_CUT] = lines.pop()
    start = places[begin + head.length - 1] + 1 if head.length else places[begin]
    sample = [lines[place] for place in places if place >= start][:_SAMPLE_LINES]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.StringIO("\n".join(lines[start:])),
                sep=r"\s+" if delimiter == " " else delimiter,
                header=None,
                names=head.names,
                index_col=False,
                decimal="," if delimiter == ";" and _decimal_comma(sample) else ".",
                nrows=most_rows,
                skipinitialspace=True,
                low_memory=False,
                dtype=str if as_text is None else {name: str for name in head.names if name in as_text},
                keep_default_na=as_text is not None,
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning, ValueError, OverflowError) as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) + start if found else None
        raise source.fault(
            "The table cannot be split into its {count} columns ({error}).", line=line, count=len(head.names), error=error
        ) from error
    source.cache[_ABOVE] = source.cache[f"{_ABOVE_TEXT} {skip}"] = tuple(lines[: places[begin + len(head.above)]])
    return frame


def _workbook(source: Source, sheet: str, most_rows: int | None, skip: int | None) -> tuple[pd.DataFrame, tuple[str, ...]]:
    import pandas as pd

    from quakegui.formats import workbook

    sheets, rows = workbook.read(source, sheet, None if most_rows is None else most_rows + MOST_ABOVE)
    rows, titles = rows[skip or 0 :], rows[: skip or 0]
    filled = [sum(value is not None for value in row) for row in rows[: MOST_ABOVE + _SAMPLE_LINES]]
    widest = max(filled, default=0)
    first = next((at for at, count in enumerate(filled) if 2 <= count >= widest / 2), len(rows)) if skip is None else 0
    titles, rows = [*titles, *rows[:first]], rows[first:]
    if len(rows) < 2 or not 2 <= len(rows[0]) <= _MOST_COLUMNS:
        raise source.fault("The sheet has no table of 2 to {most_columns:,} columns.", most_columns=_MOST_COLUMNS)
    head = _head([_shown(row) for row in rows[: MOST_ABOVE + _SAMPLE_LINES]], fixed=skip is not None)
    source.cache[_ABOVE] = (*("\t".join(filter(None, _shown(row))) for row in titles), *head.above)
    width = len(head.names)
    body = [(row + [None] * width)[:width] for row in rows[head.length :]]
    return pd.DataFrame(body if most_rows is None else body[:most_rows], columns=head.names), sheets


def _shown(row: list[object]) -> list[str]:
    """Return the cells of a workbook as text; `_is_number` counts dates as numbers."""
    return ["" if value is None else str(value) for value in row]


def _counts(line: str) -> bool:
    """Return whether a line may belong to a table: it is neither empty nor a comment."""
    return bool(line.strip()) and not line.startswith("#")


def _beginning(lines: list[str], most_above: int) -> tuple[int, str | None]:
    """Return the number of lines above a table and its delimiter; the delimiter is None if there is no table."""
    split = cache(_split)  # a line is in up to thirty of the samples
    for begin in range(min(most_above, len(lines)) + 1):
        sample = lines[begin : begin + _SAMPLE_LINES]
        if max(map(len, sample), default=0) > _LONGEST_LINE or (begin and len(sample) < _FEWEST_BELOW):
            break
        delimiter = _delimiter(sample, split)
        if delimiter is not None and (not begin or _is_body([split(line, delimiter) for line in sample])):
            return begin, delimiter
    return 0, None


def _is_body(rows: list[list[str]]) -> bool:
    """Return whether most rows contain numbers: below lines that do not belong to it, a table must be unambiguous."""
    return sum(any(map(_is_number, row)) for row in rows) > len(rows) / 2


def _head(rows: list[list[str]], *, fixed: bool) -> _Head:
    """Return the heading of a table from its first rows, all of one length.

    The heading is the first row; but if a later one names times or dates and rows of numbers follow, those above it are titles.
    Rows without a number directly below the heading describe the columns further, such as their units.
    """
    at = 0 if fixed else next((at for at in range(len(rows) - 1) if _names_times(rows[at]) and _has_number(rows[at + 1 :])), 0)
    numbered = any(map(_is_number, rows[at])) and not _has_codes(rows[at : at + 2])
    if at > MOST_ABOVE or numbered or sum(bool(field.strip()) for field in rows[at]) < 2:
        return _Head(_names([""] * len(rows[0])), 0, ())
    below = next((further for further, row in enumerate(rows[at + 1 :]) if any(map(_is_number, row))), 0)
    below = below if below <= _MOST_BELOW else 0
    names = rows[at]
    for row in rows[at + 1 : at + 1 + below]:
        units = [unit_of(f"({field})") for field in (*row, *[""] * len(names))]
        names = [
            f"{name} ({unit})" if unit not in ("", "nT") and not unit_of(name) else name
            for name, unit in zip(names, units, strict=False)
        ]
    return _Head(_names(names), at + 1 + below, tuple("\t".join(row) for row in rows[:at]))


def _names_times(row: list[str]) -> bool:
    return not any(map(_is_number, row)) and any(map(is_time_heading, row)) and sum(bool(field.strip()) for field in row) > 1


def _has_codes(rows: list[list[str]]) -> bool:
    """Return whether the first row is a heading with the time and stations that are numbers, such as "time,51001,51002"."""
    names = [is_time_heading(field) for field in rows[0]]
    codes = [re.fullmatch(r"\s*\d{1,8}\s*", field) is not None for field in rows[0]]
    return any(names) and all(map(operator.or_, names, codes)) and all(map(_is_number, filter(None, rows[-1])))


def _has_number(rows: list[list[str]]) -> bool:
    return any(any(map(_is_number, row)) for row in rows[: _MOST_BELOW + 1])


def _delimiter(sample: list[str], split: Callable[[str, str], list[str]]) -> str | None:
    """Return the delimiter of the first lines, or None."""
    for delimiter in DELIMITERS if sample else ():
        count = len(split(sample[0], delimiter))
        if 1 < count <= _MOST_COLUMNS and all(len(split(line, delimiter)) == count for line in sample):
            return delimiter
    return None


def _split(line: str, delimiter: str) -> list[str]:
    if delimiter == " ":
        return line.split()
    return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])


def _decimal_comma(lines: list[str]) -> bool:
    return any(re.search(r";\s*-?\d+,\d+\s*(;|$)", line) for line in lines)


def _is_number(field: str) -> bool:
    return re.fullmatch(r"\s*+[-+]?\d[\d.,:/T Z-]*+\s*+", field) is not None


def _names(raw: list[str]) -> list[str]:
    """Return unique names: blanks become "column N", repeated names are numbered."""
    names: list[str] = []
    taken: set[str] = set()
    for index, field in enumerate(raw, start=1):
        name = field.strip()[:_LONGEST_NAME] or f"column {index}"
        while name in taken:
            name = f"{name} ({index})"
        names.append(name)
        taken.add(name)
    return names
