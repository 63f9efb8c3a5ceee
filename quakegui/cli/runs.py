"""Commands on training runs: list, show, delete, export, import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from quakegui.cli.learning import sentences
from quakegui.cli.terminal import AsJson, ProjectFolder, print_json, print_table, say
from quakegui.learn import registry, season_runs
from quakegui.learn.registry import RunFolder
from quakegui.project import runs
from quakegui.project.store import Project

app = typer.Typer(no_args_is_help=True, help="List the project's training runs, show, use, delete, export or import one.")

COLUMNS = ("id", "title", "created", "protocol", "size", "state", "leaky", "in_use")

Id = Annotated[str, typer.Argument(metavar="ID", help="The run's id, or its beginning.")]


@app.command("list", epilog="Example: quakegui runs list demo --json")
def list_(project: ProjectFolder, as_json: AsJson = False) -> None:
    """List the runs, the newest first."""
    with sentences(), Project.open(project, read_only=True) as opened:
        found, problems = registry.list_runs(season_runs.runs_folder(opened))
        in_use = runs.run_in_use(opened)
    facts = [_facts(run, in_use) for run in found]
    for problem in problems:
        say(problem, style="yellow")
    if as_json:
        print_json(facts)
        return
    print_table(f"{len(facts)} runs", COLUMNS, [[fact[column] for column in COLUMNS] for fact in facts])


@app.command("show", epilog="Example: quakegui runs show demo 20260101 --json")
def show(project: ProjectFolder, run: Id, as_json: AsJson = False) -> None:
    """Show a run's recipe, its card and its history."""
    with sentences(), Project.open(project, read_only=True) as opened:
        found = season_runs.find_run(opened, run)
        in_use = runs.run_in_use(opened)
    facts = {**_facts(found, in_use), "config": found.config.to_json(), "card": found.card, "history": found.history()}
    if as_json:
        print_json(facts)
        return
    rows = [(name, facts[name]) for name in COLUMNS]
    rows += [(name, value) for name, value in (found.card or {}).items() if not isinstance(value, dict | list)]
    print_table(found.title, ("fact", "value"), rows)


@app.command("use", epilog="Example: quakegui runs use demo 20260101")
def use(project: ProjectFolder, run: Id) -> None:
    """Show this run's predictions from now on."""
    with sentences(), Project.open(project) as opened:
        found = season_runs.find_run(opened, run)
        runs.use_run(opened, found.id)
    say(f"The predictions shown are those of “{found.title}” ({found.id}).")


@app.command("delete", epilog="Example: quakegui runs delete demo 20260101")
def delete(project: ProjectFolder, run: Id) -> None:
    """Move a run to the trash folder; what it predicted stays in the ledger."""
    with sentences(), Project.open(project) as opened:
        found = season_runs.find_run(opened, run)
        if runs.run_in_use(opened) == found.id:
            runs.use_run(opened, None)
        place = registry.trash_run(found)
    say(f"The run “{found.title}” is in {place}; move the folder back to have it again.")


@app.command("export", epilog="Example: quakegui runs export demo 20260101 run.zip")
def export(
    project: ProjectFolder, run: Id, out: Annotated[Path, typer.Argument(metavar="OUT.zip", help="The file to write.")]
) -> None:
    """Write a finished run as one zip file."""
    with sentences(), Project.open(project, read_only=True) as opened:
        found = season_runs.find_run(opened, run)
        registry.export_run(found, out)
    say(f"The run “{found.title}” is in {out}.")


@app.command("import", epilog="Example: quakegui runs import other run.zip")
def import_(
    project: ProjectFolder, file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="What 'runs export' wrote.")]
) -> None:
    """Take in a run from another project; it can predict here if its classes and map style are this project's."""
    with sentences(), Project.open(project) as opened:
        found = registry.import_run(season_runs.runs_folder(opened), file)
    say(f"The run “{found.title}” came in as {found.id}.")


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
