"""How many workers fit into this computer."""

from __future__ import annotations

import os
from pathlib import Path

WORKER_BYTES = 1_500 * 2**20
"""Memory of a worker beside the maps: Keras with a backend, and a compiled model."""


def workers_in_memory(data_bytes: int, free_bytes: int) -> int:
    """Return how many workers fit into the memory, at least one.

    Parameters
    ----------
    data_bytes
        Memory for the maps in each worker, beside `WORKER_BYTES`.
    free_bytes
        Free memory, see `available_bytes`; if unknown (0), any number fits.
    """
    return max(free_bytes // (WORKER_BYTES + data_bytes), 1) if free_bytes else 10**6


def available_bytes() -> int:
    """Return the memory that is available without swapping, 0 if the system does not report it."""
    table = Path("/proc/meminfo")
    if not table.is_file():
        return 0
    rows = dict(line.split(":", 1) for line in table.read_text("utf-8").splitlines() if ":" in line)
    return int(rows["MemAvailable"].split()[0]) * 1024 if "MemAvailable" in rows else 0


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
