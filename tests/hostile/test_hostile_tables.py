"""Tables whose statement says more than this program's: whatever way a check or a default is hidden in it, it is not opened."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from quakegui.project import journal
from quakegui.project.store import Project, ProjectError
from quakegui.season.labels import LabelSource

DAYS = np.array(["2022-03-01", "2022-03-02"], dtype="datetime64[D]")
HIDDEN = {
    "a check between comments with quotes": ("new INTEGER", "new INTEGER /* ' */ CHECK (new <> 2) /* ' */"),
    "a check behind a line's comment": ("new INTEGER", "new INTEGER -- '\n CHECK (new <> 2) -- '\n"),
    "a check between quoted names": ("new INTEGER", 'new "INTEGER" CHECK (new <> 2)'),
    "a default": ("undoes INTEGER", "undoes INTEGER DEFAULT 1"),
    "no counter": (" AUTOINCREMENT", ""),
}


@pytest.mark.parametrize(("plain", "hidden"), HIDDEN.values(), ids=HIDDEN)
def test_what_is_hidden_in_a_statement_is_refused(tmp_path: Path, plain: str, hidden: str) -> None:
    folder = tmp_path / "p"
    with Project.create(folder) as project:
        journal.write_labels(project, DAYS, 1, source=LabelSource.ANALYST, author="Wang")
    alter(folder, plain, plain)
    Project.open(folder).close()
    alter(folder, plain, hidden)
    with pytest.raises(ProjectError, match="different structure than in this program"):
        Project.open(folder)


def alter(folder: Path, before: str, after: str) -> None:
    """Change what the journal's statement says, without a row being looked at."""
    with closing(sqlite3.connect(folder / "project.sqlite", isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        sql = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'journal'").fetchone()[0]
        assert before in sql
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'journal'", (sql.replace(before, after, 1),))
