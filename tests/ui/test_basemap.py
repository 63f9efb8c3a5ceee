"""The base map lies where the Earth has it, in any network's projection."""

import numpy as np
import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage, QPainter

from quakegui.season.network import Frame
from quakegui.ui import theme
from quakegui.ui.plots import basemap, station_layers
from quakegui.ui.plots.basemap import base_map


def holds(rings, point):
    """Even-odd rule over all rings."""
    inside = False
    for ring in rings:
        a, b = ring, np.roll(ring, -1, axis=0)
        crosses = (a[:, 1] > point[1]) != (b[:, 1] > point[1])
        x = a[crosses, 0] + (point[1] - a[crosses, 1]) / (b[crosses, 1] - a[crosses, 1]) * (b[crosses, 0] - a[crosses, 0])
        inside ^= bool(np.count_nonzero(x > point[0]) % 2)
    return inside


@pytest.mark.parametrize(
    ("frame", "places"),
    [
        (Frame(36.0, 138.0, 0.0, 0.0, 1100.0), {(36.2, 138.3): True, (39.0, 134.0): False, (30.0, 145.0): False}),
        (Frame(28.1, 102.16, 0.0, 0.0, 90.0), {(28.1, 102.16): True, (28.9, 103.0): True}),
        (Frame(-18.0, 179.5, 0.0, 0.0, 400.0), {(-17.8, 178.0): True, (-19.0, -178.0): False, (-16.6, 179.4): True}),
        (Frame(80.0, 0.0, 0.0, 0.0, 1500.0), {(77.0, -40.0): True, (88.0, 30.0): False}),
    ],
)
def test_land_is_land_and_sea_is_sea(frame, places):
    found = base_map(frame)
    for (latitude, longitude), land in places.items():
        point = frame.project(np.array([latitude]), np.array([longitude]))[0]
        assert holds(found.land, point) == land, (latitude, longitude)


def test_layers_by_distance():
    near, wide = base_map(Frame(28.1, 102.16, 0.0, 0.0, 90.0)), base_map(Frame(28.1, 102.16, 0.0, 0.0, 900.0))
    assert near.prefecture
    assert near.province
    assert not near.coast
    assert wide.coast
    assert wide.border
    assert not wide.prefecture


def test_lines_stay_within_the_reach_and_are_unbroken():
    frame = Frame(36.0, 138.0, 0.0, 0.0, 300.0)
    for lines in (base_map(frame).coast, base_map(frame).province):
        for line in lines:
            assert np.isfinite(line).all()
            assert np.abs(line).max() < 1200.0 * 2
            assert np.hypot(*np.diff(line, axis=0).T).max() < 600.0


@pytest.mark.parametrize("place", [(28.1, 102.16, 600.0), (52.0, 179.0, 900.0), (-18.0, 178.0, 400.0), (78.0, 16.0, 500.0)])
def test_lines_that_lie_within_are_the_same_as_those_that_are_cut(place, monkeypatch):
    frame = Frame(place[0], place[1], 0.0, 0.0, place[2])
    found = base_map(frame)
    monkeypatch.setattr(basemap, "_within", lambda extents, _box, _origin: np.zeros(len(extents), dtype=bool))
    cut = base_map(frame)
    for name in ("coast", "border", "province", "prefecture"):
        for one, other in zip(getattr(found, name), getattr(cut, name), strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_ground_in_view_is_painted_the_same_whatever_lies_beyond(qapp, monkeypatch):
    frame = Frame(28.1, 102.16, 0.0, 0.0, 250.0)

    def painted():
        camera = station_layers.Camera.fitting(frame.x_km, frame.y_km, frame.half_width_km, QSizeF(420, 380))
        picture = QImage(420, 380, QImage.Format.Format_RGB32)
        picture.fill(0)  # the memory of a new picture is not cleared
        painter = QPainter(picture)
        station_layers.paint_ground(painter, camera, frame, theme.LIGHT, square=False)
        painter.end()
        return np.array(picture.constBits()).reshape(380, 420, 4)[..., :3].copy()

    monkeypatch.setattr(station_layers, "paint_degrees", lambda *_given, **_named: None)  # words are not of the ground
    near, plain = painted(), station_layers.ground_shapes
    monkeypatch.setattr(station_layers, "ground_shapes", lambda frame, reach: plain(frame, station_layers.REACH))
    assert np.argwhere((near != painted()).any(axis=2)).tolist() == []
    assert np.ptp(near, axis=(0, 1)).min() > 0, "something is painted"
