"""The connection of the driver, with a deadline for every answer."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg.abc import PQGen
from psycopg.waiting import Ready

from quakegui.project.shared.address import Address

CONNECT_S: Final = 5
"""Seconds within which a server must have accepted a connection."""
SILENCE_S: Final = 8.0
"""Seconds without an answer after which a server counts as frozen."""
LOOK_S: Final = 0.2
"""Maximum number of seconds of silence between two looks, which the driver takes every 0.1 s."""
_SERVER_SIDE: Final = {
    "tcp_keepalives_idle": "10s",
    "tcp_keepalives_interval": "5s",
    "tcp_keepalives_count": "3",
    "client_connection_check_interval": "5s",
}
"""So that the server notices within half a minute that a program is gone, and gives up its locks."""


class SilentServerError(psycopg.OperationalError):
    """A server did not answer in time."""


class PunctualConnection(psycopg.Connection[Any]):
    """A connection that gives up on a server that has fallen silent; the server's own time limits need a live server.

    Attributes
    ----------
    silence_s
        Seconds without an answer after which the connection is closed.
    """

    silence_s = SILENCE_S

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        """Run an operation of the driver.

        Parameters
        ----------
        gen
            The steps of the operation.
        interval
            Seconds between two looks at the connection.
        timeout
            Seconds after which the driver gives up, whatever arrives; None for never.

        Raises
        ------
        SilentServerError
            If nothing arrives for `silence_s`; the connection is closed.
        """
        try:
            return super().wait(_heard(gen, self.silence_s), interval, timeout)
        except SilentServerError:
            self.pgconn.finish()
            raise

    @contextmanager
    def patient(self, patience_s: float) -> Iterator[None]:
        """Allow a statement to wait for a lock for some seconds more."""
        self.silence_s += patience_s
        try:
            yield
        finally:
            self.silence_s -= patience_s


def connect(address: Address) -> PunctualConnection:
    """Connect to a database; transactions are begun explicitly.

    Raises
    ------
    psycopg.OperationalError
        If the server cannot be reached within `CONNECT_S`, or refuses.
    """
    return PunctualConnection.connect(
        host=address.host or None,
        port=address.port,
        user=address.user or None,
        dbname=address.database,
        sslmode=address.sslmode,
        connect_timeout=CONNECT_S,
        tcp_user_timeout=round(1000 * SILENCE_S),
        keepalives_idle=10,
        application_name="quakegui",
        client_encoding="utf8",
        prepare_threshold=None,  # a prepared statement would fail once its function is replaced by that of a newer version
        options=" ".join(f"-c {name}={value}" for name, value in _SERVER_SIDE.items()),
        autocommit=True,
    )


def _heard(gen: PQGen[Any], silence_s: float) -> Generator[Any, Any, Any]:
    """Pass on the steps of an operation of the driver; raise where nothing arrives for some time.

    Of the time between two looks only `LOOK_S` counts: a program that got no turn itself has not heard what arrived meanwhile.
    """
    silent_s, looked = 0.0, time.monotonic()
    try:
        step = next(gen)
        while True:
            ready = yield step
            now = time.monotonic()
            silent_s = silent_s + min(now - looked, LOOK_S) if ready == Ready.NONE else 0.0
            looked = now
            if silent_s > silence_s:
                raise SilentServerError("the server is silent")
            step = gen.send(ready)
    except StopIteration as end:
        return end.value
