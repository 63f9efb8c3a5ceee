"""What a worker says: one frozen message per line of JSON on its standard output."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from quakegui.words import text_from_json, text_to_json


@dataclass(frozen=True, slots=True)
class Hello:
    """The machine as the worker found it, before the first batch.

    Attributes
    ----------
    backend, version
        Keras backend and its version.
    device
        The name of the processor or graphics card that computes.
    driver
        Graphics driver, or "".
    memory_bytes
        Memory of that device, 0 where it could not be read.
    precision
        float32, mixed_bfloat16 or mixed_float16.
    reason
        Why this device and this precision were taken, in a sentence.
    """

    name: ClassVar[str] = "hello"
    backend: str
    version: str
    device: str
    driver: str
    memory_bytes: int
    precision: str
    reason: str


@dataclass(frozen=True, slots=True)
class Started:
    """The work is known: its phases (folds, and the fit of all), epochs at most in each, parameters, and where it goes on."""

    name: ClassVar[str] = "started"
    phases: tuple[str, ...]
    epochs: int
    parameters: int
    phase: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch was trained. `loss` and `accuracy` are means over the epoch so far, the rate is since the last message.

    The epoch is the one in hand; a phase's first is 1.
    """

    name: ClassVar[str] = "batch"
    phase: int
    epoch: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    images_per_second: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch ended; a phase's first is 1. Validation figures are NaN where the phase has no validation part."""

    name: ClassVar[str] = "epoch"
    phase: int
    epoch: int
    loss: float
    accuracy: float
    validation_loss: float
    validation_accuracy: float
    best: bool
    seconds: float
    eta_seconds: float


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything up to this epoch is on the disk: a run that ends now resumes after it."""

    name: ClassVar[str] = "checkpoint"
    phase: int
    epoch: int


@dataclass(frozen=True, slots=True)
class WorkerProgress:
    """Maps predicted or explained so far."""

    name: ClassVar[str] = "progress"
    done: int
    total: int
    text: str


@dataclass(frozen=True, slots=True)
class Alive:
    """A heartbeat; nothing else happened."""

    name: ClassVar[str] = "alive"


@dataclass(frozen=True, slots=True)
class Done:
    """The job ended as it should; `summary` is one sentence."""

    name: ClassVar[str] = "done"
    summary: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The job was asked to stop; `summary` says what was kept."""

    name: ClassVar[str] = "cancelled"
    summary: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The job could not go on: what happened, what was kept and what to do; `resumable` says whether it can go on later."""

    name: ClassVar[str] = "failed"
    sentence: str
    kind: str
    resumable: bool


Message = Hello | Started | Batch | Epoch | Checkpoint | WorkerProgress | Alive | Done | Cancelled | Failed
Listen = Callable[[Message], None]
_BY_NAME: dict[str, Any] = {
    kind.name: kind for kind in (Hello, Started, Batch, Epoch, Checkpoint, WorkerProgress, Alive, Done, Cancelled, Failed)
}


def ends(message: Message) -> bool:
    """Say whether `message` is the last of its job."""
    return isinstance(message, Done | Cancelled | Failed)


def to_line(message: Message) -> str:
    """Return `message` as one line of strict JSON, without the line end. NaN and infinity become null."""
    values = {field.name: _plain(getattr(message, field.name)) for field in dataclasses.fields(message)}
    return json.dumps({"event": message.name, **values}, ensure_ascii=True, allow_nan=False)


def from_line(line: str) -> Message | None:
    """Return the message in a line, None where the line is something else (a library that printed)."""
    if not line.startswith("{"):  # a flood of noise is passed over as fast as it comes
        return None
    try:
        values = json.loads(line)
        kind = _BY_NAME[values.pop("event")]
        types = {field.name: field.type for field in dataclasses.fields(kind)}
        ready = {name: _restore(value, str(types[name])) for name, value in values.items() if name in types}
        message: Message = kind(**ready)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return message


def _restore(value: Any, type_name: str) -> Any:
    if type_name == "float":
        return math.nan if value is None else float(value)
    if type_name == "str":
        return text_from_json(value)
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return text_to_json(value)
