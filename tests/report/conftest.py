"""A labelled project with one finished run, judged and reported once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from report_projects import Reported
from run_projects import season_of

from quakegui.learn import season_evaluation, season_runs
from quakegui.project.store import Project
from quakegui.report import make_report


@pytest.fixture
def judged(trained_template: Path, tmp_path: Path) -> Path:
    """Return a copy of a labelled project with one finished run."""
    return Path(shutil.copytree(trained_template, tmp_path / "judged 报告"))


@pytest.fixture(scope="session")
def reported(trained_template: Path) -> Reported:
    """Return the project judged and reported in both languages, once."""
    with Project.open(trained_template) as project:
        season = season_of(project)
        judgement = season_evaluation.evaluate(project, season, season_runs.find_run(project, None))
        english, chinese = (make_report(project, language=language, season=season) for language in ("en", "zh"))
    return Reported(trained_template, season, judgement, english, chinese)


@pytest.fixture
def judged_before(reported: Reported, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the judgement made before instead of judging anew: the test is about something else."""
    monkeypatch.setattr(season_evaluation, "evaluate", lambda *_given: reported.judgement)
