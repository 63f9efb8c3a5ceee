"""What a network has to beat: predictors that anyone could have, trained and tested on the same days.

Each baseline is a plain function of training inputs, training classes and test inputs that returns the five classes'
probabilities of the test days, (day, class). A class absent from training gets probability 0. A test day that a baseline cannot
judge (no Kp) gets NaN. Models that
learn weigh days with and without an event alike (`class_weights`), as the network does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from quakegui.judge.splits import N_CLASSES, Split, class_weights

if TYPE_CHECKING:
    from quakegui.season.extrema import DayFeatures

Floats = NDArray[np.float64]
FitPredict = Callable[[Floats, NDArray[np.int64], Floats], Floats]

#: Columns of the traditional model's inputs, the founding paper's table 2; direction is +1 north, -1 south, 0 neither.
TRADITIONAL_COLUMNS = ("area", "peak", "duration", "direction")
FEATURE_COLUMNS = (*TRADITIONAL_COLUMNS, "signed peak", "age", "mean north", "mean south", "normal", "regions")
#: Candidate thresholds per feature: none at all, then these quantiles of the training days.
QUANTILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_DIRECTION = {"N": 1.0, "S": -1.0, "": 0.0}


def feature_table(features: Sequence[DayFeatures]) -> Floats:
    """Features of each day as numbers, shape (day, feature), columns as `FEATURE_COLUMNS`; NaN for a day without a map."""
    table = np.full((len(features), len(FEATURE_COLUMNS)), np.nan)
    for row, day in zip(table, features, strict=True):
        if day.has_map:
            row[:] = (
                day.area_px,
                abs(day.peak_z),
                day.duration_days,
                _DIRECTION[day.direction],
                day.peak_z,
                day.age_days,
                day.mean_north,
                day.mean_south,
                day.normal,
                len(day.regions),
            )
    return table


def majority(train_x: Floats, train_y: NDArray[np.int64], test_x: Floats) -> Floats:
    """Answer the training part's class frequencies on every day: always its most frequent class."""
    frequency = np.bincount(train_y, minlength=N_CLASSES) / max(1, len(train_y))
    return np.tile(frequency, (len(test_x), 1))


def kp_logistic(train_x: Floats, train_y: NDArray[np.int64], test_x: Floats) -> Floats:
    """Multinomial logistic regression on Kp alone. Days without Kp drop out, of training and of the answer (NaN).

    Parameters
    ----------
    train_x, test_x
        Largest Kp of the night's own hours, shape (day, 1).
    """
    learnt, asked = np.isfinite(train_x).all(axis=1), np.isfinite(test_x).all(axis=1)
    answer = np.full((len(test_x), N_CLASSES), np.nan)
    if not learnt.any() or not asked.any():
        return answer
    known_x, known_y = train_x[learnt], train_y[learnt]
    if len(np.unique(known_y)) == 1:
        answer[asked] = np.eye(N_CLASSES)[known_y[0]]
        return answer
    centre, spread = known_x.mean(axis=0), known_x.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    from sklearn.linear_model import LogisticRegression  # two seconds, which a window that shows predictions need not pay

    model = LogisticRegression(max_iter=1000)
    model.fit((known_x - centre) / spread, known_y, sample_weight=class_weights(known_y)[known_y])
    answer[asked] = _five(model.predict_proba((test_x[asked] - centre) / spread), model.classes_)
    return answer


def traditional(train_x: Floats, train_y: NDArray[np.int64], test_x: Floats) -> Floats:
    """Answer by four thresholds on area, peak, duration and direction, as the founding paper's comparator (section 3.2) does.

    A day is an event's where area, peak and duration each reach their threshold; the direction feature says north or south, and
    a second threshold on the peak says large or small. All are chosen on the training part by balanced accuracy. The answer is
    a plain yes or no: probability 1 for one class. A day without a map is answered "none", and where training lacks the class
    that the thresholds point to, its neighbour of the same direction is answered, or else the most frequent one.

    Parameters
    ----------
    train_x, test_x
        Shape (day, feature); the first four columns are `TRADITIONAL_COLUMNS`, the peak without its sign.
    """
    strength, event = np.nan_to_num(train_x[:, :3], nan=-np.inf), train_y > 0
    if not event.any():
        return majority(train_x, train_y, test_x)
    limits = _event_thresholds(strength, event)
    large, more_north = np.isin(train_y, (1, 3)), bool(np.isin(train_y, (1, 2)).sum() >= event.sum() / 2)
    large_from = _best_threshold(strength[event, 1], large[event])
    given = np.nan_to_num(test_x[:, :3], nan=-np.inf)
    alarmed = (given >= limits).all(axis=1) & np.isfinite(test_x[:, 1])
    north = (test_x[:, 3] > 0) | ((test_x[:, 3] == 0) & more_north)
    strong = given[:, 1] >= large_from
    answered = np.where(alarmed, np.where(north, 1, 3) + np.where(strong, 0, 1), 0)
    return np.eye(N_CLASSES)[_known_answers(train_y)[answered]]


def gradient_boosting(train_x: Floats, train_y: NDArray[np.int64], test_x: Floats) -> Floats:
    """Gradient-boosted trees (histogram method) on whatever the days are described by; missing values are NaN.

    Small trees and few rounds, because the days are few; the seed is fixed and no day is held back.

    Parameters
    ----------
    train_x, test_x
        Features, or the stations' z of the day, shape (day, column).
    """
    present = np.unique(train_y)
    if len(present) < 2:
        return majority(train_x, train_y, test_x)
    # A column without one number in training says nothing, and cannot be binned.
    told = np.isfinite(train_x).any(axis=0)
    if not told.any():
        return majority(train_x, train_y, test_x)
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=60,
        learning_rate=0.1,
        max_leaf_nodes=7,
        min_samples_leaf=10,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
    )
    model.fit(train_x[:, told], train_y, sample_weight=class_weights(train_y)[train_y])
    return _five(model.predict_proba(test_x[:, told]), model.classes_)


#: The baselines by name; `run_baselines` says what each is fed.
BASELINES: dict[str, FitPredict] = {
    "majority": majority,
    "kp": kp_logistic,
    "traditional": traditional,
    "boosting-features": gradient_boosting,
    "boosting-stations": gradient_boosting,
}


def out_of_fold(made: Split, inputs: ArrayLike, labels: ArrayLike, fit_predict: FitPredict) -> Floats:
    """Probabilities of each day by the training of its own fold, shape (day, class); NaN for a day in no test span.

    A baseline has no use for an inner block to stop on, so it learns from those days too.

    Parameters
    ----------
    inputs
        Shape (day, column), or (day,) for one column.
    labels
        Class 0..4 of each day, shape (day,).
    """
    x, y = np.asarray(inputs, float), np.asarray(labels, np.int64)
    table = x[:, None] if x.ndim == 1 else x
    answer = np.full((len(y), N_CLASSES), np.nan)
    # A few hundred days are quicker on one thread: several spend their time waiting for each other on a busy machine.
    with threadpool_limits(1):
        for fold in made.folds:
            learnt = np.concatenate([fold.train, fold.validation])
            if len(fold.predict):
                answer[fold.predict] = fit_predict(table[learnt], y[learnt], table[fold.predict])
    return answer


def run_baselines(
    made: Split, labels: ArrayLike, *, kp_night: ArrayLike, features: ArrayLike, station_z: ArrayLike
) -> dict[str, Floats]:
    """Return the out-of-fold probabilities of every baseline by name, each (day, class).

    Parameters
    ----------
    kp_night
        Largest Kp of each night, NaN where unknown, shape (day,).
    features
        See `feature_table`, shape (day, feature).
    station_z
        z of each station, NaN where missing, shape (day, station).
    """
    fed = {
        "majority": np.zeros(len(np.asarray(labels))),
        "kp": kp_night,
        "traditional": features,
        "boosting-features": features,
        "boosting-stations": station_z,
    }
    return {name: out_of_fold(made, fed[name], labels, fit) for name, fit in BASELINES.items()}


def _five(probabilities: Floats, classes: NDArray[np.int64]) -> Floats:
    """Probabilities of all five classes, 0 for those absent from training."""
    answer = np.zeros((len(probabilities), N_CLASSES))
    answer[:, np.asarray(classes, np.int64)] = probabilities
    return answer


def _known_answers(train_y: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return what to answer for each class, so that no class absent from training is ever answered, shape (class,)."""
    days = np.bincount(train_y, minlength=N_CLASSES)
    neighbour = np.array([0, 2, 1, 4, 3])
    likeliest = 1 + int(np.argmax(days[1:]))
    known = np.where(days > 0, np.arange(N_CLASSES), np.where(days[neighbour] > 0, neighbour, likeliest))
    known[0] = 0
    return known


def _candidates(values: Floats) -> Floats:
    finite = values[np.isfinite(values)]
    return np.r_[-np.inf, np.unique(np.quantile(finite, QUANTILES))] if len(finite) else np.array([-np.inf])


def _event_thresholds(strength: Floats, event: NDArray[np.bool_]) -> Floats:
    """Thresholds of area, peak and duration with the highest balanced accuracy of event against none; of equals the lowest."""
    tried = [_candidates(strength[:, column]) for column in range(3)]
    reach = [(strength[:, column, None] >= tried[column]).astype(float) for column in range(3)]
    gain = event / max(1, event.sum()) - ~event / max(1, (~event).sum())
    score = np.einsum("d,da,dp,dt->apt", gain, *reach, optimize=True)
    best = np.unravel_index(int(np.argmax(np.round(score, 12))), score.shape)
    return np.array([tried[column][best[column]] for column in range(3)])


def _best_threshold(values: Floats, wanted: NDArray[np.bool_]) -> float:
    """Threshold with the highest balanced accuracy; of equals the lowest."""
    tried = _candidates(values)
    reach = values[:, None] >= tried
    hit = reach[wanted].mean(axis=0) if wanted.any() else np.zeros(len(tried))
    wrong = reach[~wanted].mean(axis=0) if (~wanted).any() else np.zeros(len(tried))
    return float(tried[int(np.argmax(np.round(hit - wrong, 12)))])
