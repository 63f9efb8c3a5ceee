"""Start, supervision and end of one worker process, for window and command line."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from quakegui.learn import messages
from quakegui.learn.runs.registry import LOG, progress_sentence, read_run
from quakegui.learn.worker.environments import THIS, Environment, command, variables
from quakegui.learn.worker.output import LONGEST_LINE, EndlessLineError, keep_log, lines_of
from quakegui.words import Said

PROGRAM_LOG = logging.getLogger(__name__)
GRACE = 2.0
"""Seconds from the stop request to the end of the process."""
SILENCE = 60.0
"""Seconds without a message after which a worker is considered lost; it sends a heartbeat every two seconds."""
MOST_WAITING = 64
"""Maximum number of unread messages; a faster worker has to wait."""
_TAIL = 4096
_READ_ON = 1.0
"""Seconds allowed for reading the remaining output of an ended worker."""


class Supervisor:
    """One worker process from start to end.

    Iterate over `events` in a thread that lives as long as the worker: on Linux the worker ends with that thread. `cancel` may
    be called from any thread. The last message is the only one that ends the job.

    Parameters
    ----------
    folder
        Folder of the run or of the job; contains the worker's log.
    job
        "train", "phase", "predict", "explain", "limit", or "hello" to report the device only.
    run
        Folder of the run, for all jobs but train and hello; it is finished, except for phase.
    phase
        Number of the phase, for phase.
    environment
        Where the worker runs.
    grace, silence
        See `GRACE` and `SILENCE`. By default only a training job has a grace time, since others have nothing to save.
    """

    def __init__(
        self,
        folder: Path,
        *,
        job: str = "train",
        run: Path | None = None,
        phase: int = 0,
        environment: Environment = THIS,
        grace: float | None = None,
        silence: float = SILENCE,
    ) -> None:
        arguments: list[str | Path] = [folder, "--job", job]
        arguments += [] if run is None else ["--run", run]
        arguments += ["--phase", str(phase)] if job == "phase" else []
        self._command = command(environment, arguments)
        self._variables = variables(environment)
        self._folder, self._silence = folder, silence
        self._grace = grace if grace is not None else GRACE if job in ("train", "phase") else 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._asked: float | None = None
        self._heard: queue.Queue[messages.Message | None] = queue.Queue(MOST_WAITING)
        self._over = threading.Event()
        self._readers: tuple[threading.Thread, ...] = ()

    @property
    def pid(self) -> int | None:
        """Return the process id of the worker, None before its start."""
        return None if self._process is None else self._process.pid

    def cancel(self) -> None:
        """Ask the worker to stop; it is killed after the grace time."""
        with self._lock:
            if self._asked is None:
                self._asked = time.monotonic()
            process = self._process
        if process is not None and process.stdin is not None:
            with contextlib.suppress(OSError, ValueError):  # it has ended already
                process.stdin.write(b"cancel\n")
                process.stdin.flush()

    def events(self) -> Iterator[messages.Message]:
        """Start the worker and yield its messages until it has ended. Closing the iterator ends the worker."""
        try:
            process = self._start()
        except OSError as error:
            sentence = Said(
                "The training process could not be started with {command}: {error}. Choose another environment in "
                "the settings.",
                command=self._command[0],
                error=error,
            )
            yield messages.Failed(sentence, "start", self._resumable())
            return
        try:
            last = None
            for message in self._until_the_end(process):
                if messages.ends(message):
                    last = message
                    break
                yield message
            self._finish(process)
            last = self._ending(process) if last is None else last
            level = logging.ERROR if isinstance(last, messages.Failed) else logging.INFO
            PROGRAM_LOG.log(level, "The worker %d ended with status %s: %s", process.pid, process.returncode, last)
            yield last
        finally:
            self._over.set()
            _kill(process)
            self._let_readers_end()
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            self._process = subprocess.Popen(  # noqa: S603
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._variables,
                start_new_session=sys.platform != "win32",
                creationflags=_windows_flags(),
            )
            asked = self._asked is not None
        PROGRAM_LOG.info("The worker %d began", self._process.pid)
        self._readers = tuple(
            threading.Thread(target=read, args=(self._process,), daemon=True) for read in (self._read, self._keep_log)
        )
        for reader in self._readers:
            reader.start()
        if asked:
            self.cancel()
        return self._process

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout, contextlib.suppress(OSError, ValueError):
            try:
                for line in lines_of(process.stdout):
                    message = messages.from_line(line)
                    if message is not None:
                        self._put(message)
            except EndlessLineError:
                self._put(self._endless())
        self._put(None)

    def _put(self, message: messages.Message | None) -> None:
        """Queue a message as soon as there is room, unless the supervision is over."""
        while not self._over.is_set():
            with contextlib.suppress(queue.Full):
                self._heard.put(message, timeout=0.1)
                return

    def _endless(self) -> messages.Failed:
        why = Said(
            "The training process was ended: it wrote more than {longest_line} MiB without a line break.",
            longest_line=LONGEST_LINE // 2**20,
        )
        return messages.Failed(
            Said("{why} {progress_sentence}", why=why, progress_sentence=progress_sentence(self._folder)),
            "lost",
            self._resumable(),
        )

    def _keep_log(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        with process.stderr:
            keep_log(process.stderr, self._folder / LOG)

    def _let_readers_end(self) -> None:
        """Wait until the output of an ended worker is read, but not long if a child process still has its pipes open."""
        for reader in self._readers:
            reader.join(_READ_ON)

    def _until_the_end(self, process: subprocess.Popen[bytes]) -> Iterator[messages.Message]:
        """Yield messages until the worker's output ends, the grace time after a stop request is over, or the worker is lost."""
        heard_at = time.monotonic()
        while True:
            try:
                message = self._heard.get(timeout=0.1)
            except queue.Empty:
                now = time.monotonic()
                if self._asked is not None and now - self._asked > self._grace:
                    return
                if now - heard_at > self._silence:
                    kept = progress_sentence(self._folder)
                    yield messages.Failed(
                        Said(
                            "The training process did not respond for {silence:.0f} s and was ended. {kept}",
                            silence=self._silence,
                            kept=kept,
                        ),
                        "lost",
                        self._resumable(),
                    )
                    return
                continue
            if message is None:
                return
            heard_at = time.monotonic()
            if not isinstance(message, messages.Alive):
                yield message
            if self._asked is not None and heard_at - self._asked > self._grace and not messages.ends(message):
                return

    def _finish(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the end of the worker, up to the grace time."""
        self._over.set()
        if self._asked is None or time.monotonic() - self._asked < self._grace:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(self._grace)
        _kill(process)
        self._let_readers_end()  # including its last messages

    def _ending(self, process: subprocess.Popen[bytes]) -> messages.Message:
        """Return the last message for a worker that ended without one."""
        kept = progress_sentence(self._folder)
        if self._asked is not None:
            return messages.Cancelled(Said("Stopped. {kept}", kept=kept))
        status = process.returncode
        if status == -signal.SIGTERM or (sys.platform != "win32" and status == -signal.SIGKILL):
            killed = Said(
                "The system ended the training process, most likely because memory ran out. {kept} Use a "
                "smaller batch or smaller maps.",
                kept=kept,
            )
            return messages.Failed(killed, "killed", self._resumable())
        name = signal.Signals(-status).name if status < 0 else f"status {status & 0xFFFFFFFF:#x}"
        tail = self._log_tail()
        said = Said(" Last line of its log: {tail}", tail=tail) if tail else ""
        return messages.Failed(
            Said("The training process crashed ({name}). {kept}{said}", name=name, kept=kept, said=said),
            "crash",
            self._resumable(),
        )

    def _log_tail(self) -> str:
        try:
            with (self._folder / LOG).open("rb") as log:
                log.seek(max(0, log.seek(0, os.SEEK_END) - _TAIL))
                lines = log.read().decode("utf-8", errors="replace").split("\n")
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def _resumable(self) -> bool:
        try:
            return read_run(self._folder).resumable
        except Exception:  # the job is not a run
            return False


def _windows_flags() -> int:
    if sys.platform != "win32":
        return 0
    return subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the worker and its child processes, if it is still running."""
    if process.poll() is None:
        if sys.platform == "win32":
            process.kill()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    process.wait()
