"""A training beside other jobs: however it is stopped, it is over, recorded, and another one may begin."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from quakegui.app import opening
from quakegui.app.environment import environment_of
from quakegui.app.session import Session
from quakegui.app.training import GATHERING, KEEPING, Training
from quakegui.learn import messages, season_runs
from quakegui.learn.runs.presets import PRESETS
from quakegui.project import runs
from quakegui.project.store import Project


@pytest.fixture
def session(empty_session: Session, qtbot, trained_template: Path, tmp_path: Path) -> Session:
    """Return a session on a project with a finished run."""
    folder = Path(shutil.copytree(trained_template, tmp_path / "project"))
    assert opening.open_project(empty_session, folder)
    qtbot.waitUntil(lambda: empty_session.season is not None and not empty_session.jobs.busy)
    return empty_session


@pytest.fixture
def training(session) -> Training:
    return Training(session)


@pytest.fixture
def a_worker_that_ends_at_once(monkeypatch):
    """Let a worker say that it was stopped, without being started."""
    monkeypatch.setattr(
        "quakegui.learn.worker.supervise.Supervisor.events",
        lambda _self: iter([messages.Cancelled("Stopped. Nothing was kept.")]),
    )


def hold(session: Session) -> threading.Event:
    """Start a job that lasts until the event is set."""
    go_on = threading.Event()
    session.jobs.start("Held", lambda _report, cancelled: go_on.wait(60) or cancelled(), lambda _done: None)
    return go_on


def statuses(folder: Path) -> list[str]:
    with Project.open(folder) as project:
        return sorted(run.status for run in runs.runs(project))


def begin_and_end(qtbot: QtBot, training: Training, session: Session) -> threading.Event:
    """Let a training end while another job runs, so that what records it has to wait."""
    run = season_runs.begin_run(session.project, session.season, PRESETS["small"])
    go_on = hold(session)
    training.resume(run)
    qtbot.waitUntil(lambda: session.jobs.has(KEEPING))
    assert training.busy
    return go_on


@pytest.mark.usefixtures("a_worker_that_ends_at_once")
def test_a_training_is_recorded_when_the_job_before_its_record_is_stopped(qtbot, training, session):
    folder = session.project.folder
    go_on = begin_and_end(qtbot, training, session)
    session.jobs.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: not training.busy and not session.jobs.busy)
    session.close()
    assert statuses(folder) == ["cancelled", "done"]


@pytest.mark.usefixtures("a_worker_that_ends_at_once")
def test_closing_the_project_records_a_training_that_waited_for_it(qtbot, training, session):
    folder = session.project.folder
    begin_and_end(qtbot, training, session).set()
    session.close()
    assert not training.busy
    assert statuses(folder) == ["cancelled", "done"]


def test_a_project_closed_while_maps_are_gathered_leaves_the_next_one_free_to_train(qtbot, training, session):
    folder = session.project.folder
    go_on = hold(session)
    training.start(PRESETS["small"])
    assert session.jobs.has(GATHERING)
    assert training.busy
    go_on.set()
    session.close()
    assert not training.busy
    assert opening.open_project(session, folder)
    qtbot.waitUntil(lambda: session.season is not None and not session.jobs.busy)
    assert not training.busy


def test_closing_the_project_stops_a_training_and_records_it_so(qtbot, training, session, monkeypatch):
    def until_stopped(self):
        yield messages.Started(("fold 1",), 2, 1000, 0, 0)
        while self._asked is None:
            threading.Event().wait(0.001)
        yield messages.Cancelled("Stopped. Nothing was kept.")

    monkeypatch.setattr("quakegui.learn.worker.supervise.Supervisor.events", until_stopped)
    folder, heard = session.project.folder, []
    training.spoke.connect(heard.append)
    training.resume(season_runs.begin_run(session.project, session.season, PRESETS["small"]))
    qtbot.waitUntil(lambda: bool(heard))
    session.close()
    qtbot.wait(1)  # what was on its way arrives
    assert len(heard) == 1, "a project that is closed has no training any more"
    assert statuses(folder) == ["cancelled", "done"]


def test_a_training_that_cannot_be_gathered_is_over_while_other_jobs_wait(qtbot, training, session, monkeypatch):
    def refused(*_given):
        raise ValueError("These days cannot be split.")

    monkeypatch.setattr(season_runs, "begin_run", refused)
    training.start(PRESETS["small"])
    go_on = hold(session)
    with qtbot.waitSignal(training.changed):
        pass
    assert session.jobs.has("Held")
    assert not training.busy
    go_on.set()


@pytest.mark.slow  # a process with TensorFlow
def test_a_training_that_is_stopped_before_its_worker_begins_goes_no_further(qtbot, training, session):
    folder, said = session.project.folder, []
    training.spoke.connect(said.append)
    go_on = hold(session)
    training.start(PRESETS["small"])
    training.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: not training.busy and not session.jobs.busy)
    assert not any(isinstance(message, messages.Epoch | messages.Batch) for message in said)
    assert isinstance(said[-1], messages.Cancelled)
    session.close()
    assert statuses(folder) == ["cancelled", "done"]


def test_the_place_of_the_worker_is_that_of_the_settings(training, session):
    assert training.environment() == environment_of(session.settings)
