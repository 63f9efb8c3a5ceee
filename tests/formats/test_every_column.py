"""Every column and sheet of a table is read, or named with the reason; a column is judged by all its rows."""

from __future__ import annotations

import io
import re

import numpy as np
import pandas as pd
import pytest

from quakegui.formats import FormatError, TableMapping, detect, guess_mapping, read_readings
from quakegui.formats.source import Source

ROWS = 1440


def stamps(rows: int = ROWS) -> list[str]:
    return [f"{stamp}Z" for stamp in np.datetime64("2022-03-01T00:00:00", "s") + 600 * np.arange(rows)]


def csv(columns: dict[str, object], rows: int = ROWS) -> Source:
    """Return a table with a stamp every ten minutes; a single value stands in every row."""
    return Source("late_station.csv", pd.DataFrame({"time": stamps(rows), **columns}).to_csv(index=False).encode())


def late(start: int, before: object = 99_999, rows: int = ROWS) -> list[object]:
    return [*[before] * start, *(48_000.0 + np.arange(rows - start) % 7)]


def workbook(sheets: dict[str, pd.DataFrame], hidden: tuple[str, ...] = ()) -> Source:
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="openpyxl") as writer:
        for name, frame in sheets.items():
            frame.to_excel(writer, sheet_name=name, index=False)
        for name in hidden:
            writer.book[name].sheet_state = "hidden"
    return Source("table.xlsx", buffer.getvalue())


def day(code: str, level: float, date: str = "2024-05-09", rows: int = 30) -> pd.DataFrame:
    return pd.DataFrame({"DateTime": pd.date_range(date, periods=rows, freq="min"), code: level + np.arange(rows) / 10})


def lengths(source: Source) -> dict[str, int]:
    return {one.station: len(one) for one in read_readings(source).readings}


@pytest.mark.parametrize("start", [1, 199, 200, 201, 300, 1000, 1430])
@pytest.mark.parametrize("before", [99_999, "", 0, -1, 9999.0])
def test_a_station_that_begins_late_is_read(start, before):
    source = csv({"A3": 50_000, "B3": 49_000, "C3": late(start, before)})
    assert lengths(source) == {"A3": ROWS, "B3": ROWS, "C3": ROWS - start}


def test_a_number_that_stands_for_no_value_is_named():
    found = read_readings(csv({"A3": 50_000, "B3": 49_000, "C3": late(300, -1)}))
    assert any("missing values coded as -1" in note for note in found.notes)


def test_a_table_of_which_every_station_begins_late_is_read():
    source = csv({"A3": late(300), "B3": late(400)})
    assert detect(source) == "table"
    assert lengths(source) == {"A3": ROWS - 300, "B3": ROWS - 400}


def test_a_second_station_that_begins_late_makes_a_wide_table():
    assert lengths(csv({"A3": 50_000, "C3": late(300)})) == {"A3": ROWS, "C3": ROWS - 300}


def test_a_proposed_mapping_knows_the_late_station():
    mapping = guess_mapping(csv({"A3": 50_000, "B3": 49_000, "C3": late(300)}))
    assert mapping is not None
    assert dict(mapping.columns) == {"A3": "A3", "B3": "B3", "C3": "C3"}


@pytest.mark.slow  # a day of seconds: 86,400 rows
def test_counts_that_pass_through_the_size_of_a_field_are_no_station():
    rows = 86_400
    source = csv({"A3": 50_000, "RECORD": np.arange(rows), "second": np.arange(rows), "B3": 49_000}, rows)
    found = read_readings(source)
    assert [one.station for one in found.readings] == ["A3", "B3"]
    assert any("RECORD" in note and "second" in note for note in found.notes)


def test_each_column_that_is_not_read_is_named_with_its_reason():
    columns = {
        "A3": 50_000,
        "B3": 49_000,
        "temperature": 20.0 + np.arange(ROWS) % 5,
        "empty": "",
        "codes": 99_999,
        "gain": 4,
        "remark": "quiet",
    }
    found = read_readings(csv(columns))
    assert [one.station for one in found.readings] == ["A3", "B3"]
    for name, reason in {
        "temperature": "Numeric columns that are not total intensity .* were not read",
        "empty": "Empty columns",
        "codes": "only missing-value codes",
        "gain": "Constant columns that are not total intensity were not read",
        "remark": "Text columns were not read",
    }.items():
        assert [note for note in found.notes if re.search(rf"{reason}: .*{name}", note)], (name, found.notes)


def test_a_field_that_no_station_is_named_for_is_named():
    rows = 300
    found = read_readings(csv({"station": "KAK", "F": 46_000 + np.arange(rows) / 10, "F2": 46_100}, rows))
    assert [one.station for one in found.readings] == ["KAK"]
    assert any("F2" in note and "look like total intensity" in note for note in found.notes)


def test_forty_columns_that_are_not_read_are_one_short_sentence():
    noise = np.arange(ROWS) % 5
    found = read_readings(csv({"A3": 50_000, "B3": 49_000, **{f"sensor{number}": noise for number in range(40)}}))
    (note,) = [note for note in found.notes if "sensor0" in note]
    assert "34 more" in note
    assert len(note) < 300


def test_a_heading_over_two_columns_is_named():
    frame = pd.DataFrame({"time": stamps(), "A3": 50_000, "B3": 49_000, "other": 49_500}).rename(columns={"other": "A3"})
    found = read_readings(Source("twice.csv", frame.to_csv(index=False).encode()))
    assert [len(one) for one in found.readings] == [ROWS] * 3
    assert any("more than one column" in note and "A3" in note for note in found.notes)


def test_what_a_mapping_leaves_out_is_named():
    mapping = TableMapping("wide", ("time",), (("A3", "A3"),), time_format="iso")
    found = read_readings(csv({"A3": 50_000, "B3": 49_000}), mapping)
    assert [one.station for one in found.readings] == ["A3"]
    assert any("B3" in note and "were not read" in note for note in found.notes)


def test_a_station_on_each_sheet_is_read():
    source = workbook({"Sheet": day("XIC", 48_500), "MUL": day("MUL", 48_520), "YUX": day("YUX", 48_530)})
    assert lengths(source) == {"XIC": 30, "MUL": 30, "YUX": 30}
    assert [one.values[0] for one in read_readings(source).readings] == [48_500, 48_520, 48_530]


def test_the_sheets_name_is_the_stations_where_the_column_names_none():
    assert lengths(workbook({"XIC": day("F", 48_500), "MUL": day("F", 48_520)})) == {"XIC": 30, "MUL": 30}


def test_a_sheet_for_each_day_makes_one_record():
    source = workbook({"d9": day("XIC", 48_500), "d10": day("XIC", 48_500, "2024-05-10")})
    (one,) = read_readings(source).readings
    assert (one.station, len(one), one.cadence_s) == ("XIC", 60, 60.0)
    assert bool((np.diff(one.time) > np.timedelta64(0, "ms")).all())


def test_readings_behind_a_sheet_of_words_are_found():
    words = pd.DataFrame({"who": ["Li", "Wang"], "what": ["chief", "observer"]})
    source = workbook({"Info": words, "Data": day("XIC", 48_500), "Blank": pd.DataFrame()})
    found = read_readings(source)
    assert [(one.station, len(one)) for one in found.readings] == [("XIC", 30)]
    assert any("Info" in note and "unclear" in note for note in found.notes)
    assert any("Blank" in note and "without a table" in note for note in found.notes)


def test_hidden_sheets_are_named_and_not_read():
    found = read_readings(workbook({"XIC": day("XIC", 48_500), "MUL": day("MUL", 48_520)}, hidden=("MUL",)))
    assert [one.station for one in found.readings] == ["XIC"]
    assert any("MUL" in note and "Hidden" in note for note in found.notes)


def test_sheets_that_a_mapping_leaves_out_are_named():
    source = workbook({"XIC": day("XIC", 48_500), "MUL": day("MUL", 48_520)})
    mapping = TableMapping("wide", ("DateTime",), (("MUL", "MUL"),), sheet="MUL")
    found = read_readings(source, mapping)
    assert [one.station for one in found.readings] == ["MUL"]
    assert any("XIC" in note and "not in the column mapping" in note for note in found.notes)


def test_sheets_beyond_the_most_are_counted():
    source = workbook({f"S{number}": day(f"S{number}", 48_500, rows=3) for number in range(66)})
    found = read_readings(source)
    assert len(found.readings) == 64
    assert any("S64, S65" in note for note in found.notes)


def test_a_workbook_without_readings_is_refused():
    with pytest.raises(FormatError):
        read_readings(workbook({"A": pd.DataFrame({"a": ["x"], "b": ["y"]}), "B": pd.DataFrame()}))
