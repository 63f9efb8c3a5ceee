"""The command that looks whether the record is as it was written: verify."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from quakegui.cli.terminal import AsJson, ProjectFolder, print_json, print_table, say
from quakegui.project import receipt, schema
from quakegui.project.store import Project, ProjectError
from quakegui.project.verifying import RecordState, examine
from quakegui.season.localtime import wall_clock_ms


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Example: quakegui verify liangshan --receipt /media/stick/liangshan.receipt.json")(verify)


def verify(
    project: ProjectFolder,
    file: Annotated[
        Path | None,
        typer.Option("--receipt", metavar="FILE", help="A new file: write a receipt. One that is there: compare with it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look whether label journal and ledger are as quakegui wrote them; nothing is changed.

    Each row carries the hash of the one before, so a row that was changed, removed or inserted is found. Whoever owns the
    project could rewrite a whole chain: a receipt holds its last hash and shows that, if it is kept where they cannot write.
    Exit code 0: the record is sound; 1: it is not.
    """
    now_ms = wall_clock_ms()
    with Project.open(project, read_only=True, now_ms=now_ms) as opened:
        with opened.read() as connection:
            state = examine(connection, now_ms=now_ms)
        told, differences = "", ()
        if file is not None and file.exists():
            kept = receipt.read_receipt(file)
            differences = receipt.differences(opened, kept)
            told = "" if differences else f"The record still holds what the receipt of {kept.written} says."
        elif file is not None and not state.faults:
            receipt.write_receipt(opened, state, file, now_ms=now_ms)
            told = f"The receipt is in {file}: keep it where nobody who can write the project can write."
        elif file is not None:
            differences = ("No receipt was written.",)
        name = opened.name
    faults = (*state.faults, *differences)
    if as_json:
        print_json(
            {
                "project": name,
                "schema": schema.SCHEMA,
                "sound": not faults,
                **{"ledger" if one.table == "prediction" else "journal": _facts(one) for one in state.chains},
                "faults": list(faults),
                "notes": list(state.notes),
            }
        )
    else:
        _print(name, state)
        for fault in faults:
            say(fault, style="red")
        for note in (*state.notes, *([told] if told else [])):
            say(note, style="yellow" if note != told else "")
    if faults:
        raise ProjectError("The record is not as quakegui wrote it.")
    say("The record is as quakegui wrote it.")


def _facts(state: object) -> dict[str, object]:
    facts = asdict(state)  # type: ignore[call-overload]
    return {"rows": facts["rows"], "unchained": facts["unchained"], "head": facts["head"], "hash": facts["hash"]}


def _print(name: str, state: RecordState) -> None:
    columns = ("chain", "rows", "of them unchained", "last row", "hash of the last row")
    rows = [(one.name, one.rows, one.unchained, one.head or "", one.hash) for one in state.chains]
    print_table(name, columns, rows)
    for one in state.chains:
        if one.unchained:
            say(
                f"{one.unchained} rows of the {one.name} are from before rows were chained: what happened to them before the "
                "first chained row is not known."
            )
