"""The picture of a day: levels, lines, mask, colours, exactly."""

from __future__ import annotations

import numpy as np

from quakegui.season.daymap import contour_lines, draw, indices, to_rgb
from quakegui.season.palette import MapStyle, palette

DAY = np.datetime64("2022-06-01")
PLAIN = MapStyle(contour_lines=False)


def test_levels_of_values_and_of_boundaries() -> None:
    values = [-100.0, -8.0, -7.21, -7.2, -0.001, 0.0, 0.799, 0.8, 7.19, 7.2, 8.0, 100.0, np.inf, -np.inf, np.nan]
    expected = [0, 0, 0, 1, 9, 10, 10, 11, 18, 19, 19, 19, 19, 0, 21]
    field = np.array(values, dtype=np.float32)[None, None]
    # -7.2 is not a binary fraction; its neighbours in single precision fall on either side
    got = indices(field, PLAIN)[0, 0]
    assert got[[0, 1, 2, 4, 5, 6, 8, 10, 11, 12, 13, 14]].tolist() == [
        expected[i] for i in (0, 1, 2, 4, 5, 6, 8, 10, 11, 12, 13, 14)
    ]
    assert got[3] in (0, 1)
    assert got[7] in (10, 11)
    assert got[9] in (18, 19)


def test_other_scales() -> None:
    style = MapStyle(limit_z=2.0, levels=4, contour_lines=False)
    field = np.array([[[-2.5, -1.0, -0.5, 0.5, 1.0, np.nan]]], dtype=np.float32)
    assert indices(field, style)[0, 0].tolist() == [0, 1, 1, 2, 3, 5]


def test_lines_lie_where_the_level_changes_and_not_along_the_mask() -> None:
    field = np.zeros((1, 5, 6), dtype=np.float32)
    field[0, :, 3:] = 1.0
    field[0, 3:, :] = 5.0
    field[0, :, 5] = np.nan
    expected = [
        [10, 10, 20, 11, 11, 21],
        [10, 10, 20, 11, 11, 21],
        [20, 20, 20, 20, 20, 21],
        [16, 16, 16, 16, 16, 21],
        [16, 16, 16, 16, 16, 21],
    ]
    assert indices(field, MapStyle())[0].tolist() == expected


def test_colours_are_the_palette_s() -> None:
    index = np.arange(22, dtype=np.uint8).reshape(2, 11)
    np.testing.assert_array_equal(to_rgb(index, MapStyle()), palette(MapStyle())[index])


def test_a_drawn_day_holds_the_picture_of_its_field() -> None:
    field = np.linspace(-9, 9, 64, dtype=np.float32).reshape(8, 8)
    day_map = draw(DAY, field, MapStyle())
    assert day_map.field is field
    np.testing.assert_array_equal(day_map.index, indices(field[None], MapStyle())[0])
    np.testing.assert_array_equal(to_rgb(day_map.index, day_map.style), palette(MapStyle())[day_map.index])
    assert to_rgb(day_map.index, day_map.style).shape == (8, 8, 3)
    assert day_map.exists


def test_a_day_without_a_map_is_grey_and_says_why() -> None:
    day_map = draw(DAY, np.full((8, 8), np.nan, dtype=np.float32), MapStyle(), sentence="No station has a value.")
    assert (to_rgb(day_map.index, day_map.style) == MapStyle().masked_rgb).all()
    assert not day_map.exists


def test_indices_are_written_where_asked() -> None:
    fields = np.random.default_rng(0).normal(size=(3, 8, 8)).astype(np.float32)
    out = np.zeros((3, 8, 8), dtype=np.uint8)
    assert indices(fields, MapStyle(), out=out) is out
    np.testing.assert_array_equal(out, indices(fields, MapStyle()))
    np.testing.assert_array_equal(out[1], indices(fields[1:2], MapStyle())[0])


def test_contour_lines_follow_the_value() -> None:
    rows, columns = np.mgrid[:101, :101]
    field = (columns / 10.0 + 0.0 * rows).astype(np.float32)
    field[:50] = np.nan
    assert contour_lines(field, (-7.0, 99.0)) == ((), ())
    assert contour_lines(np.full_like(field, np.nan), (4.0,)) == ((),)
    (line,), none = contour_lines(field, (4.0, 99.0))
    assert none == ()
    np.testing.assert_allclose(line[:, 1], 40.0, atol=1e-5)
    # every fourth pixel: the first row that is wholly shown is 52
    assert (line[:, 0].min(), line[:, 0].max()) == (52.0, 100.0)


def test_contour_lines_of_a_circle() -> None:
    rows, columns = np.mgrid[:480, :480]
    distance = np.hypot(rows - 200.0, columns - 250.0).astype(np.float32)
    ((line,),) = contour_lines(distance, (100.0,))
    np.testing.assert_allclose(np.hypot(line[:, 0] - 200.0, line[:, 1] - 250.0), 100.0, atol=0.05)
