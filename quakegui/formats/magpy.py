"""Some forty more observatory formats through MagPy (`geomagpy`), if the extra `magpy` is installed.

References
----------
Leonhardt, R. et al., MagPy: geomagnetic data analysis in Python, Conrad Observatory, GeoSphere Austria.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import logging
import re
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.detect import titles
from quakegui.formats.errors import FormatError
from quakegui.formats.records import MISSING_CODE, make_readings, make_station, total_intensity
from quakegui.formats.result import ReadingsFile
from quakegui.formats.source import Source
from quakegui.scratch import scratch_folder
from quakegui.season.readings import DataType
from quakegui.words import Said

NAME = "magpy"

_KEYS = ("x", "y", "z", "f", "df")
_LEVELS = {"1": DataType.VARIATION, "2": DataType.PROVISIONAL, "3": DataType.QUASI_DEFINITIVE, "4": DataType.DEFINITIVE}


def available() -> bool:
    """Return whether MagPy is installed."""
    return importlib.util.find_spec("magpy") is not None


def parse(source: Source) -> ReadingsFile:
    """Read a file that only MagPy recognises.

    Raises
    ------
    FormatError
        If MagPy is not installed, does not recognise the format, or finds no total intensity, components or station in it.
    """
    if not available():
        sentence = Said(
            'Unknown format. Known formats are {titles}; the extra "magpy" (pip install "quakegui[magpy]") adds some '
            "forty observatory formats.",
            titles=titles("readings"),
        )
        raise FormatError(sentence, file=source.name)
    stream = _read(source)
    columns = dict(zip(stream.KEYLIST, stream.ndarray, strict=False))
    header = {str(key): str(value).strip() for key, value in stream.header.items()}
    time = np.asarray(columns.get("time", ()), dtype="datetime64[ms]")
    if time.size == 0:
        raise source.fault("Unknown format; MagPy does not recognise it either.")
    letters = {letter: values for letter, values in _letters(columns, header) if values.shape == time.shape}
    code = (header.get("StationIAGAcode") or header.get("StationID") or "").upper()
    if not re.fullmatch(r"[A-Z0-9_.-]{1,16}", code):
        raise source.fault("MagPy can read the file, but the file does not name its station.")
    total = total_intensity(list(letters), letters.__getitem__)
    level = _LEVELS.get(header.get("DataPublicationLevel", ""), DataType.UNKNOWN)
    good = ~np.isnat(time)
    kept = type(total)(total.values[good] if letters else np.full(int(good.sum()), np.nan), total.derived, total.notes)
    readings, notes = make_readings(code, time[good], kept, data_type=level)
    place = [_number(header, f"Station{what}", f"DataAcquisition{what}") for what in ("Latitude", "Longitude")]
    height = _number(header, "StationElevation", "DataElevation")
    station, said = make_station(code, header.get("StationName", ""), place[0], place[1], height)
    known = Said("{code}: read by MagPy as {get}.", code=code, get=header.get("DataFormat") or Said("an unnamed format"))
    return ReadingsFile(source.name, NAME, (readings,), (station,), (known, *notes, *said))


def _read(source: Source) -> Any:
    """Return the stream that MagPy reads; MagPy accepts files only and reports on the console and in warnings."""
    talk = io.StringIO()
    logging.getLogger("magpy").setLevel(logging.CRITICAL)
    with scratch_folder() as folder, contextlib.redirect_stdout(talk), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = folder / (re.sub(r"[^\w.-]", "_", source.base)[-80:] or "file")
        path.write_bytes(source.data)
        try:
            from magpy.stream import read

            return read(str(path))
        # MagPy tries one format after the other and can raise any exception.
        except Exception as error:
            sentence = Said(
                "Unknown format; MagPy cannot read the file either ({kind}: {error}).",
                kind=type(error).__name__,
                error=error,
            )
            raise FormatError(sentence, file=source.name) from error


def _letters(columns: dict[str, Any], header: dict[str, str]) -> list[tuple[str, NDArray[np.float64]]]:
    """Return letter and values (nT, NaN where missing) of each column; x, y and z can be any component."""
    found: list[tuple[str, NDArray[np.float64]]] = []
    for key in _KEYS:
        raw = columns.get(key)
        if raw is None or len(raw) == 0:
            continue
        unit = header.get(f"unit-col-{key}", "nT") or "nT"
        letter = "G" if key == "df" else (header.get(f"col-{key}") or key)[:1].upper()
        if unit != "nT" and letter not in "DI":
            continue
        values = np.asarray(raw, dtype=np.float64)
        found.append((letter, np.where(np.abs(values) >= MISSING_CODE, np.nan, values)))
    return found


def _number(header: dict[str, str], *names: str) -> float | None:
    for name in names:
        try:
            return float(header.get(name, ""))
        except ValueError:
            continue
    return None
