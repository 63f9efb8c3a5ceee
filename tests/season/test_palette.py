"""The colour scale: even steps, even lightness, apart for every kind of colour vision."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from oklab import srgb_to_oklab

from quakegui.season.palette import MapStyle, oklab_to_srgb, palette

# Machado, Oliveira, Fernandes (2009), full severity, linear RGB
DEFICIENCIES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def lab(style: MapStyle) -> NDArray[np.float64]:
    return srgb_to_oklab(style.colours / 255.0)


def seen_with(deficiency: str, rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    changed = np.clip(linear @ np.array(DEFICIENCIES[deficiency]).T, 0.0, 1.0)
    return np.where(changed <= 0.0031308, 12.92 * changed, 1.055 * changed ** (1 / 2.4) - 0.055)


def test_oklab_of_known_colours() -> None:
    # Ottosson (2020), table of example pairs, and sRGB red
    np.testing.assert_allclose(srgb_to_oklab(np.ones(3)), [1.0, 0.0, 0.0], atol=1e-4)
    np.testing.assert_allclose(srgb_to_oklab(np.array([1.0, 0.0, 0.0])), [0.6280, 0.2249, 0.1258], atol=2e-4)
    colours = np.random.default_rng(0).random((50, 3))
    np.testing.assert_allclose(oklab_to_srgb(srgb_to_oklab(colours)), colours, atol=1e-6)


@pytest.mark.parametrize("levels", [8, 20, 40])
def test_steps_are_equal(levels: int) -> None:
    steps = np.linalg.norm(np.diff(lab(MapStyle(levels=levels)), axis=0), axis=1)
    # rounding to 8 bits moves a colour by up to 0.0015; wide steps cut the corner of a curved path
    assert np.ptp(steps) < 0.003 + 0.05 * steps.mean()


def test_lightness_falls_alike_on_both_sides() -> None:
    lightness = lab(MapStyle())[:, 0]
    assert (np.diff(lightness[:10]) > 0.04).all()
    assert (np.diff(lightness[10:]) < -0.04).all()
    np.testing.assert_allclose(lightness[:10], lightness[:9:-1], atol=0.006)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_signs_stay_apart_for_colour_deficient_readers(deficiency: str) -> None:
    seen = srgb_to_oklab(seen_with(deficiency, MapStyle().colours / 255.0))
    # same distance from zero, opposite sign: at equal lightness only the hue tells them apart
    apart = np.linalg.norm(seen[:10] - seen[:9:-1], axis=1)
    assert apart[:9].min() > 0.06
    assert apart[9] > 0.03
    assert np.linalg.norm(np.diff(seen, axis=0), axis=1).min() > 0.025


def test_line_and_mask_are_no_level() -> None:
    style = MapStyle()
    table = palette(style)
    assert table.shape == (256, 3)
    assert (style.line, style.masked) == (20, 21)
    for extra in (style.line_rgb, style.masked_rgb):
        assert np.linalg.norm(lab(style) - srgb_to_oklab(np.array(extra) / 255.0), axis=1).min() > 0.05
    assert tuple(table[20]) == style.line_rgb
    assert tuple(table[21]) == style.masked_rgb
    assert len({tuple(colour) for colour in table[:22].tolist()}) == 22
    assert not table.flags.writeable


def test_boundaries() -> None:
    np.testing.assert_allclose(MapStyle().boundaries, -8.0 + 0.8 * np.arange(21), atol=1e-12)


@pytest.mark.parametrize(
    "options", [{"limit_z": 0.0}, {"limit_z": np.inf}, {"levels": 7}, {"levels": 0}, {"levels": 254}, {"name": "jet"}]
)
def test_bad_styles_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="scale"):
        MapStyle(**options)  # type: ignore[arg-type]
