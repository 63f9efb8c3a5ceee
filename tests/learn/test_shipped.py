"""The network that comes with the program: what it is, and what the demo shows at its first start."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quakegui import paths
from quakegui.learn import season_evaluation, season_runs, shipped
from quakegui.learn.alarm_days import alarms_of
from quakegui.learn.runs.files import write_json
from quakegui.learn.runs.registry import RunError, read_run
from quakegui.project import runs, seasons
from quakegui.project.store import Project
from quakegui.season.season import Season
from quakegui.words import worded

MODEL = paths.models() / shipped.NAME


@pytest.fixture(scope="module")
def shown(demo: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, Season]]:
    """Return the demonstration as its first start left it, and its season."""
    with Project.open(shutil.copytree(demo[0], tmp_path_factory.mktemp("demo") / "p")) as project:
        season = seasons.load_season(project)
        assert season is not None
        yield project, season


def test_the_model_is_small_and_says_that_it_is_synthetic() -> None:
    assert sum(path.stat().st_size for path in MODEL.iterdir()) < 2_000_000
    card = (MODEL / shipped.CARD_TEXT).read_text(encoding="utf-8")
    run = read_run(MODEL)
    assert "SYNTHETIC" in card
    assert "SYNTHETIC" in run.title
    assert run.config.protocol == "blocked"
    assert run.card is not None
    assert run.card["about"]["synthetic"] is True
    assert run.card["device"]["name"]


def test_the_demo_shows_out_of_fold_predictions_at_once(shown: tuple[Project, Season]) -> None:
    project, season = shown
    assert shipped.is_shipped_season(season)
    run = season_runs.find_run(project, None)
    assert runs.run_in_use(project) == run.id == shipped.NAME
    table = runs.predictions_in_use(project, season.days)
    assert table is not None
    assert (table.kind == "out-of-fold").all()
    assert shipped.install_model(project, season) is None
    assert all(0 <= first <= last < len(season.days) for first, last in alarms_of(project, season, table))
    told = season_evaluation.evaluate(project, season, run)
    assert told.verdict.text() in (MODEL / shipped.CARD_TEXT).read_text(encoding="utf-8")
    assert json.dumps(told.to_json(), allow_nan=False)
    assert run.card is not None
    assert told.to_json()["calibrators"] == run.card["calibration"]["folds"]
    assert told.dependence is not None
    assert np.isnan(told.dependence.permuted_auc)  # it was trained before such maps were asked for


def test_beside_the_verdict_stands_how_many_runs_were_tried(shown: tuple[Project, Season]) -> None:
    project, season = shown
    run = season_runs.find_run(project, None)
    assert run.card is not None
    twin = Path(shutil.copytree(run.folder, run.folder.with_name("twin")))
    write_json(twin / "card.json", {**run.card, "config_hash": "another"})
    told = season_evaluation.evaluate(project, season, run)
    row = told.row()
    assert row["tries"] == 2
    assert row["p_corrected"] == pytest.approx(min(1, 2 * row["p_value"]))  # the twin has the same p
    assert f"2 runs were judged on this season; p corrected for them is {row['p_corrected']:.3f}." in told.verdict.figures()
    assert f"本时段已评判 2 次运行，校正后 p 为 {row['p_corrected']:.3f}" in worded(told.verdict.figures(), "zh")
    shutil.rmtree(twin)


def test_another_season_or_stray_rounding(shown: tuple[Project, Season], monkeypatch: pytest.MonkeyPatch) -> None:
    _, season = shown
    z = season.anomaly.z
    rounded = replace(season, anomaly=replace(season.anomaly, z=z + 1e-5))
    assert shipped.is_shipped_season(rounded)
    other = replace(season, anomaly=replace(season.anomaly, z=np.where(np.arange(z.shape[1]) == 3, z + 0.5, z)))
    assert not shipped.is_shipped_season(other)


def test_on_another_season_it_answers_in_sample_only(
    shown: tuple[Project, Season], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, season = shown
    asked: list[int] = []

    def answer(_run: object, maps: np.ndarray, **_: object) -> np.ndarray:
        asked.append(len(maps))
        return np.full((len(maps), 5), 0.2)

    monkeypatch.setattr("quakegui.learn.operating.answer", answer)
    monkeypatch.setattr(shipped, "is_shipped_season", lambda _season: False)
    project = copy_of(shown[0], tmp_path / "other")
    with project:
        run = shipped.install_model(project, replace(season, revision=project.revision()))
        assert run is not None
        assert asked == [int(season.has_map.sum())]
        table = runs.predictions_in_use(project, season.days)
        assert table is not None
        assert set(table.kind) == {"in-sample"}
        with pytest.raises(RunError, match="no predictions yet"):
            season_evaluation.evaluate(project, season, run)


def copy_of(project: Project, folder: Path) -> Project:
    """Return an empty project with the same classes."""
    from quakegui.project import catalogue

    made = Project.create(folder, timezone=project.timezone, synthetic=True)
    scheme = catalogue.class_scheme(project)
    assert scheme is not None
    catalogue.set_class_scheme(made, scheme)
    return made
