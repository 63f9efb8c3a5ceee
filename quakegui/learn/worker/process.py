"""The worker process: ``python -m quakegui.learn.worker.process FOLDER [--job JOB] [--run FOLDER]``, see `duties` for the jobs.

It writes one JSON object per line on its standard output (see `messages`) and reads its standard input: the line ``cancel``
requests a stop, the end of input ends the process at once, since its parent no longer exists. It runs at low priority. Output
of libraries goes to its standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import logging
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from quakegui import logs, paths
from quakegui.learn import messages
from quakegui.words import Said

LOG = logging.getLogger("quakegui.learn.worker.process")  # this module is run as __main__
NICE = 10
HEARTBEAT = 2.0
"""Seconds between two heartbeats."""
OK, FAILED, CANCELLED, ORPHANED = 0, 1, 3, 4
_PR_SET_PDEATHSIG = 1


class Speaker:
    """Writes messages on the original standard output of the process, one line each, from any thread."""

    def __init__(self) -> None:
        sys.stdout.flush()
        self._out = os.dup(1)
        os.set_inheritable(self._out, False)
        os.dup2(2, 1)  # output of libraries must not mix with the messages
        self._lock = threading.Lock()

    def __call__(self, message: messages.Message) -> None:
        """Write a message; end the process if nobody reads it."""
        line = (messages.to_line(message) + "\n").encode()
        with self._lock:
            try:
                while line:
                    line = line[os.write(self._out, line) :]
            except OSError:
                _end(ORPHANED)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one job and end the process."""
    parser = argparse.ArgumentParser(
        prog="quakegui worker", description=Said("Train, predict or explain in a separate process.")
    )
    parser.add_argument("folder", type=Path, help="the run's or the job's folder")
    parser.add_argument("--job", choices=("train", "phase", "predict", "explain", "limit", "hello"), default="train")
    parser.add_argument("--run", type=Path, help="the run, for phase, predict, explain and limit")
    parser.add_argument("--phase", type=int, default=0, help="number of the phase, for phase")
    given = parser.parse_args(arguments)
    say, cancelled = Speaker(), threading.Event()
    threading.Thread(target=listen, args=(own_input(), cancelled), daemon=True).start()
    threading.Thread(target=_live, args=(say,), daemon=True).start()
    _be_modest()
    _stay_alone()
    with logs.log_file("worker"):
        LOG.info("The job %s", Said(given.job))
        status = work(given.folder, given.job, given.run, say, cancelled, phase=given.phase)
        LOG.info("The job %s ended with status %d", Said(given.job), status)
        _end(status)


def work(folder: Path, job: str, run: Path | None, say: messages.Listen, cancelled: threading.Event, *, phase: int = 0) -> int:
    """Run one job, report its result, and return the exit status. Any error becomes a message.

    Parameters
    ----------
    folder
        Folder of the run or of the job.
    job
        Name of the job.
    run
        Folder of the run, for phase, predict, explain and limit.
    say
        Called with messages.
    cancelled
        Set to stop the job.
    phase
        Number of the phase, for phase.
    """
    from quakegui.learn.network.steps import Stop
    from quakegui.learn.worker import duties

    try:
        from quakegui.learn.network import devices

        why_backend = devices.choose_backend()
        from quakegui.learn.network import precision

        with _without("sklearn"):  # its wrapper in Keras takes longer to import than many jobs take
            device = devices.detect()
        fastest = precision.choose(device, cache=paths.cache()) if duties.needs_precision(folder, job, run) else None
        policy = duties.policy_of(folder, job, run, fastest)
        say(
            messages.Hello(
                device.backend,
                device.version,
                device.name,
                device.driver,
                device.memory_bytes,
                policy,
                Said(
                    "{why_backend}{reason} {precision_reason}",
                    why_backend=why_backend,
                    reason=device.reason,
                    precision_reason=duties.precision_reason(policy, fastest),
                ),
            )
        )
        if job == "hello":
            summary = f"{device.name}, {device.backend} {device.version}, {policy}."
        elif job == "train":
            summary = duties.train_job(folder, device, fastest, say, cancelled.is_set)
        elif run is None:
            raise ValueError(Said("The task {job} needs a finished run (--run FOLDER).", job=job))
        elif job == "phase":
            summary = duties.phase_job(folder, run, phase, fastest, say=say, cancelled=cancelled.is_set)
        elif job == "limit":
            summary = duties.limit_job(run, say, cancelled.is_set)
        else:
            does = duties.predict_job if job == "predict" else duties.explain_job
            summary = does(folder, run, say, cancelled.is_set)
    except Stop:
        say(messages.Cancelled(duties.stopped_sentence(folder)))
        return CANCELLED
    except BaseException as error:
        with contextlib.suppress(OSError):  # the log may be on the full disk; the message below goes through a pipe
            traceback.print_exc()
        LOG.exception("The job %s failed", Said(job))
        say(duties.failure(error, folder))
        return FAILED
    say(messages.Done(summary))
    return OK


def own_input() -> int:
    """Return a file descriptor of the standard input that no other code uses.

    On Windows, libraries query the type of the standard input when they are imported, which blocks while another thread reads
    from it: importing numpy would never end.
    """
    if sys.platform != "win32":
        return 0
    import msvcrt

    own = os.dup(0)
    os.set_inheritable(own, False)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    ctypes.windll.kernel32.SetStdHandle(-10, ctypes.c_void_p(msvcrt.get_osfhandle(0)))
    return own


def listen(source: int, cancelled: threading.Event) -> None:
    """Read the standard input to its end, then end the process.

    Parameters
    ----------
    source
        File descriptor, see `own_input`.
    cancelled
        Set when the line ``cancel`` is read.
    """
    rest = b""
    # unbuffered: a thread waiting in a buffered reader would block the end of the interpreter
    while chunk := os.read(source, 4096):
        *lines, rest = (rest + chunk).split(b"\n")
        if any(line.strip() == b"cancel" for line in lines):
            cancelled.set()
    _end(ORPHANED)


@contextlib.contextmanager
def _without(name: str) -> Iterator[None]:
    """Prevent libraries from importing another one that they can do without; afterwards it can be imported."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]


def _live(say: Speaker) -> None:
    pause = threading.Event()
    while not pause.wait(HEARTBEAT):
        say(messages.Alive())


def _be_modest() -> None:
    """Set low priority; on Linux also end with the thread that started this process."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _stay_alone() -> None:
    """Prevent libraries from opening a socket and starting programs when they are imported."""
    socket.has_ipv6 = False  # `requests`, a dependency of TensorFlow, would open one to test for IPv6
    sys.modules.setdefault("matplotlib", None)  # type: ignore[arg-type]  # not needed by Keras; it lists the system's fonts


def _end(status: int) -> NoReturn:
    """End the process at once: nothing is left to save, and the clean-up of libraries may hang."""
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
