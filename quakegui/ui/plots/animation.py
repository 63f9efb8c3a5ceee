"""Days of the season as an animation; every frame is the panel as painted on that day."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from quakegui.app import walking
from quakegui.app.session import Session
from quakegui.progress import StoppedError
from quakegui.project.filesystem import whole_file
from quakegui.ui.i18n import tr
from quakegui.ui.plots.figures import FigureError, picture_of

Writer = Generator[None, NDArray[np.uint8] | None, None]
"""Accepts one RGB frame after another, shape (row, column, 3); None completes the file."""


def video_possible() -> bool:
    """Return whether MP4 can be written: whether the extra `video` is installed."""
    return importlib.util.find_spec("imageio_ffmpeg") is not None


def pixels(image: QImage) -> NDArray[np.uint8]:
    """Return the RGB values of an image, shape (row, column, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), dtype=np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3).copy()


def save_animation(
    session: Session,
    panel: QWidget,
    path: Path,
    indices: Sequence[int],
    *,
    days_per_second: float,
    stamp: str = "",
    progress: Callable[[int, int], bool],
) -> bool:
    """Write an animation of a panel; afterwards the session shows the same day as before.

    Parameters
    ----------
    session, panel
        The session and the panel to paint.
    path
        Ends in .gif or .mp4; a path without an ending is a folder for a sequence of PNG files.
    indices
        Days of the season, by index.
    days_per_second
        Speed.
    stamp
        Stamp on every frame, or empty.
    progress
        Called with (done, total) after each frame; returns whether to continue.

    Returns
    -------
    bool
        False if `progress` returned False; nothing is left behind then.

    Raises
    ------
    FigureError
        If the type is unknown, the file cannot be written, or the season was recomputed meanwhile.
    """
    before, season = session.index, session.season
    place = whole_file(path) if path.suffix else contextlib.nullcontext(path)
    try:
        with place as part, contextlib.closing(_writer(path, part, session, indices, days_per_second)) as writer:
            next(writer)
            for done, index in enumerate(indices, start=1):
                walking.go_to(session, index)
                writer.send(pixels(picture_of(panel, stamp=stamp)))
                if not progress(done, len(indices)):
                    raise StoppedError
                if session.season is not season:  # the indices belong to other days now
                    raise season_changed()
            with contextlib.suppress(StopIteration):  # the writer ends after completing the file
                writer.send(None)
    except StoppedError:
        return False
    except OSError as error:
        raise FigureError(tr("Could not write {path}: {why}").format(path=path, why=error.strerror or error)) from error
    finally:
        if session.season is season:
            walking.go_to(session, before)
    return True


def season_changed() -> FigureError:
    """Return the error for days that were selected in a season that is no longer shown."""
    return FigureError(tr("The season was recomputed in the meantime, so no animation was written. Select the days again."))


def _writer(path: Path, part: Path, session: Session, indices: Sequence[int], days_per_second: float) -> Writer:
    kind = path.suffix.lower()
    if kind == ".gif":
        return _gif(part, days_per_second)
    if kind == ".mp4" and video_possible():
        return _mp4(part, days_per_second)
    if kind == ".mp4":
        raise FigureError(
            tr("MP4 needs the optional 'video' component (imageio-ffmpeg), which is not installed. Choose GIF or PNG.")
        )
    if kind:
        raise FigureError(
            tr("Animations can be saved as .gif or .mp4, or as a folder of PNG files, not as '{kind}'.").format(kind=kind)
        )
    return _sequence(path, [str(session.days[index]) for index in indices])


def _gif(path: Path, days_per_second: float) -> Writer:
    frames: list[Image.Image] = []
    while (frame := (yield)) is not None:
        # One palette of 256 colours per frame preserves the 22 colours of the map exactly.
        frames.append(Image.fromarray(frame).quantize(256, dither=Image.Dither.NONE))
    frames[0].save(
        path, format="GIF", save_all=True, append_images=frames[1:], duration=round(1000 / days_per_second), loop=0, disposal=1
    )


def _mp4(path: Path, days_per_second: float) -> Writer:
    import imageio_ffmpeg

    frame = yield
    assert frame is not None
    size = (frame.shape[1] // 2 * 2, frame.shape[0] // 2 * 2)  # the codec requires even dimensions
    video = imageio_ffmpeg.write_frames(
        str(path), size, fps=days_per_second, quality=9, macro_block_size=2, output_params=["-f", "mp4"]
    )
    video.send(None)
    try:
        while frame is not None:
            video.send(np.ascontiguousarray(frame[: size[1], : size[0]]))
            frame = yield
    finally:
        video.close()


def _sequence(folder: Path, names: Sequence[str]) -> Writer:
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    whole = False
    try:
        for name in names:
            frame = yield
            assert frame is not None
            written.append(folder / f"{name}.png")
            with whole_file(written[-1]) as part:
                Image.fromarray(frame).save(part, format="PNG")
        yield
        whole = True
    finally:
        if not whole:
            for path in written:
                path.unlink(missing_ok=True)
