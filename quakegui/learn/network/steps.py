"""A training step, and predictions.

Every batch is padded to the same size. A backend compiles its steps per shape, in a way that depends on the shapes before: with
a single shape, a resumed run gives exactly the same bits, and nothing is compiled twice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.network.vgg12 import whole_network
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.progress import CancelCheck


class Stop(Exception):  # noqa: N818 (a request, not an error)
    """A stop of the job was requested; the last checkpoint remains valid."""


def build_network(
    config: RunConfig, inputs: NDArray[Any], palette: NDArray[np.uint8], scalar: NDArray[np.floating[Any]]
) -> Any:
    """Return a compiled model with an optimizer whose variables exist.

    Parameters
    ----------
    config
        Settings of the run.
    inputs, palette, scalar
        See `vgg12.whole_network`.
    """
    import keras
    from keras import ops

    def loss(truth: Any, answer: Any) -> Any:
        return keras.losses.sparse_categorical_crossentropy(truth[:, 0], answer) * truth[:, 1]

    def hit(truth: Any, answer: Any) -> Any:
        found = ops.equal(ops.cast(ops.argmax(answer, axis=-1), "float32"), truth[:, 0])
        return ops.cast(ops.logical_and(found, truth[:, 1] > 0), "float32")

    network = whole_network(config, inputs, palette, scalar)
    # no XLA: on processors it does not use the fast convolutions
    network.compile(optimizer=keras.optimizers.Adam(config.learning_rate), loss=loss, metrics=[hit], jit_compile=False)
    network.optimizer.build(network.trainable_variables)
    create_metrics(network, np.zeros((1, 2), np.float32))
    return network


def create_metrics(network: Any, truth: NDArray[Any]) -> None:
    """Create the variables of the metrics, as their first use does: within the first step, that step would be traced twice.

    Parameters
    ----------
    network
        Compiled model.
    truth
        Anything of the type and shape of a batch's true classes.
    """
    network.compute_metrics(None, truth, np.zeros((1, network.output_shape[-1]), np.float32))
    network.reset_metrics()


def train_step(
    network: Any,
    inputs: NDArray[Any],
    recipes: NDArray[np.float32],
    truth: NDArray[np.integer[Any]],
    weights: NDArray[np.float32],
    *,
    size: int,
) -> tuple[float, float]:
    """Train on one batch, and return the weighted mean loss and the accuracy over its images.

    Parameters
    ----------
    network
        Compiled model, see `build_network`.
    inputs, recipes
        Up to `size` images from `vgg12.prepare`, and their augmentation recipes, shape (image, 3).
    truth, weights
        Class and weight of each image, shape (image,).
    size
        Size to which the batch is padded, with images of zero weight.
    """
    count = len(truth)
    told = np.zeros((size, 2), np.float32)
    # Keras divides by the padded size
    told[:count, 0], told[:count, 1] = truth, weights * (size / count)
    loss, hits = network.train_on_batch([_filled(inputs, size), _filled(recipes, size)], told)
    return float(loss), float(hits) * size / count


def predict(
    network: Any, inputs: NDArray[Any], recipes: NDArray[np.float32], *, size: int, cancelled: CancelCheck | None = None
) -> NDArray[np.float32]:
    """Return class probabilities, float32, shape (image, class).

    Parameters
    ----------
    network
        Compiled model, see `build_network`.
    inputs, recipes
        Images from `vgg12.prepare`, and their augmentation recipes, shape (image, 3).
    size
        Size of a batch.
    cancelled
        Whether to stop.

    Raises
    ------
    Stop
        If `cancelled` returned true.
    """
    out = np.empty((len(inputs), network.output_shape[-1]), np.float32)
    for start in range(0, len(inputs), size):
        if cancelled is not None and cancelled():
            raise Stop
        part = slice(start, start + size)
        answers = network.predict_on_batch([_filled(inputs[part], size), _filled(recipes[part], size)])
        out[part] = answers[: len(out[part])]
    return out


def _filled(array: NDArray[Any], size: int) -> NDArray[Any]:
    """Return `array` padded to `size` rows with its first row."""
    missing = size - len(array)
    return array if missing == 0 else np.concatenate([array, np.repeat(array[:1], missing, axis=0)])
