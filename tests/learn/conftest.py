"""A project with a finished run, for every test that changes it, and networks that are built once."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quakegui.learn import messages
from quakegui.learn.network import steps, training
from quakegui.learn.network.vgg12 import whole_network
from quakegui.learn.runs.checkpoint import put_values, values_of
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.learn.worker import process


@pytest.fixture
def trained(trained_template: Path, tmp_path: Path) -> Path:
    """Return a copy of the project with one finished run."""
    return Path(shutil.copytree(trained_template, tmp_path / "trained"))


BUILT: dict[Any, tuple[Any, dict[str, np.ndarray]]] = {}
FRESH: dict[Any, Any] = {}


def build_once(config: RunConfig, prepared: np.ndarray, *tables: np.ndarray) -> Any:
    key = (config.width, config.dense, config.dropout, prepared.shape[1:], prepared.dtype)
    if key not in BUILT:
        network = steps.build_network(config, prepared, *tables)
        BUILT[key] = network, values_of(network.optimizer.variables)
    network, first = BUILT[key]
    put_values(network.optimizer.variables, first)
    network.optimizer.learning_rate = config.learning_rate
    return network


def make_once(config: RunConfig, prepared: np.ndarray, *tables: np.ndarray, seed: int) -> Any:
    import keras

    shape = (config.size, config.head, config.width, config.dense, config.dropout, config.channel, config.classes)
    policy = keras.config.dtype_policy().name
    key = (shape, policy, prepared.shape[1:], prepared.dtype, *(table.tobytes() for table in tables), seed)
    if key not in FRESH:
        FRESH[key] = whole_network(config, prepared, *tables, seed=seed)
    return FRESH[key]


@pytest.fixture(scope="module")
def built_once() -> Iterator[None]:
    """Compile each kind of network once, and draw its first weights once for each seed: training sets every variable anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "build_network", build_once)
        patch.setattr(training, "whole_network", make_once)
        yield


@pytest.fixture(scope="module")
def untraced() -> Iterator[None]:
    """Compute each operation by itself: tracing a network takes as long as hundreds of steps, and a test may need ten."""
    import keras

    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


class WorkerHere:
    """Stands in for a `Supervisor`: does a worker's job in this process, and then says what the worker would have said."""

    def __init__(self, folder: Path, *, job: str = "train", run: Path | None = None, **_: object) -> None:
        self._asked, self._cancelled = (folder, job, run), threading.Event()

    def cancel(self) -> None:
        self._cancelled.set()

    def events(self) -> Iterator[messages.Message]:
        heard: list[messages.Message] = []
        process.work(*self._asked, heard.append, self._cancelled)
        yield from heard


@pytest.fixture(scope="session")
def worker_here() -> type[WorkerHere]:
    """Return what trains in this process, which has TensorFlow already: a worker would import it anew, which takes seconds."""
    return WorkerHere
