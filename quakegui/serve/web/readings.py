"""Readings from INTERMAGNET's file service and HAPI servers: one question for each station and UTC day.

Every answer is counted against the sampling interval: where readings lack, the question is asked once more, and what the second
answer lacks too is a gap of the service. An answer of less than it should contain is never taken for a whole one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlencode, urlsplit

import numpy as np
from numpy.typing import NDArray

from quakegui import formats
from quakegui.formats import iaga2002
from quakegui.formats.errors import FormatError, shown
from quakegui.formats.source import Source
from quakegui.progress import CancelCheck, ProgressCallback, StoppedError, never, silent
from quakegui.project.importing import import_paths
from quakegui.project.importreport import ImportReport
from quakegui.project.store import Project
from quakegui.season.localtime import FIRST_DAY, LAST_DAY, wall_clock_ms
from quakegui.season.readings import DataType
from quakegui.serve.web import hapi
from quakegui.serve.web.answers import Answers, Record, UnsavedError, file_name
from quakegui.serve.web.http import Answer, Ask, FetchError
from quakegui.serve.web.services import Service
from quakegui.words import Said

TYPES: Final = hapi.TYPES
CADENCES: Final = {"minute": 1440, "second": 86_400}
"""Readings per day that INTERMAGNET's file service can be asked for."""
DAY_MS: Final = 86_400_000
MOST_FAILURES: Final = 3
"""After so many failures in a row, the service is asked nothing more."""
_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class StationDay:
    """A station and a UTC day, datetime64[D]."""

    code: str
    day: np.datetime64

    @property
    def over_ms(self) -> int:
        """When the day is over, in milliseconds since 1970 UTC."""
        return int((self.day + 1).astype("datetime64[ms]").astype(np.int64))


@dataclass(frozen=True, slots=True)
class Readout:
    """What an answer contains.

    Attributes
    ----------
    name
        Name of its file.
    data
        The bytes of the file; empty without readings.
    rows
        The number of timestamps.
    expected
        How many a whole day has; None if the service does not state it.
    is_final
        Whether the readings are definitive.
    """

    name: str
    data: bytes
    rows: int
    expected: int | None
    is_final: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether no timestamp lacks."""
        return self.expected is None or self.rows >= self.expected


@dataclass(slots=True)
class FetchReport:
    """What was asked, and what came of it.

    Attributes
    ----------
    asked
        Number of questions asked, those asked again included.
    known
        Number of days that were answered before.
    empty
        Number of days without readings at the service.
    short
        Sentences on days with fewer readings than the sampling interval requires.
    failures
        Sentences on questions without a usable answer.
    unasked
        Number of days that were not asked for, because the service failed repeatedly.
    imported
        The import of the answers; None if there was nothing to import.
    """

    asked: int = 0
    known: int = 0
    empty: int = 0
    short: list[Said] = field(default_factory=list)
    failures: list[Said] = field(default_factory=list)
    unasked: int = 0
    imported: ImportReport | None = None


def station_days(codes: Sequence[str], first: np.datetime64, last: np.datetime64) -> tuple[StationDay, ...]:
    """Return the stations and UTC days to ask for, up to today.

    Parameters
    ----------
    codes
        Station codes, in any case.
    first, last
        First and last UTC day, both included.

    Raises
    ------
    FetchError
        If there is no station or day, the first day is before those of a project, or a code is not one.
    """
    wanted = tuple(dict.fromkeys(code.strip().upper() for code in codes if code.strip()))
    for code in wanted:
        if not _CODE.fullmatch(code):
            raise FetchError(Said("“{code}” is not a station code.", code=code))
    if first < FIRST_DAY:
        raise FetchError(Said("Readings can be fetched from {first} to {last}.", first=FIRST_DAY, last=LAST_DAY))
    today = np.datetime64(wall_clock_ms(), "ms").astype("datetime64[D]")
    days: NDArray[np.datetime64] = np.arange(first, min(last, today) + 1)
    if not wanted:
        raise FetchError(Said("Enter at least one station code."))
    if not days.size:
        raise FetchError(Said("The start date is in the future or after the end date; choose other dates."))
    return tuple(StationDay(code, day) for day in days for code in wanted)


class Gin:
    """INTERMAGNET's file service: IAGA-2002, the best state of publication available, in the orientation recorded."""

    def __init__(self, service: Service, per_day: int = 1440) -> None:
        self._service, self._per_day = service, per_day

    def url(self, one: StationDay) -> str:
        """Return the question for a day."""
        query = {
            "Request": "GetData",
            "format": "iaga2002",
            "testObsys": "0",
            "observatoryIagaCode": one.code,
            "samplesPerDay": str(self._per_day),
            "orientation": "Native",
            "publicationState": "best-avail",
            "recordTermination": "UNIX",
            "dataStartDate": str(one.day),
            "dataDuration": "1",
        }
        return f"{self._service.url}?{urlencode(query)}"

    def read(self, answer: Answer, one: StationDay, _ask: Ask) -> Readout:
        """Return what an answer contains.

        Parameters
        ----------
        answer
            The answer to the question of `url`.
        one
            The station and day of the question.
        _ask
            Not used: the answer describes itself, unlike that of `Hapi`.

        Raises
        ------
        FetchError
            If it is not whole IAGA-2002, or not about this station and day.
        """
        kind = "min" if self._per_day == CADENCES["minute"] else "sec"
        name = f"{one.code.lower()}{str(one.day).replace('-', '')}{kind}.iaga2002"
        rows = len(re.findall(rb"^ ?" + str(one.day).encode() + rb"[ T]", answer.body, re.MULTILINE))
        if not answer.body.strip():
            return Readout(name, b"", 0, self._per_day)
        if not answer.body.endswith(b"\n"):
            raise FetchError(hapi.cut_off(one.code, one.day))
        source = Source(name, answer.body)
        if not iaga2002.looks_like(source):
            raise FetchError(
                Said(
                    "{host} sent something that is not IAGA-2002; nothing was saved. It begins: {text}",
                    host=self._service.host,
                    text=shown(answer.body[:200].decode("utf-8", "replace"), 100),
                )
            )
        is_final, has_readings = _check(source, one, rows)
        return Readout(name, answer.body if has_readings else b"", rows, self._per_day, is_final)


class Hapi:
    """A HAPI server: total intensity, or X, Y and Z, of the data set of each station."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._sets: dict[str, hapi.DataSet] = {}

    def url(self, one: StationDay) -> str:
        """Return the question for a day."""
        return hapi.data_url(self._service.url, self._dataset(one), one.day)

    def read(self, answer: Answer, one: StationDay, ask: Ask) -> Readout:
        """Return what an answer contains.

        Parameters
        ----------
        answer
            The answer to the question of `url`.
        one
            The station and day of the question.
        ask
            Asks the server what the data set contains, once for each station.

        Raises
        ------
        FetchError
            If it is not complete rows of this day, or the data set is unsuitable or its description unreadable.
        StoppedError
            If `ask` was stopped.
        """
        dataset = self._dataset(one)
        if one.code not in self._sets:
            self._sets[one.code] = hapi.data_set(ask(hapi.info_url(self._service.url, dataset)), dataset)
        found = self._sets[one.code]
        data, rows = hapi.table_of(answer, found, one.code, one.day)
        name = f"{one.code.lower()}{str(one.day).replace('-', '')}_{file_name(dataset)}.csv"
        expected = None if found.cadence_s is None else round(DAY_MS / 1000.0 / found.cadence_s)
        has_readings = bool(data) and _check(Source(name, data), one, rows)[1]
        return Readout(name, data if has_readings else b"", rows, expected)

    def _dataset(self, one: StationDay) -> str:
        return self._service.dataset.format(code=one.code.lower())


def source_of(service: Service, cadence: str = "minute") -> Gin | Hapi:
    """Return how a service is asked.

    Parameters
    ----------
    service
        A service of readings.
    cadence
        A key of `CADENCES`; matters for INTERMAGNET's file service only.
    """
    return Hapi(service) if service.kind == "hapi" else Gin(service, CADENCES[cadence])


def left_to_ask(plan: Sequence[StationDay], source: Gin | Hapi, answers: Answers) -> int:
    """Return how many questions of a plan have to be asked, if no answer is short.

    Parameters
    ----------
    plan
        The stations and days, from `station_days`.
    source
        How the service is asked, from `source_of`.
    answers
        The answers in the project.
    """
    return sum(answers.settled(source.url(one)) is None for one in plan)


def fetch_readings(
    project: Project,
    plan: Sequence[StationDay],
    service: Service,
    ask: Ask,
    *,
    cadence: str = "minute",
    again: bool = False,
    author: str | None = None,
    progress: ProgressCallback = silent,
    cancelled: CancelCheck = never,
) -> FetchReport:
    """Ask a service for readings and import the answers, those kept from earlier runs included, as one act.

    A day that the service does not answer is reported, and does not prevent the import of the others.

    Parameters
    ----------
    project
        The project.
    plan
        The stations and days, from `station_days`.
    service
        The service.
    ask
        Asks one question.
    cadence
        The sampling interval to ask for, where the service offers several (`CADENCES`).
    again
        Whether to ask again what was answered before.
    author
        The person who imports them; default the current user.
    progress, cancelled
        Called for every question.

    Raises
    ------
    FetchError
        If not a single question was answered; an `UnsavedError` if the answers cannot be kept.
    StoppedError
        If `cancelled` returns True; nothing is imported, and the answers so far are kept for the next run.
    ProjectError
        If the project cannot be written.
    """
    answers, source, report = Answers(project), source_of(service, cadence), FetchReport()
    files: list[Path] = []
    in_a_row = 0
    for number, one in enumerate(plan):
        if cancelled():
            raise StoppedError
        progress(number, len(plan), Said("{host}: {station}, {day}", host=service.host, station=one.code, day=one.day))
        record = None if again else answers.settled(source.url(one))
        report.known += record is not None
        try:
            record = _answer(one, source, answers, ask, report) if record is None else record
            in_a_row = 0
        except UnsavedError:
            raise
        except FetchError as error:
            report.failures.append(Said("{station}, {day}: {why}", station=one.code, day=one.day, why=str(error)))
            in_a_row += 1
            if in_a_row == MOST_FAILURES:
                report.unasked = len(plan) - number - 1
                break
            continue
        report.empty += record.outcome == "none"
        files += [answers.path(record)] if record.outcome == "data" else []
    if report.failures and not (files or report.empty):
        raise FetchError(report.failures[0])
    if files:
        report.imported = import_paths(
            project, files, origin=f"{service.url}/", author=author, progress=progress, cancelled=cancelled
        )
    return report


def _answer(one: StationDay, source: Gin | Hapi, answers: Answers, ask: Ask, report: FetchReport) -> Record:
    """Ask for one day, once more if it is over and timestamps lack, and keep the fuller answer."""
    url = source.url(one)
    is_over = one.over_ms <= wall_clock_ms()
    best: tuple[Readout, Answer] | None = None
    for _turn in range(2):
        report.asked += 1
        answer = ask(url)
        if answer.status != 200:
            break
        found = source.read(answer, one, ask)
        if best is None or found.rows > best[0].rows:
            best = found, answer
        if found.is_whole or not found.rows or not is_over:
            break
    if best is None or not best[0].data:
        return answers.keep(url, "none", over_ms=one.over_ms)
    found, answer = best
    if is_over and not found.is_whole:
        report.short.append(
            Said(
                "{station}, {day}: the service has {rows} of {expected} timestamps.",
                station=one.code,
                day=one.day,
                rows=found.rows,
                expected=found.expected,
            )
        )
    return answers.keep(
        url,
        "data",
        over_ms=one.over_ms if found.is_whole else wall_clock_ms(),  # what lacks is asked for again in every run
        name=f"{file_name(urlsplit(url).netloc)}/{one.code}/{found.name}",
        raw=answer.body,
        data=found.data,
        final=found.is_final and found.is_whole,
    )


def _check(source: Source, one: StationDay, rows: int) -> tuple[bool, bool]:
    """Return whether readings are definitive, and whether there are any; raises FetchError if they are not those of a day."""
    try:
        found = formats.read_readings(source)
    except FormatError as error:
        raise FetchError(error.sentence) from error
    here = [each for each in found.readings if len(each)]
    codes = {station.code for station in found.stations} | {each.station for each in here}
    days = {str(day) for each in here for day in np.unique(each.time.astype("datetime64[D]"))}
    if codes - {one.code} or days - {str(one.day)} or (here and not rows):
        raise FetchError(
            Said(
                "The response contains {stations}, {days}, which was not requested; nothing was saved.",
                stations=", ".join(sorted(codes)) or "?",
                days=", ".join(sorted(days)[:3]) or "?",
            )
        )
    return bool(here) and all(each.data_type == DataType.DEFINITIVE for each in here), bool(here)
