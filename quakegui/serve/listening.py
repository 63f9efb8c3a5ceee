"""Readings from a broker to a project: batches, gaps of time refused, and nights computed when they are over."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from quakegui.progress import CancelCheck, StoppedError, never
from quakegui.project.clock import SLACK_MS
from quakegui.project.live import Arrival, LiveState, live_states, store_arrival
from quakegui.project.live_rows import LiveReadings
from quakegui.project.nights import ensure_nights
from quakegui.project.nights_due import NightsDue
from quakegui.project.store import Project, ProjectError
from quakegui.season.localtime import wall_clock_ms
from quakegui.serve.broker import Message
from quakegui.serve.imagmqtt import MessageError, is_imagmqtt, read_imagmqtt, station_of
from quakegui.serve.martas import Martas, NoReadings
from quakegui.serve.on_alarm import ToldSilent
from quakegui.words import Said

OLDEST_MS = 31 * 86_400_000
"""Age of a reading above which it is refused: a logger that was reset sends 1970 or 2000. Older data come as files."""
SETTLE_S = 3600.0
"""Interval at which batches are turned into blocks, and night means updated."""
SERVE_S = 0.02
"""Seconds for which messages are received between two stations whose night means are updated."""
MOST_HELD = 5000
"""Messages that wait for the header of their sensor."""
PATIENCE_MS = 60_000
"""Time after which it is reported that they wait."""
MOST_UNSTORED = 200_000
"""Messages in memory while the project cannot be written; then the listener ends, and the broker keeps the rest."""

Tell = Callable[[str, str], None]
"""Called with a sentence and its kind, "info", "warning" or "error"."""


class Source(Protocol):
    """Where messages come from (see `broker.Broker`)."""

    def receive(self, timeout_s: float) -> Sequence[Message]:
        """Return what arrives within a time."""

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Confirm that messages are stored."""


@dataclass(frozen=True, slots=True)
class LightChange:
    """A station that fell silent (`light` is "silent"), or sends again ("live"), with its state."""

    light: str
    state: LiveState


class Listener:
    """Stores what a source sends, in batches.

    Parameters
    ----------
    project
        The project.
    source
        The broker.
    tell
        Called with sentences for the user.
    warn
        Called when a station falls silent or is live again, also if that happened while no listener was running; default None:
        nobody is told, and nothing is noted.
    every_s
        Seconds between two flushes.
    """

    def __init__(
        self,
        project: Project,
        source: Source,
        *,
        tell: Tell = lambda _text, _kind: None,
        warn: Callable[[LightChange], None] | None = None,
        every_s: float = 10.0,
    ) -> None:
        self._project, self._source, self._tell, self._warn, self._every_s = project, source, tell, warn, every_s
        self._silent = ToldSilent(project.folder)
        self._cancelled: CancelCheck = never
        self._martas = Martas()
        self._due = NightsDue(project)
        self._waiting: list[Message] = []
        self._settled_ms = 0
        self._lights: dict[str, str] = {}
        self._told: dict[str, str] = {}

    def run(self, cancelled: CancelCheck) -> None:
        """Listen until `cancelled` returns True; what has arrived by then is stored.

        Raises
        ------
        BrokerError
            If the broker refuses for good.
        ProjectError
            If the project could not be written for so long that memory would run out.
        """
        flushed, self._cancelled = time.monotonic(), cancelled
        while not cancelled():
            self._waiting += self._source.receive(min(self._every_s, 0.5))
            if time.monotonic() - flushed >= self._every_s:
                self._try_flush()
                flushed = time.monotonic()
        self.flush()

    def _try_flush(self) -> None:
        try:
            self.flush()
            self.settle()
        except ProjectError as error:
            if len(self._waiting) > MOST_UNSTORED:
                raise
            self._tell_once("", Said("{error} Listening continues; what arrived is stored as soon as possible.", error=error))
        else:
            self._told.pop("", None)  # the next time it is told again

    def flush(self) -> None:
        """Store everything that has arrived in one transaction, then acknowledge it.

        Raises
        ------
        ProjectError
            If the project cannot be written; everything is stored with the next flush.
        """
        held, found = list[Message](), list[LiveReadings]()
        refusals: dict[str, tuple[int, str]] = {}
        for message in self._waiting:
            try:
                one = self._read(message)
            except NoReadings:
                continue
            except MessageError as error:
                reason: str | None = str(error)
            else:
                if one is None:
                    held.append(message)
                    continue
                one, reason = _possible(one, message.received_ms)
                found += [one] if one.time.size and not message.repeated else []
            if reason is not None and not message.repeated:  # it was counted when it came first
                code = station_of(message.topic)
                refusals[code] = refusals.get(code, (0, ""))[0] + 1, reason
        held = held[-MOST_HELD:]
        if found or refusals:
            store_arrival(self._project, Arrival(found, max(message.received_ms for message in self._waiting), refusals))
        late = set(map(id, held))
        stored = [message for message in self._waiting if id(message) not in late]
        self._waiting = held
        self._source.acknowledge(stored)
        for code, (_, reason) in refusals.items():
            self._tell_once(code, reason)
        self._tell_waiting(held)

    def settle(self, now_ms: int | None = None) -> bool:
        """Update night means once an hour, when a night is over and after a flag, and report silent stations; returns whether.

        What arrives meanwhile is received.

        Parameters
        ----------
        now_ms
            The present time in milliseconds since 1970 UTC; default from the clock.
        """
        now_ms = wall_clock_ms() if now_ms is None else now_ms
        self._watch(now_ms)
        today = np.datetime64(now_ms, "ms").astype("datetime64[D]")
        over = self._project.config().over_at(today + np.arange(-1, 2)).astype(np.int64)
        soon = now_ms - self._settled_ms < 1000 * SETTLE_S and not ((over > self._settled_ms) & (over <= now_ms)).any()
        if soon and not self._due.look():
            return False
        try:
            ensure_nights(self._project, progress=self._serve)
        except StoppedError:  # the next listener updates the others
            return False
        self._settled_ms = now_ms
        return True

    def _serve(self, *_step: object) -> None:
        """Receive between two stations whose nights are updated; raise StoppedError if the listener is to end."""
        if self._cancelled():
            raise StoppedError
        self._waiting.extend(self._source.receive(SERVE_S))

    def _read(self, message: Message) -> LiveReadings | None:
        """Return the readings of a message; None if it has to wait."""
        if is_imagmqtt(message.topic):
            return read_imagmqtt(message.topic, message.payload)
        return self._martas.read(message.topic, message.payload)

    def _watch(self, now_ms: int) -> None:
        for state in live_states(self._project):
            light, before = state.light(now_ms), self._lights.get(state.station, "live")
            self._lights[state.station] = light
            silent = light == "silent"
            if light != before and "silent" in (light, before):
                if silent:
                    last = state.last.astype("datetime64[s]")
                    text = Said("{code} is silent: its last reading is of {last} UTC.", code=state.station, last=last)
                    self._tell(text, "warning")
                else:
                    self._tell(Said("{code} sends again.", code=state.station), "info")
            if self._warn is not None and silent != (state.station in self._silent):
                self._warn(LightChange("silent" if silent else "live", state))
                self._silent.note(state.station, silent=silent)

    def _tell_waiting(self, held: Sequence[Message]) -> None:
        """Report the sensors whose data have waited for their header for a minute."""
        late_ms = wall_clock_ms() - PATIENCE_MS
        waiting = dict.fromkeys(
            message.topic.rsplit("/", 1)[0]
            for message in held
            if message.received_ms < late_ms and self._martas.lacks_header(message.topic)
        )
        for sensor in waiting:
            text = Said(
                "{code}: data are not stored before the header of the sensor arrives; listen to the topic {sensor}/meta, too.",
                code=station_of(f"{sensor}/data"),
                sensor=sensor,
            )
            self._tell_once(sensor, text)

    def _tell_once(self, about: str, text: str) -> None:
        """Report a fault of a station or a sensor; the same one again only after another."""
        if self._told.get(about) != text:
            self._told[about] = text
            self._tell(text, "warning")


def _possible(one: LiveReadings, received_ms: int) -> tuple[LiveReadings, str | None]:
    """Return the readings whose timestamps are possible, and a sentence on the others."""
    if one.time.max() <= received_ms + SLACK_MS and one.time.min() >= received_ms - OLDEST_MS:
        return one, one.note or None
    ahead = one.time > received_ms + SLACK_MS
    old = one.time < received_ms - OLDEST_MS
    kept = ~(ahead | old)
    stamp = np.datetime64(int(one.time[~kept][-1]), "ms").astype("datetime64[s]")
    if ahead.any():
        why = Said(
            "{code}: readings of {stamp} UTC are refused, because they are ahead of this computer's clock: one of the two "
            "clocks, or a time zone, is wrong.",
            code=one.station,
            stamp=stamp,
        )
    else:
        why = Said(
            "{code}: readings of {stamp} UTC are refused, because they are more than 31 days old; import such data as files.",
            code=one.station,
            stamp=stamp,
        )
    return replace(one, time=one.time[kept], value=one.value[kept]), why
