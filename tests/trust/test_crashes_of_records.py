"""SIGKILL while runs are registered, days predicted and results kept: the record is whole, and says what was reported."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import killing
import numpy as np
import pytest
import record_parts
from killing import Attack
from run_projects import open_window, season_of
from test_crashes_of_runs import fill_again, half_a_run

from quakegui.app.settings import SettingsFile
from quakegui.learn import season_runs
from quakegui.learn.network.modelfile import MODEL
from quakegui.learn.runs.files import read_arrays, write_arrays
from quakegui.learn.runs.registry import list_runs
from quakegui.learn.worker import run_limit
from quakegui.learn.zero_shot import shipped
from quakegui.project import registrations, runs, verifying
from quakegui.project.store import Project

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGKILL; the installer's smoke test kills there"
)
YEAR_MS = 365 * 86_400_000


@pytest.fixture(scope="module")
def opened(trained_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with a finished run and six days after it; copy it before use."""
    folder = Path(shutil.copytree(trained_template, tmp_path_factory.mktemp("opened") / "project"))
    with Project.open(folder) as project:
        open_window(project)
    return folder


def broken_record(folder: Path) -> str | None:
    """Return what the check of the record finds, None where every chain is whole."""
    with Project.open(folder) as project, project.read() as connection:
        now_ms = record_parts.over_ms(season_of(project), -1) + YEAR_MS
        faults = [fault for chain in verifying.examine(connection, now_ms=now_ms).chains for fault in chain.faults]
    return str(faults[0]) if faults else killing.damage(folder / "project.sqlite")


def copies(template: Path, folder: Path, do: str, *args: object) -> Callable[[int], tuple[str, tuple[object, ...]]]:
    """Return what prepares a try: a copy of a project, and what is done in it."""

    def prepare(_number: int) -> tuple[str, tuple[object, ...]]:
        fill_again(template, folder)
        return f"record_parts:{do}", (str(folder), *args)

    return prepare


@killing.sizes(2, 60)
def test_a_run_is_registered_or_not(opened: Path, tmp_path: Path, attack: Attack, tries: int) -> None:
    attack.kind, folder = "registering a run, at steps", tmp_path / "project"

    def check(_number: int) -> str | None:
        with Project.open(folder) as project:
            found = registrations.registrations(project)
        if not found:
            attack.driver.whole("record_parts:register", str(folder))
        with Project.open(folder) as project:
            (one,) = registrations.registrations(project)
            if registrations.changes(project, one):
                return "the registered files are others than the run's"
        return broken_record(folder)

    attack.run("steps", tries, 0.0, copies(opened, folder, "register"), check)


@pytest.mark.slow  # the alarm rule is chosen anew in each round: seconds
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("how", "tries"), [("moments", 60), ("steps", 60)])
def test_a_prediction_that_was_reported_is_in_the_ledger_once(
    opened: Path, tmp_path: Path, attack: Attack, tries: int, how: str
) -> None:
    attack.kind, folder, said = f"daily predictions of a registered run, at {how}", tmp_path / "project", tmp_path / "said"
    registered = tmp_path / "registered"
    shutil.copytree(opened, registered)
    attack.driver.whole("record_parts:register", str(registered))
    shutil.copytree(registered, folder)
    seconds = attack.driver.whole("record_parts:update", str(folder), str(said))
    wanted = said.read_text(encoding="utf-8").split()
    assert len(wanted) == 6

    def prepare(number: int) -> tuple[str, tuple[object, ...]]:
        said.unlink(missing_ok=True)
        return copies(registered, folder, "update", str(said))(number)

    def days() -> list[str]:
        with Project.open(folder) as project:
            run = runs.run_in_use(project)
            assert run is not None
            return [str(row.day) for row in runs.ledger(project, run) if row.kind == "prospective"]

    def check(_number: int) -> str | None:
        told = said.read_text(encoding="utf-8").split() if said.exists() else []
        attack.acknowledged += len(told)
        lost = None if days()[: len(told)] == told else f"reported and not in the ledger: {told}"
        attack.driver.whole("record_parts:update", str(folder), str(said))
        return lost or broken_record(folder) or (None if days() == wanted else f"the next rounds leave {days()}")

    attack.run(how, tries, seconds, prepare, check)


@pytest.mark.slow  # as the last one
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("how", "tries"), [("moments", 30), ("steps", 50)])
def test_an_alarm_is_told_although_the_round_was_cut_off(
    opened: Path, tmp_path: Path, attack: Attack, tries: int, how: str
) -> None:
    attack.kind, folder, told = f"telling an alarm, at {how}", tmp_path / "project", tmp_path / "told"
    template, settings = tmp_path / "template", tmp_path / "alarm.toml"
    shutil.copytree(opened, template)
    ((run,), _) = list_runs(template / "runs")
    run.folder.rename(run.folder.with_name("silent"))
    settings.write_text(f"on_alarm = {json.dumps(['sh', '-c', f'echo told >> {told}'])}\n", encoding="utf-8")
    fill_again(template, folder)
    seconds = attack.driver.whole("record_parts:tell", str(folder), str(settings))
    assert told.read_text(encoding="utf-8") == "told\n"

    def prepare(number: int) -> tuple[str, tuple[object, ...]]:
        told.unlink(missing_ok=True)
        return copies(template, folder, "tell", str(settings))(number)

    def check(_number: int) -> str | None:
        attack.driver.whole("record_parts:tell", str(folder), str(settings))
        times = told.read_text(encoding="utf-8").count("told") if told.exists() else 0
        attack.driver.whole("record_parts:tell", str(folder), str(settings))
        again = told.read_text(encoding="utf-8").count("told") if told.exists() else 0
        left = {path.name for path in folder.iterdir()} - {"cache", "runs", "project.sqlite"}
        if left or not 1 <= times == again <= 2:
            return f"told {times} times, then {again}; left behind: {left}"
        return broken_record(folder)

    attack.run(how, tries, seconds, prepare, check)


@pytest.mark.slow  # fits the baselines in every process
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("tries", [20])
def test_a_judgement_is_kept_whole_or_reached_anew(opened: Path, tmp_path: Path, attack: Attack, tries: int) -> None:
    attack.kind, folder = "keeping a judgement, at steps", tmp_path / "project"
    fill_again(opened, folder)
    attack.driver.whole("record_parts:judge", str(folder))
    ((run,), _) = list_runs(folder / "runs")
    kept = {path.name: path.read_bytes() for path in run.folder.glob("judgement*.json")}
    assert kept

    def check(_number: int) -> str | None:
        ((run,), problems) = list_runs(folder / "runs")
        found = {path.name: path.read_bytes() for path in run.folder.glob("judgement*.json")}
        if problems or any(kept[name] != content for name, content in found.items()):
            return f"half a judgement: {problems}"
        attack.driver.whole("record_parts:judge", str(folder))
        whole = {path.name: path.read_bytes() for path in run.folder.glob("judgement*.json")} == kept
        left = [path.name for path in run.folder.glob("*.part")]
        return half_a_run(folder) if whole and not left else f"not reached anew, or left behind: {left}"

    attack.run("steps", tries, 0.0, copies(opened, folder, "judge"), check)


@killing.sizes(1, 30)
def test_a_detection_limit_is_kept_whole_or_computed_anew(opened: Path, tmp_path: Path, attack: Attack, tries: int) -> None:
    attack.kind, folder = "keeping a detection limit, at steps", tmp_path / "project"

    def kept() -> object:
        with Project.open(folder) as project:
            return run_limit.kept_limit(project, season_of(project), season_runs.find_run(project, None))

    def check(_number: int) -> str | None:
        lost = None if kept() in (None, record_parts.FOUND) else "half a limit"
        attack.driver.whole("record_parts:limit", str(folder))
        left = [path.name for path in (folder / "runs").rglob("*.part")]
        return lost or half_a_run(folder) or (None if kept() == record_parts.FOUND and not left else f"not anew: {left}")

    attack.run("steps", tries, 0.0, copies(opened, folder, "limit"), check)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the supplied model in a folder of its own, made for any three stations or more."""
    folder = tmp_path_factory.mktemp("model")
    stored = read_arrays(shipped.model_folder() / MODEL)
    card = json.loads(str(stored["card"]))
    card["made_for"]["fewest"] = 3
    write_arrays(folder / MODEL, {**stored, "card": np.array(json.dumps(card))})
    return folder


@pytest.mark.parametrize("how", ["moments", "steps"])
@killing.sizes(2, 60)
def test_a_model_is_applied_or_can_be_applied_again(
    opened: Path, model: Path, tmp_path: Path, attack: Attack, *, tries: int, how: str
) -> None:
    attack.kind, folder = f"applying a supplied model, at {how}", tmp_path / "project"
    fill_again(opened, folder)
    seconds = attack.driver.whole("record_parts:apply", str(folder), str(model))
    before = {run.id for run in list_runs(opened / "runs")[0]}

    def check(_number: int) -> str | None:
        found, problems = list_runs(folder / "runs")
        if problems:
            return problems[0]
        applied = [run for run in found if run.id not in before]
        for run in applied:
            run.predictions()
        with Project.open(folder) as project:
            season_runs.complete_runs(project, season_of(project))
            if any(run.id == runs.run_in_use(project) for run in applied):
                return half_a_run(folder)
        attack.driver.whole("record_parts:apply", str(folder), str(model))
        with Project.open(folder) as project:
            done = runs.run_in_use(project) not in before
        return broken_record(folder) if done else "it is not applied again"

    attack.run(how, tries, seconds, copies(opened, folder, "apply", str(model)), check)


@killing.sizes(3, 150)
def test_settings_that_were_saved_are_there(tmp_path: Path, attack: Attack, tries: int) -> None:
    attack.kind, path, said = "saving settings, at moments", tmp_path / "settings" / "settings.ini", tmp_path / "said"

    def prepare(_seed: int) -> tuple[str, tuple[object, ...]]:
        said.unlink(missing_ok=True)
        return "record_parts:change_settings", (str(path), str(said))

    def check(_seed: int) -> str | None:
        lines = [json.loads(line) for line in said.read_text(encoding="utf-8").split("\n")[:-1]] if said.exists() else []
        attack.acknowledged += len(lines)
        if not lines:
            return None
        file, allowed = SettingsFile(path), {lines[-1], f"{len(lines) + 1} {'名' * 200}"}
        layout = file.load_layout("labelling")
        whole = layout is not None and layout[0].data().decode() in allowed and layout[1].size() == 3000
        if not whole or file.load().analyst not in allowed or file.load_day(Path("/project")) not in allowed:
            return f"saved {lines[-1]}, there {file.load()}"
        file.save_day(Path("/project"), "later")
        return None if SettingsFile(path).load_day(Path("/project")) == "later" else "it cannot be changed any more"

    attack.at_moments(range(tries), 1.0, prepare, check)
    assert attack.acknowledged > 0
    # Killed in the middle of writing, Qt leaves a few kilobytes under a random name, as a person's own copy might have.
    left = {each.name for each in path.parent.iterdir()} - {path.name, f"{path.name}.lock"}
    assert len(left) <= 1 + tries // 20
