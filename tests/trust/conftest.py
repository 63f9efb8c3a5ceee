"""What the tests of crashes share: a driver of processes to be killed, and the end of an attack."""

from __future__ import annotations

from collections.abc import Iterator

import killing
import pytest


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[killing.Driver]:
    """Return a driver with everything imported but Keras."""
    folder = tmp_path_factory.mktemp("driver")
    modules = ("quakegui.report", "quakegui.ui.report_command", "quakegui.ui.main_window", "quakegui.logs", "run_parts")
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
