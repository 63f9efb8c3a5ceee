"""Station codes of tables: numbers, long ones, small letters; and mappings and options that fit no table."""

from __future__ import annotations

import pytest

from quakegui.formats import Hints, read_readings, read_stations
from quakegui.formats.columns import TableMapping
from quakegui.formats.errors import FormatError
from quakegui.formats.source import Source

TIMES = [f"2024-05-09 00:{at:02d}:00" for at in range(30)]
LONG = "Liangshan-station-01", "Liangshan-station-02"


def wide(*headings: str) -> Source:
    row = ",".join(f"{50_000 + at}.5" for at in range(len(headings) - 1))
    return Source("table.csv", "\n".join([",".join(headings), *(f"{time},{row}" for time in TIMES)]).encode())


def by_station(*codes: str) -> Source:
    rows = [f"{time},{code},{50_000 + at}" for time in TIMES for at, code in enumerate(codes)]
    return Source("table.csv", "\n".join(["time,station,F", *rows]).encode())


def stations_of(source: Source, hints: Hints | TableMapping | None = None) -> list[str]:
    return [one.station for one in read_readings(source, hints).readings]


def test_codes_with_the_same_beginning_remain_different_stations():
    assert stations_of(by_station(*LONG)) == [code.upper() for code in LONG]
    assert stations_of(wide("time", *LONG)) == [code.upper() for code in LONG]
    listed = Source("stations.csv", f"code,latitude,longitude\n{LONG[0]},30,100\n{LONG[1]},31,101\n".encode())
    assert [station.code for station in read_stations(listed)[0]] == [code.upper() for code in LONG]


def test_a_code_that_no_project_can_store_is_refused():
    with pytest.raises(FormatError, match="has more than 32 characters"):
        read_readings(by_station("A" * 33))
    listed = Source("stations.csv", f"code,latitude,longitude\n{'A' * 33},30,100\nB,31,101\n".encode())
    stations, notes = read_stations(listed)
    assert [station.code for station in stations] == ["B"]
    assert "more than 32 characters" in notes[0]


def test_headings_and_mappings_in_small_letters_are_the_stations_of_the_list():
    assert stations_of(wide("time", "kak", "mmb")) == ["KAK", "MMB"]
    mapping = TableMapping("wide", ("time",), (("kak", "one"), ("mmb", "two")))
    assert stations_of(wide("time", "one", "two"), mapping) == ["KAK", "MMB"]
    alone = TableMapping("long", ("time",), (("F", "one"),), station="kak")
    assert stations_of(wide("time", "one"), alone) == ["KAK"]


def test_two_headings_of_one_station_are_asked_about():
    with pytest.raises(FormatError, match=r"Several columns have headings of the same station.*--mapping"):
        read_readings(wide("time", "kak", "KAK"))


def test_numbers_may_be_the_codes_of_a_heading():
    assert stations_of(wide("time", "51001", "0052")) == ["51001", "0052"]
    with pytest.raises(FormatError, match="column 2"):  # no heading at all
        read_readings(wide("2024-05-08 23:59:00", "51001", "50020"))


@pytest.mark.parametrize("form", ["%Q", "%Y-%m-%d %", "%Y %Y", "%G-%V"])
def test_a_time_format_that_is_none_is_refused_in_a_sentence(form):
    mapping = TableMapping("wide", ("time",), (("KAK", "one"),), time_format=form)
    with pytest.raises(FormatError, match="cannot be read in the format"):
        read_readings(wide("time", "one"), mapping)


def test_more_lines_to_skip_than_the_file_has_are_reported():
    with pytest.raises(FormatError, match="The file has no table below the first 500 lines"):
        read_readings(wide("time", "KAK", "MMB"), Hints(skip_lines=500))
