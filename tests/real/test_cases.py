"""Inputs that once went wrong, as they lie beside the real data, with what is right."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from quakegui import formats
from quakegui.formats import Hints
from quakegui.formats.errors import FormatError
from quakegui.project import journal, labelfiles
from quakegui.project.catalogue import read_catalogue
from quakegui.project.store import Project

DAY = "2024-05-09T00:00"
KAK = Hints(station="KAK")
ONE = {"KAK": (1440, "2022-01-15T00:00", 46_813.6)}
TWO = {**ONE, "MMB": (1440, "2022-01-16T00:00", 50_032.6)}
SHEETS = {code: (1440, DAY, field) for code, field in (("XIC", 48_500.0), ("MUL", 48_520.0), ("YUX", 48_530.0))}
READINGS = [
    ("tar_gz_of_two_stations_merged_into_one.tar.gz", None, TWO),
    ("joined_iaga_no_newline_between.min", None, TWO),
    ("joined_iaga_second_without_Format_line.min", None, TWO),
    ("csv_time_YYYYMMDDHHMM.csv", None, {"KAK": (2880, DAY, 48_500.0)}),
    ("csv_time_YYYYMMDDHH_hourly.csv", None, {"KAK": (240, "2024-05-09T00:30", 48_500.0)}),
    ("csv_date_YYYYDDD_time.csv", None, {"KAK": (2880, DAY, 48_500.0)}),
    ("dt_date_hour_minute_columns.csv", None, {"XIC": (2880, DAY, 48_500.0)}),
    ("dt_date_and_hour_column.csv", None, {"XIC": (48, "2024-05-09T00:30", 48_500.0)}),
    ("dt_date_and_AMPM_time.csv", None, {"XIC": (2880, DAY, 48_500.0)}),
    ("dt_date_and_HHMM_leading_zeros_lost.csv", None, {"XIC": (2880, DAY, 48_500.0)}),
    ("x_date_and_timedelta.xlsx", None, {"XIC": (1440, DAY, 48_500.0)}),
    ("comp_KAKX_KAKY_KAKZ_KAKF.csv", None, ONE),
    ("comp_Bx_By_Bz_Btotal.csv", KAK, ONE),
    ("comp_X_nT_units_underscore.csv", KAK, ONE),
    ("comp_lat_lon_in_rows.csv", None, ONE),
    ("two_stations_same_prefix", None, {"XIC": (1440, DAY, 48_500.0), "MUL": (1440, "2024-05-10T00:00", 48_700.0)}),
    ("header_beijing_time.csv", None, {"XIC": (1440, "2024-05-08T16:00", 48_500.0)}),
    ("x_sheet_per_station.xlsx", None, SHEETS),
    ("x_summary_row_without_date.xlsx", None, {"XIC": (1440, DAY, 48_500.0)}),
    ("pre_campbell_TOA5.dat", None, {"XIC": (1440, DAY, 48_500.0)}),
    ("pre_text_preamble.csv", None, {"XIC": (1440, DAY, 48_500.0)}),
    ("x_title_rows_above.xlsx", None, {"XIC": (1440, DAY, 48_500.0)}),
    ("thousands_separator.csv", None, {"XIC": (1440, DAY, 48_500.0)}),
    ("x_serial_numbers_general_format.xlsx", None, {"XIC": (1440, DAY, 48_500.0)}),
    ("iaga_header_without_leading_blank.min", None, ONE),
    ("iaga_latlon_dms.min", None, ONE),
    ("gsm19_base.txt", KAK, {"KAK": (1440, DAY, 48_500.0)}),
    ("pos1_log.txt", Hints(station="KAK", day=dt.date(2024, 5, 9)), {"KAK": (1440, DAY, 48_500.0)}),
    ("imf123.imf", None, {"XIC": (60, DAY, 48_500.1)}),
    ("pcdcp_usgs_CMO2020061_like.min", None, {"CMO": (1440, "2020-03-01T00:00", 56_491.88)}),
    ("kak.min.xz", None, ONE),
]  # fmt: skip
REFUSED = ["comp_Bx_By_Bz_Btotal.csv", "comp_X_nT_units_underscore.csv", "gsm19_base.txt", "pos1_log.txt", "empty_file.csv"]
EVENTS = [
    ("ev_local_and_utc.csv", "", 6.6, 10.0),
    ("ev_time_jst.csv", "", 6.6, 10.0),
    ("ev_less_than_depth.csv", "", 6.6, None),
    ("ev_depth_metres.csv", "", 6.6, 10.0),
    ("ev_dMY_dots.csv", "UTC", 6.6, 10.0),
    ("ev_Mw_column.csv", "", 6.6, 10.0),
    ("ev_zmap_with_header.csv", "", 6.6, 10.0),
    ("x_catalogue.xlsx", "", 6.8, 16.0),
    ("ev_geojson.json", "", 6.6, 10.0),
    ("ev_quakeml_ns0_no_declaration.xml", "", 6.6, 10.0),
]


@pytest.fixture
def cases(real_data: Path) -> Path:
    folder = real_data.parent / "cases"
    if not folder.is_dir():
        pytest.skip(f"no cases at {folder}")
    return folder


@pytest.mark.parametrize(("name", "hints", "right"), READINGS, ids=[name for name, _, _ in READINGS])
def test_readings_are_right(cases: Path, name: str, hints: Hints | None, right: dict[str, tuple[int, str, float]]) -> None:
    found = [one for source in formats.expand(cases / name) for one in formats.read_readings(source, hints).readings]
    assert {one.station: (len(one), str(one.time[0])[:16], round(float(one.values[0]), 6)) for one in found} == right


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_sure_is_refused(cases: Path, name: str) -> None:
    (source,) = formats.expand(cases / name)
    with pytest.raises(FormatError, match=r"--|is empty"):
        formats.read_readings(source)


@pytest.mark.parametrize(("name", "zone", "magnitude", "depth"), EVENTS, ids=[name for name, *_ in EVENTS])
def test_events_are_right(cases: Path, name: str, zone: str, magnitude: float, depth: float | None) -> None:
    event = read_catalogue(cases / name, timezone=zone).events[0]
    assert (event.magnitude, event.depth_km) == (magnitude, depth)
    assert abs(event.time - np.datetime64("2022-09-05T04:52:19", "ms")) <= np.timedelta64(1, "s")


def test_the_iscs_bulletin_and_the_catalogue_in_metres(cases: Path) -> None:
    isc = read_catalogue(cases / "ev_isc_bulletin.csv")
    assert [event.magnitude for event in isc.events] == [7.8, 6.4, 4.4]
    assert not any("ke" in note.split() for note in isc.notes)
    assert [event.depth_km for event in read_catalogue(cases / "ev_depth_metres.csv").events] == [10.0, 0.9]
    assert len(read_catalogue(cases / "ev_less_than_depth.csv").events) == 5


@pytest.mark.parametrize(
    ("name", "zone", "first"),
    [
        ("header_beijing_time.csv", "UTC+08:00", "2024-05-09 00:00"),
        ("csv_time_YYYYMMDDHHMM.csv", "UTC", "2024-05-09 00:00"),
        ("ev_time_jst.csv", "UTC+09:00", "2022-09-05 13:52:19"),
    ],
)
def test_what_was_assumed_of_a_clock_is_a_note_with_the_first_stamp_as_read(
    cases: Path, name: str, zone: str, first: str
) -> None:
    notes = read_catalogue(cases / name).notes if name.startswith("ev_") else notes_of(cases / name)
    assert any(zone in note and first in note for note in notes)


def notes_of(path: Path) -> tuple[str, ...]:
    return tuple(note for source in formats.expand(path) for note in formats.read_readings(source).notes)


@pytest.mark.parametrize(
    ("name", "days"),
    [("lab_excel_cn_dates.csv", ["2024-01-25", "2024-01-26"]), ("lab_bom_semicolon.csv", ["2024-01-25"])],
)
def test_labels_that_a_spreadsheet_saved_again_come_back(cases: Path, tmp_path: Path, name: str, days: list[str]) -> None:
    with Project.create(tmp_path / "p", timezone="UTC") as project:
        labelfiles.import_labels(project, cases / name, author="Li")
        assert [(np.datetime64(row.day, "D"), row.new) for row in journal.journal_rows(project) if row.kind == "label"] == [
            (np.datetime64(day), 3) for day in days
        ]


def test_names_of_stations_and_their_places(cases: Path) -> None:
    (source,) = formats.expand(cases / "st_latin1_names.csv")
    assert [station.name for station in formats.read_stations(source)[0]] == ["Fürstenfeldbruck", "Chambon-la-Forêt", "Tihány"]
    for name in ("iaga_header_without_leading_blank.min", "iaga_latlon_dms.min", "comp_lat_lon_in_rows.csv"):
        (source,) = formats.expand(cases / name)
        (station,) = formats.read_readings(source).stations
        np.testing.assert_allclose((station.latitude, station.longitude), (36.232, 140.186), atol=5e-4)
