"""Division of days into training, validation and test.

Three protocols. ``blocked``, the main one, uses contiguous blocks of days with an embargo and purged label windows.
``chronological`` trains on the past and tests on the future. ``paper`` reproduces the original paper (section 4.4): it augments
first and then splits at random, so that copies of one day are on both sides; it is marked as leaky wherever it appears.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.folds import (
    N_CLASSES,
    NO_LABEL,
    PROTOCOLS,
    Fold,
    Mask,
    Material,
    Protocol,
    Split,
    scorable,
)
from quakegui.judge.paper_split import paper
from quakegui.words import Said

TEST_SHARE = 1 / 3
"""Fraction of the scorable days in the test of the chronological protocol."""


def split(material: Material, protocol: Protocol, *, seed: int = 0) -> Split:
    """Return the split of a protocol, with its defaults.

    Parameters
    ----------
    material
        Days with labels and maps.
    protocol
        Name of the protocol.
    seed
        Seed of the ``paper`` protocol.

    Raises
    ------
    ValueError
        For an unknown protocol, or too few days.
    """
    if protocol == "paper":
        return paper(material, seed=seed)
    if protocol == "blocked":
        return blocked(material)
    if protocol == "chronological":
        return chronological(material)
    raise ValueError(
        Said("Unknown protocol '{protocol}'. Available: {protocols}.", protocol=protocol, protocols=", ".join(PROTOCOLS))
    )


def blocked(material: Material, *, folds: int = 5, embargo_days: int = 7, inner_share: float = 0.15) -> Split:
    """Return contiguous blocks of days, each tested once by a model trained on days outside it.

    Excluded from training are the days within the embargo of the test block, days labelled by an event whose window extends
    into it, and ``post`` days. The same applies between the inner validation block and the training days. The blocks have equal
    numbers of scorable days, to within one, and together cover the season.

    Parameters
    ----------
    material
        Days with labels and maps.
    folds
        Number of blocks.
    embargo_days
        Days on both sides of the test block that are excluded from training; use 27, the background window, as a sensitivity
        check.
    inner_share
        Fraction of the training days in the inner block for early stopping; 0 for none.

    Raises
    ------
    ValueError
        For fewer than two folds, or if a fold has no training days left.
    """
    if folds < 2:
        raise ValueError(Said("The blocked protocol needs at least two blocks."))
    usable = scorable(material)
    kept = np.flatnonzero(usable)
    if len(kept) < 2 * folds:
        raise ValueError(
            Said(
                "{count} labelled days with a map are too few for {folds} blocks; use fewer blocks or label more days.",
                count=len(kept),
                folds=folds,
            )
        )
    firsts = [int(part[0]) for part in np.array_split(kept, folds)]
    starts = [0, *firsts[1:]]
    stops = [*firsts[1:], len(material.days)]
    made = tuple(
        _fold(material, usable, usable, slice(a, b), embargo_days=embargo_days, inner_share=inner_share, latest=False)
        for a, b in zip(starts, stops, strict=True)
    )
    return _finished(
        "blocked",
        material,
        made,
        Said(
            "{folds} contiguous blocks, embargo {embargo_days} days, label windows purged.",
            folds=folds,
            embargo_days=embargo_days,
        ),
    )


def chronological(material: Material, *, embargo_days: int = 7, inner_share: float = 0.15) -> Split:
    """Return one fold that trains on earlier days and tests on the last third of the scorable days.

    Embargo and purged days precede the test; the inner block consists of the latest training days.

    Parameters
    ----------
    material
        Days with labels and maps.
    embargo_days, inner_share
        See `blocked`.

    Raises
    ------
    ValueError
        For too few days.
    """
    usable = scorable(material)
    kept = np.flatnonzero(usable)
    cut_at = round(len(kept) * (1 - TEST_SHARE))
    if not 0 < cut_at < len(kept):
        raise ValueError(
            Said("{count} labelled days with a map are too few to split into an earlier and a later part.", count=len(kept))
        )
    start = int(kept[cut_at])
    past = usable & (np.arange(len(usable)) < start)
    span = slice(start, len(usable))
    made = _fold(material, usable, past, span, embargo_days=embargo_days, inner_share=inner_share, latest=True)
    return _finished(
        "chronological",
        material,
        (made,),
        Said(
            "Training ends before {days}; embargo {embargo_days} days, label windows purged.",
            days=material.days[start],
            embargo_days=embargo_days,
        ),
    )


def _fold(
    given: Material,
    usable: Mask,
    candidates: Mask,
    span: slice,
    *,
    embargo_days: int,
    inner_share: float,
    latest: bool,
) -> Fold:
    """Return the fold with the days ``span`` as test and training days from ``candidates``."""
    inside = np.zeros(len(usable), bool)
    inside[span] = True
    outside = candidates & ~inside
    near = outside & _within(given.days, inside, embargo_days)
    shared = outside & ~near & _shares_window(given, inside)
    train = outside & ~near & ~shared
    if not train.any():
        raise ValueError(
            Said(
                "No training days remain outside the test period {days} to {days2}: the {embargo_days}-day embargo "
                "and the purged label windows cover them all. Use fewer blocks or a shorter embargo.",
                days=given.days[span][0],
                days2=given.days[span][-1],
                embargo_days=embargo_days,
            )
        )
    train, validation = _inner_block(given, train, inside, embargo_days, inner_share, latest=latest)
    none = np.empty(0, np.intp)
    return Fold(
        train=np.flatnonzero(train),
        validation=np.flatnonzero(validation),
        test=np.flatnonzero(usable & inside),
        predict=np.flatnonzero(given.has_map & inside),
        train_copy=none,
        validation_copy=none,
        test_copy=none,
        first=given.days[span][0],
        last=given.days[span][-1],
        embargoed=int(near.sum()),
        purged=int(shared.sum()),
    )


def _within(days: NDArray[np.datetime64], inside: Mask, embargo_days: int) -> Mask:
    """Return the days no more than ``embargo_days`` calendar days from the span of ``inside``."""
    held = days[inside]
    reach = np.timedelta64(embargo_days, "D")
    return np.asarray((days >= held[0] - reach) & (days <= held[-1] + reach), bool)


def _shares_window(given: Material, inside: Mask) -> Mask:
    """Return the days labelled by an event whose window extends into the span of ``inside``."""
    held = given.days[inside]
    shared = np.zeros(len(inside), bool)
    group = _label_groups(given)
    for number in np.unique(group[group >= 0]):
        member = group == number
        first, last = given.days[member][0], given.days[member][-1]
        if given.windows is not None and number < len(given.windows):
            first, last = min(first, given.windows[number, 0]), max(last, given.windows[number, 1])
        if first <= held[-1] and last >= held[0]:
            shared |= member
    return shared


def _label_groups(given: Material) -> NDArray[np.int64]:
    """Return the event of each day; consecutive days of one positive class without an event (an analyst's) are one event."""
    group = given.event_index.copy()
    orphan = (given.labels > 0) & (group < 0)
    follows = np.r_[False, orphan[1:] & orphan[:-1] & (given.labels[1:] == given.labels[:-1])]
    # Numbers above those of the known events keep the analysts' groups separate.
    offset = max(int(group.max(initial=-1)) + 1, 0 if given.windows is None else len(given.windows))
    run = offset + np.cumsum(orphan & ~follows) - 1
    group[orphan] = run[orphan]
    return group


def _inner_block(
    given: Material, train: Mask, test_span: Mask, embargo_days: int, share: float, *, latest: bool
) -> tuple[Mask, Mask]:
    """Return the training days without the inner block and its surroundings, and the inner block.

    Of the contiguous candidates, the block is chosen that leaves the most classes for training, then the one with class
    frequencies closest to those of the training days; ``latest`` selects the last training days instead.
    """
    kept = np.flatnonzero(train)
    size = round(len(kept) * share)
    nothing = np.zeros(len(train), bool)
    if size < 1:
        return train, nothing
    shape = np.bincount(given.labels[kept], minlength=N_CLASSES) / len(kept)
    step = max(1, size // 4)
    offsets = [len(kept) - size] if latest else range(0, len(kept) - size + 1, step)
    best: tuple[tuple[int, float], Mask, Mask] | None = None
    for offset in offsets:
        block = kept[offset : offset + size]
        span = nothing.copy()
        span[block[0] : block[-1] + 1] = True
        if (span & test_span).any():
            continue
        rest = train & ~_within(given.days, span, embargo_days) & ~_shares_window(given, span)
        if not rest.any():
            continue
        classes = int((np.bincount(given.labels[rest], minlength=N_CLASSES) > 0).sum())
        unlike = float(np.abs(np.bincount(given.labels[block], minlength=N_CLASSES) / size - shape).sum())
        if best is None or (-classes, unlike) < best[0]:
            chosen = nothing.copy()
            chosen[block] = True
            best = ((-classes, unlike), rest, chosen)
    return (train, nothing) if best is None else (best[1], best[2])


def _finished(protocol: Protocol, given: Material, made: tuple[Fold, ...], note: str) -> Split:
    """Return the split with the numbers of excluded days, each counted under one reason."""
    labelled = given.has_map & (given.labels != NO_LABEL)
    notes = [note]
    for number, fold in enumerate(made):
        label = given.labels
        trained = np.bincount(label[fold.train], minlength=N_CLASSES) > 0
        tested = np.bincount(label[fold.test], minlength=N_CLASSES) > 0
        absent = [str(cls) for cls in range(N_CLASSES) if not (trained[cls] and tested[cls])]
        if absent:
            notes.append(
                Said(
                    "Fold {number} ({fold_first} to {fold_last}): class {absent} not estimable.",
                    number=number + 1,
                    fold_first=fold.first,
                    fold_last=fold.last,
                    absent=", ".join(absent),
                )
            )
    return Split(
        protocol=protocol,
        folds=made,
        leaky=False,
        without_map=int((~given.has_map).sum()),
        without_label=int((given.has_map & (given.labels == NO_LABEL)).sum()),
        post=int((labelled & given.post).sum()),
        notes=tuple(notes),
    )
