"""Layers that Keras does not provide. This module loads Keras: import it inside functions only."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from quakegui.learn.runs.runconfig import Channel


class ColourLayer(keras.layers.Layer):  # type: ignore[misc]
    """Look up colours, scale to -1..1 and average-pool to the input size of the model."""

    def __init__(
        self,
        size: int,
        channel: Channel,
        map_shape: tuple[int, ...],
        palette: NDArray[np.uint8],
        scalar: NDArray[np.floating[Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable=False, **{"dtype": "float32", **kwargs})
        self.size, self.factor, self.indexed = size, map_shape[0] // size, len(map_shape) == 2
        colours = palette.astype(np.float32) / 127.5 - 1
        values = np.nan_to_num(scalar.astype(np.float32))[:, None]
        table = {"colour": [colours], "scalar": [values], "both": [colours, values]}[channel]
        self.table = np.concatenate(table, axis=1)

    def call(self, maps: Any) -> Any:
        """Return images in -1..1, float32, shape (image, size, size, channel)."""
        x = ops.take(self.table, ops.cast(maps, "int32"), axis=0) if self.indexed else ops.cast(maps, "float32") / 127.5 - 1
        if self.factor == 1:
            return x
        f = self.factor
        return ops.mean(ops.reshape(x, (-1, self.size, f, self.size, f, x.shape[-1])), axis=(2, 4))

    def compute_output_shape(self, shape: Any) -> tuple[Any, ...]:
        """Return the shape for Keras."""
        return (shape[0], self.size, self.size, self.table.shape[1] if self.indexed else 3)


class Vary(keras.layers.Layer):  # type: ignore[misc]
    """Left-right flip, contrast relative to the mean of the image, and brightness. North stays up."""

    def __init__(self, channel: Channel, **kwargs: Any) -> None:
        super().__init__(trainable=False, **{"dtype": "float32", **kwargs})
        self.channel = channel

    def call(self, inputs: Any) -> Any:
        """Return augmented images, same shape; `inputs` are images and recipes, shape (image, 3)."""
        x, recipe = inputs
        flip, brightness, contrast = (ops.reshape(recipe[:, i], (-1, 1, 1, 1)) for i in range(3))
        x = ops.where(flip > 0.5, ops.flip(x, axis=2), x)
        if self.channel in ("scalar", "stack"):
            return x * contrast
        colours, values = x[..., :3], x[..., 3:]
        middle = ops.mean(colours, axis=(1, 2, 3), keepdims=True)
        # brightness is for colours in 0..1, here the range is twice that
        colours = (colours - middle) * contrast + middle + 2 * brightness
        return colours if self.channel == "colour" else ops.concatenate([colours, values * contrast], axis=-1)

    def compute_output_shape(self, shapes: Any) -> Any:
        """Return the shape for Keras."""
        return shapes[0]


class CoarseGrid(keras.layers.Layer):  # type: ignore[misc]
    """Average-pool any square to `grid` x `grid`, with pixels on a cell border shared by area."""

    def __init__(self, grid: int, **kwargs: Any) -> None:
        super().__init__(trainable=False, **kwargs)
        self.grid = grid

    def build(self, shape: Any) -> None:
        """Compute the weights of rows and columns for this shape."""
        self.rows, self.columns = area_weights(shape[1], self.grid), area_weights(shape[2], self.grid)

    def call(self, x: Any) -> Any:
        """Return pooled features, shape (image, grid, grid, channel)."""
        rows, columns = (ops.cast(weights, x.dtype) for weights in (self.rows, self.columns))
        return ops.einsum("gi,bijc,hj->bghc", rows, x, columns)

    def compute_output_shape(self, shape: Any) -> tuple[Any, ...]:
        """Return the shape for Keras."""
        return (shape[0], self.grid, self.grid, shape[3])


def area_weights(pixels: int, cells: int) -> NDArray[np.float32]:
    """Return the matrix that averages pixels into cells by overlap, float32, shape (cell, pixel); every row sums to 1.

    Parameters
    ----------
    pixels, cells
        Number of pixels, and of cells.
    """
    edges = np.linspace(0, pixels, cells + 1)
    low, high = edges[:-1, None], edges[1:, None]
    left = np.arange(pixels)[None]
    overlap = np.clip(np.minimum(high, left + 1) - np.maximum(low, left), 0, None)
    weights: NDArray[np.float32] = (overlap / overlap.sum(1, keepdims=True)).astype(np.float32)
    return weights
