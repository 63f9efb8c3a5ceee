"""Earthquakes from a service: what is asked, how often, and what a second run asks."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from stub_service import Stub, reply

from quakegui.progress import StoppedError
from quakegui.project import catalogue
from quakegui.project.acts import acts
from quakegui.project.store import Project
from quakegui.project.undoing import undo_import
from quakegui.season.events import Declustering, Selection
from quakegui.serve.web.answers import Answers
from quakegui.serve.web.earthquakes import fetch_earthquakes, left_to_ask, pieces
from quakegui.serve.web.http import FetchError, Limits, ask
from quakegui.serve.web.services import EVENTS, READINGS, Service, service_of

HEAD = "#EventID|Time|Latitude|Longitude|Depth/km|Author|Catalog|Contributor|ContributorID|MagType|Magnitude|MagAuthor|Place\n"
QUICK = partial(ask, limits=Limits(silence_s=5.0, total_s=10.0, tries=1))
SELECTION = Selection(box=(20.0, 40.0, 90.0, 110.0), min_magnitude=3.1, since=dt.date(2021, 6, 1), until=dt.date(2022, 6, 30))


def quakes(first: str, last: str, step_h: int) -> list[np.datetime64]:
    return list(np.arange(first, last, np.timedelta64(step_h, "h"), dtype="datetime64[s]"))


def answer_with(stub: Stub, times: list[np.datetime64], *, limit: int = 10**9, refused: int = 10**9) -> None:
    """Let the service send the earthquakes of the time asked for, up to a limit."""

    def handle(request) -> None:
        query = stub.query()
        since, until = np.datetime64(query["starttime"]), np.datetime64(query["endtime"])
        rows = [f"ev{time}|{time}|30.5|101.25|10|A|C|N|1|mb|4.2|A|Sichuan\n" for time in times if since <= time <= until]
        if not rows:
            reply(request, status=204)
        elif len(rows) > refused:
            reply(request, status=413)
        else:
            reply(request, (HEAD + "".join(rows[:limit])).encode())

    stub.handle = handle


def service(stub: Stub, limit: int = 0) -> Service:
    return Service("", stub.url, f"{stub.url}/fdsnws/event/1", "fdsn", limit=limit)


@pytest.fixture
def project(tmp_path: Path):
    with Project.create(tmp_path / "p", timezone="Asia/Shanghai") as made:
        yield made


def fetch(project: Project, stub: Stub, *, limit: int = 0, again: bool = False):
    plan = pieces(SELECTION, project.timezone)
    return fetch_earthquakes(plan, service(stub, limit), Answers(project), QUICK, again=again)


def test_a_request_is_asked_year_by_year_in_the_local_dates_of_the_project(project, stub) -> None:
    answer_with(stub, quakes("2021-06-10", "2022-06-10", 240))
    read = fetch(project, stub)
    assert stub.query(0) == {
        "format": "text", "starttime": "2021-05-31T16:00:00", "endtime": "2022-01-01T00:00:00", "nodata": "204",
        "minlatitude": "20", "maxlatitude": "40", "minlongitude": "90", "maxlongitude": "110", "minmagnitude": "3.1",
    }  # fmt: skip
    assert (stub.query(1)["starttime"], stub.query(1)["endtime"]) == ("2022-01-01T00:00:00", "2022-06-30T16:00:00")
    assert len(stub.asked) == 2
    assert len(read.events) == 37
    assert (read.events[0].magnitude, read.events[0].latitude, read.events[0].place) == (4.2, 30.5, "Sichuan")
    assert [file.name for file in read.files] == [stub.url + path for path in stub.asked]


def test_a_box_across_180_degrees_is_asked_in_two_parts() -> None:
    box = Selection(box=(-50.0, -30.0, 170.0, -175.0), since=dt.date(2022, 1, 1), until=dt.date(2022, 2, 1))
    assert [piece.box for piece in pieces(box, "UTC")] == [(-50.0, -30.0, 170.0, 180.0), (-50.0, -30.0, -180.0, -175.0)]


def test_a_second_run_asks_nothing_and_an_undone_import_comes_back_from_the_kept_answers(project, stub) -> None:
    answer_with(stub, quakes("2021-06-10", "2022-06-10", 240))
    for _run in range(2):
        read = fetch(project, stub)
        catalogue.store_events(project, read.events, declustering=Declustering("none"), selection=SELECTION, origin=read)
    assert len(stub.asked) == 2
    assert [(act.kind, act.summary["events"], act.summary["file"]) for act in acts(project)] == [
        ("events", 37, stub.url.removeprefix("http://").replace(":", "_"))
    ]
    assert [file.events for file in catalogue.origins(project)] == [21, 16]
    undo_import(project)
    assert catalogue.events(project) == ()
    stub.handle = lambda request: reply(request, status=500)
    read = fetch(project, stub)
    catalogue.store_events(project, read.events, declustering=Declustering("none"), origin=read)
    assert len(catalogue.events(project)) == 37
    answer_with(stub, quakes("2021-06-10", "2022-06-10", 480))
    assert len(fetch(project, stub, again=True).events) == 19
    assert len(stub.asked) == 4


def test_a_year_that_is_not_over_is_asked_again_in_place_of_its_former_answer(project, stub) -> None:
    answer_with(stub, quakes("2021-06-10", "2021-09-10", 240))
    open_end = Selection(since=dt.date(2021, 6, 1))
    plan, answers = pieces(open_end, "UTC"), Answers(project)
    fetch_earthquakes(plan, service(stub), answers, QUICK)
    first = len(stub.asked)
    assert first == len(plan) >= 5
    assert left_to_ask(plan, service(stub), Answers(project)) == 1
    fetch_earthquakes(pieces(open_end, "UTC"), service(stub), Answers(project), QUICK)
    assert stub.asked[first:] == stub.asked[first - 1 : first]


@pytest.mark.parametrize(("limit", "stated", "step_h"), [(1000, 0, 4), (60, 60, 24)])
def test_what_a_service_cuts_is_divided_until_nothing_is_cut(project, stub, limit, stated, step_h) -> None:
    """A limit that the service does not state is suspected where a round number of earthquakes comes."""
    times = quakes("2021-06-10", "2021-12-10", step_h)
    answer_with(stub, times, limit=limit)
    read = fetch(project, stub, limit=stated)
    assert {event.time for event in read.events} == {time.astype("datetime64[ms]") for time in times}
    asked = len(stub.asked)
    assert 4 <= asked <= 12
    assert stub.query(0).get("limit") == (str(stated) if stated else None)
    assert len(fetch(project, stub, limit=stated).events) == len(times)
    assert len(stub.asked) == asked


def test_too_much_at_once_is_divided(project, stub) -> None:
    answer_with(stub, quakes("2021-06-10", "2022-06-10", 48), refused=50)
    assert len(fetch(project, stub).events) == 183
    stub.handle = lambda request: reply(request, status=413)
    with pytest.raises(FetchError, match="enter a larger minimum magnitude"):
        fetch(project, stub, again=True)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ((HEAD + "ev|2022-01-01T00:00:00|30.5|101").encode(), "is truncated; nothing was saved"),
        (b"\n", "sent an empty response; nothing was saved"),
        (b"Service is down for maintenance\n", "not a table of earthquakes; nothing was saved. It begins: Service is down"),
        ((HEAD + "ev|soon|30|101|10|A|C|N|1|mb|4|A|x\n").encode(), "not a table of earthquakes"),
        (HEAD.encode(), "has no earthquakes for this request; nothing was changed"),
    ],
)
def test_a_bad_answer_changes_nothing(project, stub, body, sentence) -> None:
    stub.handle = lambda request: reply(request, body)
    with pytest.raises(FetchError, match=sentence):
        fetch(project, stub)
    assert acts(project) == ()
    assert list(project.folder.rglob("*.gz")) == []


def test_a_failure_in_the_middle_keeps_the_answers_before_it(project, stub) -> None:
    answer_with(stub, quakes("2021-06-10", "2022-06-10", 240))
    good = stub.handle
    stub.handle = lambda request: good(request) if len(stub.asked) < 2 else reply(request, status=500)
    with pytest.raises(FetchError, match="is not available now"):
        fetch(project, stub)
    stub.handle = good
    assert len(fetch(project, stub).events) == 37
    assert len(stub.asked) == 3
    with pytest.raises(StoppedError):
        fetch_earthquakes(pieces(SELECTION, "UTC"), service(stub), Answers(project), QUICK, cancelled=lambda: True)


def test_a_line_of_the_list_that_is_damaged_is_asked_again(project, stub) -> None:
    answer_with(stub, quakes("2021-06-10", "2022-06-10", 240))
    fetch(project, stub)
    log = project.folder / "fetched" / "log.jsonl"
    log.write_bytes(log.read_bytes()[:-40])
    assert len(fetch(project, stub).events) == 37
    assert len(stub.asked) == 3


def test_answers_are_never_read_or_written_through_a_link(project, stub, tmp_path) -> None:
    answer_with(stub, quakes("2021-06-10", "2022-06-10", 240))
    (tmp_path / "elsewhere").mkdir()
    (project.folder / "fetched").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FetchError, match="is a link"):
        fetch(project, stub)
    (project.folder / "fetched").unlink()
    (project.folder / "fetched").mkdir()
    (project.folder / "fetched" / stub.url.removeprefix("http://").replace(":", "_")).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FetchError, match="a folder in it is a link"):
        fetch(project, stub)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_services_by_name_and_by_address() -> None:
    assert service_of("USGS", EVENTS).url == "https://earthquake.usgs.gov/fdsnws/event/1"
    assert (
        service_of("https://host.example/fdsnws/event/1/query?format=xml", EVENTS).url == "https://host.example/fdsnws/event/1"
    )
    assert [service_of(url, READINGS).kind for url in ("https://a/GINServices", "https://a/hapi/", "intermagnet")] == [
        "gin", "hapi", "gin",
    ]  # fmt: skip
    for text, kinds, why in (
        ("nobody", EVENTS, "Unknown service “nobody”. Use one of usgs, emsc"),
        ("usgs", READINGS, "not a service of readings"),
        ("intermagnet", EVENTS, "not a service of earthquakes"),
        ("https://bo:x@host/a", EVENTS, "user name or password are not accepted"),
    ):
        with pytest.raises(FetchError, match=why):
            service_of(text, kinds)
