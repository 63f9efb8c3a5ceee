"""The detection limit in Results: what is kept with the run is there at once, and a sentence where nothing is."""

from __future__ import annotations

import json
import threading

import pytest
from finished_run import trained
from PySide6.QtCore import Qt

from quakegui.app import evaluation
from quakegui.app.change import Change
from quakegui.judge.limit import Limit, Share, SizeRow
from quakegui.report.limit_parts import limit_text, power_curve, size_table
from quakegui.ui.panels.result_tables import report_words

FOUND = Limit(
    kind="matched-filter",
    title="matched filter",
    events=2,
    magnitude=4.0,
    peak_nt=2.7,
    footprint_km=20.0,
    length_days=7.0,
    signal_share=0.8,
    sizes=tuple(SizeRow(k, 2.7 * k, 2.0 * k, Share(20, 5 * k, 5 * k, 0.1, 0.9)) for k in range(5)),
    counts=(),
)


@pytest.fixture
def source_folder(request, tiny_folder, trained_tiny):
    return trained_tiny if "page" in request.fixturenames else tiny_folder


@pytest.fixture
def page(session, open_window):
    """Return the page of a window with a finished run in use, whose limit is not computed yet."""
    window = open_window(session)
    window.layouts.show("evaluation")
    return window.docks["evaluation"].widget().limit


@pytest.fixture
def worker(monkeypatch):
    """Let the worker find a limit at once, and return how often it was asked."""
    asked = []

    def find(run, _environment, progress, _cancelled):
        asked.append(run.id)
        progress(1, 2, "evaluating the seasons")
        (run.folder / "limit.json").write_text("{}", "utf-8")
        return True

    monkeypatch.setattr(evaluation, "find_limit", find)
    monkeypatch.setattr(evaluation, "kept_limit", lambda _project, _season, run: FOUND if evaluation.has_limit(run) else None)
    return asked


def test_it_is_found_once_and_shown_in_words_curve_and_table(page, session, worker, qtbot):
    assert page.page.text().count("Not computed yet") == 1
    qtbot.mouseClick(page.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.limit is not None and not session.jobs.busy)
    say = report_words()
    assert page.page.text() == limit_text(FOUND, say)
    assert page.curve.figures == (power_curve(FOUND, say, "SYNTHETIC"),)
    assert [page.sizes.item(row, 1).text() for row in range(5)] == [row[1] for row in size_table(FOUND, say).rows]
    assert not page.button.isEnabled()
    session.set_display(blind=True)
    assert page.page.text() == "Hidden during blind labelling"
    session.set_display(blind=False)
    session.reload(Change.PREDICTIONS)
    qtbot.waitUntil(lambda: page.limit is not None)
    assert len(worker) == 1


def test_what_took_minutes_is_shown_although_the_run_was_read_anew_meanwhile(page, session, worker, qtbot, monkeypatch):
    go_on, find = threading.Event(), evaluation.find_limit

    def held(*given):
        go_on.wait(60)
        return find(*given)

    monkeypatch.setattr(evaluation, "find_limit", held)
    qtbot.mouseClick(page.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.jobs.asked_about == "finding-limit")
    session.reload(Change.RUNS | Change.PREDICTIONS)
    go_on.set()
    qtbot.waitUntil(lambda: page.limit is not None and not session.jobs.busy)


def test_without_a_run_or_with_a_leaky_one_it_says_so(session, open_window):
    window = open_window(session)
    page = window.docks["evaluation"].widget().limit
    assert page.page.text() == "Train a model first."
    assert not page.button.isEnabled()
    run, _said, _fold = trained(session)
    path = run.folder / "config.json"
    values = json.loads(path.read_text("utf-8"))
    values["config"] |= {"protocol": "paper", "final_fit": False}
    path.write_text(json.dumps(values), "utf-8")
    session.reload(Change.RUNS | Change.PREDICTIONS)
    assert page.page.text().startswith("LEAKY: ")
    assert not page.button.isEnabled()
