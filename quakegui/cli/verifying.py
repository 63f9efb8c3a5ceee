"""The command that checks the record for changes after writing: verify."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from quakegui.cli.terminal import AsJson, ProjectFolder, print_json, print_table, say
from quakegui.learn.run_sharing import fetch_run
from quakegui.learn.runs.registry import RunError
from quakegui.project import receipt, schema
from quakegui.project.registered import RegisteredRecord, examine_registrations
from quakegui.project.registrations import is_elsewhere, registrations
from quakegui.project.store import Project, ProjectError
from quakegui.project.verifying import RecordState, examine
from quakegui.season.localtime import wall_clock_ms

CHAINS = {"journal": "journal", "prediction": "ledger", "registration": "registrations"}
"""Names of the chains in the JSON, by table."""


def verify(
    project: ProjectFolder,
    file: Annotated[
        Path | None,
        typer.Option(
            "--receipt", metavar="FILE", help="Receipt: write it if the file is new, compare with it if the file exists."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check the label journal, the prediction ledger and the registrations for later changes; they are only read.

    Each row contains the hash of the preceding row, so changed, removed and inserted rows are found. The owner of a project
    could rewrite a whole chain. A receipt contains the last hash; stored out of the owner's reach, it reveals this. For a
    registered run, later changes and missed predictions are listed; a run of a shared project is fetched if it is not on this
    computer. Exit code 0: nothing was changed or missed; 1: something was, or an error.
    """
    now_ms = wall_clock_ms()
    with Project.open(project, read_only=True, now_ms=now_ms) as opened:
        with opened.read() as connection:
            state = examine(connection, now_ms=now_ms)
        faults, notes = list(state.faults), [*state.notes, *_fetch_registered(opened)]
        records = examine_registrations(opened, now_ms=now_ms)
        if file is not None and file.exists():
            kept = receipt.read_receipt(file)
            faults += receipt.differences(opened, kept)
            if not faults:
                notes.append(f"The record agrees with the receipt of {kept.written}.")
        elif file is not None and not state.broken:
            receipt.write_receipt(opened, state, file, now_ms=now_ms)
            notes.append(f"Receipt written to {file}: keep it out of reach of anyone who can write to the project.")
        elif file is not None:
            notes.append("No receipt was written.")
        written_otherwise = bool(faults)
        faults += [fault for one in records for fault in one.faults]
        notes += dict.fromkeys(note for one in records for note in one.notes)
    if as_json:
        names = ("rows", "unchained", "head", "hash")
        chains = {CHAINS[one.table]: {name: getattr(one, name) for name in names} for one in state.chains}
        facts = {"project": opened.name, "schema": schema.SCHEMA, "sound": not faults, **chains}
        print_json({**facts, "registered": [_registration_facts(one) for one in records], "faults": faults, "notes": notes})
    else:
        _print(opened.name, state)
        _print_registrations(records)
        for sentence in (*faults, *notes):
            say(sentence, style="red" if sentence in faults else "")
    if written_otherwise:
        raise ProjectError("The record differs from what quakegui wrote.")
    if faults:
        raise ProjectError("The record is as quakegui wrote it, but the terms of a registration were not kept.")
    say("The record is as quakegui wrote it.")


def _fetch_registered(project: Project) -> list[str]:
    """Fetch registered runs of a shared project that are not on this computer; returns why some could not be fetched."""
    problems = []
    for one in registrations(project):
        if is_elsewhere(project, one):
            try:
                fetch_run(project, one.run)
            except (RunError, ProjectError) as error:
                problems.append(str(error))
    return problems


def _print(name: str, state: RecordState) -> None:
    columns = ("chain", "rows", "unchained", "last row", "hash of the last row")
    rows = [(one.name, one.rows, one.unchained, one.head or "", one.hash) for one in state.chains]
    print_table(name, columns, rows)
    for one in state.chains:
        if one.unchained:
            say(
                f"{one.unchained} rows of the {one.name} were written before rows had hashes; any changes to them before the "
                "first chained row was written cannot be detected."
            )


def _registration_facts(record: RegisteredRecord) -> dict[str, Any]:
    return {
        **record.registration.to_json(),
        "predicted": len(record.days),
        "gaps": [str(day) for day in record.gaps],
        "faults": list(record.faults),
    }


def _print_registrations(records: Sequence[RegisteredRecord]) -> None:
    columns = ("registered run", "title", "from", "to", "predicted", "gaps", "hash")
    rows = []
    for one in records:
        terms = one.registration.terms
        period = (terms.title, terms.first_day, terms.last_day)
        rows.append((one.registration.run, *period, len(one.days), len(one.gaps), one.registration.hash))
    if rows:
        print_table("Registrations", columns, rows)
