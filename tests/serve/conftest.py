"""What the tests of web services share: a service on the loopback, and no proxy between."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stub_service import Stub, service


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with service() as found:
        yield found
