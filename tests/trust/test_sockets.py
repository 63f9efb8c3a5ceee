"""The program opens no socket, in a whole demonstration, from the first start to a training and its judgement.

Python's own are seen by an audit hook in the window's process, in every worker and in the helpers of a large import. Native
ones, which Python does not see, by `strace`, in the long version: Qt speaks to the X server and the message bus through sockets
of the machine (AF_UNIX), and no other kind is allowed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NATIVE = re.compile(r"\b(socket|socketpair|connect|bind|sendto|sendmsg)\(.*?\b(AF_[A-Z0-9]+)")
LOCAL = {"AF_UNIX"}


def demo(tmp_path: Path, *more: str, before: tuple[str, ...] = (), platform: str = "offscreen") -> tuple[dict, list[dict]]:
    """Return what a demonstration did, and every socket and process that Python was asked for."""
    out = tmp_path / "out"
    out.mkdir()
    own = {"QUAKEGUI_LOG": str(tmp_path / "logs"), "QUAKEGUI_CACHE": str(tmp_path / "cache"), "QT_QPA_PLATFORM": platform}
    paths = os.pathsep.join(filter(None, (str(HERE / "listening"), str(HERE), os.environ.get("PYTHONPATH", ""))))
    ended = subprocess.run(
        [*before, sys.executable, "-c", "import demo_run; demo_run.main()", out, tmp_path / "home", *more],
        env={**os.environ, **own, "PYTHONPATH": paths, "QUAKEGUI_AUDIT": str(tmp_path / "audit")},
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )
    assert ended.returncode == 0, ended.stderr[-4000:]
    assert "Traceback" not in ended.stderr, ended.stderr[-4000:]  # of a helper, whose files the window would parse itself
    return json.loads(ended.stdout), [json.loads(line) for line in (tmp_path / "audit").read_text().splitlines()]


def check(done: dict, heard: list[dict]) -> None:
    """Check that everything was done, that window and workers were listened to, and that no socket was made."""
    files = {"tables.xlsx", "report.html", "report.pdf", "export"}
    assert done["trouble"] == ""
    assert (done["days"], done["label"], done["trained"], done["explained"]) == (334, 2, True, 1)
    assert done["judged"]
    assert done["imported"] == 301
    assert files <= set(done["files"])
    listening = [each for each in heard if each["event"] == "listening"]
    # Python tells of no process that `multiprocessing` starts, but each of them listens from its own start.
    helpers = [each for each in listening if any("multiprocessing" in part for part in each["arguments"])]
    assert len(listening) - len(helpers) >= 3, "the window, the worker that trains, the worker that explains"
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert len(helpers) >= 2 or processors == 1, "the helpers that parse a large import"
    sockets = [each for each in heard if each["event"] not in ("listening", "subprocess.Popen")]
    assert sockets == []
    # Workers; h5py asks for the processor's name, scikit-learn for its cores where the environment sets no number of threads.
    assert programs(heard) <= {"python", "uname", "lscpu"}


def programs(heard: list[dict]) -> set[str]:
    """Return the names of the programs that were started."""
    started = [each["arguments"][1][0] for each in heard if each["event"] == "subprocess.Popen"]
    return {"python" if name == sys.executable else Path(name).name for name in started}


def native(trace: str) -> Counter[str]:
    """Return how many calls on sockets of each family a trace of `strace` tells of."""
    return Counter(found[2] for line in trace.splitlines() if (found := NATIVE.search(line)))


@pytest.mark.timeout(1000)
@pytest.mark.slow  # the whole program once more, from the first start to a judged training: 45 s
def test_a_whole_demonstration_opens_no_socket(tmp_path):
    check(*demo(tmp_path))


@pytest.mark.slow
@pytest.mark.timeout(2000)
@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace, which sees what libraries do beside Python")
def test_no_library_opens_one_either(tmp_path):
    trace = tmp_path / "trace"
    platform = "xcb" if os.environ.get("DISPLAY") else "offscreen"
    traced = ("strace", "-f", "-qq", "-e", "trace=network", "-o", str(trace))
    check(*demo(tmp_path, "--whole", before=traced, platform=platform))
    found = native(trace.read_text())
    print(f"\nnative sockets on {platform}: {dict(found)}")
    assert set(found) <= LOCAL


def test_a_socket_would_be_heard(tmp_path):
    code = "import socket\nwith socket.socket() as made:\n    made.bind(('127.0.0.1', 0))\n"
    own = {"PYTHONPATH": str(HERE / "listening"), "QUAKEGUI_AUDIT": str(tmp_path / "audit")}
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **own}, check=True)
    events = [json.loads(line)["event"] for line in (tmp_path / "audit").read_text().splitlines()]
    assert events == ["listening", "socket.__new__", "socket.bind"]


def test_a_native_socket_would_be_seen():
    lines = (
        "101 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3",
        '101 connect(3, {sa_family=AF_UNIX, sun_path=@"/tmp/.X11-unix/X99"}, 20) = 0',
        "102 socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP) = 7",
        "102 bind(7, {sa_family=AF_INET6, sin6_port=htons(0)}, 28) = 0",
        "101 recvmsg(3, {msg_name=NULL}, 0) = 32",
        "101 +++ exited with 0 +++",
    )
    assert native("\n".join(lines)) == {"AF_UNIX": 2, "AF_INET6": 2}
