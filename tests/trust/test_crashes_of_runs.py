"""SIGKILL while runs are begun, trained, ended, exported and taken in: no list shows half a run, and every run can go on."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import killing
import pytest
import run_parts
from killing import Attack
from run_projects import season_of

from quakegui.learn import season_runs
from quakegui.learn.runs.archives import export_run
from quakegui.learn.runs.dataset import SNAPSHOT, Snapshot
from quakegui.learn.runs.registry import RunFolder, list_runs, read_run, sweep
from quakegui.project import journal, runs
from quakegui.project.store import Project

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGKILL; the installer's smoke test kills there"
)


@pytest.fixture(scope="module")
def labelled_template(small_project_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with a label on every day; copy it before use."""
    folder = Path(shutil.copytree(small_project_template, tmp_path_factory.mktemp("labelled") / "project"))
    run_parts.label_all(folder)
    return folder


@pytest.fixture
def labelled(labelled_template: Path, tmp_path: Path) -> Path:
    """Return a project with a label on every day."""
    return Path(shutil.copytree(labelled_template, tmp_path / "project"))


def half_a_run(folder: Path) -> str | None:
    """Return what the list of runs shows that is not a whole run."""
    found, problems = list_runs(folder / "runs")
    if problems:
        return problems[0]
    for run in found:
        if run.card is None:
            Snapshot.load(run.folder / SNAPSHOT)
        else:
            run.predictions()
    with Project.open(folder) as project:
        if runs.count(project) != len(found):
            return "the count of runs is another one than the list's"
        unknown = {run.id for run in runs.runs(project)} - {run.id for run in found}
    return f"recorded, and without a folder: {unknown}" if unknown else killing.damage(folder / "project.sqlite")


def fill_again(wanted: Path, folder: Path) -> None:
    """Make a folder a copy of another one."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(wanted, folder)


@pytest.mark.parametrize("how", ["moments", "steps"])
@killing.sizes(3, 100)
def test_a_run_is_begun_or_not(labelled: Path, tmp_path: Path, attack: Attack, tries: int, how: str) -> None:
    folder = tmp_path / "attacked"
    fill_again(labelled, folder)
    seconds = attack.driver.whole("begin", str(folder))
    attack.kind = f"beginning a run, at {how}"

    def prepare(_number: int) -> tuple[str, tuple[str, ...]]:
        fill_again(labelled, folder)
        return "begin", (str(folder),)

    def check(_number: int) -> str | None:
        lost = half_a_run(folder)
        for run in list_runs(folder / "runs")[0]:
            run_parts.finish(run)
            run_parts.end(folder, run.id)
            with Project.open(folder) as project:
                lost = lost or (None if runs.run_in_use(project) == run.id else "a run that went on was not recorded")
        return lost

    attack.run(how, tries, seconds, prepare, check)


@pytest.mark.parametrize("how", ["moments", "steps"])
@killing.sizes(3, 100)
def test_a_run_that_is_done_has_its_predictions(labelled: Path, tmp_path: Path, attack: Attack, tries: int, how: str) -> None:
    run, folder = run_parts.finish(run_parts.begin(labelled)), tmp_path / "attacked"
    fill_again(labelled, folder)
    seconds = attack.driver.whole("end", str(folder), run.id)
    with Project.open(folder) as project:
        wanted = len(runs.ledger(project, run.id))
    assert wanted > 0
    attack.kind = f"ending a run, at {how}"

    def prepare(_number: int) -> tuple[str, tuple[str, ...]]:
        fill_again(labelled, folder)
        return "end", (str(folder), run.id)

    def check(_number: int) -> str | None:
        shutil.copy(labelled / "project.sqlite", folder / "runs" / run.id / SNAPSHOT)  # what a crash before this one left
        with Project.open(folder) as project:
            said, left = len(runs.ledger(project, run.id)), runs.unfinished(project)
            if (said, left) not in {(0, (run.id,)), (wanted, ())}:
                return f"{said} predictions of a run, and not done: {left}"
            season_runs.complete_runs(project, season_of(project))
            if len(runs.ledger(project, run.id)) != wanted or runs.run_in_use(project) != run.id:
                return "the next start does not complete it"
            if left and (folder / "runs" / run.id / SNAPSHOT).exists():
                return "left behind: what only an unfinished run needs"
        return half_a_run(folder)

    attack.run(how, tries, seconds, prepare, check)


@pytest.mark.parametrize("way", ["import", "export"])
@killing.sizes(3, 100)
def test_a_run_comes_in_or_goes_out_whole(labelled: Path, tmp_path: Path, attack: Attack, tries: int, way: str) -> None:
    run = run_parts.finish(run_parts.begin(labelled))
    run_parts.end(labelled, run.id)
    archive, folder = tmp_path / "run.zip", tmp_path / "attacked"
    export_run(run, archive)
    whole = archive.read_bytes()
    attack.kind = f"runs {way}, at steps"

    def prepare(_number: int) -> tuple[str, tuple[str, ...]]:
        fill_again(labelled, folder)
        archive.unlink(missing_ok=True)
        if way == "export":
            return "command", ("runs", "export", str(folder), run.id, str(archive))
        archive.write_bytes(whole)
        shutil.rmtree(folder / "runs" / run.id)
        return "command", ("runs", "import", str(folder), str(archive))

    def check(_number: int) -> str | None:
        if way == "export":
            same = not archive.exists() or len(archive.read_bytes()) == len(whole)
            return None if same else "half an archive"
        found, problems = list_runs(folder / "runs")
        if problems or [one.id for one in found] not in ([], [run.id]):
            return f"half a run: {problems}"
        if not found:
            attack.driver.whole("command", "runs", "import", str(folder), str(archive))
        return half_a_run(folder)

    attack.run("steps", tries, 0.0, prepare, check)


@killing.sizes(3, 100)
def test_an_exported_project_comes_in_with_its_runs(labelled: Path, tmp_path: Path, attack: Attack, tries: int) -> None:
    run = run_parts.finish(run_parts.begin(labelled))
    run_parts.end(labelled, run.id)
    export, folder, empty = tmp_path / "export", tmp_path / "attacked", tmp_path / "empty"
    attack.driver.whole("command", "export", str(labelled), str(export))
    Project.create(empty, timezone="Asia/Shanghai").close()
    attack.kind = "importing an exported project, at steps"

    def prepare(_number: int) -> tuple[str, tuple[str, ...]]:
        fill_again(empty, folder)
        return "command", ("import", str(folder), str(export))

    def check(_number: int) -> str | None:
        with Project.open(folder) as project:
            labels, recorded = len(journal.rows(project)), len(runs.runs(project))
        found = list_runs(folder / "runs")[0]
        if (bool(labels), recorded, len(found)) not in {(False, 0, 0), (True, 1, 1)}:
            return f"{labels} labels, {recorded} runs recorded, {len(found)} there"
        if not found:
            attack.driver.whole("command", "import", str(folder), str(export))
        return half_a_run(folder)

    # The steps that matter come late: the rows are committed, the run folders follow.
    first = 1 if tries > 10 else 20
    attack.at_steps(range(first, first + tries), prepare, check)


# -- training ------------------------------------------------------------------------------------------------------


def same_outcome(left: RunFolder, right: RunFolder) -> str | None:
    """Return how two finished runs differ, None where they do not."""
    if left.history() != right.history():
        return "the history is another one"
    for name in ("weights.npz", "predictions.npz"):
        if (left.folder / name).read_bytes() != (right.folder / name).read_bytes():
            return f"{name} is another one than without the crashes"
    left_behind = {path.name for path in right.folder.iterdir()} - {path.name for path in left.folder.iterdir()}
    return f"left behind: {left_behind}" if left_behind else None


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(("how", "tries"), [("moments", 30), ("steps", 40)])
def test_a_training_that_is_killed_again_and_again_ends_as_one_that_was_not(
    labelled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], how: str, tries: int
) -> None:
    modules = (
        "keras",
        "tensorflow",
        "quakegui.learn.worker.duties",
        "quakegui.learn.network.steps",
        "quakegui.learn.network.inference",
    )
    variables = {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"}
    with killing.driver(tmp_path / "log.txt", *modules, environment=variables) as driver:
        attack = Attack(driver, f"training, at {how}")
        template = run_parts.begin(labelled)
        unbroken = Path(shutil.copytree(template.folder, tmp_path / "unbroken" / template.id))
        seconds = driver.whole("train", str(unbroken))
        wanted = read_run(unbroken)
        for number in range(tries):
            broken = tmp_path / "broken" / template.id
            if not broken.exists():
                shutil.copytree(template.folder, broken)
            if how == "moments":
                killed = driver.killed_at(random.Random(number).uniform(0.3, 1.0) * seconds, "train", str(broken))
            else:
                killed = driver.killed_at_step(1 + number, "train", str(broken))
            run = read_run(broken)
            lost = None if run.resumable or run.card is not None else "neither finished nor resumable"
            if run.card is not None:
                sweep(run)  # as the next start does
                lost = same_outcome(wanted, run)
                shutil.rmtree(broken)
            attack.note(killed, lost, f"kill {number}")
    with capsys.disabled():
        print(f"\n{attack.row()}")
    assert attack.losses == []
    assert attack.tried > tries // 2


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_the_command_that_trains_is_killed_with_its_worker(
    labelled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The real command and its real worker: the worker ends with the command, and the run goes on."""
    words = [sys.executable, "-m", "quakegui", "train", str(labelled), "--preset", "fast", "--size", "48", "--epochs", "3"]
    tried, losses = 0, []
    for number in range(16):
        begun = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(random.Random(number).uniform(1.0, 25.0))
        os.killpg(begun.pid, signal.SIGKILL)
        tried += begun.wait() == -signal.SIGKILL
        lost = half_a_run(labelled)
        if lost:
            losses.append(f"kill {number}: {lost}")
    unfinished = [run for run in list_runs(labelled / "runs")[0] if run.resumable]
    assert unfinished
    again = [sys.executable, "-m", "quakegui", "train", str(labelled), "--resume", unfinished[0].id]
    assert subprocess.run(again, check=False).returncode == 0
    with Project.open(labelled) as project:
        assert runs.run_in_use(project) == unfinished[0].id
    with capsys.disabled():
        print(f"\n| quakegui train and its worker | {tried} | {16 - tried} | – | {len(losses)} |")
    assert losses == []
