"""A real broker on a free port of this computer, with a password and a certificate made for it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

USER, PASSWORD = "station", "geheim 密码"
PROGRAM = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Mosquitto:
    """A broker whose state survives `kill`, because it is on disk; use as a context manager."""

    def __init__(self, folder: Path) -> None:
        assert PROGRAM is not None, "apt-get install mosquitto"
        folder.mkdir()
        self.folder, self.port, self.tls_port = folder, free_port(), free_port()
        self.ca_file = folder / "cert.pem"
        names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
        keys = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
        files = ("-keyout", folder / "key.pem", "-out", self.ca_file)
        subprocess.run(("openssl", "req", "-x509", *keys, *names, *files), check=True, capture_output=True)
        subprocess.run(("mosquitto_passwd", "-b", "-c", folder / "passwords", USER, PASSWORD), check=True, capture_output=True)
        (folder / "mosquitto.conf").write_text(
            f"per_listener_settings false\nallow_anonymous false\npassword_file {folder}/passwords\nuser root\n"
            f"persistence true\npersistence_location {folder}/\nautosave_interval 1\n"
            f"max_queued_messages 0\nlistener {self.port} 127.0.0.1\n"
            f"listener {self.tls_port} 127.0.0.1\ncertfile {self.ca_file}\nkeyfile {folder}/key.pem\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Mosquitto:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        assert PROGRAM is not None
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen((PROGRAM, "-c", self.folder / "mosquitto.conf"), stdout=log, stderr=log)
        log.close()
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.tls_port), 1):
                return
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self, *, kill: bool = False) -> None:
        assert self._process is not None
        (self._process.kill if kill else self._process.terminate)()
        self._process.wait(10)

    def wait_until_saved(self) -> None:
        """Wait until what the broker knows now, such as a new session, is on disk and survives a kill."""
        now, state, until = time.time(), self.folder / "mosquitto.db", time.monotonic() + 60
        while not (state.exists() and state.stat().st_mtime > now):
            assert time.monotonic() < until
            time.sleep(0.1)

    def publish(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """Publish messages and wait until the broker has them all."""
        from paho.mqtt import client as mqtt

        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, "publisher", protocol=mqtt.MQTTv5)
        client.max_queued_messages_set(0)
        client.username_pw_set(USER, PASSWORD)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        for sent in [client.publish(topic, payload, qos=1) for topic, payload in messages]:
            sent.wait_for_publish(30)
        client.disconnect()
        client.loop_stop()
