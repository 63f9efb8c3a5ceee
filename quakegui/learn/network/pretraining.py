"""Training a network on simulated seasons, which it has seen by the hundred before it meets a real one.

Seasons are made, drawn as pictures, shuffled in groups and forgotten: ten thousand need no more memory than forty. The network
never sees a season that it will be asked about, so it needs no folds and no embargo.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.network.inputs import pictures
from quakegui.learn.network.steps import Stop, Stopped
from quakegui.learn.network.vgg12 import vgg12
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.season.events import CLASS_COUNT
from quakegui.simulate.corpus import Plan, SimulatedSeason, simulate
from quakegui.simulate.randomness import generator
from quakegui.words import Said

Progress = Callable[[int, int, float], object]
"""Told the step, of how many, and the mean loss since the step told before."""

STACK = RunConfig(
    name="VGG-12, pre-trained, stack",
    size=32,
    width=8,
    dense=(64, 32),
    dropout=0.3,
    channel="stack",
    batch_size=64,
    learning_rate=1e-3,
    precision="float32",
)
TELL_STEPS = 100
TOGETHER = 16
"""Seasons computed side by side: after so many, some three seconds, a stop is heard."""


@dataclass(frozen=True, slots=True)
class Pretraining:
    """How a network is pre-trained.

    Attributes
    ----------
    network
        Size, width, head, channel ("stack" or "scalar"), batch size, rate and seed; its protocol, epochs and augmentation are
        not used.
    plan
        What the seasons are drawn from.
    seasons
        How many.
    passes
        How often each picture is seen, each time flipped anew.
    group
        Seasons shuffled together.
    warm_up
        Steps over which the rate rises from 0.
    floor
        What the cosine leaves of the rate in the end.
    none_weight
        Part of the loss that days without an event weigh; the classes of events share the rest.
    """

    network: RunConfig = STACK
    plan: Plan = field(default_factory=Plan)
    seasons: int = 420
    passes: int = 2
    group: int = 42
    warm_up: int = 50
    floor: float = 0.03
    none_weight: float = 0.5

    def __post_init__(self) -> None:
        """Refuse what cannot be trained."""
        if min(self.seasons, self.passes, self.group) < 1 or self.warm_up < 0:
            raise ValueError(Said("Pre-training needs at least one season, one pass and one season in a group."))
        if not (0.0 <= self.floor <= 1.0 and 0.0 < self.none_weight < 1.0):
            raise ValueError(Said("The floor of the rate and the weight of days without an event are shares between 0 and 1."))

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return -(-self.seasons // self.group)


PRESETS: dict[str, Pretraining] = {
    "stack": Pretraining(),
    "scalar": Pretraining(network=replace(STACK, name="VGG-12, pre-trained, single day", channel="scalar")),
    "wide": Pretraining(network=replace(STACK, name="VGG-12, pre-trained, widened law"), plan=Plan(law_per_season=True)),
}
"""Named recipes; the first is the default."""


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Labelled pictures: float16, shape (image, row, column, channel), and classes, int64, shape (image,)."""

    images: NDArray[np.float16]
    classes: NDArray[np.int64]


def training_pictures(simulated: SimulatedSeason, network: RunConfig) -> Pictures:
    """Return the pictures of the days that can be learnt from: with a map, and known before their event."""
    days = np.flatnonzero(simulated.season.has_map & ~simulated.labels.post)
    images = pictures(simulated.season, network.channel, network.size, days)
    return Pictures(images.astype(np.float16), simulated.labels.classes[days].astype(np.int64))


def groups(recipe: Pretraining, *, stopped: Stopped = lambda: False) -> Iterator[Pictures]:
    """Yield the pictures of one group of seasons after the other, in the order of the seasons.

    Raises
    ------
    Stop
        `stopped` said so.
    """

    def season_numbers() -> Iterator[int]:
        for number in range(recipe.seasons):
            if stopped():
                raise Stop
            yield number

    seasons = simulate(recipe.plan, season_numbers(), pixels=recipe.network.size, together=TOGETHER)
    while group := [training_pictures(each, recipe.network) for each in islice(seasons, recipe.group)]:
        yield Pictures(np.concatenate([each.images for each in group]), np.concatenate([each.classes for each in group]))


def prefetch(groups: Iterator[Pictures]) -> Iterator[Pictures]:
    """Yield the same, each made in a thread while the one before is in use: on two cores the seasons cost hardly any time."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, groups, None)
        while (group := coming.result()) is not None:
            coming = pool.submit(next, groups, None)
            yield group


def pretrain(recipe: Pretraining, *, progress: Progress = lambda *_: None, stopped: Stopped = lambda: False) -> Any:
    """Train a network from nothing; the caller has chosen Keras' precision.

    Parameters
    ----------
    recipe
        Everything that decides the outcome, but for roundings.
    progress
        See `Progress`.
    stopped
        Asked before each step.

    Returns
    -------
    keras.Model, float32 (image, row, column, channel) -> (image, class).

    Raises
    ------
    Stop
        `stopped` said so.
    FloatingPointError
        The loss is no longer a number.
    """
    network: Any = None
    weights = np.ones(CLASS_COUNT, np.float32)
    step = steps = 0
    losses: list[float] = []
    size = recipe.network.batch_size
    for number, group in enumerate(prefetch(groups(recipe, stopped=stopped))):
        rng = generator(recipe.network.seed, 0x70726574, number)
        if network is None:
            # the first group stands for all: groups differ by a few images
            steps = recipe.groups * recipe.passes * max(len(group.classes) // size, 1)
            network, weights = _compiled(recipe, steps), class_weights(group.classes, recipe.none_weight)
        order = np.concatenate([rng.permutation(len(group.classes)) for _ in range(recipe.passes)])
        for start in range(0, len(order) - size + 1, size):
            if stopped():
                raise Stop
            chosen = order[start : start + size]
            truth = group.classes[chosen]
            images = augment(group.images[chosen].astype(np.float32), rng)
            losses.append(float(network.train_on_batch(images, truth, sample_weight=weights[truth])))
            step += 1
            if step % TELL_STEPS == 0:
                if not math.isfinite(losses[-1]):
                    raise FloatingPointError(Said("The loss is no longer a number"))
                progress(min(step, steps), steps, float(np.mean(losses)))
                losses.clear()
    return network


def augment(images: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return pictures mirrored left to right, and with their sign changed, each with probability 1/2; north stays up."""
    mirrored, negative = rng.random((2, len(images))) < 0.5
    found: NDArray[np.float32] = np.where(mirrored[:, None, None, None], images[:, :, ::-1], images)
    found[negative] *= np.float32(-1.0)
    return found


def class_weights(classes: NDArray[np.int64], none_weight: float) -> NDArray[np.float32]:
    """Return the weight of an image of each class, shape (class,); 1 on average. A class without an image weighs nothing."""
    share = np.bincount(classes, minlength=CLASS_COUNT) / max(len(classes), 1)
    part = np.array([none_weight] + [(1.0 - none_weight) / (CLASS_COUNT - 1)] * (CLASS_COUNT - 1))
    weights: NDArray[np.float64] = np.divide(part, share, out=np.zeros(CLASS_COUNT), where=share > 0)
    return weights.astype(np.float32)


def predict_both_signs(network: Any, images: NDArray[np.floating], *, batch: int = 256) -> NDArray[np.float32]:
    """Return class probabilities, float32, shape (image, class): the mean of those of each picture and of its negative.

    A precursor may have either sign, and what a network knows of one it shall know of the other.
    """
    out = np.empty((len(images), CLASS_COUNT), np.float32)
    for start in range(0, len(images), batch):
        part = images[start : start + batch].astype(np.float32)
        filled = np.zeros((batch, *part.shape[1:]), np.float32)  # one shape: a backend compiles once
        filled[: len(part)] = part
        both = [np.asarray(network.predict_on_batch(sign * filled)) for sign in (np.float32(1.0), np.float32(-1.0))]
        out[start : start + batch] = (0.5 * (both[0] + both[1]))[: len(part)]
    return out


def _compiled(recipe: Pretraining, steps: int) -> Any:
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
    network.compile(optimizer=keras.optimizers.Adam(schedule), loss=loss, jit_compile=False)
    return network
