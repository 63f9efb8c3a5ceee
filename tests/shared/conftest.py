"""A real server, for the tests of shared projects."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from server import PROGRAMS, server

from quakegui.project.sharing import create_shared
from quakegui.project.store import Project

_COUNT = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Return the beginning of the addresses of a server; skip where its programs are not installed."""
    if not PROGRAMS:
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
def shared(url: str, tmp_path: Path) -> Iterator[Project]:
    """Return an empty shared project."""
    with create_shared(tmp_path / "shared", url) as project:
        yield project
