"""The first opening of a season, beside computing its anomalies alone, and its report as PDF."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from unittest.mock import patch

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from bench_judging import predicted
from bench_tools import Row, in_turn, limited

from quakegui import paths
from quakegui.project.nights import load_nights
from quakegui.project.seasons import load_season
from quakegui.project.store import Project
from quakegui.season.anomaly import daily


def measure_opening(folder: Path) -> list[Row]:
    """Time the opening with an empty cache."""
    with tempfile.TemporaryDirectory() as place, patch.dict(os.environ, QUAKEGUI_CACHE=place):
        with Project.open(folder) as project:
            night, config = load_nights(project), project.config()
        assert night is not None

        def opened() -> None:
            shutil.rmtree(paths.cache(), ignore_errors=True)
            with Project.open(folder) as project:
                load_season(project)

        anomalies, ours = in_turn(7, lambda: daily(night, config.anomaly, timezone=config.timezone), opened)
    words = "First opening of a season of 25 stations"
    return [limited(words, ours, 1000.0, "at most 1.0 s", peer="computing its anomalies alone", theirs=anomalies)]


def measure_report(folder: Path) -> list[Row]:
    """Time the report of a season with a judged run."""
    from quakegui.report import make_report
    from quakegui.ui.report_pdf import gui_application, write_pdf

    application = gui_application()
    with predicted(folder) as (project, season, _), tempfile.TemporaryDirectory() as place:
        pages = []

        def ours() -> None:
            pages.append(write_pdf(make_report(project, season=season), Path(place) / "report.pdf"))

        (timed,) = in_turn(3, ours)
    del application
    return [limited(f"Report of a season as PDF, {pages[0]} pages, the run judged before", timed, 6000.0, "at most 6 s")]
