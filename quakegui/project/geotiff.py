"""Day maps as GeoTIFF, which every geographic information system can open.

References
----------
OGC 19-008r4, GeoTIFF 1.1, annex C (azimuthal equidistant). GDAL, GeoTIFF driver, for the nodata tag.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2
from PIL.TiffTags import ASCII, DOUBLE, SHORT

from quakegui.progress import CancelCheck, ProgressCallback, never, silent
from quakegui.project.filesystem import whole_file
from quakegui.project.season_export import fresh_folder
from quakegui.project.season_tables import SYNTHETIC, date_of
from quakegui.project.store import Project, ProjectError
from quakegui.season.network import Frame
from quakegui.season.season import Season
from quakegui.words import Said

_DESCRIPTION, _SOFTWARE = 270, 305
_SCALE, _TIE_POINT, _KEYS, _DOUBLES, _TEXTS, _NO_DATA = 33550, 33922, 34735, 34736, 34737, 42113
_USER_DEFINED = 32_767


def maps_to_geotiff(
    project: Project,
    season: Season,
    folder: Path,
    *,
    progress: ProgressCallback = silent,
    cancelled: CancelCheck = never,
) -> int:
    """Write the map of each day as two GeoTIFF files, z and the anomaly in nT; returns the number of files.

    They contain 32-bit floating-point numbers, NaN outside the map, in the azimuthal equidistant projection of the network on
    WGS 84, in metres. Days without a map have no file. A synthetic season is marked in the name and description of each file.

    Parameters
    ----------
    project, season
        The project, and the season whose maps are written.
    folder
        A new or empty folder.
    progress
        Called with days done, days in all and the day.
    cancelled
        Called before each day; when it returns True, writing stops and the files so far are kept.

    Raises
    ------
    ProjectError
        If the folder is not empty, or cannot be written.
    """
    drawn, count = np.flatnonzero(season.has_map), 0
    anomaly_nt, frame = season.anomaly.anomaly_nt[season.shown], season.gridder.basis.frame
    mark = f"_{SYNTHETIC}" if project.synthetic else ""
    try:
        fresh_folder(folder)
        for number in drawn:
            if cancelled():
                break
            date = date_of(season.days[number])
            progress(count, drawn.size, date)
            for name, values, unit in (("z", season.z, "z, without a unit"), ("nt", anomaly_nt, "anomaly, nT")):
                about = f"{project.name}, {date}: {unit}{f'. {SYNTHETIC}, not measured' if project.synthetic else ''}"
                _write(folder / f"{date}_{name}{mark}.tif", season.gridder.map(values[number]), frame, about)
            count += 1
    except OSError as error:
        raise ProjectError(
            Said(
                "{folder} cannot be written: {strerror}. {count} maps were written.",
                folder=folder,
                strerror=error.strerror or error,
                count=2 * count,
            )
        ) from error
    return count


def _write(path: Path, values: NDArray[np.float32], frame: Frame, about: str) -> None:
    with whole_file(path) as part:
        Image.fromarray(values.astype(np.float32)).save(part, format="TIFF", tiffinfo=_tags(frame, about))


def _tags(frame: Frame, about: str) -> ImageFileDirectory_v2:
    x_km, y_km = frame.pixel_centres()
    step_m = frame.km_per_pixel * 1000.0
    corner = x_km[0] * 1000.0 - step_m / 2.0, y_km[0] * 1000.0 + step_m / 2.0
    projection = (frame.longitude, frame.latitude)
    citation = "Azimuthal equidistant about the network's centre|"
    keys = (
        *(1, 1, 1, 10),  # version, revision and number of keys; each key has its id, location, count and value
        *(1024, 0, 1, 1),  # a projected system
        *(1025, 0, 1, 1),  # pixels are areas
        *(1026, _TEXTS, len(citation), 0),
        *(2048, 0, 1, 4326),  # WGS 84
        *(3072, 0, 1, _USER_DEFINED),
        *(3074, 0, 1, _USER_DEFINED),
        *(3075, 0, 1, 12),  # azimuthal equidistant
        *(3076, 0, 1, 9001),  # metres
        *(3088, _DOUBLES, 1, 0),
        *(3089, _DOUBLES, 1, 1),
    )
    tags = ImageFileDirectory_v2()
    for number, kind, value in (
        (_DESCRIPTION, ASCII, about.encode("ascii", "backslashreplace").decode()),
        (_SOFTWARE, ASCII, "quakegui"),
        (_SCALE, DOUBLE, (step_m, step_m, 0.0)),
        (_TIE_POINT, DOUBLE, (0.0, 0.0, 0.0, *corner, 0.0)),
        (_KEYS, SHORT, keys),
        (_DOUBLES, DOUBLE, projection),
        (_TEXTS, ASCII, citation),
        (_NO_DATA, ASCII, "nan"),
    ):
        tags.tagtype[number] = kind
        tags[number] = value
    return tags
