"""SIGKILL and a full disk while models are pre-trained: the same order goes on, and ends as if nothing had happened."""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import killing
import numpy as np
import pytest
from killing import Attack
from run_projects import season_of
from test_crashes_of_runs import same_outcome

sys.path.append(str(Path(__file__).resolve().parents[1] / "learn"))

from test_own_runs import SMALL, long_project, with_earthquakes  # noqa: F401 - a fixture

from quakegui.learn import season_runs
from quakegui.learn.network.modelfile import CARD_FILE, MODEL, read_model
from quakegui.learn.runs.registry import read_run, sweep
from quakegui.project.store import Project

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL; the installer's smoke test kills there"),
    pytest.mark.slow,  # each process that is killed builds a network
    pytest.mark.timeout(7200),
]


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[killing.Driver]:
    """Return a driver with Keras."""
    modules = ("keras", "tensorflow", "model_parts", "quakegui.cli.simulating", "quakegui.learn.network.inference")
    variables = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"}
    with killing.driver(tmp_path_factory.mktemp("driver") / "log.txt", *modules, environment=variables) as made:
        yield made


@pytest.mark.parametrize(("how", "tries"), [("moments", 30), ("steps", 45)])
def test_a_pre_training_goes_on_after_kills_and_ends_as_one_without(
    tmp_path: Path, attack: Attack, how: str, tries: int
) -> None:
    attack.kind = f"pre-training a model, at {how}"
    unbroken, broken = tmp_path / "unbroken", tmp_path / "broken"
    seconds = attack.driver.whole("model_parts:pretrain", str(unbroken))
    wanted, names = read_model(unbroken), {path.name for path in unbroken.iterdir()}
    assert names == {MODEL, CARD_FILE}
    finished = 0
    for number in range(tries):
        if how == "moments":
            killed = attack.driver.killed_at(
                random.Random(number).uniform(0.1, 1.1) * seconds, "model_parts:pretrain", str(broken)
            )
        else:
            killed = attack.driver.killed_at_step(1 + number % 30, "model_parts:pretrain", str(broken))
        lost = None
        if (broken / MODEL).exists():
            found = read_model(broken)
            same = all(np.array_equal(found.weights[name], value) for name, value in wanted.weights.items())
            lost = None if same else "other weights than without the crashes"
        if not killed:
            left = {path.name for path in broken.iterdir()} - names
            lost = lost or (f"left behind: {left}" if left else None)
            shutil.rmtree(broken)
            finished += 1
        attack.note(killed, lost, f"kill {number}")
    assert finished > 0


@pytest.mark.parametrize(("how", "tries"), [("moments", 30), ("steps", 60)])
def test_a_run_of_own_nights_goes_on_after_kills_and_ends_as_one_without(
    long_project: Path,  # noqa: F811
    tmp_path: Path,
    attack: Attack,
    how: str,
    tries: int,
) -> None:
    attack.kind = f"training on own nights, at {how}"
    with Project.open(with_earthquakes(long_project, tmp_path / "project", 1)) as project:
        template = season_runs.begin_run(project, season_of(project), SMALL)
    unbroken = Path(shutil.copytree(template.folder, tmp_path / "unbroken" / template.id))
    seconds = attack.driver.whole("model_parts:train_on_own_nights", str(unbroken))
    wanted, finished = read_run(unbroken), 0
    broken = tmp_path / "broken" / template.id
    for number in range(tries):
        if not broken.exists():
            shutil.copytree(template.folder, broken)
        if how == "moments":
            moment = random.Random(number).uniform(0.1, 0.7) * seconds
            killed = attack.driver.killed_at(moment, "model_parts:train_on_own_nights", str(broken))
        else:
            killed = attack.driver.killed_at_step(1 + number % 25, "model_parts:train_on_own_nights", str(broken))
        run = read_run(broken)
        lost = None if run.resumable or run.card is not None else "neither finished nor resumable"
        if run.card is not None:
            sweep(run)  # as the next start does
            lost = same_outcome(wanted, run)
            shutil.rmtree(broken)
            finished += 1
        attack.note(killed, lost, f"kill {number}")
    assert finished > 0


def test_a_pre_training_on_a_full_disk_says_so_and_goes_on(disk: Any, driver: killing.Driver) -> None:
    out = disk.folder / "model"
    out.mkdir()
    disk.fill()
    driver.start("model_parts:pretrain", str(out))
    assert driver.status() == 1
    assert "cannot be written: " in " ".join(driver.log.read_text(encoding="utf-8").split())
    assert not list(out.iterdir())
    disk.free()
    driver.whole("model_parts:pretrain", str(out))
    assert {path.name for path in out.iterdir()} == {MODEL, CARD_FILE}
