"""What every reader of earthquake catalogues shares: text, columns, clocks, and what becomes of a row that cannot be used."""

from __future__ import annotations

import codecs
import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice

import numpy as np

from quakegui.formats.errors import FormatError, shown
from quakegui.formats.records import LONGEST_NAME
from quakegui.formats.result import EventsFile
from quakegui.formats.source import Source
from quakegui.season.events import Event, event_id, in_order

BEIJING = timedelta(hours=8)
"""China's catalogues are in UTC+8, without the summer time of 1986-1991."""

APPLE_DOUBLE = b"\x00\x05\x16\x07"
"""First bytes of the ``._name`` files in which macOS keeps what other file systems cannot hold."""

HEAD = 64 * 1024
"""Bytes in which a catalogue must have shown what it is."""

NAMED_AT_MOST = 5
"""Rows that a note names one by one before it only counts."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "time": (
        *("time", "time_utc", "time_beijing", "datetime", "date_time", "origin_time", "origintime", "event_time"),
        *("发震时刻", "发震时间", "date"),
    ),
    "date": ("date", "event_date", "日期", "发震日期"),
    "magnitude": ("magnitude", "mag", "m", "震级"),
    "latitude": ("latitude", "lat", "纬度", "震中纬度"),
    "longitude": ("longitude", "lon", "long", "lng", "经度", "震中经度"),
    "depth": ("depth_km", "depth", "深度", "震源深度"),
    "place": ("place", "location", "region", "eventlocationname", "参考位置", "参考地名", "地点"),
    "magnitude_type": ("magnitude_type", "magtype", "mag_type", "震级类型"),
    "id": ("id", "event_id", "eventid"),
    "kind": ("type", "event_type", "eventtype"),
}
"""The names under which a column is known, most trusted first."""

OWN = frozenset({"direction", "class", "kept"})
"""Columns of this program's own export that follow from the others."""

MAGNITUDES = (-5.0, 10.0)
"""Smallest and largest magnitude that is believed."""

TIMES = (np.datetime64("0956-01-01", "ms"), np.datetime64("2984-01-01", "ms"))
"""First time that is believed, and the first that is not any more: a project keeps no others."""

LONGEST_HEADER = 4096
"""Characters beyond which a line is no header."""

NEEDED = ("time", "magnitude", "latitude", "longitude")

_TIME = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One row of a catalogue as text; `where` names it for a note, as in "line 7"."""

    where: str
    time: str = ""
    magnitude: str = ""
    latitude: str = ""
    longitude: str = ""
    depth: str = ""
    place: str = ""
    magnitude_type: str = ""
    id: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Where the header of a text catalogue lies and what it says.

    `columns` gives the position of each known column; `clock` what its times are ahead of UTC, None where it does not say.
    """

    header_line: int
    delimiter: str
    columns: Mapping[str, int]
    names: tuple[str, ...]
    clock: timedelta | None


def is_apple_double(source: Source) -> bool:
    """Whether the file is macOS's companion of another file, whatever its name says."""
    return source.data.startswith(APPLE_DOUBLE)


def refuse_apple_double(source: Source) -> None:
    """Raise FormatError for macOS's companion of another file."""
    if is_apple_double(source):
        raise FormatError(
            "This is not a catalogue but the companion file ('._…', AppleDouble) that macOS puts beside one; it holds no "
            "events. Import the file of the same name without '._'.",
            file=source.name,
        )


def text_of(source: Source) -> tuple[str, tuple[str, ...]]:
    """Return the text of a catalogue and notes on its encoding.

    A byte-order mark decides, then valid UTF-8. What is neither is Chinese GB18030 where most of its odd lines read as Chinese;
    else it is broken UTF-8, kept with a mark for each lost character.
    """
    data = source.data
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return _marked(data.decode(encoding, errors="replace"))
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    odd = [line for line in data.split(b"\n") if not _is_utf8(line)]
    chinese = sum(re.search(r"[一-鿿]{3}", line.decode("gb18030", errors="replace")) is not None for line in odd)
    if 2 * chinese > len(odd):
        text, notes = _marked(data.decode("gb18030", errors="replace"))
        return text, ("The text is Chinese in GB18030 (GBK) encoding and was read as such.", *notes)
    return _marked(data.decode("utf-8", errors="replace"))


def find_table(text: str) -> Table | None:
    """Return the header of an event table within the first lines of `text`, or None where there is none."""
    for number, line in enumerate(text.splitlines()[:30], start=1):
        if len(line) > LONGEST_HEADER:
            continue
        delimiter = max(",;\t|", key=line.count)
        raw = tuple(cell.strip() for cell in _cells(line.lstrip("\ufeff# "), delimiter))
        names = tuple(_normal(cell) for cell in raw)
        columns = {
            field: names.index(next(alias for alias in aliases if alias in names))
            for field, aliases in COLUMNS.items()
            if any(alias in names for alias in aliases)
        }
        if all(field in columns for field in NEEDED):
            return Table(number, delimiter, columns, names, _clock(raw[columns["time"]]))
    return None


def sniff_table(source: Source) -> Table | None:
    """Return the header of an event table judged by the beginning of the file alone."""
    if is_apple_double(source) or source.data[:2] in (b"PK", b"\x1f\x8b"):
        return None
    text, _ = text_of(replace(source, data=source.data[:HEAD]))
    table = find_table(text)
    if table is None:
        return None
    # a column 'mag' may also be a magnetometer's: thousands of nT are no magnitudes
    first = list(islice(table_rows(text, table), 5))
    return table if not first or any(_is_magnitude(row.magnitude) for row in first) else None


def unread(table: Table) -> tuple[str, ...]:
    """Return a sentence on the header's columns of which events keep nothing; none where there are none."""
    kept = set(table.columns.values())
    names = [name for at, name in enumerate(table.names) if name and at not in kept and name not in OWN]
    return (f"Columns of which nothing is kept: {listing(names)}.",) if names else ()


def table_rows(text: str, table: Table) -> Iterator[RawEvent]:
    """Yield the rows below the header.

    Each line is read by itself, so that one lost quotation mark cannot swallow the lines after it.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if number <= table.header_line or not line.strip() or line.startswith("#"):
            continue
        cells = _cells(line, table.delimiter)
        found = {field: cells[at].strip() for field, at in table.columns.items() if at < len(cells)}
        yield raw_event(f"line {number}", found)


def raw_event(where: str, cells: Mapping[str, str]) -> RawEvent:
    """Return a row from the text of its known columns; a date in a column of its own goes before the time."""
    fields = dict(cells)
    date = fields.pop("date", "")
    if date and date != fields.get("time", ""):
        fields["time"] = f"{date} {fields.get('time', '')}"
    return RawEvent(where, **fields)


def collect(
    source: Source, name: str, rows: Iterable[RawEvent], *, clock: timedelta | None, notes: Iterable[str] = ()
) -> EventsFile:
    """Turn rows into events.

    A row that is no usable event is left out and named in a note; of rows with one identifier the first stays.

    Parameters
    ----------
    name
        The format, for `EventsFile.format`.
    clock
        What times without a zone are ahead of UTC; None means that the file does not say, and UTC is taken and noted.
    notes
        What the reader has to say already.

    Raises
    ------
    FormatError
        If no row holds a usable event.
    """
    events: dict[str, Event] = {}
    unusable: list[str] = []
    repeated: list[str] = []
    kinds: list[str] = []
    zoneless = False
    for row in rows:
        try:
            event, named_zone = _event(row, clock)
        except ValueError as error:
            unusable.append(f"{row.where}: {error}")
            continue
        zoneless |= not named_zone
        if event.id in events:
            same = event == events[event.id]
            repeated.append(row.where if same else f"{row.where}: differs")
            continue
        events[event.id] = event
        if row.kind and row.kind.casefold() not in ("earthquake", "eq", "induced or triggered event"):
            kinds.append(f"{row.where}: {row.kind}")
    if not events:
        why = f" Rows left out: {len(unusable)} ({listing(unusable)})." if unusable else ""
        raise FormatError(f"The catalogue holds no usable event.{why}", file=source.name)
    found = [*notes]
    if clock is None and zoneless:
        found.append("The file does not name the time zone of its times; they were taken as UTC.")
    elif clock and zoneless:
        found.append(f"Times are {_clock_name(clock)} and were turned into UTC.")
    for what, where in (
        ("Rows left out", unusable),
        ("Rows left out because an earlier one has the same time and place, or identifier", repeated),
        ("Kept, though no earthquake by the catalogue's own word", kinds),
    ):
        if where:
            found.append(f"{what}: {len(where)} ({listing(where)}).")
    return EventsFile(source.name, name, in_order(events.values()), tuple(found))


def parse_time(text: str, clock: timedelta) -> tuple[np.datetime64, bool]:
    """Return the UTC instant (datetime64[ms]) of a date and time, and whether the text named its zone.

    Parameters
    ----------
    clock
        What times without a zone are ahead of UTC.

    Raises
    ------
    ValueError
        If `text` is no date and time, or none that is believed; the text of the error ends a sentence.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{_short(text)}' is no date and time" if text.strip() else "no time")
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    second, fraction, zone = match.group(6) or "0", match.group(7) or "", match.group(8)
    try:
        # a leap second is the first of the next minute; digits beyond the millisecond are cut
        wall = datetime(year, month, day, hour, minute, tzinfo=UTC)
        wall += timedelta(seconds=int(second), milliseconds=int(f"{fraction}000"[:3]))
        instant = wall - (clock if zone is None else _offset(zone))
    except (ValueError, OverflowError):
        raise ValueError(f"'{_short(text)}' is no date and time") from None
    if int(second) > 60:
        raise ValueError(f"'{_short(text)}' is no date and time")
    time = np.datetime64(instant.replace(tzinfo=None), "ms")
    if not TIMES[0] <= time < TIMES[1]:
        raise ValueError(f"'{_short(text)}' is not within the years 956 to 2983")
    return time, zone is not None


def listing(items: list[str]) -> str:
    """Return the first items in words and how many more there are."""
    more = f" and {len(items) - NAMED_AT_MOST} more" if len(items) > NAMED_AT_MOST else ""
    return "; ".join(items[:NAMED_AT_MOST]) + more


def _event(row: RawEvent, clock: timedelta | None) -> tuple[Event, bool]:
    time, named_zone = parse_time(row.time, clock or timedelta())
    magnitude = _number(row.magnitude, "magnitude", *MAGNITUDES)
    latitude = _number(row.latitude, "latitude", -90.0, 90.0)
    longitude = _number(row.longitude, "longitude", -180.0, 360.0)
    longitude = longitude - 360.0 if longitude > 180.0 else longitude
    depth = _number(row.depth, "depth", -20.0, 1000.0) if row.depth else None
    identifier = row.id or event_id(time, latitude, longitude)
    place, kind = shown(row.place, LONGEST_NAME).strip(), shown(row.magnitude_type, 40).strip()
    return Event(shown(identifier, LONGEST_NAME), time, magnitude, latitude, longitude, depth, place, kind), named_zone


def _number(text: str, what: str, low: float, high: float) -> float:
    if not text.strip():
        raise ValueError(f"no {what}")
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{what} '{_short(text)}' is no number") from None
    if not math.isfinite(value) or not low <= value <= high:
        raise ValueError(f"{what} {_short(text)} is impossible")
    return value


def _is_magnitude(text: str) -> bool:
    try:
        _number(text, "magnitude", *MAGNITUDES)
    except ValueError:
        return False
    return True


def _offset(zone: str) -> timedelta:
    if zone.upper() in ("Z", "UTC"):
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    # timezone refuses a day and more
    return timezone((1 if zone[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes)).utcoffset(None)


def _clock(header: str) -> timedelta | None:
    """Return what the header of the time column says of its zone."""
    stated = re.search(r"(?:utc|gmt)\s*(?:([+-])\s*(\d{1,2}))?", header, re.IGNORECASE | re.ASCII)
    if stated is not None:
        hours = min(int(stated.group(2) or 0), 14)
        return timedelta(hours=-hours if stated.group(1) == "-" else hours)
    if "beijing" in header.lower() or "发震" in header or "北京" in header:
        return BEIJING
    return None


def _clock_name(clock: timedelta) -> str:
    hours = clock / timedelta(hours=1)
    return "Beijing time (UTC+8)" if clock == BEIJING else f"UTC{hours:+g}"


def _normal(header: str) -> str:
    """Return a column's name without unit, case and punctuation."""
    bare = re.sub(r"[(（\[].*?[)）\]]|/.*", "", header.strip().strip('"'))
    return re.sub(r"\W+", "_", bare.lower()).strip("_")


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # a field beyond csv's limit or a stray control character: split plainly
        return line.split(delimiter)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _marked(text: str) -> tuple[str, tuple[str, ...]]:
    lost = [number for number, line in enumerate(text.splitlines(), start=1) if "\ufffd" in line]
    if not lost:
        return text, ()
    note = f"The text is damaged in {len(lost)} {'lines' if len(lost) > 1 else 'line'} (first: line {lost[0]}); "
    return text, (note + "each character that could not be read is shown as '\ufffd'.",)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 40 else f"{flat[:37]}..."
