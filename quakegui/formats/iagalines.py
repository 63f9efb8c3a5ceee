"""Lines of IAGA-2002 in any layout; lines of the same form are parsed together.

The standard layout is faster to read (`iaga2002`); this module is for files that place their numbers elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.errors import FormatError
from quakegui.formats.records import EARLIEST, LATEST
from quakegui.words import Said

WORST_SHARE = 0.1
"""Share of unreadable lines above which a file is rejected; below it, they are noted."""

# Possessive quantifiers throughout: a broken line must not make the search try every split of its digits.
_LINE = re.compile(
    rb"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}+))?+[ \t]++\d{1,3}+"
    rb"((?:[ \t]*+-?+\d++(?:\.\d*+)?+)++)[ \t|]*+\r?"
)
_NUMBER = re.compile(rb"-?\d+(?:\.\d*)?")
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_WORTH_A_GROUP = 8
"""Number of lines of one form from which parsing them together is faster than one by one."""
_ZERO, _POINT, _MINUS = b"0.-"
_EXACT_DIGITS = 15
"""Number of decimal digits that every float64 represents exactly."""


@dataclass(frozen=True, slots=True)
class FreeTable:
    """Lines of any layout; values have shape (line, column)."""

    time: NDArray[np.datetime64]
    values: NDArray[np.float64]

    def column(self, index: int) -> NDArray[np.float64]:
        """Return the values of a column, shape (line,)."""
        return self.values[:, index]


def read_free(name: str, body: bytes, columns: int, first_line: int) -> tuple[FreeTable, list[str]]:
    """Parse lines of any layout and skip unreadable ones; returns the table and notes.

    Parameters
    ----------
    name
        Name of the file, for messages.
    body
        The lines below the column names.
    columns
        Number of value columns.
    first_line
        Line number of the first line in the file.

    Raises
    ------
    FormatError
        If no line, or too few, can be read.
    """
    lines = body.split(b"\n")
    cut = bool(lines[-1].strip(b"\r\x1a "))
    usual = max((len(line.rstrip(b"\r")) for line in lines[:-1]), default=0)
    # The last line of a file cut off in transfer can still look like numbers: 468 for 46813.60.
    is_cut = cut and len(lines[-1]) < usual
    used = [place for place, line in enumerate(lines) if line.strip(b"\r\x1a \t")]
    whole = used[:-1] if is_cut else used
    time, values = read_lines([lines[place].strip() for place in whole], columns)
    readable = ~np.isnat(time)
    broken = [first_line + place for place, good in zip(whole, readable.tolist(), strict=True) if not good]
    broken += [first_line + place for place in used[len(whole) :]]
    rows = int(readable.sum())
    if not rows:
        line_number = broken[0] if broken else first_line
        raise FormatError(Said("There are no readable data lines below the column names."), file=name, line=line_number)
    if len(broken) > max(1.0, WORST_SHARE * len(used)):
        sentence = Said(
            "This line and {count} more of {count2} do not contain a date, a time and {columns} values.",
            count=len(broken) - 1,
            count2=len(used),
            columns=columns,
        )
        raise FormatError(sentence, file=name, line=broken[0])
    notes: list[str] = []
    if broken:
        notes.append(
            Said("Unreadable lines skipped: {count} (the first is line {broken}).", count=len(broken), broken=broken[0])
        )
    return FreeTable(time[readable], values[readable]), notes


def read_lines(lines: list[bytes], columns: int) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Return times, shape (line,), and values, shape (line, column), of the lines; NaT for an unreadable line.

    Lines that differ only in their digits are parsed together: the form of one is the form of all.

    Parameters
    ----------
    lines
        Lines without blanks at their ends.
    columns
        Number of values of a readable line.
    """
    time = np.full(len(lines), np.datetime64("NaT"), dtype="datetime64[ms]")
    values = np.full((len(lines), columns), np.nan)
    groups: dict[bytes, list[int]] = {}
    for place, line in enumerate(lines):
        groups.setdefault(line.translate(_DIGITS_TO_ZERO), []).append(place)
    for form, places in groups.items():
        if len(places) >= _WORTH_A_GROUP:
            time[places], values[places] = _read_group(form, [lines[place] for place in places], columns)
        else:
            for place in places:
                row = read_line(lines[place], columns)
                if row is not None:
                    time[place], values[place] = row
    return time, values


def _read_group(form: bytes, lines: list[bytes], columns: int) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Return the result of `read_line` for each of several lines of the same form."""
    time = np.full(len(lines), np.datetime64("NaT"), dtype="datetime64[ms]")
    values = np.full((len(lines), columns), np.nan)
    match = _LINE.fullmatch(form)
    numbers = [] if match is None else [found.span() for found in _NUMBER.finditer(form, *match.span(8))]
    if match is None or len(numbers) != columns:
        return time, values
    text = np.frombuffer(b"".join(lines), dtype=np.uint8).reshape(len(lines), -1)
    fields = [match.span(number) for number in range(1, 7)] + [(max(match.start(7), 0), max(match.end(7), 0)), *numbers]
    parts, decimals = _decimals(text, form, fields)
    year, month, day, hour, minute, second, fraction = parts[:7].astype(np.int64)
    digits = fields[6][1] - fields[6][0]
    ms = (hour * 3600 + minute * 60 + second) * 1000 + fraction * 10 ** max(3 - digits, 0) // 10 ** max(digits - 3, 0)
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    date = months.astype("datetime64[D]") + (day - 1)
    # 24:00:00 is the end of the day, 23:59:60 a leap second: both are valid times.
    good = (month >= 1) & (month <= 12) & (day >= 1) & (date.astype("datetime64[M]") == months)
    good &= (hour <= 24) & (minute <= 59) & (second <= 60) & (date >= EARLIEST) & (date < LATEST)
    time[good] = (date.astype("datetime64[ms]") + ms)[good]
    # The quotient of two exact numbers is rounded once: to the float64 nearest to the decimal, like `float`.
    values = (parts[7:] / decimals[7:, np.newaxis]).T
    for column, (start, end) in enumerate(numbers):
        if sum(48 <= character < 58 for character in form[start:end]) > _EXACT_DIGITS:
            values[:, column] = [float(line[start:end]) for line in lines]
    return time, values


def _decimals(
    text: NDArray[np.uint8], form: bytes, fields: list[tuple[int, int]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the digits of numbers of one form as integers, shape (field, line), and the divisor of each field."""
    weights, divisors = np.zeros((len(fields), text.shape[1])), np.ones(len(fields))
    for row, (start, end) in enumerate(fields):
        power = 1.0
        for place in range(end - 1, start - 1, -1):
            character = form[place]
            if character == _POINT:
                divisors[row] *= power
            elif character == _MINUS:
                divisors[row] *= -1.0
            elif character == _ZERO:
                weights[row, place] = power
                power *= 10.0
    # In chunks too small for threads of the linear algebra, which would wait longer than they work.
    pieces = [weights @ (text[at : at + 256].T - np.uint8(_ZERO)).astype(np.float64) for at in range(0, len(text), 256)]
    return np.concatenate(pieces, axis=1), divisors


def read_line(line: bytes, columns: int) -> tuple[np.datetime64, list[float]] | None:
    """Return time and values of one line, parsed without grouping; None if it is not a valid line.

    Parameters
    ----------
    line
        The line; blanks at its ends are ignored.
    columns
        Number of values of a valid line.
    """
    match = _LINE.fullmatch(line.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, rest = match.groups()
    values = [float(number) for number in _NUMBER.findall(rest)]
    # 24:00:00 is the end of the day, 23:59:60 a leap second: both are valid times.
    if len(values) != columns or int(hour) > 24 or int(minute) > 59 or int(second) > 60:
        return None
    try:
        date = np.datetime64(b"-".join((year, month, day)).decode("ascii"), "ms")
    except ValueError:
        return None
    if not EARLIEST <= date < LATEST:
        return None
    ms = (int(hour) * 3600 + int(minute) * 60 + int(second)) * 1000 + int((fraction or b"0").ljust(3, b"0")[:3])
    return date + np.timedelta64(ms, "ms"), values
