"""A disk fills up and is freed again and again while five programs write to one project: each says so, and goes on or ends."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import arrival_parts
import disks
import killing
import numpy as np
import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "serve"))

from mosquitto import PASSWORD, USER, Mosquitto
from stub_service import Stub, reply, service

from quakegui.project import live, nights, runs, seasons
from quakegui.project.importing import import_paths
from quakegui.project.live_rows import fold
from quakegui.project.store import Project
from quakegui.season.localtime import wall_clock_ms
from quakegui.serve.broker import Broker, address_of
from quakegui.serve.listening import Listener

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(3000)]

TOPIC = "impf/+/pt1m/1/+"
LIVE, FETCHED, IMPORTED = ("LAA", "LBB", "LCC"), ("KAK", "MMB"), ("IAA", "IBB")
CODES = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG")
PER_MESSAGE, MESSAGES = 10, 4
"""Minutes of a message, and messages of each station in a round."""
ROUNDS = 20
YEARS = np.timedelta64(9000, "D")
REFUSED = re.compile(r"is full|No space left|is read-only")
WRONG = re.compile(r"Traceback|unexpected error|Error\b")


def pause(seconds: float) -> None:
    """Let the programs work for a random time."""
    threading.Event().wait(seconds)


def wait(done: Callable[[], bool], *, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        pause(0.1)


def table(path: Path, first: np.datetime64, step_minutes: int, columns: dict[str, np.ndarray]) -> Path:
    """Write readings, whole or not at all."""
    rows = np.column_stack(list(columns.values()))
    stamps = first.astype("datetime64[s]") + 60 * step_minutes * np.arange(len(rows))
    lines = [f"{stamp}Z,{','.join(f'{value:.3f}' for value in row)}" for stamp, row in zip(stamps, rows, strict=True)]
    part = path.with_name(f"{path.name}.part")
    part.write_text("\n".join([f"time,{','.join(columns)}", *lines]) + "\n")
    return part.rename(path)


@contextmanager
def full(disk: disks.FullDisk) -> Iterator[None]:
    """Keep a disk full: what a program gives back is taken at once."""
    over = threading.Event()

    def fill() -> None:
        while not over.wait(0.01):
            disk.fill()

    disk.fill()
    thread = threading.Thread(target=fill)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        disk.free()


class Program:
    """One of the programs, with a driver and a log of its own."""

    def __init__(self, driver: killing.Driver) -> None:
        self._driver = driver
        self._read = 0
        self._running: int | None = None

    def start(self, do: str, *words: object) -> int:
        self._running = self._driver.start(do, *words)
        return self._running

    def kill(self) -> None:
        """End what still runs after a test that failed; its driver would wait for it."""
        if self._running is not None:
            os.killpg(self._running, signal.SIGKILL)

    def ended(self) -> int:
        """Wait for its end; a program that failed has said one sentence on the disk, two if it found it full."""
        status, said = self._driver.status(), self.said()
        self._running = None
        assert status in {0, 1}, said
        assert not status or 1 <= sum(bool(REFUSED.search(line)) for line in said) <= 2, said
        return status

    def said(self) -> list[str]:
        """Return the lines since the last call, none of which is an error of the program itself."""
        text = self._driver.log.read_text(encoding="utf-8") if self._driver.log.exists() else ""
        found, self._read = text[self._read :].splitlines(), len(text)
        assert not [line for line in found if WRONG.search(line)]
        return found


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[list[Program]]:
    """Return a program for each of the five tasks, with everything imported."""
    environment = {"QUAKEGUI_MQTT_PASSWORD": PASSWORD}
    modules = ("together_parts", "quakegui.serve.broker", "paho.mqtt.client", "scipy.ndimage", "scipy.spatial", "pyproj")
    with ExitStack() as running:
        made = [
            Program(running.enter_context(killing.driver(tmp_path / f"{number}.log", *modules, environment=environment)))
            for number in range(5)
        ]
        yield made
        for program in made:
            program.kill()


class Network:
    """What is measured, and by whom it is brought."""

    def __init__(self, folder: Path, seed: int, last_day: np.datetime64) -> None:
        self.rng = np.random.default_rng(seed)
        self.first = np.datetime64(wall_clock_ms() // 3_600_000 - 30, "h").astype("datetime64[ms]")
        self.live: dict[str, list[float]] = {code: [] for code in LIVE}
        self.folder, self.watched, self.last_day = folder, folder / "watched", last_day
        self.watched.mkdir(parents=True)
        self.files: list[Path] = []

    def messages(self, number: int) -> list[tuple[str, bytes]]:
        """Measure what the live stations send in a round."""
        found = []
        for at in range(number * MESSAGES, (number + 1) * MESSAGES):
            start = self.first + at * PER_MESSAGE * np.timedelta64(60_000, "ms")
            for code in LIVE:
                values = np.round(46_000 + self.rng.normal(0, 1, PER_MESSAGE), 3).tolist()
                self.live[code] += values
                payload = {"startDate": str(start.astype("datetime64[s]")), "geomagneticFieldS": values}
                found.append((f"impf/{code.lower()}/pt1m/1/xyzs", json.dumps(payload).encode()))
        return found

    def day_file(self) -> Path:
        """Write what the live stations have measured."""
        return table(self.folder / "live.csv", self.first, 1, {code: np.array(values) for code, values in self.live.items()})

    def to_import(self, number: int) -> Path:
        first = np.datetime64("2022-01-01", "ms") + number * np.timedelta64(1, "D")
        columns = {code: 47_000 + self.rng.normal(0, 1, 1440) for code in IMPORTED}
        self.files.append(table(self.folder / f"import-{number}.csv", first, 1, columns))
        return self.files[-1]

    def to_watch(self, number: int) -> None:
        """Write the UTC day before the night of a day that is to be predicted."""
        first = (self.last_day + number).astype("datetime64[ms]") + np.timedelta64(30, "m")
        columns = {code: 50_000 + 40 * k + self.rng.normal(0, 1, 24) for k, code in enumerate(CODES)}
        self.files.append(table(self.watched / f"day-{number}.csv", first, 60, columns))


def answer(request: Any) -> None:
    """Return a day of a station that is no neighbour of those of the project."""
    reply(request, arrival_parts.iaga(request.path).replace(b"36.232 ", b"28.200 ").replace(b"140.186", b"102.100"))


def stored(folder: Path) -> int:
    with Project.open(folder, read_only=True) as project:
        return sum(state.messages for state in live.live_states(project))


def issued(folder: Path) -> set[np.datetime64]:
    with Project.open(folder, read_only=True) as project:
        run = runs.run_in_use(project)
        assert run is not None
        return {row.day for row in runs.ledger(project, run) if row.kind == "prospective"}


@pytest.fixture
def disk(tmp_path: Path, aloud: Callable[[str], None]) -> Iterator[disks.FullDisk]:
    made = disks.FullDisk(tmp_path / "disk", 64, aloud)
    if not made.real:
        made.close()
        pytest.skip("a limit on the size of files is that of this process only")
    yield made
    made.close()


def fetch_order(folder: Path, stub: Stub, number: int) -> tuple[str, ...]:
    day = str(np.datetime64("2022-02-01") + number)
    stations = [word for code in FETCHED for word in ("--station", code)]
    return ("fetch", "readings", str(folder), "--from", stub.url, "--since", day, "--until", day, *stations)


def listen_order(folder: Path, broker: Mosquitto) -> tuple[str, ...]:
    """Make the session of a listener, before the first message, and return its command."""
    url = f"mqtts://localhost:{broker.tls_port}"
    with Project.open(folder) as project:
        source = Broker(address_of(url, topics=(TOPIC,), client_id=USER, user=USER, password=PASSWORD, ca_file=broker.ca_file))
        Listener(project, source).run(lambda: source.listening)
        source.close()
    return ("listen", str(folder), url, "--topic", TOPIC, "--user", USER, "--ca", str(broker.ca_file), "--every", "1")


def labels(said: Path, of: str) -> int:
    """Return how many labels were acknowledged ("cls"), or refused."""
    return said.read_text(encoding="utf-8").count(f'"{of}"') if said.exists() else 0


def a_round(disk: disks.FullDisk, rng: random.Random, orders: dict[Program, tuple[str, ...]], said: Path, send: Any) -> None:
    """Fill the disk while programs are at work, or before they begin, and free it; then they go on, or are asked again."""
    early = rng.random() < 0.7
    send(0)
    for program, words in orders.items() if early else ():
        program.start("command", *words)
    pause(rng.uniform(0.0, 1.5))
    with full(disk):
        refused = labels(said, "refused")
        for program, words in () if early else orders.items():
            program.start("command", *words)
        send(1)
        pause(rng.uniform(0.5, 6.0))
        wait(lambda: labels(said, "refused") > refused)
    for program, words in orders.items():
        if program.ended():
            program.start("command", *words)
            assert program.ended() == 0
    saved = labels(said, "cls")
    wait(lambda: labels(said, "cls") > saved)


def inputs_of(place: Path, files: list[Path]) -> tuple[dict[str, Any], Any]:
    """Return the readings of each station and all nights, after everything came as files, too."""
    with Project.open(place) as project:
        fold(project)
        assert not import_paths(project, files).skipped
        begin = np.datetime64("2021-12-31", "ms")
        records = {
            code: [(one.time.tolist(), one.values.tolist()) for one in seasons.record(project, code, begin, begin + YEARS)]
            for code in (*CODES, *LIVE, *FETCHED, *IMPORTED)
        }
        nights.ensure_nights(project)
        return records, nights.load_nights(project)


@pytest.mark.parametrize("seed", [1, 2])
def test_programs_on_a_disk_that_fills_up_and_is_freed_lose_nothing_and_go_on(
    trained_template: Path, tmp_path: Path, disk: disks.FullDisk, programs: list[Program], *, seed: int
) -> None:
    rng, said, over = random.Random(seed), tmp_path / "labels", tmp_path / "over"
    folder = Path(shutil.copytree(trained_template, disk.folder / "project"))
    with Project.open(folder) as project:
        last = nights.days_with_data(project)[-1]
        project.set_config(replace(project.config(), last_day=last + ROUNDS))
    alone = Path(shutil.copytree(folder, tmp_path / "alone"))
    network = Network(tmp_path / "network", seed, last)
    listener, watcher, analyst, fetcher, importer = programs
    with Mosquitto(tmp_path / "broker") as broker, service() as stub:
        stub.handle = answer
        lasting = {
            listener: listener.start("command", *listen_order(folder, broker)),
            watcher: watcher.start("together_parts:watch", str(folder), str(network.watched)),
        }
        analyst.start("together_parts:label", str(folder), str(said), str(over), seed)
        wait(lambda: labels(said, "cls") > 0 and any(line.startswith("Watching") for line in watcher.said()))
        for number in range(ROUNDS):
            messages = network.messages(number)
            network.to_watch(number)
            orders = {
                fetcher: fetch_order(folder, stub, number),
                importer: ("import", str(folder), str(network.to_import(number))),
            }
            a_round(disk, rng, orders, said, lambda half, messages=messages: broker.publish(messages[half::2]))
            wait(lambda number=number: stored(folder) == (number + 1) * MESSAGES * len(LIVE))
            importer.start("command", "verify", str(folder))
            assert importer.ended() == 0
        network.to_watch(ROUNDS)  # with this file the watch tries those again that did not fit
        wait(lambda: set(last + np.arange(1, ROUNDS + 1)) <= issued(folder))
        over.touch()
        assert analyst.ended() == 0
        for program, pid in lasting.items():
            lines = program.said()
            assert any(REFUSED.search(line) and " continues" in line for line in lines), lines
            os.kill(pid, signal.SIGINT)
            assert program.ended() == 0
        for number in range(ROUNDS):
            fetcher.start("command", *fetch_order(alone, stub, number))
            assert fetcher.ended() == 0
    files = [*network.files, network.day_file()]
    (records, means), (wanted, expected) = inputs_of(folder, files), inputs_of(alone, files)
    assert all(wanted.values())
    assert records == wanted
    for name in ("days", "values", "coverage", "quality"):
        assert getattr(means, name).tobytes() == getattr(expected, name).tobytes()
    with Project.open(folder) as project:
        acknowledged, lost = killing.unacknowledged(project, said)
        assert (lost, killing.broken_history(project)) == (None, None)
    assert killing.damage(folder / "project.sqlite") is None
    assert [path.name for path in folder.rglob("*.part")] == []
    print(f"seed {seed}: {ROUNDS} rounds, {acknowledged} labels, {labels(said, 'refused')} refused")
