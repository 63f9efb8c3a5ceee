"""Readings fetched beside the window: the latest wish wins, and each station is handed over as soon as it is there."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from quakegui.project.store import Project


@dataclass(frozen=True, slots=True)
class Wish:
    """Which readings are wanted: of which stations, in [since, until), UTC, in about how many points."""

    project: Project
    codes: tuple[str, ...]
    since: np.datetime64
    until: np.datetime64
    most: int


class SeriesLoader(QObject):
    """Reads in a thread that lives only while there is something to read."""

    loaded = Signal(object, str, object, object)
    """Carries the wish, a station's code, times and values; arrives in the window's thread."""
    failed = Signal(object)
    """Carries why readings could not be read."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self.wish: Wish | None = None
        self._thread: threading.Thread | None = None

    def ask(self, wish: Wish) -> None:
        """Fetch these readings instead of what was wanted before."""
        with self._lock:
            self.wish = wish
            if self._thread is None:
                self._thread = threading.Thread(target=self._read, name="readings in view", daemon=True)
                self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether readings are being fetched."""
        return self._thread is not None

    def stop(self) -> None:
        """Drop the wish and wait for the thread's end: at most one station's reading."""
        with self._lock:
            self.wish = None
            thread = self._thread
        if thread is not None:
            thread.join()

    def _read(self) -> None:
        try:
            self._read_wishes()
        except BaseException:
            with self._lock:
                self._thread = None  # the next wish begins a thread of its own, whatever ended this one
            raise

    def _read_wishes(self) -> None:
        done: Wish | None = None
        while True:
            with self._lock:
                wish = self.wish
                if wish is None or wish is done:
                    self._thread = None
                    return
            self._read_one(wish)
            done = wish

    def _read_one(self, wish: Wish) -> None:
        from quakegui.project import seasons  # not for a window at its start
        from quakegui.project.store import ProjectError

        for code in wish.codes:
            if self.wish is not wish:
                return
            try:
                time, values = seasons.series(wish.project, code, wish.since, wish.until, most=wish.most)
            except ProjectError as error:
                self.failed.emit(str(error))
                return
            self.loaded.emit(wish, code, time, values)
