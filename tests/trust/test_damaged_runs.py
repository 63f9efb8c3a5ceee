"""Whatever lies in the folder of a run, its project opens in the window: the season is shown, and the damage is told."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest
import run_parts

from quakegui.app import opening, training_labels
from quakegui.app.session import Session
from quakegui.learn.runs.registry import RunError, list_runs, read_run

STATES = ("finished", "unfinished", "unrecorded")
"""The last one was trained to its end, and then the window died."""
EPOCH = "phase,epoch,learning_rate,loss,accuracy,validation_loss,validation_accuracy,seconds\n"


@pytest.fixture(scope="module")
def template(small_project_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with a run in each state, named by it."""
    folder = Path(shutil.copytree(small_project_template, tmp_path_factory.mktemp("runs") / "project"))
    run_parts.label_all(folder)
    for state in STATES:
        run = run_parts.begin(folder)
        (run.folder / "history.csv").write_text(EPOCH, encoding="utf-8")
        if state != "unfinished":
            run_parts.finish(run)
        if state == "finished":
            run_parts.end(folder, run.id)
        (folder / state).write_text(run.id, encoding="utf-8")
    return folder


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe_instead(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def link_to_itself(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def noise(path: Path) -> None:
    path.write_bytes(np.random.default_rng(0).bytes(300))


def other_rows(path: Path) -> None:
    path.write_text("phase,epoch\n1,2,3\n", encoding="utf-8")


OTHERS = (other_rows, half, folder_instead, Path.unlink)
UNIX = () if sys.platform == "win32" else (pipe_instead, link_to_itself)
DAMAGES = [noise, *(pytest.param(damage, marks=pytest.mark.slow) for damage in (*OTHERS, *UNIX))]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_project_is_shown_whatever_its_runs_hold(
    template: Path, tmp_path: Path, empty_session: Session, qtbot: Any, damage: Callable[[Path], None]
) -> None:
    said: list[str] = []
    empty_session.message.connect(lambda sentence, _level: said.append(sentence))
    silent = set()
    for state in STATES:
        run_id = (template / state).read_text(encoding="utf-8")
        for name in sorted(path.name for path in (template / "runs" / run_id).iterdir()):
            project = Path(shutil.copytree(template, tmp_path / f"{state} {name}"))
            damage(project / "runs" / run_id / name)
            said.clear()
            assert opening.open_project(empty_session, project)
            qtbot.waitUntil(lambda: not empty_session.jobs.busy)
            assert empty_session.season is not None, (state, name, said)
            training_labels.labels_of_training(empty_session)
            if not said:
                silent.add((state, name))
            others = {(template / other).read_text(encoding="utf-8") for other in STATES} - {run_id}
            assert others <= {row.run.id for row in empty_session.runs}
    # The list of runs reads every recipe and, where there is no card yet, the history.
    assert not silent & {(state, "config.json") for state in STATES}
    if damage in {noise, other_rows}:
        assert ("unfinished", "history.csv") not in silent


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among its files")
def test_a_pipe_in_the_place_of_a_run_s_file_is_not_waited_at(template: Path, tmp_path: Path) -> None:
    project = Path(shutil.copytree(template, tmp_path / "project"))
    folder = project / "runs" / (template / "finished").read_text(encoding="utf-8")
    run = read_run(folder)
    pipe_instead(folder / "predictions.npz")
    with pytest.raises(RunError, match=r"predictions\.npz is not a file"):
        run.predictions()
    found, problems = list_runs(project / "runs")
    assert len(found) == 2
    assert problems == (f"The run in {folder} cannot be read: predictions.npz in the folder is a link or is not a file.",)
