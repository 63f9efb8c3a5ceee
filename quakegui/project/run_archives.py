"""Exported files of finished runs in the database of a shared project: added once, and never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from quakegui.project import schema
from quakegui.project.dialects import has_table, insert_into
from quakegui.project.domains import RUNS
from quakegui.project.shared.tables import LARGEST_RUN, PART, run_archive, run_part
from quakegui.project.store import Project, ProjectError
from quakegui.words import Said


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run whose files the server has.

    Attributes
    ----------
    id, author
        Id of the run, and the login that stored it.
    created_ms
        When it was started, in milliseconds since 1970 UTC.
    config
        Its settings, as JSON values.
    sha256, bytes
        Hash and size of the exported file.
    """

    id: str
    author: str
    created_ms: int
    config: dict[str, Any]
    sha256: str
    bytes: int


def stored_runs(project: Project) -> tuple[StoredRun, ...]:
    """Return the recorded runs whose files the server of a shared project has, newest first; none of other projects."""
    if not project.is_shared:
        return ()
    run, archive = schema.run.c, run_archive.c
    with project.read() as connection:
        if not has_table(connection, run_archive.name):
            return ()  # a server with the tables of an earlier version
        rows = connection.execute(
            select(run.id, archive.author, run.created_ms, run.config, archive.sha256, archive.bytes)
            .join_from(schema.run, run_archive, run.id == archive.run)
            .order_by(run.created_ms.desc(), run.id)
        ).all()
    return tuple(StoredRun(row[0], row[1], row[2], json.loads(row[3]), row[4], row[5]) for row in rows)


def can_store(project: Project) -> bool:
    """Return whether this login can store runs for its colleagues."""
    if not project.is_shared or RUNS not in project.rights:
        return False
    with project.read() as connection:
        return has_table(connection, run_archive.name)


def store_archive(project: Project, run_id: str, path: Path) -> None:
    """Store the exported file of a run, part by part; what an interrupted attempt has stored is not sent again.

    Parameters
    ----------
    project, run_id
        A shared project, and the id of the run.
    path
        The file.

    Raises
    ------
    ProjectError
        If it is larger than `LARGEST_RUN`, or the server cannot be reached or refuses.
    OSError
        If the file cannot be read.
    """
    size = path.stat().st_size
    if size > LARGEST_RUN:
        raise ProjectError(
            Said(
                "Runs of more than {most} MB stay on this computer; export them to files for colleagues.",
                most=LARGEST_RUN // 2**20,
            )
        )
    digest = hashlib.sha256()
    for part in _parts(path):
        digest.update(part)
    sha256 = digest.hexdigest()
    with project.read() as connection:
        known = set(connection.scalars(select(run_part.c.number).where(run_part.c.sha256 == sha256)))
    for number, part in enumerate(_parts(path)):
        if number not in known:
            row = {"sha256": sha256, "number": number, "content": part}
            with project.write(RUNS) as connection:
                connection.execute(insert_into(connection, run_part).values(row).on_conflict_do_nothing())
    with project.write(RUNS) as connection:
        named = {"run": run_id, "sha256": sha256, "bytes": size}
        connection.execute(insert_into(connection, run_archive).values(named).on_conflict_do_nothing())


def fetch_archive(project: Project, run: StoredRun, path: Path) -> None:
    """Write the exported file of a run to a new file.

    Parameters
    ----------
    project
        A shared project.
    run
        From `stored_runs`.
    path
        The new file; after an error it is incomplete or wrong, and the caller removes it.

    Raises
    ------
    ProjectError
        If it is not what was stored, or the server cannot be reached.
    OSError
        If the file exists or cannot be written.
    """
    digest, size, number = hashlib.sha256(), 0, 0
    with path.open("xb") as file:
        while size < min(run.bytes, LARGEST_RUN):
            query = select(run_part.c.content).where(run_part.c.sha256 == run.sha256, run_part.c.number == number)
            with project.read() as connection:
                part = connection.scalar(query)
            if not part:
                break
            digest.update(part)
            size, number = size + len(part), number + 1
            file.write(part)
    if size != run.bytes or digest.hexdigest() != run.sha256:
        raise ProjectError(
            Said(
                "The files of the run {run_id} on the server are not those that were stored; they are not used.", run_id=run.id
            )
        )


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(PART):
            yield part
