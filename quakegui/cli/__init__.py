"""The command line. Without arguments the window opens, before any command is imported; the commands are in `verbs`."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import pairwise
from pathlib import Path

from quakegui.cli import window
from quakegui.words import Said


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program; ends with `SystemExit`."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.isatty() and hasattr(stream, "reconfigure"):
            # A Windows pipe would reject Chinese names, and any pipe a path that is not valid text.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    match list(sys.argv[1:] if arguments is None else arguments):
        case []:
            sys.exit(window.show_window(None))
        case ["--open", folder]:
            sys.exit(window.show_window(Path(folder)))
        case words:
            _run(words)


@contextmanager
def _streams() -> Iterator[None]:
    """Replace the standard streams that are closed, as by some schedulers."""
    with ExitStack() as opened:
        for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
            if getattr(sys, name) is None:
                opened.callback(setattr, sys, name, None)
                setattr(sys, name, opened.enter_context(Path(os.devnull).open(mode, encoding="utf-8")))
        yield


def _run(words: list[str]) -> None:
    from quakegui import logs
    from quakegui.cli.verbs import program

    with _streams(), logs.log_file("command") as uncaughts:
        for number, (before, word) in enumerate(pairwise(["", *words]), start=1):
            if not word and not before.startswith("-"):  # as a path it would be the current folder
                _say(f"Argument {number} is empty; an unset variable leaves such an argument.")
                sys.exit(2)
        try:
            program(args=words, prog_name="quakegui")
        except Exception as error:
            _explain(error, words[0], uncaughts)
            sys.exit(1)


def _say(text: str) -> None:
    from quakegui.cli.terminal import say  # the help and the version need neither the database nor NumPy

    say(text, style="red")


def _explain(error: Exception, command: str, uncaughts: Callable[[BaseException, Said], None]) -> None:
    """Report on standard error why a command failed, and log what was not foreseen."""
    from quakegui import logs
    from quakegui.formats.errors import FormatError
    from quakegui.project.errors import ProjectError

    if isinstance(error, ProjectError | FormatError):
        _say(str(error))
        return
    if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
        with suppress(OSError):
            sys.stdout.close()  # what is left of it would fail again at the end
        _say(f"The output could not be written: {error.strerror}. Saved work is kept.")
        return
    uncaughts(error, Said("the command {name}", name=Said(command)))
    _say(
        f"The command stopped at an unexpected error: {type(error).__name__}: {error}. "
        f"Saved work is kept. Details are in the log in {logs.folder()}."
    )
