"""How the smoke test under Wine calls programs and looks for those that run, with programs of this system in their place."""

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the smoke test runs on Linux, and looks into /proc")


@pytest.fixture
def smoke(monkeypatch):
    monkeypatch.syspath_prepend(str(PACKAGING))
    monkeypatch.syspath_prepend(str(PACKAGING / "wine"))
    return importlib.import_module("smoke")


@pytest.fixture
def wine(smoke, tmp_path):
    return smoke.Wine(tmp_path, ":0")


def test_what_a_program_says_comes_whole_with_its_exit_code(wine):
    code, said = wine.call("sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x; echo 观测 >&2; exit 3")
    assert code == 3
    assert said == "x" * 300_000 + "观测\n"


def test_a_service_that_a_program_leaves_behind_is_not_waited_for(wine):
    code, said = wine.call("sh", "-c", "sleep 600 & echo $!")
    service = int(said)
    os.kill(service, 0)  # it still lives, and holds the pipe
    os.kill(service, signal.SIGKILL)
    assert code == 0


def test_a_program_that_does_not_end_is_named(smoke, wine, monkeypatch):
    monkeypatch.setattr(smoke, "PATIENCE", 0)
    stopped = []
    monkeypatch.setattr(wine, "stop", lambda: stopped.append(True))
    with pytest.raises(smoke.FailedError, match=r"sleep 1 \.\.\. ends within 0 s"):
        wine.call("sleep", "1")
    assert stopped


def test_only_programs_of_the_own_prefix_are_found(smoke, wine, tmp_path):
    program = [sys.executable, "-c", "print(flush=True); input()", "a.module"]
    with subprocess.Popen(program, env=wine.variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()  # it runs
        assert wine.runs("a.module")
        assert not wine.runs("another.module")
        assert not smoke.Wine(tmp_path / "other", ":0").runs("a.module")
        process.communicate(b"\n")
    assert not wine.runs("a.module")
