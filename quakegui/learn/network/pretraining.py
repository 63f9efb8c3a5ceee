"""Training of a model on hundreds of synthetic seasons.

Seasons are simulated, drawn as images, shuffled in groups and discarded: ten thousand need no more memory than forty. The model
never sees a season that it will predict, so it needs no folds and no embargo. After each group the state is saved, so that a
stopped pre-training can be resumed.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn import messages
from quakegui.learn.messages import Listen
from quakegui.learn.network.pretraining_recipe import Pretraining
from quakegui.learn.network.steps import Stop, create_metrics
from quakegui.learn.network.training import HISTORY, history_text
from quakegui.learn.network.vgg12 import vgg12
from quakegui.learn.runs.checkpoint import CHECKPOINT, Arrays, put_values, read_checkpoint, read_state, write_checkpoint
from quakegui.learn.runs.files import write_text
from quakegui.learn.runs.inputs import pictures
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.progress import CancelCheck, never
from quakegui.season.events import CLASS_COUNT
from quakegui.simulate.corpus import LabelledSeason, simulate
from quakegui.simulate.randomness import generator
from quakegui.words import Said

PHASE = "pre-training"
_UNJUDGED = {"validation_loss": None, "validation_accuracy": None, "best": True}
TELL_SECONDS = 0.5
"""Minimum time between two messages on batches."""
TOGETHER = 16
"""Seasons computed together; a stop request takes effect after them, in about three seconds."""
Corpus = Callable[[Iterable[int]], Iterator[LabelledSeason]]
"""Function from the numbers of seasons to the seasons."""


@dataclass(frozen=True, slots=True)
class Part:
    """Place of a pre-training among those of one run.

    Attributes
    ----------
    names, number
        Names of all of them, and the number of this one.
    earlier
        Rows of history of those before it.
    """

    names: tuple[str, ...] = (PHASE,)
    number: int = 0
    earlier: tuple[dict[str, Any], ...] = ()


ONLY = Part()


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Labelled images: float16, shape (image, row, column, channel), and classes, int64, shape (image,)."""

    images: NDArray[np.float16]
    classes: NDArray[np.int64]


def training_pictures(season: LabelledSeason, network: RunConfig) -> Pictures:
    """Return the images of the days for training: with a map, and known before their event.

    Parameters
    ----------
    season, network
        The season, and settings of the model.
    """
    days = np.flatnonzero(season.season.has_map & ~season.labels.post)
    images = pictures(season.season, network.channel, network.size, days)
    return Pictures(images.astype(np.float16), season.labels.classes[days].astype(np.int64))


def synthetic_corpus(recipe: Pretraining) -> Corpus:
    """Return the synthetic seasons of the plan of a pre-training."""
    return lambda which: simulate(recipe.plan, which, pixels=recipe.network.size, together=TOGETHER)


def groups(
    recipe: Pretraining, *, first: int = 0, cancelled: CancelCheck = never, corpus: Corpus | None = None
) -> Iterator[Pictures]:
    """Yield the images of one group of seasons after another, in the order of the seasons.

    Parameters
    ----------
    recipe
        Settings of the pre-training.
    corpus
        The seasons; default: `synthetic_corpus`.
    first
        Number of the first group.
    cancelled
        Whether to stop.

    Raises
    ------
    Stop
        If `cancelled` returned true.
    """

    def season_numbers() -> Iterator[int]:
        for number in range(first * recipe.group, recipe.seasons):
            if cancelled():
                raise Stop
            yield number

    seasons = (corpus or synthetic_corpus(recipe))(season_numbers())
    while group := [training_pictures(each, recipe.network) for each in islice(seasons, recipe.group)]:
        yield Pictures(np.concatenate([each.images for each in group]), np.concatenate([each.classes for each in group]))


def prefetch(groups: Iterator[Pictures]) -> Iterator[Pictures]:
    """Yield the same groups, each computed in a thread while the previous one is used; on two cores this hides its time."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, groups, None)
        while (group := coming.result()) is not None:
            coming = pool.submit(next, groups, None)
            yield group


@dataclass(slots=True)
class PretrainingState:
    """State of a pre-training, saved with its model as plain values.

    Attributes
    ----------
    recipe
        The `fingerprint` of its settings.
    precision
        Keras policy.
    group
        Number of groups trained so far.
    steps
        Total number of steps, for the schedule of the learning rate.
    weights
        Weight of an image of each class.
    history
        One row per group, as in `history.csv`.
    seconds
        Time spent so far.
    waited
        Fraction of it spent waiting for images.
    """

    recipe: str
    precision: str = "float32"
    group: int = 0
    steps: int = 0
    weights: list[float] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    waited: float = 0.0


def pretrain(
    recipe: Pretraining,
    *,
    say: Listen = lambda _message: None,
    cancelled: CancelCheck = never,
    folder: Path | None = None,
    corpus: Corpus | None = None,
    part: Part = ONLY,
) -> tuple[Any, PretrainingState]:
    """Train a model from the start, or resume it; the caller sets the precision of Keras.

    Parameters
    ----------
    recipe
        All settings that affect the result, except for rounding.
    say
        Called with started, batch, epoch and checkpoint messages; an epoch is a group of seasons.
    cancelled
        Called before each step; whether to stop.
    folder
        Folder of checkpoint and history, which the caller removes in the end; None to save nothing.
    corpus
        The seasons; default: `synthetic_corpus`.
    part
        Its place among the pre-trainings of a run with several.

    Returns
    -------
    tuple
        keras.Model, float32 (image, row, column, channel) -> (image, class), and its final state.

    Raises
    ------
    Stop
        If `cancelled` returned true.
    FloatingPointError
        If the loss is not finite.
    ValueError
        If the checkpoint is damaged.
    """
    state, kept = _resumed(recipe, folder)
    network = _compiled(recipe, state.steps, kept) if kept else None
    begun = time.perf_counter() - state.seconds
    coming = prefetch(groups(recipe, first=state.group, cancelled=cancelled, corpus=corpus))
    for number in range(state.group, recipe.groups):
        asked = time.perf_counter()
        group = next(coming)
        waited = state.waited * state.seconds + time.perf_counter() - asked
        if network is None:
            # from the first group; the others differ by a few images
            state.steps = recipe.groups * recipe.passes * max(len(group.classes) // recipe.network.batch_size, 1)
            state.weights = class_weights(group.classes, recipe.none_weight).tolist()
            network = _compiled(recipe, state.steps)
        if number == 0 or kept:
            kept = None
            say(messages.Started(part.names, recipe.groups, network.count_params(), part.number, state.group))
        loss, accuracy = _train_group(recipe, network, group, number, state, say=say, stopped=cancelled, phase=part.number)
        state.history.append(
            {"phase": part.names[part.number], "epoch": number + 1, "loss": loss, "accuracy": accuracy, **_UNJUDGED}
        )
        former, state.seconds, state.group = state.seconds, time.perf_counter() - begun, number + 1
        state.waited = waited / state.seconds
        each = state.seconds - former
        left = each * (recipe.groups - number - 1)
        say(messages.Epoch(part.number, number + 1, loss, accuracy, math.nan, math.nan, True, each, left))
        if folder is not None and number + 1 < recipe.groups:
            write_checkpoint(folder / CHECKPOINT, asdict(state), network)
            write_text(folder / HISTORY, history_text([*part.earlier, *state.history]))
            say(messages.Checkpoint(part.number, number + 1))
    return network, state


def unfinished_recipe(folder: Path) -> str | None:
    """Return the `fingerprint` of the settings whose pre-training was stopped in a folder, None if there is none."""
    return str(read_state(folder / CHECKPOINT).get("recipe")) if (folder / CHECKPOINT).is_file() else None


def _resumed(recipe: Pretraining, folder: Path | None) -> tuple[PretrainingState, tuple[Arrays, Arrays] | None]:
    """Return the state of a pre-training, and the values of its model and optimizer, or None at the start."""
    if folder is None or not (folder / CHECKPOINT).exists():
        return PretrainingState(recipe.fingerprint), None
    stored, network, optimizer = read_checkpoint(folder / CHECKPOINT)
    try:
        state = PretrainingState(**stored)
        sound = (
            state.recipe == recipe.fingerprint
            and type(state.group) is int
            and 0 < state.group < recipe.groups
            and type(state.steps) is int
            and state.steps > 0
        )
        sound = (
            sound
            and bool(np.isfinite([*state.weights, state.seconds, state.waited]).all())
            and len(state.weights) == CLASS_COUNT
        )
    except TypeError as error:
        raise ValueError(
            Said("{folder} is damaged and cannot be read: {error}.", folder=folder / CHECKPOINT, error=error)
        ) from error
    if not sound:
        raise ValueError(
            Said("{folder} is damaged and cannot be read: it belongs to a different pre-training.", folder=folder / CHECKPOINT)
        )
    return state, (network, optimizer)


def _train_group(
    recipe: Pretraining,
    network: Any,
    group: Pictures,
    number: int,
    state: PretrainingState,
    *,
    say: Listen,
    stopped: CancelCheck,
    phase: int,
) -> tuple[float, float]:
    """Train on one group, with each image used `passes` times, and return its mean loss and accuracy."""
    size, rng = recipe.network.batch_size, generator(recipe.network.seed, 0x70726574, number)
    order = np.concatenate([rng.permutation(len(group.classes)) for _ in range(recipe.passes)])
    weights, batches = np.array(state.weights, np.float32), len(order) // size
    told = np.zeros((batches, 2))
    said, seen = time.perf_counter(), 0
    for batch in range(batches):
        if stopped():
            raise Stop
        chosen = order[batch * size : (batch + 1) * size]
        truth = group.classes[chosen]
        images = augment(group.images[chosen].astype(np.float32), rng)
        told[batch] = network.train_on_batch(images, truth, sample_weight=weights[truth])
        if not math.isfinite(told[batch, 0]):
            raise FloatingPointError(Said("The loss is no longer finite"))
        seen += size
        now = time.perf_counter()
        if now - said >= TELL_SECONDS:
            loss, accuracy = told[: batch + 1].mean(axis=0).tolist()
            say(messages.Batch(phase, number + 1, batch + 1, batches, loss, accuracy, seen / (now - said)))
            said, seen = now, 0
    loss, accuracy = told.mean(axis=0).tolist() if batches else (math.nan, math.nan)
    return loss, accuracy


def augment(images: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return images flipped left to right, and with changed sign, each with probability 1/2; north stays up.

    Parameters
    ----------
    images
        float32, shape (image, row, column, channel).
    rng
        Random generator.
    """
    mirrored, negative = rng.random((2, len(images))) < 0.5
    found: NDArray[np.float32] = np.where(mirrored[:, None, None, None], images[:, :, ::-1], images)
    found[negative] *= np.float32(-1.0)
    return found


def class_weights(classes: NDArray[np.int64], none_weight: float) -> NDArray[np.float32]:
    """Return the weight of an image of each class, float32, shape (class,), 1 on average and 0 for a class without images.

    Parameters
    ----------
    classes
        Class of each image, shape (image,).
    none_weight
        Fraction of the total weight of days without an event.
    """
    share = np.bincount(classes, minlength=CLASS_COUNT) / max(len(classes), 1)
    part = np.array([none_weight] + [(1.0 - none_weight) / (CLASS_COUNT - 1)] * (CLASS_COUNT - 1))
    weights: NDArray[np.float64] = np.divide(part, share, out=np.zeros(CLASS_COUNT), where=share > 0)
    return weights.astype(np.float32)


def predict_both_signs(network: Any, images: NDArray[np.floating], *, batch: int = 256) -> NDArray[np.float32]:
    """Return class probabilities, float32, shape (image, class), the mean of those of each image and of its negative.

    A precursor may have either sign, and the prediction should not depend on it.

    Parameters
    ----------
    network
        keras.Model.
    images
        Shape (image, row, column, channel).
    batch
        Number of images computed at a time.
    """
    out = np.empty((len(images), CLASS_COUNT), np.float32)
    for start in range(0, len(images), batch):
        part = images[start : start + batch].astype(np.float32)
        filled = np.zeros((batch, *part.shape[1:]), np.float32)  # a single shape, so that the backend compiles once
        filled[: len(part)] = part
        both = [np.asarray(network.predict_on_batch(sign * filled)) for sign in (np.float32(1.0), np.float32(-1.0))]
        out[start : start + batch] = (0.5 * (both[0] + both[1]))[: len(part)]
    return out


def _compiled(recipe: Pretraining, steps: int, values: tuple[Arrays, Arrays] | None = None) -> Any:
    """Return the compiled model, with the given values of its variables and of its optimizer's, if any."""
    import keras

    network = vgg12(recipe.network)
    rate = recipe.network.learning_rate
    warm_up = min(recipe.warm_up, steps // 2)
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0 if warm_up else rate,
        max(steps - warm_up, 1),
        alpha=recipe.floor,
        warmup_target=rate if warm_up else None,
        warmup_steps=warm_up,
    )
    loss = keras.losses.SparseCategoricalCrossentropy()
    network.compile(optimizer=keras.optimizers.Adam(schedule), loss=loss, metrics=["accuracy"], jit_compile=False)
    network.optimizer.build(network.trainable_variables)
    create_metrics(network, np.zeros(1, np.int64))
    if values is not None:
        put_values(network.variables, values[0])
        put_values(network.optimizer.variables, values[1])
    return network
