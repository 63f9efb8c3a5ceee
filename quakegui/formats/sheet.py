"""Rows and columns of a text table or a workbook, before anyone says what they mean."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import re
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quakegui.formats.errors import FormatError
from quakegui.formats.source import Source, decode

# pandas and openpyxl are imported where a table is read: 40 MB and half a second that a window or an observatory's own
# formats need not pay.
if TYPE_CHECKING:
    import pandas as pd

DELIMITERS = ("\t", ";", ",", "|", " ")
"""Tried in this order; the first that cuts the first lines into equally many fields wins. A blank means any run of blanks."""
MOST_SHEETS = 64
"""Sheets of a workbook that are looked at; the others are named as unread."""
_SAMPLE_LINES = 30
_LONGEST_NAME = 100
_LONGEST_LINE = 100_000
_LONGEST_COMMENTS = 65_536
_MOST_COLUMNS = 2_000
_XLS = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a table as text, for an import wizard.

    Attributes
    ----------
    columns
        Names of the columns; "column 1", "column 2" where the table has none.
    rows
        The first rows, each as long as `columns`.
    sheets
        Names of a workbook's sheets; empty for text.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sheets: tuple[str, ...] = ()


def is_workbook(source: Source) -> bool:
    """Return whether the bytes are a workbook of Excel 2007 or later."""
    return source.data[:4] == b"PK\x03\x04" and b"[Content_Types].xml" in source.data


def preview(source: Source, *, sheet: str = "", rows: int = 50) -> Preview:
    """Return the first rows of a table.

    Raises
    ------
    FormatError
        If it is no table.
    """
    import pandas as pd

    frame, sheets = load(source, sheet=sheet, most_rows=rows)
    text = tuple(tuple("" if pd.isna(value) else str(value) for value in row) for row in frame.itertuples(index=False))
    return Preview(tuple(frame.columns), text, sheets)


def load(
    source: Source, *, sheet: str = "", most_rows: int | None = None, text: Collection[str] | None = None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return a table with unique column names, and the names of the workbook's sheets.

    Parameters
    ----------
    source
        A text table or an .xlsx workbook.
    sheet
        The workbook's sheet; the first if empty.
    most_rows
        Stop after so many rows.
    text
        Columns that stay text, such as dates written as digits; None for all. The others become numbers where they hold
        nothing else. A workbook's cells keep their own types.

    Raises
    ------
    FormatError
        If the bytes are no table of at least two columns, or a line has more fields than the first.
    """
    if source.data[:4] == _XLS:
        raise FormatError("This is a workbook of Excel 97-2003; save it as .xlsx or .csv and import that.", file=source.name)
    if is_workbook(source):
        return _workbook(source, sheet, most_rows)
    return _text(source, most_rows, text), ()


@dataclass(frozen=True, slots=True)
class Sheets:
    """Names of a workbook's sheets: those that are looked at, the hidden ones, and those beyond the most that are."""

    looked_at: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()


def sheets_of(source: Source) -> Sheets:
    """Return a workbook's sheets; of a text table, or a workbook of one sheet, one whose name is empty.

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


def comments(source: Source) -> list[str]:
    """Return the lines above a text table that begin with #; none for a workbook."""
    if is_workbook(source):
        return []
    lines = decode(source.data[:_LONGEST_COMMENTS])[0].lstrip("\ufeff").splitlines()
    return list(itertools.takewhile(lambda line: not line.strip() or line.startswith("#"), lines))


def _text(source: Source, most_rows: int | None, as_text: Collection[str] | None) -> pd.DataFrame:
    import pandas as pd

    if b"\x00" in source.data[:4096] and source.data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise FormatError("This is not text.", file=source.name)
    text, _ = decode(source.data)
    lines = text.lstrip("\ufeff").splitlines()
    skipped = next((index for index, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    sample = [line for line in lines[skipped : skipped + 5 * _SAMPLE_LINES] if line.strip()][:_SAMPLE_LINES]
    delimiter = _delimiter(sample) if max(map(len, sample), default=0) <= _LONGEST_LINE else None
    if delimiter is None:
        raise FormatError("The lines do not fall into the same number of columns, so this is no table.", file=source.name)
    first = _split(sample[0], delimiter)
    has_names = not any(_is_number(field) for field in first) and sum(bool(field.strip()) for field in first) > 1
    names = _names(first if has_names else [""] * len(first))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.StringIO("\n".join(lines[skipped:])),
                sep=r"\s+" if delimiter == " " else delimiter,
                header=None,
                skiprows=1 if has_names else 0,
                names=names,
                index_col=False,
                decimal="," if delimiter == ";" and _decimal_comma(sample[1:]) else ".",
                nrows=most_rows,
                skipinitialspace=True,
                low_memory=False,
                dtype=str if as_text is None else {name: str for name in names if name in as_text},
                keep_default_na=as_text is not None,
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning, ValueError, OverflowError) as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) + skipped if found else None
        raise FormatError(
            f"The table cannot be cut into its {len(first)} columns ({error}).", file=source.name, line=line
        ) from error
    return frame


def _workbook(source: Source, sheet: str, most_rows: int | None) -> tuple[pd.DataFrame, tuple[str, ...]]:
    import pandas as pd

    from quakegui.formats import workbook

    sheets, rows = workbook.read(source, sheet, most_rows)
    if len(rows) < 2 or not 2 <= len(rows[0]) <= _MOST_COLUMNS:
        raise FormatError(f"The sheet has no table of 2 to {_MOST_COLUMNS:,} columns.", file=source.name)
    first = ["" if value is None else str(value) for value in rows[0]]
    has_names = not any(_is_number(field) or isinstance(cell, dt.datetime) for field, cell in zip(first, rows[0], strict=True))
    width = len(first)
    body = [(row + [None] * width)[:width] for row in (rows[1:] if has_names else rows)]
    frame = pd.DataFrame(body, columns=_names(first if has_names else [""] * width))
    return frame, sheets


def _delimiter(sample: list[str]) -> str | None:
    """Return what separates the fields of the first lines."""
    for delimiter in DELIMITERS:
        counts = {len(_split(line, delimiter)) for line in sample}
        if len(counts) == 1 and 1 < counts.pop() <= _MOST_COLUMNS:
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
    """Return unique names: blanks become "column N", repeats get their number."""
    names: list[str] = []
    taken: set[str] = set()
    for index, field in enumerate(raw, start=1):
        name = field.strip()[:_LONGEST_NAME] or f"column {index}"
        while name in taken:
            name = f"{name} ({index})"
        names.append(name)
        taken.add(name)
    return names
