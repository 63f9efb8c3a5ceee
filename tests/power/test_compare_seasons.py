"""What `quakegui compare` says of the two seasons that there are, by the program's own commands; only with `-m slow`.

The figures are in models/README.md. Those of the blocked protocol move with every rounding; what is held here is that a verdict
says no more than its figures do, and that the paper's protocol scores high, and is called leaky, on the same days.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]

NETWORK, BASELINES = ["paper", "blocked", "chronological"], 5


def quakegui(*arguments: object) -> tuple[str, str]:
    """Run the program; return what it printed as result and as progress."""
    command = [sys.executable, "-m", "quakegui", *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def compared(project: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Compare a project by the narrow recipe; check what holds for every season, and return what was said."""
    out, progress = quakegui("compare", project, "--preset", "fast", "--json")
    told = json.loads(out)
    assert "120 x 120 pixels" in progress
    assert told["size"] == 120
    rows = told["rows"]
    assert [row["protocol"] for row in rows[: len(NETWORK)]] == NETWORK
    assert {row["protocol"] for row in rows[len(NETWORK) :]} == {"blocked"}
    assert len(rows) == len(NETWORK) + BASELINES
    for row in rows:
        assert row["leaky"] == (row["protocol"] == "paper")
        assert row["verdict"].startswith("LEAKY") == row["leaky"]
        if row["leaky"]:
            continue
        found = row["verdict"].startswith("Better than chance")
        assert found or row["verdict"].startswith("Not better than chance")
        assert not found or (row["p_value"] < 0.05 and row["macro_recall"] > 0.5)
        assert not row["verdict"].startswith("Better than chance, day by day and in its alarms") or row["r_score"] > row["r0"]
    paper, blocked = rows[:2]
    assert paper["p_value"] < 0.01
    assert paper["macro_recall"] > max(0.65, blocked["macro_recall"] + 0.05)
    return told, rows


def test_the_synthetic_season(tmp_path: Path) -> None:
    quakegui("demo", "--headless", "--project", tmp_path / "demo")
    told, rows = compared(tmp_path / "demo")
    assert told["synthetic"]
    assert max(row["macro_recall"] for row in rows[len(NETWORK) :]) < 0.65


def test_japan(real_data: Path, tmp_path: Path) -> None:
    project, catalogue = tmp_path / "japan", real_data / "catalog" / "USGS_japan_2005-2006.csv"
    quakegui("new", project, "--timezone", "Asia/Tokyo")
    quakegui("import", project, real_data / "wdc_hourly" / "japan")
    quakegui("import", project, next(real_data.rglob("GFZ_Potsdam_Kp_2006-2022.csv")))
    box = ("--box", 26, 45, 138, 146)
    quakegui("events", "import", project, catalogue, *box, "--min-magnitude", 5.5, "--decluster", 50, 5)
    quakegui("events", "classes", project)
    quakegui("labels", "rule", project)
    assert not compared(project)[0]["synthetic"]
