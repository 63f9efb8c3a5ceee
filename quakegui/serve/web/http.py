"""One question to a web service, within limits of time and size; an answer is complete or an error, never a part.

`urllib` connects (with the certificates and proxies of the system); redirections, sizes and times are checked here, because
neither it nor other clients limit the total time of an answer, and a body that ends early is no error for its `read(size)`.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from quakegui import __version__
from quakegui.progress import CancelCheck, StoppedError, never
from quakegui.season.localtime import wall_clock_ms
from quakegui.strangers import shown
from quakegui.words import Said

REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
PASSING = frozenset({429, 500, 502, 503, 504})
"""Statuses after which the same question is asked again."""
ANSWERS = frozenset({200, 204, 413})
"""Statuses that are answers: data, no data, and more data than the service sends at once."""
_PIECE = 65_536
_GZIP = 31
"""Window bits with which zlib expects gzip."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how large an answer may be.

    Attributes
    ----------
    silence_s, total_s
        Seconds without a byte, and in all.
    size
        Bytes of an answer, unpacked.
    redirections, tries
        How often an address may redirect, and how often a question is asked.
    pause_s, longest_pause_s
        Seconds before a question is asked again, and the longest wait that a service may request.
    """

    silence_s: float = 30.0
    total_s: float = 300.0
    size: int = 64 * 1024**2
    redirections: int = 5
    tries: int = 3
    pause_s: float = 2.0
    longest_pause_s: float = 120.0


USUAL = Limits()


class FetchError(Exception):
    """A service gave no usable answer; the message is a sentence for the user."""


class _PassingError(FetchError):
    """A fault that may be over when the question is asked again, at the earliest after `wait_s`."""

    def __init__(self, sentence: str, wait_s: float | None = None) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question: its status (one of `ANSWERS`) and its bytes, unpacked."""

    status: int
    body: bytes


Ask = Callable[[str], Answer]
"""Asks the question of an address; raises FetchError or StoppedError."""


def ask(url: str, *, types: tuple[str, ...] = (), limits: Limits = USUAL, cancelled: CancelCheck = never) -> Answer:
    """Return the answer of a web service.

    Parameters
    ----------
    url
        The whole question.
    types
        Beginnings of the content types that are expected; an answer that states another one is refused.
    limits
        How long and how large the answer may be.
    cancelled
        Called often.

    Raises
    ------
    FetchError
        If there is no complete answer within the limits.
    StoppedError
        If `cancelled` returns True.
    """
    check_address(url)
    for turn in range(1, limits.tries + 1):
        try:
            return _Call(url, types, limits).wait(cancelled)
        except _PassingError as error:
            if turn == limits.tries:
                raise
            wait_s = limits.pause_s * turn if error.wait_s is None else error.wait_s
            if wait_s > limits.longest_pause_s:
                raise
            _pause(wait_s, cancelled)
    raise AssertionError(limits.tries)


def check_address(url: str) -> SplitResult:
    """Return the parts of an address; raises FetchError if it is not one of the web, or contains a password."""
    try:
        parts = urlsplit(url)
        port_is_valid = parts.port != 0
    except ValueError:
        port_is_valid = False
    if not port_is_valid or parts.scheme not in ("http", "https") or not parts.hostname or not url.isascii() or " " in url:
        raise FetchError(Said("“{url}” is not an address of a web service, such as https://host/path.", url=shown(url, 200)))
    if parts.username is not None or parts.password is not None:
        raise FetchError(
            Said("Addresses with a user name or password are not accepted, because addresses are saved in the project.")
        )
    return parts


def _pause(seconds: float, cancelled: CancelCheck) -> None:
    end = time.monotonic() + seconds
    silent = threading.Event()
    while (left := end - time.monotonic()) > 0:
        if cancelled():
            raise StoppedError
        silent.wait(min(left, 0.1))


class _Call:
    """A question in a thread of its own, so that it can be broken off whatever the server does."""

    def __init__(self, url: str, types: tuple[str, ...], limits: Limits) -> None:
        self._url, self._types, self._limits = url, types, limits
        self._host = urlsplit(url).netloc
        self._sockets: list[socket.socket] = []
        self._ended = threading.Event()
        self._answer: Answer | None = None
        self._error: Exception | None = None
        self._opener = urllib.request.OpenerDirector()  # with nothing for files, ftp and redirections
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.UnknownHandler(),
            _Http(self._sockets),
            _Https(self._sockets),
        ):
            self._opener.add_handler(handler)

    def wait(self, cancelled: CancelCheck) -> Answer:
        """Return the answer; raises FetchError, or StoppedError if `cancelled` returns True."""
        end = time.monotonic() + self._limits.total_s
        thread = threading.Thread(target=self._run, name="web service", daemon=True)
        thread.start()
        while not self._ended.wait(0.05):
            if cancelled():
                self._break_off()
                raise StoppedError
            if time.monotonic() > end:
                self._break_off()
                raise FetchError(
                    Said(
                        "{host} did not send the whole response within {seconds:.0f} s.",
                        host=self._host,
                        seconds=self._limits.total_s,
                    )
                )
        thread.join()
        if self._error is not None:
            raise self._error
        assert self._answer is not None
        return self._answer

    def _break_off(self) -> None:
        """End the connection; the thread ends with it."""
        for one in tuple(self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        try:
            with self._open() as response:
                self._answer = self._read(response)
        except FetchError as error:
            self._error = error
        except (OSError, http.client.HTTPException, zlib.error) as error:
            self._error = self._sentence(error)
        except Exception as error:  # is raised again in the thread that waits
            self._error = error
        finally:
            self._ended.set()

    def _open(self) -> http.client.HTTPResponse:
        """Follow redirections within the same host, and return the response after them."""
        url, seen = self._url, set[str]()
        while True:
            headers = {"User-Agent": f"quakegui/{__version__}", "Accept-Encoding": "gzip"}
            response: http.client.HTTPResponse = self._opener.open(
                urllib.request.Request(url, headers=headers),  # noqa: S310 - `check_address` allows only the web
                timeout=self._limits.silence_s,
            )
            if response.status not in REDIRECTIONS:
                return response
            response.close()
            seen.add(url)
            target = urljoin(url, response.headers.get("Location", ""))
            _refuse_detour(url, target)
            if target in seen or len(seen) > self._limits.redirections:
                raise FetchError(Said("{host} redirects in a circle; the request was abandoned.", host=self._host))
            url = target

    def _read(self, response: http.client.HTTPResponse) -> Answer:
        if response.status in PASSING:
            raise _PassingError(
                Said("{host} is not available now (HTTP {status}). Try again later.", host=self._host, status=response.status),
                retry_after(response.headers.get("Retry-After", "")),
            )
        if response.status not in ANSWERS:
            raise FetchError(self._refusal(response))
        if response.status != 200:
            return Answer(response.status, b"")
        stated = response.headers.get_content_type() if "Content-Type" in response.headers else ""
        if stated == "text/html":
            raise FetchError(_web_page(self._host))
        if stated and self._types and not stated.startswith(self._types):
            raise FetchError(
                Said(
                    "{host} sent “{type}” instead of {types}; nothing was saved.",
                    host=self._host,
                    type=shown(stated, 60),
                    types=", ".join(self._types),
                )
            )
        body = self._body(response)
        if body[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html")):
            raise FetchError(_web_page(self._host))
        return Answer(200, body)

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        """Return the whole body, unpacked."""
        packing = response.headers.get("Content-Encoding", "identity").strip().lower()
        if packing not in ("identity", "gzip", "x-gzip"):
            raise FetchError(
                Said(
                    "{host} compressed its response as “{packing}”, which was not requested.",
                    host=self._host,
                    packing=shown(packing, 40),
                )
            )
        unpacker = None if packing == "identity" else zlib.decompressobj(_GZIP)
        expected, received, size = response.length, 0, 0
        parts: list[bytes] = []
        while part := response.read1(_PIECE):
            received += len(part)
            plain = part if unpacker is None else unpacker.decompress(part, self._limits.size + 1 - size)
            parts.append(plain)
            size += len(plain)
            if size > self._limits.size:
                raise FetchError(
                    Said(
                        "The response of {host} is larger than {size:,} bytes; nothing was saved. Request less at once.",
                        host=self._host,
                        size=self._limits.size,
                    )
                )
        if (expected is not None and received != expected) or (unpacker is not None and not unpacker.eof):
            raise self._cut_off()
        return b"".join(parts)

    def _refusal(self, response: http.client.HTTPResponse) -> Said:
        """Return a sentence on a refused question, with what the service writes about it."""
        text = ""
        if response.headers.get_content_maintype() != "text" or response.headers.get_content_subtype() == "plain":
            text = shown(response.read(2000).decode("utf-8", "replace"), 200).strip()
        said = Said("{host} refused the request (HTTP {status}).", host=self._host, status=response.status)
        return said if not text else Said("{refusal} The message of the service: {text}", refusal=said, text=text)

    def _cut_off(self) -> _PassingError:
        return _PassingError(Said("The response of {host} is truncated; nothing was saved.", host=self._host))

    def _sentence(self, error: Exception) -> FetchError:
        cause = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(cause, http.client.IncompleteRead):
            return self._cut_off()
        if isinstance(cause, zlib.error):
            return _PassingError(Said("The compressed response of {host} is damaged; nothing was saved.", host=self._host))
        if isinstance(cause, TimeoutError):
            return _PassingError(
                Said("{host} sent nothing for {seconds:.0f} s.", host=self._host, seconds=self._limits.silence_s)
            )
        if isinstance(cause, socket.gaierror):
            return FetchError(Said("The host {host} was not found. Check the address and the connection.", host=self._host))
        why = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
        said = Said("The connection to {host} failed: {why}.", host=self._host, why=shown(str(why), 200).rstrip("."))
        return _PassingError(said) if isinstance(cause, ConnectionError) else FetchError(said)


def retry_after(text: str) -> float | None:
    """Return the seconds that a header `Retry-After` requests, or None if it is missing or unreadable."""
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - wall_clock_ms() / 1000.0, 0.0)
    except ValueError:
        return None


def _web_page(host: str) -> Said:
    return Said("{host} sent a web page instead of data; nothing was saved. Check the address.", host=host)


def _refuse_detour(url: str, target: str) -> None:
    """Raise FetchError for a redirection to another host or port, or out of encryption."""
    here, there = urlsplit(url), check_address(target)
    if here.scheme == "https" and there.scheme == "http":
        raise FetchError(
            Said("{host} redirects from https to http, without encryption; this was not followed.", host=here.netloc)
        )
    is_upgrade = (here.scheme, there.scheme) == ("http", "https") and here.hostname == there.hostname
    if here.netloc.lower() != there.netloc.lower() and not is_upgrade:
        raise FetchError(
            Said(
                "{host} redirects to another host, {other}; this was not followed. If it is the right one, use its "
                "address: {target}",
                host=here.netloc,
                other=there.netloc,
                target=shown(target, 200),
            )
        )


class _Known(http.client.HTTPConnection):
    """A connection that adds its socket to a list."""

    def __init__(self, *arguments: Any, sockets: list[socket.socket], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._known = sockets

    def connect(self) -> None:
        """Connect."""
        super().connect()
        self._known.append(self.sock)


class _KnownSecure(_Known, http.client.HTTPSConnection):
    """The same with encryption."""


class _Http(urllib.request.HTTPHandler):
    def __init__(self, sockets: list[socket.socket]) -> None:
        super().__init__()
        self._sockets = sockets

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_Known, sockets=self._sockets), req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, sockets: list[socket.socket]) -> None:
        super().__init__()
        self._sockets = sockets

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(partial(_KnownSecure, sockets=self._sockets), req)
