"""Work in a process of its own: the libraries that it imports, and its memory, are gone with the process."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, wait
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

from quakegui.progress import CancelCheck, StoppedError, never

T = TypeVar("T")


def processes(count: int, begin: Callable[..., None] | None = None, *arguments: Any) -> ProcessPoolExecutor:
    """Return helper processes, spawned and not forked: a window's process has threads, and Windows has no fork.

    Parameters
    ----------
    count
        Number of processes.
    begin, arguments
        Called once in each process.
    """
    count = min(count, 61) if sys.platform == "win32" else count  # Windows waits for no more handles at a time
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_begin_helper, initargs=(begin, *arguments))


def apart(function: Callable[..., T], *arguments: Any, cancelled: CancelCheck = never, **named: Any) -> T:
    """Return what a module-level function returns, computed in a process of its own; its exceptions are raised here.

    Parameters
    ----------
    function
        A function of a module; it, its arguments and its result are pickled.
    arguments, named
        Its arguments.
    cancelled
        Called ten times a second; when it is true, the process is ended.

    Raises
    ------
    StoppedError
        If it was cancelled.
    BrokenProcessPool
        If the process ended before the function did.
    """
    with processes(1) as pool:
        process, result = pool.submit(os.getpid), pool.submit(function, *arguments, **named)
        while wait([result], timeout=0.1).not_done:
            if cancelled():
                os.kill(process.result(), signal.SIGTERM)
                raise StoppedError
        return result.result()


def _begin_helper(begin: Callable[..., None] | None, *arguments: Any) -> None:
    """Ignore Ctrl+C, which the parent process handles, and end with the parent, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin(*arguments)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
