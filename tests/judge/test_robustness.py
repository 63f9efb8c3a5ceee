"""The verdict over other choices and over a grid; Holm's correction by its definition."""

from functools import partial
from itertools import chain

import numpy as np
import pytest

from quakegui.judge.robustness import Score, holm, robustness, skill_map


def test_holm_by_hand():
    # 0.01 * 4, then at least as much: 0.02 * 3, 0.03 * 2, 0.5 * 1.
    assert holm([0.03, 0.01, 0.5, 0.02]).tolist() == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm([0.3, 0.4]).tolist() == pytest.approx([0.6, 0.6])
    assert holm([0.9, 0.8]).tolist() == [1, 1]
    assert holm([]).tolist() == []


def test_holm_rejects_what_its_steps_reject():
    rng = np.random.default_rng(1)
    for _ in range(50):
        p = rng.beta(0.3, 3, 8)
        corrected = holm(p)
        ordered = np.sort(p)
        rejected = 0
        while rejected < 8 and ordered[rejected] <= 0.05 / (8 - rejected):
            rejected += 1
        assert (corrected <= 0.05).sum() == rejected


def test_what_could_not_be_tested_does_not_count():
    corrected = holm([[0.01, np.nan], [0.04, 0.5]])
    assert corrected[0].tolist() == pytest.approx([0.03, np.nan], nan_ok=True)
    assert corrected[1].tolist() == pytest.approx([0.08, 0.5])


def test_a_verdict_holds_in_some_of_its_variants():
    p_of = {3.0: 0.001, 3.5: 0.02, 4.0: 0.2, 5.0: np.nan, 50.0: 0.04, 150.0: 0.03}
    axes = {
        "least magnitude": {"3.0": 3.0, "3.5": 3.5, "4.0": 4.0, "5.0": 5.0},
        "declustering": {"50 km": 50.0, "150 km": 150.0},
    }
    found = robustness(
        {
            axis: {name: partial(Score, int(value), 0.6, p_of[value]) for name, value in names.items()}
            for axis, names in axes.items()
        }
    )
    assert [(one.axis, one.choice) for one in found.variants] == [
        (axis, name) for axis, names in axes.items() for name in names
    ]
    assert [one.score.events for one in found.variants] == [3, 3, 4, 5, 50, 150]
    assert (found.significant, found.tested) == (4, 5)
    assert found.significant_corrected == 1
    assert [one.p_corrected for one in found.variants] == pytest.approx([0.005, 0.08, 0.2, np.nan, 0.09, 0.09], nan_ok=True)


def test_a_map_asks_for_every_pair_once():
    asked = []

    def test(lead, window):
        asked.append((lead, window))
        return Score(int(lead), 0.5 + lead / 100, window / 100)

    found = skill_map([1, 3, 5], [2, 4], test)
    assert asked == [(1, 2), (1, 4), (3, 2), (3, 4), (5, 2), (5, 4)]
    assert found.events.tolist() == [[1, 1], [3, 3], [5, 5]]
    assert found.statistic.shape == (3, 2)
    assert found.p_value.tolist() == [[0.02, 0.04]] * 3
    assert found.p_corrected.tolist() == list(chain([[pytest.approx(0.12)] * 2] * 3))
    assert (found.rows.tolist(), found.columns.tolist()) == ([1, 3, 5], [2, 4])


def test_an_empty_map_is_empty():
    found = skill_map([], [1, 2], lambda _row, _column: Score(0, np.nan, np.nan))
    assert found.p_corrected.shape == (0, 2)
