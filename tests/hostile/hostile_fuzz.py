"""What every fuzzed input is held to: an end within seconds, and within little memory."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

SLOW_INPUTS = "20000"
"""Inputs per reader of the long version, where `QUAKEGUI_FUZZ_INPUTS` does not say."""
MOST_MEMORY = 300 * 2**20
"""Bytes by which one input may raise the process' largest size."""


@contextmanager
def bounded(*, seconds: float, memory: int = MOST_MEMORY) -> Iterator[None]:
    """Fail what takes longer or more memory within the block, or warns; a loop without an end meets the test's timeout."""
    before, start = largest_size(), time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    took, grew = time.perf_counter() - start, largest_size() - before
    assert took < seconds, f"{took:.1f} s"
    assert grew < memory, f"{grew / 2**20:.0f} MiB"


def largest_size() -> int:
    """Return the most bytes that this process ever had in memory; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0
    import resource

    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024
