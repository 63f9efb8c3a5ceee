"""A broker and web services of which processes that are killed store what arrives; each notes what it was told."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np

from quakegui.project import catalogue
from quakegui.project.store import Project
from quakegui.season.events import Declustering, Selection, select
from quakegui.serve.broker import Message
from quakegui.serve.listening import Listener
from quakegui.serve.web import earthquakes, readings
from quakegui.serve.web.answers import Answers
from quakegui.serve.web.http import Answer, Ask
from quakegui.serve.web.services import Service

BEGIN = np.datetime64("2026-03-10T22:00", "ms")
MESSAGES, PER_MESSAGE, AT_ONCE = 16, 10, 4
"""Messages of each station with so many minutes each, so that they fill two UTC days; and how many arrive at once."""
CODES = ("KAK", "MMB")
NIGHTS_OVER_MS = int((BEGIN + np.timedelta64(2, "D")).astype(np.int64))


def readings_of(code: str) -> np.ndarray:
    """Return all that a station measures, nT, shape (minute,)."""
    return np.round(46_000 + CODES.index(code) + np.arange(MESSAGES * PER_MESSAGE) / 1000, 3)


def messages() -> list[Message]:
    """Return what both stations send, in order of time."""
    found = []
    for number in range(MESSAGES):
        at = BEGIN + number * PER_MESSAGE * np.timedelta64(60_000, "ms")
        received_ms = int(at.astype(np.int64)) + PER_MESSAGE * 60_000
        for code in CODES:
            values = readings_of(code)[number * PER_MESSAGE : (number + 1) * PER_MESSAGE].tolist()
            payload = {"startDate": str(at.astype("datetime64[s]")), "geomagneticFieldS": values}
            found.append(Message(f"impf/{code.lower()}/pt1m/1/xyzs", json.dumps(payload).encode(), received_ms))
    return found


class Kept:
    """A broker that sends again to a new listener what the last one has not acknowledged, as a file notes."""

    def __init__(self, said: Path) -> None:
        known = set(map(int, said.read_text(encoding="utf-8").split())) if said.exists() else set()
        self._all = messages()
        self._left = [message for number, message in enumerate(self._all) if number not in known]
        self._said = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def over(self) -> bool:
        """Return whether everything was sent."""
        return not self._left

    def receive(self, _timeout_s: float) -> Sequence[Message]:
        found, self._left = self._left[:AT_ONCE], self._left[AT_ONCE:]
        return found

    def acknowledge(self, messages: Sequence[Message]) -> None:
        os.write(self._said, "".join(f"{self._all.index(message)}\n" for message in messages).encode())


def listen(folder: str, said: str) -> None:
    """Store what the broker sends, a few messages in each transaction, and fold it now and then."""
    source = Kept(Path(said))
    with Project.open(folder) as project:
        listener = Listener(project, source, every_s=0.0)
        listener.run(source.over)
        listener.settle(NIGHTS_OVER_MS)


# -- web services --------------------------------------------------------------------------------------------------

DAYS = readings.station_days(CODES, np.datetime64("2022-02-01"), np.datetime64("2022-02-03"))
QUAKES = b"id,time,latitude,longitude,depth,mag\n%s,%s-03-01T04:00:00Z,29.6,102.4,10,5.1\n"
SELECTION = Selection(since=date(2016, 1, 1), until=date(2021, 12, 31))


def iaga(url: str) -> bytes:
    """Return a file of hourly total intensity for a question of `readings.Gin`."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    code, day = query["observatoryIagaCode"], query["dataStartDate"]
    head = {
        "Format": "IAGA-2002", "Source of Data": "Test", "Station Name": code, "IAGA CODE": code, "Geodetic Latitude": "36.232",
        "Geodetic Longitude": "140.186", "Elevation": "36", "Reported": "XYZF", "Data Type": "definitive",
    }  # fmt: skip
    lines = [f" {name:<23}{value:<45}|" for name, value in head.items()]
    lines.append(f"DATE       TIME         DOY     {code}X      {code}Y      {code}Z      {code}F   |")
    rows = [f"{day} {minute // 60:02d}:{minute % 60:02d}:00.000 032   " for minute in range(1440)]
    lines += [f"{row}  30000.00  -3000.00  35000.00 {46_000 + k / 100:9.2f}" for k, row in enumerate(rows)]
    return "\n".join([*lines, ""]).encode()


def noting(said: str, body: Callable[[str], bytes]) -> Ask:
    """Return a service that notes each question before it answers it."""
    note = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def ask(url: str) -> Answer:
        os.write(note, f"{url}\n".encode())
        return Answer(200, body(url))

    return ask


def fetch_readings(folder: str, said: str) -> None:
    """Fetch three days of two stations."""
    service = Service("test", "Test", "http://127.0.0.1/gin", "gin")
    with Project.open(folder) as project:
        readings.fetch_readings(project, DAYS, service, noting(said, iaga))


def fetch_events(folder: str, said: str) -> None:
    """Fetch six years of earthquakes, and store them in place of those of the project."""
    service = Service("test", "Test", "http://127.0.0.1/fdsnws", "fdsn")

    def table(url: str) -> bytes:
        year = parse_qs(urlsplit(url).query)["endtime"][0][:4].encode()
        return QUAKES % (year, year)

    with Project.open(folder) as project:
        wanted = earthquakes.pieces(SELECTION, project.timezone)
        read = earthquakes.fetch_earthquakes(wanted, service, Answers(project), noting(said, table))
        chosen = select(read.events, SELECTION, timezone=project.timezone)
        catalogue.store_events(project, chosen, declustering=Declustering("none"), selection=SELECTION, origin=read)
