"""Folders of ready-made day maps, as in the original paper: images with a date and a class.

Two layouts are supported: an `index.csv` that lists each image with its date and class, or one folder per class, in which
each image has its date in its name.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from quakegui.formats import sheet
from quakegui.formats.errors import FormatError, shown
from quakegui.formats.numerals import cell
from quakegui.formats.source import Source, read_file
from quakegui.season.network import MAP_PIXELS
from quakegui.words import Said

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".gif", ".webp")
KINDS = ("PNG", "JPEG", "BMP", "TIFF", "GIF", "WEBP")
"""Formats that Pillow may try: others start external programs."""
MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX")
CLASS_COUNT = 5
INDEX = "index.csv"

_DATE = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")
_CLASS = re.compile(r"(?:class|label|cls|c|类|第)?[ _-]*([0-4])(?:类)?(?![\d.])(?:[ _-].*)?", re.IGNORECASE)
_COLUMN_WORDS = {
    "file": ("file", "filename", "image", "path", "name", "map", "文件", "文件名"),
    "date": ("date", "day", "日期"),
    "class": ("class", "label", "cls", "category", "类别", "标签"),
    "source": ("label_source",),
}


@dataclass(frozen=True, slots=True)
class MapImage:
    """One ready-made map.

    Attributes
    ----------
    day
        Local date, datetime64[D].
    path, cls
        The image, and the class 0 to 4, or None without one.
    """

    day: np.datetime64
    path: Path
    cls: int | None


@dataclass(frozen=True, slots=True)
class ImageSet:
    """The maps of a folder in order of date, and notes on skipped images."""

    images: tuple[MapImage, ...]
    notes: tuple[str, ...]


def read_images(folder: str | Path) -> ImageSet:
    """Return the day maps of a folder.

    An image that is damaged, not 480x480, without a date, or the second of its day is skipped and named in a note.

    Raises
    ------
    FormatError
        If the folder contains no usable map, or its index cannot be read.
    """
    root = Path(folder)
    if not root.is_dir():
        raise FormatError(Said("This is not a folder."), file=str(folder))
    notes: list[str] = []
    index = root / INDEX
    listed = _from_index(root, index, notes) if index.is_file() else _from_folders(root, notes)
    images: dict[np.datetime64, MapImage] = {}
    for image in listed:
        name = image.path.relative_to(root).as_posix()
        if image.day in images:
            first = images[image.day].path.relative_to(root).as_posix()
            notes.append(Said("{name}: {day} already has a map ({first}); skipped.", name=name, day=image.day, first=first))
            continue
        try:
            read_image(image.path)
        except FormatError as error:
            notes.append(Said("{name}: {sentence} Skipped.", name=name, sentence=error.sentence))
            continue
        images[image.day] = image
    if not images:
        reasons = f" {notes[0]}" if notes else ""
        raise FormatError(
            Said(
                "The folder contains no map image of {map_pixels} x {map_pixels} pixels with a date.{reasons}",
                map_pixels=MAP_PIXELS,
                reasons=reasons,
            ),
            file=str(folder),
        )
    unlabelled = sum(image.cls is None for image in images.values())
    if unlabelled:
        notes.append(Said("{unlabelled} of {count} maps have no class.", unlabelled=unlabelled, count=len(images)))
    return ImageSet(tuple(images[day] for day in sorted(images)), tuple(notes))


def read_image(path: str | Path) -> NDArray[np.uint8]:
    """Return the colours of an image, shape (row, column, 3).

    Raises
    ------
    FormatError
        If the file is not an image of 480x480 pixels, or is damaged.
    """
    try:
        with Image.open(path, formats=KINDS) as image:
            if image.size != (MAP_PIXELS, MAP_PIXELS):
                sentence = Said(
                    "The image has {image_size} x {image_size2} pixels, not {map_pixels} x {map_pixels}.",
                    image_size=image.size[0],
                    image_size2=image.size[1],
                    map_pixels=MAP_PIXELS,
                )
                raise FormatError(sentence, file=str(path))
            if getattr(image, "n_frames", 1) != 1:
                raise FormatError(
                    Said("The image contains several pictures (an animation or pages); a map must be a single picture."),
                    file=str(path),
                )
            if image.mode not in MODES:
                raise FormatError(
                    Said("The image's pixel type is {mode}, which is neither colour nor greyscale.", mode=image.mode),
                    file=str(path),
                )
            return np.asarray(image.convert("RGB"))
    except FormatError:
        raise
    except UnidentifiedImageError as error:
        raise FormatError(Said("The file is not an image."), file=str(path)) from error
    # The decoders of Pillow can raise any exception on damaged files.
    except Exception as error:
        raise FormatError(Said("The image is damaged ({error}).", error=error), file=str(path)) from error


def refuse_picture(source: Source) -> None:
    """Reject an image where readings are expected.

    Raises
    ------
    FormatError
        If the name of the file ends like that of an image.
    """
    if PurePosixPath(source.base).suffix.lower() in ENDINGS:
        raise source.fault(
            "The file is an image, not readings. Ready-made day maps need no project: 'quakegui train FOLDER' "
            "trains on them directly."
        )


def _from_folders(root: Path, notes: list[str]) -> Iterator[MapImage]:
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if any(part.startswith(".") for part in parts):
            continue
        if path.is_symlink() and path.is_dir():  # linked folders are not searched
            notes.append(
                Said(
                    "{parts}: a link to another folder; its images were skipped. Replace the link with the folder itself.",
                    parts="/".join(parts),
                )
            )
            continue
        if path.suffix.lower() not in ENDINGS or not path.is_file():
            continue
        day = _day(path.stem)
        if day is None:
            notes.append(Said("{parts}: its name has no date (as in 2022-02-01); skipped.", parts="/".join(parts)))
            continue
        cls = _class(parts[-2]) if len(parts) > 1 else None
        if len(parts) > 1 and cls is None:
            notes.append(
                Said(
                    "{parts}: the folder name is not a class from 0 to {class_count}; the map has no class.",
                    parts="/".join(parts),
                    class_count=CLASS_COUNT - 1,
                )
            )
        yield MapImage(day, path, cls)


def _from_index(root: Path, index: Path, notes: list[str]) -> Iterator[MapImage]:
    try:
        frame, _ = sheet.load(Source(INDEX, read_file(index, INDEX)))
    except FormatError as error:
        raise FormatError(error.sentence, file=str(index), line=error.line) from error
    columns = {fact: _column(frame, words) for fact, words in _COLUMN_WORDS.items()}
    if columns["file"] is None:
        raise FormatError(
            Said("The index has no file column; its columns are {columns}.", columns=", ".join(map(str, frame.columns))[:200]),
            file=str(index),
        )
    for number, row in enumerate(frame.to_dict("records"), start=2):
        text = {fact: cell(row[name]) if name is not None else "" for fact, name in columns.items()}
        name = PurePosixPath(text["file"].replace("\\", "/"))
        path = root / name
        if name.is_absolute() or ".." in name.parts or not os.fspath(name).strip(".") or not _is_file(path):
            notes.append(
                Said(
                    "{index}:{number}: the image {file} is not in the folder; skipped.",
                    index=INDEX,
                    number=number,
                    file=repr(shown(text["file"], 100)),
                )
            )
            continue
        day = _day(text["date"]) if columns["date"] is not None else _day(path.stem)
        if day is None:
            notes.append(
                Said(
                    "{index}:{number}: {file} has no date; skipped.", index=INDEX, number=number, file=shown(text["file"], 100)
                )
            )
            continue
        cls = _class(text["class"]) if text["class"] else None
        if text["class"] and cls is None:
            notes.append(
                Said(
                    "{index}:{number}: {kind_of_class} is not a class from 0 to {class_count}; the map has no class.",
                    index=INDEX,
                    number=number,
                    kind_of_class=repr(shown(text["class"], 40)),
                    class_count=CLASS_COUNT - 1,
                )
            )
        if cls is not None and text["source"].lower() == "model":
            notes.append(
                Said(
                    "{index}:{number}: the class was proposed by a model and is not used for training; the map has no class.",
                    index=INDEX,
                    number=number,
                )
            )
            cls = None
        yield MapImage(day, path, cls)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False


def _column(frame: pd.DataFrame, words: tuple[str, ...]) -> str | None:
    names = {str(name).strip().lower(): str(name) for name in frame.columns}
    return next((names[word] for word in words if word in names), None)


def _day(text: str) -> np.datetime64 | None:
    for match in _DATE.finditer(text):
        try:
            return np.datetime64(dt.date(*map(int, match.groups())), "D")
        except ValueError:
            continue
    return None


def _class(text: str) -> int | None:
    match = _CLASS.fullmatch(re.sub(r"\.0$", "", text.strip()))
    return int(match.group(1)) if match else None
