"""What the network looked at belongs to the run that was asked, whatever is in use when the answer comes."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from quakegui.app import explaining, opening
from quakegui.app.change import Change
from quakegui.app.session import Session
from quakegui.app.settings import SettingsFile
from quakegui.learn.runs.registry import RunFolder
from quakegui.project import runs


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
    session.close()
