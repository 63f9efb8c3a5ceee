"""The program's log: a rotating file for each kind of process, in the platform's place, where errors leave their traceback.

Window, command line and worker each write a file of their own, so that one process rarely renames what another writes. A log
that cannot be written stops nothing. `kept` puts everything in place and takes it away again; above it, modules say what
happens by `logging.getLogger(__name__)`. Names of analysts, labels and notes are never logged.
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
"""Bytes of one file."""
FORMER: Final = 3
"""Files kept beside the one that is written: at most 12 MB for the three kinds of process together."""
CRASH_LARGEST: Final = 200_000
Uncaught = Callable[[BaseException], None]

LOG = logging.getLogger(__name__)


def folder() -> Path:
    """Return where the log files are: `QUAKEGUI_LOG`, or the platform's place."""
    return Path(os.environ.get("QUAKEGUI_LOG") or platformdirs.user_log_dir("quakegui", appauthor=False))


class Rotating(RotatingFileHandler):
    """A rotating file that never stops the work, not on a full disk and not where another process holds the file."""

    def rotate(self, source: str, dest: str) -> None:
        """Begin anew; where the file cannot be renamed, its lines are copied away and it is emptied."""
        try:
            Path(source).replace(dest)
        except OSError:  # Windows, and another process writes it too
            with suppress(OSError):
                shutil.copyfile(source, dest)
            with suppress(OSError):
                os.truncate(source, 0)  # the bound is worth more than the copy

    def close(self) -> None:
        """Close the file, whose last lines a full disk may refuse once more."""
        with suppress(OSError):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Let a line go that cannot be written: there is no place left to complain to."""


OWN: Final = "\u2060"
"""Stands before words that are the program's own; what is not, stands between the two others. All three are invisible."""
VALUE: Final = ("\u2068", "\u2069")
_NO_MARKS: Final = dict.fromkeys(map(ord, (OWN, *VALUE)))
LARGEST_OWN: Final = 10**6
"""Whole numbers from here on may be somebody's, such as of a telephone."""


class _Lines(logging.Formatter):
    """Lines in which the program's own words can be told from everything else, by marks that nobody else can write."""

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
        """Return the traceback, its errors' sentences marked."""
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
    """Return a value as the log has it: sentences of the program as such, other texts between marks."""
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
    """Writes down what nobody caught, wherever it happened, and tells `then` of it in the thread where it happened.

    An error that comes again from the same line is written when its count has doubled: a widget that fails whenever it paints
    does not push everything else out of the log.
    """

    def __init__(self) -> None:
        self.then: Uncaught | None = None
        self._seen: Counter[tuple[str, str, int]] = Counter()
        self._lock = threading.Lock()

    def __call__(self, error: BaseException, where: str) -> None:
        """Write an error down; `where` says in which part of the process it ended."""
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
        """Stand in for `sys.excepthook`: the main thread, and whatever Qt calls."""
        if error is None:
            error = kind()
        if not isinstance(error, KeyboardInterrupt):
            self(error.with_traceback(trace), Said("a slot or the main thread"))
        if sys.stderr is not None:
            sys.__excepthook__(kind, error, trace)

    def thread(self, told: threading.ExceptHookArgs) -> None:
        """Stand in for `threading.excepthook`."""
        if told.exc_value is not None and not isinstance(told.exc_value, SystemExit):
            self(told.exc_value, Said("the thread {name}", name=Said(told.thread.name) if told.thread else "?"))

    def nowhere(self, told: sys.UnraisableHookArgs) -> None:
        """Stand in for `sys.unraisablehook`: errors in finalisers, which nobody could catch."""
        if told.exc_value is not None:
            self(told.exc_value, Said("what could not raise ({what})", what=told.err_msg or "a finaliser"))


def _place(error: BaseException) -> tuple[str, str, int]:
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return type(error).__name__, last.tb_frame.f_code.co_filename if last else "", last.tb_lineno if last else 0


@contextmanager
def kept(part: Part) -> Iterator[Uncaughts]:
    """Keep a log while this lasts: what is logged, what nobody caught, and the stack of a process that crashes.

    Parameters
    ----------
    part
        Which kind of process this is; names the file.
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
        "quakegui %s begins as %s on Python %s, %s", Said(__version__), Said(part), Said(platform.python_version()), system()
    )
    try:
        yield uncaughts
    except Exception as error:
        uncaughts(error, Said("the main thread"))
        raise
    finally:
        LOG.info("The %s ends", Said(part))
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
    except OSError:  # no home, or one that cannot be written
        return logging.NullHandler()
    handler.setLevel(logging.INFO)
    handler.setFormatter(_Lines())
    return handler


def _watch_for_crashes(part: Part) -> Any:
    """Have the stack of a process that Qt or a library ends by a signal written beside the log."""
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
    """Return the operating system's name and version, without asking another program for it."""
    if sys.platform == "win32":
        found = sys.getwindowsversion()
        return f"Windows {found.major}.{found.minor}.{found.build}"
    told = os.uname()
    return f"{told.sysname} {told.release} {told.machine}"


def tail(part: Part, lines: int) -> list[str]:
    """Return the last lines of a kind of process's log, oldest first, also those of the file before."""
    found: list[str] = []
    for name in (f"{part}.log", f"{part}.log.1"):
        with suppress(OSError):
            found = (folder() / name).read_text("utf-8", errors="replace").splitlines() + found
        if len(found) >= lines:
            break
    return found[-lines:]
