"""Work in a process of its own."""

import os
import time
from concurrent.futures.process import BrokenProcessPool

import pytest

from quakegui.apart import apart
from quakegui.progress import StoppedError
from quakegui.project.errors import ProjectError
from quakegui.words import Said


def refuse(day: str) -> None:
    raise ProjectError(Said("There is no map of {day}.", day=day))


def test_the_work_is_done_by_another_process_and_its_errors_are_raised_here():
    assert apart(os.getppid) == os.getpid()
    with pytest.raises(ProjectError, match="no map of 2022-03-01") as raised:
        apart(refuse, "2022-03-01")
    assert raised.value.args[0].values == {"day": "2022-03-01"}
    with pytest.raises(BrokenProcessPool):
        apart(os._exit, 1)


def test_work_that_is_cancelled_ends_with_its_process():
    began = time.monotonic()
    with pytest.raises(StoppedError):
        apart(time.sleep, 60, cancelled=lambda: True)
    assert time.monotonic() - began < 30
