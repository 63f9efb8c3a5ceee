"""What people are shown is calibrated, by what is kept in the run's card; the ledger keeps what the networks gave."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from run_projects import season_of

from quakegui.app.in_use import read_in_use
from quakegui.judge.folds import material
from quakegui.judge.splits import blocked
from quakegui.learn import season_evaluation, season_runs
from quakegui.learn.calibrated import calibrators_of, shown_predictions
from quakegui.learn.runs.calibrators import RunCalibrators, fit_run_calibrators
from quakegui.learn.runs.files import read_json, write_json
from quakegui.learn.runs.predictions import SPAN, TEST, TRAINED, RunPredictions
from quakegui.learn.runs.registry import RunError, read_run
from quakegui.project import runs
from quakegui.project.store import Project


def answers(days: int = 200, seed: int = 0) -> tuple[RunPredictions, list]:
    """Return out-of-fold answers that exaggerate an event every 20 days, and their folds."""
    rng = np.random.default_rng(seed)
    dates = np.datetime64("2022-01-01") + np.arange(days)
    labels = np.where(np.arange(days) % 20 < 6, 1 + np.arange(days) // 20 % 4, 0)
    split = blocked(material(dates, labels, event_index=np.where(labels > 0, np.arange(days) // 20, -1)), folds=4)
    shares = rng.dirichlet(np.ones(5), days) * 0.2
    shares[np.arange(days), labels] += 0.8 * (rng.random(days) < 0.6)
    shares = shares / shares.sum(axis=1, keepdims=True)
    role = np.zeros((4, days), np.uint8)
    for k, fold in enumerate(split.folds):
        role[k, fold.predict], role[k, fold.test], role[k, fold.train] = SPAN, TEST, TRAINED
    none = np.zeros(0, np.intp)
    said = RunPredictions(
        days=dates,
        labels=labels.astype(np.int8),
        map_hash=np.full(days, "x"),
        probabilities=np.tile(shares.astype(np.float32), (4, 1, 1)),
        role=role,
        final=np.full((days, 5), np.nan, np.float32),
        final_trained=np.zeros(days, bool),
        image_fold=none,
        image_day=none,
        image_copy=none,
        image_probabilities=np.zeros((0, 5), np.float32),
    )
    return said, list(split.folds)


def test_the_networks_later_answers_are_calibrated_by_all_that_was_out_of_fold():
    said, folds = answers()
    found = fit_run_calibrators(folds, said, {}, class_weighted=True)
    assert [one.method for one in (*found.folds, found.later)] == ["isotonic"] * 5
    assert (found.later.days, found.later.events) == (200, 10)
    event = found.later.of_classes(said.probabilities[0])[:, 1:].sum(axis=1)
    assert event.mean() == pytest.approx((said.labels > 0).mean(), abs=0.01)
    assert max(one.days for one in found.folds) < 160  # neither the fold's own days nor their embargo


def test_what_a_card_keeps_is_what_was_fitted():
    said, folds = answers()
    found = fit_run_calibrators(folds, said, {}, class_weighted=True)
    back, fold = RunCalibrators.from_json(found.to_json()), np.repeat([0, 1, -1, 3], 50)
    p = said.probabilities[0].astype(float)
    assert np.array_equal(back.of_days(fold, p), found.of_days(fold, p))


@pytest.mark.parametrize(
    "change",
    [
        {"given": [0.5, 0.1], "calibrated": [0.2, 0.3]},
        {"calibrated": [-1.0, 2.0], "given": [0.1, 0.5]},
        {"method": "magic"},
        {"weights": [0.0] * 5},
        {"given": ["a"], "calibrated": ["b"]},
        {"days": -1},
    ],
)
def test_a_strangers_card_with_another_map_is_refused(trained: Path, change: dict) -> None:
    with Project.open(trained) as project:
        folder = season_runs.find_run(project, None).folder
    said, folds = answers()
    kept = fit_run_calibrators(folds, said, {}, class_weighted=True).to_json()
    card = read_json(folder / "card.json")
    write_json(folder / "card.json", {**card, "calibration": {**kept, "later": {**kept["later"], **change}}})
    with pytest.raises(RunError, match="calibration"):
        read_run(folder)


def test_a_strangers_card_with_the_calibration_of_another_run_is_refused(trained: Path) -> None:
    with Project.open(trained) as project:
        folder = season_runs.find_run(project, None).folder
    card = read_json(folder / "card.json")
    kept = card["calibration"]
    three = {**kept["later"], "weights": [1.0, 1.0, 1.0]}
    for change in ({"folds": kept["folds"] * 2}, {"later": three}, {"folds": [three], "later": three}):
        write_json(folder / "card.json", {**card, "calibration": {**kept, **change}})
        with pytest.raises(RunError, match="calibration"):
            read_run(folder)


def test_window_and_alarms_take_the_cards_calibrators_and_the_judgement_has_the_same(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        assert run.card is not None
        told = season_evaluation.evaluate(project, season, run)
        kept = run.card["calibration"]["folds"]
        assert [one["method"] for one in kept] == [one.method for one in told.calibrators]
        assert told.to_json()["calibrators"] == kept

        steep = {"method": "platt", "days": 9, "events": 3, "given": [], "calibrated": [2.0, -1.0], "weights": []}
        write_json(run.folder / "card.json", {**run.card, "calibration": {"folds": [steep], "later": steep}})
        ledger = runs.predictions(project, run.id, season.days).probabilities
        shown = read_in_use(project, season).predictions
        assert shown is not None
        event, said = (one[:, 1:].sum(axis=1) for one in (shown.probabilities, ledger))
        np.testing.assert_allclose(event, 1 / (1 + np.exp(1 - 2 * np.log(said / (1 - said)))), rtol=1e-5)


def test_a_run_of_a_former_version_is_calibrated_from_the_answers_that_it_keeps(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        before = shown_predictions(project, run.id, season.days).probabilities
        card = read_json(run.folder / "card.json")
        del card["calibration"]
        write_json(run.folder / "card.json", card)
        np.testing.assert_allclose(shown_predictions(project, run.id, season.days).probabilities, before)
        (run.folder / "predictions.npz").unlink()
        ledger = runs.predictions(project, run.id, season.days).probabilities
        np.testing.assert_array_equal(shown_predictions(project, run.id, season.days).probabilities, ledger)


def test_a_leaky_runs_answers_stay_as_they_are(trained: Path) -> None:
    with Project.open(trained) as project:
        run = season_runs.find_run(project, None)
        assert calibrators_of(replace(run, config=replace(run.config, protocol="paper"))) is None
