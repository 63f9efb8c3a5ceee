"""What a run's networks answered, with which days each of them had been trained on."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.runs.files import read_arrays, write_arrays
from quakegui.season.json_values import is_unicode
from quakegui.words import Said

PREDICTIONS = "predictions.npz"
LARGEST = 512 * 2**20
"""Bytes that predictions may unpack to."""
LARGEST_SHARE = 1.000001
"""A class's largest share of an answer: rounding may go that far beyond 1, and a project keeps no more."""
_FARTHEST_DAY = 400_000
_MOST_FOLDS = 1000
"""As many as a run's card may have; without a day, any number of them takes no room in a file and for ever to go through."""
_SINCE = frozenset({"members", "image_members", "masked"})
"""What predictions of former versions do not hold."""
UNUSED, TRAINED, VALIDATION, TEST, SPAN = range(5)
"""Role of a day in a fold: none; trained on; early stopping; scored; in the test span but not scored."""


@dataclass(frozen=True, slots=True)
class RunPredictions:
    """Class probabilities of every day by the networks of each fold of the run, the mean where a fold has several.

    Attributes
    ----------
    days
        Local dates, shape (day,).
    labels
        Class of each day as the run saw it, -1 for none, shape (day,).
    map_hash
        Name of each day's map, see `dataset.map_hashes`, shape (day,).
    probabilities
        float32, shape (fold, day, class); NaN where a day has no map.
    role
        `UNUSED`, `TRAINED`, `VALIDATION`, `TEST` or `SPAN`, uint8, shape (fold, day).
    final
        By what was fitted on all, float32, shape (day, class); NaN without one.
    final_trained
        Whether that was trained on the day, shape (day,).
    image_fold, image_day, image_copy
        Test images of the paper's protocol, shape (image,), in the order of each fold's test part; empty elsewhere.
    image_probabilities
        float32, shape (image, class).
    members, image_members
        The same of each member, the fit of all after the last fold, float32, shape (member, fold, day, class), and of the test
        images, shape (member, image, class); no member where each fold has one network.
    masked
        Answers of each member of the fold that never saw the day to maps with other days' outages, float32, shape (member, day,
        class), NaN for none; no member where they were not asked.
    """

    days: NDArray[np.datetime64]
    labels: NDArray[np.int8]
    map_hash: NDArray[np.str_]
    probabilities: NDArray[np.float32]
    role: NDArray[np.uint8]
    final: NDArray[np.float32]
    final_trained: NDArray[np.bool_]
    image_fold: NDArray[np.intp]
    image_day: NDArray[np.intp]
    image_copy: NDArray[np.intp]
    image_probabilities: NDArray[np.float32]
    members: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0, 0, 0), np.float32))
    image_members: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0, 0), np.float32))
    masked: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0, 0), np.float32))

    def out_of_fold(self) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        """Return each day's probabilities by the fold that never saw it.

        Returns
        -------
        Probabilities, shape (day, class), NaN where no fold judged the day, and the fold, shape (day,), -1 for none.
        """
        pooled = np.full(self.probabilities.shape[1:], np.nan, np.float32)
        fold = np.full(len(self.days), -1, np.intp)
        for number, role in enumerate(self.role):
            judged = (role >= TEST) & ~np.isnan(self.probabilities[number, :, 0])
            pooled[judged], fold[judged] = self.probabilities[number, judged], number
        return pooled, fold

    def members_out_of_fold(self) -> NDArray[np.float32]:
        """Return the answers of each member of the fold that never saw it, NaN for none, shape (member, day, class)."""
        if not len(self.members):
            return np.zeros((0, *self.final.shape), np.float32)
        fold = self.out_of_fold()[1]
        answers = self.members[:, fold, np.arange(len(self.days))]
        answers[:, fold < 0] = np.nan
        return answers

    def by_day(self) -> tuple[NDArray[np.float32], NDArray[np.str_]]:
        """Return what is shown for each day, and of which kind it is.

        Returns
        -------
        Probabilities, shape (day, class), NaN for none, and kinds, shape (day,): "out-of-fold" where a fold judged the day
        without having seen it, else "in-sample" where the last network answers, else "". Prospective ones are made later, day
        by day, and never come from here.
        """
        pooled, fold = self.out_of_fold()
        fallback = self.final
        if np.isnan(fallback).all() and len(self.probabilities):
            fallback = self.probabilities[-1]
        chosen = np.where((fold >= 0)[:, None], pooled, fallback)
        kind = np.where(fold >= 0, "out-of-fold", np.where(np.isnan(chosen[:, 0]), "", "in-sample"))
        return chosen, kind

    def taught_later(self) -> NDArray[np.bool_]:
        """Return which days the network was trained with that answers for days to come, shape (day,).

        That is the one fitted on all; where there is none, the last fold's, which early stopping taught, too.
        """
        if self.final_trained.any() or not len(self.role):
            return self.final_trained
        return np.isin(self.role[-1], (TRAINED, VALIDATION))

    def save(self, path: Path) -> None:
        """Write all of it in one step."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        write_arrays(path, {**values, "days": self.days.astype("datetime64[D]").astype(np.int64)}, compress=True)

    @classmethod
    def load(cls, path: Path) -> RunPredictions:
        """Read what `save` wrote.

        Raises
        ------
        ValueError
            The file is damaged or holds something else.
        """
        stored: dict[str, NDArray[Any]] = read_arrays(path, largest=LARGEST)
        try:
            values = {each.name: stored[each.name] for each in fields(cls) if each.name in stored or each.name not in _SINCE}
        except KeyError as error:
            raise ValueError(Said("{path} contains no predictions: it lacks {error}.", path=path, error=error)) from error
        _check(path, values)
        return cls(**{**values, "days": values["days"].astype("datetime64[D]")})


def _check(path: Path, values: dict[str, NDArray[Any]]) -> None:
    """Refuse arrays whose kinds and shapes do not belong together, or whose days are none."""
    folds, days, classes = values["probabilities"].shape if values["probabilities"].ndim == 3 else (0, -1, 0)
    images = values["image_fold"].size
    shapes = {
        **dict.fromkeys(("days", "labels", "map_hash", "final_trained"), (days,)),
        "probabilities": (folds, days, classes),
        "role": (folds, days),
        "final": (days, classes),
        **dict.fromkeys(("image_fold", "image_day", "image_copy"), (images,)),
        "image_probabilities": (images, classes),
    }
    values = {name: array for name, array in values.items() if name not in _SINCE or (array.ndim and len(array))}
    several = max((len(values[name]) for name in _SINCE & values.keys()), default=0)
    shapes |= {
        "members": (several, folds + 1, days, classes),
        "image_members": (several, images, classes),
        "masked": (several, days, classes),
    }
    answers = {"probabilities", "final", "image_probabilities", *_SINCE} & values.keys()
    kinds = {"map_hash": "U", "final_trained": "b", **dict.fromkeys(answers, "f")}
    wrong = [
        name for name, array in values.items() if array.shape != shapes[name] or array.dtype.kind not in kinds.get(name, "iu")
    ]
    if wrong or classes < 1 or days < 1 or folds > _MOST_FOLDS:
        raise ValueError(
            Said(
                "{path} contains no predictions: its {wrong} have the wrong shape.",
                path=path,
                wrong=", ".join(wrong) or Said("probabilities"),
            )
        )
    shares = [values[name] for name in sorted(answers)]
    # A day has an answer or none; what a project does not keep would stop every opening at the run that it takes in.
    sound = [((share >= 0) & (share <= LARGEST_SHARE)).all(axis=-1) | np.isnan(share).all(axis=-1) for share in shares]
    within = all(bool(one.all()) for one in sound) and is_unicode("".join(values["map_hash"].tolist()))
    index = [(values["image_day"], days), (values["image_fold"], folds), (values["labels"] + 1, classes + 1)]
    within = within and all(not array.size or (int(array.min()) >= 0 and int(array.max()) < most) for array, most in index)
    if not within or (np.abs(values["days"]) > _FARTHEST_DAY).any() or (np.diff(values["days"]) <= 0).any():
        raise ValueError(
            Said("{path} contains no predictions: some of its numbers are not a valid day, class or probability.", path=path)
        )
