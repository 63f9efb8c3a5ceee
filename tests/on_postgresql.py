"""Runs tests on PostgreSQL that were written for any project: with QUAKEGUI_TEST_DATABASE=postgresql://user@server, each
project that a test creates or copies has a database of its own there. Tests that open the file of SQLite themselves have the
mark `sqlite` and are skipped.
"""

from __future__ import annotations

import itertools
import os
import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest

from quakegui.project import making
from quakegui.project.shared.address import is_shared_folder, parse_address, read_address, write_address
from quakegui.project.sharing import create_shared
from quakegui.project.store import Project

_COUNT = itertools.count(1)


def put_on(server: str, patch: pytest.MonkeyPatch) -> list[str]:
    """Let all projects be created on a server; returns the list of their databases, which grows."""
    names: list[str] = []
    copytree = shutil.copytree

    def database(like: str = "template0") -> str:
        names.append(f"q{os.getpid()}_{next(_COUNT)}")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE {names[-1]} TEMPLATE "{like}"')
        return f"{server}/{names[-1]}"

    def create(folder: Path | str, **choices: Any) -> Project:
        return create_shared(folder, database(), **choices)

    def copy(source: Any, target: Any, *arguments: Any, **choices: Any) -> Any:
        done = copytree(source, target, *arguments, **choices)
        for path in Path(target).rglob(making.ADDRESS):
            if is_shared_folder(path.parent):
                write_address(path, parse_address(database(read_address(path.parent).database)))
        return done

    patch.setattr(Project, "create", create)
    patch.setattr(shutil, "copytree", copy)
    return names


def dropped(server: str, names: list[str]) -> None:
    """Remove databases."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        for name in names:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
