"""Messages of MARTAS, the acquisition system of MagPy: topics ``<station>/<sensor>/data`` and ``.../meta``.

Data are lines of integers that only the header in ``meta`` explains, so they wait for it. References: geomagpy/MARTAS,
`collector.py` (`analyse_meta`, `interprete_data`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.errors import shown
from quakegui.formats.records import total_intensity
from quakegui.project.live_rows import LiveReadings
from quakegui.project.reading_blocks import DAY_MS, PER_NT
from quakegui.season.readings import DataType
from quakegui.serve.imagmqtt import LONGEST, MessageError, station_of
from quakegui.words import Said

_HEADER = re.compile(r"# MagPyBin (\S+) \[([^]]*)\] \[([^]]*)\] \[([^]]*)\] \[([^]]*)\] \S+ \d+\s*", re.ASCII)
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}/[^/]{1,100}/(data|meta|dict)", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,12}", re.ASCII)
_STAMP = 7
"""Integers of a timestamp: year to microsecond."""
_STEPS, _STAMPS = 3, 64
"""Steps between timestamps whose median is the sampling interval, so that one gap or one wrong clock does not matter; most
timestamps that are kept until then."""


@dataclass(frozen=True, slots=True)
class _Header:
    """Letters of the elements in nT with the positions of their values, and their divisors."""

    places: dict[str, int]
    divisors: dict[str, float]


class Martas:
    """Reads the messages of MARTAS; remembers the header and the sampling interval of each sensor."""

    def __init__(self) -> None:
        self._headers: dict[str, _Header] = {}
        self._cadence_ms: dict[str, int] = {}
        self._stamps: dict[str, NDArray[np.int64]] = {}
        self._sensors: dict[tuple[str, bool], str] = {}

    def read(self, topic: str, payload: bytes) -> LiveReadings | None:
        """Return the total intensity in a message of data; None while the header or the sampling interval is unknown.

        Parameters
        ----------
        topic
            Ends in "/data", "/meta" or "/dict"; the two others have no readings.
        payload
            Of data: lines of integers, separated by ";", each a timestamp in UTC and the values.

        Raises
        ------
        MessageError
            If the message does not have this form, or contains no total intensity.
        """
        code, sensor = station_of(topic), topic.rsplit("/", 1)[0]
        if _TOPIC.fullmatch(topic) is None:
            raise MessageError(Said("The topic {topic} is neither one of ImagMQTT nor of MARTAS.", topic=shown(topic, 100)))
        try:
            text = payload.decode("utf-8").strip()
        except UnicodeDecodeError as error:
            raise MessageError(Said("{code}: the message is not text.", code=code)) from error
        if topic.endswith("/meta"):
            self._headers[sensor] = _header(code, text)
        if not topic.endswith("/data"):
            raise NoReadings
        header = self._headers.get(sensor)
        if header is None:
            return None
        rows = _rows(code, text)
        order = np.argsort(time := _times(code, rows), kind="stable")
        rows, time = [rows[k] for k in order], time[order]
        cadence_ms = self._cadence(sensor, time)
        if cadence_ms is None:
            return None
        letters = list(header.places)
        columns = {letter: _column(rows, place, header.divisors[letter]) for letter, place in header.places.items()}
        total = total_intensity(letters, columns.__getitem__)
        good = np.isfinite(total.values)
        if not good.any():
            why = next(iter(total.notes), Said("all values are missing"))
            raise MessageError(Said("{code}: no total intensity: {why}", code=code, why=why))
        self._require_one_sensor(code, sensor, total.derived)
        value = np.rint(total.values[good] * PER_NT).astype(np.int64)
        return LiveReadings(code, cadence_ms, int(DataType.VARIATION), total.derived, time[good], value)

    def lacks_header(self, topic: str) -> bool:
        """Return whether a message of a topic waits for the header of its sensor."""
        return topic.rsplit("/", 1)[0] not in self._headers

    def _cadence(self, sensor: str, time: NDArray[np.int64]) -> int | None:
        """Return the sampling interval in ms, to whole seconds, from the first timestamps of a sensor; None until then."""
        if sensor not in self._cadence_ms:
            stamps = np.union1d(self._stamps.get(sensor, time), time)
            steps = np.diff(stamps)
            steps = steps[steps <= DAY_MS]
            self._stamps[sensor] = stamps[-_STAMPS:]
            if steps.size >= _STEPS:
                self._cadence_ms[sensor] = max(1000 * round(int(np.median(steps)) / 1000), 1000)
        return self._cadence_ms.get(sensor)

    def _require_one_sensor(self, code: str, sensor: str, derived: bool) -> None:
        first = self._sensors.setdefault((code, derived), sensor)
        if first != sensor:
            raise MessageError(
                Said(
                    "{code}: {sensor} is not used, because {first} sends the total intensity of this station; name the sensor "
                    "in the topic to choose.",
                    code=code,
                    sensor=sensor,
                    first=first,
                )
            )


class NoReadings(Exception):  # noqa: N818 - no error
    """A message that is in order and contains no readings."""


def _header(code: str, text: str) -> _Header:
    found = _HEADER.fullmatch(text.replace(", ", ",").replace("deg C", "deg"))
    columns = [found[group].split(",") for group in (2, 3, 4, 5)] if found is not None else []
    if not columns or len({len(column) for column in columns}) != 1:
        raise MessageError(Said("{code}: the header of the sensor cannot be read.", code=code))
    places, divisors = {}, {}
    for place, (_, element, unit, divisor) in enumerate(zip(*columns, strict=True)):
        letter = element.strip().upper()
        if letter in {"F", "X", "Y", "Z", "H"} and unit.strip().lower() == "nt" and re.fullmatch(r"[1-9]\d{0,8}", divisor):
            places[letter], divisors[letter] = place, float(divisor)
    if not places:
        raise MessageError(Said("{code}: the sensor has no total intensity and no components in nT.", code=code))
    return _Header(places, divisors)


def _rows(code: str, text: str) -> list[list[str]]:
    rows = [line.split(",") for line in text.split(";") if line.strip()]
    if not rows or len(rows) > LONGEST or min(map(len, rows)) <= _STAMP:
        raise MessageError(Said("{code}: the lines are not a timestamp of seven integers and values.", code=code))
    return rows


def _column(rows: Sequence[Sequence[str]], place: int, divisor: float) -> NDArray[np.float64]:
    """Return the values at a place after the timestamp, NaN where a line has no integer there."""
    words = [row[_STAMP + place].strip() if len(row) > _STAMP + place else "" for row in rows]
    return np.array([int(word) / divisor if _INTEGER.fullmatch(word) else np.nan for word in words])


def _times(code: str, rows: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    """Return the timestamps in ms since 1970 UTC."""
    form = "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}.{:06d}"
    try:
        numbers = [[int(word) for word in row[:_STAMP]] for row in rows]
        if min(map(min, numbers)) < 0:  # at the end of a timestamp, "-5" would be read as a time zone
            raise ValueError
        texts = [form.format(*row) for row in numbers]
        return np.array([np.datetime64(text, "us") for text in texts]).astype("datetime64[ms]").astype(np.int64)
    except ValueError as error:
        raise MessageError(Said("{code}: a timestamp is invalid.", code=code)) from error
