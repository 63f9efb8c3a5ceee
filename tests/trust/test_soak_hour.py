"""The window in use for a stated time holds no more at the end than after its warm-up: see `soak_window.py`.

The short version hurries through a few rounds on a small project. The long one takes an hour, or `QUAKEGUI_SOAK_MINUTES`, on
the synthetic season with five trainings, in all workspaces or in that of `QUAKEGUI_SOAK_WORKSPACE`; its table is kept where
`QUAKEGUI_SOAK_CSV` says. `QUAKEGUI_SOAK_PACE` is the factor on every wait.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from quakegui.project import demo

SCRIPT = Path(__file__).with_name("soak_window.py")
pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="counts threads and handles as Linux tells them")
WARM_UP = 1 / 3
"""The part of the time that is left out: every dialog, library and worker is met once, and caches fill."""
GROWTH = {
    "resident_mb": 30.0,  # what allocators keep back between a closed season and the next one goes up and down by as much
    "heap_mb": 20.0,
    "python_blocks": 100_000.0,  # some ten for each label and each undo
    "threads": 1.0,
    "handles": 1.0,
    "timers": 1.0,
    "running_timers": 1.0,
    "top_levels": 1.0,
    "qobjects": 20.0,
    "objects": 6000.0,  # notes and runs grow in number, and the window lists them
}
"""How much an hour may add. Where resident memory grows and what is given out does not, pages that the C library had returned
to the system are in use again."""
MOST_MB = 500.0
"""What the window's process may hold at any moment between the rounds, one season open."""
NONE_CHANGE = 1000.0
"""References to None that an hour may gain or lose. The hour has some 2,300 dialogs, 34,000 days and 3,500 labels: what is left
by each of any of them shows; what is lost over and over ends the interpreter."""


def soak(project: Path, table: Path, *arguments: str, timeout: float) -> tuple[dict, list[dict[str, float]]]:
    """Return what the driver did and its samples."""
    ended = subprocess.run(
        [sys.executable, SCRIPT, project, "--csv", table, *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    assert ended.returncode == 0, ended.stderr[-4000:]
    print(ended.stdout)
    with table.open(newline="") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    return json.loads(ended.stdout.splitlines()[0]), rows


def slope(rows: list[dict[str, float]], field: str) -> float:
    """Return how much an hour adds: the median slope between any two samples after the warm-up (Theil and Sen), so that one
    sample that comes at a bad moment does not count."""
    late = [row for row in rows if row["seconds"] >= WARM_UP * rows[-1]["seconds"]]
    pairs = ((a, b) for a, b in itertools.combinations(late, 2) if b["seconds"] > a["seconds"])
    return 3600.0 * statistics.median((b[field] - a[field]) / (b["seconds"] - a["seconds"]) for a, b in pairs)


def test_a_leak_shows_in_the_slope_and_a_bad_moment_does_not():
    minutes = [60.0 * k for k in range(31)]
    leak = [{"seconds": at, "handles": 20.0 + (k // 5)} for k, at in enumerate(minutes)]
    spike = [{"seconds": at, "handles": 26.0 if k in (12, 25) else 20.0} for k, at in enumerate(minutes)]
    warm = [{"seconds": at, "handles": 10.0 + min(k, 9)} for k, at in enumerate(minutes)]
    assert slope(leak, "handles") == pytest.approx(12.0, rel=0.2)
    assert slope(spike, "handles") == 0.0
    assert slope(warm, "handles") == 0.0


@pytest.mark.slow  # twenty seconds; the hour is slow too
def test_some_hurried_rounds_leave_nothing_behind(small_project, tmp_path):
    hurry = ("--minutes", "0", "--rounds", "2", "--trainings", "0", "--pace", "0.1")
    done, rows = soak(small_project, tmp_path / "soak.csv", *hurry, timeout=280)
    assert done["status"] == 0
    assert (done["done"]["rounds"], len(rows)) == (2, 3)
    assert done["done"]["labels"] == done["done"]["undos"] == 2 * 26
    for name in ("handles", "timers", "running_timers", "top_levels"):
        assert rows[-1][name] <= rows[1][name], name
    assert abs(rows[-1]["none_references"] - rows[1]["none_references"]) < 17, "not one a dialog"
    assert rows[-1]["resident_mb"] <= MOST_MB


@pytest.mark.slow
@pytest.mark.timeout(8000)
def test_an_hour_of_use_leaves_the_process_as_it_was(tmp_path):
    minutes = float(os.environ.get("QUAKEGUI_SOAK_MINUTES", "60"))
    folder, table = tmp_path / "project", Path(os.environ.get("QUAKEGUI_SOAK_CSV", tmp_path / "soak.csv"))
    demo.create_demo(folder).close()
    chosen = {"--workspace": "QUAKEGUI_SOAK_WORKSPACE", "--pace": "QUAKEGUI_SOAK_PACE"}
    options = [word for option, name in chosen.items() if name in os.environ for word in (option, os.environ[name])]
    done, rows = soak(folder, table, "--minutes", str(minutes), *options, timeout=60 * minutes + 1500)
    assert done["done"]["trainings"] == done["done"]["explained"] == 5
    grown = {name: slope(rows, name) for name in (*GROWTH, "none_references")}
    print({name: round(value, 2) for name, value in grown.items()})
    assert {name: value for name, value in grown.items() if value > GROWTH.get(name, float("inf"))} == {}
    assert abs(grown["none_references"]) < NONE_CHANGE
    assert max(row["resident_mb"] for row in rows) <= MOST_MB
