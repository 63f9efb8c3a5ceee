"""Commands on flags: readings that an analyst excludes, and why."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import typer

from quakegui.cli.labels import LabelAuthor, days_of
from quakegui.cli.terminal import AsJson, ProjectFolder, a_text, bar, open_project, print_facts, print_json, say
from quakegui.project import flags
from quakegui.project.flags import Subject
from quakegui.project.season_tables import iso
from quakegui.project.store import Project, ProjectError, default_author
from quakegui.season.flags import Flag
from quakegui.words import counted

COLUMNS = ("number", "at", "author", "station", "night", "since", "until", "reason")

app = typer.Typer(no_args_is_help=True, help="Flag readings that are not to be used; list and remove flags.")

Station = Annotated[str, typer.Option(callback=a_text, metavar="CODE", help="Code of the station.")]
Night = Annotated[
    str, typer.Option(metavar="DATE[..DATE]", help="A night by its local date, or the first and last of several.")
]
From = Annotated[
    str,
    typer.Option("--from", callback=a_text, metavar="TIME", help="Start of an interval, local time; UTC with a Z at the end."),
]
To = Annotated[
    str, typer.Option("--to", callback=a_text, metavar="TIME", help="End of the interval; this time is not included.")
]


@app.command("list", epilog="Example: quakegui flags list liangshan --json")
def list_(project: ProjectFolder, station: Station = "", as_json: AsJson = False) -> None:
    """List the flags in force with author and reason; times are UTC."""
    with open_project(project, read_only=True) as opened:
        facts = [flag_facts(flag) for flag in flags.standing(opened, station.strip().upper() or None)]
    print_facts(counted("{count} flag", "{count} flags", count=len(facts)), COLUMNS, facts, as_json=as_json)


@app.command(
    "add", epilog="Example: quakegui flags add liangshan --station XIC --night 2022-08-30 --reason 'cow beside the sensor'"
)
def add(
    project: ProjectFolder,
    *,
    station: Station,
    reason: Annotated[str, typer.Option(callback=a_text, help="Why these readings are not to be used.")],
    night: Night = "",
    since: From = "",
    until: To = "",
    author: LabelAuthor = "",
    as_json: AsJson = False,
) -> None:
    """Flag a station's nights, or the readings of an interval: they are kept, but no night mean uses them.

    Night means, maps and anomalies are recomputed. 'quakegui flags remove' makes the readings count again.
    """
    with open_project(project) as opened, bar("Flagging") as report:
        wanted = _subjects(opened, station, night, since, until)
        step = flags.flag(opened, wanted, author=author or default_author(opened), reason=reason, progress=report)
        found = flags.within(flags.standing(opened, wanted[0].station), wanted)
    _tell("Flags added", found if step else (), "These readings are already flagged for this reason.", as_json=as_json)


@app.command("remove", epilog="Example: quakegui flags remove liangshan --station XIC --night 2022-08-30")
def remove(
    project: ProjectFolder,
    number: Annotated[int | None, typer.Argument(metavar="NUMBER", help="Number of the flag from 'flags list'.")] = None,
    *,
    station: Station = "",
    night: Night = "",
    since: From = "",
    until: To = "",
    author: LabelAuthor = "",
    as_json: AsJson = False,
) -> None:
    """Remove a flag by its number, or the flags on a station's nights or within an interval: the readings count again.

    The label journal keeps who flagged them and who removed the flag.
    """
    with open_project(project) as opened, bar("Removing") as report:
        if number is None:
            wanted = _subjects(opened, station, night, since, until)
            found = flags.within(flags.standing(opened, wanted[0].station), wanted)
        else:
            found = tuple(flag for flag in flags.standing(opened) if flag.number == number)
        if not found:
            raise ProjectError("There is no such flag in force; list all flags with 'quakegui flags list'.")
        flags.unflag(opened, found, author=author or default_author(opened), progress=report)
    _tell("Flags removed", found, "", as_json=as_json)


def flag_facts(flag: Flag) -> dict[str, Any]:
    """Return a flag as plain values; times are UTC."""
    since, until = flag.interval or (None, None)
    return {
        "number": flag.number,
        "author": flag.author,
        "at": iso(flag.at_ms),
        "station": flag.station,
        "night": None if flag.night is None else str(flag.night),
        **{
            name: None if time is None else iso(int(time.astype(np.int64)))
            for name, time in (("since", since), ("until", until))
        },
        "reason": flag.reason,
    }


def _subjects(project: Project, station: str, night: str, since: str, until: str) -> tuple[Subject, ...]:
    """Return what the options name: nights, or one interval."""
    if not station.strip():
        raise typer.BadParameter("--station is missing.")
    if bool(night) == bool(since or until) or bool(since) != bool(until):
        raise typer.BadParameter("Give either --night, or both --from and --to.")
    if night:
        days = days_of(night)
        return flags.nights_of(station, days[0], days[-1], timezone=project.timezone)
    return (flags.interval_of(station, *(flags.instant_of(text, project.timezone) for text in (since, until))),)


def _tell(title: str, found: tuple[Flag, ...], nothing: str, *, as_json: bool) -> None:
    if as_json:
        print_json([flag_facts(flag) for flag in found])
    elif found:
        print_facts(f"{title}: {len(found)}", COLUMNS, [flag_facts(flag) for flag in found], as_json=False)
    else:
        say(nothing)
