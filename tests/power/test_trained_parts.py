"""Seasons for the power study: the same facts as a project of them has."""

from __future__ import annotations

import numpy as np
import pytest
import trained

from quakegui.learn.evidence import make_split
from quakegui.learn.runs.presets import PRESETS


@pytest.mark.slow  # makes two demonstrations
def test_a_season_of_the_study_is_the_demos_season_with_another_seed() -> None:
    season, evidence = trained.synthetic_evidence(7, 0.0)
    assert len(season.days) == 334
    assert np.bincount(evidence.truth).tolist() == [169, 83, 18, 40, 24]
    assert len(evidence.catalogue.times) == 18
    assert evidence.material.post.sum() > 0
    made = make_split(evidence.material, PRESETS["small"])
    assert len(made.folds) == 5
    assert all(fold.validation.size == 0 for fold in made.folds)
    assert sum(len(fold.predict) for fold in made.folds) == season.has_map.sum()
