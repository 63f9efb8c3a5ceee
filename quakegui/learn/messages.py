"""Messages of a worker: frozen dataclasses, one per line of JSON on its standard output."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, get_args

from quakegui.words import text_from_json, text_to_json


@dataclass(frozen=True, slots=True)
class Hello:
    """Hardware and software of the worker, sent before the first batch.

    Attributes
    ----------
    backend, version
        Keras backend and its version.
    device
        Name of the processor or graphics card in use.
    driver
        Graphics driver, or "".
    memory_bytes
        Memory of that device, 0 if unknown.
    precision
        float32, mixed_bfloat16 or mixed_float16.
    reason
        Why this device and this precision were chosen, as a sentence.
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
    """Start of the training: phases (folds, and final training), maximum epochs of each, parameters, and where it resumes."""

    name: ClassVar[str] = "started"
    phases: tuple[str, ...]
    epochs: int
    parameters: int
    phase: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Batch:
    """End of a batch. `loss` and `accuracy` are means over the epoch so far, the rate is since the last message.

    `epoch` is the current one, counted from 1 in each phase.
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
    """End of an epoch, counted from 1 in each phase. Validation scores are NaN if the phase has no validation days."""

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
    """Everything up to this epoch has been written to disk; a run that stops now resumes after it."""

    name: ClassVar[str] = "checkpoint"
    phase: int
    epoch: int


@dataclass(frozen=True, slots=True)
class WorkerProgress:
    """Number of maps predicted or explained so far."""

    name: ClassVar[str] = "progress"
    done: int
    total: int
    text: str


@dataclass(frozen=True, slots=True)
class Alive:
    """A heartbeat without other content."""

    name: ClassVar[str] = "alive"


@dataclass(frozen=True, slots=True)
class Done:
    """The job was completed; `summary` is one sentence."""

    name: ClassVar[str] = "done"
    summary: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The job was cancelled; `summary` states what was saved."""

    name: ClassVar[str] = "cancelled"
    summary: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The job failed: what happened, what was saved and what to do; `resumable` is whether it can be resumed."""

    name: ClassVar[str] = "failed"
    sentence: str
    kind: str
    resumable: bool


Message = Hello | Started | Batch | Epoch | Checkpoint | WorkerProgress | Alive | Done | Cancelled | Failed
Listen = Callable[[Message], None]
_BY_NAME: dict[str, Any] = {kind.name: kind for kind in get_args(Message)}


def ends(message: Message) -> bool:
    """Return whether `message` is the last one of its job."""
    return isinstance(message, Done | Cancelled | Failed)


def to_line(message: Message) -> str:
    """Return a message as one line of strict JSON without line end. NaN and infinity become null."""
    values = {field.name: _plain(getattr(message, field.name)) for field in dataclasses.fields(message)}
    return json.dumps({"event": message.name, **values}, ensure_ascii=True, allow_nan=False)


def from_line(line: str) -> Message | None:
    """Return the message in a line, None if the line contains something else (such as output of a library)."""
    if not line.startswith("{"):  # skip other output quickly
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
