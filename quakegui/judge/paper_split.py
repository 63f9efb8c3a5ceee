"""The split of the original paper: augment first, then split the images at random. Leaky by design.

With five copies of each day on average, almost every test image has a copy of its own day in training, so that a model scores
high on pure noise. The split is kept to reproduce the paper's figures beside the leak-free ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.folds import N_CLASSES, NO_LABEL, Fold, Indices, Mask, Material, Split
from quakegui.words import Said

#: Images per class after augmentation, and days per class before it (original paper, section 5.1 and table 4).
PAPER_GROWTH = (833, 437, 96, 169, 114)
PAPER_DAYS = (169, 83, 21, 36, 25)
#: Images for the test out of 1649 (original paper, section 5.1).
PAPER_TEST_SHARE = 330 / 1649


def paper(material: Material, *, seed: int = 0, growth: Sequence[int] | None = None) -> Split:
    """Return the split of the original paper, marked as leaky: augment first, then split the images at random.

    As in the paper, ``post`` days are included and no images are set aside for early stopping.

    Parameters
    ----------
    material
        Days with labels and maps.
    seed
        Seed of the random split.
    growth
        Images per class after augmentation. Default: 833/437/96/169/114 of the paper if these are four to six copies of each
        day in every class; otherwise the days per class times the paper's factor.

    Raises
    ------
    ValueError
        If there are fewer than two labelled days with a map, or `growth` does not fit the days per class.
    """
    usable = material.has_map & (material.labels != NO_LABEL)
    if int(usable.sum()) < 2:
        raise ValueError(Said("The paper protocol needs at least two labelled days with a map."))
    rng = np.random.default_rng(seed)
    counts = np.bincount(material.labels[usable], minlength=N_CLASSES)
    targets = _growth(counts, growth)
    day, copy = _images(material.labels, usable, targets, rng)
    order = rng.permutation(len(day))
    n_test = max(1, round(len(day) * PAPER_TEST_SHARE))
    test, train = np.sort(order[:n_test]), np.sort(order[n_test:])
    none = np.empty(0, np.intp)
    fold = Fold(
        train=day[train],
        validation=none,
        test=day[test],
        predict=np.flatnonzero(material.has_map),
        train_copy=copy[train],
        validation_copy=none,
        test_copy=copy[test],
        first=material.days[0],
        last=material.days[-1],
    )
    made = Split(
        protocol="paper",
        folds=(fold,),
        leaky=True,
        without_map=int((~material.has_map).sum()),
        without_label=int((material.has_map & (material.labels == NO_LABEL)).sum()),
        post=0,
        notes=(),
    )
    grown = "/".join(str(n) for n in targets)
    notes = (
        Said(
            "LEAKY: augmented to {grown} images before a random {count}/{count2} split; {leak_fraction:.2f}% of the "
            "test images have a copy of the same day in training.",
            grown=grown,
            count=len(train),
            count2=len(test),
            leak_fraction=100 * leak_fraction(made),
        ),
    )
    return Split(made.protocol, made.folds, True, made.without_map, made.without_label, 0, notes)


def leak_fraction(split: Split) -> float:
    """Return the fraction of test images whose day is also in training, over all folds; 0 for a leak-free split."""
    leaked = sum(int(np.isin(fold.test, fold.train).sum()) for fold in split.folds)
    return leaked / max(1, sum(len(fold.test) for fold in split.folds))


def _growth(counts: NDArray[np.intp], growth: Sequence[int] | None) -> NDArray[np.intp]:
    """Return the number of images per class after augmentation, shape (class,)."""
    fixed = np.asarray(PAPER_GROWTH if growth is None else growth, np.intp)
    if fixed.shape != (N_CLASSES,):
        raise ValueError(
            Said("The augmentation must give one number of images for each of the {n_classes} classes.", n_classes=N_CLASSES)
        )
    if growth is not None:
        if np.any(counts > fixed) or np.any((counts == 0) & (fixed > 0)):
            raise ValueError(
                Said(
                    "The augmentation {tuple} does not fit the days per class {tuple2}.",
                    tuple=tuple(growth),
                    tuple2=tuple(int(c) for c in counts),
                )
            )
        return fixed
    # The totals of the paper fit a season like the paper's: four to six copies a day in every class.
    if bool(np.all((fixed >= 4 * counts) & (fixed <= 6 * counts))):
        return fixed
    grown: NDArray[np.intp] = np.rint(counts * np.asarray(PAPER_GROWTH) / np.asarray(PAPER_DAYS)).astype(np.intp)
    return grown


def _images(
    labels: NDArray[np.int64], usable: Mask, targets: NDArray[np.intp], rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Return the pairs (day, copy) of all images after augmentation; the days with an extra copy are drawn at random."""
    day_parts, copy_parts = [], []
    for cls in range(N_CLASSES):
        members = np.flatnonzero(usable & (labels == cls))
        if not len(members):
            continue
        each = np.full(len(members), targets[cls] // len(members))
        each[rng.permutation(len(members))[: targets[cls] % len(members)]] += 1
        day_parts.append(np.repeat(members, each))
        copy_parts.append(np.concatenate([np.arange(n) for n in each]))
    return np.concatenate(day_parts), np.concatenate(copy_parts).astype(np.intp)
