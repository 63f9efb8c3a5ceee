"""A PostgreSQL server for tests, run as an unprivileged user in a folder of its own.

Its programs are Debian's, or those in the folder that QUAKEGUI_POSTGRESQL names. With QUAKEGUI_POSTGRESQL_ICU=en-US it orders
text as people in that place do, not by bytes.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
_CHOSEN = os.environ.get("QUAKEGUI_POSTGRESQL")
PROGRAMS = Path(_CHOSEN) if _CHOSEN else next(reversed(_DEBIAN), None)
"""The folder of the programs, None where there is none."""
_ICU = os.environ.get("QUAKEGUI_POSTGRESQL_ICU")
_ORDER = ("--locale-provider=icu", f"--icu-locale={_ICU}") if _ICU else ()
OPTIONS = (
    "-c fsync=off -c full_page_writes=off -c synchronous_commit=on -c autovacuum=off "
    "-c shared_buffers=32MB -c max_connections=60"
)


def run(*command: str) -> None:
    """Run one of the server's programs, which refuse to be run by root."""
    assert PROGRAMS is not None
    as_user = ("runuser", "-u", "nobody", "--") if os.geteuid() == 0 else ()
    subprocess.run([*as_user, str(PROGRAMS / command[0]), *command[1:]], check=True, capture_output=True, timeout=120)


@contextmanager
def server() -> Iterator[str]:
    """Run a server; yields the beginning of its addresses, for the superuser, without the name of a database."""
    folder = Path(tempfile.mkdtemp(prefix="quakegui-postgresql-"))  # pytest's own folders are closed to other users
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "owner", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8", "--no-sync", *_ORDER)
    where = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} {OPTIONS}"
    run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", where, "start")
    try:
        yield f"postgresql://owner@127.0.0.1:{port}"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)
