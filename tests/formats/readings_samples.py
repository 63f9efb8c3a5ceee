"""Small files of readings, made by the tests themselves."""

from __future__ import annotations

import numpy as np

from quakegui.formats.source import Source

HEADER = {
    "Format": "IAGA-2002",
    "Source of Data": "A test",
    "Station Name": "Testburg",
    "IAGA CODE": "TST",
    "Geodetic Latitude": "10.500",
    "Geodetic Longitude": "250.250",
    "Elevation": "120",
    "Reported": "XYZF",
    "Sensor Orientation": "XYZF",
    "Digital Sampling": "1 second",
    "Data Interval Type": "1-minute (00:30-01:29)",
    "Data Type": "provisional",
}


def iaga(
    rows: np.ndarray,
    letters: str | list[str] = "XYZF",
    *,
    start: str = "2022-01-15T00:00",
    step_s: float = 60.0,
    code: str = "TST",
    end: str = "\n",
    **header: str,
) -> bytes:
    """Return an IAGA-2002 file of `rows` (time, column)."""
    fields = {**HEADER, "IAGA CODE": code, **{key.replace("_", " "): value for key, value in header.items()}}
    lines = [f" {key:<23}{value:<45}|" for key, value in fields.items() if value is not None]
    lines.append(" # A comment line that means nothing                                 |")
    lines.append("DATE       TIME         DOY     " + "      ".join(f"{code}{letter}" for letter in letters) + "   |")
    stamps = np.datetime64(start, "ms") + (np.arange(len(rows)) * step_s * 1000).astype("timedelta64[ms]")
    for stamp, row in zip(stamps, rows, strict=True):
        day = stamp.astype("datetime64[D]")
        number = int((day - day.astype("datetime64[Y]")).astype(int)) + 1
        lines.append(f"{str(stamp).replace('T', ' ')} {number:03d}   " + "".join(f"{value:10.2f}" for value in row))
    return (end.join(lines) + end).encode("latin-1")


def xyzf(count: int = 10) -> np.ndarray:
    """Return plausible X, Y, Z, F (time, column) with F from the components."""
    x, y, z = 30_000.0 + np.arange(count), -4_000.0 - 0.5 * np.arange(count), 35_000.0 + 0.25 * np.arange(count)
    return np.round(np.column_stack([x, y, z, np.sqrt(x**2 + y**2 + z**2)]), 2)


def wdc_line(code: str, day: str, element: str, base: int, hours: list[int], *, century: str | None = None) -> str:
    """Return one line of the WDC hourly format; the hours are tabular values."""
    year, month, date = day.split("-")
    mean = 9999 if 9999 in hours else round(sum(hours) / len(hours))
    digits = year[:2] if century is None else century
    return f"{code}{year[2:]}{month}{element}{date}    {digits}{base:4d}" + "".join(f"{hour:4d}" for hour in [*hours, mean])


def wdc(lines: list[str], **siblings: str) -> Source:
    """Return WDC lines as a source, with other files beside it."""
    beside = {name.replace("_", "."): text.encode() for name, text in siblings.items()}
    return Source("tst2005.wdc", ("\r\n".join(lines) + "\r\n").encode(), lambda name: beside.get(name.lower()))


ACK = "Testburg:\n\nIAGA Code: TST  lat: -12.5  long: 200.25\n\nDear Colleague,\n"
