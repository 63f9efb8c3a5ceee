"""The log of the program: a rotating file for each kind of process, in the usual location of the platform, with tracebacks.

Window, command line and worker write separate files, so that processes rarely rename each other's files. A log that cannot be
written never stops the program. `kept` sets everything up and restores it at the end; modules log with
`logging.getLogger(__name__)`. Names of analysts, labels and notes are never logged.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import platform
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal

import platformdirs

from quakegui import __version__
from quakegui.words import Said

Part = Literal["window", "command", "worker"]
LARGEST: Final = 1_000_000
"""Maximum size of one file in bytes."""
FORMER: Final = 3
"""Number of earlier files that are kept: at most 12 MB for the three kinds of process together."""
CRASH_LARGEST: Final = 200_000
Uncaught = Callable[[BaseException], None]

LOG = logging.getLogger(__name__)


def folder() -> Path:
    """Return the folder of the log files: `QUAKEGUI_LOG`, or the usual location of the platform."""
    return Path(os.environ.get("QUAKEGUI_LOG") or platformdirs.user_log_dir("quakegui", appauthor=False))


class Rotating(RotatingFileHandler):
    """A rotating file handler that never raises, neither on a full disk nor if another process has the file open."""

    def rotate(self, source: str, dest: str) -> None:
        """Start a new file; if the old one cannot be renamed, it is copied and truncated."""
        try:
            Path(source).replace(dest)
        except OSError:  # Windows, if another process writes the file too
            with suppress(OSError):
                shutil.copyfile(source, dest)
            with suppress(OSError):
                os.truncate(source, 0)  # the size limit is more important than the copy

    def close(self) -> None:
        """Close the file; a full disk may reject its last lines once more."""
        with suppress(OSError):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Drop a line that cannot be written: there is nowhere to report it."""


OWN: Final = "\u2060"
"""Mark before the program's own words; other text is enclosed in the next two. All three are invisible."""
VALUE: Final = ("\u2068", "\u2069")
_NO_MARKS: Final = dict.fromkeys(map(ord, (OWN, *VALUE)))
LARGEST_OWN: Final = 10**6
"""Integers from here on may be personal, such as telephone numbers."""


class _Lines(logging.Formatter):
    """Formatter that distinguishes the program's own words from other text, by marks that are removed from all other text."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        self.converter = time.gmtime
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(process)d %(threadName)s]: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the lines of a record."""
        marked = logging.makeLogRecord(record.__dict__)
        marked.msg, marked.args, marked.exc_text = _message(record), (), None
        return super().format(marked)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Return the traceback, with the messages of its errors marked."""
        text, error, seen = _unmarked(super().formatException(ei)), ei[1], set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            said = str(error)
            if isinstance(said, Said):
                text = text.replace(f": {_unmarked(said)}", f": {OWN}{_own(said)}")
            error = error.__cause__ or error.__context__
        return text


def _message(record: logging.LogRecord) -> str:
    own = record.name.partition(".")[0] == "quakegui" and record.name != "quakegui.qt" and isinstance(record.args, tuple)
    if not own:
        return _unmarked(record.getMessage())
    assert isinstance(record.args, tuple)
    return OWN + _unmarked(str(record.msg)) % tuple(map(_own, record.args)) if record.args else OWN + _unmarked(str(record.msg))


def _own(value: object) -> Any:
    """Return a value for the log: sentences of the program with their marks, other texts enclosed in marks."""
    if isinstance(value, Said):
        return value.filled(lambda one, many, count: many if many and count != 1 else one, _own)
    if isinstance(value, bool | float | None) or (isinstance(value, int) and abs(value) < LARGEST_OWN):
        return value
    return f"{VALUE[0]}{' '.join(_unmarked(str(value)).splitlines())}{VALUE[1]}"


def _unmarked(text: str) -> str:
    return (
        "".join(character for character in text if character not in (OWN, *VALUE)) if not text.isascii() else str.__str__(text)
    )


class Uncaughts:
    """Logs uncaught errors, wherever they occur, and calls `then` in the thread in which they occur.

    A repeated error from the same line is logged when its count has doubled, so that a widget that fails whenever it paints
    does not fill the log.
    """

    def __init__(self) -> None:
        self.then: Uncaught | None = None
        self._seen: Counter[tuple[str, str, int]] = Counter()
        self._lock = threading.Lock()

    def __call__(self, error: BaseException, where: str) -> None:
        """Log an error; `where` names the part of the process in which it ended."""
        place = _place(error)
        with self._lock:
            self._seen[place] += 1
            times = self._seen[place]
        if times & (times - 1) == 0:
            again = Said(", {times} times so far", times=times) if times > 1 else Said("")
            LOG.critical("Uncaught in %s%s", where, again, exc_info=(type(error), error, error.__traceback__))
        if self.then is not None:
            self.then(error)

    def main(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        """Replace `sys.excepthook`: log errors of the main thread, and of functions that Qt calls."""
        if error is None:
            error = kind()
        if not isinstance(error, KeyboardInterrupt):
            self(error.with_traceback(trace), Said("a slot or the main thread"))
        if sys.stderr is not None:
            sys.__excepthook__(kind, error, trace)

    def thread(self, problem: threading.ExceptHookArgs) -> None:
        """Replace `threading.excepthook`: log errors of other threads."""
        if problem.exc_value is not None and not isinstance(problem.exc_value, SystemExit):
            self(problem.exc_value, Said("the thread {name}", name=Said(problem.thread.name) if problem.thread else "?"))

    def nowhere(self, problem: sys.UnraisableHookArgs) -> None:
        """Replace `sys.unraisablehook`: log errors in finalisers, which nobody could catch."""
        if problem.exc_value is not None:
            self(problem.exc_value, Said("what could not raise ({what})", what=problem.err_msg or "a finaliser"))


def _place(error: BaseException) -> tuple[str, str, int]:
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return type(error).__name__, last.tb_frame.f_code.co_filename if last else "", last.tb_lineno if last else 0


@contextmanager
def log_file(part: Part) -> Iterator[Uncaughts]:
    """Log messages, uncaught errors and the stack of a crashing process, within a context.

    Parameters
    ----------
    part
        The kind of process, which names the file.
    """
    uncaughts, root, program = Uncaughts(), logging.getLogger(), logging.getLogger("quakegui")
    handler = _open(part)
    level = program.level
    before: tuple[Any, Any, Any] = sys.excepthook, threading.excepthook, sys.unraisablehook
    root.addHandler(handler)
    program.setLevel(logging.INFO)
    sys.excepthook, threading.excepthook, sys.unraisablehook = uncaughts.main, uncaughts.thread, uncaughts.nowhere
    crash = _watch_for_crashes(part)
    LOG.info(
        "quakegui %s started as %s on Python %s, %s", Said(__version__), Said(part), Said(platform.python_version()), system()
    )
    try:
        yield uncaughts
    except Exception as error:
        uncaughts(error, Said("the main thread"))
        raise
    finally:
        LOG.info("The %s ended", Said(part))
        sys.excepthook, threading.excepthook, sys.unraisablehook = before
        if crash is not None:
            faulthandler.disable()
            crash.close()
        program.setLevel(level)
        root.removeHandler(handler)
        handler.close()


def _open(part: Part) -> logging.Handler:
    place = folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        handler = Rotating(place / f"{part}.log", maxBytes=LARGEST, backupCount=FORMER, encoding="utf-8", errors="replace")
    except OSError:  # the home folder is missing or read-only
        return logging.NullHandler()
    handler.setLevel(logging.INFO)
    handler.setFormatter(_Lines())
    return handler


def _watch_for_crashes(part: Part) -> Any:
    """Write the stack to a file beside the log if Qt or a library crashes the process with a signal."""
    if faulthandler.is_enabled():
        return None
    try:
        path = folder() / f"{part}-crash.log"
        big = path.is_file() and path.stat().st_size > CRASH_LARGEST
        file = path.open("w" if big else "a", encoding="utf-8")
    except OSError:
        return None
    faulthandler.enable(file)
    return file


def system() -> str:
    """Return name and version of the operating system, without starting another program."""
    if sys.platform == "win32":
        found = sys.getwindowsversion()
        return f"Windows {found.major}.{found.minor}.{found.build}"
    told = os.uname()
    return f"{told.sysname} {told.release} {told.machine}"


def tail(part: Part, lines: int) -> list[str]:
    """Return the last lines in the log of a kind of process, oldest first, including those of the previous file."""
    found: list[str] = []
    for name in (f"{part}.log", f"{part}.log.1"):
        with suppress(OSError):
            found = (folder() / name).read_text("utf-8", errors="replace").splitlines() + found
        if len(found) >= lines:
            break
    return found[-lines:]
