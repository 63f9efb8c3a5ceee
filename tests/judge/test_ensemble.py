"""How far an ensemble's members agree."""

import numpy as np
import pytest

from quakegui.judge import ensemble
from quakegui.words import worded


def test_members_aucs_are_those_of_each_alone():
    kinds = np.array([0, 0, 1, 1, -1])
    told = ensemble.ensemble_of([[0.1, 0.2, 0.8, 0.9, 0.5], [0.9, 0.8, 0.2, 0.1, 0.5], [0.1, 0.3, 0.2, 0.4, 0.5]], kinds)
    assert told is not None
    assert told.aucs == (1.0, 0.0, 0.75)
    assert "mean of 3 ensemble members" in told.text()
    assert "0.00 to 1.00" in told.text()
    assert "3 个集成成员" in worded(told.text(), "zh")


def test_the_spread_is_of_days_that_have_an_answer():
    told = ensemble.ensemble_of([[0.2, 0.4, np.nan], [0.4, 0.8, np.nan]], np.array([0, 1, 1]))
    assert told is not None
    assert told.spread == pytest.approx(0.15)
    assert ensemble.ensemble_of(np.zeros((0, 3)), np.array([0, 1, 1])) is None
    assert ensemble.ensemble_of(np.full((2, 3), np.nan), np.array([0, 1, 1])) is None
