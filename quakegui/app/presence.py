"""Who else has a shared project open, and on which day; windows tell each other, and nothing is stored."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from quakegui.app.post import Post
    from quakegui.project.shared.listening import Listener

STAYS_MS: Final = 700
"""Time in ms after which a day counts as one that the analyst is on, and not one that is passed."""
AGAIN_MS: Final = 30_000
"""Interval in ms at which a window tells where its analyst is."""
GONE_S: Final = 75.0
"""Seconds after which a window that is not heard of counts as closed."""
MOST: Final = 40
"""Maximum number of other windows."""
LONGEST_NAME: Final = 40

Place = tuple[str, np.datetime64]
"""Name of an analyst, and a local date."""


@dataclass(frozen=True, slots=True)
class _Seen:
    place: Place
    at_s: float


class Presence(QObject):
    """Tells other windows where the analyst is, and keeps what they tell.

    Parameters
    ----------
    post, listener
        What tells them, and what hears of them.
    place
        Function that returns where the analyst is, or None if that is not to be told, as in blind labelling.
    parent
        Owner of this object.
    """

    changed = Signal()
    _met = Signal(str)

    def __init__(self, post: Post, listener: Listener, place: Callable[[], Place | None], parent: QObject) -> None:
        super().__init__(parent)
        self._post, self._listener, self._place = post, listener, place
        self._window = uuid4().hex
        self._others: dict[str, _Seen] = {}
        self._told: Place | None = None
        self._due = False
        self._stays = QTimer(self, singleShot=True, interval=STAYS_MS)
        self._stays.timeout.connect(self._tell)
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self._repeat)
        self._again.start()
        self._met.connect(self._meet)
        listener.met = self._met.emit

    @property
    def others(self) -> tuple[Place, ...]:
        """Where the others are, by name; nobody where the analyst labels blind, and says nothing."""
        if self._place() is None:
            return ()
        recent = time.monotonic() - GONE_S
        return tuple(sorted({seen.place for seen in self._others.values() if seen.at_s > recent}))

    def follow(self) -> None:
        """Tell where the analyst is, once that is settled."""
        if self._place() is None:
            self._tell()
        elif not self._stays.isActive():
            self._stays.start()
        self.changed.emit()

    def leave(self) -> None:
        """Tell that this window is closed."""
        self._listener.met = None
        self._place = lambda: None
        self._tell()

    def _tell(self) -> None:
        place = self._place()
        if place != self._told or self._due:
            self._told, self._due = place, False
            who, day = ("", "") if place is None else (place[0], str(place[1]))
            self._post.tell(json.dumps({"window": self._window, "who": who, "day": day}))

    def _repeat(self) -> None:
        """Tell it again, and forget windows that are not heard of any more."""
        if self._told is not None:
            self._due = True
            self._tell()
        self.changed.emit()

    def _meet(self, words: str) -> None:
        """Take in what another window tells; anything else is ignored."""
        from quakegui.formats.errors import shown

        try:
            told = json.loads(words)
            window, who, day = (str(told[name]) for name in ("window", "who", "day"))
            date = np.datetime64(day, "D") if day else None
        except (ValueError, KeyError, TypeError):
            return
        if window == self._window:
            return
        former = self._others.pop(window, None)
        if date is not None and len(self._others) < MOST:
            self._others[window] = _Seen((shown(who, LONGEST_NAME), date), time.monotonic())
            if former is None:  # it does not know of this one yet
                self._due = True
                self._stays.start()
        self.changed.emit()
