"""A project with a finished run, for every test that changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def trained(trained_template: Path, tmp_path: Path) -> Path:
    """Return a copy of the project with one finished run."""
    return Path(shutil.copytree(trained_template, tmp_path / "trained"))
