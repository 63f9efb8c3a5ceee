"""A real server, for the tests of shared projects."""

from __future__ import annotations

import itertools
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from server import PROGRAMS, server

from quakegui.project.exchange import export_project, import_export
from quakegui.project.seasons import load_season
from quakegui.project.sharing import create_shared, join
from quakegui.project.store import Project

if TYPE_CHECKING:  # Qt is for the tests that ask for it
    from quakegui.app.session import Session

_COUNT = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Return the beginning of the addresses of a server; skip where its programs are not installed."""
    if PROGRAMS is None:
        if os.environ.get("QUAKEGUI_REQUIRE_POSTGRESQL"):
            pytest.fail("The tests of shared projects are required here, and PostgreSQL is not installed.")
        pytest.skip("PostgreSQL is not installed; apt-get install postgresql")
    with server() as address:
        yield address


@pytest.fixture
def sql(postgresql: str) -> Callable[..., list[tuple[object, ...]]]:
    """Return a function that runs SQL, by default as the superuser, in a database."""
    import psycopg

    def run(database: str, statement: str, *, user: str = "owner") -> list[tuple[object, ...]]:
        where = f"{postgresql}/{database}".replace("//owner@", f"//{user}@")
        with psycopg.connect(where, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description is not None else []

    return run


@pytest.fixture
def url(postgresql: str, sql: Callable[..., object]) -> str:
    """Return the address of an empty database."""
    name = f"liangshan{next(_COUNT)}"
    sql("postgres", f"CREATE DATABASE {name}")
    return f"{postgresql}/{name}"


@pytest.fixture
def frozen(sql: Callable[..., list[tuple[Any, ...]]]) -> Callable[[str], AbstractContextManager[None]]:
    """Return a context manager in which the server of a database is frozen: it takes connections and answers nothing."""

    @contextmanager
    def of(url: str) -> Iterator[None]:
        database = url.rsplit("/", 1)[1]
        pids = [pid for (pid,) in sql("postgres", f"SELECT pid FROM pg_stat_activity WHERE datname = '{database}'")]
        pids.append(int(str(sql("postgres", "SELECT pg_read_file('postmaster.pid')")[0][0]).split()[0]))

        def send(what: signal.Signals) -> None:
            for pid in pids:
                with suppress(ProcessLookupError):  # a connection that ended meanwhile
                    os.kill(pid, what)

        send(signal.SIGSTOP)
        try:
            yield
        finally:
            send(signal.SIGCONT)

    return of


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a server for frozen after a second."""
    from quakegui.project.shared import connecting, driver

    monkeypatch.setattr(driver, "SILENCE_S", 1.0)
    monkeypatch.setattr(driver.PunctualConnection, "silence_s", 1.0)
    monkeypatch.setattr(driver, "CONNECT_S", 2)
    monkeypatch.setattr(connecting, "PATIENCE_S", 1.0)


@pytest.fixture(scope="session")
def with_days(postgresql: str, small_project_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the name of a database with a project that has a season."""
    import psycopg

    folder = tmp_path_factory.mktemp("with days")
    with Project.open(small_project_template) as plain:
        export_project(plain, folder / "export")
    with psycopg.connect(f"{postgresql}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE with_days")
    with create_shared(folder / "shared", f"{postgresql}/with_days") as project:
        import_export(project, folder / "export")
        load_season(project)
    return "with_days"


@pytest.fixture
def season_url(postgresql: str, with_days: str, sql: Callable[..., object]) -> str:
    """Return the address of a shared project with a season."""
    name = f"season{next(_COUNT)}"
    sql("postgres", f"CREATE DATABASE {name} TEMPLATE {with_days}")
    return f"{postgresql}/{name}"


@pytest.fixture
def opened(qapp: object, qtbot: Any, tmp_path: Path) -> Iterator[Callable[..., Session]]:
    """Return a function that joins a project under a name, and opens it in a session."""
    from quakegui.app import opening
    from quakegui.app.session import Session
    from quakegui.app.settings import SettingsFile

    sessions = []

    def of(url: str, name: str = "owner") -> Session:
        folder = tmp_path / f"{name}'s"
        if not folder.exists():
            join(folder, url).close()
        session = Session(SettingsFile(tmp_path / f"{name}.ini"))
        sessions.append(session)
        session.set_settings(analyst=name)
        assert opening.open_project(session, folder)
        qtbot.waitUntil(lambda: session.season is not None and not session.jobs.busy)
        return session

    yield of
    for session in sessions:
        session.close()
    for thread in threading.enumerate():  # one that still says goodbye to its server would take part in the next test
        if thread.name == "courier":
            thread.join()


@pytest.fixture
def shared(url: str, tmp_path: Path) -> Iterator[Project]:
    """Return an empty shared project."""
    with create_shared(tmp_path / "shared", url) as project:
        yield project
