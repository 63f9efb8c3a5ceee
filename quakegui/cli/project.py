"""Commands on a project as a whole: new, season, info."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from quakegui.cli.terminal import (
    AsJson,
    ProjectFolder,
    a_text,
    as_day,
    bar,
    date_option,
    interruptible,
    number_of,
    open_project,
    print_json,
    print_table,
    say,
    store_runs,
    warn,
)
from quakegui.project import catalogue, journal, runs, seasons
from quakegui.project.exchange import import_export, is_export
from quakegui.project.sharing import create_shared
from quakegui.project.store import Project
from quakegui.season.season import Season


def new(
    project: ProjectFolder,
    timezone: Annotated[
        str, typer.Option(help="IANA name of the time zone that defines the project's days.")
    ] = "Asia/Shanghai",
    name: Annotated[str, typer.Option(callback=a_text, help="Project name; default: the folder name.")] = "",
    shared: Annotated[
        str,
        typer.Option(
            callback=a_text,
            metavar="URL",
            help="Keep the project's data in this empty PostgreSQL database, so that several people can use it.",
        ),
    ] = "",
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FOLDER", help="Fill the project from this export ('quakegui export').")
    ] = None,
) -> None:
    """Create an empty project folder; with --shared, the folder contains the address of its database, never a password."""
    if source is not None and not is_export(source):
        raise typer.BadParameter(f"{source} is not an exported project; export the project first with 'quakegui export'.")
    create = partial(create_shared, project, shared) if shared else partial(Project.create, project)
    with create(timezone=timezone, name=name) as made:
        warn(made)
        if source is not None:
            with interruptible() as cancelled, bar("Importing") as report:
                import_export(made, source, progress=report, cancelled=cancelled)
        say(f"Created the project {made.name} in {made.folder} ({made.timezone}).")
        if source is not None:
            store_runs(made)


def season(
    project: ProjectFolder,
    since: Annotated[datetime | None, date_option("First day of the season.")] = None,
    until: Annotated[datetime | None, date_option("Last day of the season.")] = None,
    every_day: Annotated[bool, typer.Option("--all", help="Reset: use every day with data.")] = False,
) -> None:
    """Set or show the season: the days that are shown and evaluated.

    Data of the preceding days are used, too: the background of a day is the station's level in the 27 days before it.
    """
    with open_project(project) as opened:
        config = opened.config()
        first, last = as_day(since), as_day(until)
        if every_day:
            opened.set_config(replace(config, first_day=None, last_day=None))
        elif first is not None or last is not None:
            try:
                config = replace(config, first_day=first or config.first_day, last_day=last or config.last_day)
            except ValueError as error:
                raise typer.BadParameter(str(error)) from error
            opened.set_config(config)
        days = seasons.season_days(opened)
        config = opened.config()
        window = f"{config.first_day or 'the first reading'} to {config.last_day or 'the last reading'}"
        say(f"The season of {opened.name} runs from {window}: {number_of(days.size, 'day')}.")


def info(project: ProjectFolder, as_json: AsJson = False) -> None:
    """Show the contents of the project."""
    with open_project(project) as opened, bar("Reading") as report:
        facts = facts_of(opened, seasons.load_season(opened, progress=report, features=False))
    if as_json:
        print_json(facts)
        return
    rows = [(key, value) for key, value in facts.items() if not isinstance(value, dict)]
    rows += [(f"label {cls}", count) for cls, count in facts["labels"].items()]
    print_table(facts["name"], ("fact", "value"), rows)


def facts_of(project: Project, computed: Season | None) -> dict[str, Any]:
    """Return what a project contains, as JSON values; `computed` is its season, if it has one."""
    config = project.config()
    windowed = config.first_day is not None or config.last_day is not None
    days = seasons.season_days(project) if windowed else seasons.days_with_data(project)
    labels = [row.cls for day, row in journal.in_force(project).items() if not windowed or day in days]
    scheme = catalogue.class_scheme(project)
    return {
        "name": project.name,
        "timezone": project.timezone,
        "stations": len(project.network().stations),
        "first_day": str(days[0]) if days.size else None,
        "last_day": str(days[-1]) if days.size else None,
        "days": int(days.size),
        "days_with_map": int(computed.has_map.sum()) if computed is not None else 0,
        "events": len(catalogue.events(project)),
        "labels": {str(cls): labels.count(cls) for cls in range(5)},
        "runs": runs.count(project),
        "synthetic": project.synthetic,
        "class_scheme": None if scheme is None else asdict(scheme),
    }
