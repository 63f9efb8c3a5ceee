"""Shared projects for the dialogs: creating and joining one, and sentences on what a server will be asked and what it has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.project.errors import ProjectError
from quakegui.project.shared.address import Address, parse_address, password_file, root_certificate
from quakegui.words import Said

if TYPE_CHECKING:  # the driver of the database is not needed by a window without shared projects
    from quakegui.project.sharing import Survey

PORT: Final = 5432
"""Port of a server whose address has none."""
ROLE_WORDS: Final = {
    "reader": Said("Read only"),
    "analyst": Said("Label and flag"),
    "blind": Said("Label blind"),
    "ingest": Said("Import, train and predict"),
}
"""What the logins in each role may do, beside reading."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A shared project to create.

    Attributes
    ----------
    folder, url
        New folder for the copy on this computer, and the address of an empty database.
    name, timezone
        As of every project.
    source
        Folder of an export that fills it; None for an empty project.
    with_roles
        Whether to create the roles of the project on the server.
    """

    folder: Path
    url: str
    name: str
    timezone: str
    source: Path | None
    with_roles: bool


def create(plan: Plan, progress: ProgressCallback, cancelled: CancelCheck) -> tuple[Said, ...]:
    """Create a shared project, and close it; returns what of the plan failed once it existed.

    Parameters
    ----------
    plan
        The project, and what fills it.
    progress, cancelled
        Called with the progress of filling it, and to check whether to stop: the project then stays empty.

    Raises
    ------
    ProjectError
        If it cannot be created; nothing was changed.
    """
    from quakegui.project.exchange import import_export, is_export
    from quakegui.project.shared.roles import create_roles
    from quakegui.project.sharing import create_shared

    if plan.source is not None and not is_export(plan.source):
        raise ProjectError(Said("{folder} is not an exported project.", folder=plan.source))
    failed = []
    with create_shared(plan.folder, plan.url, timezone=plan.timezone, name=plan.name) as made:
        if plan.source is not None:
            try:
                import_export(made, plan.source, progress=progress, cancelled=cancelled)
            except ProjectError as error:
                failed.append(Said("The shared project was created, but is empty. {error}", error=error))
        if plan.with_roles:
            try:
                create_roles(parse_address(plan.url))
            except ProjectError as error:
                failed.append(Said("The shared project was created, but not its roles. {error}", error=error))
    return tuple(failed)


def join(folder: Path, url: str) -> None:
    """Create a folder for a shared project that exists.

    Parameters
    ----------
    folder
        A new or empty folder.
    url
        Address of the database, without a password.

    Raises
    ------
    ProjectError
        If the address or the folder cannot be used, the server cannot be reached or refuses, or there is no project.
    """
    from quakegui.project.sharing import join as join_project

    join_project(folder, url).close()


def connection_words(address: Address) -> tuple[Said, ...]:
    """Return sentences on what a connection to a server involves: who is asked, under which name, and how safely."""
    user = Said("the login {user}", user=address.user) if address.user else Said("your login on this computer")
    who = (
        Said("Connects to the database {database} on this computer, as {user}.", database=address.database, user=user)
        if address.is_local
        else Said(
            "Connects to {host}, port {port}, database {database}, as {user}.",
            host=address.host,
            port=str(address.port or PORT),
            database=address.database,
            user=user,
        )
    )
    found = [who]
    if not address.is_local:
        found.append(
            Said(
                "The connection is encrypted, and the server must have a certificate of the authority in {file}.",
                file=root_certificate(),
            )
        )
    found.append(Said("A password is read from {file}; it is never stored in the project.", file=password_file()))
    return tuple(found)


def survey_words(found: Survey) -> tuple[Said, ...]:
    """Return sentences on what a server has."""
    said = [
        Said("The database contains no project.")
        if found.project is None
        else Said("The database contains the project “{name}”.", name=found.project)
    ]
    if found.project is None and not found.is_owner:
        said.append(Said("Only the owner of the database can create a project in it; this login is not its owner."))
    if not found.roles:
        said.append(Said("The roles of a project do not exist yet."))
    for role, logins in found.roles.items():
        names = ", ".join(logins) or Said("nobody")
        said.append(Said("{role}: {names}", role=ROLE_WORDS[role], names=names))
    return tuple(said)
