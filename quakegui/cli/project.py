"""Commands on a project as a whole: demo, new, import, season, info."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import platformdirs
import typer

from quakegui.cli import window
from quakegui.cli.judgements import evaluation_facts
from quakegui.cli.terminal import (
    AsJson,
    ProjectFolder,
    a_text,
    as_date,
    as_day,
    bar,
    date_option,
    interruptible,
    open_project,
    print_json,
    print_table,
    say,
    warn,
)
from quakegui.cli.working import sentences, worker_bar
from quakegui.formats.columns import TableMapping
from quakegui.formats.elements import UNITS
from quakegui.formats.hints import Hints
from quakegui.formats.source import decode
from quakegui.formats.zones import zone_of
from quakegui.judge.folds import ZERO_SHOT
from quakegui.learn import season_evaluation, season_runs
from quakegui.learn.runs.presets import PRESETS
from quakegui.learn.runs.registry import RunFolder
from quakegui.learn.season_source import SeasonSource
from quakegui.learn.zero_shot.shipped import install_model
from quakegui.project import catalogue, journal, runs, seasons
from quakegui.project.exchange import import_export, is_export
from quakegui.project.importing import import_paths
from quakegui.project.importreport import ImportReport
from quakegui.project.making import is_project
from quakegui.project.mappings import save_for_later
from quakegui.project.season_tables import SYNTHETIC, iso
from quakegui.project.sharing import create_shared
from quakegui.project.store import Project, ProjectError
from quakegui.season.season import Season

SHOWN = 20
"""Maximum number of files or notes listed on a terminal; `--json` contains all."""


def demo(
    *,
    headless: Annotated[
        bool, typer.Option("--headless", help="Run the whole workflow without a window and print the results.")
    ] = False,
    project: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the project; created if needed.")] = None,
    strength: Annotated[
        float, typer.Option(min=0.0, max=1000.0, help="Factor on the signals; 0 gives a season without signals.")
    ] = 1.0,
    seed: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Seed of the generator; each seed gives another season.", show_default=False),
    ] = None,
    train: Annotated[
        bool,
        typer.Option("--train", help="With --headless: train a small model instead of evaluating the pre-trained one."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Create the SYNTHETIC season of 2022 and show it with the predictions of the pre-trained model.

    The model was trained on other synthetic seasons of the same generator, so it detects signals like those of this season.
    """
    if headless and project is None:
        with tempfile.TemporaryDirectory(prefix="quakegui-demo-") as scratch:
            _run_demo(Path(scratch) / "demo", strength, seed, train=train, as_json=as_json)
        return
    name = f"{SYNTHETIC} strength {strength:g}" + ("" if seed is None else f" seed {seed}")
    folder = project or Path(platformdirs.user_data_dir("quakegui", appauthor=False)) / name
    if headless:
        _run_demo(folder, strength, seed, train=train, as_json=as_json)
        return
    with sentences(), _demo_project(folder, strength, seed) as made, bar("Computing") as report:
        computed = seasons.load_season(made, progress=report)
        assert computed is not None
        install_model(made, computed)
    raise typer.Exit(window.show_window(folder))


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


def import_(
    project: ProjectFolder,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files, folders, archives, or an exported project.")],
    *,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE.json", exists=True, dir_okay=False, help="Column mapping for tables.")
    ] = None,
    save_mapping: Annotated[
        bool, typer.Option("--save-mapping", help="Save --mapping in the project, for later tables with the same columns.")
    ] = False,
    station: Annotated[
        str, typer.Option(callback=a_text, metavar="CODE", help="Station code for files that do not contain one.")
    ] = "",
    station_from: Annotated[
        str,
        typer.Option(
            callback=a_text, metavar="PATTERN", help='Position of the station code in file names: "mag_{code}_*.csv".'
        ),
    ] = "",
    date: Annotated[datetime | None, date_option("Date of the first record, for logs without dates.")] = None,
    timezone: Annotated[
        str,
        typer.Option(callback=a_text, metavar="ZONE", help='Time zone of timestamps without one: "UTC+8", "Asia/Shanghai".'),
    ] = "",
    unit: Annotated[str, typer.Option(callback=a_text, help=f"Unit of the values in tables: {', '.join(UNITS)}.")] = "",
    skip_lines: Annotated[int | None, typer.Option(min=0, help="Number of lines above the column names of tables.")] = None,
    as_json: AsJson = False,
) -> None:
    """Import readings, station coordinates and Kp. Importing a file again changes nothing.

    Unreadable files are skipped and listed; the rest is imported. Ctrl+C cancels without leaving anything half-done.

    Most tables (csv, xlsx) need no mapping; if the meaning of a column is uncertain, a message names the option to add. Other
    tables need a mapping. Example with a station column:

    {"layout": "long", "time": ["Date", "Time"], "time_format": "%d.%m.%Y %H:%M", "timezone": "Asia/Shanghai",
    "station_column": "Code", "columns": [["F", "Total"]], "unit": "nT"}

    Example with one column per station:

    {"layout": "wide", "time": ["UTC"], "columns": [["XIC", "F1"], ["MUL", "F2"]]}
    """
    try:
        if timezone:
            zone_of(timezone)
        hints = Hints(_mapping(mapping), station, station_from, as_date(date), timezone, skip_lines, unit)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if save_mapping and mapping is None:
        raise typer.BadParameter("--save-mapping needs --mapping.")
    with open_project(project) as opened, interruptible() as cancelled, bar("Importing") as report:
        done = import_paths(opened, paths, mapping=hints, progress=report, cancelled=cancelled)
        if save_mapping and hints.mapping is not None and not done.cancelled:
            pattern = hints.station_pattern or hints.mapping.station_pattern
            save_for_later(opened, paths, replace(hints.mapping, station_pattern=pattern))
    if as_json:
        print_json(import_facts(done))
    else:
        print_import(done)
    if done.cancelled:
        raise ProjectError("Import cancelled; the project is unchanged.")
    if done.skipped and not (done.imported or done.unchanged):
        raise ProjectError("Nothing could be imported.")


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
        say(f"The season of {opened.name} runs from {window}: {days.size} days.")


def info(project: ProjectFolder, as_json: AsJson = False) -> None:
    """Show the contents of the project."""
    with open_project(project) as opened, bar("Reading") as report:
        facts = _facts(opened, seasons.load_season(opened, progress=report, features=False))
    if as_json:
        print_json(facts)
        return
    rows = [(key, value) for key, value in facts.items() if not isinstance(value, dict)]
    rows += [(f"label {cls}", count) for cls, count in facts["labels"].items()]
    print_table(facts["name"], ("fact", "value"), rows)


def _facts(project: Project, computed: Season | None) -> dict[str, Any]:
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


def _run_demo(folder: Path, strength: float, seed: int | None, *, train: bool, as_json: bool) -> None:
    with sentences(), _demo_project(folder, strength, seed) as project:
        with bar("Computing") as report:
            computed = seasons.load_season(project, progress=report)
        assert computed is not None
        facts = _facts(project, computed)
        shown = computed.features[computed.shown]
        facts["regions"] = sum(len(day.regions) for day in shown)
        facts["days_with_region"] = sum(bool(day.regions) for day in shown)
        facts["strength"] = strength
        run = _demo_run(project, computed, train=train)
        facts |= {"runs": runs.count(project), "project": project.name}
        if as_json:
            told = {} if run is None else evaluation_facts(SeasonSource(project, computed), run)
            print_json({**facts, **told, "judgement": told.get("row")})
            return
        judgement = None if run is None else season_evaluation.evaluate(project, computed, run)
    labels = ", ".join(f"class {cls}: {count}" for cls, count in facts["labels"].items())
    typer.echo(
        f"{SYNTHETIC} season, strength {strength:g}: {facts['stations']} stations, {facts['days']} days from "
        f"{facts['first_day']} to {facts['last_day']}, {facts['days_with_map']} with a map."
    )
    typer.echo(f"{facts['regions']} extremum regions on {facts['days_with_region']} days; {facts['events']} earthquakes.")
    typer.echo(f"Labels by the retrospective rule: {labels}.")
    if judgement is None:
        typer.echo("This installation has no pre-trained model; use --train to train one.")
    else:
        typer.echo(f"{judgement.title}, protocol {judgement.protocol}: {judgement.verdict.text()}")
        typer.echo(judgement.verdict.figures())
        if judgement.protocol == ZERO_SHOT:
            typer.echo("The model was trained on other SYNTHETIC seasons of the generator of this season.")
        if judgement.basis is not None:
            typer.echo(judgement.basis.text())


def _demo_run(project: Project, computed: Season, *, train: bool) -> RunFolder | None:
    """Return the run of a model trained here, or of the pre-trained model; None if this installation has none."""
    if train:
        with worker_bar("Training") as listen, interruptible("Stopping the training process.") as cancelled:
            return season_runs.train(project, computed, PRESETS["small"], listen=listen, cancelled=cancelled)
    with worker_bar("Predicting") as listen:
        install_model(project, computed, listen=listen)
    finished = season_runs.finished_runs(project)
    return finished[0] if finished else None


def _demo_project(folder: Path, strength: float, seed: int | None) -> Project:
    """Open the demo project of a folder, or create it."""
    from quakegui.project.demo import create_demo, seed_of, strength_of

    if is_project(folder):
        project = Project.open(folder)
        warn(project)
        if strength_of(project) != strength or seed not in (None, seed_of(project)):
            project.close()
            wanted = f"strength {strength:g}" + ("" if seed is None else f" and seed {seed}")
            raise ProjectError(f"{folder} contains a different project, not the {SYNTHETIC} season of {wanted}.")
        return project
    with bar("Generating the synthetic season") as report:
        return create_demo(folder, strength=strength, seed=seed, progress=report)


def _mapping(path: Path | None) -> TableMapping | None:
    if path is None:
        return None
    try:
        return TableMapping.from_json(decode(path.read_bytes())[0].removeprefix("\ufeff"))
    except (ValueError, OSError) as error:
        raise typer.BadParameter(f"{path}: {error}") from error


def import_facts(report: ImportReport) -> dict[str, Any]:
    """Return the report of an import as JSON values."""
    facts = asdict(report)
    for one in facts["imported"]:
        one |= {"first": _stamp(one["first"]), "last": _stamp(one["last"]), "left": one.pop("remainder")}
    return facts


def print_import(report: ImportReport) -> None:
    """Print the report of an import."""
    readings = sum(each.readings for each in report.imported)
    overwritten = sum(each.overwritten for each in report.imported)
    typer.echo(
        f"Files imported: {len(report.imported)} ({readings} readings, {overwritten} of them replacing different values); "
        f"unchanged: {len(report.unchanged)}, skipped: {len(report.skipped)}. "
        f"New stations: {len(report.stations_added)}, days changed: {report.days_changed}."
    )
    for title, lines in (
        ("Skipped", _groups([f"{each.file}: {each.reason}" for each in report.skipped])),
        ("Notes", _groups(report.notes)),
    ):
        if lines:
            typer.echo(f"{title}:")
        for line in lines[:SHOWN]:
            typer.echo(f"  {line}")
        if len(lines) > SHOWN:
            typer.echo(f"  ... and {len(lines) - SHOWN} more; --json lists all.")


def _groups(notes: Sequence[str]) -> list[str]:
    """Combine notes that several files have in common."""
    files: dict[str, list[str]] = {}
    for note in notes:
        file, _, text = note.partition(": ")
        files.setdefault(text or file, []).append(file)
    return [
        f"{names[0]}: {text}" + (f" ({len(names)} similar files)" if len(names) > 1 else "") if text != names[0] else text
        for text, names in files.items()
    ]


def _stamp(time: np.datetime64 | None) -> str | None:
    return None if time is None else iso(int(time.astype(np.int64)))
