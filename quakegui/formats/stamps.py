"""Times in cells: their forms, and conversion to datetimes.

A form is written as for strptime, for the cells of one column or of several joined with blanks; "iso", "unix", "unix_ms",
"excel" and "matlab" are forms too. Digits are counted: "2024130" is not a year, month and day, since those have eight.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from quakegui.formats.numerals import cell, numbers

if TYPE_CHECKING:
    import pandas as pd

DATE_FORMS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y%j", "%Y-%j"),
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d-%b-%Y", "%d %b %Y"),
)
CLOCK_FORMS = ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M", "%I:%M:%S %p", "%I:%M:%S.%f %p", "%I:%M %p", "%H%M%S", "%H%M")
COMPACT_FORMS = ("%Y%m%d%H", "%Y%j%H%M", "%Y%m%d%H%M", "%Y%j%H%M%S", "%Y%m%d%H%M%S", "%Y%m%dT%H%M%S", "%Y%m%dT%H%M")
TIME_FORMATS = (
    *(f"{date} {clock}" for date in DATE_FORMS for clock in CLOCK_FORMS[:3]),
    *(f"{date} {clock}" for date in ("%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%d/%m/%Y") for clock in CLOCK_FORMS[3:6]),
    *(f"%Y%m%d {clock}" for clock in CLOCK_FORMS[6:]),
    *(f"{date} {clock}" for date in ("%Y %m %d", "%d %m %Y", "%Y %j") for clock in ("%H %M %S", "%H %M", "%H")),
    *COMPACT_FORMS,
    *DATE_FORMS,
)
"""The forms that can be chosen."""
SERIAL_ORIGINS = {"excel": -25_569.0, "matlab": -719_529.0}
"""Serial days: offsets to days since 1970."""
SPECIAL_FORMS = ("", "iso", "unix", "unix_ms", *SERIAL_ORIGINS)

_WIDTHS = {"%Y": 4, "%j": 3, "%m": 2, "%d": 2, "%H": 2, "%I": 2, "%M": 2, "%S": 2}
_DIGITS = re.compile(r"(?:%[YjmdHIMS])+")
_UNIX_RANGE = (-5e9, 7e9)
_END_OF_DAY = re.compile(r"(?<=[ T])24(?=(?::00){1,2}(?:\.0+)?$|(?:00){1,2}$)")
"""Hour 24 is midnight of the next day; in a column of its own it is recognised by the form."""


def parse_times(parts: list[pd.Series[Any]], form: str) -> pd.Series[Any]:
    """Return the times in one column, or in several with parts of them, shape (row,), NaT where there is none.

    Parameters
    ----------
    parts
        The columns in the order of the form, shape (row,) each.
    form
        Form of the cells of a row joined with blanks; "" means "iso". Numbers, as of "unix", are those of the first column.
    """
    import pandas as pd

    if form.startswith("unix"):
        number = pd.Series(numbers(parts[0]))
        seconds = number / (1000.0 if form == "unix_ms" else 1.0)
        ms = (seconds.where(seconds.between(*_UNIX_RANGE)) * 1000.0).round()
        return pd.to_datetime(ms, unit="ms", errors="coerce")
    if form in SERIAL_ORIGINS:
        days = pd.Series(numbers(parts[0])) + SERIAL_ORIGINS[form]
        ms = (days.where((days * 86_400.0).between(*_UNIX_RANGE)) * 86_400.0).round(3) * 1000.0
        return pd.to_datetime(_whole_seconds(ms), unit="ms", errors="coerce")
    if len(parts) == 1 and parts[0].map(lambda value: isinstance(value, (dt.datetime, dt.date))).mean() > 0.5:
        return pd.to_datetime(parts[0], errors="coerce")
    text = _joined(parts, form)
    end = _end_of_day(form)
    late = text.str.contains(end)
    if late.any():
        text = text.where(~late, text.str.replace(end, "00", regex=True))
    if form in SPECIAL_FORMS:
        has_offset = text.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", regex=True).any()
        found = _instants(text, "ISO8601", utc=bool(has_offset))
    else:
        found = _instants(text, form, utc=False)
    return found + pd.to_timedelta(late.astype(int), unit="D") if late.any() else found


def reads(text: str, form: str) -> bool:
    """Return whether a text has a form; its digits are counted.

    Parameters
    ----------
    text
        The cell, or the cells of a row joined with blanks.
    form
        As for strptime, or "iso".
    """
    text = _end_of_day(form).sub("00", text.strip())
    if form not in SPECIAL_FORMS and _shape(form).fullmatch(text) is None:
        return False
    try:
        # The zone does not matter here, only whether the text has this form.
        found = dt.datetime.fromisoformat(text) if form == "iso" else dt.datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return False
    # A number misread as a year is far outside.
    return 1850 <= found.year <= 2100 or not any(part in form for part in ("iso", "%Y"))


def width(form: str) -> int:
    """Return the number of digits of a form that consists of digits only."""
    return sum(_WIDTHS[part] for part in re.findall(r"%.", form))


@cache
def _end_of_day(form: str) -> re.Pattern[str]:
    parts = form.split(" ")
    if "%H" not in parts:
        return _END_OF_DAY
    after = len(parts) - 1 - parts.index("%H")
    return re.compile(rf"(?<= )24(?=(?: 00?){{{after}}}(?:\.0+)?$)")


@cache
def _shape(form: str) -> re.Pattern[str]:
    """Return a pattern for texts of a form, which counts the digits of parts without separators."""
    words = form.split(" ")
    return re.compile(" +".join(rf"\d{{{width(word)}}}" if _is_digits(word) else ".+" for word in words), re.ASCII)


def _is_digits(form: str) -> bool:
    return _DIGITS.fullmatch(form) is not None


def _whole_seconds(ms: pd.Series[Any]) -> pd.Series[Any]:
    """Return times rounded to whole seconds if they are close to them: a serial day is precise to some 10 microseconds."""
    whole = (ms / 1000.0).round() * 1000.0
    return whole.where((ms - whole).abs() < 5.0, ms)


def _joined(parts: list[pd.Series[Any]], form: str) -> pd.Series[Any]:
    """Return the cells of each row joined with blanks; lost leading zeros of hours and minutes are restored."""
    forms = form.split(" ") if form not in SPECIAL_FORMS else []
    each = forms if len(forms) == len(parts) else [""] * len(parts)
    filled = [_filled(part.map(cell), one) for part, one in zip(parts, each, strict=True)]
    joined = filled[0]
    for part in filled[1:]:
        joined = joined + " " + part
    text = joined.str.strip()
    if len(parts) == 1 and forms:
        text = text.str.removesuffix(".0") if _is_digits(form) else text
        text = text.where(text.str.fullmatch(_shape(form)), "")
    return text


def _filled(text: pd.Series[Any], form: str) -> pd.Series[Any]:
    """Return the cells of a column of numbers as its form requires, such as "0005" for minute 5 of "%H%M"."""
    if form == "%S.%f":
        return text.where(text.str.contains(".", regex=False) | (text == ""), text + ".0")
    if not _is_digits(form):
        return text
    whole = text.str.removesuffix(".0")
    fits = whole.str.fullmatch(rf"\d{{{width(form)}}}" if "%Y" in form else rf"\d{{1,{width(form)}}}")
    return whole.str.zfill(width(form)).where(fits, "")


def _instants(text: pd.Series[Any], form: str, *, utc: bool) -> pd.Series[Any]:
    import pandas as pd

    for together in (utc, True):  # timestamps of several zones can be combined in UTC only
        try:
            return pd.to_datetime(text, format=form, errors="coerce", utc=together)
        except (ValueError, re.error):
            continue
    return pd.Series(pd.NaT, index=text.index)  # the form is not one for strptime
