"""A small made-up season whose classes can be seen: a bright patch in the north or the south, large or small."""

from __future__ import annotations

import numpy as np

from quakegui.judge.folds import material
from quakegui.judge.paper_split import paper
from quakegui.judge.splits import blocked, chronological
from quakegui.learn.runs.dataset import Snapshot, scalar_table, snapshot
from quakegui.learn.runs.runconfig import Augmentation, RunConfig

LEVELS, LINE, MASKED = 20, 20, 21
TINY = RunConfig(
    name="tiny", size=16, width=2, dense=(8, 8), epochs=3, patience=0, batch_size=8, precision="float32", learning_rate=3e-3
)


def palette() -> np.ndarray:
    """Return a palette whose colours grow with the level; shape (256, 3)."""
    colours = np.full((256, 3), 128, np.uint8)
    colours[:LEVELS] = np.linspace([0, 40, 255], [255, 40, 0], LEVELS).round()
    return colours


def maps(labels: np.ndarray, *, side: int = 32, seed: int = 0) -> np.ndarray:
    """Return palette indices, shape (day, row, column), noise with a patch by class."""
    generator = np.random.default_rng(seed)
    out = generator.integers(8, 12, (len(labels), side, side)).astype(np.uint8)
    for image, label in zip(out, labels, strict=True):
        if label > 0:
            reach = side // 4 if label in {1, 3} else side // 8
            row = side // 4 if label in {1, 2} else 3 * side // 4
            column = generator.integers(side // 4, 3 * side // 4)
            image[row - reach : row + reach, max(0, column - reach) : column + reach] = 19
    return out


def season(days: int = 60, *, protocol: str = "chronological", side: int = 32, seed: int = 0) -> Snapshot:
    """Return a snapshot of `days` days with runs of five equal labels."""
    labels = np.random.default_rng(seed).integers(0, 5, days // 5 + 1).repeat(5)[:days]
    dates = np.datetime64("2022-02-01") + np.arange(days)
    given = material(dates, labels)
    if protocol == "paper":
        split = paper(given, seed=seed, growth=tuple(np.maximum(np.bincount(labels, minlength=5), 1) * 2))
    elif protocol == "blocked":
        split = blocked(given, folds=2, embargo_days=1)
    else:
        split = chronological(given, embargo_days=1)
    return snapshot(
        dates,
        maps(labels, side=side, seed=seed),
        labels,
        style="test style",
        palette=palette(),
        scalar=scalar_table(LEVELS, mask_index=MASKED),
        folds=split.folds,
    )


def still(config: RunConfig) -> RunConfig:
    """Return the recipe without augmentation."""
    from dataclasses import replace

    return replace(config, augmentation=Augmentation(each_epoch=False))
