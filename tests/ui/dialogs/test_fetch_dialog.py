"""Fetching from a service in the window: the requests are listed before they are sent, and nothing is half imported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt
from shown import shown
from small_season import wait

from quakegui.project.acts import acts
from quakegui.ui.dialogs.catalogue_dialog import CatalogueDialog
from quakegui.ui.dialogs.fetch_dialog import FetchDialog
from quakegui.ui.dialogs.fetch_form import DATA

sys.path.append(str(Path(__file__).resolve().parents[2] / "serve"))

from stub_service import reply, service

dialog = shown(FetchDialog)
QUAKES = b"""id,time,latitude,longitude,depth,mag,magType,place
us1,2022-02-10T04:00:00.000Z,28.1,102.2,10,5.1,mw,Luding
us2,2022-03-01T04:00:00.000Z,27.6,101.9,12,4.1,mb,Huili
"""


@pytest.fixture
def stub(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with service() as found:
        yield found


def ask_for(dialog: FetchDialog, url: str, first: QDate, last: QDate) -> None:
    dialog.form.since.setDate(first)
    dialog.form.until.setDate(last)
    dialog.form.service.setCurrentText(url)


def iaga(query: dict[str, str]) -> bytes:
    code, day = query["observatoryIagaCode"], query["dataStartDate"]
    head = [f" {'Format':<23}{'IAGA-2002':<45}|", f" {'IAGA CODE':<23}{code:<45}|", f" {'Geodetic Latitude':<23}{'28.0':<45}|"]
    head += [f" {'Geodetic Longitude':<23}{'102.0':<45}|", f"DATE       TIME         DOY     {code}F   |"]
    clock = (f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(1440))
    return "\n".join([*head, *(f"{day} {time}:00.000 032    50001.25" for time in clock), ""]).encode()


def test_the_requests_are_listed_and_nothing_is_sent_before_the_button(qtbot, dialog, session, stub):
    ask_for(dialog, "USGS (ANSS ComCat)", QDate(2022, 2, 1), QDate(2022, 3, 15))
    assert dialog.requests.text() == (
        "1 request to earthquake.usgs.gov (https://earthquake.usgs.gov/fdsnws/event/1):\n"
        "Earthquakes from 2022-02-01 to 2022-03-15 (Asia/Shanghai), M ≥ 3.0, between 24° and 33° N, 98° and 106° E. "
        "One request per year; more if there are too many earthquakes for one."
    )
    ask_for(dialog, stub.url, QDate(2020, 5, 1), QDate(2022, 3, 15))
    assert dialog.requests.text().startswith(f"3 requests to {stub.url.removeprefix('http://')} ({stub.url}):")
    dialog.form.service.setCurrentText("nobody")
    assert dialog.sentence.text().startswith("Unknown service “nobody”.")
    assert not dialog.ask.isEnabled()
    qtbot.keyClick(dialog.form.service, Qt.Key.Key_Return)
    assert stub.asked == []


def test_fetched_earthquakes_are_selected_in_the_catalogue_window(qtbot, dialog, session, stub):
    stub.handle = lambda request: reply(request, QUAKES, kind="text/csv")
    ask_for(dialog, stub.url, QDate(2022, 2, 1), QDate(2022, 3, 15))
    qtbot.mouseClick(dialog.ask, Qt.MouseButton.LeftButton)
    wait(qtbot, session)
    assert [event.id for event in dialog.catalogue.events] == ["us1", "us2"]
    assert stub.query()["minlatitude"] == "24"
    before = acts(session.project)
    window = CatalogueDialog(session, contents=dialog.catalogue)
    qtbot.addWidget(window)
    wait(qtbot, session)
    assert len(window.choice.inside) == 2
    assert acts(session.project) == before
    window.apply()
    wait(qtbot, session)
    assert acts(session.project)[-1].summary["event_origins"]["files"][0]["name"] == stub.url + stub.asked[0]


def test_fetched_readings_are_imported_and_reported(qtbot, dialog, session, stub):
    stub.handle = lambda request: reply(request, iaga(stub.query()))
    dialog.form.kind.setCurrentIndex(DATA)
    dialog.form.stations.setText("kak, MMB")
    ask_for(dialog, stub.url, QDate(2022, 3, 1), QDate(2022, 3, 2))
    assert "Readings of KAK, MMB from 2022-03-01 to 2022-03-02 (UTC)." in dialog.requests.text()
    qtbot.mouseClick(dialog.ask, Qt.MouseButton.LeftButton)
    wait(qtbot, session)
    assert dialog.sentence.text() == "4 requests sent; 0 days were already fetched, 0 days have no readings."
    assert dialog.outcome.imported.rows.rowCount() == 4
    assert {"KAK", "MMB"} <= set(session.project.network().codes)


def test_a_failure_is_a_sentence_and_a_stop_keeps_what_came(qtbot, dialog, session, stub):
    before = acts(session.project)
    stub.handle = lambda request: reply(request, b"Bad box", status=400)
    ask_for(dialog, stub.url, QDate(2021, 2, 1), QDate(2022, 3, 15))
    dialog.start()
    wait(qtbot, session)
    assert dialog.sentence.text().endswith("refused the request (HTTP 400). The message of the service: Bad box")

    def second_hangs(request):
        if len(stub.asked) == 2:
            reply(request, QUAKES, kind="text/csv")
        else:
            stub.ended.wait()

    stub.handle = second_hangs
    dialog.start()
    qtbot.waitUntil(lambda: len(stub.asked) == 3, timeout=10_000)
    dialog.reject()
    wait(qtbot, session)
    assert dialog.isVisible()
    assert dialog.sentence.text().startswith("Stopped; nothing was imported.")
    assert "1 further request has a saved response and is not repeated." in dialog.requests.text()
    assert acts(session.project) == before
