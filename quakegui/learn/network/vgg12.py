"""VGG-12, the model of the original paper, and the layer that converts palette indices to its input.

Keras is imported inside functions: the window's process never loads it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.runs.runconfig import CHANNELS, RunConfig
from quakegui.words import Said

GRID = 4
BLOCKS = ((2, 1), (2, 2), (3, 4), (3, 8))
"""Number of convolutions of each block, and its filters as a multiple of those of the first block."""
POOLED_AT_ONCE = 64
"""Number of maps that are coloured and pooled at a time."""


def vgg12(config: RunConfig, *, seed: int | None = None) -> Any:
    """Build the model from images to class probabilities.

    Convolution blocks of 2, 2, 3, 3 layers with 32, 64, 128, 256 filters of 3 x 3 (same, ReLU), a 2 x 2 max-pool after each,
    two dense layers with dropout, and a softmax in float32. At 480 x 480 x 3 the convolutions have 1,909,920 parameters, and
    the whole model with the paper's head 60,926,117.

    Parameters
    ----------
    config
        Size, head, width, dense units, dropout, channel and classes.
    seed
        Seed of initial weights and dropout. Default: that of `config`.

    Returns
    -------
    keras.Model
        float32 (image, row, column, channel) -> (image, class).

    References
    ----------
    Original paper, section 3.3 and figure 3; Simonyan and Zisserman (2015), Very deep convolutional networks.
    """
    import keras

    from quakegui.learn.network import layers

    seeds = iter(range((config.seed if seed is None else seed) * 1000, 2**62))

    def first(kind: Any) -> Any:
        return kind(seed=next(seeds))

    pictures = keras.Input((config.size, config.size, CHANNELS[config.channel]), name="picture")
    x = pictures
    for block, (convolutions, multiple) in enumerate(BLOCKS, start=1):
        for number in range(1, convolutions + 1):
            x = keras.layers.Conv2D(
                config.width * multiple,
                3,
                padding="same",
                activation="relu",
                kernel_initializer=first(keras.initializers.HeNormal),
                name=f"block{block}_conv{number}",
            )(x)
        x = keras.layers.MaxPooling2D(2, name=f"block{block}_pool")(x)
    if config.head == "compact":
        x = layers.CoarseGrid(GRID, name="grid")(x)
    x = keras.layers.Flatten(name="flatten")(x)
    for number, units in enumerate(config.dense, start=1):
        initializer = first(keras.initializers.HeNormal)
        x = keras.layers.Dense(units, activation="relu", kernel_initializer=initializer, name=f"dense{number}")(x)
        x = keras.layers.Dropout(config.dropout, seed=next(seeds) % 2**31, name=f"dropout{number}")(x)
    probabilities = keras.layers.Dense(
        len(config.classes),
        activation="softmax",
        kernel_initializer=first(keras.initializers.GlorotUniform),
        dtype="float32",
        name="probabilities",
    )(x)
    return keras.Model(pictures, probabilities, name="vgg12")


def prepare(
    config: RunConfig,
    maps: NDArray[Any],
    palette: NDArray[np.uint8],
    scalar: NDArray[np.floating[Any]],
) -> NDArray[Any]:
    """Return the input to be held in memory: maps of the model's own size unchanged, larger ones coloured and pooled once.

    Parameters
    ----------
    config
        Settings of the run.
    maps
        uint8, shape (day, row, column) of palette indices or (day, row, column, 3) of RGB; float16, shape (day, row, column,
        channel), for a zero-shot model.
    palette
        RGB of each index, uint8, shape (256, 3).
    scalar
        Scalar of each index, shape (256,).

    Returns
    -------
    NDArray
        `maps` itself, or images in -1..1, float16, shape (day, size, size, channel).

    Raises
    ------
    ValueError
        See `check_maps`.
    """
    from quakegui.learn.network import layers

    check_maps(config, maps, scalar)
    if maps.shape[1] == config.size:
        return maps
    colours = layers.ColourLayer(config.size, config.channel, maps.shape[1:], palette, scalar)
    pictures = np.empty((len(maps), config.size, config.size, CHANNELS[config.channel]), np.float16)
    for start in range(0, len(maps), POOLED_AT_ONCE):
        part = slice(start, start + POOLED_AT_ONCE)
        pictures[part] = _numpy(colours(maps[part]))
    return pictures


def whole_network(
    config: RunConfig,
    inputs: NDArray[Any],
    palette: NDArray[np.uint8],
    scalar: NDArray[np.floating[Any]],
    *,
    seed: int | None = None,
) -> Any:
    """Build the model from prepared maps to probabilities.

    Parameters
    ----------
    config
        Settings of the run.
    inputs
        From `prepare`; only its shape and type are used.
    palette, scalar
        As in `prepare`.
    seed
        See `vgg12`.

    Returns
    -------
    keras.Model
        [(image, ...) as prepared, float32 recipe (image, 3)] -> float32 (image, class). The plain model is its layer "vgg12".
    """
    import keras

    from quakegui.learn.network import layers

    stored = keras.Input(inputs.shape[1:], dtype=str(inputs.dtype), name="maps")
    recipe = keras.Input((3,), dtype="float32", name="recipe")
    picture = stored
    if inputs.dtype == np.uint8:
        picture = layers.ColourLayer(config.size, config.channel, inputs.shape[1:], palette, scalar, name="colours")(stored)
    picture = layers.Vary(config.channel, name="vary")([picture, recipe])
    return keras.Model([stored, recipe], vgg12(config, seed=seed)(picture), name="whole")


def check_maps(config: RunConfig, maps: NDArray[Any], scalar: NDArray[np.floating[Any]]) -> None:
    """Refuse maps that the model cannot use.

    Parameters
    ----------
    config
        Settings of the run.
    maps, scalar
        See `prepare`.

    Raises
    ------
    ValueError
        If maps are not square, their size is not a multiple of the model's, a scalar channel gets lines or RGB, or a stack gets
        images.
    """
    if config.zero_shot:
        wanted = (config.size, config.size, CHANNELS[config.channel])
        if maps.dtype != np.float16 or maps.shape[1:] != wanted:
            raise ValueError(Said("A pre-trained model needs z values computed from the stations, not images."))
        return
    side = maps.shape[1]
    if maps.shape[2] != side:
        raise ValueError(Said("Maps must be square; these are {side} x {shape} pixels.", side=side, shape=maps.shape[2]))
    if side % config.size:
        raise ValueError(
            Said(
                "A model with {config_size}-pixel input cannot use {side}-pixel maps: the map size must be a "
                "multiple of the input size.",
                config_size=config.size,
                side=side,
            )
        )
    if config.channel == "stack":
        raise ValueError(Said("A stack is made from the station values of several days, not from the image of one day."))
    if config.channel == "colour":
        return
    if maps.ndim == 4:
        raise ValueError(Said("Ready-made images contain colours only: use the channel 'colour'."))
    used = np.flatnonzero(np.bincount(maps.ravel(), minlength=256))
    if np.isnan(scalar[used]).any():
        raise ValueError(Said("A scalar channel needs maps without contour lines; switch them off in the map style."))


def _numpy(tensor: Any) -> NDArray[Any]:
    import keras

    array: NDArray[Any] = keras.ops.convert_to_numpy(tensor)
    return array
