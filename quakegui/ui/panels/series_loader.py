"""Loads readings in the background: only the latest request counts, and each station is delivered as soon as it is loaded."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from quakegui.project.errors import ProjectError

if TYPE_CHECKING:
    from quakegui.project.store import Project


@dataclass(frozen=True, slots=True)
class Wish:
    """A request for readings: stations, range [since, until) in UTC, and approximate number of points."""

    project: Project
    codes: tuple[str, ...]
    since: np.datetime64
    until: np.datetime64
    most: int


class SeriesLoader(QObject):
    """Reads in a thread that exists only while there is something to read."""

    loaded = Signal(object, str, object, object)
    """The request, a station code, times and values; received in the thread of the window."""
    failed = Signal(object)
    """Why readings could not be read."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self.wish: Wish | None = None
        self._thread: threading.Thread | None = None

    def ask(self, wish: Wish) -> None:
        """Load these readings instead of those requested before."""
        with self._lock:
            self.wish = wish
            if self._thread is None:
                self._thread = threading.Thread(target=self._read, name="readings in view", daemon=True)
                self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether readings are being loaded."""
        return self._thread is not None

    def stop(self) -> None:
        """Drop the request and wait for the thread to end: at most the reading of one station."""
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
                self._thread = None  # the next request starts a new thread, whatever ended this one
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
        from quakegui.project import seasons  # not needed by a window at its start

        for code in wish.codes:
            if self.wish is not wish:
                return
            try:
                time, values = seasons.series(wish.project, code, wish.since, wish.until, most=wish.most)
            except ProjectError as error:
                self.failed.emit(str(error))
                return
            self.loaded.emit(wish, code, time, values)
