"""The tests of projects on PostgreSQL: two files every time, with QUAKEGUI_ON_POSTGRESQL=all all of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.shared

FOLDER = Path(__file__).parent.parent / "project"
EVERY_TIME = ("test_journal.py", "test_label_files.py")
ALL = os.environ.get("QUAKEGUI_ON_POSTGRESQL") == "all"


@pytest.mark.timeout(3600 if ALL else 300)
@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("test_*.py")) if ALL else EVERY_TIME)
def test_a_file_of_tests_passes_on_postgresql_too(name: str, postgresql: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(FOLDER / name)]
    done = subprocess.run(
        command, check=False, env={**os.environ, "QUAKEGUI_TEST_DATABASE": postgresql}, capture_output=True, text=True
    )
    print(name, done.stdout.strip().rpartition("\n")[2])
    assert done.returncode in (0, pytest.ExitCode.NO_TESTS_COLLECTED), done.stdout[-4000:]
