"""Predictions of a run's models, with the training days of each."""

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
"""Maximum unpacked size of predictions in bytes."""
LARGEST_SHARE = 1.000001
"""Maximum probability of a class, allowing for rounding; a project stores no more."""
_FARTHEST_DAY = 400_000
_MOST_FOLDS = 1000
"""Maximum number of folds, as in a run's card: without days, any number fits into a small file, but takes forever to read."""
_SINCE = frozenset({"members", "image_members", "masked"})
"""Arrays that predictions of earlier versions do not contain."""
UNUSED, TRAINED, VALIDATION, TEST, SPAN = range(5)
"""Role of a day in a fold: none; training; early stopping; scored; in the test span but not scored."""


@dataclass(frozen=True, slots=True)
class RunPredictions:
    """Class probabilities of every day from the models of each fold, the mean if a fold has several.

    Attributes
    ----------
    days
        Local dates, shape (day,).
    labels
        Class of each day in training, -1 for none, shape (day,).
    map_hash
        Hash of each day's map, see `dataset.map_hashes`, shape (day,).
    probabilities
        float32, shape (fold, day, class); NaN for a day without a map.
    role
        `UNUSED`, `TRAINED`, `VALIDATION`, `TEST` or `SPAN`, uint8, shape (fold, day).
    final
        Probabilities from the final model, float32, shape (day, class); NaN without one.
    final_trained
        Whether the final model was trained on the day, shape (day,).
    image_fold, image_day, image_copy
        Test images of the paper protocol, shape (image,), in the order of each fold's test days; otherwise empty.
    image_probabilities
        float32, shape (image, class).
    members, image_members
        Probabilities of each member, with the final model after the last fold, float32, shape (member, fold, day, class), and
        for the test images, shape (member, image, class); no members if each fold has one model.
    masked
        Out-of-fold probabilities of each member for maps with the missing stations of other days, float32, shape (member, day,
        class), NaN for none; no members if not computed.
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
        """Return the out-of-fold probabilities of each day.

        Returns
        -------
        tuple
            Probabilities, shape (day, class), NaN for a day in no test span, and the fold, shape (day,), -1 for none.
        """
        pooled = np.full(self.probabilities.shape[1:], np.nan, np.float32)
        fold = np.full(len(self.days), -1, np.intp)
        for number, role in enumerate(self.role):
            judged = (role >= TEST) & ~np.isnan(self.probabilities[number, :, 0])
            pooled[judged], fold[judged] = self.probabilities[number, judged], number
        return pooled, fold

    def members_out_of_fold(self) -> NDArray[np.float32]:
        """Return the out-of-fold probabilities of each member, NaN for none, shape (member, day, class)."""
        if not len(self.members):
            return np.zeros((0, *self.final.shape), np.float32)
        fold = self.out_of_fold()[1]
        answers = self.members[:, fold, np.arange(len(self.days))]
        answers[:, fold < 0] = np.nan
        return answers

    def by_day(self) -> tuple[NDArray[np.float32], NDArray[np.str_]]:
        """Return the probabilities shown for each day, and their kind.

        Returns
        -------
        tuple
            Probabilities, shape (day, class), NaN for none, and kinds, shape (day,): "out-of-fold" for days in a test span,
            else "in-sample" if the last model predicts the day, else "". Prospective predictions are made later, day by day,
            and are never part of these.
        """
        pooled, fold = self.out_of_fold()
        fallback = self.final
        if np.isnan(fallback).all() and len(self.probabilities):
            fallback = self.probabilities[-1]
        chosen = np.where((fold >= 0)[:, None], pooled, fallback)
        kind = np.where(fold >= 0, "out-of-fold", np.where(np.isnan(chosen[:, 0]), "", "in-sample"))
        return chosen, kind

    def taught_later(self) -> NDArray[np.bool_]:
        """Return the training days of the model for future days, shape (day,).

        That is the final model or, without one, that of the last fold, including its days for early stopping.
        """
        if self.final_trained.any() or not len(self.role):
            return self.final_trained
        return np.isin(self.role[-1], (TRAINED, VALIDATION))

    def save(self, path: Path) -> None:
        """Write the predictions in one step."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        write_arrays(path, {**values, "days": self.days.astype("datetime64[D]").astype(np.int64)}, compress=True)

    @classmethod
    def load(cls, path: Path) -> RunPredictions:
        """Read a file written by `save`.

        Raises
        ------
        ValueError
            If the file is damaged or has other contents.
        """
        stored: dict[str, NDArray[Any]] = read_arrays(path, largest=LARGEST)
        try:
            values = {each.name: stored[each.name] for each in fields(cls) if each.name in stored or each.name not in _SINCE}
        except KeyError as error:
            raise ValueError(Said("{path} contains no predictions: it lacks {error}.", path=path, error=error)) from error
        _check(path, values)
        return cls(**{**values, "days": values["days"].astype("datetime64[D]")})


def _check(path: Path, values: dict[str, NDArray[Any]]) -> None:
    """Raise ValueError for arrays with inconsistent types or shapes, or with invalid days."""
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
    # A day has a complete prediction or none; values that a project refuses would prevent it from opening with this run.
    sound = [((share >= 0) & (share <= LARGEST_SHARE)).all(axis=-1) | np.isnan(share).all(axis=-1) for share in shares]
    within = all(bool(one.all()) for one in sound) and is_unicode("".join(values["map_hash"].tolist()))
    index = [(values["image_day"], days), (values["image_fold"], folds), (values["labels"] + 1, classes + 1)]
    within = within and all(not array.size or (int(array.min()) >= 0 and int(array.max()) < most) for array, most in index)
    if not within or (np.abs(values["days"]) > _FARTHEST_DAY).any() or (np.diff(values["days"]) <= 0).any():
        raise ValueError(
            Said("{path} contains no predictions: some of its numbers are not a valid day, class or probability.", path=path)
        )
