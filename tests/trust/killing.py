"""What the tests of crashes share: a driver whose children are killed, moments to kill at, and what must hold afterwards."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from quakegui.project import journal
from quakegui.project.store import Project

SCRIPT = Path(__file__).with_name("crash_driver.py")


class Driver:
    """A process that does the program's work in children of its own, which can be killed."""

    def __init__(self, log: Path, *preload: str, environment: dict[str, str] | None = None) -> None:
        self.log = log
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(SCRIPT), *preload],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        assert self._read() == "ready"

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def start(self, do: str, *args: object, step: int = 0) -> int:
        """Begin an action; returns the child's process id."""
        assert self._process.stdin is not None
        request = {"do": do, "args": args, "log": str(self.log), "step": step}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return int(self._read())

    def status(self) -> int:
        """Wait for the child's end and return its exit status."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._read())

    def whole(self, do: str, *args: object) -> float:
        """Do an action to its end and return the seconds it took."""
        begun = time.perf_counter()
        self.start(do, *args)
        assert self.status() == 0, self.log.read_text(encoding="utf-8")
        return time.perf_counter() - begun

    def killed_at(self, moment: float, do: str, *args: object) -> bool:
        """Do an action and kill it after `moment` seconds; returns whether it was still at work."""
        pid = self.start(do, *args)
        time.sleep(moment)
        os.killpg(pid, signal.SIGKILL)  # waited for only after this, so the number is its own
        return self.ended()

    def killed_after(self, sign: Callable[[], bool], moment: float, do: str, *args: object) -> bool:
        """Do an action and kill it `moment` seconds after a sign of it; returns whether it was still at work."""
        pid, until = self.start(do, *args), time.monotonic() + 60
        while not sign() and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(moment)
        os.killpg(pid, signal.SIGKILL)
        return self.ended()

    def killed_at_step(self, step: int, do: str, *args: object) -> bool:
        """Do an action that kills itself at its so many-th file operation or commit; returns whether it came that far."""
        self.start(do, *args, step=step)
        return self.ended()

    def ended(self) -> bool:
        """Wait for the child's end; returns whether it was killed, and fails if it went wrong by itself."""
        status = self.status()
        assert status in {0, -signal.SIGKILL}, self.log.read_text(encoding="utf-8")
        return status != 0

    def close(self) -> None:
        """End the driver."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def driver(log: Path, *preload: str, environment: dict[str, str] | None = None) -> Iterator[Driver]:
    """Give a driver that is ended afterwards."""
    made = Driver(log, *preload, environment=environment)
    try:
        yield made
    finally:
        made.close()


Prepare = Callable[[int], tuple[str, tuple[object, ...]]]
"""Makes what the so many-th try works on; returns the action and its arguments."""
Check = Callable[[int], str | None]
"""Starts the program again on what is left; returns a sentence where something was lost."""


MANY, STEPS_APART = 50, 4


@dataclass(slots=True)
class Attack:
    """Kills of one kind, and what was lost by them."""

    driver: Driver
    kind: str = ""
    tried: int = 0
    too_late: int = 0
    acknowledged: int = 0
    losses: list[str] = field(default_factory=list)

    def run(self, how: str, tries: int, seconds: float, prepare: Prepare, check: Check) -> None:
        """Kill at so many "moments", or at so many "steps": at each where there are many tries, else some apart."""
        if how == "moments":
            self.at_moments(range(tries), seconds, prepare, check)
        else:
            apart = 1 if tries >= MANY else STEPS_APART
            self.at_steps(range(1, 1 + tries * apart, apart), prepare, check)

    def at_moments(self, seeds: Iterable[int], seconds: float, prepare: Prepare, check: Check) -> None:
        """Kill an action that takes `seconds` unbroken, at a random moment for each seed."""
        for seed in seeds:
            do, args = prepare(seed)
            moment = random.Random(seed).uniform(0.0, seconds)
            self.note(self.driver.killed_at(moment, do, *args), check(seed), f"seed {seed}")

    def at_steps(self, steps: Iterable[int], prepare: Prepare, check: Check) -> None:
        """Kill an action at each of its file operations and commits, until there is none left."""
        for step in steps:
            do, args = prepare(step)
            killed = self.driver.killed_at_step(step, do, *args)
            self.note(killed, check(step), f"step {step}")
            if not killed:
                return

    def note(self, killed: bool, lost: str | None, when: str) -> None:
        """Count one try."""
        if killed:
            self.tried += 1
        else:
            self.too_late += 1
        if lost is not None:
            self.losses.append(f"{when}: {lost}")

    def row(self) -> str:
        """Return a row of a table: kind, kills, of them too late, acknowledged steps, losses."""
        return f"| {self.kind} | {self.tried} | {self.too_late} | {self.acknowledged or '–'} | {len(self.losses)} |"


def sizes(short: int, long: int) -> pytest.MarkDecorator:
    """Return an attack's numbers of tries: one for every day, and one that is asked for by `-m slow`."""
    slow = [pytest.mark.slow, pytest.mark.timeout(max(3000, 10 * long))]
    return pytest.mark.parametrize("tries", [pytest.param(short, id="short"), pytest.param(long, id="long", marks=slow)])


# -- what must hold ------------------------------------------------------------------------------------------------


def damage(database: Path) -> str | None:
    """Return what is wrong with a database after its program died, None where nothing is."""
    connection = sqlite3.connect(database)
    try:
        said = connection.execute("PRAGMA integrity_check").fetchone()[0]
        foreign = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        return str(error)
    finally:
        connection.close()
    if said != "ok":
        return str(said)
    return f"rows without what they refer to: {foreign[:3]}" if foreign else None


def broken_history(project: Project) -> str | None:
    """Return what is inconsistent in a journal, None where every row follows from those before it."""
    last: dict[journal.Key, journal.JournalRow] = {}
    steps: set[int] = set()
    newest = 0
    at_ms = 0
    for row in journal.journal_rows(project):
        before = last.get(row.key)
        if row.replaces != (None if before is None else before.id):
            return f"row {row.id} replaces {row.replaces}, not {None if before is None else before.id}"
        if row.old != (None if before is None else before.new):
            return f"row {row.id} says that class {row.old} was before"
        if row.step < newest or row.at_ms < at_ms:
            return f"row {row.id} is out of order"
        if any(step not in steps for step in (row.undoes, row.redoes) if step is not None):
            return f"row {row.id} walks to a step that is not there"
        newest, at_ms = row.step, row.at_ms
        steps.add(row.step)
        last[row.key] = row
    return None


def undo_is_broken(project: Project, author: str) -> str | None:
    """Take back the author's last step, do it again, and return what did not come out as it should."""
    before = journal.in_force(project)
    if journal.undo(project, author) is None:
        return None
    if journal.redo(project, author) is None:
        return "what was undone cannot be done again"
    after = journal.in_force(project)
    same = {day: row.cls for day, row in before.items()} == {day: row.cls for day, row in after.items()}
    return None if same else "undo and redo do not lead back"


def unacknowledged(project: Project, said: Path) -> tuple[int, str | None]:
    """Return how many steps were acknowledged, and which of them is not there."""
    if not said.exists():
        return 0, None
    lines = [line for line in said.read_text(encoding="utf-8").split("\n") if line]
    held: dict[int, list[journal.JournalRow]] = {}
    walked = {"undo": 0, "redo": 0}
    for row in journal.journal_rows(project):
        held.setdefault(row.step, []).append(row)
    told = 0
    for line in lines:
        fact = json.loads(line)
        told += 1
        for way in walked:
            walked[way] += fact.get(way) is not None
        rows = held.get(fact["step"], [])
        if fact["step"] and "days" in fact and not {row.label.day.astype(str) for row in rows} <= set(fact["days"]):
            return told, f"step {fact['step']} speaks of other days"
        if fact["step"] and not rows:
            return told, f"step {fact['step']} was acknowledged and is not there"
        if fact["step"] and "cls" in fact and {row.new for row in rows} != {fact["cls"]}:
            return told, f"step {fact['step']} says another class"
        if fact["step"] and "note" in fact and {row.note for row in rows} != {fact["note"]}:
            return told, f"step {fact['step']} says another remark"
    return told, None
