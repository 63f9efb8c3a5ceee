"""HAPI, the common interface of data in heliophysics: the columns of a data set, and its csv as a table that import reads.

References
----------
HAPI Data Access Specification 2.1 and 3.1.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np

from quakegui.formats.errors import shown
from quakegui.season.json_values import parse_json
from quakegui.serve.web.http import Answer, FetchError
from quakegui.words import Said

TYPES: Final = ("text/", "application/json", "application/csv", "application/octet-stream")
_PERIOD: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII)
_SCALAR: Final = re.compile(r"f|.*(?:magnitude|scalar|total|intensity).*", re.IGNORECASE)
_NO_DATA: Final = 1201
"""Status of an answer without data."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """What a data set contains of total intensity.

    Attributes
    ----------
    width
        Number of values in a row, the time included.
    first
        Position of the first value to read.
    columns
        Headings of the values to read; they are side by side.
    fills
        The missing-value code of each of them, as printed; "" for none.
    cadence_s
        The sampling interval in seconds; None if it is not stated.
    """

    width: int
    first: int
    columns: tuple[str, ...]
    fills: tuple[str, ...]
    cadence_s: float | None


def info_url(url: str, dataset: str) -> str:
    """Return the question what a data set contains.

    Parameters
    ----------
    url
        Address of the server, without a slash at the end.
    dataset
        Name of the data set, with the station code in it.
    """
    return f"{url}/info?{urlencode({'id': dataset}, safe='/')}"


def data_url(url: str, dataset: str, day: np.datetime64) -> str:
    """Return the question for the data of a UTC day.

    Parameters
    ----------
    url
        Address of the server, without a slash at the end.
    dataset
        Name of the data set, with the station code in it.
    day
        The day, datetime64[D].
    """
    times = {"time.min": f"{day}T00:00:00Z", "time.max": f"{day + 1}T00:00:00Z"}
    return f"{url}/data?{urlencode({'id': dataset, **times, 'format': 'csv'}, safe='/:')}"


def data_set(answer: Answer, dataset: str) -> DataSet:
    """Return what a data set contains, from the answer of a server.

    Parameters
    ----------
    answer
        The answer to `info_url`, in JSON.
    dataset
        Its name; "xyz" in it, or in that of a parameter, means that three values are X, Y and Z.

    Raises
    ------
    FetchError
        If the answer is not such a description, or the data set has no total intensity and no X, Y and Z in nT.
    """
    facts = _facts(answer, dataset)
    try:
        rows = [(str(row["name"]), row.get("size"), row.get("units"), row.get("fill")) for row in facts["parameters"]]
        sizes = [math.prod(int(each) for each in size or ()) for _, size, _, _ in rows]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(dataset) from error
    number, columns = _total_intensity(rows, dataset)
    fill = rows[number][3]
    fills = tuple(str(each) if each is not None else "" for each in (fill if isinstance(fill, list) else [fill] * len(columns)))
    if len(fills) != len(columns) or min(sizes) < 1:
        raise _unreadable(dataset)
    return DataSet(sum(sizes), sum(sizes[:number]), columns, fills, seconds_of(str(facts.get("cadence") or "")))


def _total_intensity(rows: list[tuple[str, Any, Any, Any]], dataset: str) -> tuple[int, tuple[str, ...]]:
    """Return the number of the parameter that contains F, or X, Y and Z, and the headings of its values."""
    in_nt = [
        (number, name, size)
        for number, (name, size, units, _) in enumerate(rows)
        if number and all(unit == "nT" for unit in (units if isinstance(units, list) else [units]))
    ]
    for number, name, size in in_nt:
        if not size and _SCALAR.fullmatch(name):
            return number, ("F (nT)",)
    for number, name, size in in_nt:
        if size == [3] and "xyz" in f"{dataset} {name}".lower():
            return number, ("X (nT)", "Y (nT)", "Z (nT)")
    raise FetchError(Said("The data set {dataset} has no total intensity and no X, Y and Z in nT.", dataset=dataset))


def seconds_of(period: str) -> float | None:
    """Return the seconds of an ISO 8601 duration such as "PT1M", or None if it is none or empty."""
    match = _PERIOD.fullmatch(period)
    if match is None:
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return days * 86_400 + hours * 3600 + minutes * 60 + seconds or None


def table_of(answer: Answer, found: DataSet, code: str, day: np.datetime64) -> tuple[bytes, int]:
    """Return the csv of an answer as a table with headings and empty cells for missing values, and the number of its rows.

    Parameters
    ----------
    answer
        The answer of a server.
    found
        The data set.
    code
        Station code, the heading of total intensity.
    day
        The UTC day.

    Raises
    ------
    FetchError
        If the answer is not complete rows of this day.
    """
    text = answer.body.decode("utf-8", "replace")
    if not text.strip():
        return b"", 0
    if text.lstrip().startswith("{"):
        status = _status(text)
        if status.get("code") == _NO_DATA:
            return b"", 0
        raise FetchError(_refusal(status))
    if not text.endswith("\n"):
        raise FetchError(cut_off(code, day))
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    headings = (f"{code} (nT)",) if len(found.columns) == 1 else found.columns
    writer.writerow(("Time (UTC)", *headings))
    count, fills = 0, [_number(fill) for fill in found.fills]
    beginnings = (f"{day}T", _ordinal(day))
    for row in csv.reader(io.StringIO(text)):
        if not row or row[0].startswith("#"):
            continue
        if len(row) != found.width or not row[0].startswith(beginnings):
            line = shown(",".join(row), 80)
            raise FetchError(
                Said("The data of {station} on {day} contain an unexpected line: {line}", station=code, day=day, line=line)
            )
        time = row[0] if row[0].startswith(beginnings[0]) else row[0].replace(beginnings[1], beginnings[0], 1)
        cells = row[found.first : found.first + len(fills)]
        writer.writerow((time, *("" if _number(cell) == fill else cell for cell, fill in zip(cells, fills, strict=True))))
        count += 1
    return out.getvalue().encode(), count


def cut_off(code: str, day: np.datetime64) -> Said:
    """Return the sentence on an answer that ends within a line.

    Parameters
    ----------
    code, day
        Station code and UTC day that the question was about.
    """
    return Said("The data of {station} on {day} are truncated; nothing was saved.", station=code, day=day)


def _facts(answer: Answer, dataset: str) -> Mapping[str, Any]:
    try:
        facts = parse_json(answer.body.decode("utf-8", "replace"))
    except ValueError as error:
        raise _unreadable(dataset) from error
    if not isinstance(facts, dict):
        raise _unreadable(dataset)
    return facts


def _status(text: str) -> Mapping[str, Any]:
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    status = facts.get("status") if isinstance(facts, dict) else None
    return status if isinstance(status, dict) else {}


def _refusal(status: Mapping[str, Any]) -> Said:
    text = shown(f"{status.get('code', '')} {status.get('message', '')}".strip(), 200)
    return Said("The server sent a message instead of data: {text}", text=text or "?")


def _unreadable(dataset: str) -> FetchError:
    return FetchError(Said("The server's description of the data set {dataset} is not readable.", dataset=dataset))


def _ordinal(day: np.datetime64) -> str:
    """Return the beginning of the times of a day, written as year and day of the year."""
    number = int((day - day.astype("datetime64[Y]").astype("datetime64[D]")).astype(int)) + 1
    return f"{str(day)[:4]}-{number:03d}T"


def _number(text: str) -> float | str:
    try:
        value = float(text)
    except ValueError:
        return text.strip()
    return "nan" if value != value else value  # noqa: PLR0124 - NaN is the one value that differs from itself
