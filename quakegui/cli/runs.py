"""Commands on training runs: list, show, delete, export, import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from quakegui.cli.sources import Place, open_runs
from quakegui.cli.terminal import AsJson, number_of, print_facts, print_json, print_table, say
from quakegui.learn.runs import archives, choice, registry, runchecks
from quakegui.learn.runs import trash as trashcan
from quakegui.learn.runs.registry import RunFolder
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.learn.source import find_run
from quakegui.project.run_archives import StoredRun
from quakegui.project.season_tables import iso
from quakegui.project.store import ProjectError
from quakegui.strangers import shown

app = typer.Typer(
    no_args_is_help=True, help="List training runs; make one the current run; show, delete, restore, export or import runs."
)

COLUMNS = ("id", "title", "created", "protocol", "size", "state", "leaky", "in_use")

Id = Annotated[str, typer.Argument(metavar="ID", help="ID of the run or its first characters.")]


@app.command("list", epilog="Example: quakegui runs list demo --json")
def list_(
    project: Place,
    trash: Annotated[bool, typer.Option("--trash", help="List runs in the trash.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the runs, newest first."""
    with open_runs(project, read_only=True) as runs:
        found, problems = registry.list_runs(runs.folder / runchecks.TRASH if trash else runs.folder)
        facts = [_facts(run, runs.in_use) for run in found]
        facts += [] if trash else [_absent_facts(run, runs.in_use) for run in runs.absent]
    for problem in problems:
        say(problem, style="yellow")
    print_facts(number_of(len(facts), "run"), COLUMNS, facts, as_json=as_json)


@app.command("show", epilog="Example: quakegui runs show demo 20260101 --json")
def show(project: Place, run: Id, as_json: AsJson = False) -> None:
    """Show a run's settings, its card and its history."""
    with open_runs(project, read_only=True) as runs:
        found, in_use = find_run(runs, run), runs.in_use
    facts = {**_facts(found, in_use), "config": found.config.to_json(), "card": found.card, "history": found.history()}
    if as_json:
        print_json(facts)
        return
    rows = [(name, facts[name]) for name in COLUMNS]
    rows += [(name, value) for name, value in (found.card or {}).items() if not isinstance(value, dict | list)]
    print_table(found.title, ("fact", "value"), rows)


@app.command("use", epilog="Example: quakegui runs use demo 20260101")
def use(project: Place, run: Id) -> None:
    """Make a run the current one, whose predictions are shown."""
    with open_runs(project) as runs:
        found = find_run(runs, run)
        runs.use(found.id)
    say(f"The current run is “{found.title}” ({found.id}).")


@app.command("delete", epilog="Example: quakegui runs delete demo 20260101")
def delete(project: Place, run: Id) -> None:
    """Move a run to the trash; its predictions stay in the ledger. 'runs restore' brings it back.

    A registered run cannot be deleted.
    """
    with open_runs(project) as runs:
        found = find_run(runs, run)
        runs.require_unregistered(found.id)
        if runs.in_use == found.id:
            runs.use(None)
        trashcan.trash_run(found)
    say(f"The run “{found.title}” was moved to the trash; restore it with 'quakegui runs restore {project} {found.id}'.")


@app.command("restore", epilog="Example: quakegui runs restore demo 20260101")
def restore(project: Place, run: Id) -> None:
    """Restore a run from the trash."""
    with open_runs(project) as runs:
        thrown_away = registry.list_runs(runs.folder / runchecks.TRASH)[0]
        found = trashcan.restore_run(choice.choose_run(thrown_away, run))
    say(f"The run “{found.title}” ({found.id}) was restored.")


@app.command("empty-trash", epilog="Example: quakegui runs empty-trash demo")
def empty_trash(project: Place) -> None:
    """Permanently delete the runs in the trash. Their predictions stay in the ledger."""
    with open_runs(project) as runs:
        try:
            count = trashcan.empty_trash(runs.folder)
        except OSError as error:
            raise ProjectError(f"The trash could not be emptied completely: {error}. Try again to delete the rest.") from error
    say(f"{number_of(count, 'run')} permanently deleted.")


@app.command("export", epilog="Example: quakegui runs export demo 20260101 run.zip")
def export(project: Place, run: Id, out: Annotated[Path, typer.Argument(metavar="OUT.zip", help="Output file.")]) -> None:
    """Write a finished run as one zip file."""
    with open_runs(project, read_only=True) as runs:
        found = find_run(runs, run)
        archives.export_run(found, out)
    say(f"Run “{found.title}” written to {out}.")


@app.command("import", epilog="Example: quakegui runs import other run.zip")
def import_(
    project: Place, file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="File written by 'runs export'.")]
) -> None:
    """Import a run from another project. It can predict here if it has the classes and the map style of this project."""
    with open_runs(project) as runs:
        found = archives.import_run(runs.folder, file)
    say(f"The run “{found.title}” was imported as {found.id}.")


def _facts(run: RunFolder, in_use: str | None) -> dict[str, Any]:
    return {
        "id": run.id,
        "title": run.title,
        "created": run.created,
        "protocol": run.config.protocol,
        "size": run.config.size,
        "state": "finished" if run.card is not None else "resumable" if run.resumable else "broken",
        "leaky": run.config.leaky,
        "in_use": run.id == in_use,
    }


def _absent_facts(run: StoredRun, in_use: str | None) -> dict[str, Any]:
    """Return the facts of a run that only the server of a shared project has; it is fetched when it is used."""
    config = RunConfig.from_json(run.config)
    return {
        "id": run.id,
        "title": shown(config.name, 200),
        "created": iso(run.created_ms),
        "protocol": config.protocol,
        "size": config.size,
        "state": "on the server",
        "leaky": config.leaky,
        "in_use": run.id == in_use,
    }
