"""A web service on the loopback, with answers as a test defines them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

Handle = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Stub:
    """The service: what it was asked, and how it answers."""

    handle: Handle = field(default=lambda request: request.send_error(404))
    asked: list[str] = field(default_factory=list)
    url: str = ""
    ended: threading.Event = field(default_factory=threading.Event)

    def query(self, number: int = -1) -> dict[str, str]:
        """Return the parameters of a question."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.asked[number]).query).items()}


def reply(
    request: BaseHTTPRequestHandler,
    body: bytes = b"",
    *,
    status: int = 200,
    kind: str = "text/plain",
    length: int | None = -1,
    **headers: str,
) -> None:
    """Answer a question; `length` is what is declared, -1 for the true one, None for none."""
    request.send_response(status)
    if kind:
        request.send_header("Content-Type", kind)
    if length is not None:
        request.send_header("Content-Length", str(len(body) if length < 0 else length))
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(body)


@contextmanager
def service() -> Iterator[Stub]:
    """Yield a running service; it ends with the block."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stub.asked.append(self.path)
            stub.handle(self)

        def log_message(self, *_arguments: object) -> None:
            pass

        def handle(self) -> None:
            with suppress(ConnectionError):  # the program broke off, as tests demand
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield stub
    finally:
        stub.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
