"""Day maps as PNG: the same pixels as in the window and in training, with outlines, stations and epicentre on top."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from quakegui.report.markup import Figure
from quakegui.season.daymap import DayMap
from quakegui.season.extrema import region_outline, regions_mask
from quakegui.season.network import Frame, Network
from quakegui.season.palette import palette

OUTLINE, DARK, LIGHT, RED = 252, 253, 254, 255
"""Palette indices above those of any map (which has at most 200 levels)."""
OVERLAY = ((0x8A, 0x00, 0x5E), (0x1B, 0x1F, 0x24), (0xFF, 0xFF, 0xFF), (0xB3, 0x26, 0x1E))
STAMP = "SYNTHETIC"


def day_picture(
    day_map: DayMap,
    network: Network,
    frame: Frame,
    *,
    threshold: float,
    epicentre: tuple[float, float] | None,
    synthetic: bool,
    width: int,
    alt: str,
) -> Figure:
    """Draw the map of one day.

    Parameters
    ----------
    day_map, network, frame
        The map, the stations and the map frame.
    threshold
        Threshold of extremum regions, z.
    epicentre
        Latitude and longitude of the ring, drawn if it is within the frame; None for no ring.
    synthetic
        Whether to draw the SYNTHETIC stamp.
    width
        Width on the page, in CSS pixels.
    alt
        Text alternative.
    """
    rows, columns = day_map.index.shape
    image = Image.frombytes("P", (columns, rows), day_map.index.tobytes())
    table = palette(day_map.style).copy()
    table[OUTLINE:] = OVERLAY
    image.putpalette(table.ravel().tolist())
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"
    if day_map.regions:
        labels = regions_mask(day_map.field, threshold)
        for region in day_map.regions:
            for outline in region_outline(labels, region):
                pen.line([(float(column), float(row)) for row, column in outline], fill=OUTLINE, width=3)
    here = network.located
    for row, column in frame.to_pixels(frame.project(network.latitude[here], network.longitude[here])):
        pen.ellipse((column - 4, row - 4, column + 4, row + 4), fill=LIGHT, outline=DARK, width=2)
    if epicentre is not None:
        _ring(pen, frame, *epicentre)
    if synthetic:
        _stamp(pen, rows, columns)
    packed = io.BytesIO()
    image.save(packed, format="PNG", compress_level=8)  # 9 takes three times as long for 1%
    return Figure("png", packed.getvalue(), width, round(width * rows / columns), alt)


def _ring(pen: ImageDraw.ImageDraw, frame: Frame, latitude: float, longitude: float) -> None:
    row, column = frame.to_pixels(frame.project(np.array([latitude]), np.array([longitude])))[0]
    if 0 <= row < frame.pixels and 0 <= column < frame.pixels:
        for radius, colour in ((13, LIGHT), (11, RED)):
            pen.ellipse((column - radius, row - radius, column + radius, row + radius), outline=colour, width=3)
        for line in ((column - 16, row, column + 16, row), (column, row - 16, column, row + 16)):
            pen.line(line, fill=RED, width=2)


def _stamp(pen: ImageDraw.ImageDraw, rows: int, columns: int) -> None:
    font = ImageFont.load_default(20)
    left, top, right, bottom = pen.textbbox((0, 0), STAMP, font=font)
    x, y = columns - (right - left) - 10, rows - (bottom - top) - 10
    pen.rectangle((x - 6, y - 6, columns - 1, rows - 1), fill=RED)
    pen.text((x - left, y - top), STAMP, font=font, fill=LIGHT)


def inside(frame: Frame, places: Sequence[tuple[float, float]]) -> list[bool]:
    """Return which places are within the map frame.

    Parameters
    ----------
    frame
        The map frame.
    places
        Latitude and longitude of each, in degrees.
    """
    pixels = [frame.to_pixels(frame.project(np.array([lat]), np.array([lon])))[0] for lat, lon in places]
    return [bool(0 <= row < frame.pixels and 0 <= column < frame.pixels) for row, column in pixels]
