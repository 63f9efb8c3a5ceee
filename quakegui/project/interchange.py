"""Exports for other software: day maps as NetCDF, regions as GeoJSON, readings as IAGA-2002.

References
----------
CF metadata conventions 1.10, appendix F (azimuthal equidistant). RFC 7946, GeoJSON. IAGA-2002 data exchange format.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import contourpy
import numpy as np
from numpy.typing import NDArray

from quakegui.progress import CancelCheck, ProgressCallback, never, silent
from quakegui.project import seasons
from quakegui.project.filesystem import name_of_code, whole_file
from quakegui.project.nights import days_with_data
from quakegui.project.season_export import fresh_folder
from quakegui.project.season_tables import SYNTHETIC, date_of
from quakegui.project.store import Project, ProjectError, writing
from quakegui.season.extrema import Region, regions_mask
from quakegui.season.network import Frame, Station
from quakegui.season.readings import DataType, Readings
from quakegui.season.season import Season
from quakegui.words import Said

DAY = np.timedelta64(1, "D")
MISSING = 99_999.0
_CADENCES = {1.0: ("sec", "1-second"), 60.0: ("min", "1-minute"), 3600.0: ("hor", "1-hour")}


def maps_to_netcdf(project: Project, season: Season, path: Path, *, progress: ProgressCallback = silent) -> int:
    """Write the day maps of a season as one NetCDF file with CF conventions; returns the number of days with a map.

    It contains z and the anomaly in nT, shape (time, y, x), NaN outside the map, the projection in metres and the stations.
    A season of 334 days takes 616 MB, also in memory while it is written.

    Parameters
    ----------
    project
        Gives the title and the synthetic mark.
    season
        All its shown days are written, those without a map as NaN.
    path
        An existing file is replaced, and missing folders are created.
    progress
        Called before each map with the position of its day, days in all and the date; first for z, then for the anomaly.

    Raises
    ------
    ProjectError
        If the file cannot be written.
    """
    from scipy.io import netcdf_file

    frame = season.gridder.basis.frame
    x_km, y_km = frame.pixel_centres()
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as part, netcdf_file(part, "w", mmap=False, version=2) as file:
            facts = {"Conventions": "CF-1.10", "title": project.name, "source": "quakegui"}
            for key, fact in {**facts, "comment": f"{SYNTHETIC}, not measured" if project.synthetic else "measured"}.items():
                setattr(file, key, fact.encode())  # SciPy writes text in ASCII only
            for name, size in (("time", season.days.size), ("y", y_km.size), ("x", x_km.size)):
                file.createDimension(name, size)
            _variable(file, "time", season.days.astype(np.int32), units="days since 1970-01-01", standard_name="time", axis="T")
            for name, km in (("y", y_km), ("x", x_km)):
                _variable(file, name, km * 1000.0, units="m", standard_name=f"projection_{name}_coordinate", axis=name.upper())
            _projection(file, frame)
            _stations(file, season.network.stations)
            shape = season.days.size, y_km.size, x_km.size
            for name, values, unit in (("z", season.z, "1"), ("anomaly", season.anomaly.anomaly_nt[season.shown], "nT")):
                maps = np.full(shape, np.nan, dtype=np.float32)
                for number in np.flatnonzero(season.has_map):
                    progress(int(number), shape[0], date_of(season.days[number]))
                    maps[number] = season.gridder.map(values[number])
                _variable(file, name, maps, ("time", "y", "x"), units=unit, grid_mapping="crs", _FillValue=np.float32(np.nan))
    return int(season.has_map.sum())


def _variable(file: Any, name: str, values: NDArray[Any], dimensions: tuple[str, ...] | None = None, **facts: object) -> None:
    made = file.createVariable(name, values.dtype, (name,) if dimensions is None else dimensions)
    made[:] = values
    for key, fact in facts.items():
        setattr(made, key, fact)


def _projection(file: Any, frame: Frame) -> None:
    made = file.createVariable("crs", np.int32, ())
    made.grid_mapping_name = "azimuthal_equidistant"
    made.latitude_of_projection_origin, made.longitude_of_projection_origin = frame.latitude, frame.longitude
    made.false_easting = made.false_northing = 0.0
    made.semi_major_axis, made.inverse_flattening = 6_378_137.0, 298.257223563
    made.longitude_of_prime_meridian = 0.0


def _stations(file: Any, stations: tuple[Station, ...]) -> None:
    """Write codes and coordinates of the stations that have coordinates."""
    placed = [station for station in stations if station.located]
    codes = [station.code.encode() for station in placed]
    width = max(map(len, codes), default=1)
    file.createDimension("station", len(placed))
    file.createDimension("code_length", width)
    letters = np.array([code.ljust(width) for code in codes], dtype=f"S{width}").view("S1").reshape(len(placed), width)
    _variable(file, "station_code", letters, ("station", "code_length"), long_name="station code")
    for name, unit in (("latitude", "degrees_north"), ("longitude", "degrees_east")):
        values = np.array([getattr(station, name) for station in placed], dtype=np.float64)
        _variable(file, f"station_{name}", values, ("station",), units=unit, standard_name=name)


def regions_to_geojson(project: Project, season: Season, path: Path) -> int:
    """Write the extremum regions of every day as polygons in degrees on WGS 84; returns their number.

    Parameters
    ----------
    project
        Gives the name and the synthetic mark.
    season
        The regions of its shown days are written.
    path
        An existing file is replaced, and missing folders are created.

    Raises
    ------
    ProjectError
        If the file cannot be written.
    """
    features = list(_features(project, season))
    text = json.dumps({"type": "FeatureCollection", "name": project.name, "features": features}, ensure_ascii=False)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as part:
            part.write_text(text, encoding="utf-8")
    return len(features)


def _features(project: Project, season: Season) -> Iterator[dict[str, Any]]:
    threshold = season.config.extrema.threshold_z
    for number, day in enumerate(season.features[season.shown]):
        if not day.regions:
            continue
        mask = regions_mask(season.gridder.map(season.z[number]), threshold)
        for region in day.regions:
            yield {
                "type": "Feature",
                "properties": _properties(project, region),
                "geometry": {"type": "MultiPolygon", "coordinates": outlines(mask == region.label, season.gridder.basis.frame)},
            }


def _properties(project: Project, region: Region) -> dict[str, Any]:
    facts = {
        "date": date_of(region.day),
        "region": region.id,
        "area_km2": round(region.area_km2, 2),
        "peak_z": round(region.peak_z, 3),
        "peak_nt": round(region.peak_nt, 3),
        "peak_station": region.peak_station,
        "duration_days": region.duration_days,
    }
    return {**facts, "synthetic": True} if project.synthetic else facts


def outlines(inside: NDArray[np.bool_], frame: Frame) -> list[list[list[list[float]]]]:
    """Return outlines (counter-clockwise) and holes (clockwise) of a region as longitudes and latitudes.

    Parameters
    ----------
    inside
        Whether each pixel belongs to the region, shape (row, column).
    frame
        Frame of the map, which locates its pixels.

    Returns
    -------
    list
        Polygons, each of an outline and its holes, each of these a closed line of (longitude, latitude) in degrees.
    """
    edged = np.pad(inside, 1).astype(np.float64)
    found = contourpy.contour_generator(z=edged, fill_type=contourpy.FillType.OuterOffset).filled(0.5, 2.0)
    polygons = []
    for points, offsets in zip(*found, strict=True):
        rings = []
        for number, (begin, end) in enumerate(pairwise(offsets)):
            column, row = points[begin:end].T - 1.0
            places = frame.unproject(frame.from_pixels(np.column_stack([row, column])))[:, ::-1]
            x, y = (places - places[0]).T
            clockwise = np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) < 0.0
            places = places[::-1] if clockwise == (number == 0) else places
            rings.append(np.round(places, 6).tolist())
        polygons.append(rings)
    return polygons


def readings_to_iaga(
    project: Project, folder: Path, *, progress: ProgressCallback = silent, cancelled: CancelCheck = never
) -> int:
    """Write readings in force and not flagged as IAGA-2002, a file for each station, cadence and UTC day; returns how many.

    Parameters
    ----------
    project
        Open project; is only read.
    folder
        A new or empty folder.
    progress
        Called before each station with stations done, stations in all and its code.
    cancelled
        Called before each station; when it returns True, writing stops, and what was written stays.

    Raises
    ------
    ProjectError
        If the folder is not empty, or cannot be written.
    """
    stations, count = project.network().stations, 0
    days = days_with_data(project)
    try:
        fresh_folder(folder)
        for number, station in enumerate(stations):
            progress(number, len(stations), station.code)
            if cancelled() or not days.size:
                break
            for record in seasons.record(project, station.code, days[0] - DAY, days[-1] + 2 * DAY, with_flagged=False):
                count += _write_days(project, station, record, folder)
    except OSError as error:
        raise ProjectError(
            Said(
                "{folder} cannot be written: {strerror}. {count} files were written.",
                folder=folder,
                strerror=error.strerror or error,
                count=count,
            )
        ) from error
    return count


def _write_days(project: Project, station: Station, record: Readings, folder: Path) -> int:
    dates = record.time.astype("datetime64[D]")
    ending, interval = _CADENCES.get(record.cadence_s, (f"{record.cadence_s:g}s", f"{record.cadence_s:g} seconds"))
    kind = max(record.data_type, DataType.VARIATION).name.lower().replace("_", "-")  # an unknown type becomes variation
    code = name_of_code(station.code, only_ascii=False).lower()
    found = np.unique(dates)
    for date in found:
        rows = dates == date
        name = f"{code}{date_of(date).replace('-', '')}{kind[0]}{ending}.{ending}"
        with whole_file(folder / name) as part:
            head = _head(project, station, interval, kind, derived=record.derived)
            part.write_text(head + _lines(record.time[rows], record.values[rows]), encoding="ascii", errors="replace")
    return int(found.size)


def _head(project: Project, station: Station, interval: str, kind: str, *, derived: bool) -> str:
    facts = {
        "Format": "IAGA-2002",
        "Source of Data": f"{SYNTHETIC}, not measured" if project.synthetic else "quakegui",
        "Station Name": station.name,
        "IAGA CODE": station.code,
        "Geodetic Latitude": "" if station.latitude is None else f"{station.latitude:.3f}",
        "Geodetic Longitude": "" if station.longitude is None else f"{station.longitude % 360:.3f}",
        "Elevation": "" if station.elevation_m is None else f"{station.elevation_m:.0f}",
        "Reported": "F",
        "Sensor Orientation": "F",
        "Digital Sampling": "",
        "Data Interval Type": interval,
        "Data Type": kind,
    }
    lines = [f" {key:<23}{value[:45]:<45}|" for key, value in facts.items()]
    lines += [f" # {'F was computed from components.' if derived else 'F was recorded by a scalar instrument.':<66}|"]
    names = [f"{station.code[:6] + letter:<10}" for letter in ("NUL", "NUL", "NUL", "F")]
    return "\n".join([*lines, f"{'DATE       TIME         DOY     ' + ''.join(names):<69}|", ""])


def _lines(time: NDArray[np.datetime64], values: NDArray[np.float64]) -> str:
    of_year = (time.astype("datetime64[D]") - time.astype("datetime64[Y]")).astype(int) + 1
    stamps = np.datetime_as_string(time, "ms")
    empty = f"{MISSING:10.2f}" * 3
    return "".join(
        f"{stamp.replace('T', ' ')} {day:03d}   {empty}{value:10.2f}\n"
        for stamp, day, value in zip(stamps.tolist(), of_year.tolist(), values.tolist(), strict=True)
    )
