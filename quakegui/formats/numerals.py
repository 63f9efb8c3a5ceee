"""Cells as text and as numbers, with any grouping of digits and any decimal mark."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

_GROUPED = re.compile(r"[-+]?\d{1,3}(?:([,.'’ \u00a0\u2009\u202f])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
"""Digits in groups of three."""
_COMMA = re.compile(r"[-+]?\d*,\d+")
_ONE_GROUP = re.compile(r"[-+]?\d{1,3},\d{3}")
_BLANKS = re.compile(r"['’ \u00a0\u2009\u202f]")


def cell(value: object) -> str:
    """Return a cell as text; a date in a workbook loses its time of midnight, a duration becomes a time of day."""
    if isinstance(value, str):  # most cells; an import costs more than all else here
        return value.strip()
    import pandas as pd

    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(value.total_seconds(), 60.0)
        text = f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}:{seconds:09.6f}"
        return text.removesuffix(".000000")
    return str(value).strip()


def numbers(column: pd.Series[Any]) -> NDArray[np.float64]:
    """Return the numbers of a column, shape (row,), NaN where a cell is not a number.

    Commas are decimal marks, unless cells of the column show that they group digits ("48,500.0", "1,048,500").
    """
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    if pd.api.types.is_datetime64_any_dtype(column) or pd.api.types.is_timedelta64_dtype(column):
        return np.full(len(column), np.nan)
    plain = column
    texts = [value.strip() for value in column if isinstance(value, str)]
    if any(not text.replace(".", "", 1).lstrip("+-").isdigit() and ("," in text or _GROUPED.fullmatch(text)) for text in texts):
        grouping, mark = _marks(texts)
        plain = column.map(lambda value: _plain(value.strip(), grouping, mark) if isinstance(value, str) else value)
    try:
        return np.asarray(pd.to_numeric(plain, errors="coerce"), dtype=np.float64)
    except (OverflowError, TypeError):  # a whole number of hundreds of digits, or a time, is among the cells
        return np.array([_number(value) for value in plain], dtype=np.float64)


def is_ambiguous(column: pd.Series[Any]) -> bool:
    """Return whether the commas in a column may either group digits or mark decimals: "48,500" in all cells."""
    texts = [value.strip() for value in column if isinstance(value, str) and "," in value]
    return bool(texts) and all(_ONE_GROUP.fullmatch(text) for text in texts)


def _marks(texts: list[str]) -> tuple[str, str]:
    """Return the grouping mark of a column, an empty string if there is none, and the decimal mark."""
    both = [text for text in texts if "," in text and "." in text and _GROUPED.fullmatch(text)]
    if both:
        mark = max(both[0], key=lambda character: both[0].rfind(character) if character in ",." else -1)
        return ("," if mark == "." else "."), mark
    if any(text.count(",") > 1 and _GROUPED.fullmatch(text) for text in texts):
        return ",", "."
    return "", ("," if any(_COMMA.fullmatch(_BLANKS.sub("", text)) for text in texts) else ".")


def _plain(text: str, grouping: str, mark: str) -> str:
    if _GROUPED.fullmatch(text):
        text = _BLANKS.sub("", text)
    if grouping and grouping in text:
        text = text.replace(grouping, "") if _GROUPED.fullmatch(text) else "?"
    return text.replace(mark, ".", 1) if mark == "," and "." not in text else text


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return np.nan
