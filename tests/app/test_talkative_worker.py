"""A worker that speaks faster than the window listens has to wait: nothing piles up between the two."""

import os
import sys
import textwrap
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from quakegui.app.training import MOST_UNHEARD, TrainingThread
from quakegui.learn import messages
from quakegui.learn.worker.environments import Environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a #! line")
SPOKEN = 5_000
BODY = f"""
line = b'{{"event": "progress", "done": 1, "total": 2, "text": "' + b'x' * 1_000 + b'"}}\\n'
os.set_blocking(1, False)
refused = 0
for _ in range({SPOKEN}):
    rest = line
    while rest:
        try:
            rest = rest[os.write(1, rest):]
            refused = 0
        except BlockingIOError:
            time.sleep(0.01)
            refused += 1
            if refused == 50: open(sys.argv[0] + '.stands', 'w').close()
open(sys.argv[0] + '.all', 'w').close()
os.set_blocking(1, True)
os.write(1, b'{{"event": "done", "summary": "Finished."}}\\n')
"""


def thread_of(folder: Path) -> TrainingThread:
    script = folder / "stand-in"
    script.write_text(f"#!{sys.executable} -ISu\nimport os, sys, time\n" + textwrap.dedent(BODY), encoding="utf-8")
    script.chmod(0o755)
    return TrainingThread(folder, environment=Environment("interpreter", interpreter=str(script)))


def wait_until_it_stands(folder: Path) -> None:
    """Wait without hearing anything until the worker waits, or has said all."""
    while not (folder / "stand-in.stands").exists() and not (folder / "stand-in.all").exists():
        os.sched_yield()
    assert not (folder / "stand-in.all").exists()


def test_a_worker_waits_for_a_window_that_does_not_listen(tmp_path: Path, qtbot: QtBot) -> None:
    thread = thread_of(tmp_path)
    heard: list[messages.Message] = []
    thread.spoke.connect(heard.append)
    thread.start()
    wait_until_it_stands(tmp_path)
    assert len(heard) <= MOST_UNHEARD
    qtbot.waitUntil(thread.isFinished, timeout=60_000)
    qtbot.waitUntil(lambda: len(heard) == SPOKEN + 1, timeout=60_000)
    assert heard[-1] == messages.Done("Finished.")
    thread.wait()


def test_a_window_that_waits_for_the_end_is_not_waited_for(tmp_path: Path, qtbot: QtBot) -> None:
    """The window's thread hears nothing while it closes a project and waits for its training's end."""
    thread = thread_of(tmp_path)
    thread.start()
    wait_until_it_stands(tmp_path)
    thread.cancel()
    assert thread.wait(20_000)
    assert isinstance(thread.last, messages.Cancelled | messages.Done)
