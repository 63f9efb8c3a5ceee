"""The network: the original paper's shape to the parameter, and first layers that never turn north into south."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from learn_data import LEVELS, LINE, MASKED, TINY, maps, palette

from quakegui.learn.network.augment import NEUTRAL
from quakegui.learn.network.vgg12 import check_maps, prepare, vgg12, whole_network
from quakegui.learn.runs.dataset import scalar_table
from quakegui.learn.runs.runconfig import RunConfig

pytestmark = pytest.mark.xdist_group("network")


@pytest.fixture(autouse=True)
def exact() -> Iterator[None]:
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    yield
    keras.config.set_dtype_policy(before)


SCALAR = scalar_table(LEVELS, mask_index=MASKED)


@pytest.mark.slow  # builds the network at 480 pixels
def test_the_papers_network_has_the_papers_parameters() -> None:
    network = vgg12(RunConfig(size=480, head="paper"))
    convolutions = [layer for layer in network.layers if "conv" in layer.name]
    assert sum(layer.count_params() for layer in convolutions) == 1_909_920
    assert network.count_params() == 60_926_117
    assert [layer.filters for layer in convolutions] == [32, 32, 64, 64, 128, 128, 128, 256, 256, 256]
    assert len(convolutions) + sum("dense" in layer.name for layer in network.layers) == 12
    assert [layer.name for layer in network.layers][-6:] == [
        "flatten", "dense1", "dropout1", "dense2", "dropout2", "probabilities",
    ]  # fmt: skip
    assert network.output_shape == (None, 5)


def test_compact_head_keeps_a_four_by_four_grid() -> None:
    network = vgg12(RunConfig(size=120))
    assert network.get_layer("block4_pool").output.shape == (None, 7, 7, 256)
    assert network.get_layer("grid").output.shape == (None, 4, 4, 256)
    assert network.count_params() == 1_909_920 + 4 * 4 * 256 * 256 + 256 + 256 * 128 + 128 + 128 * 5 + 5


@pytest.mark.parametrize("pixels", [2, 4, 7, 15, 30])
def test_coarse_grid_averages_by_area(pixels: int) -> None:
    from quakegui.learn.network.layers import CoarseGrid, area_weights

    weights = area_weights(pixels, 4)
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-6)
    np.testing.assert_allclose(weights.sum(0), 4 / pixels, atol=1e-6)
    x = np.random.default_rng(0).standard_normal((2, pixels, pixels, 3)).astype(np.float32)
    got = np.asarray(CoarseGrid(4)(x))
    fine = x.repeat(4, 1).repeat(4, 2).reshape(2, 4, pixels, 4, pixels, 3).mean((2, 4))
    np.testing.assert_allclose(got, fine, atol=1e-5)


def test_softmax_stays_float32_in_mixed_precision() -> None:
    import keras

    keras.config.set_dtype_policy("mixed_bfloat16")
    network = vgg12(TINY)
    assert network.get_layer("probabilities").compute_dtype == "float32"
    assert network.get_layer("block4_conv3").compute_dtype == "bfloat16"
    assert {variable.dtype for variable in network.weights} == {"float32"}


def test_colours_are_the_palettes_and_pooled_by_average() -> None:
    indices = maps(np.array([0, 1, 4]), side=64)
    got = prepare(replace(TINY, size=16), indices, palette(), SCALAR)
    wanted = (palette()[indices] / 127.5 - 1).reshape(3, 16, 4, 16, 4, 3).mean((2, 4))
    assert got.dtype == np.float16
    assert got.shape == (3, 16, 16, 3)
    np.testing.assert_allclose(got, wanted, atol=1e-3)  # half precision


def test_maps_of_the_networks_own_size_are_not_copied() -> None:
    indices = maps(np.array([0, 1]), side=32)
    assert prepare(replace(TINY, size=32), indices, palette(), SCALAR) is indices


def test_pooling_before_or_inside_the_network_is_the_same() -> None:
    from quakegui.learn.network.layers import ColourLayer

    indices = maps(np.array([0, 1, 4]), side=32)
    rgb = palette()[indices]
    by_index = np.asarray(ColourLayer(16, "colour", (32, 32), palette(), SCALAR)(indices))
    by_rgb = np.asarray(ColourLayer(16, "colour", (32, 32, 3), palette(), SCALAR)(rgb))
    np.testing.assert_allclose(by_index, by_rgb, atol=1e-6)


def test_augmentation_flips_left_and_right_only() -> None:
    from quakegui.learn.network.layers import Vary

    picture = np.random.default_rng(0).uniform(-1, 1, (1, 8, 8, 3)).astype(np.float32)
    got = np.asarray(Vary("colour")([picture, np.array([[1.0, 0.0, 1.0]], np.float32)]))
    np.testing.assert_allclose(got, picture[:, :, ::-1], atol=1e-6)
    neutral = np.asarray(Vary("colour")([picture, NEUTRAL[None]]))
    np.testing.assert_allclose(neutral, picture, atol=1e-6)


def test_brightness_adds_and_contrast_spreads_about_the_mean() -> None:
    from quakegui.learn.network.layers import Vary

    picture = np.random.default_rng(0).uniform(-1, 1, (1, 8, 8, 4)).astype(np.float32)
    got = np.asarray(Vary("both")([picture, np.array([[0.0, 0.1, 1.5]], np.float32)]))
    mean = picture[..., :3].mean()
    np.testing.assert_allclose(got[..., :3], (picture[..., :3] - mean) * 1.5 + mean + 0.2, atol=1e-6)
    np.testing.assert_allclose(got[..., 3:], picture[..., 3:] * 1.5, atol=1e-6)


@pytest.mark.parametrize(("channel", "count"), [("colour", 3), ("scalar", 1), ("both", 4)])
def test_channels(channel: str, count: int) -> None:
    import keras

    config = replace(TINY, channel=channel)
    prepared = prepare(config, maps(np.array([0, 3])), palette(), SCALAR)
    assert prepared.shape[-1] == count
    answer = whole_network(config, prepared, palette(), SCALAR)([prepared, np.tile(NEUTRAL, (2, 1))])
    np.testing.assert_allclose(keras.ops.convert_to_numpy(answer).sum(1), 1, atol=1e-6)


def test_first_weights_and_dropout_come_from_the_seed() -> None:
    def weights(seed: int) -> list[np.ndarray]:
        return [np.asarray(variable) for variable in vgg12(TINY, seed=seed).variables]

    same, again, other = weights(4), weights(4), weights(5)
    assert all(np.array_equal(a, b) for a, b in zip(same, again, strict=True))
    assert not np.array_equal(same[0], other[0])
    assert not np.array_equal(same[0], same[2][:, :, : same[0].shape[2]])


def test_scalar_channel_refuses_contour_lines() -> None:
    indices = maps(np.array([0]))
    check_maps(replace(TINY, channel="scalar"), indices, SCALAR)
    indices[0, 3, 3] = LINE
    with pytest.raises(ValueError, match="without contour lines"):
        check_maps(replace(TINY, channel="scalar"), indices, SCALAR)
    check_maps(TINY, indices, SCALAR)


def test_sides_have_to_divide() -> None:
    with pytest.raises(ValueError, match="multiple of the input size"):
        check_maps(replace(TINY, size=20), maps(np.array([0])), SCALAR)
    with pytest.raises(ValueError, match="square"):
        check_maps(TINY, np.zeros((1, 32, 48), np.uint8), SCALAR)
