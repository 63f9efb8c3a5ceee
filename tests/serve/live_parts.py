"""Messages and sources for the tests of live arrival."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from quakegui.serve.broker import Message

NOON = np.datetime64("2026-03-10T12:00:00", "ms")


def impf(
    start: str | np.datetime64,
    values: Sequence[float | None] | NDArray[np.float64],
    *,
    code: str = "kak",
    element: str = "S",
    level: int = 1,
    cadence: str = "pt1s",
    received_ms: int | None = None,
    **more: object,
) -> Message:
    """A message of ImagMQTT, received a second after its last value."""
    numbers = [None if value is None or np.isnan(value) else float(value) for value in values]
    begin = np.datetime64(start, "ms")
    end_ms = int(begin.astype(np.int64)) + 1000 * len(numbers)
    payload = {"startDate": str(begin.astype("datetime64[s]")), f"geomagneticField{element}": numbers, **more}
    topic = f"impf/{code}/{cadence}/{level}/{'xyzs' if element != 'D' else 'hdzs'}"
    return Message(topic, json.dumps(payload).encode(), end_ms if received_ms is None else received_ms)


class Given:
    """A source of given messages, which notes what is acknowledged."""

    def __init__(self, *messages: Message) -> None:
        self.messages = list(messages)
        self.acknowledged: list[Message] = []

    def receive(self, _timeout_s: float) -> Sequence[Message]:
        found, self.messages = self.messages, []
        return found

    def acknowledge(self, messages: Sequence[Message]) -> None:
        self.acknowledged += messages
