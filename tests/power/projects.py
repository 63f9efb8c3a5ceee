"""The two seasons that there are as projects, made by the program's own commands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def quakegui(*arguments: object) -> tuple[str, str]:
    """Run the program; return what it printed as result and as progress."""
    command = [sys.executable, "-m", "quakegui", *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def demo(project: Path) -> Path:
    """Make the project of the SYNTHETIC season."""
    quakegui("demo", "--headless", "--project", project)
    return project


def japan(project: Path, real_data: Path) -> Path:
    """Make the project of eight observatories in 2005 and 2006, and their 34 earthquakes."""
    catalogue = real_data / "catalog" / "USGS_japan_2005-2006.csv"
    quakegui("new", project, "--timezone", "Asia/Tokyo")
    quakegui("import", project, real_data / "wdc_hourly" / "japan")
    quakegui("import", project, next(real_data.rglob("GFZ_Potsdam_Kp_2006-2022.csv")))
    box = ("--box", 26, 45, 138, 146)
    quakegui("events", "import", project, catalogue, *box, "--min-magnitude", 5.5, "--decluster", 50, 5)
    quakegui("events", "classes", project)
    quakegui("labels", "rule", project)
    return project
