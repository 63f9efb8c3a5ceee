"""The command of live arrival: listen."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from quakegui.cli.terminal import AsJson, ProjectFolder, interruptible, open_project, print_json, print_table, say
from quakegui.project.live import gaps, live_states
from quakegui.project.live_today import Today
from quakegui.project.season_tables import iso
from quakegui.project.store import Project, ProjectError
from quakegui.season.localtime import wall_clock_ms
from quakegui.serve.broker import Broker, address_of
from quakegui.serve.listening import LightChange, Listener
from quakegui.serve.on_alarm import alarm_program, start_alarm_program

PASSWORD = "QUAKEGUI_MQTT_PASSWORD"  # noqa: S105 - the name of a variable
STOPPING = "Stopping; what has arrived is stored."
MOST_GAPS = 20


def listen(
    project: ProjectFolder,
    broker: Annotated[str, typer.Argument(metavar="URL", help="Address of the broker, such as mqtts://centre:8883.")] = "",
    topic: Annotated[
        list[str] | None, typer.Option(metavar="TOPIC", help="Topic of ImagMQTT or MARTAS, with wildcards; may be repeated.")
    ] = None,
    *,
    user: Annotated[str, typer.Option(help="User name at the broker.")] = "",
    password_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help=f"File with the password; default: the variable {PASSWORD}.")
    ] = None,
    ca_file: Annotated[
        Path | None,
        typer.Option("--ca", metavar="FILE", help="Certificate of the certificate authority; default: the system's."),
    ] = None,
    client_id: Annotated[
        str, typer.Option(help="MQTT client id; the broker keeps messages for it. Default: from user or project.")
    ] = "",
    every: Annotated[
        float, typer.Option(min=1.0, max=60.0, metavar="SECONDS", help="Interval between writes to the project.")
    ] = 10.0,
    on_alarm: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help='TOML file with on_alarm = ["program", "{json}"]; '
            "the program is run when a station falls silent or sends again.",
        ),
    ] = None,
    status: Annotated[bool, typer.Option("--status", help="Print the state of each station instead of listening.")] = False,
    as_json: AsJson = False,
) -> None:
    """Store readings as stations send them over MQTT, or print the state of each station (--status).

    As soon as a station's file of a day has been imported, its live readings of that day are no longer used. A night has no
    mean and no prediction until 15 minutes after its end.
    """
    if status:
        with open_project(project) as opened:
            _print_status(opened, as_json=as_json)
        return
    if not broker or not topic:
        raise typer.BadParameter("Listening needs the address of a broker and --topic.")
    program = () if on_alarm is None else alarm_program(on_alarm)
    address = address_of(
        broker,
        topics=tuple(topic),
        client_id=client_id or user or f"quakegui-{project.absolute().name}",
        user=user,
        password=_password(password_file),
        ca_file=ca_file,
    )
    with open_project(project) as opened, interruptible(STOPPING) as cancelled:
        if opened.read_only:
            raise ProjectError(f"The project {opened.name} is read-only, so nothing that arrives could be stored.")
        source = Broker(address)
        listener = Listener(opened, source, tell=_tell, warn=_warner(opened, program), every_s=every)
        say(f"Listening to {address}; press Ctrl+C to stop.")
        try:
            listener.run(cancelled)
        finally:
            source.close()


def _password(path: Path | None) -> str:
    if path is None:
        return os.environ.get(PASSWORD, "")
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"The password file {path} cannot be read: {error}.") from error


def _tell(text: str, kind: str) -> None:
    say(text, style={"info": "", "warning": "yellow"}.get(kind, "red"))


def _warner(project: Project, program: tuple[str, ...]) -> Callable[[LightChange], None] | None:
    def warn(change: LightChange) -> None:
        facts = {"project": project.name, "event": change.light, **state_facts(change.state, wall_clock_ms())}
        failure = start_alarm_program(program, facts)
        if failure is not None:
            say(failure, style="red")

    return warn if program else None


def state_facts(state: Any, now_ms: int) -> dict[str, object]:
    """Return the state of a station as JSON values."""
    return {
        "station": state.station,
        "light": state.light(now_ms),
        "last": iso(int(state.last.astype("int64"))),
        "received": iso(int(state.received.astype("int64"))),
        "delay_s": round(state.delay_s, 1),
        "messages": state.messages,
        "refused": state.refused,
        "reason": str(state.reason),
    }


def _print_status(project: Project, *, as_json: bool) -> None:
    now_ms = wall_clock_ms()
    today = Today(project).progress(now_ms) or {}
    facts = []
    for state in live_states(project):
        found = gaps(project, state.station)
        facts.append(
            {
                **state_facts(state, now_ms),
                "today": round(today[state.station].share, 4) if state.station in today else 0.0,
                "missing": sum(gap.readings for gap in found),
                "gaps": [
                    {
                        "since": iso(int(gap.since.astype("int64"))),
                        "until": iso(int(gap.until.astype("int64"))),
                        "readings": gap.readings,
                    }
                    for gap in found
                ],
            }
        )
    if as_json:
        print_json(facts)
        return
    columns = ("station", "light", "last", "delay_s", "today", "messages", "refused", "missing")
    print_table(
        "One station sends live" if len(facts) == 1 else f"{len(facts)} stations send live",
        columns,
        [[fact[column] for column in columns] for fact in facts],
    )
    for fact in facts:
        for gap in fact["gaps"][:MOST_GAPS]:  # type: ignore[index]
            sys.stdout.write(f"{fact['station']}: {gap['readings']} readings missing from {gap['since']} to {gap['until']}\n")
        if len(fact["gaps"]) > MOST_GAPS:  # type: ignore[arg-type]
            sys.stdout.write(f"{fact['station']}: {len(fact['gaps']) - MOST_GAPS} more gaps; --json lists all.\n")  # type: ignore[arg-type]
        if fact["reason"]:
            sys.stdout.write(f"Last refusal: {fact['reason']}\n")
