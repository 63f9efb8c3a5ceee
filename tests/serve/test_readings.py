"""Readings from a service: one question for each station and day, counted, asked again, and imported like files."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from stub_service import Stub, reply

from quakegui.progress import StoppedError
from quakegui.project.acts import acts
from quakegui.project.store import Project
from quakegui.project.undoing import undo_import
from quakegui.serve.web.http import FetchError, Limits, ask
from quakegui.serve.web.readings import fetch_readings, station_days
from quakegui.serve.web.services import Service

QUICK = partial(ask, limits=Limits(silence_s=5.0, total_s=10.0, tries=1))
DAY = np.datetime64("2022-02-01")


def iaga(code: str, day: str, *, rows: int = 1440, value: float = 46_000.0, state: str = "definitive") -> bytes:
    head = {
        "Format": "IAGA-2002", "Source of Data": "Test", "Station Name": code.title(), "IAGA CODE": code,
        "Geodetic Latitude": "36.232", "Geodetic Longitude": "140.186", "Elevation": "36", "Reported": "XYZF",
        "Data Interval Type": "1-minute (00:15-01:45)", "Data Type": state,
    }  # fmt: skip
    lines = [f" {key:<23}{text:<45}|" for key, text in head.items()]
    lines.append(f"DATE       TIME         DOY     {code}X      {code}Y      {code}Z      {code}F   |")
    for minute in range(rows):
        line = f"{day} {minute // 60:02d}:{minute % 60:02d}:00.000 032   "
        lines.append(line + f" {30000.0:9.2f} {-3000.0:9.2f} {35000.0:9.2f} {value:9.2f}")
    return ("\n".join(lines) + "\n").encode()


def gin(stub: Stub) -> Service:
    return Service("", stub.url, f"{stub.url}/GINServices", "gin")


@pytest.fixture
def project(tmp_path: Path):
    with Project.create(tmp_path / "p", timezone="Asia/Tokyo") as made:
        yield made


def fetch(project: Project, stub: Stub, codes: tuple[str, ...] = ("KAK",), days: int = 1, **more):
    return fetch_readings(project, station_days(codes, DAY, DAY + days - 1), gin(stub), QUICK, **more)


def answer_every_day(stub: Stub, **options) -> None:
    def handle(request) -> None:
        query = stub.query()
        reply(request, iaga(query["observatoryIagaCode"], query["dataStartDate"], **options))

    stub.handle = handle


def test_each_station_and_day_is_one_request_and_a_second_run_asks_nothing(project, stub) -> None:
    answer_every_day(stub)
    done = fetch(project, stub, ("kak", "MMB"), 2)
    assert (done.asked, done.known, done.short, done.failures) == (4, 0, [], [])
    assert [(query["observatoryIagaCode"], query["dataStartDate"]) for query in map(stub.query, range(4))] == [
        ("KAK", "2022-02-01"), ("MMB", "2022-02-01"), ("KAK", "2022-02-02"), ("MMB", "2022-02-02"),
    ]  # fmt: skip
    assert (stub.query()["samplesPerDay"], stub.query()["format"], stub.query()["dataDuration"]) == ("1440", "iaga2002", "1")
    assert sum(file.readings for file in done.imported.imported) == 4 * 1440
    assert project.network().codes == ("KAK", "MMB")
    assert acts(project)[0].summary["names"][0] == f"{stub.url}/GINServices/kak20220201min.iaga2002"
    again = fetch(project, stub, ("kak", "MMB"), 2)
    assert (again.asked, again.known, len(again.imported.unchanged)) == (0, 4, 4)
    assert len(acts(project)) == 1
    undo_import(project)
    assert len(fetch(project, stub, ("kak", "MMB"), 2).imported.imported) == 4
    assert len(stub.asked) == 4


def test_a_short_answer_is_asked_again_and_the_fuller_one_counts(project, stub) -> None:
    stub.handle = lambda request: reply(request, iaga("KAK", "2022-02-01", rows=700 if len(stub.asked) == 1 else 1440))
    done = fetch(project, stub)
    assert (done.asked, done.short, done.imported.imported[0].readings) == (2, [], 1440)


def test_what_lacks_in_two_answers_is_reported_and_asked_for_in_every_run(project, stub) -> None:
    answer_every_day(stub, rows=700)
    for run in range(2):
        done = fetch(project, stub)
        assert done.asked == 2
        assert done.short == ["KAK, 2022-02-01: the service has 700 of 1440 timestamps."]
        assert (len(done.imported.imported), len(done.imported.unchanged)) == ((1, 0), (0, 1))[run]


def test_days_without_readings_are_remembered_too(project, stub) -> None:
    answers = {"KAK": (b"", 204), "MMB": (iaga("MMB", "2022-02-01", value=99_999.0).replace(b"30000.00", b"99999.00"), 200)}
    stub.handle = lambda request: reply(
        request, answers[stub.query()["observatoryIagaCode"]][0], status=answers[stub.query()["observatoryIagaCode"]][1]
    )
    for asked in (2, 0):
        done = fetch(project, stub, ("KAK", "MMB"))
        assert (done.asked, done.empty, done.imported) == (asked, 2, None)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (iaga("MMB", "2022-02-01"), "The response contains MMB, 2022-02-01, which was not requested"),
        (iaga("KAK", "2022-02-02"), "The response contains KAK, 2022-02-02, which was not requested"),
        (iaga("KAK", "2022-02-01")[:-5], "The data of KAK on 2022-02-01 are truncated; nothing was saved."),
        (b"No such observatory\n", "sent something that is not IAGA-2002; nothing was saved. It begins: No such observatory"),
    ],
)
def test_a_bad_answer_stores_nothing(project, stub, body, sentence) -> None:
    stub.handle = lambda request: reply(request, body)
    with pytest.raises(FetchError, match=sentence):
        fetch(project, stub)
    assert acts(project) == ()
    assert list(project.folder.rglob("*.gz")) == []


def test_a_day_that_fails_does_not_prevent_the_others(project, stub) -> None:
    answer_every_day(stub)
    good = stub.handle
    stub.handle = lambda request: reply(request, status=500) if len(stub.asked) == 2 else good(request)
    done = fetch(project, stub, days=3)
    assert [str(one).replace(stub.url.removeprefix("http://"), "HOST") for one in done.failures] == [
        "KAK, 2022-02-02: HOST is not available now (HTTP 500). Try again later."
    ]
    assert len(done.imported.imported) == 2
    done = fetch(project, stub, days=3)
    assert (done.asked, done.known, done.failures) == (1, 2, [])


def test_a_service_that_fails_in_a_row_is_left_alone_and_a_stop_imports_nothing(project, stub) -> None:
    answer_every_day(stub)
    good = stub.handle
    stub.handle = lambda request: good(request) if len(stub.asked) == 1 else reply(request, status=500)
    done = fetch(project, stub, days=20)
    assert (len(stub.asked), len(done.failures), done.unasked, len(done.imported.imported)) == (4, 3, 16, 1)
    stub.handle = good
    asked = len(stub.asked)
    with pytest.raises(StoppedError):
        fetch(project, stub, days=20, cancelled=lambda: len(stub.asked) == asked + 2)
    assert len(acts(project)) == 1


def hapi(stub: Stub, info: dict, data: str, *, dataset: str = "{code}/best-avail/PT1M/xyzf") -> Service:
    def handle(request) -> None:
        if request.path.startswith("/hapi/info?"):
            reply(request, json.dumps(info).encode(), kind="application/json")
        else:
            reply(request, data.encode(), kind="text/csv")

    stub.handle = handle
    return Service("", stub.url, f"{stub.url}/hapi", "hapi", dataset=dataset)


INFO = {
    "HAPI": "2.1",
    "status": {"code": 1200, "message": "OK"},
    "cadence": "PT1M",
    "parameters": [
        {"name": "Time", "type": "isotime", "units": "UTC", "length": 24, "fill": None},
        {"name": "Field_Vector", "type": "double", "units": "nT", "fill": "99999.00", "size": [3]},
        {"name": "Field_Magnitude", "type": "double", "units": "nT", "fill": "-1e31"},
    ],
}


def rows(count: int = 1440, value: str = "46000.25") -> str:
    clock = ((minute // 60, minute % 60) for minute in range(count))
    return "".join(f"2022-02-01T{hour:02d}:{minute:02d}:00Z,30000,-3000,35000,{value}\n" for hour, minute in clock)


def test_a_hapi_server_is_asked_what_it_has_and_its_missing_value_codes_are_applied(project, stub) -> None:
    service = hapi(stub, INFO, rows(1439) + "2022-032T23:59:00Z,30000,-3000,35000,-1E31\n")
    done = fetch_readings(project, station_days(["KAK"], DAY, DAY), service, QUICK)
    assert (done.asked, done.short, done.failures) == (1, [], [])
    assert stub.asked == [
        "/hapi/data?id=kak/best-avail/PT1M/xyzf&time.min=2022-02-01T00:00:00Z&time.max=2022-02-02T00:00:00Z&format=csv",
        "/hapi/info?id=kak/best-avail/PT1M/xyzf",
    ]
    (file,) = done.imported.imported
    assert (file.readings, file.stations, str(file.last)) == (1439, ("KAK",), "2022-02-01T23:58:00.000")
    assert fetch_readings(project, station_days(["KAK"], DAY, DAY), service, QUICK).known == 1
    assert len(stub.asked) == 2


def test_a_hapi_data_set_without_total_intensity_is_read_by_its_components(project, stub) -> None:
    service = hapi(stub, {**INFO, "parameters": INFO["parameters"][:2]}, rows().replace(",46000.25", ""))
    done = fetch_readings(project, station_days(["KAK"], DAY, DAY), service, QUICK)
    assert done.imported.imported[0].readings == 1440
    assert any("derived from X, Y, Z" in note for note in done.imported.notes)


@pytest.mark.parametrize(
    ("info", "data", "sentence"),
    [
        (INFO, rows()[:-3], "are truncated"),
        (INFO, rows().replace("02-01T00:00", "02-03T00:00"), "contain an unexpected line: 2022-02-03T00:00:00Z"),
        (INFO, rows().replace(",35000", "", 1), "contain an unexpected line"),
        (INFO, '{"HAPI": "2.1", "status": {"code": 1406, "message": "unknown id"}}\n', "instead of data: 1406 unknown id"),
        ({**INFO, "parameters": INFO["parameters"][:1]}, rows(), "no total intensity"),
        ({"parameters": 3}, rows(), "description of the data set kak/best-avail/PT1M/xyzf is not readable"),
        ({**INFO, "parameters": [{"name": "Time"}, {"name": "F", "units": "V"}]}, rows(), "no total intensity"),
    ],
)
def test_a_bad_answer_of_a_hapi_server_stores_nothing(project, stub, info, data, sentence) -> None:
    with pytest.raises(FetchError, match=sentence):
        fetch_readings(project, station_days(["KAK"], DAY, DAY), hapi(stub, info, data), QUICK)
    assert acts(project) == ()


def test_no_data_at_a_hapi_server_is_an_answer(project, stub) -> None:
    for data in ("", '{"status": {"code": 1201, "message": "OK - no data"}}\n'):
        done = fetch_readings(project, station_days(["KAK"], DAY, DAY), hapi(stub, INFO, data), QUICK, again=True)
        assert (done.empty, done.failures) == (1, [])


def test_stations_and_days_are_checked_before_anything_is_asked() -> None:
    assert len(station_days(["kak", "KAK", " mmb "], DAY, DAY + 1)) == 4
    assert station_days(["KAK"], np.datetime64("today") - 1, np.datetime64("9999-01-01"))[-1].day <= np.datetime64("today") + 1
    for codes, first, why in (
        (["../x"], DAY, "is not a station code"),
        ([""], DAY, "at least one station code"),
        (["KAK"], DAY + 5, "choose other dates"),
    ):
        with pytest.raises(FetchError, match=why):
            station_days(codes, first, DAY)
