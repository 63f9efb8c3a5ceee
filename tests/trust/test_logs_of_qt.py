"""A warning of Qt fails the test that it came in, also while fixtures are taken down: proven on tests that warn."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
WARNING = """
import pytest
from PySide6.QtCore import QTimer, qWarning

@pytest.fixture
def careless():
    yield
    qWarning("while a fixture is taken down")

def test_quiet(qapp):
    pass

def test_that_warns(qapp):
    qWarning("in the test")

def test_that_qt_warns_of_itself(qapp):
    QTimer().start(-1)

def test_whose_fixture_warns(qapp, careless):
    pass

def test_with_what_the_platform_says_of_itself(qapp):
    qWarning("This plugin does not support propagateSizeHints()")

@pytest.mark.no_qt_log
def test_that_may_warn(qapp):
    qWarning("asked for")
"""


def outcome(tmp_path: Path, source: str) -> dict[str, list[str]]:
    """Return the names of the tests that passed, failed, and had an error, under this project's settings."""
    (tmp_path / "test_warning.py").write_text(source)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", TESTS.parent / "pyproject.toml", "-p", "conftest", "-p", "no:randomly", "-rA",
         "-p", "no:cacheprovider", tmp_path / "test_warning.py"],
        env={**os.environ, "PYTHONPATH": str(TESTS), "QT_QPA_PLATFORM": "offscreen"},
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    found: dict[str, list[str]] = {"PASSED": [], "FAILED": [], "ERROR": []}
    for line in ended.stdout.splitlines():
        word, _, rest = line.partition(" ")
        if word in found and "::" in rest:
            found[word].append(rest.split("::")[1].split(" ")[0])
    return found


def test_a_warning_of_qt_is_a_failure(tmp_path):
    found = outcome(tmp_path, WARNING)
    assert found["FAILED"] == ["test_that_warns", "test_that_qt_warns_of_itself"]
    assert found["ERROR"] == ["test_whose_fixture_warns"]
    quiet = {"test_quiet", "test_with_what_the_platform_says_of_itself", "test_that_may_warn"}
    assert set(found["PASSED"]) - {"test_whose_fixture_warns"} == quiet
