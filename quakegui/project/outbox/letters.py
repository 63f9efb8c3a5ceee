"""Changes of a journal as values, and the folder in which those that a server does not have yet are kept."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray

from quakegui.project.database import writing
from quakegui.project.errors import ProjectError
from quakegui.project.filesystem import PART, replacing
from quakegui.project.journal import redo, revert_to, undo, write_labels, write_note
from quakegui.project.journal.keeping import Keeper
from quakegui.project.making import OUTBOX
from quakegui.season.labels import LabelSource
from quakegui.words import Said

LOG = logging.getLogger(__name__)
LABEL, NOTE, UNDO, REDO, REVERT = "label", "note", "undo", "redo", "revert"
LONGEST: Final = 1_000_000
"""Maximum size of a letter in bytes."""
LEFT_BEHIND_S: Final = 60.0
"""Seconds after which a half-written letter is taken for that of a program that was killed."""


class VoidError(ProjectError):
    """A letter is about a step that was never written, because that one was refused."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One change of a journal by an analyst.

    Attributes
    ----------
    verb
        "label", "note", "undo", "redo" or "revert".
    author
        Who makes it.
    content
        The arguments of the function of `quakegui.project.journal` that makes it, as JSON has them.
    id
        Number of the change, by which a server makes it only once.
    """

    verb: str
    author: str
    content: Mapping[str, Any]
    id: UUID = field(default_factory=uuid4)

    @property
    def days(self) -> NDArray[np.datetime64]:
        """The local dates that it labels or annotates, shape (day,); none of an undo, a redo or a revert."""
        return np.array(self.content.get("days", []), dtype="datetime64[D]")


def label_letter(
    days: NDArray[np.datetime64],
    classes: int | list[int] | None,
    *,
    source: LabelSource,
    author: str,
    run: str = "",
    blind: bool = False,
    behind: int | None = None,
) -> Letter:
    """Return a letter that sets the class of days, with the parameters of `journal.write_labels`.

    Parameters
    ----------
    days
        Local dates, datetime64[D], shape (day,).
    classes
        0 to 4 for all days, a list of them for each day, or None to clear the author's labels of this source.
    source, author
        Source of the labels, and name of the person.
    run
        The run whose prediction is accepted.
    blind
        Whether other labels were hidden from the author.
    behind
        The last row of the journal that the author has seen; None for any.
    """
    numbers = days.astype("datetime64[D]").astype(np.int64).tolist()
    more = {"source": int(source), "run": run, "blind": blind, "behind": behind}
    return Letter(LABEL, author, {"days": numbers, "classes": classes, **more})


def note_letter(day: np.datetime64, text: str, author: str) -> Letter:
    """Return a letter that sets the author's note on a day.

    Parameters
    ----------
    day
        Local date, datetime64[D].
    text, author
        The whole note, "" to clear it, and the person who has it.
    """
    return Letter(NOTE, author, {"days": [int(day.astype("datetime64[D]").astype(np.int64))], "text": text})


def walk_letter(step: int | UUID, author: str, *, back: bool) -> Letter:
    """Return a letter that undoes or redoes a step.

    Parameters
    ----------
    step
        Its number or, while it has none, that of its letter.
    author
        The person whose step it is.
    back
        Whether it is undone; otherwise it is redone.
    """
    return Letter(UNDO if back else REDO, author, {"step": str(step) if isinstance(step, UUID) else step})


def revert_letter(moment: np.datetime64, author: str, *, behind: int | None) -> Letter:
    """Return a letter that brings back all labels and notes as they stood at a moment.

    Parameters
    ----------
    moment
        UTC, datetime64.
    author
        The author of the step.
    behind
        The last row of the journal that the author has seen; None for any.
    """
    at_ms = int(moment.astype("datetime64[ms]").astype(np.int64))
    return Letter(REVERT, author, {"at_ms": at_ms, "behind": behind})


def perform(letter: Letter, keeper: Keeper, step_of: Callable[[UUID], int | None]) -> int:
    """Make the change of a letter in a journal.

    Parameters
    ----------
    letter
        The change.
    keeper
        Where the journal is.
    step_of
        Function that returns the step that the letter with a number made, or None.

    Returns
    -------
    int
        The step; 0 if nothing changed.

    Raises
    ------
    ProjectError
        If the change is refused; a `VoidError` if it is about a step that was never written.
    """
    said, author = letter.content, letter.author
    behind = said.get("behind")
    if letter.verb == LABEL:
        more = {"run": said["run"], "blind": said["blind"], "behind": behind}
        return write_labels(keeper, letter.days, said["classes"], source=LabelSource(said["source"]), author=author, **more)
    if letter.verb == NOTE:
        return write_note(keeper, letter.days[0], said["text"], author)
    if letter.verb == REVERT:
        return revert_to(keeper, np.datetime64(said["at_ms"], "ms"), author, behind=behind)
    step = said["step"] if isinstance(said["step"], int) else step_of(UUID(said["step"]))
    if not step:
        raise VoidError(Said("Nothing to undo."))
    return (undo if letter.verb == UNDO else redo)(keeper, author, only=step) or 0


class Outbox:
    """The letters of a shared project that its server does not have yet, each in a file of the project folder. Thread-safe.

    Parameters
    ----------
    folder
        Folder of the project.

    Attributes
    ----------
    unreadable
        Names of files that are not letters of this program; they are left alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / OUTBOX
        self._lock = threading.Lock()
        self._files: dict[UUID, tuple[Path, Letter]] = {}
        self.unreadable: list[str] = []
        self._sweep()
        for path in sorted(self._folder.glob("*.json")):
            try:
                letter = _read(path)
            except (OSError, ValueError, KeyError, TypeError):
                self.unreadable.append(path.name)
            else:
                self._files[letter.id] = path, letter
        self._last = max((int(path.name.partition("-")[0]) for path, _letter in self._files.values()), default=0)

    @property
    def letters(self) -> tuple[Letter, ...]:
        """The letters, oldest first."""
        with self._lock:
            return tuple(letter for _path, letter in self._files.values())

    def add(self, letter: Letter) -> None:
        """Save a letter; it survives a power failure when this returns.

        Raises
        ------
        ProjectError
            If it cannot be saved.
        """
        self._last = max(time.time_ns(), self._last + 1)  # the clock may be set back; the order must not
        path = self._folder / f"{self._last:020d}-{letter.id}.json"
        with writing(path):
            self._folder.mkdir(exist_ok=True)
            with replacing(path, durable=True) as part:
                part.write_text(_text(letter), encoding="utf-8")
            _flush(self._folder)
        with self._lock:
            self._files[letter.id] = path, letter

    def remove(self, letter: Letter) -> None:
        """Remove a letter that the server has, or has refused."""
        with self._lock:
            path, _letter = self._files.pop(letter.id)
        try:
            path.unlink(missing_ok=True)
        except OSError:  # for example of a drive that is gone: it is sent once more at the next opening, and changes nothing
            LOG.warning("A letter that was sent stays in the outbox", exc_info=True)

    def _sweep(self) -> None:
        """Remove letters that a program left half written; another program of this project needs its own for milliseconds."""
        for left in self._folder.glob(f".*{PART}"):
            with suppress(OSError):
                if time.time() - left.lstat().st_mtime > LEFT_BEHIND_S:
                    left.unlink()


def _flush(folder: Path) -> None:
    """Flush the names in a folder to the disk; Windows does so with the files."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _text(letter: Letter) -> str:
    return json.dumps({"id": str(letter.id), "verb": letter.verb, "author": letter.author, "content": dict(letter.content)})


def _read(path: Path) -> Letter:
    """Return the letter in a file; raises OSError, ValueError, KeyError or TypeError if there is none."""
    if path.stat().st_size > LONGEST:
        raise ValueError
    told = json.loads(path.read_text(encoding="utf-8"))
    letter = Letter(str(told["verb"]), str(told["author"]), dict(told["content"]), UUID(told["id"]))
    int(path.name.partition("-")[0])
    needed = {LABEL: {"days", "classes", "source", "run", "blind"}, NOTE: {"days", "text"}, UNDO: {"step"}, REDO: {"step"}}
    if not (needed | {REVERT: {"at_ms"}})[letter.verb] <= letter.content.keys():
        raise ValueError
    letter.days  # noqa: B018 - dates that do not exist raise here, not on the way
    return letter
