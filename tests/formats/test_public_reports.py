"""Files in the forms that public bug reports of other programs show, made here; the report stands above each."""

from __future__ import annotations

import numpy as np
import pytest
from readings_samples import iaga, xyzf

from quakegui.formats import iaga2002, read_events, read_readings
from quakegui.formats.errors import FormatError
from quakegui.formats.result import EventsFile, ReadingsFile
from quakegui.formats.source import Source


def readings(text: str | bytes, name: str = "a.csv") -> ReadingsFile:
    return read_readings(Source(name, text.encode() if isinstance(text, str) else text))


def events(text: str) -> EventsFile:
    return read_events(Source("a", text.encode()))


# usgs/geomag-algorithms issue 227: PCDCP of seconds counts seconds of the day, in 0.001 nT
def test_pcdcp_of_seconds():
    rows = "".join(f"{at:05d}  21463199     14915  45993325  {51_367_680 + at}\n" for at in range(20))
    (one,) = readings(f"FRD  2014  365  31-Dec-14  HEZF  0.001nT  File Version 2.00\n{rows}", "frd.sec").readings
    assert (one.station, one.cadence_s, str(one.time[-1])) == ("FRD", 1.0, "2014-12-31T00:00:19.000")
    assert one.values[1] == 51_367.681


# usgs/geomag-algorithms issue 182, geomagpy/magpy issue 83: fields of the header that hold words for numbers
@pytest.mark.parametrize("header", [{"Digital_Sampling": "1 minute"}, {"Data_Interval_Type": "60.0 ( )"}])
def test_words_where_a_header_should_have_numbers(header):
    (one,) = iaga2002.parse(Source("a.min", iaga(xyzf(20), **header))).readings
    assert (len(one), one.cadence_s) == (20, 60.0)


# geomagpy/magpy issue 45: column names without the station's code
def test_column_names_without_the_stations_code():
    data = iaga(xyzf(20)).replace(b"TSTX      TSTY      TSTZ      TSTF", b"X         Y         Z         F   ")
    (one,) = iaga2002.parse(Source("a.min", data)).readings
    assert (one.station, one.derived) == ("TST", False)


# ESA-VirES/VirES-Python-Client issue 60: a flipped bit in the station's code
def test_a_damaged_code_in_the_header_is_taken_from_the_column_names():
    data = iaga(xyzf(20)).replace(b"TST   ", b"T\x02T   ", 1)
    found = iaga2002.parse(Source("a.min", data))
    assert found.readings[0].station == "TST"
    assert "The station code in the header is damaged; the code in the column names was used." in found.notes
    with pytest.raises(FormatError, match="is not a valid station code"):
        iaga2002.parse(Source("a.min", data.replace(b"TSTX", b"T\x02TX")))


# ugcs/GeoHammer issue 303: a GEM survey file with semicolons below more than ten lines of settings
def test_more_than_ten_lines_of_settings_above_a_table():
    above = "\n".join(f"Config line {at}: value {at}" for at in range(14))
    rows = "\n".join(f"2022-09-14;14:28:{at:02d}.{part};48500.{at};12" for at in range(30) for part in (0, 5))
    found = readings(f"{above}\nDate;Time;Mag;Sats\n{rows}\n", "Airborne_XIC.csv")
    assert [(one.station, len(one), one.cadence_s) for one in found.readings] == [("XIC", 60, 0.5)]


# mag.gcras.ru, csv of samples: v1_pre to f_pre are elements, not stations
def test_elements_with_a_suffix_are_no_stations():
    rows = "".join(f"2011-11-11 12:{at:02d}:00;17000.1;10.5;49000.2;52000.5;HDZ;SP=0000\n" for at in range(20))
    found = readings(f"DATE TIME;v1_pre;v2_pre;v3_pre;f_pre;ORIENT;SP\n{rows}", "mos20111111.csv")
    assert [(one.station, set(one.values)) for one in found.readings] == [("MOS", {52_000.5})]
    assert any("look like total intensity" in note and "v3_pre" in note for note in found.notes)


@pytest.mark.parametrize("names", ["Sensor1,Sensor2", "CH 1,CH 2", "F1,F2", "Value,Raw"])
def test_headings_that_name_no_station_are_asked_for(names):
    rows = "".join(f"2022-01-01 00:{at:02d},48500,48600\n" for at in range(20))
    with pytest.raises(FormatError, match="is not a station"):
        readings(f"time,{names}\n{rows}")


# SuperMAG, csv and ascii: variations without a baseline, of which not a total intensity can be made
def test_variations_alone_are_refused_with_the_reason():
    rows = "".join(f"2015-03-17T00:{at:02d}:00,60.0,THL,290.77,77.47,{at}.5,1.2,3.4\n" for at in range(30))
    with pytest.raises(FormatError, match="No column is a total intensity"):
        readings(f"Date_UTC,Extent,IAGA,GEOLON,GEOLAT,dbn_nez,dbe_nez,dbz_nez\n{rows}")
    record = "2000\t05\t05\t13\t{0:02d}\t00\t2\nALE\t113.7\t-1.6\t15.7\t15.32\t69.53\t24.24\t71.53\n"
    with pytest.raises(FormatError, match="Unknown format"):
        readings("File is based on data\n" + "".join(record.format(at) for at in range(20)), "supermag.txt")


# PmagPy issue 706: stamps with colons throughout
def test_stamps_of_an_unknown_form_are_refused():
    rows = "".join(f"2020:01:06:21:{at:02d}:37.36,48500.{at}\n" for at in range(30))
    with pytest.raises(FormatError, match=r"unknown format|be read as a time"):
        readings(f"time,XIC\n{rows}")


# pandas issues 14301, 19402, 25847, 37895: one day beyond the twelfth decides for the whole column
def test_days_and_months_never_change_places_within_a_column():
    rows = [f"{day:02d}/06/2018 00:{at:02d},48500" for day in (13, 12, 11) for at in range(10)]
    (one,) = readings("timestamp,XIC\n" + "\n".join(rows)).readings
    assert set(np.datetime_as_string(one.time, "D")) == {"2018-06-11", "2018-06-12", "2018-06-13"}


# pandas issue 2586: full stops put the day first, with fractions of seconds
def test_dates_with_full_stops():
    rows = [f"27.03.2003 14:{at:02d}:00.000,48500" for at in range(5)] + [
        f"03.08.2003 15:{at:02d}:00.000,48501" for at in range(5)
    ]
    (one,) = readings("time,XIC\n" + "\n".join(rows)).readings
    assert (str(one.time[0]), str(one.time[-1])) == ("2003-03-27T14:00:00.000", "2003-08-03T15:04:00.000")


# pandas issue 53355: several forms in one column
def test_several_forms_in_one_column_are_refused():
    with pytest.raises(FormatError, match=r"unknown format|be read as a time"):
        readings("time,XIC\n18/04/1995 00:00,48500\n14 / 07 / 1994,48501\n2007-4-30 1:6:40.000PM,48501\n")


# obspy issue 1573 and pull request 1569: fractions of seconds in ZMAP's last column, and NaN for what is not known
def test_zmap_with_fractions_of_seconds_and_nan():
    first = "13.3\t42.3\t2009\t3\t31\t2.1\tNaN\t21\t57\t17.84\t0.1\t0.2\t0.3\n"
    found = events(first + first.replace("2.1", "NaN").replace("\t21\t", "\t22\t"))
    assert [(str(event.time), event.magnitude, event.depth_km) for event in found.events] == [
        ("2009-03-31T21:57:17.840", 2.1, None)
    ]


# CelsoReyes/zmap7 issue 32: a heading above columns with blanks between them
def test_a_catalogue_with_blanks_between_its_columns():
    text = "Longitude Latitude Year Month Day Magnitude Depth Hour Minute Second\n-73.2 -40.1 2010 2 27 6.1 30 6 34 11\n"
    (event,) = events(text).events
    assert (str(event.time), event.magnitude, event.latitude) == ("2010-02-27T06:34:11.000", 6.1, -40.1)


# obspy issue 2823: depths above the sea level
def test_a_depth_above_the_sea():
    (event,) = events("time,latitude,longitude,depth,mag\n2018-07-01T00:00:00Z,19.4,-155.3,-1.1,5.3\n").events
    assert event.depth_km == -1.1


# BasicAirData/GPSLogger issue 237: fractions of seconds in some stamps only
def test_fractions_of_seconds_in_some_stamps():
    rows = [f"2024-05-09 00:00:{at:02d}{'.329' if at == 1 else ''},48500.{at % 10}" for at in range(40)]
    (one,) = readings("time,XIC\n" + "\n".join(rows)).readings
    assert (len(one), str(one.time[1]), str(one.time[2])) == (40, "2024-05-09T00:00:01.329", "2024-05-09T00:00:02.000")


# leppott/ContDataQC issue 165: midnights whose stamps are the date alone
def test_midnights_without_a_time_of_day():
    stamps = [np.datetime64("2024-05-08T22:00", "m") + 10 * at for at in range(40)]
    iso = [str(stamp).replace("T", " ").removesuffix(" 00:00") for stamp in stamps]
    (one,) = readings("time,XIC\n" + "".join(f"{stamp},48500.1\n" for stamp in iso)).readings
    assert (len(one), str(one.time[12])) == (40, "2024-05-09T00:00:00.000")
    other = [f"{stamp[8:10]}.05.2024{stamp[10:]},48500.1\n" for stamp in (text.replace("05-0", "05-1") for text in iso)]
    with pytest.raises(FormatError, match=r"unknown format|be read as a time"):
        readings("time,XIC\n" + "".join(other))


# sofarocean/spotter-sd-parser pull request 29: a last line that was not written whole
def test_a_last_line_that_was_not_written_whole():
    rows = "".join(f"2024-05-09 00:{at:02d},48500.1,12.5\n" for at in range(20))
    found = readings(f"time,XIC,T\n{rows}2024-05-09 0")
    assert len(found.readings[0]) == 20
    assert any("The last line is incomplete and was skipped: '2024-05-09 0'." in note for note in found.notes)
