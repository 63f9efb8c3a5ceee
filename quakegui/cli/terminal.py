"""Shared parts of all commands: messages, tables, JSON and progress bars."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from quakegui.formats.errors import shown
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project.store import Project, ProjectError

ProjectFolder = Annotated[Path, typer.Argument(metavar="PROJECT", help="Project folder.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]

PIPE_WIDTH = 240


def a_text(text: str) -> str:
    """Return an argument that is to be stored in a project; raises BadParameter for bytes that are not valid text."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise typer.BadParameter(f"'{shown(text, 100)}' contains invalid characters.") from error
    return text


@contextmanager
def open_project(folder: Path, *, read_only: bool = False) -> Iterator[Project]:
    """Open a project for a command, with its warnings on standard error."""
    with Project.open(folder, read_only=read_only) as opened:
        warn(opened)
        yield opened


def warn(project: Project) -> None:
    """Print the warnings of a project on standard error."""
    for warning in project.warnings:
        say(warning, style="yellow")


def store_runs(project: Project) -> None:
    """Store the finished runs of a shared project, as those of an export, for its colleagues."""
    if project.is_shared:
        from quakegui.learn.run_sharing import share_runs

        for sentence in share_runs(project):
            say(sentence, style="yellow")


def say(text: str, *, style: str = "") -> None:
    """Print a message for the user on standard error."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(_plain(text), style=style, markup=False)


def number_of(count: int, thing: str) -> str:
    """Return a number of things in words: "1 day", "3 days"."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def sure(refusal: str, question: str) -> None:
    """Ask on a terminal whether to continue.

    Parameters
    ----------
    refusal
        Message if there is no terminal to ask on.
    question
        Question on a terminal.

    Raises
    ------
    ProjectError
        If there is no terminal, or the answer is no.
    """
    if not sys.stdin.isatty():
        raise ProjectError(refusal)
    if not typer.confirm(_plain(question), err=True):
        raise ProjectError("Nothing was changed.")


def print_json(facts: Any) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table on standard output."""
    table = Table(title=Text(_plain(title)) if title else None, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else _plain(str(cell)) for cell in row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH  # a pipe has no width, and folded cells are hard to search
    console.print(table, markup=False)


def print_facts(title: str, columns: Sequence[str], facts: Sequence[Mapping[str, object]], *, as_json: bool) -> None:
    """Print facts as one JSON document, or some of their columns as a table."""
    if as_json:
        print_json(facts)
    else:
        print_table(title, columns, [[fact[column] for column in columns] for fact in facts])


def _plain(text: str) -> str:
    """Return text without control characters, except line ends."""
    return "\n".join(shown(line, len(line)) for line in text.split("\n"))


def date_option(text: str) -> Any:
    """Return an option for a date."""
    return typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help=text)


def as_date(moment: datetime | None) -> date | None:
    """Return the date of an option, or None."""
    return None if moment is None else moment.date()


def as_day(moment: datetime | None) -> np.datetime64 | None:
    """Return the day of an option, datetime64[D], or None."""
    return None if moment is None else np.datetime64(moment.date(), "D")


@contextmanager
def bar(title: str) -> Iterator[ProgressCallback]:
    """Show a progress bar with the remaining time, on standard error if that is a terminal; yields the progress callback."""
    console = Console(stderr=True)
    description = TextColumn("{task.description}", markup=False)  # the name of a file may look like markup
    columns = (description, BarColumn(), TextColumn("{task.completed}/{task.total}"))
    with Progress(
        *columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(title, total=None)

        def report(done: int, total: int, text: str) -> None:
            progress.update(task, completed=done, total=total or None, description=_plain(f"{title}: {text[-40:]}"))

        yield report


@contextmanager
def interruptible(answer: str = "Stopping; partial results are discarded.") -> Iterator[CancelCheck]:
    """Let the first Ctrl+C request an orderly end instead of raising; yields a function that returns whether it was pressed.

    Parameters
    ----------
    answer
        Message after the key press.
    """
    asked = threading.Event()

    def ask(_number: int, _frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        say(answer)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
