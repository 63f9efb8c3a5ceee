"""Splits: nothing of a test span reaches its training, except in the paper's protocol, which says so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quakegui.judge import folds, paper_split, splits


def season(n_days=334, spacing=18, before=9, after=3):
    """Return a made season: an event every so many days, its label window around it, the days after it `post`."""
    labels, event, post = np.zeros(n_days, int), np.full(n_days, -1), np.zeros(n_days, bool)
    for number, day in enumerate(range(spacing, n_days - 4, spacing)):
        span = slice(max(0, day - before), day + after + 1)
        labels[span], event[span] = number % 4 + 1, number
        post[day + 1 : day + after + 1] = True
    days = np.datetime64("2022-02-01") + np.arange(n_days)
    return folds.material(days, labels, post=post, event_index=event)


def check_fold(fold, made, embargo):
    """Assert what every honest fold promises."""
    days, event = made.days, made.event_index
    for seen in (fold.train, fold.validation):
        assert not made.post[seen].any()
        gap = np.maximum(days[seen] - fold.last, fold.first - days[seen]).astype(int)
        assert gap.min(initial=999) > embargo
        inside = (days >= fold.first) & (days <= fold.last)
        assert not set(event[seen][event[seen] >= 0]) & set(event[inside])
    if len(fold.validation):
        apart = np.abs(days[fold.train][:, None] - days[fold.validation]).min(axis=1).astype(int)
        assert apart.min() > embargo
        assert not set(event[fold.train][event[fold.train] >= 0]) & set(event[fold.validation])
    assert not np.isin(fold.test, np.r_[fold.train, fold.validation]).any()
    assert not made.post[fold.test].any()


@pytest.mark.parametrize("embargo", [7, 27])
def test_blocked_tests_each_scorable_day_once_and_trains_on_none_of_its_neighbours(embargo):
    made = season()
    result = splits.blocked(made, embargo_days=embargo)
    tested = np.concatenate([fold.test for fold in result.folds])
    assert np.array_equal(np.sort(tested), np.flatnonzero(folds.scorable(made)))
    sizes = [len(fold.test) for fold in result.folds]
    assert max(sizes) - min(sizes) <= 1
    assert not result.leaky
    assert paper_split.leak_fraction(result) == 0.0
    for fold in result.folds:
        check_fold(fold, made, embargo)
        assert len(fold.validation) > 0


def test_blocks_cover_the_season_and_predict_post_days_too():
    made = season()
    result = splits.blocked(made)
    predicted = np.concatenate([fold.predict for fold in result.folds])
    assert np.array_equal(np.sort(predicted), np.arange(334))
    assert [fold.first for fold in result.folds[1:]] == [fold.last + np.timedelta64(1, "D") for fold in result.folds[:-1]]
    assert result.post == int(made.post.sum()) > 0


def test_embargo_and_purge_are_counted():
    # 60 quiet days with one 20-day window that straddles the border of two blocks at day 30.
    labels, event = np.zeros(60, int), np.full(60, -1)
    labels[25:45], event[25:45] = 1, 0
    made = folds.material(np.datetime64("2022-01-01") + np.arange(60), labels, event_index=event)
    first, second = splits.blocked(made, folds=2, inner_share=0).folds
    # First block is days 0..29: its embargo takes 30..36, the shared window 37..44.
    assert (first.embargoed, first.purged) == (7, 8)
    assert np.array_equal(first.train, np.arange(45, 60))
    # Second block is days 30..59: its embargo takes 23..29, which holds all the days of the window.
    assert (second.embargoed, second.purged) == (7, 0)
    assert np.array_equal(second.train, np.arange(23))


def test_a_window_that_lost_its_days_to_another_event_still_purges():
    # Event 0 claims days 10..32, but event 1 took 20..32; the block starts at day 30.
    labels, event = np.zeros(60, int), np.full(60, -1)
    labels[10:33], event[10:20], event[20:33] = 1, 0, 1
    days = np.datetime64("2022-01-01") + np.arange(60)
    windows = [[days[10], days[32]], [days[20], days[40]]]
    alone = splits.blocked(folds.material(days, labels, event_index=event), folds=2, inner_share=0).folds[1]
    whole = splits.blocked(folds.material(days, labels, event_index=event, windows=windows), folds=2, inner_share=0).folds[1]
    assert np.array_equal(alone.train, np.arange(20))  # 20..22 belong to event 1
    assert np.array_equal(whole.train, np.arange(10))


def test_an_analysts_run_of_days_without_an_event_is_purged_as_one():
    labels = np.zeros(60, int)
    labels[15:32] = 2
    made = folds.material(np.datetime64("2022-01-01") + np.arange(60), labels)
    fold = splits.blocked(made, folds=2, inner_share=0).folds[1]
    assert np.array_equal(fold.train, np.arange(15))
    assert (fold.embargoed, fold.purged) == (7, 8)


def test_chronological_trains_on_the_past_only():
    made = season()
    result = splits.chronological(made)
    (fold,) = result.folds
    check_fold(fold, made, 7)
    assert max(fold.train.max(), fold.validation.max()) < fold.test.min() - 7
    assert fold.train.max() < fold.validation.min()
    usable = int(folds.scorable(made).sum())
    assert len(fold.test) == usable - round(usable * 2 / 3)


def test_days_without_map_or_label_are_left_out_and_counted():
    made = season()
    labels, has_map = made.labels.copy(), made.has_map.copy()
    has_map[:5] = False
    labels[3:9] = folds.NO_LABEL
    again = folds.material(made.days, labels, has_map=has_map, post=made.post, event_index=made.event_index)
    result = splits.blocked(again)
    assert (result.without_map, result.without_label) == (5, 4)
    used = np.concatenate([np.r_[fold.train, fold.validation, fold.test] for fold in result.folds])
    assert not np.isin(np.arange(9), used).any()
    assert np.array_equal(result.folds[0].predict[:3], [5, 6, 7])  # a day with a map but no label is predicted


def test_a_class_absent_from_a_fold_is_named():
    labels = np.zeros(100, int)
    labels[10:20], labels[70:80] = 1, 3
    result = splits.blocked(folds.material(np.datetime64("2022-01-01") + np.arange(100), labels), folds=2)
    assert np.array_equal(folds.trained_classes(result, labels)[:, [0, 1, 3]], [[True, False, True], [True, True, False]])
    assert np.array_equal(folds.tested_classes(result, labels)[:, [0, 1, 3]], [[True, True, False], [True, False, True]])
    assert sum("not estimable" in note for note in result.notes) == 2
    assert "class 1, 2, 3, 4 not estimable" in result.notes[1]


def test_inner_block_keeps_a_rare_class_in_training():
    labels = np.zeros(300, int)
    labels[20:30], labels[230:233] = 1, 4
    made = folds.material(np.datetime64("2022-01-01") + np.arange(300), labels)
    fold = splits.blocked(made, folds=3).folds[1]
    assert set(labels[fold.train]) == {0, 1, 4}
    assert len(fold.validation) == round(0.15 * (93 + 93))


def paper_season(seed=0):
    """Return days with the paper's class counts in a random order."""
    labels = np.repeat(np.arange(5), paper_split.PAPER_DAYS)
    np.random.default_rng(seed).shuffle(labels)
    return folds.material(np.datetime64("2022-02-01") + np.arange(334), labels)


def test_paper_grows_to_its_numbers_and_splits_1319_to_330():
    made = paper_season()
    result = paper_split.paper(made, seed=3)
    (fold,) = result.folds
    assert (len(fold.train), len(fold.test)) == (1319, 330)
    assert result.leaky
    assert result.notes[0].startswith("LEAKY")
    day, copy = np.r_[fold.train, fold.test], np.r_[fold.train_copy, fold.test_copy]
    assert len(set(zip(day.tolist(), copy.tolist(), strict=True))) == 1649
    assert np.array_equal(np.bincount(made.labels[day]), paper_split.PAPER_GROWTH)
    per_day = np.bincount(day)
    assert per_day.min() >= 4
    assert per_day.max() <= 6
    for number in range(334):  # copies are numbered from the map itself, without a gap
        assert np.array_equal(np.sort(copy[day == number]), np.arange(per_day[number]))


def test_paper_is_reproduced_by_its_seed():
    one, two, other = (paper_split.paper(paper_season(), seed=seed).folds[0] for seed in (1, 1, 2))
    assert np.array_equal(one.test, two.test)
    assert np.array_equal(one.test_copy, two.test_copy)
    assert not np.array_equal(one.test, other.test)


def test_leak_of_the_papers_protocol_is_99_84_percent():
    siblings = np.arange(1, 5)  # of 1649 images, 330 for the test: the chance that not all siblings fall into it, too
    assert f"{100 * (1 - np.prod((330 - siblings) / (1649 - siblings))):.2f}" == "99.84"
    five = [5 * days for days in paper_split.PAPER_DAYS]
    leaks = [paper_split.leak_fraction(paper_split.paper(paper_season(), seed=seed, growth=five)) for seed in range(100)]
    # 330 images, 100 splits: the standard error of the mean is 0.02 percentage points.
    assert np.mean(leaks) == pytest.approx(0.9984, abs=0.0007)
    # The paper's own growth gives some days only four copies, which leaks a little less.
    uneven = [paper_split.leak_fraction(paper_split.paper(paper_season(), seed=seed)) for seed in range(100)]
    assert np.mean(uneven) == pytest.approx(0.9972, abs=0.0010)


def test_paper_grows_another_season_by_its_factors():
    labels = np.repeat([0, 1, 2], [500, 100, 60])
    result = paper_split.paper(folds.material(np.datetime64("2005-01-01") + np.arange(660), labels))
    day = np.r_[result.folds[0].train, result.folds[0].test]
    assert np.array_equal(np.bincount(labels[day]), [round(500 * 833 / 169), round(100 * 437 / 83), round(60 * 96 / 21)])


def test_class_weights_give_events_half_the_weight_and_each_of_their_classes_alike():
    labels = np.repeat([0, 1, 3], [60, 30, 10])
    weights = folds.class_weights(labels)
    total = np.bincount(labels, weights[labels], minlength=5)
    assert total == pytest.approx([50, 25, 0, 25, 0])
    assert weights[[2, 4]].tolist() == [1, 1]
    assert folds.class_weights([2, 2, 4]) == pytest.approx([1, 1, 0.75, 1, 1.5])
    assert folds.class_weights([0, 0]).tolist() == [1] * 5


def test_named_protocols():
    made = season()
    assert [splits.split(made, name).protocol for name in folds.PROTOCOLS] == list(folds.PROTOCOLS)
    with pytest.raises(ValueError, match="Unknown protocol 'random'"):
        splits.split(made, "random")


def test_too_few_days_are_refused_in_words():
    few = folds.material(np.datetime64("2022-01-01") + np.arange(12), np.zeros(12, int))
    with pytest.raises(ValueError, match="No training days remain"):
        splits.blocked(few, folds=3)
    with pytest.raises(ValueError, match="too few for 7 blocks"):
        splits.blocked(few, folds=7)
    with pytest.raises(ValueError, match="ascending"):
        folds.material(few.days[::-1], few.labels)
    with pytest.raises(ValueError, match="does not fit"):
        paper_split.paper(few, growth=(5, 0, 0, 0, 0))


@given(st.integers(0, 10_000), st.integers(2, 7), st.sampled_from([3, 7, 27]))
def test_any_season_keeps_the_promises(seed, count, embargo):
    rng = np.random.default_rng(seed)
    n = 400
    labels, event, post = np.zeros(n, int), np.full(n, -1), np.zeros(n, bool)
    for number, day in enumerate(np.sort(rng.choice(n - 5, 14, replace=False))):
        span = slice(max(0, day - int(rng.integers(3, 25))), day + 4)
        labels[span], event[span] = rng.integers(1, 5), number
    post[(event >= 0) & (rng.random(n) < 0.2)] = True
    keep = rng.random(n) < 0.95
    made = folds.material(
        np.datetime64("2022-01-01") + np.flatnonzero(keep),
        labels[keep],
        post=post[keep],
        event_index=event[keep],
        has_map=rng.random(int(keep.sum())) < 0.95,
    )
    result = splits.blocked(made, folds=count, embargo_days=embargo)
    for fold in (*result.folds, *splits.chronological(made, embargo_days=embargo).folds):
        check_fold(fold, made, embargo)
