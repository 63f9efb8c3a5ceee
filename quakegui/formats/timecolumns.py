"""The time columns of a table and their form, if they are unambiguous; otherwise the reason why not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from quakegui.formats.elements import bare
from quakegui.formats.errors import shown
from quakegui.formats.numerals import cell, numbers
from quakegui.formats.stamps import CLOCK_FORMS, COMPACT_FORMS, DATE_FORMS, parse_times, reads, width
from quakegui.formats.zones import zone_in, zone_of
from quakegui.words import Said, joined

if TYPE_CHECKING:
    import pandas as pd

_PARTS = {
    "year": re.compile(r"years?|yyyy|yr|年(?:份)?", re.IGNORECASE),
    "month": re.compile(r"months?|mon|mo|月(?:份)?", re.IGNORECASE),
    "day": re.compile(r"days?(?:[ _]?of[ _]?month)?|dd|dom|日", re.IGNORECASE),
    "doy": re.compile(r"doy|ddd|julian(?:[ _]?day)?|jday|jd|day[ _]?of[ _]?year|年积日", re.IGNORECASE),
    "hour": re.compile(r"hours?|hh|hr|h(?:our)?[ _]?(?:ut|utc|lt)|时|小时", re.IGNORECASE),
    "minute": re.compile(r"minutes?|min|mi|mn|分(?:钟)?", re.IGNORECASE),
    "second": re.compile(r"seconds?|secs?|ss|秒", re.IGNORECASE),
    "half": re.compile(r"am[ _/]?pm", re.IGNORECASE),
}
_MM = re.compile(r"mm(?: \(\d+\))?", re.IGNORECASE)
"""Months before the hours, minutes after them."""
_TIME = re.compile(
    r".*(?:date|time|stamp|epoch|datum|zeit|fecha|hora|heure|日期|时间|時間|时刻|日時).*"
    r"|(?:utc?|t|gmt|day|ts|lt|lst)(?:[ _]?time)?",
    re.IGNORECASE,
)
_PART_FORMS = {
    "year": "%Y",
    "month": "%m",
    "day": "%d",
    "doy": "%j",
    "hour": "%H",
    "minute": "%M",
    "second": "%S",
    "half": "%p",
}
_SERIAL_RANGES = {"excel": (25_569.0, 73_051.0), "matlab": (719_529.0, 767_011.0)}
"""Serial days from 1970 to 2099."""
_UNIX_RANGES = {"unix": (3e8, 4e9), "unix_ms": (3e11, 4e12)}
_MOST_SUMMARIES = 3
_DIGIT = re.compile(r"\d")
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_TWO_DIGIT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}(?:\D|$)")
GENERATED = re.compile(r"column \d+(?: \(\d+\))*")
"""The generated name of a column without a heading."""
ONE_DAY = Said("Each date occurs in several rows, and no time-of-day column was recognised: specify that column.")


@dataclass(frozen=True, slots=True)
class TimeColumns:
    """The time columns of a table.

    Attributes
    ----------
    columns
        The column, or the columns of the parts in the order of `form`; empty if uncertain.
    form
        Their form (see `stamps`).
    zone
        Time zone named in the headings; empty if there is none.
    doubt
        A sentence on why the time is uncertain; empty if it is not.
    stamp_ends
        Whether hours run from 1 to 24, so that each timestamp is the end of its interval.
    """

    columns: tuple[str, ...] = ()
    form: str = ""
    zone: str = ""
    doubt: str = ""
    stamp_ends: bool = False


def is_time_heading(name: str) -> bool:
    """Return whether a heading names times, dates or parts of them."""
    return _TIME.fullmatch(bare(name)) is not None or any(_PARTS[part].fullmatch(bare(name)) for part in ("year", "hour"))


def find_time(frame: pd.DataFrame, whole: Callable[[], pd.DataFrame]) -> TimeColumns:
    """Find the time columns of a table.

    Parameters
    ----------
    frame
        Its first rows, with cells as text or, from a workbook, with their own types.
    whole
        Returns all rows, for when the first cannot distinguish HHMM from HHMMSS, or 12-hour from 24-hour times.
    """
    names = [str(name) for name in frame.columns]
    parts = _split_parts(names)
    named = [name for name in names if _TIME.fullmatch(bare(name)) and name not in parts.values()]
    rows = _without_summary(frame, [*named, *parts.values()] or names[:2])
    if "hour" in parts or {"year", "month", "day"} <= parts.keys() or {"year", "doy"} <= parts.keys():
        found = _of_parts(rows, parts, named)
        if found is not None:
            return _of_half_days(found, parts, whole)
    doubts: list[str] = []
    for candidates in (named, [*parts.values()][:1] if not named else [], [] if named else names[:2]):
        found = _of_columns(rows, candidates, whole, doubts) if candidates else None
        if found is not None:
            return _of_half_days(found, parts, whole)
    first = names[0] if names else ""
    if named and GENERATED.fullmatch(first) and _stamp_forms(rows[first]) == ["iso"]:  # an index of pandas has no heading
        return TimeColumns((first,), "iso")
    return TimeColumns(doubt=next(iter(doubts), "") or _odd_time(rows, named))


def _odd_time(rows: pd.DataFrame, named: list[str]) -> str:
    """Return a sentence on the first text below a heading of times that is none; empty without such a heading or text."""
    texts = _texts(rows[named[0]]) if named else []
    if not texts:
        return ""
    forms = (
        "iso",
        *COMPACT_FORMS,
        *DATE_FORMS,
        *CLOCK_FORMS,
        *(f"{date} {clock}" for date in DATE_FORMS for clock in CLOCK_FORMS),
    )
    odd = min(([text for text in texts if not reads(text, form)] for form in forms), key=len)
    if not odd:
        return ""
    values = {"column": shown(named[0], 60), "text": shown(odd[0], 60)}
    if len(odd) == len(texts):
        return Said("The times in the column “{column}”, such as “{text}”, are in an unknown format.", **values)
    if odd[0] == named[0]:
        return Said("The heading is repeated within the table: remove the second line that contains “{text}”.", **values)
    return Said("“{text}” in the column “{column}” cannot be read as a time: correct or remove its row.", **values)


def _of_half_days(found: TimeColumns, parts: dict[str, str], whole: Callable[[], pd.DataFrame]) -> TimeColumns:
    """Add the column of AM and PM to the time, unless the hours run to 24 and agree with it."""
    if "half" not in parts or not found.columns or parts["half"] in found.columns:
        return found
    frame, columns, form = whole(), (*found.columns, parts["half"]), f"{found.form.replace('%H', '%I')} %p"
    half = frame[parts["half"]].map(cell).str.casefold()
    as_is = parse_times([frame[name] for name in found.columns], found.form)
    some = as_is.notna().to_numpy() & half.isin(["am", "pm"]).to_numpy()
    if some.any() and bool(((as_is.dt.hour >= 12).to_numpy() == (half == "pm").to_numpy())[some].all()):
        return found
    if "%H" in found.form and parse_times([frame[name] for name in columns], form).notna().sum() >= as_is.notna().sum():
        return replace(found, columns=columns, form=form)
    return TimeColumns(
        doubt=Said(
            "The hours do not match the AM/PM column '{half}': specify the meaning of each column.",
            half=shown(parts["half"], 60),
        )
    )


def _without_summary(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return the rows of a table without final rows, such as means, that have no digit in the time columns."""
    count = len(frame)
    while count > max(1, len(frame) - _MOST_SUMMARIES) and not any(
        _DIGIT.search(cell(frame[name].iloc[count - 1])) for name in names
    ):
        count -= 1
    return frame.iloc[:count]


def _split_parts(names: list[str]) -> dict[str, str]:
    """Return the columns that contain a single part of a date and time, by part."""
    parts: dict[str, str] = {}
    for name in names:
        short = bare(re.sub(r" \(\d+\)$", "", name))
        if _MM.fullmatch(short):
            parts.setdefault("minute" if "hour" in parts else "month", name)
            continue
        part = next((part for part, pattern in _PARTS.items() if pattern.fullmatch(short)), None)
        if part is not None:
            parts.setdefault(part, name)
    return parts


def _of_parts(rows: pd.DataFrame, parts: dict[str, str], named: list[str]) -> TimeColumns | None:
    """Return the time from columns of its parts, or None if they are incomplete."""
    if {"year", "month", "day"} <= parts.keys():
        dates = [(tuple(parts[part] for part in ("year", "month", "day")), "%Y %m %d")]
    elif {"year", "doy"} <= parts.keys():
        dates = [((parts["year"], parts["doy"]), "%Y %j")]
    else:
        dates = [((name,), form) for name in named for form in _forms(rows[name], DATE_FORMS)]
    clocks = [(name, form) for name in named for form in _forms(rows[name], CLOCK_FORMS[:6])]
    of_day: tuple[str, ...] = ()
    if "hour" in parts:
        of_day = tuple(parts[part] for part in ("hour", "minute", "second") if part in parts)
        if "minute" not in parts:
            of_day = of_day[:1]
        clock = " ".join(_part_form(rows, part, parts) for part in ("hour", "minute", "second")[: len(of_day)])
    elif clocks:
        of_day, clock = (clocks[0][0],), clocks[0][1]
    elif len(dates) == 1 and len(dates[0][0]) > 1:
        clock = ""
    else:
        return None
    if len(dates) != 1:
        return TimeColumns(doubt=_both(rows, dates)) if dates else None
    columns, date = (*dates[0][0], *of_day), dates[0][1]
    if not all(_whole_numbers(rows[name]) for name in columns if name in parts.values()):
        return None
    hours = numbers(rows[parts["hour"]]) if "hour" in parts else np.zeros(1)
    ends = len(of_day) == 1 and "hour" in parts and np.nanmax(hours) == 24 and np.nanmin(hours) >= 1
    return TimeColumns(columns, f"{date} {clock}".strip(), _zone(columns), stamp_ends=bool(ends))


def _part_form(rows: pd.DataFrame, part: str, parts: dict[str, str]) -> str:
    fractions = part == "second" and bool((numbers(rows[parts[part]]) % 1 > 0).any())
    return "%S.%f" if fractions else _PART_FORMS[part]


def _whole_numbers(column: pd.Series[Any]) -> bool:
    values = numbers(column)
    return bool(np.isfinite(values[[bool(text) for text in column.map(cell)]]).all())


def _of_columns(
    rows: pd.DataFrame, candidates: list[str], whole: Callable[[], pd.DataFrame], doubts: list[str]
) -> TimeColumns | None:
    """Return the time from one column, or from date and time of day in two; None, with a doubt, if it is uncertain."""
    stamps = {name: forms for name in candidates if (forms := _stamp_forms(rows[name]))}
    # increasing numbers are serial days only below a heading that names a time
    stamps = {
        name: forms for name, forms in stamps.items() if _TIME.fullmatch(bare(name)) or not set(forms) <= set(_SERIAL_RANGES)
    }
    dates = {name: forms for name in candidates if name not in stamps and (forms := _forms(rows[name], DATE_FORMS))}
    clocks = {
        name: forms
        for name in candidates
        if name not in stamps and name not in dates and (forms := _clock_forms(rows[name], name, whole, doubts))
    }
    if dates and clocks:
        return _one(rows, list(product(_best(dates), _best(clocks))), doubts, whole)
    if stamps:
        return _one(rows, [(one,) for one in _best(stamps)], doubts, whole)
    if doubts:
        return None
    doubts += [
        Said("Two-digit years, as in '{text}', are not interpreted.", text=text) for text in _short_years(rows, candidates)
    ]
    if dates:
        return _one(rows, [(one,) for one in _best(dates)], doubts, whole)
    return None


def _one(
    rows: pd.DataFrame, readings: list[tuple[tuple[str, str], ...]], doubts: list[str], whole: Callable[[], pd.DataFrame]
) -> TimeColumns | None:
    """Return the only interpretation of the time, or the first of several that are equivalent."""
    columns = [tuple(name for name, _ in reading) for reading in readings]
    forms = [" ".join(form for _, form in reading) for reading in readings]
    forms = ["iso" if form in ("%Y-%m-%d iso", "%Y-%m-%d %H:%M:%S.%f") else form for form in forms]
    found = list(dict.fromkeys(zip(columns, forms, strict=True)))
    if len(found) > 1 and not _agree(found, whole()):
        doubts.append(_both(rows, found))
        return None
    found.sort(key=lambda one: not one[1].startswith("unix"))  # its zone is certainly UTC
    return TimeColumns(*found[0], "UTC" if found[0][1].startswith("unix") else _zone(found[0][0]))


def _agree(readings: list[tuple[tuple[str, ...], str]], frame: pd.DataFrame) -> bool:
    """Return whether interpretations of different columns give the same times in all rows."""
    if len({columns for columns, _ in readings}) < len(readings):
        return False  # of one column: interpretations that agree here, as for 05/05/2024, may differ in the next file
    instants = [_instants([frame[name] for name in columns], form, _zone(columns)) for columns, form in readings]
    return all(one.equals(instants[0]) for one in instants[1:])


def _instants(parts: list[pd.Series[Any]], form: str, zone: str) -> pd.Series[Any]:
    """Return UTC times without a zone, to the second."""
    found = parse_times(parts, form)
    if found.dt.tz is None and zone and not form.startswith("unix"):
        found = found.dt.tz_localize(zone_of(zone), ambiguous="NaT", nonexistent="NaT")
    plain = found if found.dt.tz is None else found.dt.tz_convert("UTC").dt.tz_localize(None)
    return plain.astype("datetime64[ms]").rename(None).reset_index(drop=True)


def _best(found: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Return (column, form) pairs: of columns whose heading names UTC, otherwise any zone, otherwise of all."""
    names = list(found)
    chosen = [name for name in names if zone_in(name) == "UTC"] or [name for name in names if zone_in(name)] or names
    return [(name, form) for name in chosen for form in found[name]]


def _stamp_forms(column: pd.Series[Any]) -> list[str]:
    """Return the forms in which the cells of a column are dates with times of day."""
    filled = [value for value in column if cell(value)]
    if filled and all(isinstance(value, dt.datetime) for value in filled):
        return ["iso"] if any(value.time() != dt.time() for value in filled) else []
    texts = _texts(column)
    iso = bool(texts) and not any(text.isdigit() for text in texts) and all(reads(text, "iso") for text in texts)
    if iso and any(_CLOCK.search(text) for text in texts):
        return ["iso"]
    forms = (*COMPACT_FORMS, *(f"{date} {clock}" for date in DATE_FORMS for clock in CLOCK_FORMS))
    found = _reading(texts, forms)
    return found or _counts(column)


def _counts(column: pd.Series[Any]) -> list[str]:
    """Return the forms of a column of increasing numbers: seconds since 1970, or serial days of a spreadsheet or of MATLAB."""
    values = numbers(column)
    values = values[np.isfinite(values)]
    if values.size < len([text for text in column.map(cell) if text]) or not values.size:
        return []
    found = [name for name, (low, high) in _UNIX_RANGES.items() if (values > low).all() and (values < high).all()]
    found += _reading(_texts(column), ("%y%m%d%H%M",)) if found else []
    grows = values.size > 2 and bool((np.diff(values) > 0).all()) and float(np.diff(values).max()) <= 366.0
    serial = [name for name, (low, high) in _SERIAL_RANGES.items() if (values >= low).all() and (values < high).all()]
    return found or (serial if grows else [])


def _forms(column: pd.Series[Any], forms: Iterable[str]) -> list[str]:
    return _reading(_texts(column), forms)


def _reading(texts: list[str], forms: Iterable[str]) -> list[str]:
    """Return the forms that fit every text."""
    return [form for form in forms if texts and reads(texts[0], form) and all(reads(text, form) for text in texts)]


def _clock_forms(column: pd.Series[Any], name: str, whole: Callable[[], pd.DataFrame], doubts: list[str]) -> list[str]:
    """Return the forms in which the cells of a column are times of day."""
    texts = _texts(column)
    if texts and all(re.fullmatch(r"\d{1,6}(?:\.0)?", text) for text in texts):
        return _digit_clock([text.removesuffix(".0") for text in texts], name, whole, doubts)
    found = _reading(texts, CLOCK_FORMS)
    mixed = texts and all(reads(text, "%H:%M:%S") or reads(text, "%H:%M:%S.%f") for text in texts)
    return found[:1] or (["iso"] if mixed else [])


def _digit_clock(texts: list[str], name: str, whole: Callable[[], pd.DataFrame], doubts: list[str]) -> list[str]:
    """Return "%H%M" or "%H%M%S" for times of day in digits, whose leading zeros may be lost."""
    fitting = [
        form
        for form in ("%H%M", "%H%M%S")
        if all(reads(text.zfill(width(form)), form) for text in texts if len(text) <= width(form))
    ]
    for form in fitting:
        if all(len(text) == width(form) for text in texts):
            return [form]
    if len(fitting) == 2:
        every = _texts(whole()[name])
        latest = max((int(text.removesuffix(".0")) for text in every if re.fullmatch(r"\d{1,6}(?:\.0)?", text)), default=0)
        if latest < 1000:
            doubts.append(
                Said(
                    "The times of day in '{name}' can be hours and minutes, or hours, minutes and seconds.",
                    name=shown(name, 60),
                )
            )
            return []
        return ["%H%M" if latest <= 2400 else "%H%M%S"]
    return fitting


def _texts(column: pd.Series[Any]) -> list[str]:
    return [text for text in dict.fromkeys(column.map(cell)) if text]


def _short_years(rows: pd.DataFrame, names: list[str]) -> list[str]:
    texts = [text for name in names for text in _texts(rows[name])[:1]]
    return [text for text in texts if _TWO_DIGIT_YEAR.match(text) or re.fullmatch(r"\d{6}", text)][:1]


def _zone(columns: tuple[str, ...]) -> str:
    return next((zone for name in columns if (zone := zone_in(name))), "")


def _both(rows: pd.DataFrame, readings: list[tuple[tuple[str, ...], str]]) -> str:
    """Return a sentence on two interpretations that both fit."""
    texts = [f"{' and '.join(shown(name, 40) for name in names)} as {form}" for names, form in readings[:2]]
    names = readings[0][0]
    example = " ".join(cell(rows[name].iloc[0]) for name in names)
    return Said(
        "The time '{example}' can be read in more than one way ({texts}): specify which.",
        example=shown(example, 60),
        texts=joined("; ", texts),
    )
