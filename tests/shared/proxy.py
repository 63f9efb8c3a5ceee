"""A way to a server that takes time, and that can be cut: a TCP proxy in a thread of the test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit


class Proxy:
    """Passes bytes on after half a round trip; `mute` drops what the server answers, `cut` closes all connections.

    `turns` counts how often a client spoke after the server had: the number of its round trips.
    """

    def __init__(self, host: str, port: int) -> None:
        self._server_at = host, port
        self.round_trip_s = 0.0
        self.mute = False
        self.port = 0
        self.turns = 0
        self._answered = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._listener = self._await(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port = self._listener.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Close every connection."""
        self._await(self._close_all())

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._listener.close)
        self.cut()
        self._await(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _await(self, task: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(task, self._loop).result(20)

    async def _close_all(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._close_all()
        await asyncio.sleep(0)  # for what is aborted to be closed

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(*self._server_at)
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()
            return
        self._writers |= {writer, back}
        # Kept until the end: what was read last is written, and the connection closed, half a round trip later.
        await asyncio.gather(self._pass_on(reader, back, answers=False), self._pass_on(there, writer, answers=True))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool) -> None:
        """Read at once and write later, so that what follows closely arrives as closely."""
        data = b"-"
        while data:
            try:
                data = await reader.read(65536)
            except OSError:
                data = b""
            self.turns += self._answered and not answers
            self._answered = answers
            self._loop.call_later(self.round_trip_s / 2, self._write, writer, data, answers)

    def _write(self, writer: asyncio.StreamWriter, data: bytes, answers: bool) -> None:
        if not data:
            writer.transport.abort()
        elif not (answers and self.mute):
            writer.write(data)


@contextmanager
def proxy_of(url: str) -> Iterator[tuple[Proxy, str]]:
    """Run a proxy to the server of an address; yields it and the address through it."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    proxy = Proxy(parts.hostname, parts.port)
    try:
        yield proxy, url.replace(f":{parts.port}/", f":{proxy.port}/")
    finally:
        proxy.close()
