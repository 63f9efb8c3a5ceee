"""Trials of a network on seasons that it never saw: an oracle is found out as one, noise as noise."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from quakegui.judge.calibration import Calibrator
from quakegui.learn.network.modelfile import CARD, MODEL, read_model
from quakegui.learn.runs.calibrators import calibrator_facts
from quakegui.learn.runs.files import read_arrays, write_arrays
from quakegui.learn.runs.registry import RunError
from quakegui.learn.zero_shot import shipped
from quakegui.learn.zero_shot.trials import counts, paper_plan, trial, trials
from quakegui.project.demo import catalogue_events
from quakegui.simulate.corpus import Plan, SimulatedSeason, simulate


@cache
def one() -> tuple[Plan, SimulatedSeason]:
    plan = paper_plan(1.0, 31_000)
    return plan, next(simulate(plan, [0], pixels=16))


@pytest.mark.slow  # makes whole seasons
def test_the_plan_is_the_papers_season() -> None:
    plan, each = one()
    assert each.events == catalogue_events()
    assert len(each.season.network.stations) == 25
    assert each.source.config.seed == 31_000
    assert each.labels.counts == (169, 83, 18, 40, 24)
    assert plan.strengths == (1.0, 1.0)


@pytest.mark.slow  # judges a season by every predictor
def test_an_oracle_is_better_than_chance_and_right_in_everything() -> None:
    plan, each = one()
    oracle = np.eye(5, dtype=np.float32)[each.labels.classes]
    oracle[5] = np.nan
    found = trial(each, oracle, plan, surrogates=99)
    assert found.auc == 1.0
    assert found.p_value == pytest.approx(0.01)
    assert found.recall == {"event": 1.0, "direction": 1.0, "class": 1.0}
    assert found.better
    assert np.isnan(found.r)  # no model, no alarm rule


@pytest.mark.slow  # judges a season by every predictor
def test_alarms_follow_the_models_own_rule() -> None:
    plan, each = one()
    oracle = np.eye(5, dtype=np.float32)[each.labels.classes]
    none = Calibrator("none", 0, 0, np.empty(0), np.empty(0))
    card = {"calibration": calibrator_facts(none), "alarms": {"threshold": 0.5, "run_days": 2, "open_days": 5}}
    found = trial(each, oracle, plan, card=card, surrogates=99)
    assert found.r > found.r0 > 0
    assert 0.3 < found.open_share < 0.9  # the labelled days and five after each
    never = trial(
        each, oracle, plan, card=card | {"alarms": {"threshold": 0.5, "run_days": 366, "open_days": 5}}, surrogates=99
    )
    assert (never.r, never.open_share) == (0.0, 0.0)
    told = counts([found, never])
    assert (told["seasons"], told["better"], told["above_r0"]) == (2, 2, 1)


@pytest.mark.slow  # judges a season by every predictor
def test_the_probable_group_answers_and_not_the_probable_class() -> None:
    plan, each = one()
    shared = np.where((each.labels.classes > 0)[:, None], [0.4, 0.3, 0.3, 0.0, 0.0], [0.8, 0.1, 0.1, 0.0, 0.0])
    found = trial(each, shared.astype(np.float32), plan, surrogates=99)
    assert found.recall["event"] == 1.0
    assert found.recall["class"] == pytest.approx(0.2)  # none, of five


@pytest.mark.slow  # judges seasons by every predictor
def test_noise_is_not_better_than_chance() -> None:
    class Noise:
        class recipe:  # noqa: N801 (stands for an attribute)
            size = 16

        card: ClassVar[dict[str, object]] = {}

        def probabilities(self, season: object) -> np.ndarray:
            rng = np.random.default_rng(8)
            return rng.dirichlet(np.ones(5), len(season.days)).astype(np.float32)  # type: ignore[attr-defined]

    found = list(trials(Noise(), paper_plan(0.0, 31_500), 2, surrogates=199))  # type: ignore[arg-type]
    assert [each.seed for each in found] == [31_500, 31_501]
    for each in found:
        assert each.strength == 0.0
        assert 0.4 < each.auc < 0.6
        assert each.p_value > 0.05


@pytest.mark.parametrize("change", [
    {"versions": None}, {"seconds": []}, {"seconds": None}, {"seconds": float("nan")}, {"network": []},
    {"calibration": {"weights": [1.0, 1.0]}}, {"alarms": None}, {"made_for": 3},
])  # fmt: skip
def test_a_card_that_lacks_or_misstates_something_is_refused_before_anything_is_asked(
    tmp_path: Path, change: dict[str, object]
) -> None:
    stored = read_arrays(shipped.model_folder() / MODEL)
    card = json.loads(str(stored[CARD]))
    for key, value in change.items():
        card[key] = card[key] | value if isinstance(value, dict) else value
    write_arrays(tmp_path / MODEL, stored | {CARD: np.array(json.dumps(card))})
    with pytest.raises(RunError, match="does not contain a usable pre-trained model"):
        read_model(tmp_path)


def test_a_card_nested_beyond_reason_is_refused(tmp_path: Path) -> None:
    stored = read_arrays(shipped.model_folder() / MODEL)
    write_arrays(tmp_path / MODEL, stored | {CARD: np.array("[" * 100_000)})
    with pytest.raises(RunError, match="does not contain a usable pre-trained model"):
        read_model(tmp_path)
