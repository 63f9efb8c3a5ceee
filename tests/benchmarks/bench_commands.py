"""Commands, each a process of its own, beside the loading of what any such command needs; in turn."""

from __future__ import annotations

import sys
from pathlib import Path

from bench_tools import Row, children_seconds, in_turn, limited, process

ROUNDS = 9
PYTHON = [sys.executable, "-c"]
OURS = [sys.executable, "-m", "quakegui"]


def measure_commands(folder: Path) -> list[Row]:
    """Time the help, and what a season's project contains."""
    commands = (
        [*PYTHON, "import typer"],
        [*OURS, "--help"],
        [*PYTHON, "import typer, sqlite3, numpy"],
        [*OURS, "info", str(folder)],
    )
    typer, told, loaded, info = in_turn(ROUNDS, *map(process, commands), clock=children_seconds)
    return [
        limited("`quakegui --help`", told, 350.0, "at most 0.35 s", peer='`python -c "import typer"`', theirs=typer),
        limited("`quakegui info` of a season", info, 800.0, "at most 0.8 s", peer="the same, sqlite3, numpy", theirs=loaded),
    ]
