"""A corpus as NetCDF files for other tools: station values, earthquakes, and labels of the rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quakegui.season.events import Event
from quakegui.simulate.corpus import SimulatedSeason

MARK = "SYNTHETIC: invented readings; nothing in this file was measured"
EPOCH = np.datetime64("1970-01-01T00:00:00", "ms")


def write_netcdf(path: Path, seasons: Sequence[SimulatedSeason]) -> None:
    """Write seasons of one plan as a NetCDF-3 file with 64-bit offsets.

    Dimensions are season, day, station and event. Seasons with fewer stations or events are padded with NaN; labels of days in
    the warm-up are -1. `z` and `anomaly_nt` are those of the pipeline, `kp` is the maximum of the night. Times of events are
    seconds since 1970 UTC, days are local dates as days since 1970-01-01.

    Parameters
    ----------
    path
        The new file; it is complete or not created.
    seasons
        One or more, of the same number of days.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    stations = max(len(each.season.network.stations) for each in seasons)
    events = max(len(each.events) for each in seasons)
    sizes = {"season": len(seasons), "day": seasons[0].season.all_days.size, "station": stations, "event": events}
    part = path.with_name(path.name + ".part")
    try:
        _write(part, seasons, sizes)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _write(path: Path, seasons: Sequence[SimulatedSeason], sizes: Mapping[str, int]) -> None:
    from scipy.io import netcdf_file  # see `layouts`

    file: Any
    with netcdf_file(path, "w", version=2) as file:
        file.title, file.Conventions = MARK, "CF-1.8"
        for name, size in sizes.items():
            file.createDimension(name, size)
        day = _Variable("i", ("day",), "days since 1970-01-01", lambda each: each.season.all_days.astype(np.int64))
        _put(file, "day", day, day.of(seasons[0]))
        for name, variable in _VARIABLES.items():
            shape = tuple(sizes[dimension] for dimension in variable.dimensions)
            values = np.full(shape, np.nan if variable.kind in "fd" else -1.0)
            for number, each in enumerate(seasons):
                found = np.asarray(variable.of(each), dtype=np.float64)
                filled: tuple[int | slice, ...] = (number, *map(slice, found.shape))
                values[filled] = found
            _put(file, name, variable, values)


class _Variable(NamedTuple):
    kind: str
    dimensions: tuple[str, ...]
    unit: str
    of: Callable[[SimulatedSeason], Any]


def _put(file: Any, name: str, variable: _Variable, values: NDArray[Any]) -> None:
    stored = file.createVariable(name, variable.kind, variable.dimensions)
    stored[:] = values.astype(stored.data.dtype)
    stored.units = variable.unit


def _over_all_days(each: SimulatedSeason, classes: NDArray[Any]) -> NDArray[np.float64]:
    found = np.full(each.season.all_days.size, -1.0)
    found[each.season.shown] = classes
    return found


def _seconds(event: Event) -> float:
    return float((event.time - EPOCH) / np.timedelta64(1, "s"))


_EVENTS = ("season", "event")
_VARIABLES: dict[str, _Variable] = {
    "seed": _Variable("i", ("season",), "1", lambda each: each.source.config.seed),
    "strength": _Variable("f", ("season",), "1", lambda each: each.source.config.strength),
    "latitude": _Variable("f", ("season", "station"), "degrees_north", lambda each: each.season.network.latitude),
    "longitude": _Variable("f", ("season", "station"), "degrees_east", lambda each: each.season.network.longitude),
    "z": _Variable("f", ("season", "day", "station"), "1", lambda each: each.season.anomaly.z),
    "anomaly_nt": _Variable("f", ("season", "day", "station"), "nT", lambda each: each.season.anomaly.anomaly_nt),
    "kp": _Variable("f", ("season", "day"), "1", lambda each: each.season.kp_night),
    "label": _Variable("b", ("season", "day"), "1", lambda each: _over_all_days(each, each.labels.classes)),
    "post": _Variable("b", ("season", "day"), "1", lambda each: _over_all_days(each, each.labels.post)),
    "event_time": _Variable("d", _EVENTS, "seconds since 1970-01-01 00:00:00", lambda each: [*map(_seconds, each.events)]),
    "event_latitude": _Variable("f", _EVENTS, "degrees_north", lambda each: [event.latitude for event in each.events]),
    "event_longitude": _Variable("f", _EVENTS, "degrees_east", lambda each: [event.longitude for event in each.events]),
    "event_magnitude": _Variable("f", _EVENTS, "1", lambda each: [event.magnitude for event in each.events]),
    "event_class": _Variable("b", _EVENTS, "1", lambda each: each.classes),
}
