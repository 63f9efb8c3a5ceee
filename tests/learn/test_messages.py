"""One line of JSON per message, and nothing lost on the way."""

from __future__ import annotations

import json
import math

import pytest

from quakegui.learn import messages

EVERY = [
    messages.Hello("tensorflow", "2.21.0", "处理器", "", 2**34, "float32", "Measured."),
    messages.Started(("fold 1", "final"), 30, 60_926_117, 0, 3),
    messages.Batch(0, 4, 2, 17, 1.5, 0.25, 30.5),
    messages.Epoch(0, 4, 1.5, 0.25, 1.4, 0.3, True, 12.5, 100.0),
    messages.Checkpoint(0, 4),
    messages.WorkerProgress(3, 10, "predicted"),
    messages.Alive(),
    messages.Done("Finished."),
    messages.Cancelled("Stopped."),
    messages.Failed("The disk is full.", "disk", True),
]


@pytest.mark.parametrize("message", EVERY, ids=lambda message: message.name)
def test_a_message_survives_its_line(message: messages.Message) -> None:
    line = messages.to_line(message)
    assert "\n" not in line
    assert line.isascii()
    assert json.loads(line)["event"] == message.name
    assert messages.from_line(line) == message


def test_numbers_that_json_does_not_know_come_back_as_nan() -> None:
    line = messages.to_line(messages.Epoch(0, 1, 1.0, 0.5, math.nan, math.inf, True, 1.0, 2.0))
    assert "NaN" not in line
    back = messages.from_line(line)
    assert isinstance(back, messages.Epoch)
    assert math.isnan(back.validation_loss)
    assert math.isnan(back.validation_accuracy)


@pytest.mark.parametrize(
    "line", ["", "2026-01-01 warning: x", "[1]", "3", '{"event": "unknown"}', '{"event": "batch"}', '{"a": 1}']
)
def test_what_libraries_print_is_no_message(line: str) -> None:
    assert messages.from_line(line) is None


def test_a_field_of_a_newer_worker_is_passed_over() -> None:
    assert messages.from_line('{"event": "done", "summary": "x", "extra": 1}') == messages.Done("x")


def test_three_kinds_end_a_job() -> None:
    assert [messages.ends(message) for message in EVERY] == [False] * 7 + [True] * 3
