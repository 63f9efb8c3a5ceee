"""What these tests share: a driver of processes to be killed, the end of an attack, and a disk that fills up."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import killing
import pytest


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[killing.Driver]:
    """Return a driver with everything imported but Keras."""
    folder = tmp_path_factory.mktemp("driver")
    modules = ("quakegui.report", "quakegui.ui.report_command", "quakegui.ui.main_window", "quakegui.logs")
    modules += ("run_parts", "arrival_parts", "sharing_parts", "record_parts")
    # What is imported when it is first used, each process that is killed would import anew: a second of processor time.
    modules += ("scipy.ndimage", "scipy.spatial", "pyproj", "openpyxl")
    with killing.driver(folder / "log.txt", *modules) as made:
        yield made


@pytest.fixture
def attack(driver: killing.Driver, capsys: pytest.CaptureFixture[str]) -> Iterator[killing.Attack]:
    """Return an attack; when its test is over its row is printed, and nothing may have been lost."""
    made = killing.Attack(driver)
    yield made
    with capsys.disabled():
        print(f"\n{made.row()}")
    assert made.losses == []
    assert made.tried > 0


@pytest.fixture
def aloud(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Return what prints a sentence that everybody is to see."""

    def tell(sentence: str) -> None:
        with capsys.disabled():
            print(f"\n{sentence}")

    return tell


@pytest.fixture
def disk(tmp_path: Path, aloud: Callable[[str], None]) -> Iterator[Any]:
    """Return a disk of eight megabytes, a `disks.FullDisk`."""
    if sys.platform == "win32":
        pytest.skip("mounts are Linux'; Windows' drives are tried by the installer's smoke test")
    import disks

    made = disks.FullDisk(tmp_path / "disk", 8, aloud)
    yield made
    made.close()
