"""One question to a service: every way in which an answer is bad is one sentence, and is never half an answer."""

from __future__ import annotations

import gzip
import io
import threading
import time
import urllib.request
from dataclasses import replace
from email.utils import formatdate
from typing import ClassVar

import pytest
from stub_service import Stub, reply

from quakegui.progress import StoppedError
from quakegui.serve.web.http import Answer, FetchError, Limits, ask, check_address, retry_after

QUICK = Limits(silence_s=5.0, total_s=10.0, size=10_000, tries=2, pause_s=0.0)
TABLE = b"time,mag\n" * 20


def refusal(stub: Stub, limits: Limits = QUICK, **more: object) -> str:
    with pytest.raises(FetchError) as error:
        ask(f"{stub.url}/query", limits=limits, **more)
    return str(error.value).replace(stub.url.removeprefix("http://"), "HOST")


def test_an_answer_is_its_bytes_packed_or_not(stub: Stub) -> None:
    stub.handle = lambda request: reply(request, TABLE)
    assert ask(f"{stub.url}/query?a=1", limits=QUICK) == Answer(200, TABLE)
    stub.handle = lambda request: reply(request, gzip.compress(TABLE, mtime=0), Content_Encoding="gzip")
    assert ask(f"{stub.url}/query", types=("text/",), limits=QUICK).body == TABLE
    stub.handle = lambda request: reply(request, status=204)
    assert ask(f"{stub.url}/query", limits=QUICK) == Answer(204, b"")
    assert stub.asked[0] == "/query?a=1"


@pytest.mark.parametrize(
    ("body", "options", "sentence", "asked"),
    [
        (TABLE, {"length": 1000}, "The response of HOST is truncated; nothing was saved.", 2),
        (
            gzip.compress(TABLE, mtime=0)[:-9],
            {"Content_Encoding": "gzip"},
            "The response of HOST is truncated; nothing was saved.",
            2,
        ),
        (b"no gzip", {"Content_Encoding": "gzip"}, "The compressed response of HOST is damaged; nothing was saved.", 2),
        (TABLE, {"Content_Encoding": "br"}, "HOST compressed its response as “br”, which was not requested.", 1),
        (b"x" * 10_001, {}, "The response of HOST is larger than 10,000 bytes; nothing was saved. Request less at once.", 1),
        (
            gzip.compress(bytes(10_000_000), mtime=0),
            {"Content_Encoding": "gzip"},
            "The response of HOST is larger than 10,000 bytes; nothing was saved. Request less at once.",
            1,
        ),
        (TABLE, {"kind": "text/html"}, "HOST sent a web page instead of data; nothing was saved. Check the address.", 1),
        (b"\n <!DOCTYPE html>", {}, "HOST sent a web page instead of data; nothing was saved. Check the address.", 1),
        (TABLE, {"kind": "image/png"}, "HOST sent “image/png” instead of text/; nothing was saved.", 1),
        (
            b"Bad box\x1b[2J",
            {"status": 400},
            "HOST refused the request (HTTP 400). The message of the service: Bad box\ufffd[2J",
            1,
        ),
        (b"<html>", {"status": 404, "kind": "text/html"}, "HOST refused the request (HTTP 404).", 1),
        (b"", {"status": 503}, "HOST is not available now (HTTP 503). Try again later.", 2),
        (b"", {"status": 503, "Retry_After": "0"}, "HOST is not available now (HTTP 503). Try again later.", 2),
        (b"", {"status": 503, "Retry_After": "99999"}, "HOST is not available now (HTTP 503). Try again later.", 1),
    ],
)
def test_a_bad_answer_is_one_sentence(stub: Stub, body: bytes, options: dict, sentence: str, asked: int) -> None:
    stub.handle = lambda request: reply(request, body, **options)
    assert refusal(stub, types=("text/",)) == sentence
    assert len(stub.asked) == asked


def test_a_service_that_recovers_is_asked_again(stub: Stub) -> None:
    stub.handle = lambda request: reply(request, TABLE, status=200 if len(stub.asked) > 1 else 503, Retry_After="0")
    assert ask(f"{stub.url}/query", limits=QUICK).body == TABLE


def test_redirections_stay_on_the_host_and_end(stub: Stub) -> None:
    stub.handle = lambda request: (
        reply(request, status=302, Location="/data?b=2") if request.path == "/query" else reply(request, TABLE)
    )
    assert ask(f"{stub.url}/query", limits=QUICK).body == TABLE
    assert stub.asked == ["/query", "/data?b=2"]
    stub.handle = lambda request: reply(request, status=307, Location="/query")
    assert refusal(stub) == "HOST redirects in a circle; the request was abandoned."
    stub.handle = lambda request: reply(request, status=307, Location=f"/{len(stub.asked)}")
    assert refusal(stub) == "HOST redirects in a circle; the request was abandoned."
    stub.handle = lambda request: reply(request, status=301, Location="http://localhost:1/x")
    assert "redirects to another host, localhost:1; this was not followed." in refusal(stub)
    stub.handle = lambda request: reply(request, status=301, Location="file:///etc/passwd")
    assert "is not an address of a web service" in refusal(stub)


def test_a_server_that_drips_or_is_silent_does_not_hold_the_program(stub: Stub) -> None:
    def drip(request) -> None:
        reply(request, b"", length=1000)
        while not stub.ended.wait(0.01):
            request.wfile.write(b"x")

    stub.handle = drip
    assert refusal(stub, replace(QUICK, total_s=0.1)) == "HOST did not send the whole response within 0 s."
    stub.handle = lambda request: stub.ended.wait()
    assert refusal(stub, replace(QUICK, silence_s=0.1, tries=1)) == "HOST sent nothing for 0 s."


def test_the_user_stops_a_request_in_progress(stub: Stub) -> None:
    arrived = threading.Event()
    stub.handle = lambda request: (arrived.set(), stub.ended.wait())
    began = time.monotonic()
    with pytest.raises(StoppedError):
        ask(f"{stub.url}/query", limits=QUICK, cancelled=arrived.is_set)
    assert time.monotonic() - began < 4.0  # not after the silence allowed
    stub.handle = lambda request: reply(request, status=503, Retry_After="60")
    with pytest.raises(StoppedError):
        ask(f"{stub.url}/query", limits=QUICK, cancelled=lambda: len(stub.asked) > 1)


def test_a_host_that_does_not_listen_is_one_sentence(stub: Stub) -> None:
    stub.handle = lambda request: request.connection.close()
    assert refusal(stub).startswith("The connection to HOST failed: ")
    with pytest.raises(FetchError, match=r"^The connection to 127.0.0.1:1 failed: Connection refused"):
        ask("http://127.0.0.1:1/query", limits=QUICK)


def test_encryption_is_not_left_by_a_redirection(monkeypatch: pytest.MonkeyPatch) -> None:
    class Moved(io.BytesIO):
        status = 302
        headers: ClassVar = {"Location": "http://host/query"}

    monkeypatch.setattr(urllib.request.OpenerDirector, "open", lambda *_arguments, **_options: Moved())
    with pytest.raises(FetchError, match="redirects from https to http, without encryption"):
        ask("https://host/query", limits=QUICK)


@pytest.mark.parametrize("url", ["ftp://a/b", "file:///etc/passwd", "https://", "usgs", "https://a:99999/b", "https://a b/c"])
def test_only_addresses_of_the_web_are_asked(url: str) -> None:
    with pytest.raises(FetchError, match="is not an address of a web service"):
        check_address(url)


def test_passwords_in_addresses_are_refused() -> None:
    with pytest.raises(FetchError, match="user name or password"):
        check_address("https://bo:secret@host/path")


def test_the_wait_that_a_service_requests_is_read() -> None:
    assert retry_after("17") == 17.0
    assert retry_after("soon") is None
    assert retry_after(formatdate(time.time() + 60, usegmt=True)) == pytest.approx(60, abs=2)
    assert retry_after(formatdate(time.time() - 60, usegmt=True)) == 0.0
