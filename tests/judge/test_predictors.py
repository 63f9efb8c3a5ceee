"""Baselines: what each can learn, what it must not answer, and that it stays on its own side of a split."""

from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from quakegui.judge import predictors, splits

EVERY = sorted(predictors.BASELINES)


@pytest.fixture(autouse=True)
def _one_thread():
    """Keep these tiny fits on one thread, as `out_of_fold` does."""
    with threadpool_limits(1):
        yield


def learn_and_ask(name, train_x, train_y, test_x):
    return predictors.BASELINES[name](np.asarray(train_x, float), np.asarray(train_y), np.asarray(test_x, float))


def noise(n, columns, seed=0):
    return np.random.default_rng(seed).normal(size=(n, columns))


@pytest.mark.parametrize("name", EVERY)
def test_probabilities_are_five_and_sum_to_one(name):
    rng = np.random.default_rng(1)
    x = np.abs(noise(150, 4))
    told = learn_and_ask(name, x[:100], rng.integers(5, size=100), x[100:])
    assert told.shape == (50, 5)
    assert np.allclose(told.sum(axis=1), 1)
    assert (told >= 0).all()


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("classes", [(0,), (3,), (0, 2), (1, 4), (0, 1, 3)])
def test_a_class_absent_from_training_is_never_answered(name, classes):
    rng = np.random.default_rng(2)
    x = np.abs(noise(160, 4))
    x[:, 3] = rng.integers(-1, 2, size=160)
    told = learn_and_ask(name, x[:100], rng.choice(classes, 100), x[100:])
    absent = sorted(set(range(5)) - set(classes))
    assert np.allclose(told[:, absent], 0)
    assert np.allclose(told.sum(axis=1), 1)


def test_majority_answers_the_training_frequencies():
    told = learn_and_ask("majority", np.zeros((4, 1)), [0, 0, 3, 0], np.zeros((2, 1)))
    assert told.tolist() == [[0.75, 0, 0, 0.25, 0]] * 2


def test_kp_learns_storms_and_leaves_out_nights_without_kp():
    kp = np.r_[np.full(50, 1.0), np.full(50, 6.0), np.full(10, np.nan)][:, None]
    labels = np.r_[np.zeros(50, int), np.ones(50, int), np.full(10, 4)]
    told = learn_and_ask("kp", kp, labels, [[1.0], [np.nan], [6.0]])
    assert np.argmax(told[[0, 2]], axis=1).tolist() == [0, 1]
    assert np.isnan(told[1]).all()
    assert (told[[0, 2], 4] == 0).all()  # the days of class 4 had no Kp
    assert np.isnan(learn_and_ask("kp", np.full((5, 1), np.nan), np.zeros(5, int), [[1.0]])).all()


def test_kp_is_a_fair_opponent_of_event_against_none():
    # Four classes of events, all at the same Kp: together they are answered where Kp is high, and only there.
    kp = np.r_[np.full(60, 2.0), np.full(40, 5.0)][:, None]
    labels = np.r_[np.zeros(60, int), np.tile([1, 2, 3, 4], 10)]
    told = learn_and_ask("kp", kp, labels, [[2.0], [5.0]])
    assert told[0, 0] > 0.9
    assert told[1, 1:].sum() > 0.9
    nothing = learn_and_ask("kp", np.ones((100, 1)), labels, [[1.0]])
    assert nothing[0, 0] == pytest.approx(0.5, abs=1e-3)


def test_traditional_finds_its_thresholds():
    # An event's day needs all three: area, peak and duration. Peaks from 8 on are large ones. Direction as told.
    rng = np.random.default_rng(3)
    x = np.column_stack(
        [
            rng.integers(0, 100, 600),
            rng.uniform(2, 10, 600),
            rng.integers(0, 8, 600),
            rng.choice([-1.0, 1.0], 600),
        ]
    )
    event = (x[:, 0] >= 50) & (x[:, 1] >= 5) & (x[:, 2] >= 3)
    cls = np.where(event, np.where(x[:, 3] > 0, 1, 3) + (x[:, 1] < 8), 0)
    told = np.argmax(learn_and_ask("traditional", x[:400], cls[:400], x[400:]), axis=1)
    assert ((told > 0) == event[400:]).mean() > 0.9
    both = (told > 0) & event[400:]
    assert (np.isin(told, (1, 2)) == np.isin(cls[400:], (1, 2)))[both].all()
    assert (told == cls[400:])[both].mean() > 0.9


def test_traditional_answers_none_without_a_map():
    x = np.column_stack([np.arange(100.0), np.arange(100.0), np.arange(100.0), np.ones(100)])
    labels = (np.arange(100) >= 50).astype(int)
    told = learn_and_ask("traditional", x, labels, [[99, 99, 99, 1], [np.nan] * 4])
    assert np.argmax(told, axis=1).tolist() == [1, 0]


def test_boosting_learns_with_gaps_and_with_a_station_that_never_spoke():
    rng = np.random.default_rng(4)
    z = noise(400, 6)
    labels = np.where(z[:, 2] > 0.5, 1, 0)
    z[rng.random(z.shape) < 0.1] = np.nan
    z[:300, 5] = np.nan
    told = learn_and_ask("boosting-stations", z[:300], labels[:300], z[300:])
    known = np.isfinite(z[300:, 2])
    assert (np.argmax(told, axis=1) == labels[300:])[known].mean() > 0.9
    silent = learn_and_ask("boosting-stations", np.full((20, 2), np.nan), [0, 1] * 10, np.zeros((1, 2)))
    assert silent.tolist() == [[0.5, 0.5, 0, 0, 0]]


def test_boosting_is_reproducible():
    x, labels = noise(120, 3), np.random.default_rng(5).integers(5, size=120)
    one, two = (learn_and_ask("boosting-features", x, labels, x) for _ in range(2))
    assert np.array_equal(one, two)


def test_out_of_fold_never_sees_a_fold_it_answers():
    days = np.datetime64("2022-01-01") + np.arange(100)
    labels = np.zeros(100, int)
    labels[50:] = 3
    made = splits.blocked(splits.material(days, labels), folds=2)
    seen = []

    def spy(train_x, train_y, test_x):
        seen.append((train_x[:, 0], test_x[:, 0]))
        return predictors.majority(train_x, train_y, test_x)

    told = predictors.out_of_fold(made, np.arange(100.0), labels, spy)
    assert np.argmax(told, axis=1).tolist() == [3] * 50 + [0] * 50
    for (learnt, asked), fold in zip(seen, made.folds, strict=True):
        assert np.array_equal(np.sort(learnt), np.sort(np.r_[fold.train, fold.validation]))
        assert np.array_equal(asked, fold.predict)
        assert np.abs(learnt[:, None] - asked).min() > 7


def test_days_outside_every_test_span_have_no_answer():
    labels = np.random.default_rng(6).integers(2, size=120)
    made = splits.chronological(splits.material(np.datetime64("2022-01-01") + np.arange(120), labels))
    told = predictors.out_of_fold(made, np.zeros(120), labels, predictors.majority)
    assert np.isnan(told[:80]).all()
    assert np.isfinite(told[80:]).all()


def test_feature_table_reads_the_days_features():
    day = SimpleNamespace(
        has_map=True,
        area_px=120,
        peak_z=-6.5,
        duration_days=3,
        direction="S",
        age_days=4,
        mean_north=0.5,
        mean_south=0.9,
        normal=0.6,
        regions=(object(), object()),
    )
    told = predictors.feature_table([day, SimpleNamespace(has_map=False)])
    assert told[0].tolist() == [120, 6.5, 3, -1, -6.5, 4, 0.5, 0.9, 0.6, 2]
    assert np.isnan(told[1]).all()
    assert len(predictors.FEATURE_COLUMNS) == told.shape[1]


def test_every_baseline_runs_on_one_split():
    rng = np.random.default_rng(7)
    labels = np.repeat(rng.choice(5, 20, p=[0.5, 0.2, 0.1, 0.1, 0.1]), 15)
    kp = rng.uniform(0, 7, 300)
    kp[:30] = np.nan
    made = splits.blocked(splits.material(np.datetime64("2022-01-01") + np.arange(300), labels), folds=3)
    told = predictors.run_baselines(made, labels, kp_night=kp, features=np.abs(noise(300, 10)), station_z=noise(300, 25))
    assert list(told) == list(predictors.BASELINES)
    for name, answer in told.items():
        gaps = np.isnan(answer).all(axis=1)
        assert np.array_equal(gaps, np.isnan(kp) if name == "kp" else np.zeros(300, bool))
