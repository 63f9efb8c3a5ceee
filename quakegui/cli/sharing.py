"""The commands for projects whose data are on a server: join, migrate, roles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quakegui.cli.terminal import ProjectFolder, a_text, say, warn
from quakegui.project import sharing
from quakegui.project.shared.address import is_shared_folder, parse_address, read_address
from quakegui.project.shared.roles import ROLES, create_roles, roles_script

Url = Annotated[
    str, typer.Argument(callback=a_text, metavar="URL", help="Address of the database: postgresql://user@server/database.")
]


def join(project: ProjectFolder, url: Url) -> None:
    """Create a folder for a shared project that exists on a server.

    Passwords belong in the password file of PostgreSQL (~/.pgpass on Linux).
    """
    with sharing.join(project, url) as opened:
        warn(opened)
        rights = ", ".join(sorted(opened.rights)) or "nothing: this login only reads"
        say(f"Joined the project {opened.name} in {opened.folder}; you may write: {rights}.")


def migrate(project: ProjectFolder) -> None:
    """Upgrade the tables of a shared project, and the rules by which its server protects them, to this version of quakegui.

    Run it as the owner of the database; others cannot write until it has finished.
    """
    earlier = sharing.migrate(project)
    say(f"Upgraded from format {earlier[0]}." if earlier else "The tables were up to date; the rules were installed again.")


def roles(
    url: Annotated[
        str, typer.Argument(callback=a_text, metavar="URL|PROJECT", help="Address of the database, or project folder.")
    ],
    *,
    run: Annotated[bool, typer.Option("--run", help="Run the script on the server instead of printing it.")] = False,
    state: Annotated[bool, typer.Option("--state", help="List the logins in each role instead.")] = False,
) -> None:
    """Print the SQL script that creates the roles of a shared project (reader, analyst, blind, ingest), or run it."""
    folder = Path(url)
    address = read_address(folder) if is_shared_folder(folder) else parse_address(url)
    if state:
        found = sharing.survey(address.url).roles
        for role in ROLES:
            typer.echo(f"{role}: {', '.join(found[role]) or 'nobody'}" if role in found else f"{role}: does not exist")
    elif run:
        create_roles(address)
        say(f"Created the roles of {address.place}.")
    else:
        typer.echo(roles_script(address), nl=False)
