"""Following a worker process, with stand-ins that misbehave in every way: each ends in one sentence, and none is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
from collections import deque
from pathlib import Path

import pytest

from quakegui.learn import messages
from quakegui.learn.worker.duties import stopped_sentence
from quakegui.learn.worker.environments import Environment
from quakegui.learn.worker.output import LARGEST_LOG
from quakegui.learn.worker.supervise import Supervisor

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts with a #! line")


def stand_in(folder: Path, body: str) -> Environment:
    """Return an environment whose interpreter is a script that ignores what it is asked."""
    script = folder / "stand-in"
    script.write_text(f"#!{sys.executable} -ISu\nimport os, signal, sys, time\n" + textwrap.dedent(body), encoding="utf-8")
    script.chmod(0o755)
    return Environment("interpreter", interpreter=str(script))


def gone(pid: int) -> bool:
    """Whether a process has ended (a child that is not waited for yet has)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def ends(pid: int, *, within: float = 20.0) -> bool:
    """Whether a process that was sent its end has ended soon: on a busy machine it has to be given a turn first."""
    deadline = time.monotonic() + within
    while not gone(pid) and time.monotonic() < deadline:
        os.sched_yield()
    return gone(pid)


def test_messages_come_in_order_and_noise_is_passed_over(tmp_path: Path) -> None:
    environment = stand_in(
        tmp_path,
        """
        print("a library says hello")
        print('{"event": "checkpoint", "phase": 0, "epoch": 1}')
        print('{"event": "alive"}')
        print('{"event": "done", "summary": "Finished."}')
        """,
    )
    assert tuple(Supervisor(tmp_path, environment=environment).events()) == (
        messages.Checkpoint(0, 1),
        messages.Done("Finished."),
    )


def test_what_the_worker_prints_elsewhere_is_kept_in_its_log(tmp_path: Path) -> None:
    environment = stand_in(tmp_path, "sys.stderr.write('first\\nsomething broke\\n'); sys.exit(7)")
    (failed,) = tuple(Supervisor(tmp_path, environment=environment).events())
    assert isinstance(failed, messages.Failed)
    assert failed.kind == "crash"
    assert "status 0x7" in failed.sentence
    assert failed.sentence.endswith("Last line of its log: something broke")
    assert (tmp_path / "worker.log").read_text() == "first\nsomething broke\n"


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("SIGSEGV", "crash", "crashed (SIGSEGV)"),
        ("SIGABRT", "crash", "crashed (SIGABRT)"),
        ("SIGKILL", "killed", "because memory ran out"),
    ],
)
def test_a_worker_that_dies_is_told_in_a_sentence(tmp_path: Path, name: str, kind: str, says: str) -> None:
    import resource

    environment = stand_in(tmp_path, f"os.kill(os.getpid(), signal.{name})")
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, before[1]))
    (failed,) = tuple(Supervisor(tmp_path, environment=environment).events())
    resource.setrlimit(resource.RLIMIT_CORE, before)
    assert isinstance(failed, messages.Failed)
    assert failed.kind == kind
    assert says in failed.sentence


@pytest.mark.parametrize("asked", [False, True])
def test_the_end_of_a_worker_is_told_also_where_its_run_is_damaged(tmp_path: Path, asked: bool) -> None:
    for name in ("config.json", "checkpoint.npz"):
        (tmp_path / name).write_text("damaged")
    supervisor = Supervisor(tmp_path, environment=stand_in(tmp_path, "sys.exit(7)"))
    if asked:
        supervisor.cancel()
    (last,) = tuple(supervisor.events())
    assert isinstance(last, messages.Cancelled if asked else messages.Failed)
    assert stopped_sentence(tmp_path) == "Stopped. Nothing was changed."


def test_a_worker_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    (failed,) = tuple(Supervisor(tmp_path, environment=Environment("interpreter", interpreter="/nowhere/python")).events())
    assert isinstance(failed, messages.Failed)
    assert failed.kind == "start"
    assert "/nowhere/python" in failed.sentence


def test_a_silent_worker_is_ended(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, environment=stand_in(tmp_path, "time.sleep(60)"), silence=0.5)
    (failed,) = tuple(supervisor.events())
    assert isinstance(failed, messages.Failed)
    assert failed.kind == "lost"
    assert supervisor.pid is not None
    assert gone(supervisor.pid)


def test_a_sign_of_life_is_enough(tmp_path: Path) -> None:
    environment = stand_in(
        tmp_path,
        """
        for _ in range(8):
            print('{"event": "alive"}')
            time.sleep(0.1)
        print('{"event": "done", "summary": "x"}')
        """,
    )
    assert tuple(Supervisor(tmp_path, environment=environment, silence=0.6).events()) == (messages.Done("x"),)


READY = """print('{"event": "checkpoint", "phase": 0, "epoch": 1}')\n"""


def cancelled(supervisor: Supervisor) -> tuple[list[messages.Message], float]:
    """Cancel at the first message; return all that was said and the seconds until the end."""
    said, begun = [], 0.0
    for message in supervisor.events():
        said.append(message)
        if len(said) == 1:
            begun = time.monotonic()
            supervisor.cancel()
    return said, time.monotonic() - begun


def test_a_worker_that_listens_stops_by_itself(tmp_path: Path) -> None:
    body = READY + """assert sys.stdin.readline() == "cancel\\n"\nprint('{"event": "cancelled", "summary": "kept"}')\n"""
    said, seconds = cancelled(Supervisor(tmp_path, environment=stand_in(tmp_path, body)))
    assert said[-1] == messages.Cancelled("kept")
    assert seconds < 1.9


@pytest.mark.parametrize("noisy", [False, True], ids=["silent", "talking"])
def test_a_worker_that_does_not_listen_is_ended_within_three_seconds(tmp_path: Path, noisy: bool) -> None:
    loop = "while True:\n    time.sleep(0.02)\n" + ('    print(\'{"event": "alive"}\')\n' if noisy else "")
    supervisor = Supervisor(
        tmp_path, environment=stand_in(tmp_path, "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + READY + loop)
    )
    said, seconds = cancelled(supervisor)
    assert said[-1] == messages.Cancelled("Stopped. Nothing was changed.")
    assert 1.9 < seconds < 3
    assert supervisor.pid is not None
    assert gone(supervisor.pid)


@pytest.mark.parametrize("job", ["predict", "explain", "hello"])
def test_a_worker_with_nothing_to_keep_is_given_no_time(tmp_path: Path, job: str) -> None:
    supervisor = Supervisor(tmp_path, job=job, environment=stand_in(tmp_path, READY + "time.sleep(60)"))
    said, seconds = cancelled(supervisor)
    assert isinstance(said[-1], messages.Cancelled)
    assert seconds < 1.5
    assert supervisor.pid is not None
    assert gone(supervisor.pid)


def test_cancelling_before_the_start_works(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, environment=stand_in(tmp_path, "time.sleep(60)"), grace=0.3)
    supervisor.cancel()
    assert tuple(supervisor.events()) == (messages.Cancelled("Stopped. Nothing was changed."),)


def test_cancelling_from_another_thread_while_nothing_is_said(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, environment=stand_in(tmp_path, READY + "time.sleep(60)"), grace=0.3)
    events = supervisor.events()
    next(events)
    threading.Timer(0.2, supervisor.cancel).start()
    assert isinstance(next(events), messages.Cancelled)


def test_closing_the_iterator_ends_the_worker_and_its_children(tmp_path: Path) -> None:
    body = "import subprocess\nchild = subprocess.Popen(['sleep', '60'])\nopen('child', 'w').write(str(child.pid))\n"
    supervisor = Supervisor(
        tmp_path, environment=stand_in(tmp_path, f"os.chdir({str(tmp_path)!r})\n" + body + READY + "time.sleep(60)")
    )
    events = supervisor.events()
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert supervisor.pid is not None
    assert gone(supervisor.pid)
    assert ends(int((tmp_path / "child").read_text()))


def test_the_worker_dies_with_its_supervisor(tmp_path: Path) -> None:
    """The real worker's listening half, without its work: killed without warning, the parent leaves nobody behind."""
    environment = stand_in(
        tmp_path,
        f"""
        sys.path.insert(0, {str(Path(__file__).parents[2])!r})
        sys.path.extend({sys.path!r})
        import threading
        from quakegui.learn.worker import process
        threading.Thread(target=process.listen, args=(process.own_input(), threading.Event()), daemon=True).start()
        print('{{"event": "progress", "done": %d, "total": 1, "text": "x"}}' % os.getpid())
        time.sleep(60)
        """,
    )
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from pathlib import Path;from quakegui.learn.worker.environments import Environment as E;"
            "from quakegui.learn.worker.supervise import Supervisor as S\n"
            f"e = E('interpreter', interpreter={environment.interpreter!r})\n"
            f"for m in S(Path({str(tmp_path)!r}), environment=e).events(): print(m.done, flush=True)",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert not gone(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert ends(pid)


def held_by(supervisor: Supervisor) -> tuple[list[messages.Message], int]:
    """Return the last messages of a worker, and how many bytes more this process held while it wrote than before."""
    tracemalloc.start()
    try:
        before, _peak = tracemalloc.get_traced_memory()
        last = list(deque(supervisor.events(), maxlen=3))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert supervisor.pid is not None
    assert gone(supervisor.pid)
    return last, peak - before


@pytest.mark.parametrize("piece", ["b'x' * 2**20", "b'\\0' * 2**20", "os.urandom(2**20).replace(b'\\n', b'')"])
def test_a_line_without_an_end_is_bounded_and_ends_the_worker(tmp_path: Path, piece: str) -> None:
    """600 MB without a line's end were once taken into memory."""
    body = f"piece = {piece}\nfor _ in range(600): os.write(1, piece)\ntime.sleep(60)"
    last, held = held_by(Supervisor(tmp_path, environment=stand_in(tmp_path, body)))
    assert last == [
        messages.Failed(
            "The training process was ended: it wrote more than 1 MiB without a line break. Nothing was changed.",
            "lost",
            False,
        )
    ]
    assert held < 16 * 2**20


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("b'\\n'", marks=pytest.mark.slow),  # a quarter of a million lines, traced: seconds each
        "b'noise ' * 10 + b'\\n'",
        "bytes(range(256))",
        """b'{"event": "alive", "a": ' + b'[' * 100_000 + b'\\n'""",
        pytest.param("""b'{"event": "alive"}\\n'""", marks=pytest.mark.slow),
    ],
    ids=["empty", "words", "bytes", "nested", "alive"],
)
def test_a_flood_of_lines_is_passed_over_in_bounded_memory(tmp_path: Path, line: str) -> None:
    body = f"""
    line = {line}
    many = line * (2**18 // len(line) + 1)
    for _ in range(6): os.write(1, many)
    os.write(1, b'\\n{{"event": "done", "summary": "Finished."}}\\n')
    """
    last, held = held_by(Supervisor(tmp_path, environment=stand_in(tmp_path, body)))
    assert last == [messages.Done("Finished.")]
    assert held < 16 * 2**20


def test_a_worker_that_speaks_faster_than_it_is_heard_waits(tmp_path: Path) -> None:
    body = """
    line = b'{"event": "progress", "done": 1, "total": 2, "text": "' + b'x' * 10_000 + b'"}\\n'
    os.set_blocking(1, False)
    refused = 0
    for _ in range(2_000):
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
    os.write(1, b'{"event": "done", "summary": "Finished."}\\n')
    """
    environment = stand_in(tmp_path, body)
    tracemalloc.start()
    events = Supervisor(tmp_path, environment=environment).events()
    next(events)
    # Nobody listens: the worker stands still with most unsaid, and what it said takes little room.
    stands, wholly = tmp_path / "stand-in.stands", tmp_path / "stand-in.all"
    while not stands.exists() and not wholly.exists():
        os.sched_yield()
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not wholly.exists()
    assert held < 8 * 2**20
    heard = list(events)
    assert len(heard) == 2_000
    assert heard[-1] == messages.Done("Finished.")


def test_what_a_worker_writes_elsewhere_without_end_fills_neither_memory_nor_disk(tmp_path: Path) -> None:
    body = """
    for _ in range(100): os.write(2, b'x' * 2**20)
    os.write(2, b'\\nthe last words')
    sys.exit(7)
    """
    last, held = held_by(Supervisor(tmp_path, environment=stand_in(tmp_path, body)))
    (failed,) = last
    assert isinstance(failed, messages.Failed)
    assert failed.sentence.endswith("Last line of its log: the last words")
    assert held < 16 * 2**20
    log = (tmp_path / "worker.log").read_bytes()
    assert len(log) < LARGEST_LOG + 2**14
    assert b"bytes are left out here" in log
    # A second worker of the same run finds it full.
    (failed,) = tuple(
        Supervisor(tmp_path, environment=stand_in(tmp_path, "sys.stderr.write('again\\n'); sys.exit(7)")).events()
    )
    assert isinstance(failed, messages.Failed)
    assert failed.sentence.endswith("Last line of its log: again")
    assert (tmp_path / "worker.log").stat().st_size < LARGEST_LOG + 2**14
