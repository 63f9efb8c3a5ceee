"""What every fuzzed input is held to: an end within seconds, and within little memory."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SLOW_INPUTS = "20000"
"""Inputs per reader of the long version, where `QUAKEGUI_FUZZ_INPUTS` does not say."""
MOST_MEMORY = 300 * 2**20
"""Bytes by which one input may raise the process' size while it is read."""


@contextmanager
def bounded(*, seconds: float, memory: int = MOST_MEMORY) -> Iterator[None]:
    """Fail what takes longer or more memory within the block, or warns; a loop without an end meets the test's timeout."""
    before, start = largest_size(anew=True), time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    took, grew = time.perf_counter() - start, largest_size() - before
    assert took < seconds, f"{took:.1f} s"
    assert grew < memory, f"{grew / 2**20:.0f} MiB"


def largest_size(*, anew: bool = False) -> int:
    """Return the most bytes that this process had in memory; 0 where the system does not tell.

    Linux tells of the time since it was last asked for `anew`, so that an earlier peak hides nothing; macOS of the whole time.
    """
    if sys.platform == "win32":
        return 0
    status = Path("/proc/self/status")
    if status.exists():
        if anew:
            Path("/proc/self/clear_refs").write_text("5")
        return next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
