"""Saliency maps: which parts of a day map determine the prediction.

A map of the score of a class (before the softmax) from the last convolution block: activation times gradient, pixel by pixel
(Draelos and Carin 2020, HiResCAM). The head of VGG-12 distinguishes north and south by the position of a feature, so weights of
whole channels (Grad-CAM) would not show what determines the prediction.

The gradient involves only the dense layers and is written out here, so it is the same with every backend.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.network.augment import NEUTRAL
from quakegui.learn.network.inference import Predictor
from quakegui.learn.network.vgg12 import prepare
from quakegui.learn.runs.checkpoint import array_of

BATCH = 16


def explain(
    predictor: Predictor,
    maps: NDArray[np.uint8],
    classes: NDArray[np.integer[Any]] | None = None,
    *,
    days: NDArray[np.datetime64] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return saliency maps for one class per map, from the mean of the members' contributions to its score.

    Parameters
    ----------
    predictor
        Models of a finished run.
    maps
        Maps of the run's own style, uint8, shape (day, row, column) or (day, row, column, 3).
    classes
        Class of each saliency map, shape (day,). Default: the predicted one.
    days
        Local dates of the maps, shape (day,); required by a model of own nights.
    progress
        Called with maps done, and total.

    Returns
    -------
    tuple
        Saliency in 0..1 at the pixels of the map, float32, shape (day, row, column), with maximum 1, or all 0 if nothing
        contributes to the class; and the probabilities, shape (day, class).
    """
    side = maps.shape[1]
    heat = np.zeros((len(maps), side, side), np.float32)
    probabilities = np.empty((len(maps), len(predictor.run.config.classes)), np.float32)
    batches = [
        (members, rows[start : start + BATCH])
        for members, rows in predictor.shared_out(len(maps), days)
        for start in range(0, len(rows), BATCH)
    ]
    done = 0
    for members, part in batches:
        prepared = prepare(predictor.run.config, maps[part], predictor.palette, predictor.scalar)
        every = [_features(predictor.network(prepared, member), prepared) for member in members]
        probabilities[part] = np.mean([said for _features_of, said in every], axis=0)
        asked = probabilities[part].argmax(1) if classes is None else np.asarray(classes)[part]
        parts = [
            _contributions(predictor.network(prepared, member).get_layer("vgg12"), features, asked)
            for member, (features, _said) in zip(members, every, strict=True)
        ]
        for number, contributions in zip(part, np.mean(parts, axis=0), strict=True):
            heat[number] = _enlarged(np.maximum(contributions, 0), side)
        done += len(part)
        if progress is not None:
            progress(done, len(maps))
    return heat, probabilities


def _contributions(vgg: Any, features: NDArray[np.float32], classes: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """Return the contribution of each cell of the last block to the score of a map's class, shape (map, row, column)."""
    out = np.empty(features.shape[:3], np.float32)
    for number, (feature, wanted) in enumerate(zip(features, classes, strict=True)):
        out[number] = (feature * score_gradient(vgg, feature, int(wanted))).sum(-1)
    return out


def score_gradient(vgg: Any, features: NDArray[np.float32], classes: int) -> NDArray[np.float32]:
    """Return the derivative of a class score before the softmax, float32, shape (row, column, channel).

    Parameters
    ----------
    vgg
        Model of `vgg12.vgg12`.
    features
        Output of its last pooling for one map, with respect to which the derivative is taken, float32, shape (row, column,
        channel).
    classes
        The class.
    """
    pooling = [vgg.get_layer("grid")] if any(layer.name == "grid" for layer in vgg.layers) else []
    x = features
    for grid in pooling:
        x = np.einsum("gi,ijc,hj->ghc", grid.rows, x, grid.columns)
    shape, x = x.shape, x.ravel()
    active, matrices = [], []
    for name in ("dense1", "dense2"):
        kernel, bias = (array_of(variable) for variable in vgg.get_layer(name).weights)
        x = np.maximum(x @ kernel + bias, 0)
        active.append(x > 0)
        matrices.append(kernel)
    gradient = array_of(vgg.get_layer("probabilities").weights[0])[:, classes]
    for kernel, on in zip(reversed(matrices), reversed(active), strict=True):
        gradient = kernel @ (gradient * on)
    gradient = gradient.reshape(shape)
    for grid in pooling:
        gradient = np.einsum("gi,ghc,hj->ijc", grid.rows, gradient, grid.columns)
    return np.asarray(gradient, np.float32)


def _features(network: Any, prepared: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the features of the last block and the probabilities of a batch."""
    import keras

    vgg = network.get_layer("vgg12")
    inner = keras.Model(vgg.input, [vgg.get_layer("block4_pool").output, vgg.output])
    pictures = network.get_layer("vary")
    x: Any = prepared
    if prepared.dtype == np.uint8:
        x = network.get_layer("colours")(x)
    x = pictures([x, np.tile(NEUTRAL, (len(prepared), 1))])
    features, probabilities = inner(x, training=False)
    return _array(keras.ops.cast(features, "float32")), _array(probabilities)


def _enlarged(heat: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """Return saliency at `side` x `side` pixels, linear between the cell centres, with maximum 1."""
    centres = (np.arange(heat.shape[0]) + 0.5) * side / heat.shape[0]
    pixels = np.arange(side) + 0.5
    # Interpolation is linear in the values, hence one matrix for rows and columns.
    to_pixels = np.stack([np.interp(pixels, centres, unit) for unit in np.eye(len(centres))], axis=1)
    large = to_pixels @ heat @ to_pixels.T
    top = large.max()
    return np.asarray(large / top if top > 0 else large, np.float32)


def _array(tensor: Any) -> NDArray[Any]:
    import keras

    array: NDArray[Any] = keras.ops.convert_to_numpy(tensor)
    return array
