"""Live arrival from a real broker: mosquitto with a password and TLS, killed and started again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from live_parts import impf
from mosquitto import PASSWORD, USER, Mosquitto

from quakegui.project import live, seasons
from quakegui.project.live_rows import fold
from quakegui.project.store import Project
from quakegui.season.localtime import wall_clock_ms
from quakegui.serve.broker import Broker, BrokerError, Message, address_of
from quakegui.serve.listening import Listener

pytestmark = pytest.mark.live

TOPICS = ("impf/+/pt1s/1/+",)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path / "broker") as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "live", timezone="UTC") as created:
        yield created


@pytest.fixture
def start() -> np.datetime64:
    """Twenty minutes ago, on a whole second."""
    return np.datetime64(wall_clock_ms() // 1000 - 1200, "s").astype("datetime64[ms]")


def connection(broker: Mosquitto, **facts: object) -> Broker:
    how = {"topics": TOPICS, "client_id": "test", "user": USER, "password": PASSWORD, "ca_file": broker.ca_file, **facts}
    return Broker(address_of(f"mqtts://localhost:{broker.tls_port}", **how))


def messages(start: np.datetime64, first: int, last: int, codes: Sequence[str] = ("kak", "kny")) -> list[tuple[str, bytes]]:
    """One message of each second and station."""
    found = [impf(start + 1000 * k, [46_000.0 + k], code=code) for k in range(first, last) for code in codes]
    return [(message.topic, message.payload) for message in found]


def until(done: Callable[[], bool], *, seconds: float = 40.0) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: done() or time.monotonic() > end


def seconds_of(project: Project, start: np.datetime64, code: str = "KAK") -> list[float]:
    fold(project)
    found = seasons.record(project, code, start, start + np.timedelta64(1, "h"))
    return found[0].values.tolist() if found else []


def receive_often(source: Broker) -> None:
    for _ in range(100):
        source.receive(0.2)


def stored(project: Project) -> int:
    return sum(state.messages for state in live.live_states(project))


def test_messages_come_over_tls_and_are_acknowledged_once_stored(
    broker: Mosquitto, project: Project, start: np.datetime64
) -> None:
    source = connection(broker)
    listener = Listener(project, source, every_s=0.2)
    listener.run(until(lambda: source.listening))
    broker.publish(messages(start, 0, 300))
    listener.run(until(lambda: stored(project) >= 600))
    source.receive(0.2)
    source.close()
    assert seconds_of(project, start) == seconds_of(project, start, "KNY") == [46_000.0 + k for k in range(300)]
    again = connection(broker)
    Listener(project, again, every_s=0.2).run(until(lambda: again.listening))
    assert again.receive(1.0) == []  # nothing was left at the broker


def test_what_was_received_but_not_stored_comes_again(broker: Mosquitto, project: Project, start: np.datetime64) -> None:
    source = connection(broker)
    Listener(project, source).run(until(lambda: source.listening))
    broker.publish(messages(start, 0, 50))
    lost: list[Message] = []
    enough = until(lambda: len(lost) >= 100)
    while not enough():
        lost += source.receive(0.5)
    source.close()  # as if the listener had been killed
    again = connection(broker)
    Listener(project, again, every_s=0.2).run(until(lambda: stored(project) >= 100))
    assert seconds_of(project, start) == [46_000.0 + k for k in range(50)]


def test_what_comes_again_after_a_lost_connection_is_counted_once(
    broker: Mosquitto, project: Project, start: np.datetime64
) -> None:
    source = connection(broker)
    listener = Listener(project, source, every_s=0.5)
    listener.run(until(lambda: source.listening))
    broker.wait_until_saved()
    broker.publish(messages(start, 0, 50))
    received: list[Message] = []
    enough = until(lambda: len(received) >= 100)
    while not enough():
        received += source.receive(0.2)
    broker.stop()
    broker.start()
    again: list[Message] = []
    enough = until(lambda: len(again) >= 100)
    while not enough():
        again += source.receive(0.2)
    assert [message.repeated for message in (*received, *again)] == [False] * 100 + [True] * 100
    source.close()


def test_a_killed_listener_and_a_killed_broker_lose_nothing(broker: Mosquitto, project: Project, start: np.datetime64) -> None:
    command = (sys.executable, "-m", "quakegui", "listen", project.folder, f"mqtts://localhost:{broker.tls_port}")
    options = ("--topic", TOPICS[0], "--user", USER, "--ca", broker.ca_file, "--every", "1")
    environment = {**os.environ, "QUAKEGUI_MQTT_PASSWORD": PASSWORD}

    def listen() -> subprocess.Popen[bytes]:
        return subprocess.Popen((*command, *options), env=environment, stderr=subprocess.DEVNULL)

    def wait(count: int) -> None:
        over = until(lambda: stored(project) >= count)
        while not over():
            time.sleep(0.1)
        assert stored(project) >= count

    connected = connection(broker, client_id=USER)  # the session exists before the first message
    Listener(project, connected).run(until(lambda: connected.listening))
    connected.close()
    listener = listen()
    try:
        broker.publish(messages(start, 0, 100))
        wait(200)
        listener.kill()
        listener.wait()
        broker.publish(messages(start, 100, 200))
        broker.stop()
        broker.start()
        listener = listen()
        wait(400)
        broker.stop(kill=True)
        broker.start()
        broker.publish(messages(start, 200, 300))
        wait(600)
    finally:
        listener.terminate()
        listener.wait()
    assert seconds_of(project, start) == seconds_of(project, start, "KNY") == [46_000.0 + k for k in range(300)]
    assert live.gaps(project, "KAK") == ()


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # paho leaves the refused socket to the collector
@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"password": "wrong"}, "refuses the user name or the password"),
        ({"user": "", "password": ""}, "refuses the user name or the password"),
        ({"ca_file": None}, "certificate of localhost:[0-9]+ is not valid"),
    ],
)
def test_a_wrong_password_and_an_unknown_certificate_are_sentences(
    broker: Mosquitto, facts: dict[str, object], words: str
) -> None:
    with pytest.raises(BrokerError, match=words):
        receive_often(connection(broker, **facts))


def test_two_listeners_with_the_same_name_do_not_fight_for_ever(broker: Mosquitto) -> None:
    first, second = connection(broker), connection(broker)

    def fight() -> None:
        for _ in range(100):
            first.receive(0.4)
            second.receive(0.4)

    with pytest.raises(BrokerError, match="same client id"):
        fight()
