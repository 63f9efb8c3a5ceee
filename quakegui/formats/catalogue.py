"""Parts shared by all readers of earthquake catalogues: text, columns, time zones, and the handling of unusable rows."""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import numpy as np

from quakegui.formats.encodings import is_chinese
from quakegui.formats.errors import FormatError, shown
from quakegui.formats.records import LONGEST_NAME
from quakegui.formats.result import EventsFile
from quakegui.formats.source import Source
from quakegui.formats.zones import zone_of
from quakegui.season.events import Event, event_id, in_order
from quakegui.words import Said, counted, joined, mark

BEIJING = "UTC+08:00"
"""Chinese catalogues use UTC+8, without the summer time of 1986-1991."""

APPLE_DOUBLE = b"\x00\x05\x16\x07"
"""First bytes of the ``._name`` files in which macOS stores what other file systems cannot."""

HEAD = 64 * 1024
"""Number of leading bytes in which a catalogue is recognised."""

NAMED_AT_MOST = 5
"""Number of rows that a note lists before it gives a count only."""

MAGNITUDES = (-5.0, 10.0)
"""Smallest and largest magnitude that is accepted."""

TIMES = (np.datetime64("0956-01-01", "ms"), np.datetime64("2984-01-01", "ms"))
"""First time that is accepted, and the first later one that is not: a project cannot store others."""

DEPTHS = (-20.0, 1000.0)
"""Smallest and largest depth that is accepted, in km."""

_EARTHQUAKES = frozenset({"earthquake", "eq", "induced or triggered event", "ke", "se", "fe", "de", "known earthquake", "地震"})
"""Words and codes (of the ISC: known, suspected, felt and damaging) for an earthquake."""
_SCALED = re.compile(r"([A-Za-z]{1,5})?\s*(-?\d+(?:[.,]\d+)?)\s*([A-Za-z]{1,5})?")
_DEPTH = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*(?:[*?fdgn]|km|千米|公里|(m|metres?|meters?|米))?", re.IGNORECASE)
"""A depth with the flag of a bulletin (fixed, by depth phases, by a geophysicist, normal, doubtful), in km or in metres."""
_HEMISPHERE = re.compile(r"(\d+(?:[.,]\d+)?)\s*°?\s*([NSEW])", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_TIME = re.compile(
    r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]m)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RawEvent:
    """One row of a catalogue as text; `where` names the row in a note, as in "line 7"."""

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


def is_apple_double(source: Source) -> bool:
    """Return whether the file is an AppleDouble companion that macOS wrote, whatever its name."""
    return source.data.startswith(APPLE_DOUBLE)


def refuse_apple_double(source: Source) -> None:
    """Raise FormatError if the file is an AppleDouble companion that macOS wrote."""
    if is_apple_double(source):
        raise source.fault(
            "This is not a catalogue but the companion file ('._…', AppleDouble) that macOS creates; it contains "
            "no earthquakes. Import the file of the same name without '._'."
        )


def text_of(source: Source) -> tuple[str, tuple[str, ...]]:
    """Return the text of a catalogue, and notes on its encoding.

    A byte-order mark takes precedence, then valid UTF-8. Otherwise the text is GB18030 if its lines that are not UTF-8 are
    plausible Chinese; if not, it is damaged UTF-8, with a mark for each lost character.
    """
    data = source.data
    for sign, encoding in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(sign):
            return _marked(data.decode(encoding, errors="replace"))
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    odd = [line for line in data.split(b"\n") if not _is_utf8(line)]
    if is_chinese(b"\n".join(odd)):
        text, notes = _marked(data.decode("gb18030", errors="replace"))
        return text, (Said("The text was read as Chinese in GB18030 (GBK) encoding."), *notes)
    return _marked(data.decode("utf-8", errors="replace"))


def raw_event(where: str, cells: Mapping[str, str]) -> RawEvent:
    """Return a row from the texts of its recognised columns; a date in its own column is put before the time.

    Parameters
    ----------
    where
        Name of the row in notes, such as "line 7".
    cells
        Texts by field of `RawEvent`, or "date".
    """
    fields = dict(cells)
    date = fields.pop("date", "")
    if date and date != fields.get("time", ""):
        fields["time"] = f"{date} {fields.get('time', '')}"
    return RawEvent(where, **fields)


def collect(source: Source, name: str, rows: Iterable[RawEvent], *, zone: str, notes: Iterable[str] = ()) -> EventsFile:
    """Convert rows to earthquakes.

    A row that is not a usable earthquake is skipped and named in a note; of rows with the same identifier, the first is kept.
    An invalid depth never costs a row its earthquake.

    Parameters
    ----------
    source
        The file, for messages and notes.
    name
        The format, for `EventsFile.format`.
    rows
        The rows in the order of the file.
    zone
        Zone of times that do not name one, such as "UTC+08:00". If empty, UTC is assumed and noted.
    notes
        Notes that the reader has collected already.

    Raises
    ------
    FormatError
        If no row is a usable earthquake, or if the zone does not exist.
    """
    clock = _clock_of(zone, source)
    found = _Found()
    for row in rows:
        try:
            found.take(row, clock)
        except ValueError as error:
            found.unusable.append(Said("{where}: {error}", where=row.where, error=error))
    if not found.events:
        why = (
            Said(" Rows skipped: {count} ({listing}).", count=len(found.unusable), listing=listing(found.unusable))
            if found.unusable
            else ""
        )
        raise source.fault("The catalogue contains no usable earthquakes.{why}", why=why)
    said = [*notes]
    if not zone and found.zoneless:
        said.append(
            Said(
                "The file does not specify a time zone; its times were read as UTC (the first: {zoneless}).",
                zoneless=found.zoneless,
            )
        )
    elif zone != "UTC" and found.zoneless:
        said.append(
            Said(
                "Times were converted from {clock_name} to UTC (the first as read: {first}).",
                clock_name=Said("Beijing time (UTC+8)") if zone == BEIJING else zone,
                first=found.zoneless,
            )
        )
    for what, where in (
        (mark("Rows skipped: {count} ({rows})."), found.unusable),
        (
            mark("Rows skipped because an earlier row has the same time and place, or the same identifier: {count} ({rows})."),
            found.repeated,
        ),
        (mark("Rows kept although the catalogue does not list them as earthquakes: {count} ({rows})."), found.kinds),
        (mark("Rows kept although their depth is unknown: {count} ({rows})."), found.depths),
    ):
        if where:
            said.append(Said(what, count=len(where), rows=listing(where)))
    return EventsFile(source.name, name, in_order(found.events.values()), tuple(said))


@dataclass(slots=True)
class _Found:
    """Earthquakes and faults of the rows read so far."""

    events: dict[str, Event] = field(default_factory=dict)
    unusable: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    depths: list[str] = field(default_factory=list)
    zoneless: str = ""
    """The first time that does not name a zone."""

    def take(self, row: RawEvent, clock: tzinfo) -> None:
        """Add a row.

        Parameters
        ----------
        row
            One row of the catalogue; of rows with the same identifier, the first is kept.
        clock
            Zone of times that do not name one.

        Raises
        ------
        ValueError
            If it is not an earthquake; the message completes a sentence.
        """
        depth, clear = _depth(row.depth)
        event, named_zone = _event(row, clock, depth)
        self.zoneless = self.zoneless or ("" if named_zone else _short(row.time))
        if event.id in self.events:
            same = event == self.events[event.id]
            self.repeated.append(row.where if same else Said("{where}: differs", where=row.where))
            return
        self.events[event.id] = event
        if not clear:
            self.depths.append(Said("{where}: {error}", where=row.where, error=_short(row.depth)))
        if row.kind and row.kind.casefold() not in _EARTHQUAKES:
            self.kinds.append(Said("{where}: {error}", where=row.where, error=row.kind))


def parse_time(text: str, clock: tzinfo) -> tuple[np.datetime64, bool]:
    """Return the UTC instant (datetime64[ms]) of a date and time, and whether the text names its zone.

    Parameters
    ----------
    text
        Date and time as the file gives them.
    clock
        Zone of times that do not name one.

    Raises
    ------
    ValueError
        If `text` is not a date and time, or not an accepted one; the message completes a sentence.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(Said("'{short}' is not a date and time", short=_short(text)) if text.strip() else Said("no time"))
    year, month, day, hour, minute = (int(match.group(part)) for part in (1, 3, 4, 5, 6))
    second, fraction, half, zone = match.group(7) or "0", match.group(8) or "", (match.group(9) or "").lower(), match.group(10)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        # a leap second becomes the first second of the next minute; digits beyond the millisecond are cut
        wall = datetime(year, month, day, hour, minute)
        further = timedelta(seconds=int(second), milliseconds=int(f"{fraction}000"[:3]))
        instant = wall.replace(tzinfo=clock if zone is None else _offset(zone)).astimezone(UTC) + further
    except (ValueError, OverflowError):
        raise ValueError(Said("'{short}' is not a date and time", short=_short(text))) from None
    if int(second) > 60:
        raise ValueError(Said("'{short}' is not a date and time", short=_short(text)))
    time = np.datetime64(instant.replace(tzinfo=None), "ms")
    if not TIMES[0] <= time < TIMES[1]:
        raise ValueError(Said("'{short}' is not within the years 956 to 2983", short=_short(text)))
    return time, zone is not None


def listing(items: list[str]) -> Said:
    """Return the first items as text, and the number of further ones."""
    more = Said(" and {count} more", count=len(items) - NAMED_AT_MOST) if len(items) > NAMED_AT_MOST else ""
    return joined("; ", items[:NAMED_AT_MOST]) + more


def _event(row: RawEvent, clock: tzinfo, depth: float | None) -> tuple[Event, bool]:
    time, named_zone = parse_time(row.time, clock)
    scaled = _SCALED.fullmatch(row.magnitude.strip())
    magnitude = _number(scaled.group(2) if scaled else row.magnitude, Said("magnitude"), *MAGNITUDES)
    scale = row.magnitude_type or (scaled.group(1) or scaled.group(3) or "" if scaled else "")
    latitude = _number(_signed(row.latitude), Said("latitude"), -90.0, 90.0)
    longitude = _number(_signed(row.longitude), Said("longitude"), -180.0, 360.0)
    longitude = longitude - 360.0 if longitude > 180.0 else longitude
    identifier = row.id or event_id(time, latitude, longitude)
    place, kind = shown(row.place, LONGEST_NAME).strip(), shown(scale, 40).strip()
    return Event(shown(identifier, LONGEST_NAME), time, magnitude, latitude, longitude, depth, place, kind), named_zone


def _depth(text: str) -> tuple[float | None, bool]:
    """Return a depth in km (None if unknown), and whether nothing in the text was ignored."""
    found = _DEPTH.fullmatch(text.strip())
    if found is None:
        return None, text.strip().casefold() in ("", "-", "--", "nan", "none", "null", "n/a")
    value = float(found.group(1).replace(",", ".")) / (1000.0 if found.group(2) else 1.0)
    return (value, True) if DEPTHS[0] <= value <= DEPTHS[1] else (None, False)


def _signed(text: str) -> str:
    """Return degrees with a sign instead of the letter of a hemisphere."""
    found = _HEMISPHERE.fullmatch(text.strip())
    return text if found is None else f"{'-' if found.group(2).upper() in 'SW' else ''}{found.group(1)}"


def _number(text: str, what: str, low: float, high: float) -> float:
    if not text.strip():
        raise ValueError(Said("no {what}", what=what))
    try:
        value = float(text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text.strip()) else text)
    except ValueError:
        raise ValueError(Said("{what} '{short}' is not a number", what=what, short=_short(text))) from None
    if not math.isfinite(value) or not low <= value <= high:
        raise ValueError(
            Said("{what} {short} is not between {low:g} and {high:g}", what=what, short=_short(text), low=low, high=high)
        )
    return value


def _clock_of(zone: str, source: Source) -> tzinfo:
    try:
        return zone_of(zone or "UTC")
    except ValueError as error:
        raise FormatError(str(error), file=source.name) from error


def _offset(zone: str) -> tzinfo:
    if zone.upper() in ("Z", "UTC"):
        return UTC
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    # timezone rejects offsets of a day or more
    return timezone((1 if zone[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


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
    note = counted(
        "The text is damaged in {count} line (line {first}); each character that could not be read is shown as '{lost}'.",
        "The text is damaged in {count} lines (first: line {first}); each character that could not be read is shown as "
        "'{lost}'.",
        count=len(lost),
        first=lost[0],
        lost="\ufffd",
    )
    return text, (note,)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 40 else f"{flat[:37]}..."
