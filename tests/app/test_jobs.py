import gc
import logging
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from quakegui.app.jobs import JobProgress, Jobs
from quakegui.progress import CancelCheck, ProgressCallback, StoppedError


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()


def test_results_arrive_in_order_in_the_windows_thread(jobs: Jobs, qtbot: QtBot) -> None:
    got: list[tuple[str, int]] = []
    here = threading.get_ident()

    def work_of(name: str) -> Callable[[ProgressCallback, CancelCheck], str]:
        return lambda _report, _cancelled: name

    with qtbot.waitSignal(jobs.idle):
        for name in "abc":
            jobs.start(name, work_of(name), lambda result: got.append((result, threading.get_ident())))
    qtbot.waitUntil(lambda: len(got) == 3)
    assert got == [("a", here), ("b", here), ("c", here)]
    assert not jobs.busy


def test_progress_is_reported_and_the_last_step_never_lost(jobs: Jobs, qtbot: QtBot) -> None:
    seen: list[JobProgress] = []
    jobs.progressed.connect(seen.append)

    def work(progress: ProgressCallback, _cancelled: CancelCheck) -> None:
        for done in range(1, 1001):
            progress(done, 1000, "days")

    with qtbot.waitSignal(jobs.idle):
        jobs.start("Maps", work, lambda _none: None)
    assert seen[-1].done == seen[-1].total == 1000
    assert len(seen) < 100


def test_a_failure_is_told_and_the_next_job_still_runs(jobs: Jobs, qtbot: QtBot) -> None:
    failures: list[tuple[str, object]] = []
    results: list[Any] = []
    jobs.failed.connect(lambda title, error: failures.append((title, error)))

    def broken(_progress: ProgressCallback, _cancelled: CancelCheck) -> None:
        raise ValueError("no such file")

    with qtbot.waitSignal(jobs.idle):
        jobs.start("Bad", broken, results.append)
        jobs.start("Good", lambda _report, _cancelled: 7, results.append)
    qtbot.waitUntil(lambda: results == [7])
    assert failures[0][0] == "Bad"
    assert str(failures[0][1]) == "no such file"


def test_cancel_asks_the_running_job_and_leaves_the_waiting_their_turn(jobs: Jobs, qtbot: QtBot) -> None:
    started = threading.Event()
    results: list[Any] = []

    def patient(_progress: ProgressCallback, cancelled: CancelCheck) -> str:
        started.set()
        while not cancelled():
            threading.Event().wait(0.001)
        return "stopped"

    with qtbot.waitSignal(jobs.idle):
        jobs.start("Long", patient, results.append)
        jobs.start("Next", lambda _report, _cancelled: "ran", results.append)
        assert started.wait(5)
        jobs.cancel()
    qtbot.waitUntil(lambda: len(results) == 2)
    assert results == ["stopped", "ran"]


def test_work_that_stopped_itself_has_no_result_and_is_no_failure(jobs: Jobs, qtbot: QtBot) -> None:
    told: list[Any] = []
    jobs.failed.connect(lambda *failure: told.append(failure))

    def stops(_progress: ProgressCallback, _cancelled: CancelCheck) -> None:
        raise StoppedError

    with qtbot.waitSignal(jobs.idle):
        jobs.start("Stopped", stops, told.append)
    qtbot.wait(1)  # what was on its way arrives
    assert told == []


def test_close_waits_and_drops_the_result(qtbot: QtBot) -> None:
    jobs = Jobs()
    results: list[Any] = []
    ended = threading.Event()

    def patient(_progress: ProgressCallback, cancelled: CancelCheck) -> None:
        while not cancelled():
            threading.Event().wait(0.001)
        ended.set()

    jobs.start("Long", patient, results.append)
    jobs.close()
    assert ended.is_set()
    assert not jobs.busy
    assert results == []


def test_close_ends_work_that_never_asks_where_it_next_says_how_far_it_is(qtbot: QtBot) -> None:
    jobs, steps, tidied = Jobs(), threading.Event(), threading.Event()

    def endless(progress: ProgressCallback, _cancelled: CancelCheck) -> None:
        try:
            while True:
                progress(1, 0, "step")
                steps.set()
        finally:
            tidied.set()

    failed: list[object] = []
    jobs.failed.connect(lambda *told: failed.append(told))
    jobs.start("Endless", endless, failed.append)
    assert steps.wait(60)
    jobs.close()
    assert tidied.is_set()
    assert not jobs.busy
    qtbot.wait(1)  # what was on its way arrives
    assert failed == []


def test_nothing_is_heard_of_a_job_once_it_was_closed(qtbot: QtBot) -> None:
    jobs, begun, told = Jobs(), threading.Event(), []

    def steps(progress: ProgressCallback, cancelled: CancelCheck) -> None:
        progress(1, 1, "step")
        begun.set()
        while not cancelled():
            threading.Event().wait(0.001)

    jobs.start("Long", steps, told.append)
    jobs.progressed.connect(told.append)
    jobs.idle.connect(lambda: told.append("idle"))
    assert begun.wait(60)
    jobs.close()
    jobs.close()
    qtbot.wait(1)  # what was on its way arrives
    assert told == ["idle"], "who shows a job stops showing it, once, and hears of no further step"


def test_a_result_may_close_the_queue_while_the_next_job_runs(jobs: Jobs, qtbot: QtBot) -> None:
    results: list[Any] = []

    def first_done(result: str) -> None:
        results.append(result)
        jobs.close()

    def patient(_progress: ProgressCallback, cancelled: CancelCheck) -> str:
        while not cancelled():
            threading.Event().wait(0.001)
        return "second"

    jobs.start("First", lambda _report, _cancelled: "first", first_done)
    jobs.start("Second", patient, results.append)
    assert jobs.has("First")
    assert jobs.has("Second")
    qtbot.waitUntil(lambda: bool(results))
    qtbot.wait(50)
    assert results == ["first"]
    assert not jobs.busy
    assert not jobs.has("Second")


class Precious:
    """Stands for a session, which work, its result and its traceback know of."""


@pytest.mark.parametrize("end", ["result", "error", "closed"])
def test_a_thread_that_ended_keeps_nothing_alive(qtbot: QtBot, caplog: pytest.LogCaptureFixture, end: str) -> None:
    """The last name of a session must not go with a thread of its own, which would be taken down twice."""
    caplog.set_level(logging.CRITICAL, "quakegui.app.jobs")  # what is captured keeps its traceback
    jobs, precious, ended = Jobs(), Precious(), []

    def work(_progress: ProgressCallback, cancelled: CancelCheck, known: Precious = precious) -> Precious:
        while end == "closed" and not cancelled():
            threading.Event().wait(0.001)
        if end == "error":
            raise ValueError(known)
        return known

    jobs.idle.connect(lambda: ended.append(True))
    jobs.start("Work", work, lambda _result: None)
    thread = jobs.findChild(QThread)
    if end == "closed":
        jobs.close()
    qtbot.waitUntil(lambda: bool(ended))
    gone = weakref.ref(precious)
    del work, precious
    gc.collect()
    assert gone() is None, thread
