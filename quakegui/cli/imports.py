"""Commands on imports: list, undo, redo."""

from __future__ import annotations

from typing import Annotated

import typer

from quakegui.cli.terminal import AsJson, ProjectFolder, a_text, bar, number_of, open_project, print_facts, say
from quakegui.project.acts import EVENTS, READINGS, STATIONS, Act, acts
from quakegui.project.season_tables import iso
from quakegui.project.store import default_author
from quakegui.project.undoing import redo_import, undo_import

app = typer.Typer(no_args_is_help=True, help="List, undo and redo imports.")

Number = Annotated[int | None, typer.Argument(metavar="NUMBER", help="Number of the import from 'imports list'.")]
StepAuthor = Annotated[str, typer.Option(callback=a_text, help="Author of the step; default: your user name.")]

COLUMNS = ("number", "at", "author", "kind", "content", "undone", "changed_at", "changed_by")


@app.command("list", epilog="Example: quakegui imports list liangshan --json")
def list_(project: ProjectFolder, as_json: AsJson = False) -> None:
    """List all imports and removals of readings with author, time, content and state."""
    with open_project(project, read_only=True) as opened:
        facts = [act_facts(act) for act in acts(opened)]
    print_facts(f"{len(facts)} imports", COLUMNS, facts, as_json=as_json)


@app.command("undo", epilog="Example: quakegui imports undo liangshan 3")
def undo(project: ProjectFolder, number: Number = None, author: StepAuthor = "") -> None:
    """Undo an import; default: the last one. The project's data are again as they were before it."""
    with open_project(project) as opened, bar("Undoing") as report:
        act = undo_import(opened, number, author=author or default_author(opened), progress=report)
    say(f"Import {act.id} was undone: {content_of(act)}. Restore it with 'quakegui imports redo {project} {act.id}'.")


@app.command("redo", epilog="Example: quakegui imports redo liangshan 3")
def redo(project: ProjectFolder, number: Number = None, author: StepAuthor = "") -> None:
    """Redo an import that was undone; default: the one undone last."""
    with open_project(project) as opened, bar("Redoing") as report:
        act = redo_import(opened, number, author=author or default_author(opened), progress=report)
    say(f"Import {act.id} was restored: {content_of(act)}.")


def act_facts(act: Act) -> dict[str, object]:
    """Return an act as JSON values."""
    return {
        "number": act.id,
        "at": iso(int(act.at.astype("int64"))),
        "author": act.author,
        "kind": act.kind,
        "content": content_of(act),
        "undone": act.undone,
        "changed_at": None if act.changed_at is None else iso(int(act.changed_at.astype("int64"))),
        "changed_by": act.changed_by or None,
        "summary": dict(act.summary),
    }


def content_of(act: Act) -> str:
    """Return what an act imported or removed, in words."""
    summary = act.summary
    if act.kind == READINGS:
        names = list(summary.get("names", ()))
        if summary.get("live"):
            return f"readings that arrived live on {str(names[0]).removeprefix('live ')} (UTC)"
        more = ", ..." if summary.get("files", 0) > len(names[:3]) else ""
        counts = [f"{summary.get('readings', 0)} readings"] if summary.get("readings") else []
        counts += [f"{summary['kp_intervals']} Kp intervals"] if summary.get("kp_intervals") else []
        return f"{' and '.join(counts) or 'nothing new'} from {', '.join(names[:3])}{more}"
    if act.kind == EVENTS:
        if "events" not in summary:
            return "earthquakes of an earlier version of the program"
        return number_of(summary["events"], "earthquake") + (f" from {summary['file']}" if summary.get("file") else "")
    if act.kind == STATIONS:
        return f"coordinates of {', '.join(summary.get('stations', ()))}"
    return f"removal of the readings of {act.station}"
