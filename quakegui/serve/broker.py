"""A connection to an MQTT broker that acknowledges a message only when told to."""

from __future__ import annotations

import hashlib
import ipaddress
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from quakegui.project.store import ProjectError
from quakegui.season.localtime import wall_clock_ms
from quakegui.words import Said, mark

PORTS = {"mqtt": 1883, "mqtts": 8883}
SESSION_S = 7 * 86_400
"""Seconds for which the broker keeps messages while nobody listens."""
AT_ONCE = 65_535
"""Messages that the broker may send before the first is acknowledged: all those of a flush."""
LONGEST_WAIT_S = 60.0
SHORT_S, MOST_SHORT = 30.0, 4
"""A connection that ends within so many seconds is short; so many in a row are no accident."""
_FOR_GOOD = {
    "Bad user name or password": mark("The broker {address} refuses the user name or the password."),
    "Not authorized": mark("The broker {address} refuses the user name or the password."),
    "Unsupported protocol version": mark(
        "The broker {address} does not support MQTT 5; use mosquitto 1.6 or newer, or another one."
    ),
    "Session taken over": mark(
        "Another listener with the same client id has connected to {address}; choose another --client-id."
    ),
}
"""Answers of a broker after which trying again is useless, by the name of the reason in MQTT 5."""


class BrokerError(ProjectError):
    """The broker cannot be used; the message is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a broker is and how to log in.

    Attributes
    ----------
    host, port, secure
        Name, port, and whether the connection is encrypted (TLS).
    topics
        Topics to listen to, with the wildcards of MQTT.
    client_id
        Name under which the broker keeps messages while this program is not connected.
    user, password
        "" if the broker asks for neither.
    ca_file
        Certificate of the authority that signed that of the broker; default those of the system.
    """

    host: str
    port: int
    secure: bool
    topics: tuple[str, ...]
    client_id: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    def require_secret(self) -> None:
        """Raise BrokerError if the password would be readable on the way.

        Raises
        ------
        BrokerError
            If there is a password, no encryption, and the broker is not on this computer.
        """
        if self.password and not self.secure and not _is_loopback(self.host):
            raise BrokerError(
                Said("mqtt://{host} would send the password unencrypted; use mqtts://, or no password.", host=self.host)
            )


def address_of(url: str, **facts: Any) -> Address:
    """Return the address in a URL such as mqtts://centre:8883.

    Parameters
    ----------
    url
        Scheme mqtt or mqtts, host and optional port; neither user name nor password.
    **facts
        Other attributes of the address.

    Raises
    ------
    BrokerError
        If it has another form.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.username is not None or parts.password is not None:
        raise BrokerError(Said("User name and password do not belong in the address; use --user and --password-file."))
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise BrokerError(Said("{url} is not the address of a broker; use one such as mqtts://centre:8883.", url=url))
    return Address(parts.hostname, port or PORTS[parts.scheme], parts.scheme == "mqtts", **facts)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it arrived.

    Attributes
    ----------
    topic, payload
        Its topic and content.
    received_ms
        Time of arrival in milliseconds since 1970 UTC.
    ticket
        What acknowledges it.
    repeated
        Whether the broker has sent it before, to the same `Broker`.
    """

    topic: str
    payload: bytes
    received_ms: int
    ticket: tuple[int, int, int] = (0, 0, 0)
    repeated: bool = False


class Broker:
    """One connection, used from one thread; it connects again by itself.

    Parameters
    ----------
    address
        The broker.

    Attributes
    ----------
    connected, listening
        Whether there is a connection, and whether the broker has confirmed the topics.

    Raises
    ------
    BrokerError
        If the client library is not installed, or the certificate file cannot be read.
    """

    def __init__(self, address: Address) -> None:
        address.require_secret()
        try:
            from paho.mqtt import client as mqtt
        except ImportError as error:
            raise BrokerError(Said("Live arrival needs the package paho-mqtt: pip install 'quakegui[live]'.")) from error
        self.address = address
        self.connected, self.listening = False, False
        self._inbox: list[Message] = []
        self._recent: dict[bytes, None] = {}
        """Fingerprints of the last messages: the broker sends again what was not acknowledged when a connection ended."""
        self._connection = 0
        self._refusal: BrokerError | None = None
        self._wait_s, self._next_try = 1.0, 0.0
        self._since, self._short = 0.0, 0
        self._client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            address.client_id,
            protocol=mqtt.MQTTv5,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        if address.user:
            self._client.username_pw_set(address.user, address.password or None)
        if address.secure:
            self._client.tls_set_context(_tls(address.ca_file))
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def receive(self, timeout_s: float) -> Sequence[Message]:
        """Return what arrives within a time, and connect first if necessary.

        Raises
        ------
        BrokerError
            If the broker refuses for good.
        """
        until = time.monotonic() + timeout_s
        while (left_s := until - time.monotonic()) > 0:
            if not self.connected and time.monotonic() >= self._next_try:
                self._connect()
            if self._client.loop(timeout=left_s) != 0 and not self.connected:
                time.sleep(min(left_s, 0.2))  # without a connection, `loop` returns at once
            if self._refusal is not None:
                raise self._refusal
        found, self._inbox = self._inbox, []
        return found

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Tell the broker that messages are stored; those of an earlier connection are sent again (see `Message`)."""
        for message in messages:
            connection, number, qos = message.ticket
            if connection == self._connection and self.connected:
                self._client.ack(number, qos)

    def close(self) -> None:
        """End the connection; the broker keeps what arrives from now on."""
        self._client.disconnect()

    def _connect(self) -> None:
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        wanted = Properties(PacketTypes.CONNECT)
        wanted.SessionExpiryInterval = SESSION_S
        wanted.ReceiveMaximum = AT_ONCE
        self._next_try = time.monotonic() + self._wait_s
        self._wait_s = min(2.0 * self._wait_s, LONGEST_WAIT_S)
        self._connection += 1
        try:
            self._client.connect(self.address.host, self.address.port, keepalive=60, clean_start=False, properties=wanted)
        except ssl.SSLCertVerificationError as error:
            raise BrokerError(
                Said("The certificate of {address} is not valid: {why}.", address=self.address, why=error.verify_message)
            ) from error
        except OSError:
            return  # tried again

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._refuse(reason)
            return
        self.connected, self._wait_s, self._since = True, 1.0, time.monotonic()
        self._client.subscribe([(topic, 1) for topic in self.address.topics])

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if self.connected:
            self._short = self._short + 1 if time.monotonic() - self._since < SHORT_S else 0
        self.connected, self.listening = False, False
        self._refuse(reason)
        if self._short >= MOST_SHORT and self._refusal is None:  # not every broker says that it gave the name to another
            self._refusal = BrokerError(
                Said(
                    "{address} ends the connection again and again. If another listener has the same client id, choose another "
                    "--client-id.",
                    address=self.address,
                )
            )

    def _on_subscribe(self, _client: Any, _data: Any, _number: int, reasons: Sequence[Any], _properties: Any) -> None:
        refused = [topic for topic, reason in zip(self.address.topics, reasons, strict=False) if reason.is_failure]
        if refused:
            text = Said(
                "The broker {address} does not allow this user the topic {topic}.", address=self.address, topic=refused[0]
            )
            self._refusal = BrokerError(text)
        self.listening = not refused

    def _refuse(self, reason: Any) -> None:
        template = _FOR_GOOD.get(str(reason))
        if template is not None:
            self._refusal = BrokerError(Said(template, address=self.address))

    def _on_message(self, _client: Any, _data: Any, message: Any) -> None:
        ticket = self._connection, message.mid, message.qos
        content = hashlib.blake2b(message.topic.encode() + b"\0" + message.payload, digest_size=16).digest()
        repeated = message.dup and content in self._recent
        self._recent[content] = None
        if len(self._recent) > AT_ONCE:
            del self._recent[next(iter(self._recent))]
        self._inbox.append(Message(message.topic, message.payload, wall_clock_ms(), ticket, repeated))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tls(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise BrokerError(Said("{path} is not a file of certificates: {error}.", path=ca_file, error=error)) from error
