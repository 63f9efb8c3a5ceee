"""Domains of a project that are written independently: in a shared project, whoever imports does not block those who label."""

from __future__ import annotations

from typing import Final

INPUTS: Final = "inputs"
"""Readings, stations, Kp, earthquakes, parameters, and what is derived from them."""
JOURNAL: Final = "journal"
"""Labels, notes and flags."""
RUNS: Final = "runs"
"""Runs, their predictions, and registrations."""
EVERYTHING: Final = (INPUTS, JOURNAL, RUNS)
"""All domains, in the order in which their locks are taken."""
