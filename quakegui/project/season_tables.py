"""The content of a project as tables for spreadsheets."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from quakegui.project import catalogue, journal
from quakegui.project.filesystem import whole_file
from quakegui.project.store import Project
from quakegui.season.events import classify, direction_of
from quakegui.season.quality import Quality
from quakegui.season.season import Season
from quakegui.words import Said

Cell = str | int | float | None

SYNTHETIC = "SYNTHETIC"
"""Mark in every row from a synthetic season."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
_LONGEST_CELL = 32_767
"""Maximum number of characters in a cell of a workbook."""


@dataclass(frozen=True, slots=True)
class TableOf:
    """A table: its name, its columns, and a function that returns its rows."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterable[tuple[Cell, ...]]]


def guard(text: str) -> str:
    """Protect a text from being read as a formula by a spreadsheet; `unguard` reverts it exactly."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def unguard(text: str) -> str:
    """Return the text that was passed to `guard`."""
    return text[1:] if text.startswith("'") else text


def iso(milliseconds: int) -> str:
    """Return a UTC time as ISO 8601: ``2022-09-05T04:52:18Z``, with milliseconds only if they are not zero."""
    unit = "s" if milliseconds % 1000 == 0 else "ms"
    return f"{np.datetime64(milliseconds, 'ms').astype(f'datetime64[{unit}]')}Z"


def date_of(day: np.datetime64) -> str:
    """Return a local date as ISO 8601."""
    return str(day.astype("datetime64[D]"))


def day_of(text: str) -> np.datetime64:
    """Return the local date in a text of `date_of`, datetime64[D].

    Raises
    ------
    ValueError
        If the text is not a complete date: numpy alone would read "2022" as January 1, "20220905" as a distant year, and
        "today" as the present date.
    """
    if _DATE.fullmatch(text) is None:
        raise ValueError(Said("'{text}' is not a date such as 2022-09-05.", text=text))
    return np.datetime64(date.fromisoformat(text), "D")


def write_csv(path: Path, table: TableOf, *, synthetic: bool = False) -> int:
    """Write a table as UTF-8 csv, through a temporary file.

    Parameters
    ----------
    path
        An existing file is replaced; its folder must exist.
    table
        Its texts are protected by `guard`; numbers that are not finite become empty cells.
    synthetic
        Whether rows are marked in an additional last column.

    Returns
    -------
    int
        Number of rows.

    Raises
    ------
    OSError
        As for `whole_file`.
    """
    count = 0
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        quoting = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow((*table.columns, "season") if synthetic else table.columns)
        for row in table.rows():
            cells = [guard(value) if isinstance(value, str) else _finite(value) for value in row]
            # Without quotes, a carriage return would begin a new row, and the text after it a new cell.
            of_row = quoting if any(isinstance(cell, str) and "\r" in cell for cell in cells) else writer
            of_row.writerow([*cells, SYNTHETIC] if synthetic else cells)
            count += 1
    return count


def write_workbook(path: Path, tables: Iterable[TableOf], *, synthetic: bool = False) -> None:
    """Write tables as sheets of one workbook, through a temporary file.

    Parameters
    ----------
    path
        An existing file is replaced; its folder must exist.
    tables
        One for each sheet; names are cut to 31 characters, and long texts to the size of a cell.
    synthetic
        Whether rows are marked in an additional last column.

    Raises
    ------
    OSError
        As for `whole_file`.
    """
    from openpyxl import Workbook  # not needed by a window that writes no workbook

    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.name[:31])
        sheet.append([*table.columns, "season"] if synthetic else list(table.columns))
        for row in table.rows():
            cells = [_sheet_text(value) if isinstance(value, str) else _finite(value) for value in row]
            sheet.append([*cells, SYNTHETIC] if synthetic else cells)
    packed = io.BytesIO()  # openpyxl cannot close a file on a full disk
    book.save(packed)
    with whole_file(path) as part:
        part.write_bytes(packed.getbuffer())


def season_tables(project: Project, season: Season) -> tuple[TableOf, ...]:
    """Return the tables of a computed season: days, regions, station-days, earthquakes, labels.

    Parameters
    ----------
    project
        Gives earthquakes and labels, which are read when the rows are requested.
    season
        A season of this project.
    """
    return (
        TableOf("days", DAY_COLUMNS, lambda: _days(project, season)),
        TableOf("regions", REGION_COLUMNS, lambda: regions(season)),
        TableOf("station_days", STATION_DAY_COLUMNS, lambda: _station_days(season)),
        event_table(project),
        label_table(project),
    )


_OF_EVENT = ("magnitude", "latitude", "longitude", "depth_km", "place", "id", "magnitude_type")
EVENT_COLUMNS = ("time", *_OF_EVENT, "direction", "class")


def event_table(project: Project) -> TableOf:
    """Return the earthquakes of the project, with direction and class if there is a class scheme."""
    return TableOf(
        "events", EVENT_COLUMNS, lambda: (tuple(facts.get(name) for name in EVENT_COLUMNS) for facts in event_facts(project))
    )


def event_facts(project: Project) -> list[dict[str, Cell]]:
    """Return the earthquakes of the project as dictionaries; direction and class only if there is a class scheme."""
    found, scheme = catalogue.events(project), catalogue.class_scheme(project)
    facts: list[dict[str, Cell]] = [
        {"time": iso(int(event.time.astype(np.int64))), **{name: getattr(event, name) for name in _OF_EVENT}} for event in found
    ]
    if scheme is not None:
        for fact, event, cls in zip(facts, found, classify(found, scheme), strict=True):
            fact |= {"direction": direction_of(event, scheme), "class": cls}
    return facts


LABEL_COLUMNS = ("date", "class", "source", "author", "at", "note")


def label_table(project: Project) -> TableOf:
    """Return the current labels."""
    return TableOf(
        "labels", LABEL_COLUMNS, lambda: (tuple(facts[name] for name in LABEL_COLUMNS) for facts in label_facts(project))
    )


def label_facts(project: Project) -> list[dict[str, Cell]]:
    """Return the current labels as dictionaries, by date."""
    return [
        {
            "date": date_of(day),
            "class": row.cls,
            "source": row.source.name.lower(),
            "author": row.author,
            "at": iso(int(row.at.astype(np.int64))),
            "note": row.note,
        }
        for day, row in journal.in_force(project).items()
    ]


REGION_COLUMNS = ("date", "region", "area_px", "area_km2", "peak", "peak_station", "duration_days", "direction", "centroid")


def regions(season: Season) -> Iterator[tuple[Cell, ...]]:
    """Yield one row per extremum region of each day of the season that has a map.

    A day whose map has no region has one row with region 0, with the strongest pixel of the map as its peak; a day without a
    map has none. `peak` is z, `centroid` is latitude and longitude.
    """
    for day in season.features[season.shown]:
        for region in day.regions:
            centroid = f"{region.centroid_lat:.4f} {region.centroid_lon:.4f}"
            size, peak = (region.area_px, round(region.area_km2, 2)), (round(region.peak_z, 3), region.peak_station)
            yield date_of(day.day), region.id, *size, *peak, region.duration_days, region.direction, centroid
        if day.has_map and not day.regions:
            yield date_of(day.day), 0, 0, 0.0, round(day.peak_z, 3), day.peak_station, 0, day.direction, ""


FEATURE_COLUMNS = (
    "area_px", "area_km2", "peak_z", "peak_nt", "peak_station", "station_peak_z", "station_peak_nt", "duration_days",
    "age_days", "direction", "mean_north", "mean_south", "normal",
)  # fmt: skip
"""Fields of `DayFeatures`."""
DAY_COLUMNS = ("date", "available_at", "kp_night", "has_map", "class", "label_source", *FEATURE_COLUMNS)


def _days(project: Project, season: Season) -> Iterator[tuple[Cell, ...]]:
    labels = journal.in_force(project)
    shown = season.shown
    for day, at, kp in zip(season.features[shown], season.available_at[shown], season.kp_night[shown], strict=True):
        row = labels.get(day.day)
        yield (
            date_of(day.day),
            iso(int(at.astype("datetime64[ms]").astype(np.int64))),
            float(kp),
            int(day.has_map),
            None if row is None else row.cls,
            "" if row is None else row.source.name.lower(),
            *(getattr(day, name) for name in FEATURE_COLUMNS),
        )


STATION_DAY_COLUMNS = ("date", "station", "night_nt", "anomaly_nt", "z", "scale_nt", "quality")


def _station_days(season: Season) -> Iterator[tuple[Cell, ...]]:
    found = season.anomaly
    for at, day in enumerate(found.days):
        for column, code in enumerate(found.codes):
            values = (float(of[at, column]) for of in (found.night_nt, found.anomaly_nt, found.z, found.scale_nt))
            yield date_of(day), code, *values, quality_words(int(found.quality[at, column]))


def quality_words(bits: int) -> str:
    """Return the quality flags of a station-day as text, "good" if there are none."""
    return " ".join(flag.name.lower().replace("_", "-") for flag in Quality if flag.name and flag.value & bits) or "good"


def _sheet_text(text: str) -> str:
    """Return text that a cell of a workbook can contain: no formula, no control characters, and shortened if necessary."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    plain = ILLEGAL_CHARACTERS_RE.sub("\ufffd", guard(text))
    return plain if len(plain) <= _LONGEST_CELL else f"{plain[: _LONGEST_CELL - 4]} ..."


def _finite(value: Cell) -> Cell:
    return None if isinstance(value, float) and not np.isfinite(value) else value
