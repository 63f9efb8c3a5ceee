"""A thread that hears of every commit in a shared project as soon as it is made."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from quakegui.project.shared.address import Address

if TYPE_CHECKING:
    from quakegui.project.shared import driver

LOG = logging.getLogger(__name__)
HEARING_S: Final = 0.5
"""Seconds after which the thread looks whether it is to end."""
ALIVE_S: Final = 20.0
"""Seconds after which the server is asked whether it still answers."""
PRESENCE: Final = "quakegui_presence"
"""Channel on which windows tell each other who is on which day; nothing of it is stored."""
AGAIN_S: Final = 2.0
"""Seconds until the next attempt to reach a server that was lost."""


class Listener:
    """Counts what the server tells of commits; also each return of a connection, before which some may have been missed.

    Parameters
    ----------
    address
        Where the database is.

    Attributes
    ----------
    count
        Number of messages so far.
    told
        Called in the thread of the listener after each message, or None.
    met
        Called in the thread of the listener with what another window tells of its analyst, or None (see `PRESENCE`).
    """

    def __init__(self, address: Address) -> None:
        self.count = 0
        self.told: Callable[[], object] | None = None
        self.met: Callable[[str], object] | None = None
        self._address = address
        self._end = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="listener", daemon=True)
        self._thread.start()
        self._ready.wait(AGAIN_S)

    def close(self) -> None:
        """End the thread."""
        self._end.set()
        self._thread.join()

    def _listen(self) -> None:
        import psycopg

        from quakegui.project.shared import driver

        while not self._end.is_set():
            try:
                with driver.connect(self._address) as connection:
                    connection.execute(f"LISTEN quakegui; LISTEN {PRESENCE}")
                    if self._ready.is_set():
                        self._tell()
                    self._ready.set()
                    self._hear(connection)
            except psycopg.Error:
                LOG.info("The connection of the listener was lost", exc_info=True)
                self._end.wait(AGAIN_S)

    def _hear(self, connection: driver.PunctualConnection) -> None:
        asked = time.monotonic()
        while not self._end.is_set():
            for message in connection.notifies(timeout=HEARING_S, stop_after=1):
                met = self.met
                if message.channel != PRESENCE:
                    self._tell()
                elif met is not None:
                    met(message.payload)
            if time.monotonic() - asked > ALIVE_S:
                connection.execute("")  # a server that is gone without a word is found out by its silence
                asked = time.monotonic()

    def _tell(self) -> None:
        self.count += 1
        if self.told is not None:
            self.told()
