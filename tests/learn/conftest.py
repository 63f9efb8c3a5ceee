"""A project with a finished run, trained once for all tests that only read or copy it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from run_projects import TINY, fill, season_of

from quakegui.learn import season_runs
from quakegui.project.store import Project


@pytest.fixture(scope="session")
def trained_template(small_project_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a closed project with one finished run; copy it before use."""
    folder = Path(shutil.copytree(small_project_template, tmp_path_factory.mktemp("trained") / "project"))
    fill(folder)
    with Project.open(folder) as project:
        ended = season_runs.train(project, season_of(project), TINY, listen=lambda _message: None)
        assert ended.done, ended.message
    return folder


@pytest.fixture
def trained(trained_template: Path, tmp_path: Path) -> Path:
    """Return a copy of the project with one finished run."""
    return Path(shutil.copytree(trained_template, tmp_path / "trained"))
