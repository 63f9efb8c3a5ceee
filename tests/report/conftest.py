"""A labelled project with one finished run, made once, and its season."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "learn"))

from report_projects import Reported
from run_projects import TINY, fill, season_of

from quakegui.learn import season_judging, season_runs
from quakegui.project.store import Project
from quakegui.report import make_report


@pytest.fixture(scope="session")
def judged_template(small_project_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a closed project with labels of one analyst and one finished run; copy it before use."""
    folder = Path(shutil.copytree(small_project_template, tmp_path_factory.mktemp("judged") / "project"))
    fill(folder)
    with Project.open(folder) as project:
        ended = season_runs.train(project, season_of(project), TINY, listen=lambda _message: None)
        assert ended.done, ended.message
    return folder


@pytest.fixture
def judged(judged_template: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    return Path(shutil.copytree(judged_template, tmp_path / "judged 报告"))


@pytest.fixture(scope="session")
def reported(judged_template: Path) -> Reported:
    """Return the project judged and reported in both languages, once."""
    with Project.open(judged_template) as project:
        season = season_of(project)
        judgement = season_judging.evaluate(project, season, season_runs.find_run(project, None))
        english, chinese = (make_report(project, language=language, season=season) for language in ("en", "zh"))
    return Reported(judged_template, season, judgement, english, chinese)


@pytest.fixture
def judged_before(reported: Reported, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the judgement made before instead of judging anew: the test is about something else."""
    monkeypatch.setattr(season_judging, "evaluate", lambda *_given: reported.judgement)
