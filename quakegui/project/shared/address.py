"""Address of a shared project: the file `project.toml` in its folder, which never holds a password."""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from quakegui.project.errors import ProjectError
from quakegui.project.making import ADDRESS, DATABASE
from quakegui.words import Said

LONGEST: Final = 4096
"""Maximum size of the file in bytes."""
SCHEMES: Final = ("postgresql", "postgres")
_OPTIONS: Final = frozenset({"host", "sslmode"})
_SAFE: Final = "verify-full"
_COMMENT: Final = (
    "# The data of this project are in a shared database. A password belongs in the password file of PostgreSQL, not here.\n"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the database of a shared project is.

    Attributes
    ----------
    url
        As given, without a password.
    host
        Name or number of the server, or the folder of its socket; "" for the default socket.
    port
        Its port, or None for the default.
    user
        The login, or "" for that of the operating system.
    database
        Name of the database.
    sslmode
        How the connection is encrypted.
    """

    url: str
    host: str
    port: int | None
    user: str
    database: str
    sslmode: str

    @property
    def place(self) -> str:
        """The database and its server in one word, for sentences."""
        return f"{self.database} @ {self.host or 'localhost'}"

    @property
    def is_local(self) -> bool:
        """Whether the server is on this computer, so that no network is between."""
        return _is_local(self.host)


def parse_address(url: str) -> Address:
    """Return the parts of an address.

    Raises
    ------
    ProjectError
        If it is not the address of a database, contains a password, or would send data unencrypted through a network.
    """
    try:
        parts = urlsplit(url)
        options, port = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}, parts.port
    except ValueError as error:
        raise _unusable(url) from error
    if parts.password is not None or "password" in options:
        raise ProjectError(
            Said(
                "The address of a database must not contain a password, because it is stored in the project folder. Write "
                "the password to the password file of PostgreSQL (~/.pgpass, on Windows %APPDATA%\\postgresql\\pgpass.conf)."
            )
        )
    host = unquote(options.get("host") or parts.hostname or "")
    database = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in SCHEMES or not database or "/" in database or not options.keys() <= _OPTIONS or "," in host:
        raise _unusable(url)
    sslmode = options.get("sslmode") or ("prefer" if _is_local(host) else _SAFE)
    if sslmode != _SAFE and not _is_local(host):
        raise ProjectError(
            Said(
                "A shared project is only used through an encrypted connection to a verified server; remove sslmode={sslmode} "
                "from the address.",
                sslmode=sslmode,
            )
        )
    return Address(url, host, port, unquote(parts.username or ""), database, sslmode)


def compose_address(server: str, database: str, user: str) -> Address:
    """Return the address of a database by its parts as an analyst enters them.

    Parameters
    ----------
    server
        Name or number of the server, with or without a port, or the folder of its socket.
    database, user
        Name of the database, and the login.

    Raises
    ------
    ProjectError
        As for `parse_address`.
    """
    who = f"{quote(user, safe='')}@" if user else ""
    if server.startswith("/"):
        return parse_address(f"{SCHEMES[0]}://{who}/{quote(database, safe='')}?host={quote(server, safe='')}")
    return parse_address(f"{SCHEMES[0]}://{who}{quote(server, safe=':[]')}/{quote(database, safe='')}")


def password_file() -> Path:
    """Return the file in which the driver looks for passwords."""
    named = os.environ.get("PGPASSFILE")
    if named:
        return Path(named)
    return _own_folder() / "pgpass.conf" if sys.platform == "win32" else Path.home() / ".pgpass"


def root_certificate() -> Path:
    """Return the file of the authority by which the driver verifies a server."""
    named = os.environ.get("PGSSLROOTCERT")
    return Path(named) if named else _own_folder() / "root.crt"


def is_shared_folder(folder: Path) -> bool:
    """Return whether a folder is that of a shared project; an address beside a database is ignored."""
    return (folder / ADDRESS).is_file() and not (folder / DATABASE).exists()


def read_address(folder: Path) -> Address:
    """Return the address in the folder of a shared project.

    Raises
    ------
    ProjectError
        If the file cannot be read or does not contain an allowed address.
    """
    path = folder / ADDRESS
    try:
        if path.stat().st_size > LONGEST:
            raise ValueError(Said("it is too long"))
        url = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("url")
        if not isinstance(url, str):
            raise ValueError(Said("it does not contain an address"))
    except (OSError, ValueError) as error:
        raise ProjectError(
            Said("{path} cannot be used ({error}). Join the project again with 'quakegui join'.", path=path, error=error)
        ) from error
    return parse_address(url)


def write_address(path: Path, address: Address) -> None:
    """Write the address of a project to a file.

    Parameters
    ----------
    path
        The file, which is replaced; its folder exists.
    address
        Only its `url` is written.

    Raises
    ------
    OSError
        From the disk.
    """
    path.write_text(f"{_COMMENT}url = {json.dumps(address.url, ensure_ascii=False)}\n", encoding="utf-8")


def _own_folder() -> Path:
    """Return the folder of the driver's own files."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", "")) / "postgresql"
    return Path.home() / ".postgresql"


def _is_local(host: str) -> bool:
    """Return whether a server is on this machine, so that no network is between."""
    return host in ("", "localhost", "::1") or host.startswith("/") or re.fullmatch(r"127\.\d+\.\d+\.\d+", host) is not None


def _unusable(url: str) -> ProjectError:
    # The address may contain a password.
    shown = re.sub(r"(?<=:)[^@/:]*(?=@)", "***", url)
    return ProjectError(
        Said(
            "'{url}' is not the address of a database; it has the form postgresql://user@server/database.",
            url=shown,
        )
    )
