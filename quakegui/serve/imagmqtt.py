"""Messages of INTERMAGNET's ImagMQTT format.

References
----------
INTERMAGNET technical reference manual, draft of chapter 6 (branch update_s6), appendix "Intermagnet MQTT format".
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from quakegui.formats.errors import shown
from quakegui.formats.records import MISSING_CODE, STRONGEST_FIELD, WEAKEST_FIELD, make_station, total_intensity
from quakegui.project.live_rows import LiveReadings
from quakegui.project.reading_blocks import DAY_MS, PER_NT
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
    cadence_ms = 1000 if found is None or found[3] is None else int(found[3]) * _UNITS[found[4]]
    if found is None or cadence_ms > DAY_MS:
        raise MessageError(Said("The topic {topic} is not one of ImagMQTT.", topic=shown(topic, 100)))
    code = found[1].upper()
    facts = _facts(code, payload)
    start_ms = _start(code, facts.get("startDate"))
    columns = {letter: _column(code, name, facts[name]) for name, letter in _NAMES.items() if name in facts}
    if not columns or len({len(column) for column in columns.values()}) != 1:
        raise MessageError(Said("{code}: the arrays are missing or differ in length.", code=code))
    letter = next((letter for letter in "SF" if any(value is not None for value in columns.get(letter, ()))), "")
    # F is computed from the vector (by definition of the format), so that its record continues with the modulus, not with S.
    values = columns[letter] if letter else _modulus(code, columns)
    good = [at for at, value in enumerate(values) if value is not None and WEAKEST_FIELD <= value <= STRONGEST_FIELD]
    odd = [value for value in values if value is not None and not WEAKEST_FIELD <= value <= STRONGEST_FIELD]
    why = _odd(code, odd) if odd else ""
    if not good:
        raise MessageError(why or Said("{code}: all values are missing.", code=code))
    time = start_ms + cadence_ms * np.array(good, dtype=np.int64)
    value = np.rint(np.array([values[at] for at in good], dtype=np.float64) * PER_NT).astype(np.int64)
    place = {}
    if "latitude" in facts and "longitude" in facts:
        station = make_station(code, "", _number(facts["latitude"]), _number(facts["longitude"]))[0]
        place = {"latitude": station.latitude, "longitude": station.longitude}
    level = int(_LEVELS[int(found[5]) - 1])
    return LiveReadings(code, cadence_ms, level, letter != "S", time, value, note=why, **place)


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


def _column(code: str, name: str, values: object) -> list[float | None]:
    """Return an array of a message; None where missing, also for the codes of older formats."""
    usable = isinstance(values, list) and 0 < len(values) <= LONGEST
    if not usable or not all(value is None or type(value) in {int, float} for value in values):  # type: ignore[attr-defined]
        raise MessageError(Said("{code}: {name} is not an array of numbers and nulls.", code=code, name=name))
    return [value if value is not None and abs(value) < MISSING_CODE else None for value in values]  # type: ignore[attr-defined]


def _modulus(code: str, columns: dict[str, list[float | None]]) -> list[float | None]:
    """Return total intensity derived from components."""
    arrays = {letter: np.array(values, dtype=np.float64) for letter, values in columns.items()}
    total = total_intensity(list(arrays), arrays.__getitem__)
    if not np.isfinite(total.values).any():
        why = next(iter(total.notes), Said("all values are missing"))
        raise MessageError(Said("{code}: no total intensity: {why}", code=code, why=why))
    return [value if np.isfinite(value) else None for value in total.values.tolist()]


def _odd(code: str, values: list[float]) -> Said:
    return Said(
        "{code}: values such as {value:.0f} nT are refused, because they are not a total intensity.", code=code, value=values[0]
    )


def _number(value: object) -> float | None:
    return float(value) if type(value) in {int, float} and abs(value) <= 360 else None  # type: ignore[arg-type]
