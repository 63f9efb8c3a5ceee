"""CDF files: ImagCDF of INTERMAGNET, and simple files of scalar magnetometers, in any of the CDF epoch encodings.

References
----------
INTERMAGNET Technical Note 8, ImagCDF 1.2. NASA Space Physics Data Facility, CDF Internal Format Description 3.9.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.bounds import LARGEST_FILE
from quakegui.formats.errors import FormatError
from quakegui.formats.hints import NO_HINTS, Hints
from quakegui.formats.issued import issue_date
from quakegui.formats.records import EARLIEST, LATEST, MISSING_CODE, Total, make_readings, make_station, total_intensity
from quakegui.formats.result import ReadingsFile
from quakegui.formats.source import Source
from quakegui.season.readings import DataType
from quakegui.strangers import HIGHEST_RATIO, SMALL
from quakegui.words import Said

if TYPE_CHECKING:
    from quakegui.formats.cdfbytes import Reader

NAME = "cdf"
_MAGIC = (b"\xcd\xf3\x00\x01", b"\xcd\xf2\x60\x02")
_PLAIN, _PACKED = b"\x00\x00\xff\xff", b"\xcc\xcc\x00\x01"
_MOST_DIMENSIONS = 10
_EPOCH, _EPOCH16, _TT2000 = 31, 32, 33
_UNIX_EPOCH_MS = 62_167_219_200_000
"""1970-01-01 in CDF_EPOCH, ms since the year 0."""
_LEVELS = {"1": DataType.VARIATION, "2": DataType.PROVISIONAL, "3": DataType.QUASI_DEFINITIVE, "4": DataType.DEFINITIVE}
_ELEMENT = re.compile(r"GeomagneticField(?:Element)?_?([A-Z])", re.IGNORECASE)
_LETTERS = "FSGXYZHDEIUVW"


def looks_like(source: Source) -> bool:
    """Return whether the first bytes are those of a CDF file."""
    return source.data[:4] in _MAGIC


def parse(source: Source, hints: Hints = NO_HINTS) -> ReadingsFile:
    """Read the total intensity of a CDF file.

    In ImagCDF, S is the total intensity of the scalar instrument and F is calculated from the components.

    Parameters
    ----------
    source
        The file.
    hints
        Not used: the format states all that hints could.

    Raises
    ------
    FormatError
        If the file is damaged, or has no variable that gives total intensity, or no time.
    """
    from quakegui.formats.cdfbytes import Reader  # loads cdflib, which other formats do not need

    try:
        with Reader(_unpacked(source)) as cdf:
            return _parse(source, cdf)
    except FormatError:
        raise
    # cdflib follows offsets in a damaged file anywhere and can raise any exception.
    except Exception as error:
        raise source.fault(
            "The CDF file is damaged or truncated ({kind}: {error}).", kind=type(error).__name__, error=error
        ) from error


def _parse(source: Source, cdf: Reader) -> ReadingsFile:
    stated = {key: value[0] for key, value in cdf.globalattsget().items() if len(value)}
    attributes = {key: str(value).strip() for key, value in stated.items()}
    info = cdf.cdf_info()
    names = [*info.zVariables, *info.rVariables]
    official = attributes.get("FormatDescription", "").lower().startswith("intermagnet")
    elements = _elements(cdf, names)
    if not elements:
        sentence = Said(
            "The CDF file has no variable for total intensity or its components; its variables are {names}.",
            names=", ".join(names)[:200],
        )
        raise FormatError(sentence, file=source.name)
    code = (attributes.get("IagaCode") or attributes.get("StationIAGAcode") or attributes.get("StationID") or "").upper()
    if not re.fullmatch(r"[A-Z0-9_.-]{1,16}", code):
        raise source.fault("The CDF file does not name its station (IagaCode, StationIAGAcode, StationID).")
    time, total, notes = _total(source, cdf, names, elements, official)
    level = _LEVELS.get(attributes.get("PublicationLevel", attributes.get("DataPublicationLevel", "")), DataType.UNKNOWN)
    good = ~np.isnat(time)
    if not good.all():
        notes.append(Said("Records without a time skipped: {sum}.", sum=int((~good).sum())))
    readings, said = make_readings(code, time[good], Total(total.values[good], total.derived, total.notes), data_type=level)
    station, said_station = make_station(
        code,
        attributes.get("ObservatoryName") or attributes.get("StationName") or "",
        _number(attributes, "Latitude", "StationLatitude", "DataAcquisitionLatitude"),
        _number(attributes, "Longitude", "StationLongitude", "DataAcquisitionLongitude"),
        _number(attributes, "Elevation", "StationElevation", "DataElevation"),
    )
    pier = attributes.get("DataDeltaValues", "")
    if pier and attributes.get("DataDeltaValuesApplied", "") not in ("1", "True"):
        notes.append(Said("the stated differences to the reference pier ({pier}) were not applied.", pier=pier[:60]))
    said = (*(Said("{code}: {note}", code=code, note=note) for note in notes), *said, *said_station)
    issued = _issued(stated.get("PublicationDate", stated.get("DataPublicationDate")))
    return ReadingsFile(source.name, NAME, (readings,), (station,), said, issued)


def _issued(stated: object) -> np.datetime64 | None:
    """Return the date of issue: ImagCDF stores it as one of the CDF time types, other writers as text."""
    if isinstance(stated, str):
        return issue_date(stated)
    kinds: dict[type, int] = {np.float64: _EPOCH, np.complex128: _EPOCH16, np.int64: _TT2000}
    if type(stated) not in kinds:
        return None
    date: np.datetime64 = _instants(np.array([stated]), kinds[type(stated)])[0]
    return date if EARLIEST <= date < LATEST else None


def _elements(cdf: Reader, names: list[str]) -> dict[str, str]:
    """Return the variable of each component, by letter."""
    found: dict[str, str] = {}
    for name in names:
        match = _ELEMENT.fullmatch(name)
        if match:
            found.setdefault(match.group(1).upper(), name)
    if found:
        return found
    for name in names:
        if len(name) > 8 or cdf.varinq(name).Data_Type in (_EPOCH, _EPOCH16, _TT2000, 51, 52):
            continue
        attributes = cdf.varattsget(name)
        label = str(attributes.get("LABLAXIS") or attributes.get("name") or name).strip()
        letter = label[:1].upper()
        unit = str(attributes.get("UNITS") or attributes.get("units") or "nT").strip()
        if letter in _LETTERS and len(label) <= 2 and len(name) <= 2 and unit.lower() == "nt":
            found.setdefault(letter, name)
    return found


def _total(
    source: Source, cdf: Reader, names: list[str], elements: Mapping[str, str], official: bool
) -> tuple[NDArray[np.datetime64], Total, list[str]]:
    """Return times, total intensity and notes; the scalar instrument may have its own times, so it is tried first."""
    leads = [*(letter for letter in "SF" if letter in elements), *(letter for letter in elements if letter not in "SF")]
    fault = ""
    found: tuple[NDArray[np.datetime64], Total, list[str]] | None = None
    for lead in leads:
        time_name = _time_name(cdf, names, elements[lead])
        if time_name is None:
            fault = Said("The CDF file has no time variable.")
            continue
        count = cdf.varinq(time_name).Last_Rec
        columns = {letter: _values(cdf, name) for letter, name in elements.items() if cdf.varinq(name).Last_Rec == count}
        if lead not in columns:
            fault = Said("The CDF file has different numbers of values and times.")
            continue
        total = total_intensity(list(columns), columns.__getitem__)
        notes = []
        if official and not total.derived and "S" not in columns and "G" not in columns and np.isfinite(total.values).any():
            notes.append("no scalar instrument is in the file; its F is calculated from the components.")
            total = Total(total.values, True, total.notes)
        found = _times(cdf, time_name), total, notes
        if np.isfinite(total.values).any():
            break
    if found is None:
        raise FormatError(fault, file=source.name)
    return found


def _values(cdf: Reader, name: str) -> NDArray[np.float64]:
    """Return the values of a variable, shape (time,), NaN for fill values and missing-value codes."""
    values = np.asarray(cdf.whole(name), dtype=np.float64).ravel()
    attributes = cdf.varattsget(name)
    fill = attributes.get("FILLVAL")
    bad = ~np.isfinite(values) | (np.abs(values) >= MISSING_CODE)
    if isinstance(fill, (int, float, np.number)):
        bad |= values == float(fill)
    return np.where(bad, np.nan, values)


def _time_name(cdf: Reader, names: list[str], variable: str) -> str | None:
    """Return the name of the variable with the times of `variable`, or None."""
    stated = str(cdf.varattsget(variable).get("DEPEND_0", "")).strip()
    scalar = variable.upper().endswith(("S", "F"))
    usual = ("GeomagneticScalarTimes" if scalar else "GeomagneticVectorTimes", "DataTimes", "GeomagneticVectorTimes", "Epoch")
    for name in (stated, *usual):
        if name in names:
            return name
    return next((name for name in names if cdf.varinq(name).Data_Type in (_EPOCH, _EPOCH16, _TT2000)), None)


def _times(cdf: Reader, name: str) -> NDArray[np.datetime64]:
    """Return UTC times, shape (time,), rounded to the millisecond, NaT for records without a time."""
    kind = cdf.varinq(name).Data_Type
    if kind not in (_EPOCH, _EPOCH16, _TT2000):
        raise ValueError(Said("the times in {name} have the unknown type {kind}", name=name, kind=kind))
    return _instants(np.atleast_1d(cdf.whole(name)), kind)


def _instants(raw: NDArray[Any], kind: int) -> NDArray[np.datetime64]:
    """Return UTC times from one of the three CDF time types, as `_times` does."""
    if kind == _EPOCH16:
        # Seconds and picoseconds since the year 0, as one complex number.
        raw, kind = raw.real * 1000.0 + raw.imag * 1e-9, _EPOCH
    if kind == _EPOCH:
        return _from_epoch(raw)
    from cdflib import cdfepoch

    exact = np.asarray(cdfepoch.to_datetime(raw))
    return (exact + np.timedelta64(500_000, "ns")).astype("datetime64[ms]")


def _from_epoch(raw: NDArray[np.float64]) -> NDArray[np.datetime64]:
    """Convert CDF_EPOCH, milliseconds since the year 0."""
    known = np.isfinite(raw) & (raw > 0) & (raw < 1e14)
    ms = np.round(np.where(known, raw, 0.0) - _UNIX_EPOCH_MS).astype(np.int64).astype("datetime64[ms]")
    return np.where(known, ms, np.datetime64("NaT"))


def _number(attributes: Mapping[str, str], *names: str) -> float | None:
    for name in names:
        try:
            value = float(attributes.get(name, ""))
        except ValueError:
            continue
        return None if value >= MISSING_CODE and "Elevation" in name else value
    return None


def _unpacked(source: Source) -> bytes:
    """Undo whole-file compression, in memory and within limits."""
    data = source.data
    if data[4:8] != _PACKED:
        _check_structure(source.name, data)
        return data
    wide = data[:4] == _MAGIC[0]
    start = 8 + (32 if wide else 20)
    limit = min(LARGEST_FILE, max(SMALL, int(HIGHEST_RATIO * len(data))))
    unpacker = zlib.decompressobj(wbits=47)
    body = unpacker.decompress(data[start:], limit)
    if unpacker.unconsumed_tail:
        raise source.fault("The CDF file expands to more than {limit:,} bytes; it was not read.", limit=limit)
    whole = data[:4] + _PLAIN + body
    _check_structure(source.name, whole)
    return whole


def _check_structure(name: str, data: bytes) -> None:
    """Raise FormatError for counts that no valid file has: the CDF library would loop over them for hours."""
    wide = data[:4] == _MAGIC[0]
    size = 8 if wide else 4

    def number(at: int, length: int) -> int:
        if not 0 <= at <= len(data) - length:
            raise FormatError(Said("The CDF file is damaged or truncated (an offset points outside it)."), file=name)
        return int.from_bytes(data[at : at + length], "big")

    gdr = number(8 + size + 4, size)
    heads = (number(gdr + size + 4, size), number(gdr + 2 * size + 4, size))
    counts_at = gdr + size + 4 + 4 * size
    if number(counts_at - size, size) > len(data):
        raise FormatError(Said("The CDF file is truncated: it is shorter than its header states."), file=name)
    r_variables, attributes, r_dimensions, z_variables = (number(counts_at + at, 4) for at in (0, 4, 12, 16))
    possible = r_variables <= 10_000 and z_variables <= 10_000 and attributes <= 10_000 and r_dimensions <= _MOST_DIMENSIONS
    record = heads[1]
    dimensions_at = 340 if wide else 128
    for _ in range(z_variables if possible else 0):
        possible = possible and number(record + dimensions_at, 4) <= _MOST_DIMENSIONS
        record = number(record + size + 4, size)
    if not possible:
        raise FormatError(
            Said("The CDF file is damaged (it declares more variables or dimensions than CDF allows)."), file=name
        )
