"""Figures of a confusion matrix, against the original paper's table 5 and against scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics as reference

from quakegui.judge import metrics
from quakegui.season.labels import cohen_kappa

# Original paper, table 5: rows true, columns answered.
TABLE_5 = np.array([[115, 3, 4, 1, 3], [8, 81, 8, 4, 1], [7, 2, 14, 1, 4], [6, 8, 3, 26, 1], [3, 0, 5, 1, 21]])


def percent(value, digits=2):
    return f"{100 * value:.{digits}f}"


def test_table_5_gives_the_papers_figures_to_the_printed_digits():
    told = metrics.figures(TABLE_5)
    assert [one.support for one in told.per_class] == [126, 102, 28, 44, 30]
    assert told.days == 330
    assert int(np.trace(told.confusion)) == 257
    assert percent(told.accuracy) == "77.88"
    assert percent(told.macro_recall) == "69.95"  # exactly 69.9545
    assert f"{told.kappa:.3f}" == "0.693"
    assert [percent(one.recall) for one in told.per_class] == ["91.27", "79.41", "50.00", "59.09", "70.00"]
    assert [percent(one.precision) for one in told.per_class] == ["82.73", "86.17", "41.18", "78.79", "70.00"]
    assert [percent(one.one_vs_rest_accuracy) for one in told.per_class] == ["89.39", "89.70", "89.70", "92.42", "94.55"]
    assert told.estimable == (0, 1, 2, 3, 4)


def test_macro_recall_is_the_mean_of_the_recalls():
    told = metrics.figures(TABLE_5)
    assert told.macro_recall == pytest.approx(np.mean([115 / 126, 81 / 102, 14 / 28, 26 / 44, 21 / 30]), abs=1e-15)
    assert told.balanced_accuracy == told.macro_recall


def test_figures_equal_scikit_learns():
    rng = np.random.default_rng(7)
    truth, answered = rng.integers(5, size=400), rng.integers(5, size=400)
    told = metrics.figures(metrics.confusion(truth, answered))
    precision, recall, f1, support = reference.precision_recall_fscore_support(truth, answered)
    assert np.allclose([one.precision for one in told.per_class], precision, atol=1e-15)
    assert np.allclose([one.recall for one in told.per_class], recall, atol=1e-15)
    assert np.allclose([one.f1 for one in told.per_class], f1, atol=1e-15)
    assert [one.support for one in told.per_class] == support.tolist()
    assert told.kappa == pytest.approx(reference.cohen_kappa_score(truth, answered), abs=1e-14)
    assert told.balanced_accuracy == pytest.approx(reference.balanced_accuracy_score(truth, answered), abs=1e-15)


def test_what_cannot_be_estimated_is_nan_and_leaves_the_mean():
    truth, answered = np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 0])
    told = metrics.figures(metrics.confusion(truth, answered))
    assert told.estimable == (0, 1)
    assert told.macro_recall == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert np.isnan([told.per_class[c].recall for c in (2, 3, 4)]).all()
    assert np.isnan(told.per_class[4].precision)


def test_a_class_its_training_never_saw_leaves_the_recall_but_not_the_matrix():
    # Five days of class 2, of which three lie in a fold that had none to train on: they were answered 0.
    matrix = metrics.confusion([0, 0, 2, 2, 2, 2, 2], [0, 0, 0, 0, 0, 2, 0], 3)
    judged = metrics.confusion([0, 0, 2, 2], [0, 0, 2, 0], 3)
    told = metrics.figures(matrix, judged)
    assert told.per_class[2].not_estimable == 3
    assert told.per_class[2].support == 5
    assert told.per_class[2].recall == 0.5
    assert told.macro_recall == 0.75
    assert told.balanced_accuracy == pytest.approx((1 + 1 / 5) / 2)
    assert told.accuracy == pytest.approx(3 / 7)
    never = metrics.figures(matrix, metrics.confusion([0, 0], [0, 0], 3))
    assert never.estimable == (0,)
    assert np.isnan(never.per_class[2].recall)


def test_no_day_gives_no_figure():
    told = metrics.figures(np.zeros((5, 5), int))
    assert told.days == 0
    assert told.estimable == ()
    assert np.isnan([told.accuracy, told.macro_recall, told.kappa]).all()


def test_kappa_without_disagreement_to_be_had_is_nan():
    assert np.isnan(metrics.figures(metrics.confusion([0, 0], [0, 0])).kappa)


def test_figures_of_many_matrices_at_once():
    stack = np.stack([TABLE_5, TABLE_5.T, np.zeros((5, 5))])
    assert np.allclose(metrics.macro_recall(stack)[:2], [metrics.figures(m).macro_recall for m in stack[:2]])
    assert np.allclose(cohen_kappa(stack)[:2], metrics.figures(TABLE_5).kappa)
    assert np.isnan(metrics.accuracy(stack)[2])


def test_confusion_refuses_what_is_no_class():
    with pytest.raises(ValueError, match="accepts classes 0 to 4 only"):
        metrics.confusion([0, 5], [0, 0])
    with pytest.raises(ValueError, match="one predicted class for each"):
        metrics.confusion([0, 1], [0])


def test_groups_join_classes():
    probabilities = np.array([[0.4, 0.1, 0.2, 0.1, 0.2]])
    assert np.allclose(metrics.group_probabilities(probabilities, "event"), [[0.4, 0.6]])
    assert np.allclose(metrics.group_probabilities(probabilities, "direction"), [[0.4, 0.3, 0.3]])
    assert metrics.group_labels([0, 1, 2, 3, 4, -1], "direction").tolist() == [0, 1, 1, 2, 2, -1]
    assert metrics.group_trained([[True, False, True, False, False]], "direction").tolist() == [[True, True, False]]


def test_calibration_of_known_probabilities():
    event = np.array([0.05, 0.05, 0.95, 0.95, 0.55, 1.0])
    probabilities = np.column_stack([1 - event, event, np.zeros((6, 3))])
    told = metrics.calibration(probabilities, [0, 0, 1, 0, 1, 1])
    assert told.days.tolist() == [2, 0, 0, 0, 0, 1, 0, 0, 0, 3]
    assert told.frequency[[0, 5, 9]] == pytest.approx([0, 1, 2 / 3])
    assert told.mean_probability[9] == pytest.approx((0.95 + 0.95 + 1.0) / 3)
    assert np.isnan(told.frequency[1])
    wanted = (2 * 0.05 + 1 * 0.45 + 3 * abs((0.95 + 0.95 + 1.0) / 3 - 2 / 3)) / 6
    assert told.expected_error == pytest.approx(wanted)
    assert told.brier_event == pytest.approx(reference.brier_score_loss([0, 0, 1, 0, 1, 1], event))
    assert told.brier == pytest.approx(2 * told.brier_event)  # two classes only, each error counts twice


def test_calibrated_probabilities_have_a_small_error():
    rng = np.random.default_rng(0)
    event = rng.random(20_000)
    probabilities = np.column_stack([1 - event, event / 2, event / 2, np.zeros((20_000, 2))])
    assert metrics.calibration(probabilities, (rng.random(20_000) < event).astype(int)).expected_error < 0.02
