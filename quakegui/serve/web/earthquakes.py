"""Earthquakes from FDSN event services: a request is divided by calendar years, and further where a service sends too much.

Dividing by time needs no `offset`, which not every service knows, and which loses earthquakes when the catalogue changes
between two pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final
from urllib.parse import urlencode

import numpy as np

from quakegui import formats
from quakegui.formats.errors import FormatError, shown
from quakegui.formats.eventtable import find_table
from quakegui.formats.source import Source, decode
from quakegui.progress import CancelCheck, ProgressCallback, StoppedError, never, silent
from quakegui.project.catalogue import CatalogueRead, read_catalogue
from quakegui.season.events import Selection
from quakegui.season.localtime import FIRST_DAY, LAST_DAY, NightWindow, night_bounds, wall_clock_ms
from quakegui.serve.web.answers import Answers, Record, file_name
from quakegui.serve.web.http import Ask, FetchError
from quakegui.serve.web.services import Service
from quakegui.words import Said

TYPES: Final = ("text/", "application/csv", "application/octet-stream")
"""Beginnings of the content types of tables."""
SHORTEST: Final = np.timedelta64(1, "h")
"""The shortest time that is divided no further."""
_ROUND: Final = 1000
"""A service that sends a multiple of so many earthquakes may have a limit that it does not state."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The earthquakes of a time, datetime64[ms] in UTC, in a box (south, north, west, east) or everywhere."""

    since: np.datetime64
    until: np.datetime64
    box: tuple[float, float, float, float] | None
    min_magnitude: float | None

    @property
    def halves(self) -> tuple[Piece, Piece]:
        """The same, divided in the middle of the time."""
        middle = self.since + (self.until - self.since) // 2
        return replace(self, until=middle), replace(self, since=middle)

    def url(self, service: Service) -> str:
        """Return the question to a service."""
        times = {"starttime": str(self.since)[:19], "endtime": str(self.until)[:19]}
        sides = ("minlatitude", "maxlatitude", "minlongitude", "maxlongitude")
        box = {} if self.box is None else {name: f"{side:g}" for name, side in zip(sides, self.box, strict=True)}
        least = {} if self.min_magnitude is None else {"minmagnitude": f"{self.min_magnitude:g}"}
        most = {"limit": str(service.limit)} if service.limit else {}
        query = urlencode({"format": service.form, **times, **box, **least, **most, "nodata": "204"}, safe=":")
        return f"{service.url}/query?{query}"


def pieces(selection: Selection, timezone: str) -> tuple[Piece, ...]:
    """Return the questions for a selection of earthquakes: one for each calendar year, two where the box contains 180 degrees.

    Parameters
    ----------
    selection
        Box, magnitude and dates; the first date is needed, the last is at the latest today.
    timezone
        Time zone of the dates.

    Raises
    ------
    FetchError
        If there is no first date, it is in the future, or a date is beyond those of a project.
    """
    if selection.since is None:
        raise FetchError(Said("Enter the start date of the earthquakes."))
    first, last = (np.datetime64(day, "D") for day in (selection.since, selection.until or selection.since))
    if not FIRST_DAY <= first <= last <= LAST_DAY:
        raise FetchError(Said("Earthquakes can be fetched from {first} to {last}.", first=FIRST_DAY, last=LAST_DAY))
    now = np.datetime64(wall_clock_ms(), "ms")
    starts, ends = night_bounds(np.array([first, last]), timezone, NightWindow(0.0, 24.0))
    # Without a last date, until the end of this year: the same question tomorrow replaces the answer of today.
    begin, end = starts[0], ends[1] if selection.until is not None else _year_after(now)
    if begin >= min(end, now):
        raise FetchError(Said("The start date is in the future or after the end date; choose other dates."))
    bounds = [begin]
    while bounds[-1] < end:
        bounds.append(min(_year_after(bounds[-1]), end))
    return tuple(
        Piece(since, until, box, selection.min_magnitude) for since, until in pairwise(bounds) for box in _boxes(selection.box)
    )


def _year_after(time: np.datetime64) -> np.datetime64:
    """Return the beginning of the year after a time."""
    after: np.datetime64 = (time.astype("datetime64[Y]") + 1).astype("datetime64[ms]")
    return after


def _boxes(box: tuple[float, float, float, float] | None) -> tuple[tuple[float, float, float, float] | None, ...]:
    if box is None or box[2] <= box[3]:
        return (box,)
    south, north, west, east = box
    return (south, north, west, 180.0), (south, north, -180.0, east)


def left_to_ask(plan: Sequence[Piece], service: Service, answers: Answers) -> int:
    """Return how many questions of a plan have to be asked, if the service sends none of the answers in parts.

    Parameters
    ----------
    plan
        The questions, from `pieces`.
    service
        The service; answers of another one do not count.
    answers
        The answers in the project.
    """
    left, todo = 0, list(plan)
    while todo:
        piece = todo.pop()
        record = answers.settled(piece.url(service))
        left += record is None
        todo += piece.halves if record is not None and record.outcome == "large" else ()
    return left


def fetch_earthquakes(
    plan: Sequence[Piece],
    service: Service,
    answers: Answers,
    ask: Ask,
    *,
    again: bool = False,
    progress: ProgressCallback = silent,
    cancelled: CancelCheck = never,
) -> CatalogueRead:
    """Ask a service for earthquakes, and read the answers as one catalogue. Nothing is stored in the project but the answers.

    Parameters
    ----------
    plan
        The questions, from `pieces`.
    service
        The service.
    answers
        The answers in the project.
    ask
        Asks one question.
    again
        Whether to ask again what was answered before.
    progress, cancelled
        Called for every question.

    Raises
    ------
    FetchError
        If one of the questions is not answered, since a catalogue with a gap would look complete, or there are no earthquakes.
    StoppedError
        If `cancelled` returns True. In both cases the answers so far are kept, and a second run asks for the rest.
    """
    todo, kept = list(reversed(plan)), list[Record]()
    done, total = 0, len(todo)
    while todo:
        piece = todo.pop()
        if cancelled():
            raise StoppedError
        progress(done, total, Said("{host}: from {since}", host=service.host, since=str(piece.since)[:10]))
        record = None if again else answers.settled(piece.url(service))
        record = _answer(piece, service, answers, ask) if record is None else record
        if record.outcome == "large":
            todo += reversed(piece.halves)
            total += 2
        elif record.outcome == "data":
            kept.append(record)
        done += 1
    progress(total, total, Said("reading files"))
    if not kept:
        raise FetchError(Said("{host} has no earthquakes for this request; nothing was changed.", host=service.host))
    return _catalogue(kept, service, answers)


def _answer(piece: Piece, service: Service, answers: Answers, ask: Ask) -> Record:
    """Ask for one piece, and keep the answer if it is a whole table."""
    url, over_ms = piece.url(service), int(piece.until.astype(np.int64))
    answer = ask(url)
    if answer.status == 204:
        return answers.keep(url, "none", over_ms=over_ms)
    rows = _rows(answer.body, service) if answer.status == 200 else 0
    is_full = bool(rows) and (rows >= (service.limit or rows + 1) or rows % _ROUND == 0)
    if answer.status == 413 or is_full:
        if piece.until - piece.since <= SHORTEST:
            raise FetchError(
                Said("{host} sends too many earthquakes for one request; enter a larger minimum magnitude.", host=service.host)
            )
        return answers.keep(url, "large", over_ms=over_ms, final=True)
    if not rows:
        return answers.keep(url, "none", over_ms=over_ms)
    name = f"{file_name(service.host)}/{str(piece.since)[:10]}_{hashlib.sha256(url.encode()).hexdigest()[:12]}.csv"
    try:
        formats.read_events(Source(name, answer.body))
    except FormatError as error:
        raise FetchError(_no_table(service, answer.body)) from error
    return answers.keep(url, "data", over_ms=over_ms, name=name, raw=answer.body, data=answer.body)


def _rows(body: bytes, service: Service) -> int:
    """Return the number of rows of a table of earthquakes; raises FetchError if it is none, or ends within a line."""
    text = decode(body)[0]
    table = find_table(text)
    if table is None:
        raise FetchError(_no_table(service, body))
    if not text.endswith("\n"):
        raise FetchError(Said("The response of {host} is truncated; nothing was saved.", host=service.host))
    return sum(bool(line.strip()) for line in text.splitlines()[table.header_line :])


def _no_table(service: Service, body: bytes) -> Said:
    if not body.strip():
        return Said("{host} sent an empty response; nothing was saved.", host=service.host)
    return Said(
        "{host} sent something that is not a table of earthquakes; nothing was saved. It begins: {text}",
        host=service.host,
        text=shown(body[:200].decode("utf-8", "replace"), 100),
    )


def _catalogue(kept: Sequence[Record], service: Service, answers: Answers) -> CatalogueRead:
    """Read answers as one catalogue, whose source files have the addresses of their questions as names."""
    reads = [read_catalogue(answers.path(record)) for record in kept]
    files = tuple(replace(file, name=record.url) for record, read in zip(kept, reads, strict=True) for file in read.files)
    events = {event.id: event for read in reads for event in read.events}
    notes = dict.fromkeys(note for read in reads for note in read.notes)
    modified = max((read.modified_ms for read in reads if read.modified_ms is not None), default=None)
    return CatalogueRead(answers.folder / file_name(service.host), tuple(events.values()), tuple(notes), files, modified)
