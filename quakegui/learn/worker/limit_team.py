"""The replicates of a detection limit in several processes at once; the result has the bits of one process.

Each process computes with one thread, since sums in another order would differ in their last bits.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from typing import Final

from quakegui.apart import processes
from quakegui.judge.detection import Detector, Part, PartResult, Spread, part_result
from quakegui.judge.limit import LimitError
from quakegui.judge.replicates import Ground
from quakegui.learn.network.devices import THREADS, choose_backend, detect
from quakegui.learn.worker.capacity import available_bytes, processors, workers_in_memory
from quakegui.progress import CancelCheck
from quakegui.words import Said

MOST_IN_UNKNOWN_MEMORY: Final = 2
"""Processes where the system does not tell how much memory is free, as on Windows and macOS: each takes a gigabyte."""
CARDS, BACKEND = "CUDA_VISIBLE_DEVICES", "KERAS_BACKEND"
_MATERIAL: Final[list[tuple[Event, Ground, Detector]]] = []
"""What a helper process works on: whether to stop, the season, and the detector."""


def in_processes(ground: Ground, detector: Detector, *, workers: int | None = None) -> Spread:
    """Return a `Spread` that computes several parts at a time, each in its own process.

    Parameters
    ----------
    ground, detector
        Season with its earthquakes, and the predictor.
    workers
        Number of processes. Default: one for each processor, fewer if memory does not suffice or its size is unknown.
    """
    free = available_bytes()
    count = workers or min(processors(), workers_in_memory(0, free) if free else MOST_IN_UNKNOWN_MEMORY)

    def spread(parts: Sequence[Part], cancelled: CancelCheck) -> Iterator[tuple[int, PartResult]]:
        stop = get_context("spawn").Event()
        with processes(min(count, len(parts)), _begin, stop, ground, detector) as pool:
            try:
                waiting = {pool.submit(_result_of, part): number for number, part in enumerate(parts)}
                while waiting and not cancelled():
                    for future in wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED).done:
                        result = future.result()
                        assert result is not None, "nobody has stopped it"
                        yield waiting.pop(future), result
            except BrokenProcessPool as error:
                raise LimitError(
                    Said("A process that computes the detection limit ended unexpectedly, possibly for want of memory.")
                ) from error
            finally:
                stop.set()
                pool.shutdown(cancel_futures=True)

    return spread


def be_ready(detector: Detector) -> None:
    """Prepare this process for a detector: for a model, a backend of Keras with one thread on the processor."""
    if detector.kind == "network":
        _load_backend()


@cache
def _load_backend() -> None:
    """Load the backend; a graphics card could not hold it once for each process, and would not give the same bits.

    The environment is as before afterwards: a worker of a cluster passes it on to the trainings that it starts.
    """
    former = {name: os.environ.get(name) for name in (THREADS, CARDS, BACKEND)}
    os.environ.update({THREADS: "1", CARDS: ""})
    try:
        choose_backend()
        detect()
    finally:
        for name, value in former.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _begin(stop: Event, ground: Ground, detector: Detector) -> None:
    _MATERIAL[:] = [(stop, ground, detector)]


def _result_of(part: Part) -> PartResult | None:
    ((stop, ground, detector),) = _MATERIAL
    be_ready(detector)
    return part_result(ground, detector, part, stop.is_set)
