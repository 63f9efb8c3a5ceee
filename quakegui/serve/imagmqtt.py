"""Messages of INTERMAGNET's ImagMQTT format.

References
----------
INTERMAGNET technical reference manual, draft of chapter 6 (branch update_s6), appendix "Intermagnet MQTT format".
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.errors import shown
from quakegui.formats.records import make_station, total_intensity
from quakegui.project.live_rows import LiveReadings
from quakegui.project.reading_blocks import PER_NT
from quakegui.season.readings import DataType
from quakegui.words import Said

LONGEST = 86_400
"""Maximum number of values in a message: a day of seconds."""
_TOPIC = re.compile(r"impf/([a-z0-9]{1,32})/(pt([1-9]\d{0,3})([smh])|1hz)/([1-4])/([a-z]{1,8})", re.ASCII)
_START = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z?", re.ASCII)
_UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000}
_LEVELS = (DataType.VARIATION, DataType.PROVISIONAL, DataType.QUASI_DEFINITIVE, DataType.DEFINITIVE)
_NAMES = {f"geomagneticField{letter}": letter for letter in "XYZHDIFS"}


class MessageError(ValueError):
    """A message is refused; the text is one sentence that begins with the station if it is known."""


def is_imagmqtt(topic: str) -> bool:
    """Return whether a topic begins like those of ImagMQTT."""
    return topic.startswith("impf/")


def station_of(topic: str) -> str:
    """Return the station code in a topic of ImagMQTT or MARTAS, in capitals."""
    words = topic.split("/")
    return (words[1] if is_imagmqtt(topic) and len(words) > 1 else words[0]).upper()


def read_imagmqtt(topic: str, payload: bytes) -> LiveReadings:
    """Return the total intensity in a message: recorded (S), else as computed by the station (F), else derived here.

    Parameters
    ----------
    topic
        ``impf/<iaga-code>/<cadence>/<publication-level>/<elements-recorded>``, in lower case.
    payload
        JSON with "startDate" and one array for each element; null stands for a missing value and is omitted.

    Raises
    ------
    MessageError
        If the message does not have this form or contains no total intensity.
    """
    found = _TOPIC.fullmatch(topic)
    if found is None:
        raise MessageError(Said("The topic {topic} is not one of ImagMQTT.", topic=shown(topic, 100)))
    code = found[1].upper()
    cadence_ms = 1000 if found[3] is None else int(found[3]) * _UNITS[found[4]]
    facts = _facts(code, payload)
    start_ms = _start(code, facts.get("startDate"))
    columns = {letter: _column(code, name, facts[name]) for name, letter in _NAMES.items() if name in facts}
    if not columns or len({column.size for column in columns.values()}) != 1:
        raise MessageError(Said("{code}: the arrays are missing or differ in length.", code=code))
    total = total_intensity(list(columns), columns.__getitem__)
    good = np.isfinite(total.values)
    if not good.any():
        why = next(iter(total.notes), Said("all values are missing"))
        raise MessageError(Said("{code}: no total intensity: {why}", code=code, why=why))
    time = start_ms + cadence_ms * np.flatnonzero(good)
    # F is computed from the vector (by definition of the format), so that its record continues with the modulus, not with S.
    derived = total.derived or "S" not in columns or not np.isfinite(columns["S"]).any()
    value = np.rint(total.values[good] * PER_NT).astype(np.int64)
    place = make_station(code, "", *(_number(facts.get(name)) for name in ("latitude", "longitude")))[0]
    level = int(_LEVELS[int(found[5]) - 1])
    return LiveReadings(code, cadence_ms, level, derived, time.astype(np.int64), value, place.latitude, place.longitude)


def _facts(code: str, payload: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise MessageError(Said("{code}: the message is not JSON.", code=code)) from error
    if not isinstance(facts, dict):
        raise MessageError(Said("{code}: the message is not a JSON object.", code=code))
    return facts


def _start(code: str, text: object) -> int:
    """Return "startDate" in milliseconds since 1970 UTC."""
    if not isinstance(text, str) or _START.fullmatch(text) is None:
        raise MessageError(Said("{code}: the message has no valid startDate.", code=code))
    try:
        return int(np.datetime64(text.removesuffix("Z"), "ms").astype(np.int64))
    except ValueError as error:
        raise MessageError(Said("{code}: the message has no valid startDate.", code=code)) from error


def _column(code: str, name: str, values: object) -> NDArray[np.float64]:
    usable = isinstance(values, list) and 0 < len(values) <= LONGEST
    if not usable or not all(value is None or type(value) in {int, float} for value in values):  # type: ignore[attr-defined]
        raise MessageError(Said("{code}: {name} is not an array of numbers and nulls.", code=code, name=name))
    column = np.array([math.nan if value is None else float(value) for value in values], dtype=np.float64)  # type: ignore[attr-defined]
    column[np.abs(column) >= 88_888.0] = np.nan  # the codes for missing values of older formats
    return column


def _number(value: object) -> float | None:
    return float(value) if type(value) in {int, float} else None  # type: ignore[arg-type]
