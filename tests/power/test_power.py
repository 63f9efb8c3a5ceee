"""What the judgement says of seasons without a signal and with one; an hour on two cores, so only with `-m slow`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import trained

from quakegui.learn.runs.presets import PRESETS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]

RECIPE = replace(PRESETS["small"], precision="float32", members=1)
NULL_SEASONS = 20


def test_at_most_two_of_twenty_null_seasons_are_called_better_than_chance() -> None:
    seeds = range(trained.FIRST_SEED, trained.FIRST_SEED + NULL_SEASONS)
    rows = list(trained.trials(seeds, 0.0, RECIPE))
    assert sum(row["better"] for row in rows) <= 2, rows


def test_the_papers_protocol_scores_high_on_null_seasons_and_is_called_leaky() -> None:
    longer = replace(RECIPE, protocol="paper", epochs=50, learning_rate=1e-3, class_weights=False)
    rows = list(trained.trials(range(trained.FIRST_SEED, trained.FIRST_SEED + 3), 0.0, longer))
    assert all(row["leaky"] and row["verdict"].startswith("LEAKY") and not row["better"] for row in rows)
    assert np.mean([row["class_accuracy"] for row in rows]) > 0.9


def test_a_season_with_a_strong_signal_is_told_from_noise() -> None:
    rows = list(trained.trials([trained.FIRST_SEED + 101, trained.FIRST_SEED + 102], 2.0, RECIPE))
    assert all(row["p_value"] < 0.05 and row["majority_low"] > 0.0 for row in rows), rows
    assert not any(row["leaky"] for row in rows)
