"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("everyday", deadline=None, derandomize=True)
settings.load_profile("everyday")

REPOSITORY = Path(__file__).resolve().parent.parent


def real_data_folder() -> Path:
    """Return the folder of real measurements, whether or not it is there."""
    return Path(os.environ.get("QUAKEGUI_REAL_DATA", REPOSITORY.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of real measurements, or skip where a machine has none."""
    folder = real_data_folder()
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set QUAKEGUI_REAL_DATA")
    return folder
