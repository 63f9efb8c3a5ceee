"""Kills, cut connections, lost answers and frozen servers: no confirmed change is lost, none is made twice, in their order.

Every round has its own seed and its own database. QUAKEGUI_ATTACKS=1000 makes as many attacks; with QUAKEGUI_ATTACK_LOG=FILE
each finished round is noted there, and not repeated when the test is run again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from proxy import Proxy, proxy_of
from sqlalchemy import select
from test_shared_writers import require_sound

from quakegui.project.journal import journal_rows
from quakegui.project.outbox.letters import Letter, perform
from quakegui.project.shared.tables import deed
from quakegui.project.sharing import create_shared, join
from quakegui.project.store import Project

pytestmark = pytest.mark.shared

SENDER = Path(__file__).with_name("sender.py")
AUTHOR = "owner"
LIVES = 3
"""Number of times that the program of a round is started and killed."""


class Sender:
    """A running `sender.py`, and what it has told so far, over all its lives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.letters: list[Letter] = []
        self.confirmed: set[UUID] = set()

    def live(self, seed: int, acts: int, attack: Callable[[int], object]) -> None:
        """Run it until it has confirmed some changes, with an attack after each, and kill it."""
        running = self._start(seed)
        assert running.stdout is not None
        with running:
            try:
                for number in range(acts):
                    self._hear(running.stdout, until="ok")
                    attack(number)
            finally:
                running.kill()
            self._hear(running.stdout, until="the end")

    def finish(self) -> None:
        """Run it until everything is sent."""
        told, _ = self._start(-1).communicate(timeout=600)
        assert told == ""

    def _start(self, seed: int) -> subprocess.Popen[str]:
        command = [sys.executable, str(SENDER), str(self._folder), str(seed)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def _hear(self, lines: Any, until: str) -> None:
        for line in lines:
            if not line.endswith("\n"):  # it was killed while it told
                continue
            word, _, rest = line.rstrip("\n").partition(" ")
            if word == "do":
                told = json.loads(rest)
                self.letters.append(Letter(told["verb"], AUTHOR, told["content"], UUID(told["id"])))
            elif word == "ok":
                self.confirmed.add(UUID(rest))
            elif word == "same":
                self.letters.pop()
            else:
                pytest.fail(line)
            if word == until:
                return
        assert until == "the end", "the program ended by itself"


@pytest.fixture(scope="module")
def empty(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the name of a database with an empty shared project."""
    import psycopg

    with psycopg.connect(f"{postgresql}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE unattacked")
    create_shared(tmp_path_factory.mktemp("unattacked") / "p", f"{postgresql}/unattacked").close()
    return "unattacked"


def rounds(attacks: int) -> Iterator[int]:
    """Yield the seeds of the rounds that are left."""
    log = os.environ.get("QUAKEGUI_ATTACK_LOG")
    done = set(map(int, Path(log).read_text().split())) if log and Path(log).exists() else set()
    for seed in range(max(attacks // 20, 1)):
        if seed not in done:
            yield seed
            if log:
                with Path(log).open("a") as file:
                    file.write(f"{seed}\n")


def attack_once(rng: np.random.Generator, proxy: Proxy, freeze: Callable[[], Any]) -> str:
    """Do to the connection or to the server what happens; returns its name."""
    kind = str(rng.choice(["cut", "lost answer", "frozen"], p=[0.5, 0.35, 0.15]))
    if kind == "frozen":
        with freeze():
            time.sleep(rng.uniform(0.0, 1.5))  # how long it lasts is part of the attack
        return kind
    if kind == "lost answer":
        proxy.mute = True
        time.sleep(rng.uniform(0.0, 0.2))
        proxy.mute = False
    proxy.cut()
    return kind


def attacked(seed: int, url: str, folder: Path, frozen: Any) -> int:
    """Let one program live and die, and compare what is on the server with what it confirmed; returns the number of attacks."""
    rng, count = np.random.default_rng(seed), 0
    with proxy_of(url) as (proxy, there):
        proxy.round_trip_s = float(rng.choice([0.0, 0.01, 0.05]))
        join(folder / "far", there).close()
        sender = Sender(folder / "far")

        def attack(_number: int) -> None:
            nonlocal count
            if rng.random() < 0.25:
                attack_once(rng, proxy, lambda: frozen(url))
                count += 1

        for life in range(LIVES):
            sender.live(1000 * seed + life, int(rng.integers(5, 40)), attack)
            count += 1
        sender.finish()
    with join(folder / "truth", url) as truth, Project.create(folder / "plain") as plain:
        require_sound(truth)
        with truth.read() as connection:
            known = set(connection.scalars(select(deed.c.id)))
        assert sender.confirmed <= known, "a confirmed change was lost"
        steps: dict[UUID, int] = {}
        for letter in sender.letters:
            if letter.id in known:
                before = len(journal_rows(plain))
                perform(Letter(letter.verb, AUTHOR, {**letter.content, "behind": None}, letter.id), plain, steps.get)
                rows = journal_rows(plain)
                steps[letter.id] = rows[-1].step if len(rows) > before else 0
        parts = ("id", "step", "kind", "day", "old", "new", "note", "replaces", "undoes", "redoes")
        found, expected = ([tuple(getattr(row, part) for part in parts) for row in journal_rows(one)] for one in (truth, plain))
        assert found == expected, f"seed {seed}"
    return count


def test_no_attack_loses_or_doubles_a_confirmed_change(
    empty: str, postgresql: str, sql: Any, frozen: Any, tmp_path: Path
) -> None:
    attacks = 0
    for seed in rounds(int(os.environ.get("QUAKEGUI_ATTACKS", "20"))):
        name = f"attacked{seed}"
        sql("postgres", f"CREATE DATABASE {name} TEMPLATE {empty}")
        attacks += attacked(seed, f"{postgresql}/{name}", tmp_path / str(seed), frozen)
        print(f"round {seed}: {attacks} attacks so far", flush=True)
