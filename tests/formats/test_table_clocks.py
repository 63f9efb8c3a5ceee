"""When the rows of a table are: read where only one reading fits, else refused with both."""

from __future__ import annotations

import datetime as dt
import io

import numpy as np
import openpyxl
import pytest

from quakegui.formats import Hints, read_readings
from quakegui.formats.errors import FormatError
from quakegui.formats.source import Source
from quakegui.formats.zones import zone_of
from quakegui.season.readings import Readings

DAY = dt.datetime(2024, 5, 9)
MINUTES = [DAY + dt.timedelta(minutes=at) for at in range(1500)]
HOURS = [DAY + dt.timedelta(hours=at) for at in range(48)]


def field(at: int) -> float:
    return round(48_500.0 + 0.1 * at, 1)


def csv(heading: str, rows: list[str], name: str = "XIC_2024.csv") -> Source:
    return Source(name, "\n".join([heading, *(f"{row},{field(at)}" for at, row in enumerate(rows))]).encode())


def workbook(rows: list[list[object]], *more: tuple[str, list[list[object]]]) -> Source:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    for title, others in more:
        sheet = book.create_sheet(title)
        for row in others:
            sheet.append(row)
    book.save(file)
    return Source("book.xlsx", file.getvalue())


def only(source: Source, hints: Hints | None = None) -> Readings:
    (one,) = read_readings(source, hints).readings
    return one


def check(one: Readings, count: int, first: str = "2024-05-09T00:00", step_s: float = 60.0, rows: int | None = None) -> None:
    """Every row at its own time: the first, and one value for each step."""
    assert str(one.time[0].astype("datetime64[m]")) == first
    assert len(one) == count
    assert set(np.diff(one.time).astype(np.int64)) == {int(step_s * 1000)}
    assert one.cadence_s == step_s
    np.testing.assert_allclose(one.values, [field(at) for at in range(count)])


@pytest.mark.parametrize(
    ("heading", "form"),
    [
        ("time,XIC", "%Y%m%d%H%M"),
        ("Date Time,XIC", "%Y%m%d%H%M%S"),
        ("stamp,XIC", "%Y%m%dT%H%M%S"),
        ("time,XIC", "%Y%j%H%M"),
        ("utc,XIC", "%d.%m.%Y %H:%M"),
        ("time,XIC", "%d-%b-%Y %H:%M:%S"),
        ("time,XIC", "%Y-%m-%d %I:%M:%S %p"),
        ("date,time,XIC", "%Y%j,%H:%M"),
        ("DATE,UT,XIC", "%Y-%j,%H:%M:%S"),
        ("Date,Time,XIC", "%Y-%m-%d,%I:%M:%S %p"),
        ("Date,Time,XIC", "%d/%m/%Y,%I:%M %p"),
        ("日期,时间,XIC", "%Y/%m/%d,%H:%M"),
        ("Date,Hour,Minute,XIC", "%Y-%m-%d,%H,%M"),
        ("Date,HH,MM,XIC", "%Y%m%d,%H,%M"),
        ("Year,Month,Day,Hour,Min,XIC", "%Y,%m,%d,%H,%M"),
        ("YYYY,MM,DD,HH,MM,SS,XIC", "%Y,%m,%d,%H,%M,%S"),
        ("Year,DOY,Hour,Minute,XIC", "%Y,%j,%H,%M"),
        ("year,doy,time,XIC", "%Y,%j,%H:%M"),
        ("Date,Time,XIC", "%Y%m%d,%H%M"),
        ("Date,Time,XIC", "%Y%m%d,%H%M%S"),
    ],
)
def test_each_form_of_date_and_time_gives_every_row_its_time(heading, form):
    stamps = [time for time in MINUTES if "%d/%m" not in form or time.day > 8]
    if "%d/%m" in form:  # a thirteenth tells days from months
        stamps = [time + dt.timedelta(days=4) for time in stamps]
    one = only(csv(heading, [time.strftime(form) for time in stamps]))
    check(one, 1500, str(np.datetime64(stamps[0], "m")))


@pytest.mark.parametrize("form", ["%Y%m%d%H", "%Y-%m-%d,%H", "%Y,%m,%d,%H", "%d.%m.%Y,%H:%M"])
def test_hourly_values_are_stamped_at_the_middle_of_their_hours(form):
    heading = {"%Y%m%d%H": "time,XIC", "%Y,%m,%d,%H": "Y,M,D,H,XIC"}.get(form, "Date,Hour,XIC")
    heading = heading.replace("Y,M,D,H", "year,mon,dd,hr") if form != "%d.%m.%Y,%H:%M" else "Datum,Zeit,XIC"
    check(only(csv(heading, [time.strftime(form) for time in HOURS])), 48, "2024-05-09T00:30", 3600.0)


@pytest.mark.parametrize(
    ("heading", "form"),
    [
        ("Date,Hour,Minute,AM/PM", "%Y-%m-%d,%I,%M,%p"),
        ("Date,Time,AM/PM", "%d.%m.%Y,%I:%M,%p"),
        ("Date,Time,AM/PM", "%Y-%m-%d,%I:%M:%S,%p"),
        ("Year,Month,Day,Hour,Minute,Second,AMPM", "%Y,%m,%d,%I,%M,%S,%p"),
        ("DateTime,am_pm", "%Y/%m/%d %I:%M,%p"),
        ("Date,Time,AM/PM", "%Y-%m-%d,%H:%M,%p"),
        ("Date,Hour,Minute,AM/PM", "%Y-%m-%d,%H,%M,%p"),
    ],
)
def test_a_column_of_am_and_pm_counts(heading, form):
    check(only(csv(f"{heading},XIC", [time.strftime(form) for time in MINUTES])), 1500)


def test_lost_zeros_before_hours_to_12_come_back():
    rows = [f"{time:%Y-%m-%d},{int(time.strftime('%I'))},{time.minute},{time:%p}" for time in MINUTES]
    check(only(csv("Date,Hour,Minute,AM/PM,XIC", rows)), 1500)


def test_hours_from_1_to_24_end_their_intervals():
    rows = [f"{time:%Y-%m-%d},{time.hour + 1}" for time in HOURS]
    check(only(csv("date,hour,XIC", rows)), 48, "2024-05-09T00:30", 3600.0)


@pytest.mark.parametrize("lost", ["{:d}", "{:d}.0", "{:02d}"])
@pytest.mark.parametrize("seconds", [False, True])
def test_zeros_in_front_of_times_of_day_come_back(lost, seconds):
    numbers = [time.hour * 100 + time.minute for time in MINUTES]
    rows = [
        f"{time:%Y%m%d},{lost.format(number * 100 if seconds else number)}"
        for time, number in zip(MINUTES, numbers, strict=True)
    ]
    check(only(csv("Date,Time,XIC", rows)), 1500)


def test_digits_that_can_be_minutes_or_seconds_are_asked_for():
    rows = [f"20240509,{at}" for at in range(60)]
    with pytest.raises(FormatError, match="hours and minutes, or hours, minutes and seconds"):
        read_readings(csv("Date,Time,XIC", rows))


@pytest.mark.parametrize("midnight", ["2024-05-10 24:00", "2024-05-10 24:00:00"])
def test_24_00_is_the_next_midnight(midnight):
    rows = [f"{time:%Y-%m-%d %H:%M}" for time in MINUTES[1:1440]] + [midnight.replace("10", "09", 1)]
    one = only(csv("time,XIC", rows))
    assert (len(one), str(one.time[-1])) == (1440, "2024-05-10T00:00:00.000")


@pytest.mark.parametrize(
    ("heading", "rows", "why"),
    [
        ("time,XIC", [f"{at % 12 + 1:02d}/05/2024 00:00" for at in range(12)], "can be read in more than one way"),
        ("time,XIC", [f"{time:%y%m%d%H%M}" for time in MINUTES[:60]], "unix; time as %y%m%d%H%M"),
        ("Date,XIC", ["09/05/24"] * 3, "Two-digit years"),
        ("Date,Clock,XIC", [f"2024-05-09,{at}x" for at in range(60)], "occurs in several rows"),
        ("Date,Remark,XIC", [f"2024-05-{1 + at % 9:02d},{at / 7}" for at in range(60)], "occurs in several rows"),
        ("time (local),XIC", [f"{time:%Y-%m-%d %H:%M}" for time in MINUTES[:60]], "without a place"),
        ("Time (UTC+8x),XIC", [f"{time:%Y-%m-%d %H:%M}" for time in MINUTES[:60]], "UTC offset in the file .*UTC.8x"),
        (
            "Time (UTC+99),XIC",
            [f"{time:%Y-%m-%d %H:%M}" for time in MINUTES[:60]],
            "UTC offset in the file .*--timezone",
        ),
        ("Time (UTC8),XIC", [f"{time:%Y-%m-%d %H:%M}" for time in MINUTES[:60]], "UTC offset in the file .*--timezone"),
        ("Date,Time,AM/PM,XIC", [f"{time:%Y-%m-%d,%H:%M},AM" for time in MINUTES], "do not match the AM/PM column 'AM/PM'"),
        ("DateTime,am_pm,XIC", [f"{time:%Y-%m-%d %I:%M,%p}" for time in MINUTES], "do not match the AM/PM column 'am_pm'"),
        ("Time [CST],XIC", [f"{time:%Y-%m-%d %H:%M}" for time in MINUTES[:60]], "without a place"),
        ("LT,XIC", [f"{time:%Y-%m-%d %H:%M}" for time in MINUTES[:60]], "without a place|hold the time"),
    ],
)
def test_a_time_that_is_not_sure_is_refused_with_the_reason(heading, rows, why):
    with pytest.raises(FormatError, match=why) as caught:
        read_readings(csv(heading, rows))
    assert "--" in caught.value.sentence


@pytest.mark.parametrize(
    ("heading", "first", "zone"),
    [
        ("时间(北京时间)", "2024-05-08T16:00", "UTC+08:00"),
        ("Time (UTC+8)", "2024-05-08T16:00", "UTC+08:00"),
        ("time JST", "2024-05-08T15:00", "UTC+09:00"),
        ("Time UTC-03:30", "2024-05-09T03:30", "UTC-03:30"),
        ("Time (UTC+8h)", "2024-05-08T16:00", "UTC+08:00"),
        ("时间（UTC＋8）", "2024-05-08T16:00", "UTC+08:00"),
        ("Time GMT+9hrs", "2024-05-08T15:00", "UTC+09:00"),
        ("Time UTC–3", "2024-05-09T03:00", "UTC-03:00"),
        ("Time UTC (+8)", "2024-05-08T16:00", "UTC+08:00"),
        ("Time (UTC+5.5)", "2024-05-08T18:30", "UTC+05:30"),
        ("time UT1", "2024-05-09T00:00", "UTC"),
        ("Asia/Kolkata time", "2024-05-08T18:30", "Asia/Kolkata"),
        ("time_utc", "2024-05-09T00:00", "UTC"),
    ],
)
def test_the_clock_that_a_heading_names_counts_and_is_noted(heading, first, zone):
    source = csv(f"{heading},XIC", [f"{time:%Y-%m-%d %H:%M:%S}" for time in MINUTES])
    check(only(source), 1500, first)
    assert f"time ({zone}): column" in read_readings(source).notes[0]
    assert "first timestamp 2024-05-09 00:00" in read_readings(source).notes[0]


@pytest.mark.parametrize(
    "heading",
    ["time (local),time (UTC),XIC", "LT,UTC,XIC", "北京时间,时间(UTC),XIC", "Time CST,Time GMT,XIC", "date_local,date_utc,XIC"],
)
def test_of_a_local_and_a_utc_column_the_utc_one_is_read(heading):
    rows = [f"{time + dt.timedelta(hours=8):%Y-%m-%d %H:%M},{time:%Y-%m-%d %H:%M}" for time in MINUTES]
    check(only(csv(heading, rows)), 1500)


def test_a_line_above_the_table_may_name_the_clock():
    rows = [f"{time:%Y-%m-%d %H:%M}" for time in MINUTES]
    source = csv("Station: XIC\nTime zone: UTC+8\ntime,F", rows, "latest.csv")
    check(only(source), 1500, "2024-05-08T16:00")


@pytest.mark.parametrize(
    ("said", "first"), [("UTC+8", "2024-05-08T16:00"), ("Asia/Tokyo", "2024-05-08T15:00"), ("UTC", "2024-05-09T00:00")]
)
def test_the_clock_that_is_said_settles_a_local_one(said, first):
    source = csv("time (local),XIC", [f"{time:%Y-%m-%d %H:%M}" for time in MINUTES])
    check(only(source, Hints(timezone=said)), 1500, first)


def test_an_offset_above_the_table_that_cannot_be_read_is_asked_for_and_a_range_of_dates_is_none():
    rows = [f"{time:%Y-%m-%d %H:%M}" for time in MINUTES[:60]]
    with pytest.raises(FormatError, match=r"UTC offset in the file \('Time zone: UTC.8k'\) .*--timezone"):
        read_readings(csv("Station: XIC\nTime zone: UTC+8k\ntime,F", rows, "latest.csv"))
    dated = csv("Station: XIC\nTime: 2024-05-09 UTC - 2024-05-10 UTC\ntime,F", rows, "latest.csv")
    check(only(dated), 60, rows=60)


@pytest.mark.parametrize(
    ("name", "hours"), [("UTC+8h", 8), ("UTC＋8", 8), ("UTC–3", -3), ("UTC+5.5", 5.5), ("+08:00", 8), ("zulu", 0), ("GMT", 0)]
)
def test_zones_as_people_write_them(name, hours):
    assert dt.datetime(2024, 5, 9, tzinfo=zone_of(name)).utcoffset() == dt.timedelta(hours=hours)


@pytest.mark.parametrize("name", ["UTC+8x", "UTC+99", "UTC8", "UTC+5.3", "+15:00", "Mars/Olympus"])
def test_a_zone_that_cannot_be_read_is_refused(name):
    with pytest.raises(ValueError, match="is not a time zone"):
        zone_of(name)


def test_a_clock_said_against_the_heading_is_followed_and_noted():
    source = csv("time (UTC),XIC", [f"{time:%Y-%m-%d %H:%M}" for time in MINUTES])
    found = read_readings(source, Hints(timezone="UTC+1"))
    assert str(found.readings[0].time[0]) == "2024-05-08T23:00:00.000"
    assert "The heading of the time column gives UTC, but UTC+1 was specified; UTC+1 was used." in found.notes


# -- workbooks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cells",
    [
        lambda time: [time],
        lambda time: [time.date(), time.time()],
        lambda time: [time.date(), time - dt.datetime.combine(time.date(), dt.time())],
        lambda time: [(time - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)],
        lambda time: [f"{time:%Y%m%d}", time.hour, time.minute],
        lambda time: [time.strftime("%Y-%m-%d %H:%M:%S")],
    ],
    ids=["instants", "dates and times", "dates and durations", "serial days", "digits, hours and minutes", "texts"],
)
def test_dates_and_times_of_a_workbook(cells):
    heading = [["time"], ["Date", "Time"], ["Date", "Hour", "Minute"]][len(cells(DAY)) - 1]
    check(only(workbook([[*heading, "XIC"], *([*cells(time), field(at)] for at, time in enumerate(MINUTES))])), 1500)


def test_serial_days_of_matlab():
    rows = [f"{time.toordinal() + 366 + (time.hour * 60 + time.minute) / 1440:.8f}" for time in MINUTES]
    check(only(csv("datenum_time,XIC", rows)), 1500)


@pytest.mark.parametrize("last", [[None, "Mean", 48_505.0], [None, None, 48_505.0], ["Mean", None, 48_505.0], ["", "合计", 7]])
@pytest.mark.parametrize("count", [40, 1500])
def test_a_last_row_that_is_no_reading_costs_nothing_else(last, count):
    rows = [[time.date(), time.time(), field(at)] for at, time in enumerate(MINUTES[:count])]
    found = read_readings(workbook([["Date", "Time", "XIC"], *rows, last]))
    check(found.readings[0], count)
    assert any("Rows without a readable time skipped: 1." in note for note in found.notes)


def test_a_sheet_for_each_station_is_read():
    rows = [[time, field(at)] for at, time in enumerate(MINUTES[:60])]
    found = read_readings(
        workbook([["DateTime", "XIC"], *rows], *((code, [["DateTime", code], *rows]) for code in ("MUL", "YUX")))
    )
    assert [one.station for one in found.readings] == ["XIC", "MUL", "YUX"]
    by_sheet = read_readings(workbook([["Remarks"]], *((code, [["DateTime", "F"], *rows]) for code in ("MUL", "YUX"))))
    assert [one.station for one in by_sheet.readings] == ["MUL", "YUX"]
    assert any("Sheets without a table: Sheet" in note for note in by_sheet.notes)
    doubtful = read_readings(
        workbook([["DateTime", "XIC"], *rows], ("Notes", [["Date", "F"], ["2024-05-09", 48_500], ["2024-05-09", 48_501]]))
    )
    assert any("total-intensity columns were not read: Notes" in note for note in doubtful.notes)
    with pytest.raises(FormatError, match="only one station was specified"):
        read_readings(workbook([["DateTime", "F"], *rows], ("MUL", [["DateTime", "F"], *rows])), Hints(station="XIC"))
    with pytest.raises(FormatError, match="only one station was specified"):
        read_readings(
            workbook([["DateTime", "F"], *rows], ("MUL", [["DateTime", "F"], *rows])), Hints(station_pattern="{code}.xlsx")
        )


@pytest.mark.parametrize("names", [("Jan", "Feb"), ("Mon", "Tue"), ("MAR24", "APR24"), ("March", "April")])
def test_sheets_of_months_or_days_are_parts_of_the_one_station(names):
    parts = [
        [["DateTime", "F"], *([time, field(at)] for at, time in enumerate(MINUTES) if at // 60 == hour)] for hour in (0, 1)
    ]
    book = workbook([["Remarks"]], *zip(names, parts, strict=True))
    found = read_readings(Source("mag_XIC_2024.xlsx", book.data))
    check(found.readings[0], 120)
    assert [one.station for one in found.readings] == ["XIC"]
    with pytest.raises(FormatError, match="does not identify its station"):
        read_readings(workbook(parts[0], (names[0], parts[1])))
