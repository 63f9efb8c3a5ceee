"""The model that comes with the program: what it is, and what the demo and the null season beside it show."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from json_rows import check_rows

from quakegui.judge.predictors import WITHOUT_FIELD
from quakegui.learn import season_evaluation, season_runs, unflagged
from quakegui.learn.alarm_days import alarms_of
from quakegui.learn.network.modelfile import CARD_FILE, read_model
from quakegui.learn.runs.files import read_arrays, write_json
from quakegui.learn.runs.frozen import frozen_alarms_of
from quakegui.learn.runs.registry import RunError
from quakegui.learn.zero_shot import shipped
from quakegui.project import flags, runs, seasons
from quakegui.project.setting_rows import SupersededError
from quakegui.project.store import Project
from quakegui.season.season import Season
from quakegui.words import worded


@pytest.fixture(scope="module")
def shown(demo: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, Season]]:
    """Return the demonstration as its first start left it, and its season."""
    with Project.open(shutil.copytree(demo[0], tmp_path_factory.mktemp("demo") / "p")) as project:
        season = seasons.load_season(project)
        assert season is not None
        yield project, season


def test_the_model_is_small_and_its_card_says_what_it_has_learnt() -> None:
    folder = shipped.model_folder()
    assert sum(path.stat().st_size for path in folder.iterdir()) < 2_000_000
    model = read_model(folder)
    text = (folder / CARD_FILE).read_text("utf-8")
    assert "SYNTHETIC" in text
    assert (model.config.protocol, model.config.channel) == ("zero-shot", "stack")
    assert (model.made_for.fewest, model.made_for.most) == (8, 32)
    rows = {row["kind"]: row for row in model.card["trials"]}
    for kind, row in rows.items():
        assert f"| {kind} | {row['first_seed']} | {row['better']} of {row['seasons']}" in text
    taught = range(model.card["plan"]["first_seed"], model.card["chosen_by"]["first_seed"] + model.card["chosen_by"]["seasons"])
    assert not [row for row in rows.values() if row["first_seed"] in taught]
    nulls = [row for kind, row in rows.items() if kind.startswith("null")]
    assert sum(row["better"] for row in nulls) <= 0.075 * sum(row["seasons"] for row in nulls)
    assert rows["strength 1"]["significant"] >= 0.9 * rows["strength 1"]["seasons"]
    assert rows["strength 1"]["better"] >= 0.9 * rows["strength 1"]["seasons"]


def test_the_demo_at_strength_1_is_better_than_chance_and_than_everything_but_the_field(demo: tuple[Path, str]) -> None:
    told: dict[str, Any] = json.loads(demo[1])
    assert (told["row"]["name"], told["row"]["protocol"], told["synthetic"]) == ("zero-shot", "zero-shot", True)
    assert told["verdict"]["better_than_chance"] is True
    assert told["row"]["p_value"] < 0.05
    assert told["row"]["not_beaten"] == []
    beaten = {one["name"]: one["beaten"] for one in told["comparisons"] if one["target"] == "event"}
    assert all(beaten[name] for name in WITHOUT_FIELD if name in beaten)
    assert "without-field" in beaten
    check_rows(told["rows"], ["zero-shot"])
    assert told["row"]["statistic"] == "pooled"


def test_the_first_start_shows_predictions_and_alarms_that_earn_their_place(shown: tuple[Project, Season]) -> None:
    project, season = shown
    run = season_runs.find_run(project, None)
    assert runs.run_in_use(project) == run.id
    table = runs.predictions_in_use(project, season.days)
    assert table is not None
    assert (table.kind == "out-of-fold").all()
    assert shipped.install_model(project, season) is None
    spans = alarms_of(project, season, table)
    assert spans
    assert all(0 <= first <= last < len(season.days) for first, last in spans)
    told = season_evaluation.evaluate(project, season, run)
    assert run.card is not None
    frozen = frozen_alarms_of(run.card)
    assert frozen is not None
    assert {float(np.asarray(rule.threshold)) for rule in told.rules} == {frozen.threshold}  # nothing here has chosen it
    assert told.skill is not None
    assert told.skill.exceeds
    assert told.skill.alarm_fraction <= 0.3
    assert json.dumps(told.to_json(), allow_nan=False)
    assert told.dependence is not None
    assert abs(told.dependence.permuted_auc - told.surrogate.auc) < 0.1  # it does not read the outages


@pytest.mark.slow  # judges the demonstration twice; `judge/test_verdict.py` counts tries every day
def test_beside_the_verdict_stands_how_many_runs_were_tried(shown: tuple[Project, Season]) -> None:
    project, season = shown
    run = season_runs.find_run(project, None)
    assert run.card is not None
    twin = Path(shutil.copytree(run.folder, run.folder.with_name("twin")))
    write_json(twin / "card.json", {**run.card, "network": "another"})
    told = season_evaluation.evaluate(project, season, run)
    row = told.row()
    assert row["tries"] == 2
    assert row["p_corrected"] == pytest.approx(min(1, 2 * row["p_value"]))  # the twin has the same p
    assert f"Runs evaluated on this season: 2; p corrected for them: {row['p_corrected']:.3f}." in told.verdict.figures()
    assert f"本项目数据已用于评估 2 条训练记录；据此校正后 p = {row['p_corrected']:.3f}" in worded(told.verdict.figures(), "zh")
    shutil.rmtree(twin)


def test_answers_are_kept_for_the_demo_and_for_the_null_season_beside_it(shown: tuple[Project, Season]) -> None:
    _, season = shown
    stored = read_arrays(shipped.model_folder() / shipped.SEASONS)
    for strength in (1, 0):
        z = stored[f"z_{strength}"].astype(np.float64)
        wide = season.anomaly.z.copy()
        wide[season.shown] = z + 1e-5
        found = shipped.known_answers(replace(season, anomaly=replace(season.anomaly, z=wide)))
        assert found is not None
        np.testing.assert_array_equal(found[0], stored[f"daily_{strength}"])
    other = season.anomaly.z + 0.5
    assert shipped.known_answers(replace(season, anomaly=replace(season.anomaly, z=other))) is None
    assert shipped.known_answers(replace(season, shown=slice(season.shown.start + 1, None))) is None


@pytest.mark.slow  # a process with TensorFlow
def test_any_other_season_is_asked_of_a_worker(
    shown: tuple[Project, Season], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    season = shown[1]
    asked: list[tuple[int, ...]] = []

    def answer(_run: object, maps: Any, **_: object) -> np.ndarray:
        asked.append(maps.shape)
        return np.full((len(maps), 5), 0.2)

    monkeypatch.setattr("quakegui.learn.zero_shot.applying.answer", answer)
    with Project.open(shutil.copytree(shown[0].folder, tmp_path / "p")) as project:  # it has this run in use then
        run = shipped.apply_model(project, season, shipped.model_folder(), listen=lambda _message: None)
        assert asked[0] == (int(season.has_map.sum()), 32, 32, 3)
        assert len(asked) == 2  # and the maps with other days' outages
        told = season_evaluation.evaluate(project, season, run)
        assert told.surrogate.auc == pytest.approx(0.5)
        assert not told.verdict.better_than_chance


def test_a_season_that_the_model_was_not_made_for_is_refused_and_nothing_is_left(shown: tuple[Project, Season]) -> None:
    project, season = shown
    before = sorted(path.name for path in project.runs_folder.iterdir())
    anomaly = replace(season.config.anomaly, window_days=35)
    other = replace(season, config=replace(season.config, anomaly=anomaly))
    with pytest.raises(RunError, match="different kind of z: window days 27, here 35"):
        shipped.shipped_run(project, other, listen=lambda _message: None)
    assert sorted(path.name for path in project.runs_folder.iterdir()) == before


def test_predictions_that_cannot_be_saved_are_told_in_a_sentence(shown: tuple[Project, Season], tmp_path: Path) -> None:
    with Project.open(shutil.copytree(shown[0].folder, tmp_path / "p")) as project:
        shutil.rmtree(project.runs_folder)
        project.runs_folder.touch()  # as on a full disk: no folder can be made in it
        with pytest.raises(RunError, match=rf"^{re.escape(str(project.runs_folder))}.* cannot be written: .*\.$"):
            shipped.shipped_run(project, shown[1], listen=lambda _message: None)


def test_a_season_of_former_readings_is_not_predicted(shown: tuple[Project, Season], tmp_path: Path) -> None:
    with Project.open(shutil.copytree(shown[0].folder, tmp_path / "p")) as project:
        before = runs.count(project)
        project.set_config(project.config())  # a new revision
        with pytest.raises(SupersededError, match=r"\.$"):
            shipped.apply_model(project, shown[1], shipped.model_folder(), listen=lambda _message: None)
        assert runs.count(project) == before


@pytest.mark.slow
def test_the_null_season_beside_it_is_not_better_than_chance(tmp_path: Path) -> None:
    """A minute of processor time: every minute of 25 stations is made."""
    told = demo_of(tmp_path, "--strength", "0")
    assert told["verdict"]["better_than_chance"] is False
    assert told["verdict"]["text"].startswith("Not better than")


@pytest.mark.slow
def test_a_demo_of_another_seed_is_found_too_and_asked_of_a_worker(tmp_path: Path) -> None:
    """Two minutes of processor time: a season is made and a worker is started."""
    told = demo_of(tmp_path, "--seed", "128000")
    assert told["row"]["protocol"] == "zero-shot"
    assert told["verdict"]["better_than_chance"] is True


def demo_of(tmp_path: Path, *words: str) -> dict[str, Any]:
    """Return what the demonstration says, run by the command."""
    command = [sys.executable, "-m", "quakegui", "demo", "--headless", "--project", str(tmp_path / "p"), "--json", *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.slow  # a season is evaluated by every predictor
def test_the_verdict_without_flags_is_that_of_the_maps_before_them(
    shown: tuple[Project, Season], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Project.open(shutil.copytree(shown[0].folder, tmp_path / "flagged")) as project:
        before, run = shown[1], season_runs.find_run(project, None)
        stored = read_arrays(shipped.model_folder() / shipped.SEASONS)
        answers = iter([stored["daily_1"], stored["masked_1"]])  # the worker would have to be asked for these two
        asked: list[tuple[int, ...]] = []

        def answer(_run: object, maps: Any, **_: object) -> np.ndarray:
            asked.append(maps.shape)
            return next(answers)

        monkeypatch.setattr(unflagged, "answer", answer)
        assert unflagged.judge_unflagged(project, before, run, listen=unheard) is None  # nothing is flagged
        nights = before.days[10], before.days[14]
        flags.flag(
            project, flags.nights_of(before.network.codes[3], *nights, timezone=project.timezone), author="Li", reason="cow"
        )
        season = seasons.load_season(project)
        assert season is not None
        assert not np.array_equal(season.z, before.z, equal_nan=True)
        found = unflagged.judge_unflagged(project, season, run, listen=unheard)
        assert found is not None
        assert found.judgement is not None
        plain = season_evaluation.evaluate(shown[0], before, run)
        assert found.judgement.row() == plain.row()
        assert found.text().startswith("Without the 5 flags: ")
        again = unflagged.judge_unflagged(project, season, run, listen=unheard)  # the iterator is empty: this one was kept
        assert again is not None
        assert again.to_json() == found.to_json()
        assert [shape[0] for shape in asked] == [len(stored["daily_1"]), len(stored["masked_1"])]


def unheard(_message: object) -> None:
    return
