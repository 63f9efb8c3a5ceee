"""Baselines: what each can learn, what it must not answer, and that it stays on its own side of a split."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from quakegui.judge import folds, predictors, splits
from quakegui.words import word

EVERY = ["boosting-features", "kp", "majority", "traditional"]  # one of each way of learning


@pytest.fixture(autouse=True)
def _one_thread():
    """Keep these tiny fits on one thread, as `out_of_fold` does."""
    with threadpool_limits(1):
        yield


def learn_and_ask(name, train_x, train_y, test_x):
    return predictors.PREDICTORS[name].fit_predict(np.asarray(train_x, float), np.asarray(train_y), np.asarray(test_x, float))


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
    made = splits.blocked(folds.material(days, labels), folds=2)
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
    made = splits.chronological(folds.material(np.datetime64("2022-01-01") + np.arange(120), labels))
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


def season(n_days=300, *, seed=7, events=20):
    """Return the inputs of a season of noise that began on 1 January 2022, each day known at 19:00 UTC."""
    rng = np.random.default_rng(seed)
    days = np.datetime64("2022-01-01") + np.arange(n_days)
    known = days.astype("datetime64[ms]") + np.timedelta64(19, "h")
    hours = np.sort(rng.choice(np.arange(24 * n_days), events, replace=False)).astype("timedelta64[h]")
    z = rng.normal(size=(n_days, 6))
    z[rng.random(z.shape) < 0.1] = np.nan
    return predictors.Inputs(
        days=days,
        available_at=known,
        kp_night=rng.uniform(0, 7, n_days).round(1),
        features=np.abs(rng.normal(size=(n_days, 10))),
        station_z=z,
        doubtful=np.isnan(z),
        event_times=days[0].astype("datetime64[ms]") + hours,
        event_magnitudes=3.0 + rng.exponential(0.4, events),
    )


def columns(name, given, *, train=None, test=()):
    rows = np.arange(len(given.days)) if train is None else np.asarray(train)
    return predictors.PREDICTORS[name].columns(given, rows, np.asarray(test, int))


def test_every_predictor_runs_on_one_split():
    given = season()
    kp = given.kp_night.copy()
    kp[:30] = np.nan
    given = replace(given, kp_night=kp)
    labels = np.repeat(np.random.default_rng(8).choice(5, 20, p=[0.5, 0.2, 0.1, 0.1, 0.1]), 15)
    split = splits.blocked(folds.material(given.days, labels), folds=3)
    found = predictors.run_predictors(split, given, labels)
    assert list(found) == list(predictors.PREDICTORS)
    assert set(predictors.WITHOUT_FIELD) >= {"kp", "calendar", "catalogue", "outages", "without-field"}
    assert not {"majority", "traditional", "boosting-features", "boosting-stations"} & set(predictors.WITHOUT_FIELD)
    for name, answer in found.items():
        gaps = np.isnan(answer).all(axis=1)
        assert np.array_equal(gaps, np.isnan(kp) if name == "kp" else np.zeros(300, bool))
        assert np.allclose(answer[~gaps].sum(axis=1), 1)


def test_titles_are_there_in_both_languages():
    for name, row in predictors.PREDICTORS.items():
        assert row.id == name
        assert row.title.isascii()
        assert not word(row.title, "zh").isascii()


def test_kp_comes_with_its_means_over_the_days_before():
    given = replace(season(10), kp_night=np.array([1.0, 2, 3, np.nan, 5, 6, 7, 8, 9, 4]))
    found = columns("kp", given)
    assert found[2].tolist() == [3, 2, 2]
    assert np.isnan(found[3]).all()
    assert found[4].tolist() == [5, 4, 11 / 4]  # of the days 3 to 5 two are known, of the first five four
    assert found[9].tolist() == [4, 7, 39 / 6]


def test_kp_means_reach_over_dates_not_rows():
    given = season(20).at(np.r_[0:5, 12:20])
    assert columns("kp", given)[5].tolist() == [given.kp_night[5]] * 3


def test_the_calendar_is_a_line_and_two_waves():
    found = columns("calendar", season(300))
    assert np.diff(found[:, 0]).tolist() == [1] * 299
    assert np.hypot(found[:, 1], found[:, 2]) == pytest.approx(1)
    angle = np.unwrap(np.arctan2(found[:, 2], found[:, 1]))
    assert (angle[-1] - angle[0]) / (2 * np.pi) == pytest.approx(299 / 365.25)
    assert np.diff(np.unwrap(np.arctan2(found[:, 4], found[:, 3]))) == pytest.approx(2 * np.diff(angle))


def test_outages_are_the_stations_that_are_missing_or_flagged():
    given = season(3)
    given = replace(given, doubtful=np.array([[0, 0, 1, 0, 1, 0], [0] * 6, [1] * 6], bool))
    assert columns("outages", given).tolist() == [[2, 0, 0, 1, 0, 1, 0], [0] * 7, [6] + [1] * 6]


def test_the_catalogue_knows_only_events_before_the_day_is_known():
    known = season(60).available_at
    times = np.array([known[10] - np.timedelta64(1, "ms"), known[20], known[30] + np.timedelta64(1, "D")])
    given = replace(season(60), event_times=times, event_magnitudes=np.array([4.0, 4.0, 5.0]))
    found = columns("catalogue", given)
    assert found[9, :4].tolist() == [np.log1p(365), 0, 0, 0]
    assert found[10, :4] == pytest.approx([0, 1, 1, 1], abs=1e-6)
    assert found[20, 1:4] == pytest.approx(np.exp(-10 / np.array([7, 30, 90])), abs=1e-6)
    assert found[21, 1] == pytest.approx(np.exp(-11 / 7) + np.exp(-1 / 7), abs=1e-6)
    assert found[31, 0] == pytest.approx(np.log1p(11), abs=1e-6)  # the last event came at the very instant
    later = replace(given, event_times=times[:2], event_magnitudes=np.array([4.0, 4.0]))
    assert np.array_equal(columns("catalogue", later)[:32, :4], found[:32, :4])


def test_the_catalogues_rate_is_fitted_on_the_training_part_alone():
    given, train, test = season(events=60), np.r_[0:100, 220:300], np.arange(107, 213)
    inside = (given.event_times > given.available_at[100]) & (given.event_times < given.available_at[219])
    moved = replace(given, event_times=np.where(inside, given.available_at[150] + np.arange(60), given.event_times))
    one, two = (columns("catalogue", each, train=train, test=test) for each in (given, moved))
    assert inside.sum() > 10
    assert np.array_equal(one[:100], two[:100])  # what happened among the test days changes no day before them
    assert not np.allclose(one[150:213, 4], two[150:213, 4])
    whole = columns("catalogue", given)
    assert not np.allclose(whole[:100, 4], one[:100, 4])


def test_the_first_folds_rate_knows_no_event_of_its_test_days():
    given, train, test = season(events=60), np.arange(107, 300), np.arange(100)
    inside = (given.event_times > given.available_at[0]) & (given.event_times < given.available_at[106])
    other = replace(given, event_magnitudes=np.where(inside, 3.0, given.event_magnitudes), event_times=given.event_times.copy())
    other.event_times[inside] = given.available_at[0] + np.timedelta64(1, "h")
    late = np.arange(250, 300)  # by then the rate is that of the fit and of later events
    one, two = (columns("catalogue", each, train=train, test=test)[late, 4] for each in (given, other))
    assert inside.sum() > 10
    np.testing.assert_allclose(one, two, atol=0.02)


def test_without_field_answers_days_without_kp():
    given = season(40)
    kp = np.r_[np.full(30, np.nan), [1, 2, 6, 7, 8], np.full(5, 9.0)]
    found = columns("without-field", replace(given, kp_night=kp), train=np.arange(35), test=np.arange(35, 40))
    assert np.isfinite(found).all()
    assert found[:30, 0].tolist() == [6] * 30  # the training days' median
    assert found[:, 3].tolist() == [1] * 30 + [0] * 10
    nowhere = columns("without-field", replace(given, kp_night=np.full(40, np.nan)), train=np.arange(40))
    assert (nowhere[:, :4] == [0, 0, 0, 1]).all()


def test_a_new_rival_joins_everything_but_the_field_by_itself(monkeypatch):
    given = season(40)
    before = columns("without-field", given)
    moon = predictors.Predictor("moon", ("Moon only", "仅用月相"), phases, predictors.logistic, ("the moon", "月相"))
    monkeypatch.setitem(predictors.PREDICTORS, "moon", moon)
    after = columns("without-field", given)
    assert np.array_equal(after[:, : before.shape[1]], before)
    assert np.array_equal(after[:, before.shape[1] :], phases(given, np.arange(40), np.arange(0)))


def phases(given, train, test):
    return np.cos(2 * np.pi * np.arange(len(given.days)) / 29.53)[:, None]


def test_days_picked_from_the_inputs_keep_all_events():
    given = season(30)
    part = given.at(np.array([3, 7]))
    assert part.days.tolist() == given.days[[3, 7]].tolist()
    assert np.array_equal(part.station_z, given.station_z[[3, 7]], equal_nan=True)
    assert len(part.event_times) == 20
