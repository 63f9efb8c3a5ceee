"""A run's data: gathered once, equal after a round trip, never changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from learn_data import LEVELS, MASKED, maps, palette, season

from quakegui.learn.network.augment import NEUTRAL, combine, copy_recipes, grow, random_recipes
from quakegui.learn.runs.dataset import Snapshot, map_hashes, scalar_table, snapshot
from quakegui.learn.runs.runconfig import Augmentation


def test_round_trip_keeps_every_array_and_the_hash(tmp_path: Path) -> None:
    data = season(protocol="paper")
    data.save(tmp_path / "snapshot.npz")
    back = Snapshot.load(tmp_path / "snapshot.npz")
    assert back.hash == data.hash
    assert np.array_equal(back.maps, data.maps)
    assert np.array_equal(back.days, data.days)
    assert np.array_equal(back.folds[0].test_copy, data.folds[0].test_copy)
    assert back.folds[0].first == data.folds[0].first
    assert list(tmp_path.iterdir()) == [tmp_path / "snapshot.npz"]


def test_a_changed_label_changes_the_hash_and_arrays_cannot_be_written() -> None:
    data, other = season(), season(seed=1)
    assert data.hash != other.hash
    with pytest.raises(ValueError, match="read-only"):
        data.maps[0, 0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        data.labels[0] = 1


def test_equal_maps_have_equal_names_and_the_style_counts() -> None:
    images = maps(np.array([0, 1, 2]))
    images[2] = images[0]
    names = map_hashes(images, "a")
    assert names[0] == names[2] != names[1]
    assert set(names).isdisjoint(map_hashes(images, "b"))
    assert all(len(name) == 32 for name in names)


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    days = np.arange("2022-02-01", "2022-02-04", dtype="datetime64[D]")
    images = maps(np.array([0, 1, 2]))
    with pytest.raises(ValueError, match="need their palette"):
        snapshot(days, images, [0, 1, 2], style="s")
    with pytest.raises(ValueError, match="uint8 maps"):
        snapshot(days, images[:2], [0, 1, 2], style="s", palette=palette())
    with pytest.raises(ValueError, match="without a label"):
        snapshot(days, images, [0, -1, 2], style="s", palette=palette(), final=[0, 1])
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ValueError, match="damaged"):
        Snapshot.load(tmp_path / "broken.npz")


def test_days_without_label_or_map_are_left_out_of_the_last_fit() -> None:
    days = np.arange("2022-02-01", "2022-02-05", dtype="datetime64[D]")
    data = snapshot(
        days, maps(np.array([0, 1, 2, 0])), [0, -1, 2, 0], style="s", palette=palette(), has_map=[True, True, True, False]
    )
    assert data.final.tolist() == [0, 2]


def test_scalar_table_runs_from_minus_one_to_one() -> None:
    table = scalar_table(LEVELS, mask_index=MASKED)
    assert table[0] == pytest.approx(-0.95)
    assert table[LEVELS - 1] == pytest.approx(0.95)
    assert table[MASKED] == 0
    assert np.isnan(table[LEVELS])


def test_recipes_stay_in_their_ranges() -> None:
    recipes = random_recipes(4000, Augmentation(brightness=0.1, contrast=0.2), np.random.default_rng(0))
    assert set(recipes[:, 0].tolist()) == {0.0, 1.0}
    assert recipes[:, 0].mean() == pytest.approx(0.5, abs=0.03)
    np.testing.assert_allclose(recipes[:, 1:].min(0), [-0.1, 0.8], atol=2e-3)
    np.testing.assert_allclose(recipes[:, 1:].max(0), [0.1, 1.2], atol=2e-3)
    assert (np.abs(recipes[:, 1:] - [0, 1]) <= [0.1 + 1e-6, 0.2 + 1e-6]).all()
    assert (random_recipes(50, Augmentation(flip=False), np.random.default_rng(0))[:, 0] == 0).all()


def test_a_copy_always_looks_the_same_and_copy_zero_is_the_map() -> None:
    days, copies = np.array([3, 3, 5]), np.array([0, 2, 2])
    recipes = copy_recipes(days, copies, Augmentation(), seed=7)
    np.testing.assert_array_equal(recipes[0], NEUTRAL)
    np.testing.assert_array_equal(copy_recipes(days[1:2], copies[1:2], Augmentation(), seed=7), recipes[1:2])
    assert not np.array_equal(recipes[1], recipes[2])
    np.testing.assert_array_equal(copy_recipes(days, np.zeros(0, np.intp), Augmentation(), seed=7), np.tile(NEUTRAL, (3, 1)))


def test_two_flips_cancel() -> None:
    fixed, varied = np.array([[1, 0.1, 1.2]], np.float32), np.array([[1, 0.05, 0.5]], np.float32)
    np.testing.assert_allclose(combine(fixed, varied), [[0, 0.15, 0.6]], rtol=1e-6)


def test_growth_of_all_days_reaches_the_papers_numbers() -> None:
    labels = np.repeat(np.arange(5), (169, 83, 21, 36, 25))
    everything = np.arange(334)
    days, copies = grow(everything, labels, (833, 437, 96, 169, 114), all_days=everything, seed=1)
    assert np.bincount(labels[days]).tolist() == [833, 437, 96, 169, 114]
    assert len(set(zip(days.tolist(), copies.tolist(), strict=True))) == 1649
    assert (copies == 0).sum() == 334


def test_growth_of_a_training_part_touches_no_other_day() -> None:
    labels = np.repeat(np.arange(5), (169, 83, 21, 36, 25))
    part = np.flatnonzero(np.arange(334) % 2 == 0)
    days, _ = grow(part, labels, (833, 437, 96, 169, 114), all_days=np.arange(334), seed=1)
    assert set(days.tolist()) == set(part.tolist())
    factor = np.bincount(labels[days]) / np.bincount(labels[part])
    np.testing.assert_allclose(factor, np.array([833, 437, 96, 169, 114]) / (169, 83, 21, 36, 25), atol=0.06)
