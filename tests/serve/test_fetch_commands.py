"""The commands that fetch: what they print, send and import, and their exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from stub_service import Stub, reply
from terminal import Terminal
from test_readings import iaga

QUAKES = b"""id,time,latitude,longitude,depth,mag
1,2022-03-01T04:00:00Z,29.6,102.4,10,5.1
2,2022-03-02T04:00:00Z,29.6,102.4,10,4.1
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def test_earthquakes_are_planned_fetched_declustered_and_listed(run: Terminal, stub: Stub, tmp_path: Path) -> None:
    stub.handle = lambda request: reply(request, QUAKES, kind="text/csv")
    run("new", tmp_path / "p")
    order = ("fetch", "events", tmp_path / "p", "--from", stub.url, "--since", "2022-01-01", "--until", "2022-12-31")
    out, err = run(*order, "--plan")
    assert out.splitlines()[0].startswith(f"{stub.url}/query?format=text&starttime=2021-12-31T16:00:00&endtime=2022-01-01")
    assert f"{stub.url}: 2 of 2 requests to send" in err
    assert stub.asked == []
    found = run.json(*order, "--decluster", "50", "5")
    assert [(row["magnitude"], row["latitude"]) for row in found] == [(5.1, 29.6)]
    assert "0 of 2 requests to send" in run(*order)[1]
    assert len(stub.asked) == 2
    assert "Unknown service" in run("fetch", "events", tmp_path / "p", "--from", "nobody", "--since", "2022-01-01", code=1)[1]
    run("fetch", "events", tmp_path / "p", "--from", "usgs", code=2)


def test_dates_beyond_those_of_a_project_are_refused(run: Terminal, stub: Stub, tmp_path: Path) -> None:
    run("new", tmp_path / "p")
    orders = (
        ("events", "--since", "0001-01-01"),
        ("events", "--since", "2022-01-01", "--until", "9999-12-31"),
        ("readings", "--station", "KAK", "--since", "0001-01-01"),
    )
    for kind, *dates in orders:
        _, said = run("fetch", kind, tmp_path / "p", "--from", stub.url, *dates, "--plan", code=1)
        assert "can be fetched from 1800-01-01 to 2199-12-31." in said
    assert stub.asked == []


def test_readings_are_fetched_for_the_stations_named_or_of_the_project(run: Terminal, stub: Stub, tmp_path: Path) -> None:
    stub.handle = lambda request: reply(request, iaga(stub.query()["observatoryIagaCode"], stub.query()["dataStartDate"]))
    run("new", tmp_path / "p")
    order = ("fetch", "readings", tmp_path / "p", "--from", stub.url, "--since", "2022-02-01", "--until", "2022-02-02")
    assert "at least one station code" in run(*order, code=1)[1]
    found = run.json(*order, "--station", "KAK")
    assert (found["asked"], found["known"], len(found["imported"]["imported"])) == (2, 0, 2)
    assert run.json(*order)["known"] == 2
    stub.handle = lambda request: reply(request, b"no", status=404)
    out, err = run(*order, "--station", "KAK", "--station", "MMB", code=1)
    assert "2 days failed and 0 were not requested; the others are imported." in err
    assert "Files imported: 0" in out
