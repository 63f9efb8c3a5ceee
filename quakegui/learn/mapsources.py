"""Where a run's maps come from: a season's own day maps, or a folder of ready images."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from quakegui.formats.images import read_image, read_images
from quakegui.learn.dataset import Snapshot, scalar_table, snapshot
from quakegui.learn.folds import NO_LABEL, Material, Split, material, scorable
from quakegui.season.palette import MapStyle, palette
from quakegui.season.season import Season

IMAGES_STYLE = "ready images"


def style_name(style: MapStyle) -> str:
    """Return the name of a map style, by which networks accept or refuse maps."""
    lines = "lines" if style.contour_lines else "no lines"
    return f"{style.name}, {style.limit_z:g} z, {style.levels} levels, {lines}"


def season_snapshot(season: Season, given: Material, split: Split) -> Snapshot:
    """Draw a season's maps once and gather them with labels and folds.

    Parameters
    ----------
    season
        Drawn as the analyst sees it; the days of its window are the snapshot's days.
    given
        Labels and flags of the same days, see `splits.material`.
    split
        Of `splits.split` on `given`.

    Raises
    ------
    ValueError
        The material's days are not the season's.
    """
    if not np.array_equal(given.days, season.days):
        raise ValueError("The labels' days are not the season's days.")
    style = season.config.style
    return snapshot(
        season.days,
        season.indices(slice(None)),
        given.labels,
        style=style_name(style),
        palette=palette(style),
        scalar=scalar_table(style.levels, masked=style.masked),
        has_map=given.has_map,
        folds=split.folds,
        final=_final_days(given, split),
    )


def image_material(folder: Path) -> tuple[Material, tuple[Path, ...], tuple[str, ...]]:
    """Read which days a folder of images has and how they are labelled.

    Returns
    -------
    What a split needs, the image of each day, and notes on what was left out.

    Raises
    ------
    quakegui.formats.errors.FormatError
        The folder holds no usable map.
    """
    found = read_images(folder)
    labels = [NO_LABEL if image.cls is None else image.cls for image in found.images]
    given = material(np.array([image.day for image in found.images]), labels)
    return given, tuple(image.path for image in found.images), found.notes


def image_snapshot(paths: tuple[Path, ...], given: Material, split: Split) -> Snapshot:
    """Read images into memory and gather them with labels and folds; 0.7 MB a map.

    Parameters
    ----------
    paths, given
        Of `image_material`.
    split
        Of `splits.split` on `given`.
    """
    first = read_image(paths[0])
    maps = np.empty((len(paths), *first.shape), np.uint8)
    for number, path in enumerate(paths):
        maps[number] = read_image(path)
    return snapshot(
        given.days,
        maps,
        given.labels,
        style=IMAGES_STYLE,
        has_map=given.has_map,
        folds=split.folds,
        final=_final_days(given, split),
    )


def _final_days(given: Material, split: Split) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the days of the last fit: those that the protocol lets be trained on."""
    usable = given.has_map & (given.labels != NO_LABEL) if split.leaky else scorable(given)
    return np.flatnonzero(usable)
