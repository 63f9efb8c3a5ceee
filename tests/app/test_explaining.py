"""What the network looked at belongs to the run that was asked, whatever is in use when the answer comes."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from run_projects import season_of

from quakegui.app import explaining, opening
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.learn.runs.inputs import trailing_means
from quakegui.learn.runs.presets import STACK
from quakegui.learn.runs.registry import RunFolder
from quakegui.learn.season_runs import find_run
from quakegui.learn.season_saliency import input_maps
from quakegui.project import runs
from quakegui.project.store import Project


@pytest.mark.parametrize("another", [False, True])
def test_an_answer_of_a_run_that_is_no_longer_in_use_is_not_shown(
    trained_template: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, another: bool
) -> None:
    asked: list[str] = []
    go_on = threading.Event()

    def explained(_season: object, run: RunFolder, indices: list[int], **_named: object) -> np.ndarray:
        asked.append(run.id)
        go_on.wait(60)
        return np.ones((len(indices), 480, 480), np.float32)

    monkeypatch.setattr("quakegui.learn.season_saliency.explain_days", explained)
    session = Session(SettingsFile(tmp_path / "settings.ini"))
    opening.open_project(session, Path(shutil.copytree(trained_template, tmp_path / "project")))
    qtbot.waitUntil(lambda: session.season is not None and not session.jobs.busy, timeout=20_000)
    assert session.project is not None
    assert session.predictions is not None
    first = session.predictions.run
    explaining.explain(session)
    qtbot.waitUntil(lambda: bool(asked))
    if another:
        runs.add_run(session.project, runs.Run("another", 0, "done", {}, {}))
        runs.use_run(session.project, "another")
        session.reload(Change.PREDICTIONS)
    go_on.set()
    qtbot.waitUntil(lambda: not session.jobs.busy)
    assert asked == [first]
    assert list(session.heat) == ([] if another else [session.index])
    assert session.inputs == {}, "a model trained on the day maps is given what the window shows"
    session.close()


def test_a_pretrained_model_is_given_the_night_and_the_means_of_nights(trained_template: Path) -> None:
    with Project.open(trained_template, read_only=True) as project:
        season, run = season_of(project), find_run(project, None)
        day = int(np.flatnonzero(season.has_map)[5])
        ((index, maps),) = input_maps(season, replace(run, config=replace(STACK, size=16)), [day]).items()
        assert index == day
        assert list(maps) == [1, 3, 7]
        assert maps[1].shape == (16, 16)
        stations = trailing_means(season.anomaly.z, 3)[season.shown][day]
        assert 0.0 < np.abs(maps[3]).max() <= np.nanmax(np.abs(stations)) + 1e-5, "z, smoothed by the spline"
        assert input_maps(season, run, [day]) == {}
