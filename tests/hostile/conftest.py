"""A project that hostile tests may change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hostile_projects import make_project


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a closed project; copy it before use."""
    folder = tmp_path_factory.mktemp("made") / "p"
    make_project(folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """Return a copy of the project that a test may change."""
    return Path(shutil.copytree(made, tmp_path / "p"))
