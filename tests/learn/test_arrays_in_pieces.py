"""Large arrays written and fingerprinted without a copy are what numpy's own way makes of them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from quakegui.learn.runs import dataset
from quakegui.learn.runs.files import PIECE, read_arrays, write_arrays
from quakegui.learn.runs.portions import AT_ONCE, Portions


def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {
        "large": rng.integers(0, 20, (40, 120, 121), dtype=np.uint8),
        "floats": rng.normal(size=(PIECE // 8 + 3, 2)),
        "turned": np.asfortranarray(rng.normal(size=(700, 800))),
        "every_other": rng.normal(size=(2 * PIECE // 8, 3))[::2],
        "exactly": np.arange(PIECE // 8),
        "small": np.array([1, 2, 3], np.int8),
        "none": np.zeros((0, 5)),
        "word": np.array("a style, 风格"),
        "words": np.array(["ab", "c"] * PIECE),
        "flags": rng.random(PIECE + 1) < 0.5,
    }


@pytest.mark.parametrize("compress", [False, True])
def test_arrays_in_pieces_are_those_of_numpy(tmp_path: Path, compress: bool) -> None:
    given = arrays()
    write_arrays(tmp_path / "a.npz", given, compress=compress)
    plain = io.BytesIO()
    (np.savez_compressed if compress else np.savez)(plain, **given)
    with zipfile.ZipFile(tmp_path / "a.npz") as ours, zipfile.ZipFile(plain) as theirs:
        assert ours.namelist() == theirs.namelist()
        for name in ours.namelist():
            assert ours.read(name) == theirs.read(name), name
            assert ours.getinfo(name).compress_type == theirs.getinfo(name).compress_type
    stored = read_arrays(tmp_path / "a.npz")
    for name, array in given.items():
        np.testing.assert_array_equal(stored[name], array)
        assert stored[name].dtype == array.dtype


def test_the_fingerprint_of_a_snapshot_is_that_of_its_bytes() -> None:
    rng = np.random.default_rng(4)
    data = dataset.snapshot(
        np.datetime64("2022-02-01") + np.arange(30),
        rng.integers(0, 20, (30, 60, 60), dtype=np.uint8),
        rng.integers(-1, 5, 30),
        style="a style",
        palette=rng.integers(0, 255, (256, 3)).astype(np.uint8),
        has_map=np.ones(30, bool),
    )
    plain = hashlib.blake2b(digest_size=8)
    for name, array in sorted(dataset.arrays_of(data).items()):
        plain.update(f"{name}{array.dtype}{array.shape}".encode())
        plain.update(np.ascontiguousarray(array).tobytes())
    assert data.hash == plain.hexdigest()


class Drawn:
    """Maps drawn when they are asked for; notes how many were drawn together."""

    def __init__(self, maps: np.ndarray) -> None:
        self.maps = maps
        self.asked: list[int] = []

    def portions(self) -> Portions:
        def draw(first: int, last: int) -> np.ndarray:
            self.asked.append(last - first)
            return self.maps[first:last].copy()

        return Portions(self.maps.shape, draw)


@pytest.mark.parametrize("shape", [(2 * AT_ONCE + 7, 120, 121), (AT_ONCE, 30, 31, 3), (1, 5, 5), (0, 5, 5)])
def test_a_snapshot_in_portions_is_that_of_the_whole_array_and_draws_each_map_once(
    tmp_path: Path, shape: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(5)
    maps = rng.integers(0, 20, shape, dtype=np.uint8)
    palette = rng.integers(0, 255, (256, 3)).astype(np.uint8)
    days, labels = np.datetime64("2022-02-01") + np.arange(len(maps)), rng.integers(-1, 5, len(maps))
    plain = dataset.snapshot(days, maps, labels, style="a style", palette=palette)
    drawn = Drawn(maps)
    told = dataset.snapshot(days, drawn.portions(), labels, style="a style", palette=palette)
    assert drawn.asked == []
    kept = told.save(tmp_path / "told.npz")
    assert sum(drawn.asked) == len(maps)
    assert max(drawn.asked, default=0) <= AT_ONCE
    assert kept == plain.save(tmp_path / "plain.npz") == plain.hash == told.hash
    with zipfile.ZipFile(tmp_path / "told.npz") as ours, zipfile.ZipFile(tmp_path / "plain.npz") as theirs:
        assert ours.namelist() == theirs.namelist()
        for name in ours.namelist():
            assert ours.read(name) == theirs.read(name), name
    np.testing.assert_array_equal(told.pixels(), maps)
    assert dataset.map_hashes(told.maps, "s") == dataset.map_hashes(maps, "s")
    back = dataset.Snapshot.load(tmp_path / "told.npz")
    np.testing.assert_array_equal(back.pixels(), maps)
    assert back.hash == plain.hash
