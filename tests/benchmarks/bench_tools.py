"""What the benchmarks share: a clock that takes turns, and one row of the table."""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Timed:
    """Wall and processor time of one kind of work, in milliseconds.

    Processor time is the process's own and hardly feels what else the machine does: a ratio of it is worth more than one of
    the clock's.
    """

    wall: tuple[float, ...]
    processor: tuple[float, ...]

    def median(self) -> float:
        return float(np.median(self.wall))

    def p95(self) -> float:
        return float(np.percentile(self.wall, 95))

    def processor_median(self) -> float:
        return float(np.median(self.processor))

    def processor_p95(self) -> float:
        return float(np.percentile(self.processor, 95))

    def times(self, factor: float) -> Timed:
        """Return the time of so many times the work."""
        return Timed(tuple(factor * one for one in self.wall), tuple(factor * one for one in self.processor))

    def plus(self, other: Timed) -> Timed:
        """Return the time of both works of each round."""
        return Timed(*(tuple(np.add(*both).tolist()) for both in ((self.wall, other.wall), (self.processor, other.processor))))


def rounds_of(several: Sequence[Timed]) -> Timed:
    """Return the rounds of several measurements of the same work as one."""
    return Timed(sum((one.wall for one in several), ()), sum((one.processor for one in several), ()))


def ratios(over: Timed, under: Timed) -> tuple[float, float]:
    """Return the median of the rounds' ratios, by the clock and by processor time: what disturbs a round disturbs both."""
    return tuple(  # type: ignore[return-value]
        float(np.median(np.divide(one, other))) for one, other in ((over.wall, under.wall), (over.processor, under.processor))
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: a piece of work, ours beside its peer or its limit.

    Attributes
    ----------
    work, peer
        What is done, and what it is measured beside.
    ours, theirs
        What each took, in the words of the table.
    ratio
        How the two compare, and by which clock.
    goal
        What is to be reached.
    reached
        Whether it was, None where that cannot be said on this machine.
    by_clock, by_processor
        The ratio as a number, by which two runs are compared; None where there is none.
    """

    work: str
    peer: str
    ours: str
    theirs: str
    ratio: str
    goal: str
    reached: bool | None
    by_clock: float | None = None
    by_processor: float | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def once(work: Callable[[], Any], clock: Callable[[], float] = time.process_time) -> tuple[float, float]:
    """Return wall and processor milliseconds of one run; `clock` is the process's or the thread's."""
    wall, processor = time.perf_counter(), clock()
    work()
    return (time.perf_counter() - wall) * 1e3, (clock() - processor) * 1e3


def in_turn(
    rounds: int, *works: Callable[[], Any], warm_up: int = 1, clock: Callable[[], float] = time.process_time
) -> list[Timed]:
    """Time each work once a round, so that what disturbs one disturbs the others; `warm_up` rounds are not counted."""
    times: list[list[tuple[float, float]]] = [[] for _ in works]
    gc.collect()
    for number in range(rounds + warm_up):
        for work, own in zip(works, times, strict=True):
            taken = once(work, clock)
            if number >= warm_up:
                own.append(taken)
    return [Timed(tuple(wall for wall, _ in own), tuple(processor for _, processor in own)) for own in times]


def ms(timed: Timed, per: float = 1.0) -> str:
    """Return median, p95 and processor time in milliseconds, of one of `per` pieces."""
    return f"{timed.median() / per:.3g} ms, p95 {timed.p95() / per:.3g} (processor {timed.processor_median() / per:.3g})"


def both(ours: Timed, theirs: Timed, *, faster: bool = True) -> str:
    """Return how many times faster ours is, or how many times the time it takes, by the clock and by processor time."""
    wall, processor = ratios(theirs, ours) if faster else ratios(ours, theirs)
    return f"{wall:.3g} x (processor {processor:.3g} x)"


def least(timed: Timed) -> float:
    """Return the lesser median of clock and processor, in ms: a busy core lengthens the one, several threads the other."""
    return min(timed.median(), timed.processor_median())


def in_seconds(timed: Timed) -> str:
    return f"{timed.median() / 1e3:.3g} s (processor {timed.processor_median() / 1e3:.3g})"


def limited(work: str, ours: Timed, most_ms: float, goal: str, *, peer: str = "", theirs: Timed | None = None) -> Row:
    """Return a row of something that may take `most_ms`, beside a peer if there is one."""
    seconds = most_ms >= 300.0
    shown = [("" if one is None else in_seconds(one) if seconds else ms(one)) for one in (ours, theirs)]
    if theirs is None:
        return Row(work, peer, shown[0], "", "", goal, least(ours) <= most_ms)
    return Row(work, peer, *shown, both(ours, theirs, faster=False), goal, least(ours) <= most_ms, *ratios(ours, theirs))


def resident_mb() -> float:
    """Return the resident memory of this process."""
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024.0


def children_seconds() -> float:
    """Return the processor time of the processes that this one has waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def process(command: Sequence[str]) -> Callable[[], Any]:
    """Return a run of a command in a process of its own."""
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return lambda: subprocess.run(command, check=True, capture_output=True, env=quiet)
