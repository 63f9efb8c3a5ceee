"""Conversion of the columns of a file to readings: total intensity, order, sampling interval, and the notes on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quakegui.formats.errors import shown
from quakegui.season.localtime import FIRST_DAY, LAST_DAY
from quakegui.season.network import Station
from quakegui.season.readings import TIME_DTYPE, DataType, Readings
from quakegui.words import Said

WEAKEST_FIELD, STRONGEST_FIELD = 20_000.0, 80_000.0
"""Possible total intensity on the ground in nT: the main field is 22,000 to 67,000, the rest allows for rocks and storms."""
LARGEST_DELTA = 3_000.0
"""Size in nT up to which a column named F is taken as the difference of two instruments, not as total intensity."""
MISSING_CODE = 88_888.0
"""Values from here on are missing-value codes: 88888 not recorded by the station, 99999 missing."""
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
EARLIEST, LATEST = FIRST_DAY.astype("datetime64[ms]"), (LAST_DAY + 1).astype("datetime64[ms]")

Column = Callable[[str], NDArray[np.float64]]
Stamp = Literal["auto", "start", "centre", "end"]


@dataclass(frozen=True, slots=True)
class Total:
    """Total intensity as given in a file.

    Attributes
    ----------
    values
        nT, shape (time,), NaN where missing.
    derived
        Whether it was computed from components.
    notes
        Sentences without the station code.
    """

    values: NDArray[np.float64]
    derived: bool
    notes: tuple[str, ...] = ()


LONGEST_NAME = 200
"""Maximum length of the name of a station or the place of an earthquake, in characters."""


def total_intensity(letters: Sequence[str], column: Column) -> Total:
    """Return total intensity from the columns of a file: as recorded if there is any, otherwise derived from components.

    Recorded and derived values of one file are never mixed: a scalar magnetometer and the modulus of a vector differ by a few
    nT, and the change from one to the other would look like an anomaly.

    Parameters
    ----------
    letters
        Letters of the columns present. F and S are total intensity, G is F(vector) - F(scalar) (INTERMAGNET technical manual,
        ImagCDF, element codes), the rest are components.
    column
        Function that returns the values of a letter in nT, shape (time,), NaN where missing. Called only for needed columns.
    """
    notes: list[str] = []
    scalar = next((letter for letter in ("S", "F") if letter in letters and _any(column(letter))), None)
    vector, names = _vector(letters, column) if scalar is None else (None, "")
    if scalar is not None:
        recorded = column(scalar)
        middle = float(np.nanmedian(np.abs(recorded)))
        if WEAKEST_FIELD <= middle <= STRONGEST_FIELD:
            return _sensible(recorded, derived=False)
        vector, names = _vector(letters, column)
        if middle > LARGEST_DELTA or vector is None:
            return Total(np.full(recorded.shape, np.nan), False, (_not_a_field(scalar, middle),))
        notes.append(
            Said(
                "column {scalar} has values around {middle:.0f} nT; it is a difference, not the field, and was not used.",
                scalar=scalar,
                middle=middle,
            )
        )
    if "G" in letters and scalar is None and _any(column("G")):
        from_delta = _from_delta(column("G"), vector, names)
        if from_delta is not None:
            return from_delta
    if vector is None or not _any(vector):
        size = column(letters[0]).shape if letters else (0,)
        return Total(np.full(size, np.nan), False, (*notes, _nothing(letters, column)))
    middle = float(np.nanmedian(vector))
    if not WEAKEST_FIELD <= middle <= STRONGEST_FIELD:
        reason = Said(
            "{names} are variations, not absolute values: they would give F = {middle:.0f} nT, so F was not derived.",
            names=names,
            middle=middle,
        )
        return Total(np.full(vector.shape, np.nan), False, (*notes, Said("F was not recorded, and {reason}", reason=reason)))
    derived = _sensible(vector, derived=True)
    return Total(
        derived.values, True, (*notes, Said("F was not recorded; it was derived from {names}.", names=names), *derived.notes)
    )


def make_readings(
    station: str,
    time: NDArray[np.datetime64],
    total: Total,
    *,
    data_type: DataType = DataType.UNKNOWN,
    cadence_s: float | None = None,
    stamp: Stamp = "auto",
) -> tuple[Readings, tuple[str, ...]]:
    """Return readings in order of time, and notes (beginning with the station code) on the corrections.

    Parameters
    ----------
    station
        Station code.
    time
        UTC timestamps as in the file, shape (time,), in any order.
    total
        Values and their notes, shape (time,).
    data_type
        Publication state of the data.
    cadence_s
        Sampling interval in seconds if the file states it and its timestamps cannot show it (a single row); 60 if unknown.
    stamp
        Part of the sampling interval that a timestamp marks. "auto": the centre, but the start for hourly and daily means on
        the full hour or day.
    """
    time = np.asarray(time, dtype=TIME_DTYPE)
    time, values, notes = _in_order(time, total.values)
    notes = [*total.notes, *notes]
    step, shift, why = _cadence(time, cadence_s, stamp)
    notes += why
    time = time + shift
    good = np.isfinite(values)
    times = 1
    if 0 < int(good.sum()) < good.size:
        times = _subgrid(time[good], step)
        if times > 1:
            notes.append(
                Said(
                    "F has a value at only one timestamp in {times}; it was read with a sampling interval of {times2:g} s.",
                    times=times,
                    times2=times * step / 1000,
                )
            )
            step *= times
    if good.any():
        notes += _gaps(time, good, step)
    missing = time[~good & _between(good)] if times == 1 else time[:0]
    readings = Readings(station, time[good], values[good], step / 1000.0, data_type, total.derived, missing)
    return readings, tuple(Said("{station}: {note}", station=station, note=note) for note in notes)


def _between(good: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the range from the first to the last True as a mask, shape (time,)."""
    found: NDArray[np.bool_] = np.logical_or.accumulate(good) & np.logical_or.accumulate(good[::-1])[::-1]
    return found


def make_station(
    code: str, name: str, latitude: float | None, longitude: float | None, elevation: float | None = None
) -> tuple[Station, tuple[str, ...]]:
    """Return a station, and notes (beginning with its code) if it has no usable coordinates.

    99999, impossible values and the pair (0, 0) are not coordinates.

    Parameters
    ----------
    code, name
        Station code, and full name or ""; a long name is shortened.
    latitude, longitude
        Degrees north and east, None or NaN if unknown; of longitudes above 180, 360 is subtracted.
    elevation
        Metres above sea level; None, or an impossible value, if unknown.
    """
    height = elevation if elevation is not None and np.isfinite(elevation) and -500 <= elevation < 9000 else None
    name = shown(name, LONGEST_NAME).strip()
    if latitude is None or longitude is None or not np.isfinite([latitude, longitude]).all():
        return Station(code, name, None, None, height), (
            Said("{code}: no coordinates are given; the station is not shown on the map.", code=code),
        )
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 360) or (latitude == 0 and longitude == 0):
        note = Said(
            "{code}: the coordinates {latitude:.10g}, {longitude:.10g} are not a valid latitude and longitude; the "
            "station is not shown on the map. Enter its coordinates by hand.",
            code=code,
            latitude=latitude,
            longitude=longitude,
        )
        return Station(code, name, None, None, height), (note,)
    if longitude > 180:
        longitude = round(longitude - 360.0, 9)
    return Station(code, name, float(latitude), float(longitude), height), ()


def data_type(text: str) -> tuple[DataType, tuple[str, ...]]:
    """Return the publication state named in a header, and a note if it is not recognised."""
    word = text.strip().lower().replace("_", "-")
    if not word:
        return DataType.UNKNOWN, ()
    for kind, beginnings in _DATA_TYPES:
        if any(word == start if len(start) == 1 else word.startswith(start) for start in beginnings):
            return kind, ()
    return DataType.UNKNOWN, (
        Said('unknown data type "{text}"; where files overlap, other files take precedence.', text=text.strip()[:40]),
    )


_DATA_TYPES = (
    (DataType.QUASI_DEFINITIVE, ("quasi", "q")),
    (DataType.DEFINITIVE, ("definitive", "final", "d")),
    (DataType.PROVISIONAL, ("provisional", "adjusted", "p", "a")),
    (DataType.VARIATION, ("variation", "variometer", "reported", "preliminary", "raw", "v", "r")),
)

_VECTORS = (("X", "Y", "Z"), ("H", "Z"), ("U", "V", "W"))


def _any(values: NDArray[np.float64]) -> bool:
    return bool(np.isfinite(values).any())


def _vector(letters: Sequence[str], column: Column) -> tuple[NDArray[np.float64] | None, str]:
    """Return the modulus of the first complete set of components, and their names.

    H with E is the horizontal plane of the sensor, both in nT; with D, H is the full horizontal intensity and D is not needed.
    """
    for wanted in _VECTORS:
        if not all(letter in letters for letter in wanted):
            continue
        used = ("H", "E", "Z") if wanted == ("H", "Z") and "E" in letters else wanted
        parts = [column(letter) for letter in used]
        squares: NDArray[np.float64] = sum((part * part for part in parts[1:]), parts[0] * parts[0])
        if _any(squares):
            return np.sqrt(squares), ", ".join(used)
    return None, ""


def _from_delta(delta: NDArray[np.float64], vector: NDArray[np.float64] | None, names: str) -> Total | None:
    """Return the scalar record from G = F(vector) - F(scalar), which is -F(scalar) where the vector is missing."""
    whole = np.where(delta < -WEAKEST_FIELD, -delta, np.nan)
    if vector is not None:
        whole = np.where(np.isfinite(whole), whole, vector - delta)
    if not _any(whole) or not WEAKEST_FIELD <= float(np.nanmedian(whole)) <= STRONGEST_FIELD:
        return None
    total = _sensible(whole, derived=False)
    source = f"{names} and G" if names else "G"
    return Total(
        total.values,
        False,
        (Said("recorded F was restored from {source} (F of the vector minus delta F).", source=source), *total.notes),
    )


_HOURLY = Said("the hourly means have timestamps at the start of their interval; the timestamps were moved to its centre.")
_DAILY = Said("the daily means have timestamps at the start of their interval; the timestamps were moved to its centre.")


def _sensible(values: NDArray[np.float64], *, derived: bool) -> Total:
    """Remove values that are impossible on the ground, and note their number."""
    odd = np.isfinite(values) & ~((values >= WEAKEST_FIELD) & (values <= STRONGEST_FIELD))
    count = int(odd.sum())
    if count == 0:
        return Total(values, derived)
    note = Said(
        "F values outside {weakest_field:,.0f} to {strongest_field:,.0f} nT removed: {count}.",
        count=count,
        weakest_field=WEAKEST_FIELD,
        strongest_field=STRONGEST_FIELD,
    )
    return Total(np.where(odd, np.nan, values), derived, (note,))


def _not_a_field(letter: str, middle: float) -> str:
    return Said(
        "column {letter} has values around {middle:.4g} nT, which are not a total intensity; it was not read.",
        letter=letter,
        middle=middle,
    )


def _nothing(letters: Sequence[str], column: Column) -> str:
    have = [letter for letter in letters if _any(column(letter))]
    if not have:
        return Said(
            "all values of {letters} are missing; there are no readings.", letters=", ".join(letters) or Said("the file")
        )
    return Said(
        "neither F nor a complete set of components was recorded, only {have}; there are no readings.", have=", ".join(have)
    )


def _in_order(
    time: NDArray[np.datetime64], values: NDArray[np.float64]
) -> tuple[NDArray[np.datetime64], NDArray[np.float64], list[str]]:
    if time.size < 2 or bool((time[1:] > time[:-1]).all()):
        return time, values, []
    notes: list[str] = []
    backwards = int((time[1:] < time[:-1]).sum())
    # A missing value never hides a recorded one with the same timestamp; of recorded ones, the first is kept.
    order = np.lexsort((np.isnan(values), time))
    time, values = time[order], values[order]
    first = np.concatenate([[True], time[1:] > time[:-1]])
    twice = int((~first).sum())
    if backwards:
        notes.append(
            Said("the lines of the file were out of order and were sorted (places: {backwards}).", backwards=backwards)
        )
    if twice:
        notes.append(Said("duplicate timestamps removed: {twice}; the first value of each was kept.", twice=twice))
    return time[first], values[first], notes


def _cadence(time: NDArray[np.datetime64], given_s: float | None, stamp: Stamp) -> tuple[int, np.timedelta64, list[str]]:
    """Return the step in ms, the shift of the timestamps to the centres of their intervals, and notes."""
    none = np.timedelta64(0, "ms")
    if time.size < 2:
        if given_s is not None and given_s > 0:
            return max(1, round(given_s * 1000)), none, []
        return 60_000, none, [Said("the file has a single line; a sampling interval of 60 s was assumed.")] if time.size else []
    steps = np.diff(time).astype(np.int64)
    step = max(1, int(np.median(steps)))
    if stamp != "auto":
        return step, np.timedelta64({"start": step // 2, "centre": 0, "end": -(step // 2)}[stamp], "ms"), []
    for interval, note in ((HOUR_MS, _HOURLY), (DAY_MS, _DAILY)):
        if step == interval and not (time.astype(np.int64) % interval).any():
            return step, np.timedelta64(interval // 2, "ms"), [note]
    return step, none, []


def _subgrid(time: NDArray[np.datetime64], step: int) -> int:
    """Return the number of steps between recorded values if these are on a coarser grid, otherwise 1."""
    if time.size < 10:
        return 1
    steps = np.diff(time).astype(np.int64)
    if (steps % step).any():
        return 1
    return int(np.gcd.reduce(steps // step))


def _gaps(time: NDArray[np.datetime64], good: NDArray[np.bool_], step: int) -> list[str]:
    """Return a note on the number of missing readings between the first and last timestamp, and on the longest gap."""
    expected = int((time[-1] - time[0]).astype(np.int64)) // step + 1
    missing = expected - int(good.sum())
    if missing <= 0:
        return []
    pace = np.timedelta64(step, "ms")
    edges = np.concatenate([[time[0] - pace], time[good], [time[-1] + pace]])
    longest = int(np.argmax(np.diff(edges)))
    start, end = _minute(edges[longest] + pace), _minute(edges[longest + 1] - pace)
    return [
        Said(
            "F is missing at {missing} of {expected} times; the longest gap is from {start} to {end} UTC.",
            missing=missing,
            expected=expected,
            start=start,
            end=end,
        )
    ]


def _minute(instant: np.datetime64) -> str:
    return str(instant.astype("datetime64[s]")).replace("T", " ")
