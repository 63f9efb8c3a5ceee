"""A network at 1 Hz through a real broker; broker and listener are killed again and again, messages are doubled and shuffled.

An hour of readings is sent in minutes: its timestamps are those of an hour that is past, and every part of the program goes by
the timestamps. Each message has ten seconds of one station.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from live_parts import impf
from mosquitto import PASSWORD, USER, Mosquitto

from quakegui.project import live, seasons
from quakegui.project.importing import import_paths
from quakegui.project.live_rows import fold
from quakegui.project.nights import ensure_nights, load_nights
from quakegui.project.store import Project
from quakegui.season.config import SeasonConfig
from quakegui.season.localtime import NightWindow, wall_clock_ms
from quakegui.season.night import NightConfig, NightMeans
from quakegui.serve.broker import Broker, address_of
from quakegui.serve.listening import Listener

pytestmark = [pytest.mark.live, pytest.mark.skipif(sys.platform != "linux", reason="processor time from /proc")]

TOPIC = "impf/+/pt1s/1/+"
PER_MESSAGE = 10
LAST_TOPIC = "impf/s000/pt1s/1/xyzs"

LABELS = """
import json, sys, time
import numpy as np
from quakegui.project import journal
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource
took = []
with Project.open(sys.argv[1]) as project:
    print("ready", flush=True)
    for cls, _ in enumerate(iter(lambda: sys.stdin.read(1), "")):
        begin = time.monotonic()
        days = np.array(["2026-01-01"], "datetime64[D]")
        journal.write_labels(project, days, cls % 5, source=LabelSource.ANALYST, author="Bo")
        took.append(time.monotonic() - begin)
print(json.dumps(took), flush=True)
"""


@dataclass(frozen=True)
class Load:
    """A network and what happens to it."""

    stations: int
    seconds: int
    kills: int


class Analyst:
    """Labels in a process of its own, once each time it is asked to; then says how long each label took."""

    def __init__(self, folder: Path) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen((sys.executable, "-c", LABELS, folder), stdin=pipe, stdout=pipe, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def label(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("x")
        self._process.stdin.flush()

    def took_s(self) -> np.ndarray:
        out, _ = self._process.communicate()
        assert self._process.returncode == 0
        return np.array(json.loads(out))


class Centre:
    """The listener's process, which can be killed, and the processor time of all of them."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        command = (sys.executable, "-m", "quakegui", "listen", folder, f"mqtts://localhost:{broker.tls_port}")
        self._command = (*command, "--topic", TOPIC, "--user", USER, "--ca", broker.ca_file, "--every", "1")
        self.processor_s = 0.0
        self.start()

    def start(self) -> None:
        environment = {**os.environ, "QUAKEGUI_MQTT_PASSWORD": PASSWORD}
        self._process = subprocess.Popen(self._command, env=environment, stderr=subprocess.DEVNULL)

    def end(self, *, kill: bool) -> None:
        ticks = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(") ", 1)[1].split()[11:13]
        self.processor_s += sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        (self._process.kill if kill else self._process.terminate)()
        self._process.wait()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path / "broker") as running:
        yield running


def wait(done: Callable[[], bool], analyst: Analyst | None = None, *, seconds: float = 300.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        if analyst is not None:
            analyst.label()
        time.sleep(0.2)


def stored(project: Project) -> int:
    return sum(state.messages for state in live.live_states(project))


def send(load: Load, sent: list[tuple[str, bytes]], broker: Mosquitto, project: Project, analyst: Analyst) -> float:
    """Publish all messages while broker and listener are killed in turn; returns the listener's processor time."""
    from paho.mqtt import client as mqtt

    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, "stations", protocol=mqtt.MQTTv5)
    client.max_queued_messages_set(0)
    client.max_inflight_messages_set(1000)
    client.reconnect_delay_set(1, 2)
    client.username_pw_set(USER, PASSWORD)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    centre = Centre(project.folder, broker)
    ends = np.linspace(0, len(sent), load.kills + 2).astype(int)
    for number, (first, last) in enumerate(pairwise(ends)):
        wait(client.is_connected)
        before = stored(project)
        published = [client.publish(topic, payload, qos=1) for topic, payload in sent[first:last]]
        wait(lambda before=before: stored(project) > before, analyst)
        if number < load.kills:
            centre.end(kill=True)
            if number % 2:
                broker.stop(kill=True)
                broker.start()
            centre.start()
            if not number % 2:
                broker.stop(kill=True)
                broker.start()
        wait(lambda published=published: all(one.is_published() for one in published), analyst)
    client.publish(LAST_TOPIC, b"the end", qos=1)  # is refused, after all others have been stored: a broker keeps the order
    wait(lambda: any(state.refused for state in live.live_states(project)), analyst, seconds=2000.0)
    centre.end(kill=False)
    client.disconnect()
    client.loop_stop()
    return centre.processor_s


def nights(project: Project) -> NightMeans:
    ensure_nights(project)
    found = load_nights(project)
    assert found is not None
    return found


def assert_gaps_are_named(project: Project, code: str, start: np.datetime64, values: np.ndarray) -> int:
    """Check the record of a station against what was measured, and its gaps against what is missing; returns how much is."""
    (record,) = seasons.record(project, code, start, start + 1000 * values.size)
    at = ((record.time - start) / np.timedelta64(1, "s")).astype(int)
    assert record.values.tolist() == values[at].tolist()
    missing = set(range(at[0], at[-1] + 1)) - set(at.tolist())
    named: set[int] = set()
    for gap in live.gaps(project, code):
        first, last = (round((end - start) / np.timedelta64(1, "s")) for end in (gap.since, gap.until))
        assert gap.readings == last - first + 1
        named |= set(range(first, last + 1))
    assert named == missing
    return values.size - at.size


@pytest.mark.timeout(3000)
@pytest.mark.parametrize(
    "load",
    [
        pytest.param(Load(25, 600, 2), id="25 stations, ten minutes, 2 kills"),
        pytest.param(Load(250, 3600, 20), id="250 stations, an hour, 20 kills", marks=pytest.mark.slow),
    ],
)
def test_after_backfill_the_nights_are_those_of_the_day_files_bit_for_bit(
    tmp_path: Path, broker: Mosquitto, load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(load.stations)
    hour = np.datetime64(wall_clock_ms() // 3_600_000 - 3, "h").astype("datetime64[ms]")
    codes = [f"s{number:03d}" for number in range(load.stations)]
    values = {code: np.round(46_000 + rng.normal(0, 0.5, load.seconds).cumsum() / 10, 3) for code in codes}
    sent = [
        impf(hour + 1000 * at, values[code][at : at + PER_MESSAGE], code=code)
        for at in range(0, load.seconds, PER_MESSAGE)
        for number, code in enumerate(codes)
        if number % 2 or rng.random() > 0.02  # every second station has gaps that only its file fills
    ]
    doubled = np.sort(np.append(np.arange(len(sent)), rng.choice(len(sent), len(sent) // 10)))
    doubled = doubled[np.argsort(doubled + rng.uniform(0, 30 * len(codes), doubled.size))]  # up to five minutes out of order
    messages = [(sent[k].topic, sent[k].payload) for k in doubled]
    start_hour = int(hour.astype("datetime64[h]").astype(np.int64) % 24)
    night = NightConfig(window=NightWindow(start_hour, start_hour + load.seconds / 3600), coverage=0.2)
    project = Project.create(tmp_path / "live", timezone="UTC")
    alone = Project.create(tmp_path / "alone", timezone="UTC")
    for one in (project, alone):
        one.set_config(replace(SeasonConfig("UTC"), night=night))
    source = Broker(
        address_of(
            f"mqtts://localhost:{broker.tls_port}",
            topics=(TOPIC,), client_id=USER, user=USER, password=PASSWORD, ca_file=broker.ca_file,
        )
    )  # fmt: skip
    Listener(project, source).run(lambda: source.listening)  # the session exists before the first message
    source.close()
    broker.wait_until_saved()
    analyst = Analyst(project.folder)
    begin = time.monotonic()
    processor_s = send(load, messages, broker, project, analyst)
    took_s, sent_s = analyst.took_s(), time.monotonic() - begin
    fold(project)
    lost = {code: assert_gaps_are_named(project, code.upper(), hour, values[code]) for code in codes}
    live_nights = nights(project)
    table = tmp_path / "day.csv"
    rows = np.column_stack([values[code] for code in codes])
    stamps = np.datetime_as_string(hour + 1000 * np.arange(load.seconds), unit="s")
    lines = [f"{stamp}Z,{','.join(f'{value:.3f}' for value in row)}" for stamp, row in zip(stamps, rows, strict=True)]
    table.write_text("\n".join([f"time,{','.join(codes).upper()}", *lines]) + "\n")
    assert not import_paths(alone, [table]).skipped
    expected = nights(alone)
    complete = [at for at, code in enumerate(codes) if not lost[code]]
    assert live_nights.values[:, complete].tobytes() == expected.values[:, complete].tobytes()
    assert np.isfinite(expected.values).sum() == load.stations
    assert not import_paths(project, [table]).skipped
    found = nights(project)
    for name in ("days", "values", "coverage", "quality"):
        assert getattr(found, name).tobytes() == getattr(expected, name).tobytes()
    assert all(live.gaps(project, code.upper()) == () for code in codes)
    p50, p95 = (1000 * np.percentile(took_s, part) for part in (50, 95))
    lines = (
        f"{load.stations} stations, {load.seconds} s at 1 Hz in {sent_s:.0f} s: {len(messages)} messages,",
        f"{load.kills} kills of each, {sum(lost.values())} readings only in the files, {len(complete)} stations without a gap;",
        f"listener {processor_s:.0f} s of processor, {100 * processor_s / load.seconds:.1f}% of real time;",
        f"{took_s.size} labels meanwhile, p50 {p50:.0f}, p95 {p95:.0f} ms",
    )
    with capsys.disabled():
        print("", *lines, sep="\n")
    project.close()
    alone.close()
